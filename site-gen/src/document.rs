//! Step 3: a markdown file becomes a [`Document`]: its front matter is read,
//! and from it and the file's name follows the path it is served under.

pub(crate) mod cascade;
pub(crate) mod date;
pub(crate) mod front_matter;
pub(crate) mod history;
pub(crate) mod readme;
mod title;

use std::hash::BuildHasher as _;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;

use foldhash::fast::FixedState;

use crate::config::Config;
use crate::config::language::{Language, split_name};
use crate::diagnostic::Diagnostic;
use crate::site_layout::CONTENT;
use crate::source::Source;
use crate::url::{encode, slugify};
use cascade::Inherited;
use date::{Date, split_from_name};
use front_matter::{FrontMatter, Kind};
use history::Change;

/// A page or a section.
#[derive(Clone, Debug)]
pub(crate) struct Document {
    pub(crate) source: Source,
    /// The file, relative to `content/`: what authors and templates call it.
    pub(crate) id: Arc<str>,
    pub(crate) kind: Kind,
    /// The code of its language.
    pub(crate) lang: Arc<str>,
    /// The file without its language: all versions of a document have the same.
    pub(crate) origin: String,
    pub(crate) front: FrontMatter,
    /// Where its text is in the source.
    pub(crate) body: Range<usize>,
    /// A hash of that text, while only its file has it.
    pub(crate) forgotten: Option<u64>,
    /// The address, as in `/docs/zone/`.
    pub(crate) path: Arc<str>,
    /// The last part of the path.
    pub(crate) slug: String,
    /// The directory it stands in, relative to `content/`; for an `index.md`,
    /// the one above.
    pub(crate) directory: String,
    /// What its commits say, if that was asked for and it has any.
    pub(crate) history: Option<Arc<Change>>,
    /// Whether its front matter has faults. This is what it would be without,
    /// and where it is served is not known.
    pub(crate) is_broken: bool,
}

impl Document {
    /// Reads a document from its file, and adds what it inherits.
    pub(crate) fn parse(
        source: Source,
        id: &str,
        config: &Config,
        inherited: Option<&Inherited>,
    ) -> Result<Self, Vec<Diagnostic>> {
        let (_, _, language) = split_id(id, config);
        let kind = Self::kind_of(id, config);
        let known: Vec<&str> = language
            .taxonomies
            .iter()
            .map(|taxonomy| taxonomy.name.as_str())
            .collect();
        let known = (!config.doubts.taxonomies()).then_some(known.as_slice());
        let (front, body) = front_matter::parse(&source, kind, inherited, known)?;
        let mut faults = Vec::new();
        let document = Self::place(source, id, config, front, body);
        if document.slug.is_empty() && kind == Kind::Page {
            let source = &document.source;
            let fault = match front_matter::line_of_path(source) {
                Some(line) => source.at(line, "no path follows from this"),
                None => Diagnostic::new(&source.file, "no path follows from this file's name"),
            };
            faults.push(
                fault.expected("a name with letters or digits, or a `slug` in the front matter"),
            );
        }
        if faults.is_empty() {
            Ok(document)
        } else {
            Err(faults)
        }
    }

    /// A document whose front matter has faults, as if it had none: there may
    /// be more of them in its text, and links to it are not among them. It has
    /// no text if it cannot be told where that begins.
    pub(crate) fn despite_faults(source: Source, id: &str, config: &Config) -> Self {
        let end = source.text.len();
        let body = front_matter::body(&source).unwrap_or(end..end);
        let front = FrontMatter::default();
        Self {
            is_broken: true,
            ..Self::place(source, id, config, front, body)
        }
    }

    /// The same with another text, and nothing before it. The own one may be long,
    /// so it is not copied.
    pub(crate) fn with_text(&self, text: String) -> Self {
        let file = self.source.file.clone();
        Self {
            body: 0..text.len(),
            source: Source { file, text },
            forgotten: None,
            id: Arc::clone(&self.id),
            kind: self.kind,
            lang: Arc::clone(&self.lang),
            origin: self.origin.clone(),
            front: self.front.clone(),
            path: Arc::clone(&self.path),
            slug: self.slug.clone(),
            directory: self.directory.clone(),
            history: self.history.clone(),
            is_broken: self.is_broken,
        }
    }

    fn place(
        source: Source,
        id: &str,
        config: &Config,
        mut front: FrontMatter,
        body: Range<usize>,
    ) -> Self {
        let (directory, stem, language) = split_id(id, config);
        let origin = match directory {
            "" => format!("{stem}.md"),
            directory => format!("{directory}/{stem}.md"),
        };
        let kind = Self::kind_of(id, config);
        let (directory, slug, path) = match kind {
            Kind::Section => place_section(directory),
            Kind::Page => place_page(directory, stem, &mut front),
        };
        if front.title.is_none() {
            front.title = title_of(&source.text[body.clone()], id, stem);
        }
        Self {
            source,
            id: id.into(),
            kind,
            lang: language.code.as_str().into(),
            origin,
            front,
            body,
            forgotten: None,
            path: format!("{}{}", config.prefix(&language.code), encode(&path)).into(),
            slug,
            directory,
            history: None,
            is_broken: false,
        }
    }

    /// What a file describes: its name says it.
    pub(crate) fn kind_of(id: &str, config: &Config) -> Kind {
        match split_id(id, config) {
            (_, "_index", _) => Kind::Section,
            _ => Kind::Page,
        }
    }

    /// What it is called in a list: its title, or else its slug.
    pub(crate) fn name(&self) -> &str {
        self.front.title.as_deref().unwrap_or(&self.slug)
    }

    /// The section that stands for the root, in a language, if it has no
    /// `_index.md`.
    pub(crate) fn implicit_root(lang: &str, config: &Config) -> Self {
        let origin = "_index.md".to_owned();
        let id = if lang == config.default_language().code {
            origin.clone()
        } else {
            format!("_index.{lang}.md")
        };
        Self {
            source: Source {
                file: format!("content/{id}").into(),
                text: String::new(),
            },
            id: id.into(),
            kind: Kind::Section,
            lang: lang.into(),
            origin,
            front: FrontMatter::default(),
            body: 0..0,
            forgotten: None,
            path: format!("{}/", config.prefix(lang)).into(),
            slug: String::new(),
            directory: String::new(),
            history: None,
            is_broken: false,
        }
    }

    /// Whether it is the front page, in some language.
    pub(crate) fn is_root(&self) -> bool {
        self.kind == Kind::Section && self.directory.is_empty()
    }

    /// The name of its file, relative to `content/`. Its id is another one if that is a
    /// `README.md`.
    pub(crate) fn name_in_content(&self) -> &str {
        // `Path` would look at each part of it.
        let file = self.source.file.to_str();
        let name = file.and_then(|file| file.strip_prefix(CONTENT)?.strip_prefix('/'));
        name.unwrap_or(&self.id)
    }

    /// Where the files beside its `index.md` are, relative to `content/`, with a
    /// slash at the end.
    pub(crate) fn colocated_path(&self) -> Option<&str> {
        let (directory, name) = self.id.split_at(self.id.rfind('/')? + 1);
        let is_index = name.split('.').next() == Some("index");
        is_index.then_some(directory)
    }

    /// Whether there is a page to see where it is served, and not only its place.
    pub(crate) fn is_shown(&self) -> bool {
        self.front.is_rendered() && self.front.section.redirect_to.is_none()
    }

    /// The day it was updated, as it says itself, or as its commits do.
    pub(crate) fn last_change(&self) -> Option<&Date> {
        let committed = self.history.as_ref().map(|change| &change.date);
        self.front.updated.as_ref().or(committed)
    }

    /// What stands above its markdown.
    pub(crate) fn front_matter(&self) -> &str {
        &self.source.text[..self.body.start]
    }

    /// Its markdown.
    pub(crate) fn text(&self) -> &str {
        &self.source.text[self.body.clone()]
    }

    /// Forgets its markdown, which is in its file.
    pub(crate) fn forget_text(&mut self) {
        if self.body.is_empty() || self.is_forgotten() {
            return;
        }
        self.forgotten = Some(hash(self.text()));
        // Cut short in place, it would leave a gap that the next text is too long for.
        self.source.text = self.source.text[..self.body.start].to_owned();
    }

    pub(crate) fn is_forgotten(&self) -> bool {
        self.forgotten.is_some()
    }

    /// Reads its markdown again: it must be what it was.
    pub(crate) fn recall(&mut self, site: &Path) -> Result<(), Diagnostic> {
        let source = Source::read(site, &self.source.file)?;
        // Its title and the places in it are those of the text that was read before.
        let body = source.text.strip_prefix(&self.source.text);
        if body.map(hash) != self.forgotten {
            let fault = Diagnostic::new(&self.source.file, "this file changed while it was read");
            return Err(fault.expected("files that nobody writes to during a build"));
        }
        self.source = source;
        self.forgotten = None;
        Ok(())
    }

    /// A fault at a range of its markdown, even if that is forgotten.
    pub(crate) fn at_in(
        &self,
        site: &Path,
        span: Range<usize>,
        message: impl Into<String>,
    ) -> Diagnostic {
        let (span, file) = (
            span.start + self.body.start..span.end + self.body.start,
            &self.source.file,
        );
        if !self.is_forgotten() {
            return self.source.at(span, message);
        }
        match Source::read(site, file) {
            Ok(source) => source.at(span, message),
            Err(_) => Diagnostic::new(file, message),
        }
    }

    /// A fault at a range of its markdown.
    pub(crate) fn at(&self, span: Range<usize>, message: impl Into<String>) -> Diagnostic {
        let offset = self.body.start;
        self.source
            .at(span.start + offset..span.end + offset, message)
    }

    pub(crate) fn date(&self) -> Option<&Date> {
        self.front.date.as_ref()
    }
}

/// Tells texts apart while a build lasts.
fn hash(text: &str) -> u64 {
    FixedState::default().hash_one(text)
}

/// The directory of a file, its name without language, and that language.
pub(crate) fn split_id<'a>(id: &'a str, config: &'a Config) -> (&'a str, &'a str, &'a Language) {
    let (directory, name) = id.rsplit_once('/').unwrap_or(("", id));
    let stem = name.strip_suffix(".md").unwrap_or(name);
    let (stem, language) = split_name(stem, &config.languages);
    (directory, stem, language)
}

/// What a document is called that does not say so; nothing, if it is a front
/// page without a heading, which the site gives its name.
fn title_of(text: &str, id: &str, stem: &str) -> Option<String> {
    let own = title::of_text(text);
    own.or_else(|| {
        let name = match stem {
            "index" | "_index" => id.rsplit('/').nth(1)?,
            stem => stem,
        };
        Some(title::of_name(name)).filter(|name| !name.is_empty())
    })
}

/// The directory, slug and path of a section.
fn place_section(directory: &str) -> (String, String, String) {
    let slug = directory.rsplit('/').next().unwrap_or_default();
    let path = match directory {
        "" => "/".to_owned(),
        directory => format!("/{directory}/"),
    };
    (directory.to_owned(), slug.to_owned(), path)
}

/// The directory, slug and path of a page. A day that the name begins with is
/// the page's date and not part of its path, unless nothing else is left.
fn place_page(directory: &str, stem: &str, front: &mut FrontMatter) -> (String, String, String) {
    let (directory, name) = if stem == "index" {
        directory.rsplit_once('/').unwrap_or(("", directory))
    } else {
        (directory, stem)
    };
    let mut name = name;
    if let Some((date, rest)) = split_from_name(name) {
        front.date.get_or_insert(date);
        if !rest.is_empty() {
            name = rest;
        }
    }
    let slug = front.slug.clone().unwrap_or_else(|| slugify(name));
    let path = match front.path.as_deref().map(|path| path.trim_matches('/')) {
        Some("") => "/".to_owned(),
        Some(path) => format!("/{path}/"),
        None if directory.is_empty() => format!("/{slug}/"),
        None => format!("/{directory}/{slug}/"),
    };
    (directory.to_owned(), slug, path)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn path(id: &str, text: &str) -> (String, Option<String>) {
        let source = Source {
            file: format!("content/{id}").into(),
            text: text.into(),
        };
        let document = Document::parse(source, id, &Config::for_test(), None).unwrap();
        (
            document.path.to_string(),
            document.date().map(|date| date.text.clone()),
        )
    }

    #[test]
    fn paths_follow_from_names() {
        assert_eq!(path("_index.md", "").0, "/");
        assert_eq!(path("docs/_index.md", "").0, "/docs/");
        assert_eq!(path("about.md", "").0, "/about/");
        assert_eq!(path("docs/What is it.md", "").0, "/docs/what-is-it/");
        assert_eq!(path("blog/pictures/index.md", "").0, "/blog/pictures/");
        assert_eq!(path("a.md", "+++\nslug = \"b\"\n+++\n").0, "/b/");
        assert_eq!(path("a.md", "+++\npath = \"x/y\"\n+++\n").0, "/x/y/");
    }

    #[test]
    fn what_has_no_title_is_called_by_its_heading_or_file() {
        let title = |id: &str, text: &str| {
            let source = Source {
                file: format!("content/{id}").into(),
                text: text.into(),
            };
            let document = Document::parse(source, id, &Config::for_test(), None).unwrap();
            document.front.title
        };
        let nameless = Source {
            file: "content/-.md".into(),
            text: "+++\nslug = \"b\"\n+++\n".into(),
        };
        let nameless = Document::parse(nameless, "-.md", &Config::for_test(), None).unwrap();
        assert_eq!(
            (nameless.front.title.as_deref(), nameless.name()),
            (None, "b")
        );
        assert_eq!(title("a.md", "# B\n").as_deref(), Some("B"));
        assert_eq!(
            title("a.md", "+++\ntitle = \"T\"\n+++\n# B\n").as_deref(),
            Some("T")
        );
        assert_eq!(title("x/my-notes.md", "").as_deref(), Some("My notes"));
        assert_eq!(
            title("x/my-notes/index.md", "").as_deref(),
            Some("My notes")
        );
        assert_eq!(title("x/_index.md", "").as_deref(), Some("X"));
        assert_eq!(title("_index.md", ""), None);
    }

    #[test]
    fn a_text_that_changed_is_not_recalled() {
        let site = tempfile::tempdir().unwrap();
        let file = site.path().join("a.md");
        let write = |text: &str| std::fs::write(&file, text).unwrap();
        let front = "+++\nweight = 1\n+++\n";
        write(&format!("{front}# One\n"));
        let source = Source::read(site.path(), Path::new("a.md")).unwrap();
        let mut document = Document::parse(source, "a.md", &Config::for_test(), None).unwrap();
        let whole = document.text().to_owned();
        document.forget_text();
        document.forget_text();
        assert!(document.is_forgotten());
        document.recall(site.path()).unwrap();
        assert_eq!((document.text(), document.is_forgotten()), (&*whole, false));
        document.forget_text();
        for changed in ["# Two\n", "# One\n\n", "# One", ""] {
            write(&format!("{front}{changed}"));
            let fault = document.recall(site.path()).unwrap_err();
            assert!(fault.message.contains("changed while it was read"));
            assert!(document.is_forgotten(), "{changed}");
        }
        write("+++\nweight = 2\n+++\n# One\n");
        assert!(document.recall(site.path()).is_err());
    }

    #[test]
    fn a_day_in_the_name_is_the_date() {
        assert_eq!(
            path("blog/2015-02-25-notes.md", ""),
            ("/blog/notes/".into(), Some("2015-02-25".into()))
        );
        assert_eq!(
            path("weekly/2015-02-25.md", ""),
            ("/weekly/2015-02-25/".into(), Some("2015-02-25".into()))
        );
        let dated = path("blog/2015-02-25-notes.md", "+++\ndate = 2016-01-01\n+++\n");
        assert_eq!(dated.1.as_deref(), Some("2016-01-01"));
    }
}
