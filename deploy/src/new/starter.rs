//! The site that `fata new site` writes: ours, embedded, with a domain of its
//! author's.

use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use include_dir::{Dir, include_dir};
use jiff::civil::Date;
use site_gen::{Scratch, create_below};

use super::page::today;
use crate::output;
use crate::site::THEMES;

/// The starter site. In it, some words stand for what is asked or known only
/// now: the constants below.
static STARTER: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/starter");

const DOMAIN: &str = "example.org";
const TITLE: &str = "Site title";
const DATE: &str = "2026-01-01";
const SERIAL: &str = "2026010101";

/// The theme it begins with: one file, to learn from.
const THEME: &str = "plain";

/// Longest name of a domain (RFC 1035, 2.3.4), and of one label of it.
const MAX_DOMAIN: usize = 253;
const MAX_LABEL: usize = 63;

/// Writes the site; gives its title.
pub(super) fn create(directory: &Path, domain: &str) -> Result<String> {
    let domain = check_domain(domain)?;
    let place = Place::find(directory)?;
    let parent = place.parent();
    let today = today();
    let shown = directory.display();
    fs::create_dir_all(parent).with_context(|| format!("cannot write {shown}"))?;
    let title = title_from(&place.path);
    let staged = Scratch::new(".new-", parent);
    let staged = staged.with_context(|| format!("cannot write {shown}"))?;
    // The temporary directory is its maker's alone; the site is not.
    let new = staged.path().join("site");
    let made = fs::create_dir(&new).map_err(Into::into);
    made.and_then(|()| write(&new, &domain, &title, today))
        .and_then(|()| place.take(&new))
        .with_context(|| format!("cannot write {shown}"))?;
    Ok(title)
}

/// Where a site is to be.
struct Place {
    path: PathBuf,
    exists: bool,
}

impl Place {
    /// A directory that is not there, or has nothing in it but perhaps a
    /// repository.
    fn find(directory: &Path) -> Result<Self> {
        let shown = directory.display();
        let entries = match fs::read_dir(directory) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                let path = std::path::absolute(directory)?;
                let exists = false;
                return Ok(Self { path, exists });
            }
            Err(error) => {
                return Err(error).with_context(|| format!("cannot write to {shown}"));
            }
        };
        for entry in entries {
            let name = entry?.file_name();
            if name != ".git" {
                bail!(
                    "{shown} is not empty, it has {}: expected a directory that is new or empty",
                    name.display()
                );
            }
        }
        let path = fs::canonicalize(directory)?;
        Ok(Self { path, exists: true })
    }

    fn parent(&self) -> &Path {
        self.path.parent().unwrap_or(Path::new("/"))
    }

    /// Puts the finished site here. A directory that exists may be someone's
    /// working directory, so it stays; the content, which makes it a site, is
    /// moved into it last.
    fn take(&self, new: &Path) -> Result<()> {
        if !self.exists {
            return Ok(fs::rename(new, &self.path)?);
        }
        for name in [".gitignore", "themes", "content"] {
            output::replace(&new.join(name), &self.path.join(name))?;
        }
        Ok(())
    }
}

fn write(new: &Path, domain: &str, title: &str, today: Date) -> Result<()> {
    let date = today.to_string();
    let serial = format!("{}01", date.replace('-', ""));
    let fill = |text: &str| {
        text.replace(DOMAIN, domain)
            .replace(TITLE, title)
            .replace(SERIAL, &serial)
            .replace(DATE, &date)
    };
    for file in files(&STARTER) {
        let text = file.contents_utf8().context("a starter file is not text")?;
        let path = match file.path().to_str() {
            Some("gitignore") => PathBuf::from(".gitignore"),
            Some("content/zone") => format!("content/{domain}.zone").into(),
            _ => file.path().to_owned(),
        };
        write_file(new, &path, fill(text).as_bytes())?;
    }
    let theme = THEMES
        .get_dir(THEME)
        .context("the starter's theme is missing")?;
    for file in files(theme) {
        let path = Path::new("themes").join(file.path());
        write_file(new, &path, file.contents())?;
    }
    Ok(())
}

fn write_file(new: &Path, path: &Path, bytes: &[u8]) -> Result<()> {
    if let Some(directory) = path.parent() {
        create_below(new, directory)?;
    }
    Ok(fs::write(new.join(path), bytes)?)
}

/// Every file in a directory and below.
fn files<'a>(directory: &'a Dir<'a>) -> Vec<&'a include_dir::File<'a>> {
    let below = directory.dirs().flat_map(files);
    directory.files().chain(below).collect()
}

/// `my-site` is called "My site" until its author thinks of something better.
fn title_from(directory: &Path) -> String {
    let name = directory.file_name().unwrap_or_default().to_string_lossy();
    let words: String = name
        .chars()
        .map(|c| {
            if c.is_alphanumeric() || c == '.' {
                c
            } else {
                ' '
            }
        })
        .collect();
    let words = words.split_whitespace().collect::<Vec<_>>().join(" ");
    let mut letters = words.chars();
    match letters.next() {
        Some(first) => first.to_uppercase().chain(letters).collect(),
        None => "My site".to_owned(),
    }
}

/// A name that a zone can have.
fn check_domain(domain: &str) -> Result<String> {
    let domain = domain.trim_end_matches('.').to_lowercase();
    let is_label = |label: &str| {
        (1..=MAX_LABEL).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-')
    };
    if domain.len() <= MAX_DOMAIN && domain.contains('.') && domain.split('.').all(is_label) {
        return Ok(domain);
    }
    bail!("`{domain}` is not the name of a domain: expected one such as example.org")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn domains_are_checked() {
        assert_eq!(check_domain("Example.ORG.").unwrap(), "example.org");
        for bad in ["", "example", "a..b", "-a.org", "a b.org", "https://a.org"] {
            assert!(check_domain(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn a_directory_gives_a_title() {
        for (name, title) in [
            ("/a/my-site", "My site"),
            ("/a/example.org", "Example.org"),
            ("/", "My site"),
        ] {
            assert_eq!(title_from(Path::new(name)), title);
        }
    }
}
