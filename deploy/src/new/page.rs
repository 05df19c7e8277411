//! The first lines of a page: from an archetype of the site or of its theme,
//! or from the one below.

use std::fs;
use std::io::{self, Write as _};
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use jiff::ZonedDateTime;
use jiff::civil::Date;
use site_gen::limits::MAX_TEXT_BYTES;
use site_gen::{Source, Told, read_plain, slugify, template_fault};
use toml::de::DeTable;

use super::{Kind, NewPage, Shape};
use crate::diagnostics::Faults;
use crate::limits::PAGE_NAME;

/// What a page begins with when nobody says anything else.
const POST: &str = "+++\ntitle = {{ title | quote }}\ndate = {{ date }}\n+++\n\n";
const PAGE: &str = "+++\ntitle = {{ title | quote }}\n+++\n\n";

/// Where posts are looked for when no section was named: the first of these
/// that is there.
const BLOGS: [&str; 4] = ["blog", "posts", "post", "news"];

/// The archetype for everything that has none of its own.
const DEFAULT: &str = "default";

/// Writes the page; says where it is.
pub(super) fn create(page: &NewPage) -> Result<PathBuf> {
    let slug = short(&slugify(&page.title)).to_owned();
    if slug.is_empty() || slug == "index" || slug == "_index" {
        bail!(
            "no file name follows from the title {:?}: expected letters or digits in it, \
             and not only the word \"index\"",
            page.title
        );
    }
    let content = page.site.directory().join("content");
    let section = section(page, &content)?;
    let directory = content.join(&section);
    let path = match page.shape {
        Shape::File => directory.join(format!("{slug}.md")),
        Shape::Bundle => directory.join(&slug).join("index.md"),
    };
    let twin = match page.shape {
        Shape::File => directory.join(&slug).join("index.md"),
        Shape::Bundle => directory.join(format!("{slug}.md")),
    };
    if let Some(taken) = [&path, &twin].into_iter().find(|path| path.exists()) {
        bail!(
            "{} is there already: expected a title that no other page has",
            taken.display()
        );
    }
    let text = begin(page, &section, &slug)?;
    write_new(&path, &text).with_context(|| format!("cannot write {}", path.display()))?;
    Ok(path)
}

/// The words of a name that fit into a file's.
fn short(slug: &str) -> &str {
    if slug.len() <= PAGE_NAME {
        return slug;
    }
    let cut = &slug[..slug.floor_char_boundary(PAGE_NAME)];
    cut.rsplit_once('-').map_or(cut, |(words, _)| words)
}

/// The day it is where the author is.
pub(super) fn today() -> Date {
    ZonedDateTime::now().date()
}

/// The directory in `content/` that the page goes to.
fn section(page: &NewPage, content: &Path) -> Result<String> {
    let Some(named) = &page.section else {
        return Ok(match page.kind {
            Kind::Page => String::new(),
            Kind::Post => {
                let blog = BLOGS.iter().find(|name| content.join(name).is_dir());
                (*blog.unwrap_or(&BLOGS[0])).to_owned()
            }
        });
    };
    let section = named.trim_matches('/');
    let outside = |part: &str| part.is_empty() || part.starts_with('.');
    if section.split('/').any(outside) {
        bail!("`{named}` is not a section: expected a directory in content/, such as docs");
    }
    let real = content.join(section).canonicalize();
    let is_own = |real: PathBuf| {
        let content = content.canonicalize();
        real.is_dir() && content.is_ok_and(|content| real.starts_with(content))
    };
    if !real.is_ok_and(is_own) {
        let shown = content.join(section);
        bail!(
            "there is no section `{section}`: expected the directory {}",
            shown.display()
        );
    }
    Ok(section.to_owned())
}

/// The text, from the first archetype that there is.
fn begin(page: &NewPage, section: &str, slug: &str) -> Result<String> {
    let (kind, built_in) = match page.kind {
        Kind::Post => ("post", POST),
        Kind::Page => ("page", PAGE),
    };
    let own = section.rsplit('/').next().filter(|name| !name.is_empty());
    let names = own.into_iter().chain([kind, DEFAULT]);
    let archetype = find_archetype(page, names)?;
    let archetype = archetype.unwrap_or_else(|| Source {
        file: kind.into(),
        text: built_in.to_owned(),
    });
    let name = archetype.file.to_string_lossy();
    let mut engine = tera::Tera::default();
    // Escaped is what ends in `.html`: in markdown an ampersand stays as it is.
    engine.register_filter("quote", quote);
    let mut context = tera::Context::new();
    context.insert("title", &page.title);
    context.insert("slug", &slug);
    context.insert("date", &today().to_string());
    context.insert("section", &section);
    let mut text = Limited(Vec::new());
    let rendered = engine
        .add_raw_template(&name, &archetype.text)
        .and_then(|()| engine.render_to(&name, &context, &mut text));
    match rendered {
        Err(_) if text.is_full() => bail!(
            "{name} makes a page of more than {MAX_TEXT_BYTES} bytes: expected an archetype that \
             comes to an end"
        ),
        Err(error) => {
            let told = Told {
                diagnostics: vec![template_fault(&archetype, &error)],
                ..Told::default()
            };
            let site = page.site.directory().to_owned();
            Err(Faults { site, told }.into())
        }
        Ok(()) => String::from_utf8(text.0).context("an archetype made what is no text"),
    }
}

/// A page, up to a limit: an archetype may repeat itself without end.
struct Limited(Vec<u8>);

impl Limited {
    fn is_full(&self) -> bool {
        self.0.len() as u64 > MAX_TEXT_BYTES
    }
}

impl io::Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.extend_from_slice(bytes);
        match self.is_full() {
            true => Err(io::ErrorKind::FileTooLarge.into()),
            false => Ok(bytes.len()),
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// The archetype of a name, of the site or else of its theme.
fn find_archetype<'a>(
    page: &NewPage,
    names: impl Iterator<Item = &'a str>,
) -> Result<Option<Source>> {
    let site = page.site.directory();
    let theme = theme_of(site).map(|theme| site.join("themes").join(theme));
    for name in names {
        for directory in [Some(site), theme.as_deref()].into_iter().flatten() {
            let path = directory.join(format!("archetypes/{name}.md"));
            let file = path.strip_prefix(site).unwrap_or(&path).to_owned();
            let read = read_plain(&path, MAX_TEXT_BYTES).and_then(|bytes| {
                let text = String::from_utf8(bytes);
                text.map_err(|error| io::Error::new(io::ErrorKind::InvalidData, error))
            });
            match read {
                Ok(text) => return Ok(Some(Source { file, text })),
                Err(error) if error.kind() == io::ErrorKind::NotFound => {}
                Err(error) => {
                    return Err(error).with_context(|| format!("cannot read {}", path.display()));
                }
            }
        }
    }
    Ok(None)
}

/// The theme that the configuration names. One that cannot be read is no
/// reason not to begin a page: `fata check` tells what is wrong with it.
fn theme_of(site: &Path) -> Option<String> {
    let text = fs::read_to_string(site.join("content/site.toml")).ok()?;
    let config = DeTable::parse(&text).ok()?;
    Some(
        config
            .get_ref()
            .get("theme")?
            .get_ref()
            .as_str()?
            .to_owned(),
    )
}

/// A text between quotes, as TOML, YAML and JSON all read it.
fn quote(text: &str, _: tera::Kwargs, _: &tera::State<'_>) -> String {
    serde_json::Value::from(text).to_string()
}

/// Writes a file that was not there.
fn write_new(path: &Path, text: &str) -> io::Result<()> {
    let directory = path.parent().unwrap_or(Path::new("."));
    fs::create_dir_all(directory)?;
    let mut file = tempfile::Builder::new()
        .prefix(".new-")
        .tempfile_in(directory)?;
    file.write_all(text.as_bytes())?;
    let mode = std::os::unix::fs::PermissionsExt::from_mode(0o644);
    file.as_file().set_permissions(mode)?;
    file.persist_noclobber(path)?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_names_end_between_words() {
        assert_eq!(short("a-b"), "a-b");
        let long = "word-".repeat(40);
        assert_eq!(short(&long), "word-".repeat(20).trim_end_matches('-'));
        assert_eq!(short(&"ä".repeat(90)).len(), PAGE_NAME);
    }
}
