//! What templates see of one document, apart from others: what its file says, and
//! what its text became.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use tera::{Map, Value};

use super::map;
use crate::assets::beside;
use crate::config::Config;
use crate::data::table_to_value;
use crate::document::Document;
use crate::document::date::Date;
use crate::document::front_matter::Kind;
use crate::limits::WORDS_PER_MINUTE;
use crate::markdown::Heading;
use crate::texts::Text;

/// What a page's neighbours see of it: what its front matter says. They do not
/// see its text, so that an edit of it is none of theirs.
pub(super) fn sibling(document: &Document, config: &Config) -> Map {
    let mut map = about_document(document, config);
    map.extend(about_page(document));
    map.shrink_to_fit();
    map
}

/// The same of a section.
pub(super) fn section_sibling(document: &Document, config: &Config) -> Value {
    let mut map = about_document(document, config);
    map.shrink_to_fit();
    map.into()
}

/// What the shortcodes in a document's text see of it, and under which name: what
/// its file says, and where it and the files beside it are served.
pub(crate) fn before_text(
    document: &Document,
    bundles: &BTreeMap<String, Vec<String>>,
    config: &Config,
) -> (&'static str, Value) {
    let mut map = about_document(document, config);
    map.extend(about_changes(document));
    insert(&mut map, "assets", texts(beside(bundles, document)));
    let name = match document.kind {
        Kind::Page => {
            map.extend(about_page(document));
            insert(&mut map, "taxonomies", taxonomies(document));
            insert(&mut map, "colocated_path", document.colocated_path().into());
            "page"
        }
        Kind::Section => {
            let feeds = document.front.section.generate_feeds;
            insert(&mut map, "generate_feeds", feeds.into());
            "section"
        }
    };
    (name, map.into())
}

pub(super) fn taxonomies(document: &Document) -> Value {
    let named = document.front.taxonomies.iter();
    named
        .map(|(name, terms, _)| (name.clone().into(), terms.clone().into()))
        .collect::<Map>()
        .into()
}

/// What the front matter of any document says, and where it stands.
pub(super) fn about_document(document: &Document, config: &Config) -> Map {
    let front = &document.front;
    let place = config.base.place(&document.path).unwrap_or_default();
    let components: Vec<Value> = place
        .split('/')
        .filter(|part| !part.is_empty())
        .map(Value::from)
        .collect();
    let permalink = config.permalink(&document.path);
    let mut map = Map::new();
    insert(&mut map, "title", front.title.as_deref().into());
    insert(&mut map, "description", front.description.as_deref().into());
    insert(&mut map, "weight", front.weight.into());
    insert(&mut map, "draft", front.draft.into());
    insert(&mut map, "path", (&*document.path).into());
    insert(&mut map, "permalink", permalink.into());
    insert(&mut map, "components", components.into());
    insert(&mut map, "relative_path", document.name_in_content().into());
    insert(&mut map, "lang", (&*document.lang).into());
    let extra = match front.extra.is_empty() {
        true => NO_ENTRIES.clone(),
        false => table_to_value(&front.extra),
    };
    insert(&mut map, "extra", extra);
    map
}

/// What the front matter of a page says besides.
fn about_page(document: &Document) -> Map {
    let front = &document.front;
    let mut map = Map::new();
    let date = front.date.as_ref();
    insert(&mut map, "date", date.map(|date| date.text.as_str()).into());
    insert(&mut map, "year", date.map(Date::year).into());
    insert(&mut map, "month", date.map(Date::month).into());
    insert(&mut map, "day", date.map(Date::day).into());
    let updated = front.updated.as_ref();
    insert(
        &mut map,
        "updated",
        updated.map(|date| date.text.as_str()).into(),
    );
    insert(&mut map, "authors", texts(&front.authors));
    insert(&mut map, "slug", document.slug.as_str().into());
    map
}

pub(crate) fn table_of_contents(headings: &[Heading], permalink: &str) -> Value {
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
    list(entries)
}

/// Who changed a document, and when.
pub(super) fn about_changes(document: &Document) -> Map {
    let last_change = document.last_change().map(|date| date.text.as_str());
    let history = document.history.as_ref();
    let contributors = history.map(|change| change.contributors.as_slice());
    let mut map = Map::new();
    insert(&mut map, "last_change", last_change.into());
    let contributors = contributors.unwrap_or_default();
    insert(&mut map, "contributors", texts(contributors));
    map
}

/// What a document's text says.
pub(super) fn about_text(text: &Text) -> Map {
    let mut map = Map::new();
    insert(&mut map, "content", text.html.clone());
    insert(&mut map, "summary", text.summary.clone());
    insert(&mut map, "toc", text.toc.clone());
    insert(&mut map, "word_count", text.words.into());
    let minutes = text.words.div_ceil(WORDS_PER_MINUTE);
    insert(&mut map, "reading_time", minutes.into());
    map
}

/// Most lists of most pages are empty: one stands for all of these.
pub(crate) static NO_ITEMS: LazyLock<Value> = LazyLock::new(|| Vec::<Value>::new().into());
static NO_ENTRIES: LazyLock<Value> = LazyLock::new(|| Map::new().into());

pub(super) fn list(items: Vec<Value>) -> Value {
    if items.is_empty() {
        NO_ITEMS.clone()
    } else {
        items.into()
    }
}

pub(super) fn texts(texts: &[String]) -> Value {
    list(texts.iter().map(|text| text.as_str().into()).collect())
}

pub(super) fn insert(map: &mut Map, name: &'static str, value: Value) {
    map.insert(name.into(), value);
}
