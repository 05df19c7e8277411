//! Links of pages that lead nowhere in the site. A build resolves the links in
//! texts; here are all others, which templates and shortcodes wrote.
//!
//! An address that is not served is an error. A fragment that no element has
//! may be for a script: it is a warning.

use std::collections::hash_map::Entry;
use std::collections::{BTreeMap, HashMap, HashSet};
use std::mem;
use std::sync::OnceLock;

use rayon::prelude::*;

use super::Sources;
use super::page::{Attributes, Page};
use super::text::address::{ONE_SLASH, of_server};
use crate::config::base_url::BaseUrl;
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::limits::MAX_DIAGNOSTICS;
use crate::nearby::Names;
use crate::output::Built;
use crate::references::outside;
use crate::source::Source;
use crate::url;

/// What the files of search indexes are called.
const SEARCH: [&str; 2] = ["/search_index.", "/pagefind/"];

/// A link to nothing, as it is written, and what it lacks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
struct Broken {
    written: String,
    lack: Lack,
}

#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Lack {
    /// What is served under this path.
    Path(String),
    /// A path: this is the name of a server.
    Server(String),
    /// An element with this id, on the page of this path, or on its own.
    Anchor(Option<String>, String),
}

/// Everything a link can lead to.
struct Served<'a> {
    paths: HashSet<&'a str>,
    ids: HashMap<&'a str, &'a HashSet<String>>,
    /// The names of the paths, once a link leads to none.
    names: OnceLock<Names>,
}

/// The links of pages that lead nowhere. A fault of a template shows on every
/// page: it is told once.
pub(super) fn check(sources: &Sources<'_>, built: &Built, pages: &[Page]) -> Vec<Diagnostic> {
    let files = built.files.iter().map(|file| &*file.path);
    let redirects = built.redirects.iter().map(|(from, _)| from.as_str());
    let served = Served {
        paths: files.chain(redirects).collect(),
        ids: pages
            .iter()
            .map(|page| (page.path.as_str(), &page.ids))
            .collect(),
        names: OnceLock::new(),
    };
    let broken = |page: &Page| -> Vec<Broken> {
        let all = page.references.iter();
        let broken = all.filter_map(|written| {
            let lack = served.lack(sources, built, page, written)?;
            let written = written.clone();
            Some(Broken { written, lack })
        });
        broken.collect()
    };
    let found: Vec<Vec<Broken>> = pages.par_iter().map(broken).collect();
    let mut all: BTreeMap<Broken, Vec<&Page>> = BTreeMap::new();
    for (page, broken) in pages.iter().zip(found) {
        for broken in broken {
            all.entry(broken).or_default().push(page);
        }
    }
    let templates = match all.is_empty() {
        true => Vec::new(),
        false => sources.templates().collect(),
    };
    let tell = |(broken, on, made): Located<'_>| {
        let suggestion = broken.suggest(&served, &sources.config.base);
        broken.tell(sources, &on, made).suggestion(suggestion)
    };
    // Each is compared with all that there is.
    let located = locate(sources, &templates, all);
    located
        .into_iter()
        .take(MAX_DIAGNOSTICS)
        .map(tell)
        .collect()
}

/// A link to nothing, the pages that have it, and where it is written, if that is known.
type Located<'a> = (Broken, Vec<&'a Page>, Option<Diagnostic>);

/// Where links are written. One that expressions make is another on each page, and one
/// fault.
fn locate<'a>(
    sources: &Sources<'_>,
    templates: &'a [Source],
    all: BTreeMap<Broken, Vec<&'a Page>>,
) -> Vec<Located<'a>> {
    let attributes = Attributes::of(templates);
    let mut located: Vec<Located<'a>> = Vec::new();
    let mut made = HashMap::new();
    for (broken, on) in all {
        if located.len() >= MAX_DIAGNOSTICS {
            break;
        }
        let place = broken.place(sources, templates, &on);
        if place.is_some() {
            located.push((broken, on, place));
            continue;
        }
        let place = attributes.find(&broken.written);
        if let Some((source, place)) = &place {
            match made.entry((&source.file, place.clone(), mem::discriminant(&broken.lack))) {
                Entry::Occupied(known) => {
                    let (_, pages, _): &mut Located<'a> = &mut located[*known.get()];
                    pages.extend(on);
                    continue;
                }
                Entry::Vacant(new) => _ = new.insert(located.len()),
            }
        }
        let place = place.map(|(source, place)| source.at(place, ""));
        located.push((broken, on, place));
    }
    located
}

impl Served<'_> {
    fn names(&self) -> &Names {
        self.names.get_or_init(|| {
            let mut paths: Vec<&str> = self.paths.iter().copied().collect();
            paths.sort_unstable();
            Names::new(paths.iter().map(|path| path.trim_start_matches('/')))
        })
    }

    /// What a link lacks to lead somewhere; none if it does, or leaves the site.
    fn lack(&self, sources: &Sources<'_>, built: &Built, page: &Page, link: &str) -> Option<Lack> {
        let base = &sources.config.base;
        if let Some(server) = url::bare_server(link) {
            // Of those in texts, it is told there.
            let document = sources.document(&page.path);
            let text = document.map_or("", |document| document.text());
            let is_told = [format!("({link}"), format!("]: {link}")];
            let is_told = is_told.iter().any(|written| text.contains(written));
            return (!is_told).then(|| Lack::Server(server.to_owned()));
        }
        let own = base.own(link);
        if own.is_none() && url::has_scheme(link) {
            return None;
        }
        let link = own.as_deref().unwrap_or(link);
        let (place, anchor) = link.split_once('#').unwrap_or((link, ""));
        let place = place.split('?').next().unwrap_or_default();
        let path = match place {
            "" if link.starts_with(['/', '?']) || link.is_empty() => return None,
            "" => page.path.clone(),
            // Browsers leave it as it is, and no server has such a path.
            place if place.trim_start_matches('/').contains("//") => {
                return Some(Lack::Path(place.to_owned()));
            }
            place => url::encode(&url::browse(&page.path, &url::decode(place))),
        };
        // The server adds the slash.
        let with_slash = format!("{path}/");
        let path = match self.paths.contains(path.as_str()) {
            true => path,
            false if self.paths.contains(with_slash.as_str()) => with_slash,
            // It is made when it is asked for.
            false
                if is_of_search(base.place(&path).unwrap_or_default())
                    && built.search_file(&path).is_some() =>
            {
                return None;
            }
            false => return Some(Lack::Path(path)),
        };
        let ids = self.ids.get(path.as_str())?;
        let anchor = url::decode(anchor).into_owned();
        let is_there = ids.contains(&anchor) || anchor.is_empty() || is_for_browsers(&anchor);
        (!is_there).then(|| Lack::Anchor((!place.is_empty()).then_some(path), anchor))
    }
}

/// Whether a place is that of a file of a search index.
fn is_of_search(place: &str) -> bool {
    SEARCH.iter().any(|own| place.starts_with(own))
}

/// The start of a page (HTML, 7.4.6.3), a text to look for, or a script's own
/// address.
fn is_for_browsers(anchor: &str) -> bool {
    anchor.eq_ignore_ascii_case("top") || anchor.starts_with([':', '/', '!'])
}

impl Broken {
    /// What is served that may have been meant.
    fn suggest(&self, served: &Served<'_>, base: &BaseUrl) -> Option<String> {
        match &self.lack {
            Lack::Server(_) => Some(format!("did you mean `{}`?", &self.written[1..])),
            Lack::Path(path) if base.place(path).is_none() => {
                let inside = base.address(path);
                let is_there = [format!("{inside}/"), inside]
                    .iter()
                    .any(|path| served.paths.contains(path.as_str()));
                is_there.then(|| {
                    let path = url::decode(path);
                    format!("did you mean `{{{{ get_url(path=\"{path}\") }}}}`?")
                })
            }
            Lack::Path(path) => {
                let meant = served.names().meant(&url::decode(path))?;
                Some(format!("did you mean `/{meant}`?"))
            }
            Lack::Anchor(page, anchor) => {
                let ids = served.ids.get(page.as_deref()?)?;
                let mut ids: Vec<&str> = ids.iter().map(String::as_str).collect();
                ids.sort_unstable();
                did_you_mean(anchor, ids)
            }
        }
    }

    fn tell(&self, sources: &Sources<'_>, on: &[&Page], place: Option<Diagnostic>) -> Diagnostic {
        let written = &self.written;
        let others = match on.len() {
            1 => String::new(),
            count => format!(" and {} more", count - 1),
        };
        let (path, base) = (&on[0].path, &sources.config.base);
        let message = match &self.lack {
            Lack::Server(server) => {
                format!("{} (on {path}{others})", of_server(&self.written, server))
            }
            Lack::Path(nothing) if base.place(nothing).is_none() => {
                format!("{} (on {path}{others})", outside(nothing, base))
            }
            Lack::Path(nothing) => {
                format!("nothing is served under `{nothing}` (`{written}` on {path}{others})")
            }
            Lack::Anchor(Some(page), anchor) => {
                format!("`{page}` has no anchor `#{anchor}` (`{written}` on {path}{others})")
            }
            Lack::Anchor(None, anchor) => {
                format!("this page has no anchor `#{anchor}` (on {path}{others})")
            }
        };
        let fault = match place {
            Some(place) => Diagnostic { message, ..place },
            None => Diagnostic::new(sources.config.theme_directory(), &message),
        };
        match &self.lack {
            Lack::Server(_) => fault.expected(ONE_SLASH).warning(),
            Lack::Path(path) if base.place(path).is_none() => fault
                .expected("what `get_url` gives, or the whole URL of what is no part of the site"),
            Lack::Path(_) => fault.expected("a link to a path of the site"),
            Lack::Anchor(..) => fault
                .expected("the id of an element of that page")
                .warning(),
        }
    }

    /// How it may be written: as it is in the page, or as what a function made that of.
    fn spellings(&self) -> Vec<String> {
        let mut spellings = vec![self.written.clone()];
        if let Lack::Path(path) = &self.lack {
            let path = url::decode(path);
            spellings.push(path.to_string());
            spellings.push(path.trim_start_matches('/').to_owned());
            spellings.push(path.trim_matches('/').to_owned());
        }
        spellings.retain(|spelling| !spelling.is_empty());
        spellings
    }

    /// Where it is written: in the page's own text, such as in what a shortcode
    /// is given; or in a template.
    fn place(
        &self,
        sources: &Sources<'_>,
        templates: &[Source],
        on: &[&Page],
    ) -> Option<Diagnostic> {
        let spellings = self.spellings();
        let find = |text: &str| {
            let place = |spelling: &String| {
                // Or it is in a style: `url(…)`.
                let mut marks = [('"', '"'), ('\'', '\''), ('(', ')')].into_iter();
                let at = marks
                    .find_map(|(open, close)| text.find(&format!("{open}{spelling}{close}")))?;
                Some(at + 1..at + 1 + spelling.len())
            };
            spellings.iter().find_map(place)
        };
        let own = on.iter().find_map(|page| {
            let document = sources.document(&page.path)?;
            Some(document.at(find(document.text())?, ""))
        });
        let own = own.or_else(|| {
            let file = sources.file_of(&on[0].path)?;
            let source = Source::read(sources.site, &file).ok()?;
            Some(source.at(find(&source.text)?, ""))
        });
        own.or_else(|| {
            let mut all = templates.iter();
            all.find_map(|source| Some(source.at(find(&source.text)?, "")))
        })
    }
}
