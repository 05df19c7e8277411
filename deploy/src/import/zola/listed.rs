//! Pages that Zola left out of lists, or out of the site, and that are listed
//! now: what has no date in a section that is sorted by dates, what lies in no
//! section, and what has no page of its own.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use site_gen::review::{Data, Table, is_readme};

use super::super::report::{Report, Topic};

/// What is known of pages and sections; each is known by its directory and the
/// prefix of its language.
#[derive(Debug, Default)]
pub(super) struct Lists {
    sections: BTreeMap<(String, String), Option<String>>,
    pages: Vec<Page>,
}

#[derive(Debug)]
struct Page {
    file: PathBuf,
    place: (String, String),
    keys: BTreeSet<String>,
    is_rendered: bool,
}

/// Orders, and the keys of which a page has to have one.
const ORDERS: [(&str, &[&str], &str); 5] = [
    ("date", &["date"], "a page without a date is sorted by date"),
    (
        "update_date",
        &["updated", "date"],
        "a page without a date is sorted by date",
    ),
    (
        "weight",
        &["weight"],
        "a page without a weight is sorted by weight",
    ),
    (
        "title",
        &["title"],
        "a page without a title is sorted by title",
    ),
    (
        "title_bytes",
        &["title"],
        "a page without a title is sorted by title",
    ),
];

impl Lists {
    /// Takes note of a section.
    pub(super) fn section(&mut self, place: (String, String), front: &Table) {
        let order = front.iter().find(|(key, _)| key.name == "sort_by");
        let order = order.and_then(|(_, node)| match &node.value {
            Data::String(order) => Some(order.clone()),
            _ => None,
        });
        self.sections.insert(place, order);
    }

    /// Takes note of a page; drafts are nowhere.
    pub(super) fn page(
        &mut self,
        file: &Path,
        place: (String, String),
        front: &Table,
        is_dated: bool,
    ) {
        let is = |name: &str, wanted: bool| {
            let found = front.iter().find(|(key, _)| key.name == name);
            found.is_some_and(|(_, node)| matches!(node.value, Data::Boolean(is) if is == wanted))
        };
        if is("draft", true) {
            return;
        }
        let keys = front.iter().map(|(key, _)| key.name.clone());
        let of_name = is_dated.then(|| "date".to_owned());
        self.pages.push(Page {
            file: file.to_owned(),
            place,
            keys: keys.chain(of_name).collect(),
            is_rendered: !is("render", false),
        });
    }

    /// Tells what was in no list, or in no site.
    pub(super) fn tell(&self, report: &mut Report) {
        let readmes = self.pages.iter().filter(|page| is_readme(&page.file));
        let readmes: BTreeSet<_> = readmes.map(|page| &page.place).collect();
        let mut alone = BTreeSet::new();
        for page in &self.pages {
            let mut note = |file: &Path, what: &str, advice: &str| {
                report.note(Topic::FrontMatter, file, None, what, advice);
            };
            let Some(order) = self.sections.get(&page.place) else {
                if is_readme(&page.file) {
                    let what =
                        "a readme is the page of its directory where there is no `_index.md`";
                    let advice = "Zola served it under its own name: an `_index.md` keeps it there";
                    note(&page.file, what, advice);
                    continue;
                }
                if readmes.contains(&page.place) {
                    continue;
                }
                // The root is a section, whether it has a file or not.
                if !page.place.0.is_empty() && alone.insert(&page.place) {
                    let directory = Path::new("content").join(&page.place.0);
                    let file = match page.place.1.trim_start_matches('/') {
                        "" => "_index.md".to_owned(),
                        code => format!("_index.{code}.md"),
                    };
                    let what = format!("pages lie in a directory without `{file}`");
                    let advice = format!(
                        "Zola listed them nowhere, here they are in the list of the section above; \
                         an `{file}` with `render = false` keeps them apart"
                    );
                    note(&directory, &what, &advice);
                }
                continue;
            };
            if !page.is_rendered {
                let what = "a page with `render = false` was in no list";
                let advice = "it is listed now, as what has no page of its own is for lists";
                note(&page.file, what, advice);
            }
            let order = ORDERS
                .iter()
                .find(|(name, ..)| Some(*name) == order.as_deref());
            if let Some((_, keys, what)) = order
                && !keys.iter().any(|key| page.keys.contains(*key))
            {
                let advice = "Zola left it out of the site; it is published now, and listed last: \
                              `draft = true` leaves it out";
                note(&page.file, what, advice);
            }
        }
    }
}
