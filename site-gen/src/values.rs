//! Step 6: what templates see. The names are Zola's.
//!
//! # The contract with themes
//!
//! Every template sees `config`, `current_url` and `current_path`; `page.html`
//! also sees `page`; `index.html` and `section.html` see `section`, and
//! `paginator` where the section says `paginate_by`.
//!
//! * **`config`**: `base_url`, `domain`, `title`, `description`, `author`,
//!   `default_language`, `theme`, `generate_feeds`, `feed_filenames`,
//!   `taxonomies`, and `extra`, in which the site's values come before those
//!   of the theme's `theme.toml`.
//! * **`page`**: `title`, `description`, `date`, `updated`, `year`, `month`,
//!   `day`, `authors`, `weight`, `draft`, `slug`, `path` (`/docs/zone/`),
//!   `permalink` (with `base_url`), `components`, `relative_path`, `content`,
//!   `summary`, `toc`, `word_count`, `reading_time` (minutes), `taxonomies`,
//!   `assets`, `extra`, `ancestors` (ids of sections, the root first), and
//!   `lower` and `higher`: its neighbours in the order of its section.
//! * **`section`**: `title`, `description`, `path`, `permalink`, `components`,
//!   `relative_path`, `content`, `toc`, `word_count`, `reading_time`, `extra`,
//!   `weight`, `generate_feeds`, `pages`, `subsections` (ids), `ancestors`,
//!   `assets`.
//! * **`toc`** is an array of headings: `level`, `id`, `permalink`, `title`,
//!   `children`.
//! * **`paginator`**: `paginate_by`, `base_url`, `number_pagers`, `first`,
//!   `last`, `previous`, `next`, `pages`, `current_index`, `total_pages`.
//!
//! What was not given is `none`: it is false, and prints nothing.
//!
//! Values are built once and shared; giving one to a template costs a counter.

use tera::{Map, Value};

use crate::config::Config;
use crate::data::table_to_value;
use crate::date::Date;
use crate::document::Document;
use crate::library::{Library, Page};
use crate::limits::WORDS_PER_MINUTE;
use crate::markdown::{Heading, Rendered};
use crate::paginator::Paginator;

/// A map from names that are known here.
pub(crate) fn map<const N: usize>(entries: [(&'static str, Value); N]) -> Value {
    entries
        .into_iter()
        .map(|(name, value)| (name.into(), value))
        .collect::<Map>()
        .into()
}

/// The values of all pages and sections, in the order of the library.
pub(crate) struct Values {
    pub(crate) pages: Vec<Value>,
    pub(crate) sections: Vec<Value>,
}

impl Values {
    pub(crate) fn build(library: &Library, config: &Config) -> Self {
        let alone: Vec<Map> = library
            .pages
            .iter()
            .map(|page| page_alone(library, page, config))
            .collect();
        let shared: Vec<Value> = alone.iter().map(|page| page.clone().into()).collect();
        let pages = alone
            .into_iter()
            .zip(&library.pages)
            .map(|(map, page)| with_neighbours(map, page, &shared));
        let pages = pages.collect();
        let mut values = Self {
            pages,
            sections: Vec::new(),
        };
        values.sections = (0..library.sections.len())
            .map(|index| values.section(library, index, config))
            .collect();
        values
    }

    /// The values of some of the pages.
    pub(crate) fn pages(&self, indexes: &[usize]) -> Value {
        indexes
            .iter()
            .map(|&index| self.pages[index].clone())
            .collect::<Vec<_>>()
            .into()
    }

    fn section(&self, library: &Library, index: usize, config: &Config) -> Value {
        let section = &library.sections[index];
        let subsections: Vec<Value> = section
            .children
            .iter()
            .map(|&child| library.sections[child].document.id.as_str().into())
            .collect();
        let mut map = common(library, &section.document, &section.rendered, config);
        insert(&mut map, "pages", self.pages(&section.pages));
        insert(&mut map, "subsections", subsections.into());
        insert(
            &mut map,
            "generate_feeds",
            section.document.front.section.generate_feeds.into(),
        );
        map.into()
    }

    /// A page of a listing that is cut into several.
    pub(crate) fn paginator(&self, paginator: &Paginator<'_>, config: &Config) -> Value {
        let link = |index: usize| Value::from(config.permalink(&paginator.path(index)));
        let index = paginator.index;
        map([
            ("paginate_by", paginator.paginate_by.into()),
            ("base_url", config.permalink(&paginator.base_path()).into()),
            ("number_pagers", paginator.count().into()),
            ("first", link(1)),
            ("last", link(paginator.count())),
            (
                "previous",
                if index > 1 {
                    link(index - 1)
                } else {
                    Value::none()
                },
            ),
            (
                "next",
                if index < paginator.count() {
                    link(index + 1)
                } else {
                    Value::none()
                },
            ),
            ("pages", self.pages(paginator.shown())),
            ("current_index", index.into()),
            ("total_pages", paginator.pages.len().into()),
        ])
    }
}

fn insert(map: &mut Map, name: &'static str, value: Value) {
    map.insert(name.into(), value);
}

/// What pages and sections have in common.
fn common(library: &Library, document: &Document, rendered: &Rendered, config: &Config) -> Map {
    let front = &document.front;
    let permalink = config.permalink(&document.path);
    let components: Vec<Value> = document
        .path
        .split('/')
        .filter(|part| !part.is_empty())
        .map(Value::from)
        .collect();
    let ancestors: Vec<Value> = library
        .ancestors(document)
        .into_iter()
        .map(Value::from)
        .collect();
    let assets: Vec<Value> = library
        .assets(document)
        .iter()
        .map(|path| path.as_str().into())
        .collect();
    let mut map = Map::new();
    insert(&mut map, "title", front.title.as_deref().into());
    insert(&mut map, "description", front.description.as_deref().into());
    insert(&mut map, "weight", front.weight.into());
    insert(&mut map, "draft", front.draft.into());
    insert(&mut map, "path", document.path.as_str().into());
    insert(&mut map, "permalink", permalink.as_str().into());
    insert(&mut map, "components", components.into());
    insert(&mut map, "relative_path", document.id.as_str().into());
    insert(&mut map, "content", Value::safe_string(&rendered.html));
    insert(
        &mut map,
        "summary",
        rendered
            .summary
            .as_deref()
            .map_or_else(Value::none, Value::safe_string),
    );
    insert(
        &mut map,
        "toc",
        table_of_contents(&rendered.headings, &permalink),
    );
    insert(&mut map, "word_count", rendered.words.into());
    insert(
        &mut map,
        "reading_time",
        rendered.words.div_ceil(WORDS_PER_MINUTE).into(),
    );
    insert(&mut map, "lang", config.default_language.as_str().into());
    insert(&mut map, "extra", table_to_value(&front.extra));
    insert(&mut map, "ancestors", ancestors.into());
    insert(&mut map, "assets", assets.into());
    map
}

fn page_alone(library: &Library, page: &Page, config: &Config) -> Map {
    let document = &page.document;
    let front = &document.front;
    let mut map = common(library, document, &page.rendered, config);
    let date = front.date.as_ref();
    insert(&mut map, "date", date.map(|date| date.text.as_str()).into());
    insert(&mut map, "year", date.map(Date::year).into());
    insert(&mut map, "month", date.map(Date::month).into());
    insert(&mut map, "day", date.map(Date::day).into());
    insert(
        &mut map,
        "updated",
        front.updated.as_ref().map(|date| date.text.as_str()).into(),
    );
    insert(&mut map, "authors", front.authors.clone().into());
    insert(&mut map, "slug", document.slug.as_str().into());
    let taxonomies: Map = front
        .taxonomies
        .iter()
        .map(|(name, terms, _)| (name.clone().into(), terms.clone().into()))
        .collect();
    insert(&mut map, "taxonomies", taxonomies.into());
    map
}

/// Neighbours do not have neighbours of their own, or there would be no end.
fn with_neighbours(mut map: Map, page: &Page, shared: &[Value]) -> Value {
    let neighbour =
        |index: Option<usize>| index.map_or_else(Value::none, |index| shared[index].clone());
    insert(&mut map, "lower", neighbour(page.lower));
    insert(&mut map, "higher", neighbour(page.higher));
    map.into()
}

fn table_of_contents(headings: &[Heading], permalink: &str) -> Value {
    let entries: Vec<Value> = headings
        .iter()
        .map(|heading| {
            map([
                ("level", heading.level.into()),
                ("id", heading.id.as_str().into()),
                ("permalink", format!("{permalink}#{}", heading.id).into()),
                ("title", heading.title.as_str().into()),
                ("children", table_of_contents(&heading.children, permalink)),
            ])
        })
        .collect();
    entries.into()
}
