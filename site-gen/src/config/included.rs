//! Directories besides the site's whose files its texts may show: the table `[include]` of
//! the configuration, as `code = "../src"`. `load_data(path="code/lib.rs")` then reads
//! `../src/lib.rs`. So documentation can lie beside the program that it is about.
//!
//! Only what an author names here is read outside of the site. A name stands for one
//! directory: no path in a text leads above it, nor does a symbolic link in it, and what is
//! hidden in it stays hidden.

use std::fs;
use std::path::{Path, PathBuf};

use crate::config::Config;
use crate::data::{Data, Fields};
use crate::diagnostic::Diagnostic;
use crate::site_layout::SOURCES;
use crate::source::Source;
use crate::url;

/// A directory, and what paths into it begin with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Included {
    pub(crate) name: String,
    /// Relative to the site's directory, without a slash at the end.
    pub(crate) directory: String,
    span: std::ops::Range<usize>,
}

impl Included {
    /// The place, relative to the site, that a path names in it: its own part of the path
    /// leads nowhere above.
    pub(crate) fn place(&self, path: &str) -> Option<String> {
        let inside = path.strip_prefix(&self.name)?.strip_prefix('/')?;
        (!inside.is_empty()).then(|| format!("{}/{inside}", self.directory))
    }
}

/// Reads the table.
pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> Vec<Included> {
    let mut all = Vec::new();
    for (key, node) in fields.table("include") {
        if fields.is_full() {
            break;
        }
        let name = key.name;
        let is_name = !name.is_empty() && !name.contains('/') && url::is_inside(&name);
        if SOURCES.contains(&name.as_str()) || !is_name {
            let fault = source.at(key.span, format!("`{name}` cannot name a directory"));
            fields.fault(fault.expected("a name of its own, without `/`, such as `code`"));
            continue;
        }
        match node.value {
            Data::String(directory) if is_relative(&directory) => all.push(Included {
                name,
                directory: directory.trim_end_matches('/').to_owned(),
                span: node.span,
            }),
            _ => {
                let fault = source.at(node.span, "this is no directory");
                fields
                    .fault(fault.expected("a path from the site's directory, as in `\"../src\"`"));
            }
        }
    }
    all
}

fn is_relative(directory: &str) -> bool {
    let is_usual = !directory.is_empty() && !directory.contains(|c: char| c.is_control());
    is_usual && Path::new(directory).is_relative()
}

/// What is wrong with directories: they are not there, or are all that there is.
pub(crate) fn check(config: &Config, site: &Path) -> Vec<Diagnostic> {
    let faults = config.included.iter().filter_map(|included| {
        let directory = &included.directory;
        let message = match real(site, directory) {
            Some(real) if real.parent().is_some() => return None,
            Some(_) => format!("`{directory}` is the directory of all others"),
            None => format!("there is no directory `{directory}`"),
        };
        let fault = config.source.at(included.span.clone(), message);
        Some(fault.expected("a directory, by its path from the site's"))
    });
    faults.collect()
}

/// Where a directory is, if it is one.
pub(crate) fn real(site: &Path, directory: &str) -> Option<PathBuf> {
    let real = fs::canonicalize(site.join(directory)).ok()?;
    real.is_dir().then_some(real)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn faults(table: &str) -> Vec<String> {
        let text = format!("base_url = \"https://a.org\"\n[include]\n{table}\n");
        let file = crate::config::FILE.into();
        let parsed = Config::parse(Source { file, text });
        let faults = parsed.err().unwrap_or_default().into_iter();
        faults.map(|fault| fault.message).collect()
    }

    #[test]
    fn names_are_names_and_directories_are_relative() {
        assert_eq!(faults("code = \"../src\"\n\"a b\" = \"x\""), [""; 0]);
        for table in [
            "content = \"..\"",
            "\"a/b\" = \"..\"",
            "\"..\" = \"..\"",
            "\"\" = \"..\"",
        ] {
            assert!(
                faults(table)[0].ends_with("cannot name a directory"),
                "{table}"
            );
        }
        for table in ["a = \"/etc\"", "a = \"\"", "a = 1", "a = [\"..\"]"] {
            assert_eq!(faults(table), ["this is no directory"], "{table}");
        }
    }

    #[test]
    fn a_path_begins_with_the_name() {
        let config =
            Config::for_text("base_url = \"https://a.org\"\n[include]\ncode = \"../src/\"");
        let place = |path: &str| config.included[0].place(path);
        assert_eq!(place("code/a/b.rs").as_deref(), Some("../src/a/b.rs"));
        for other in ["code", "code/", "coded/a.rs", "a/code/b.rs"] {
            assert_eq!(place(other), None, "{other}");
        }
    }
}
