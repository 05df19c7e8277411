//! Which feeds a site has: one of each language that asks for it, of each
//! section and of each term that do. Each is made in all formats of the
//! configuration.

use crate::config::Config;
use crate::document::Document;
use crate::library::{Library, Page};
use crate::output::feed::{Feed, newest};

/// A feed that is to be made.
pub(crate) struct Wanted<'a> {
    pub(crate) subject: Subject<'a>,
    /// The listing that it is a feed of.
    pub(crate) path: &'a str,
    pub(crate) lang: &'a str,
    /// The newest of it.
    pages: Vec<&'a Page>,
}

/// What a feed is about.
#[derive(Clone, Copy)]
pub(crate) enum Subject<'a> {
    Site,
    /// By its place in the library, and its text.
    Section(usize, &'a Document),
    /// By the places of its taxonomy and in that, and its name.
    Term((usize, usize), &'a str),
}

impl<'a> Wanted<'a> {
    /// The feed under the name of a file, and its path.
    pub(crate) fn feed(&self, name: &str, config: &'a Config) -> Feed<'a> {
        let (title, description) = match self.subject {
            Subject::Site => (None, None),
            Subject::Section(_, document) => {
                let front = &document.front;
                (front.title.as_deref(), front.description.as_deref())
            }
            Subject::Term(_, name) => (Some(name), None),
        };
        let feed_path = format!("{}{name}", self.path);
        let language = config.language(self.lang);
        let pages = self.pages.clone();
        let about = (title, description);
        Feed::new(about, self.path, feed_path, pages, language, config)
    }
}

/// All feeds of a site.
pub(crate) fn wanted<'a>(library: &'a Library, config: &'a Config) -> Vec<Wanted<'a>> {
    // Lists have orders of their own; a feed has the newest first.
    let of_list = |pages: &[usize]| {
        let mut pages = pages.to_vec();
        pages.sort_unstable_by_key(|&page| library.ages[page]);
        newest(library, &pages, config)
    };
    let of_site = |lang: &str| {
        let in_language = |page: &&usize| *library.pages[**page].document.lang == *lang;
        newest(library, library.by_age.iter().filter(in_language), config)
    };
    let mut feeds = Vec::new();
    for (index, section) in library.sections.iter().enumerate() {
        let document = &section.document;
        let (path, lang) = (&*document.path, &*document.lang);
        if document.is_root() {
            if config.language(lang).generate_feeds {
                feeds.push(Wanted {
                    subject: Subject::Site,
                    path,
                    lang,
                    pages: of_site(lang),
                });
            }
        } else if document.front.section.generate_feeds {
            feeds.push(Wanted {
                subject: Subject::Section(index, document),
                path,
                lang,
                pages: of_list(&section.pages),
            });
        }
    }
    let with_feeds = library.taxonomies.iter().enumerate();
    for (index, taxonomy) in with_feeds.filter(|(_, taxonomy)| taxonomy.config.feed) {
        feeds.extend(
            taxonomy
                .terms
                .iter()
                .enumerate()
                .map(|(place, term)| Wanted {
                    subject: Subject::Term((index, place), &term.name),
                    path: &term.path,
                    lang: &taxonomy.lang,
                    pages: of_list(&term.pages),
                }),
        );
    }
    feeds
}
