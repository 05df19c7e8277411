//! What may be served, where something could not be read: [`Unsure`]. A link to
//! such a path is no fault, and nothing else is said to have it already.
//!
//! * A document with faults in its front matter may be served elsewhere, under
//!   any address that is named there, and may add terms to taxonomies. A section
//!   may have feeds, and lists may have fewer or more parts.
//! * Of a page or directory that cannot be read at all, nothing is known; of another
//!   file, its path is.
//! * A theme that cannot be read may have any files, and a page to search; what it
//!   has is known if only some of its files cannot be read.
//! * Style sheets that cannot be compiled are served all the same.
//! * A configuration with faults may say anything in their places (`doubts`).

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use crate::config::Config;
use crate::config::base_url::BaseUrl;
use crate::document::Document;
use crate::document::front_matter::Kind;
use crate::output::redirects;
use crate::url::{ancestors, encode, slugify};

/// What is not known about paths.
#[derive(Clone, Debug, Default)]
pub(crate) struct Unsure {
    /// Where the site is.
    base: BaseUrl,
    /// Without a slash at the end.
    paths: HashSet<String>,
    /// Below these, too, there may be files.
    bundles: HashSet<String>,
    /// Names of feeds below those paths.
    feeds: Vec<String>,
    /// How many parts lists have.
    numbers: bool,
    theme: bool,
    styles: bool,
    all: bool,
    /// What templates see of the configuration.
    values: bool,
    /// How texts are read.
    texts: bool,
}

impl Unsure {
    /// Takes note of what could not be read in `content/`: what is no page goes
    /// with the page that it is beside, if there is one.
    pub(crate) fn lost(
        &mut self,
        lost: &BTreeSet<String>,
        documents: &[Arc<Document>],
        may_have_pages: bool,
    ) {
        self.all |= may_have_pages;
        for id in lost {
            self.file(&self.base.address_of_file(id));
            let beside = documents.iter().filter_map(|document| {
                let directory = document.id.strip_suffix("index.md")?;
                Some((document, id.strip_prefix(directory)?))
            });
            for (document, name) in beside {
                self.file(&format!("{}{}", document.path, encode(name)));
            }
        }
    }

    /// Takes note of the documents with faults.
    pub(crate) fn documents(&mut self, documents: &[Arc<Document>], config: &Config) {
        self.feeds = config.all_feed_filenames().cloned().collect();
        for document in documents.iter().filter(|document| document.is_broken) {
            self.numbers = true;
            self.document(document, config);
        }
    }

    fn document(&mut self, document: &Document, config: &Config) {
        let prefix = config.prefix(&document.lang);
        let directory = match document.directory.as_str() {
            "" => prefix.clone(),
            directory => format!("{prefix}/{}", encode(directory)),
        };
        let taxonomies = &config.language(&document.lang).taxonomies;
        let mut paths = vec![document.path.to_string()];
        for word in words(document.front_matter()) {
            let path = redirects::path(&format!("/{}", word.trim_start_matches('/')));
            paths.push(format!("{prefix}{path}"));
            paths.push(config.address(&path));
            paths.push(format!("{directory}/{}", encode(word)));
            let terms = taxonomies.iter().map(|taxonomy| &taxonomy.slug);
            let terms = terms.map(|slug| format!("{prefix}/{}/{}", encode(slug), slugify(word)));
            paths.extend(terms);
        }
        let paths = paths.into_iter().map(|path| trimmed(&path).to_owned());
        if document.colocated_path().is_some() && document.kind == Kind::Page {
            let paths: Vec<String> = paths.collect();
            self.bundles.extend(paths.iter().cloned());
            self.paths.extend(paths);
        } else {
            self.paths.extend(paths);
        }
    }

    /// Takes note of where the site is, and of what the configuration may say.
    pub(crate) fn configuration(&mut self, config: &Config) {
        self.base = config.base.clone();
        let doubts = &config.doubts;
        self.all |= doubts.paths();
        self.styles |= doubts.styles();
        self.texts |= doubts.texts();
        self.values |= doubts.any();
    }

    /// Takes note of a file that is served, whatever is in it.
    pub(crate) fn file(&mut self, path: &str) {
        self.paths.insert(path.to_owned());
    }

    /// Takes note of a theme of which nothing is known.
    pub(crate) fn theme(&mut self) {
        self.theme = true;
    }

    /// Takes note of style sheets of which nothing is known.
    pub(crate) fn styles(&mut self) {
        self.styles = true;
    }

    /// Takes note that templates would see other values.
    pub(crate) fn values(&mut self) {
        self.values = true;
    }

    /// Where the site is.
    pub(crate) fn base(&self) -> &BaseUrl {
        &self.base
    }

    /// Whether all is known that templates see without asking.
    pub(crate) fn knows_values(&self) -> bool {
        !self.values
    }

    /// Whether a function may find what it does not: a file, under the path
    /// that it is served under or by its name in `content/`.
    pub(crate) fn may_find(&self, asked: &str) -> bool {
        let name = asked.trim_start_matches("@/").trim_start_matches('/');
        let end = name.find(['#', '?']).unwrap_or(name.len());
        let place = format!("/{}", encode(&name[..end]));
        // What begins with the root of the site may be an address.
        self.may_serve(&self.base.address(&place)) || self.may_serve(&place)
    }

    /// Whether it is known what is a link in a text, and where it leads.
    pub(crate) fn knows_texts(&self) -> bool {
        !self.texts
    }

    /// Whether something may be served under a path.
    pub(crate) fn may_serve(&self, path: &str) -> bool {
        let (above, name) = trimmed(path).rsplit_once('/').unwrap_or(("", path));
        let is_number = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_digit());
        let is_of_theme = !path.ends_with('/') || name == "search";
        self.all
            || self.theme && is_of_theme
            || self.styles && path.ends_with(".css")
            || self.numbers && is_number
            || self.paths.contains(trimmed(path))
            || self.paths.contains(above) && self.feeds.iter().any(|feed| feed == name)
            || self.is_in_bundle(above)
    }

    fn is_in_bundle(&self, directory: &str) -> bool {
        let mut above = ancestors(directory).take_while(|directory| !directory.is_empty());
        !self.bundles.is_empty() && above.any(|directory| self.bundles.contains(directory))
    }
}

fn trimmed(path: &str) -> &str {
    path.trim_end_matches('/')
}

/// What may be a value in front matter that cannot be read.
fn words(front_matter: &str) -> impl Iterator<Item = &str> {
    let marks = |c: char| matches!(c, ',' | '[' | ']' | '{' | '}' | '=' | '"' | '\'');
    let words = front_matter
        .lines()
        .map(value)
        .flat_map(move |value| value.split(marks));
    let words = words.map(str::trim);
    words.filter(|word| word.contains(char::is_alphanumeric))
}

/// What stands in a line besides its key, or the dash of an item.
fn value(line: &str) -> &str {
    let is_key = |c: char| c.is_alphanumeric() || matches!(c, '_' | '-' | '.');
    let value = line.split_once(['=', ':']);
    let value = value.filter(|(key, _)| key.trim().chars().all(is_key));
    let value = value.map_or(line, |(_, value)| value).trim();
    value.strip_prefix("- ").unwrap_or(value)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::source::Source;

    fn unsure(id: &str, front: &str) -> Unsure {
        let config = Config::for_text(
            "base_url = \"https://a.org\"\ntheme = \"t\"\ntaxonomies = [{ name = \"tags\" }]\n",
        );
        let source = Source {
            file: format!("content/{id}").into(),
            text: front.into(),
        };
        let broken = Document::despite_faults(source, id, &config);
        let mut unsure = Unsure::default();
        unsure.documents(&[Arc::new(broken)], &config);
        unsure
    }

    #[test]
    fn what_front_matter_names_may_be_served() {
        for front in [
            "+++\ntitel = 1\naliases = [\"old/a.html\"]\nslug='b'\ntaxonomies.tags=[\"C d\"]\n+++\n",
            "---\ntitel: [\naliases:\n- /old/a.html\nslug: b\ntags: [C d, e]\n---\n",
            "+++\naliases = [\"/old/a.html\", \"no end\nslug = \"b\"\ntags = [\"C d\"]\n",
        ] {
            let unsure = unsure("x/a/index.md", front);
            for path in [
                "/old/a.html",
                "/x/b/",
                "/x/b/c/d.png",
                "/x/a/",
                "/tags/c-d/",
                "/p/2/",
            ] {
                assert!(unsure.may_serve(path), "{path} {front}");
            }
            for path in ["/", "/old/", "/x/", "/x/c/", "/tags/", "/c.css", "/search/"] {
                assert!(!unsure.may_serve(path), "{path} {front}");
            }
        }
    }

    #[test]
    fn a_section_does_not_serve_all_that_is_below_it() {
        let unsure = unsure("docs/_index.md", "+++\ntitel = 1\n+++\n");
        for (path, expected) in [
            ("/docs/", true),
            ("/docs", true),
            ("/docs/atom.xml", true),
            ("/docs/page/2/", true),
            ("/docs/nope/", false),
            ("/atom.xml", false),
        ] {
            assert_eq!(unsure.may_serve(path), expected, "{path}");
        }
    }
}
