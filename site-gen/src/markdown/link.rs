//! Links: those that lead to another file of the site are resolved to its
//! path, and taken note of, so that anchors can be checked when all is known.
//!
//! `@/docs/zone.md#soa` names a file from `content/`, as in Zola. A relative
//! link to a file (`../zone.md`, `picture.png`) is resolved too. Any other
//! relative link is what it is to a browser that shows the page; where that is
//! no page, it may name a directory with an `_index.md` or `index.md`, or a
//! markdown file without its ending.
//!
//! Links in raw HTML are found by `raw_html`, and resolved here.

mod targets;

use std::cell::RefCell;
use std::ops::Range;

use pulldown_cmark::{CowStr, Event, LinkType, Tag, TagEnd};

pub(crate) use targets::{Asked, Reference, Target, Targets, take_asked};

use super::Located;
use crate::config::language::version_of;
use crate::diagnostic::Diagnostic;
use crate::document::{Document, readme};
use crate::limits::MAX_DIAGNOSTICS;
use crate::url;
use targets::asked;

/// The documents that may stand for a directory, or have its name.
fn indexes(directory: &str) -> Vec<String> {
    match directory {
        "" => vec!["_index.md".to_owned()],
        name => ["/_index.md", "/index.md", ".md"]
            .map(|end| format!("{name}{end}"))
            .into(),
    }
}

/// Resolves all links and images.
pub(super) fn resolve(
    events: &mut [Located<'_>],
    document: &Document,
    targets: &Targets,
    references: &mut Vec<Reference>,
    faults: &mut Vec<Diagnostic>,
) {
    // Of pictures in the text of a picture only that text is shown.
    let mut pictures = 0_usize;
    for (event, span) in events {
        match event {
            Event::Start(Tag::Image { .. }) => pictures += 1,
            Event::End(TagEnd::Image) => pictures = pictures.saturating_sub(1),
            _ => {}
        }
        let is_picture = pictures == 1 && matches!(event, Event::Start(Tag::Image { .. }));
        let dest_url = match event {
            // It is a name and a host, and becomes a `mailto:` later.
            Event::Start(Tag::Link { link_type, .. }) if *link_type == LinkType::Email => continue,
            Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) => dest_url,
            _ => continue,
        };
        match resolve_one(document, targets, dest_url, span) {
            Ok(None) => {}
            Ok(Some((path, reference))) => {
                if is_picture {
                    faults.extend(reference.as_picture(document));
                }
                *dest_url = CowStr::from(path);
                references.push(reference);
            }
            Err(fault) => faults.push(fault),
        }
        if faults.len() >= MAX_DIAGNOSTICS {
            break;
        }
    }
}

/// What a link becomes and what it refers to; none if it leads elsewhere.
pub(super) fn resolve_one(
    document: &Document,
    targets: &Targets,
    written: &str,
    span: &Range<usize>,
) -> Result<Option<(String, Reference)>, Diagnostic> {
    let link = Link {
        document,
        targets,
        written,
        span,
        asked: RefCell::default(),
    };
    let resolved = link.resolve()?;
    Ok(resolved.map(|(path, reference)| {
        let asked = link.asked.take();
        (path, Reference { asked, ..reference })
    }))
}

struct Link<'a> {
    document: &'a Document,
    targets: &'a Targets,
    written: &'a str,
    span: &'a Range<usize>,
    asked: RefCell<Vec<Asked>>,
}

impl Link<'_> {
    fn ask(&self, name: &str) {
        self.asked.borrow_mut().push(asked(name));
    }

    /// The path of a file, if there is such a file.
    fn path(&self, id: &str) -> Option<&str> {
        self.ask(id);
        self.targets.path(id)
    }

    /// The document that stands for a directory, or has its name.
    fn index(&self, directory: &str) -> Option<String> {
        let mut ids = indexes(directory).into_iter();
        ids.find(|id| self.is_document(id))
    }

    fn is_document(&self, id: &str) -> bool {
        self.ask(id);
        self.targets.is_document(id)
    }

    /// A file, or what a `README.md` goes by.
    fn index_or(&self, id: String) -> String {
        let index = readme::index_of(&id).filter(|_| !self.is_document(&id));
        index.filter(|id| self.is_or_will_be(id)).unwrap_or(id)
    }

    /// Whether a file is a document, or a draft.
    fn is_or_will_be(&self, id: &str) -> bool {
        self.is_document(id) || self.targets.is_draft(id)
    }

    /// Whether a page or section is served under a path.
    fn is_page(&self, path: &str) -> bool {
        self.ask(path);
        self.targets.is_page(path)
    }

    fn resolve(&self) -> Result<Option<(String, Reference)>, Diagnostic> {
        let (place, anchor) = match self.written.split_once('#') {
            Some((place, anchor)) => (place, Some(anchor)),
            None => (self.written, None),
        };
        if let Some(id) = place.strip_prefix("@/") {
            let id = self.index_or(url::decode(id).into_owned());
            return self.to_file(&self.own_version(id), "", anchor).map(Some);
        }
        if place.is_empty() {
            let own = Target::Document(self.document.id.to_string());
            return Ok(anchor.map(|_| (self.written.to_owned(), self.reference(own, anchor))));
        }
        if url::has_scheme(place) {
            let own = self.targets.own(place);
            return Ok(own.map(|own| (self.written.to_owned(), self.to_path(&own, anchor))));
        }
        let (place, query) = match place.find('?') {
            Some(at) => place.split_at(at),
            None => (place, ""),
        };
        if place.is_empty() {
            return Ok(None);
        }
        if let Some(inside) = place.strip_prefix('/') {
            return match self.document_at(inside) {
                Some(id) => self.to_file(&self.own_version(id), query, anchor).map(Some),
                None => Ok(Some((self.written.to_owned(), self.to_path(place, anchor)))),
            };
        }
        self.relative(place, query, anchor).map(Some)
    }

    /// The document that is named from the root by its file, as in a repository, where
    /// nothing is served.
    fn document_at(&self, place: &str) -> Option<String> {
        let named = has_markdown_name(place).then(|| url::decode(place).into_owned());
        let id = named.map(|id| self.index_or(id));
        id.filter(|id| self.is_or_will_be(id))
    }

    /// What is named by an address.
    fn to_path(&self, place: &str, anchor: Option<&str>) -> Reference {
        let place = place.split('?').next().unwrap_or_default();
        let decoded = url::decode(place);
        // Browsers resolve these before they ask.
        let has_steps = decoded.split('/').any(|part| part == "." || part == "..");
        let path = match has_steps {
            true => url::encode(&url::browse("/", &decoded)),
            false => url::encode(&decoded),
        };
        self.reference(Target::Path(path), anchor)
    }

    fn relative(
        &self,
        place: &str,
        query: &str,
        anchor: Option<&str>,
    ) -> Result<(String, Reference), Diagnostic> {
        let directory = self.document.source.file.parent();
        let directory = directory.and_then(|directory| directory.strip_prefix("content").ok());
        let directory = directory.and_then(|directory| directory.to_str());
        let id = url::join(directory.unwrap_or_default(), &url::decode(place));
        let id = id.map(|id| self.index_or(id));
        let is_file = |id: &&String| {
            self.path(id).is_some() || has_markdown_name(id) || self.targets.is_lost(id)
        };
        if let Some(id) = id.as_ref().filter(is_file) {
            return self.to_file(id, query, anchor);
        }
        let path = url::encode(&url::browse(&self.document.path, &url::decode(place)));
        let index = id.and_then(|id| self.index(&id));
        match index {
            Some(id) if !self.is_page(&path) => self.to_file(&self.own_version(id), query, anchor),
            // Where it leads depends on where it is.
            _ if self.document.is_broken => Ok(self.to_somewhere()),
            _ => Ok((
                self.written.to_owned(),
                self.reference(Target::Path(path), anchor),
            )),
        }
    }

    /// A page leads to others in its own language, where they are.
    fn own_version(&self, id: String) -> String {
        let version = version_of(&id, &self.document.lang);
        let version = version.filter(|version| self.path(version).is_some());
        version.unwrap_or(id)
    }

    fn to_file(
        &self,
        id: &str,
        query: &str,
        anchor: Option<&str>,
    ) -> Result<(String, Reference), Diagnostic> {
        let Some(path) = self.path(id) else {
            if self.targets.is_lost(id) {
                return Ok(self.to_somewhere());
            }
            if self.targets.is_draft(id) {
                let fault = self.document.at(self.narrow(), "");
                return Err(of_draft(fault, id));
            }
            let fault = self
                .document
                .at(self.narrow(), format!("no file `{id}` in content/"));
            return Err(fault
                .expected("a link to a file that exists")
                .suggestion(self.targets.suggest(id)));
        };
        let target = if self.targets.is_document(id) {
            Target::Document(id.to_owned())
        } else {
            Target::Path(path.to_owned())
        };
        let suffix = anchor
            .map(|anchor| format!("#{anchor}"))
            .unwrap_or_default();
        let link = format!("{path}{query}{suffix}");
        Ok((link, self.reference(target, anchor)))
    }

    /// What is not known to lead nowhere.
    fn to_somewhere(&self) -> (String, Reference) {
        let reference = self.reference(Target::Unknown, None);
        (self.written.to_owned(), reference)
    }

    fn reference(&self, target: Target, anchor: Option<&str>) -> Reference {
        let anchor = anchor.filter(|anchor| !anchor.is_empty());
        Reference {
            target,
            anchor: anchor.map(|anchor| url::decode(anchor).into_owned()),
            span: self.narrow(),
            asked: Vec::new(),
        }
    }

    /// The destination alone, if it stands in the text as it was parsed.
    fn narrow(&self) -> Range<usize> {
        let text = &self.document.text()[self.span.clone()];
        match text.rfind(self.written) {
            Some(at) => self.span.start + at..self.span.start + at + self.written.len(),
            None => self.span.clone(),
        }
    }
}

/// What is expected in place of a draft.
pub(crate) const NO_DRAFT: &str = "a page without `draft = true`, or `--drafts`";

/// What is wrong with what asks for a draft.
pub(crate) fn is_draft(id: &str) -> String {
    format!("`{id}` is a draft, and no part of the site")
}

/// Says of a link that it leads to a draft.
pub(crate) fn of_draft(fault: Diagnostic, id: &str) -> Diagnostic {
    Diagnostic {
        message: is_draft(id),
        ..fault.expected(NO_DRAFT)
    }
}

fn has_markdown_name(id: &str) -> bool {
    id.rsplit_once('.')
        .is_some_and(|(_, extension)| extension == "md")
}

#[cfg(test)]
mod tests {
    use super::super::tests::render_text;
    use super::*;
    use crate::config::base_url::BaseUrl;

    #[test]
    fn links_to_files_become_paths() {
        let rendered =
            render_text("[x](@/b.md#y) ![z](p.png) [w](b.md) [o](https://o.org/b.md) [h](#x)")
                .unwrap();
        assert!(
            rendered.html.contains("<a href=\"/b/#y\">x</a>"),
            "{}",
            rendered.html
        );
        assert!(
            rendered.html.contains("src=\"/p.png\""),
            "{}",
            rendered.html
        );
        assert!(
            rendered.html.contains("<a href=\"/b/\">w</a>"),
            "{}",
            rendered.html
        );
        assert!(
            rendered.html.contains("https://o.org/b.md"),
            "{}",
            rendered.html
        );
        let targets: Vec<_> = rendered
            .references
            .iter()
            .map(|reference| reference.target.clone())
            .collect();
        let document = |id: &str| Target::Document(id.into());
        assert_eq!(
            targets,
            [
                document("b.md"),
                Target::Path("/p.png".into()),
                document("b.md"),
                document("a.md")
            ]
        );
    }

    #[test]
    fn addresses_of_the_site_itself_stay_in_it() {
        let document = super::super::tests::document("");
        let base = BaseUrl::split("https://a.org").unwrap();
        let targets = Targets::for_test(&[], &[]).at(&base, &Default::default());
        for (written, path, anchor) in [
            ("https://a.org", Some("/"), None),
            ("https://a.org/", Some("/"), None),
            ("https://a.org/x/?y#z", Some("/x/"), Some("z")),
            ("https://a.org#z", Some("/"), Some("z")),
            ("https://a.org/x/./y/../z/", Some("/x/z/"), None),
            ("https://a.org.b/x/", None, None),
            ("https://b.org/", None, None),
        ] {
            let resolved = resolve_one(&document, &targets, written, &(0..0)).unwrap();
            let reference = resolved.map(|(link, reference)| {
                assert_eq!(link, written);
                (reference.target, reference.anchor)
            });
            let expected = path.map(|path| {
                let anchor = anchor.map(str::to_owned);
                (Target::Path(path.to_owned()), anchor)
            });
            assert_eq!(reference, expected, "{written}");
        }
        let none = resolve_one(
            &document,
            &Targets::for_test(&[], &[]),
            "https://a.org/",
            &(0..0),
        );
        assert!(none.unwrap().is_none());
    }

    #[test]
    fn a_page_is_no_picture() {
        let text = "Text ![a](b.md) [b](b.md)\n\nx <img src=\"@/b.md\" alt=x>\n";
        let faults = render_text(text).unwrap_err();
        let shown = |fault: &Diagnostic| {
            let place = fault.place.as_ref().unwrap();
            (place.line, place.column, fault.message.clone())
        };
        let shown: Vec<_> = faults.iter().map(shown).collect();
        let message = || "`b.md` is a page, and no picture".to_owned();
        assert_eq!(shown, [(3, 13, message()), (1, 11, message())]);
    }

    #[test]
    fn a_link_to_nothing_is_placed() {
        let faults = render_text("Text\n\n[x](@/bc.md) and [y](../../d.md)\n").unwrap_err();
        let place = faults[0].place.clone().unwrap();
        assert_eq!((place.line, place.column, place.length), (3, 5, 7));
        assert_eq!(faults[0].message, "no file `bc.md` in content/");
        assert!(faults[0].suggestion.is_some());
        assert_eq!(
            faults.len(),
            1,
            "what leads out of content/ is left to the browser"
        );
    }
}
