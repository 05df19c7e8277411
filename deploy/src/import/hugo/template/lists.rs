//! Lists of pages and files, and what is asked of them.

use super::super::super::paths::{join, split};
use super::super::data::get_text;
use super::super::document::{Document, Kind};
pub(super) use super::super::listing::moment;
use super::super::listing::{self, Key};
use super::super::sections::key;
use super::resources;
use super::stop::Stop;
use super::terms;
use super::value::Value;
use super::world::World;

/// The pages of a section; those of a directory that is no section are its.
pub(super) fn children(world: &World<'_>, page: usize, kinds: &[Kind]) -> Value {
    pages(world, kinds, |_, parent| parent == Some(page))
}

/// All pages below a section.
pub(super) fn below(world: &World<'_>, page: usize) -> Value {
    let own = world.document(page);
    let inside = |directory: &str| {
        own.directory.is_empty()
            || directory == own.directory
            || directory.starts_with(&format!("{}/", own.directory))
    };
    pages(world, &[Kind::Page, Kind::Bundle], |number, _| {
        let other = world.document(number);
        other.language == own.language && inside(&other.directory)
    })
}

/// All pages of a language.
pub(super) fn all(world: &World<'_>, language: usize, kinds: &[Kind]) -> Value {
    pages(world, kinds, |number, _| {
        world.document(number).language == language
    })
}

/// The same with the home page, and with those of taxonomies and terms.
pub(super) fn all_of_site(world: &World<'_>, language: usize) -> Value {
    let mut known = world.pages.borrow_mut();
    let all = known.entry(language);
    all.or_insert_with(|| in_order_of_site(world, language))
        .clone()
}

fn in_order_of_site(world: &World<'_>, language: usize) -> Value {
    let documents = world.library.documents.iter().enumerate();
    let documents = documents.filter(|(_, one)| {
        let is_home = one.kind == Kind::Section && one.directory.is_empty();
        one.language == language && (is_home || world.is_listed(one))
    });
    let documents = documents.map(|(number, one)| (key(one, world.dates()), Value::Page(number)));
    let terms = terms::numbers(world, language).into_iter();
    let terms = terms.map(|number| (world.terms()[number].key(), Value::Term(number)));
    let mut keyed: Vec<(Key<'_>, Value)> = documents.chain(terms).collect();
    keyed.sort_by(|(a, _), (b, _)| a.usual(b));
    Value::array(keyed.into_iter().map(|(_, value)| value).collect())
}

/// Sorts pages as Hugo does.
fn in_order(world: &World<'_>, pages: &mut Vec<usize>) {
    let numbers = std::mem::take(pages).into_iter();
    let mut keyed: Vec<(Key<'_>, usize)> = numbers
        .map(|number| (key(world.document(number), world.dates()), number))
        .collect();
    keyed.sort_by(|(a, _), (b, _)| a.usual(b));
    pages.extend(keyed.into_iter().map(|(_, number)| number));
}

fn pages(
    world: &World<'_>,
    kinds: &[Kind],
    is_one: impl Fn(usize, Option<usize>) -> bool,
) -> Value {
    let find = || {
        let documents = world.library.documents.iter().enumerate();
        let listed = documents.filter(|(_, document)| world.is_listed(document));
        let mut listed: Vec<usize> = listed.map(|(number, _)| number).collect();
        in_order(world, &mut listed);
        let listed = listed.into_iter();
        listed
            .map(|number| (number, parent(world, number)))
            .collect()
    };
    let listed: &Vec<(usize, Option<usize>)> = world.listed.get_or_init(find);
    let wanted = listed.iter().filter(|(number, parent)| {
        kinds.contains(&world.document(*number).kind) && is_one(*number, *parent)
    });
    Value::array(wanted.map(|(number, _)| Value::Page(*number)).collect())
}

/// The section that a page is in.
pub(super) fn parent(world: &World<'_>, page: usize) -> Option<usize> {
    let document = world.document(page);
    let mut directory = match document.kind {
        Kind::Section if document.directory.is_empty() => return None,
        Kind::Section => above(&document.directory),
        Kind::Page | Kind::Bundle => document.directory.as_str(),
    };
    loop {
        if let Some(section) = world.library.section(directory, document.language) {
            return world.number_of(section);
        }
        if directory.is_empty() {
            return None;
        }
        directory = above(directory);
    }
}

/// The directory above a document's own.
pub(super) fn above(directory: &str) -> &str {
    split(directory).0
}

/// The files of a page.
pub(super) fn resources(world: &World<'_>, page: usize) -> Result<Value, Stop> {
    let document = world.document(page);
    let own = match document.kind {
        Kind::Bundle => join(&document.directory, &document.name),
        Kind::Page | Kind::Section => document.directory.clone(),
    };
    if document.kind == Kind::Page {
        return Ok(Value::array(Vec::new()));
    }
    let inside = format!("{own}/");
    let files = world.library.resources.iter().enumerate();
    let files =
        files.filter(|(_, file)| file.directory == own || file.directory.starts_with(&inside));
    let texts = world.library.texts.iter();
    let texts = texts.filter_map(|(language, directory, name)| {
        let whole = join(directory, name);
        let path = whole.strip_prefix(&inside)?;
        (*language == document.language).then(|| path.to_owned())
    });
    let files = files.map(|(number, _)| number).collect();
    resources::in_order(world, page, files, texts.collect())
}

/// What is asked of a list.
pub(super) fn method(
    world: &World<'_>,
    items: &[Value],
    name: &str,
    given: &[Value],
) -> Result<Value, Stop> {
    let by = |key: &dyn Fn(&Document) -> String| {
        let mut sorted = items.to_vec();
        sorted.sort_by_cached_key(|item| match item {
            Value::Page(page) => key(world.document(*page)),
            _ => String::new(),
        });
        Value::array(sorted)
    };
    Ok(match name {
        "Len" => Value::Integer(i64::try_from(items.len()).unwrap_or(i64::MAX)),
        "Reverse" => Value::array(items.iter().rev().cloned().collect()),
        "ByTitle" => by(&|one| get_text(&one.front, "title").unwrap_or_default()),
        "ByLinkTitle" => by(&|one| listing::title(one)),
        "ByDate" | "ByPublishDate" => by(&|one| listing::age(one)),
        "ByWeight" => {
            let mut pages: Vec<usize> = items
                .iter()
                .filter_map(|item| match item {
                    Value::Page(page) => Some(*page),
                    _ => None,
                })
                .collect();
            in_order(world, &mut pages);
            Value::array(pages.into_iter().map(Value::Page).collect())
        }
        "Get" | "GetMatch" | "Match" | "ByType" => {
            let wanted = given.first().unwrap_or(&Value::Nil);
            let found = resources::chosen(world, items, name, wanted)?;
            match name {
                "Match" | "ByType" => Value::array(found),
                _ => found.into_iter().next().unwrap_or(Value::Nil),
            }
        }
        _ => return Err(Stop::field("a list", name)),
    })
}
