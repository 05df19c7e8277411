//! Front matter: what a page of Hugo says about itself, in this generator's
//! words.

use std::collections::{BTreeMap, BTreeSet};

use site_gen::review::{Data, Table};

use super::super::paths::{complete, split};
use super::super::report::{Report, Topic};
use super::config::Config;
use super::data::{get, get_integer, get_table, get_text, get_texts, merge, set, texts};
use super::date;
use super::document::{Document, Kind};
use super::listing::Listing;
use super::published::{is_built_alike, is_listed, is_rendered, why_unpublished};
use super::served::{Place, without_dots};
use super::terms::terms;
use super::toml::{self, Toml};

/// Keys that became something else, or that say what is so anyway.
const READ: [&str; 25] = [
    "title",
    "description",
    "date",
    "publishdate",
    "pubdate",
    "published",
    "lastmod",
    "modified",
    "expirydate",
    "unpublishdate",
    "draft",
    "weight",
    "slug",
    "url",
    "aliases",
    "author",
    "authors",
    "cascade",
    "menu",
    "menus",
    "params",
    "summary",
    "headless",
    "translationkey",
    "extra",
];

/// Keys that Hugo, not a theme, knows, and that have no meaning any more.
const WITHOUT_MEANING: [(&str, &str); 13] = [
    (
        "type",
        "the section decides the template; `template` names another",
    ),
    ("layout", "`template` names a template of the theme"),
    ("outputs", "pages are HTML, feeds are RSS"),
    (
        "build",
        "a page is listed, and served unless it says `render = false`; or it is a draft",
    ),
    (
        "_build",
        "a page is listed, and served unless it says `render = false`; or it is a draft",
    ),
    ("markup", "all texts are markdown"),
    (
        "resources",
        "files beside a page have no titles or names of their own",
    ),
    ("sitemap", "the sitemap has all pages alike"),
    ("iscjklanguage", ""),
    ("linktitle", "`title` is what lists show"),
    ("keywords", ""),
    ("_merge", ""),
    (
        "sites",
        "a page is in the language that its file's name says",
    ),
];

/// What the writer of front matter knows of the site.
pub(super) struct Front<'a> {
    pub(super) config: &'a Config,
    /// By the file of the section, in the new site.
    pub(super) listings: BTreeMap<String, Listing>,
    /// The weights of sections that need some, by their files.
    pub(super) weights: BTreeMap<String, i64>,
    /// How many pages a list shows, if lists are cut.
    pub(super) paginate_by: Option<i64>,
    /// Sections whose pages the home page lists.
    pub(super) main: Vec<String>,
    /// Paths of the pages that are written.
    pub(super) given: BTreeSet<String>,
    /// Paths that have their page or redirect.
    pub(super) taken: BTreeSet<String>,
}

impl Front<'_> {
    /// The front matter of a document, with its fences.
    pub(super) fn write(&mut self, document: &Document, report: &mut Report) -> String {
        let mut toml = Toml::default();
        for comment in &document.comments {
            toml.comment(comment);
        }
        let front = &document.front;
        let mut extra = self.extra(document, report);
        if let Some(title) = get_text(front, "title") {
            toml.text("title", &title);
        } else if document.kind != Kind::Section {
            let what = "a page without a title";
            let advice =
                "Hugo gave it none; it has that of its first heading now, or of its file's name";
            report.note(Topic::FrontMatter, &document.file, 1, what, advice);
        }
        let summary = get_text(front, "summary").filter(|text| !text.is_empty());
        let description = get_text(front, "description").filter(|text| !text.is_empty());
        match (description, summary) {
            (Some(text), Some(summary)) => {
                set(&mut extra, "summary", Data::String(summary));
                toml.text("description", text.trim());
                let advice = "a summary is what stands above `<!-- more -->`; it is in [extra], where templates see it";
                self.tell_summary(document, advice, report);
            }
            (Some(text), None) => toml.text("description", text.trim()),
            (None, Some(text)) => {
                toml.text("description", text.trim());
                let advice =
                    "a summary is what stands above `<!-- more -->`; it is the description now";
                self.tell_summary(document, advice, report);
            }
            (None, None) => {}
        }
        if document.kind == Kind::Section {
            self.section(document, &mut toml, &mut extra, report);
        } else {
            self.page(document, &mut toml, &mut extra, report);
        }
        let written = get_integer(front, "weight").filter(|weight| *weight != 0);
        if let Some(weight) = self.weights.get(&document.id).copied().or(written) {
            toml.raw("weight", &weight.to_string());
        }
        if let Some((why, keys)) = why_unpublished(document) {
            toml.raw("draft", "true");
            if !why.is_empty() {
                let advice = "it came across as a draft";
                let line = document.line_of_first(keys);
                let what = format!("a page was not published: {why}");
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
        }
        if why_unpublished(document).is_none() {
            if !is_rendered(document) {
                toml.raw("render", "false");
            }
            self.tell_unlisted(document, report);
        }
        self.address(document, &mut toml, report);
        if document.kind != Kind::Section {
            let mut inner = Toml::default();
            for (taxonomy, names) in terms(document, self.config) {
                inner.texts(&taxonomy, &names);
            }
            toml.section(&["taxonomies"], &inner);
        }
        toml.table(&["extra"], &extra);
        format!("+++\n{}+++\n", toml.finish())
    }

    fn tell_summary(&self, document: &Document, advice: &str, report: &mut Report) {
        let line = document.line_of_key("summary");
        let what = "`summary` of Hugo has no meaning here";
        report.note(Topic::FrontMatter, &document.file, line, what, advice);
    }

    /// Tells of a page that a cascade kept out of lists; what its own front
    /// matter says is told by its line.
    fn tell_unlisted(&self, document: &Document, report: &mut Report) {
        let keys = ["build", "_build"];
        let mut front = document.front.iter();
        let is_own = front.any(|(key, _)| {
            let name = key.name.to_lowercase();
            keys.contains(&name.as_str()) && key.span != (0..0)
        });
        if !is_listed(document) && !is_own {
            let what = "a page that is in no list, as a section above it says";
            let advice = "it is listed now; `draft = true` keeps it back";
            report.note(Topic::FrontMatter, &document.file, None, what, advice);
        }
    }

    /// What templates see besides.
    fn extra(&self, document: &Document, report: &mut Report) -> Table {
        let mut extra = Table::new();
        for (key, node) in &document.front {
            let name = key.name.to_lowercase();
            let is_term = |taxonomy: &String| *taxonomy == name && document.kind != Kind::Section;
            if READ.contains(&name.as_str()) || self.config.taxonomies.iter().any(is_term) {
                continue;
            }
            set(&mut extra, &key.name, node.value.clone());
            let of_terms = name.strip_suffix("_weight");
            if of_terms
                .is_some_and(|taxonomy| self.config.taxonomies.iter().any(|own| own == taxonomy))
            {
                let what = format!("`{name}` of Hugo has no meaning here");
                let advice = "pages of a term are in the order of the taxonomy's `sort_by`; it is in [extra], where templates see it";
                let line = document.line(key.span.start);
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
            let known = WITHOUT_MEANING.iter().find(|(other, _)| *other == name);
            // Pages that are listed and not rendered are the same here.
            let is_same = matches!(name.as_str(), "build" | "_build") && is_built_alike(document);
            // What a cascade said is told where it said so.
            if let Some((_, advice)) = known.filter(|_| key.span != (0..0) && !is_same) {
                let what = format!("`{name}` of Hugo has no meaning here");
                let kept = "it is in [extra], where templates see it";
                let advice = match *advice {
                    "" => kept.to_owned(),
                    advice => format!("{advice}; {kept}"),
                };
                let line = document.line(key.span.start);
                report.note(Topic::FrontMatter, &document.file, line, what, &advice);
            }
        }
        merge(&mut extra, get_table(&document.front, "extra"));
        merge(&mut extra, get_table(&document.front, "params"));
        extra
    }

    fn page(&self, document: &Document, toml: &mut Toml, extra: &mut Table, report: &mut Report) {
        let front = &document.front;
        let named = date::from_name(&document.name).map(|(date, _)| date);
        let named = named.filter(|_| self.config.dates_from_names());
        let date = named.or_else(|| self.date(document, &date::DATES, report));
        let updated = self.date(document, &["lastmod", "modified"], report);
        if let Some(date) = &date {
            toml.raw("date", &toml::date(&date.text));
        }
        if let Some(updated) = updated.filter(|updated| Some(updated) != date.as_ref()) {
            toml.raw("updated", &toml::date(&updated.text));
        }
        for key in ["publishDate", "expiryDate"] {
            let given = get_text(front, key).and_then(|text| date::read(&text));
            if let Some(given) = given.filter(|given| Some(given) != date.as_ref()) {
                set(extra, key, Data::Date(given.text));
                let what = format!("`{key}` of Hugo has no meaning here");
                let advice =
                    "a page is there, or it is a draft; it is in [extra], where templates see it";
                let line = document.line_of_key(key);
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
        }
        let mut authors = Vec::new();
        for key in ["authors", "author"] {
            match get(front, key) {
                Some(Data::Table(author)) => {
                    authors.extend(get_text(author, "name"));
                    set(extra, key, Data::Table(author.clone()));
                }
                Some(Data::Array(items)) => {
                    authors.extend(items.iter().filter_map(|item| match &item.value {
                        Data::Table(author) => get_text(author, "name"),
                        name => texts(name).pop(),
                    }));
                }
                Some(name) => authors.extend(texts(name)),
                None => {}
            }
        }
        if !authors.is_empty() {
            toml.texts("authors", &authors);
        }
    }

    fn date(&self, document: &Document, keys: &[&str], report: &mut Report) -> Option<date::Date> {
        for key in keys {
            let Some(text) = get_text(&document.front, key).filter(|text| !text.is_empty()) else {
                continue;
            };
            match date::read(&text) {
                // What archetypes of Hugo leave where nobody filled a date in.
                Some(date) if date.day.year() <= 1 => {}
                Some(date) => return Some(date),
                None => {
                    let what = format!("`{text}` is not a date");
                    let advice = "left out; write it as in 2015-02-25, or 2015-02-25 12:00";
                    let line = document.line_of_key(key);
                    report.note(Topic::FrontMatter, &document.file, line, what, advice);
                }
            }
        }
        None
    }

    fn section(
        &self,
        document: &Document,
        toml: &mut Toml,
        extra: &mut Table,
        report: &mut Report,
    ) {
        for key in ["date", "lastmod", "author", "authors"] {
            if let Some(value) = get(&document.front, key) {
                set(extra, key, value.clone());
                let what = format!("a section has no `{key}`");
                let advice = "it is in [extra], where templates see it";
                let line = document.line_of_key(key);
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
        }
        let listing = self.listings.get(&document.id);
        if let Some(listing) = listing {
            toml.text("sort_by", listing.order);
            if !listing.is_as_it_was {
                let what = "pages of a section are in another order";
                let advice = "Hugo lists them by weight, then by date, then by title, and one of these sorts them here: give all of them a weight";
                report.note(Topic::FrontMatter, &document.file, None, what, advice);
            }
        }
        let pages = listing.map_or(0, |listing| listing.pages);
        let is_home = document.directory.is_empty();
        if let Some(paginate_by) = self.paginate_by
            && usize::try_from(paginate_by).is_ok_and(|size| pages > size)
        {
            toml.raw("paginate_by", &paginate_by.to_string());
        }
        if !is_home && self.main.contains(&document.directory) {
            toml.raw("transparent", "true");
        }
        if !is_home && self.config.has_feeds("section") {
            toml.raw("generate_feeds", "true");
        }
    }

    /// What makes the new site serve a document where the old one did, or at
    /// least lead there.
    fn address(&mut self, document: &Document, toml: &mut Toml, report: &mut Report) {
        let (place, mut aliases) = Place::of(document, self.config);
        let is_first = self.given.insert(place.serves.clone());
        match &place.key {
            Some((key, _)) if !is_first => {
                let what = format!("two pages were served under {}", place.serves);
                let advice = "this one is served where its file is";
                let line = document.line_of_key(key);
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
            Some((key, value)) => toml.text(key, value),
            None if aliases.contains(&document.url) && document.kind == Kind::Section => {
                let what = "a section is served where its directory is";
                let advice = "its old address leads there";
                let line = document.line_of_key("url");
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
            None => {}
        }
        let prefix = self.config.prefix(document.language);
        let parent = split(document.url.trim_end_matches('/')).0;
        for alias in get_texts(&document.front, "aliases") {
            let path = match alias.strip_prefix('/') {
                Some(absolute) => format!("{prefix}/{absolute}"),
                None => format!("{parent}/{alias}"),
            };
            let path = without_dots(&complete(&path));
            aliases.insert(match path.strip_suffix('/') {
                Some(name) if self.config.ugly => format!("{name}.html"),
                _ => path,
            });
        }
        aliases.remove(&place.serves);
        aliases.retain(|alias| {
            let free = self.taken.insert(alias.clone());
            if !free {
                let what = format!("{alias} is served already");
                let advice = "the alias was left out";
                let line = document.line_of_key("aliases");
                report.note(Topic::FrontMatter, &document.file, line, what, advice);
            }
            free
        });
        if !aliases.is_empty() {
            toml.texts("aliases", &aliases.into_iter().collect::<Vec<_>>());
        }
    }
}
