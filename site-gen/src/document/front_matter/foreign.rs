//! Front matter as others write it: keys that are not ours, authors that are
//! more than a name, terms outside of `taxonomies`, days before and after which
//! a page is not to be seen. A folder of markdown that
//! was written for another generator is built as it is.

use std::collections::HashSet;
use std::ops::Range;
use std::time::SystemTime;

use super::{COMMON_KEYS, FrontMatter, PAGE_KEYS};
use crate::data::{Data, Fields, Key, Node, Table};
use crate::diagnostic::Diagnostic;
use crate::document::date::Date;
use crate::source::Source;

/// Lets templates see what other generators are told.
pub(super) fn adopt(front: &mut FrontMatter, foreign: Table) {
    let said = front.extra.iter().map(|(own, _)| own.name.clone());
    let mut said: HashSet<String> = said.collect();
    for (key, node) in foreign {
        if said.insert(key.name.clone()) {
            front.foreign.push(key.clone());
            front.extra.push((key, node));
        }
    }
}

/// Authors are names, or tables with a `name`; of the rest of these, templates
/// learn in `extra`.
pub(super) fn read_authors(fields: &mut Fields<'_>, source: &Source, front: &mut FrontMatter) {
    for word in ["authors", "author"] {
        let Some(node) = fields.take(word) else {
            continue;
        };
        let authors = match &node.value {
            Data::Array(authors) => authors.as_slice(),
            _ => std::slice::from_ref(&node),
        };
        let mut described = false;
        if !front.authors.is_empty() {
            let fault = source.at(node.span.clone(), "`authors` and `author` are both here");
            fields.fault(fault.expected("one of them"));
        }
        for author in authors {
            if fields.is_full() {
                break;
            }
            match name_of(author) {
                Some(name) => front.authors.push(name.to_owned()),
                None => {
                    let fault = source.at(author.span.clone(), "this author has no name");
                    fields.fault(fault.expected("a name, or a table with a `name`"));
                }
            }
            described |= matches!(author.value, Data::Table(_));
        }
        if described && !front.extra.iter().any(|(key, _)| key.name == word) {
            let (name, span) = (word.to_owned(), node.span.clone());
            front.extra.push((Key { name, span }, node));
        }
    }
}

fn name_of(author: &Node) -> Option<&str> {
    match &author.value {
        Data::String(name) => Some(name),
        Data::Table(table) => {
            let name = table.iter().find(|(key, _)| key.name == "name");
            name.and_then(|(_, node)| name_of(node))
        }
        _ => None,
    }
}

/// A key beside the others that is named as a taxonomy gives its terms: so do
/// Hugo, Jekyll and others say `tags`. It is moved to where ours are, before
/// anything is inherited there.
pub(super) fn move_terms(source: &Source, table: &mut Table, known: &[&str]) -> Vec<Diagnostic> {
    let mut faults = Vec::new();
    let (named, rest): (Table, Table) = std::mem::take(table)
        .into_iter()
        .partition(|(key, _)| known.contains(&key.name.as_str()) && !is_own(&key.name));
    *table = rest;
    for (key, node) in named {
        let Some(terms) = terms(source, node) else {
            continue;
        };
        let there = table.iter().position(|(own, _)| own.name == "taxonomies");
        let at = there.unwrap_or_else(|| {
            let (name, span) = ("taxonomies".to_owned(), key.span.clone());
            let value = Data::Table(Table::new());
            let node = Node {
                value,
                span: span.clone(),
            };
            table.push((Key { name, span }, node));
            table.len() - 1
        });
        // What it is otherwise is told when it is read.
        let Data::Table(own) = &mut table[at].1.value else {
            continue;
        };
        if own.iter().any(|(own, _)| own.name == key.name) {
            let message = format!("`{}` is here and in `taxonomies`", key.name);
            faults.push(source.at(key.span, message).expected("it in one place"));
        } else {
            own.push((key, terms));
        }
    }
    faults
}

/// Whether a key means something by itself, also where a taxonomy has its name.
fn is_own(name: &str) -> bool {
    PAGE_KEYS.contains(&name) || COMMON_KEYS.contains(&name)
}

/// What somebody writes behind `tags:`, as an array of strings; none if there
/// is nothing.
fn terms(source: &Source, node: Node) -> Option<Node> {
    let span = node.span.clone();
    let items = match node.value {
        Data::Null => return None,
        Data::Array(items) => items,
        Data::String(text) => listed(source, &text, &span),
        Data::Table(_) => return Some(node),
        _ => vec![node],
    };
    let as_text = |mut item: Node| {
        if matches!(
            item.value,
            Data::Integer(_) | Data::Float(_) | Data::Boolean(_) | Data::Date(_)
        ) {
            item.value = Data::String(source.text[item.span.clone()].to_owned());
        }
        item
    };
    let value = Data::Array(items.into_iter().map(as_text).collect());
    Some(Node { value, span })
}

/// The terms in one text: between commas; or, where it has neither commas nor
/// quotes, words, as Jekyll reads them.
fn listed(source: &Source, text: &str, span: &Range<usize>) -> Vec<Node> {
    let is_quoted = source.text[span.clone()].starts_with(['"', '\'']);
    let terms: Vec<&str> = match (text.contains(','), is_quoted) {
        (true, _) => text.split(',').collect(),
        (false, true) => vec![text],
        (false, false) => text.split_whitespace().collect(),
    };
    let terms = terms.into_iter().map(str::trim);
    let terms = terms.filter(|term| !term.is_empty()).map(|term| Node {
        value: Data::String(term.to_owned()),
        span: span.clone(),
    });
    terms.collect()
}

/// Jekyll's `published: false` is a draft. Another value is no concern of ours.
pub(super) fn is_unpublished(fields: &mut Fields<'_>) -> bool {
    match fields.take_unknown_boolean("published") {
        Some(published) => !published,
        None => false,
    }
}

/// When Hugo begins and ends to publish a page.
const TIMES: [(&str, Publishes); 6] = [
    ("publishdate", Publishes::From),
    ("pubdate", Publishes::From),
    ("published", Publishes::From),
    ("expirydate", Publishes::Until),
    ("unpublishdate", Publishes::Until),
    ("expires", Publishes::Until),
];

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Publishes {
    From,
    Until,
}

/// A moment that says when a page is published, and where it stands.
pub(super) type Time = (Publishes, Date, Range<usize>);

/// The moments that front matter names.
pub(super) fn times(table: &Table) -> Vec<Time> {
    let time = |(key, node): &(Key, Node)| {
        let name = key.name.to_lowercase();
        let (_, publishes) = TIMES.iter().find(|(own, _)| *own == name)?;
        match &node.value {
            Data::Date(text) | Data::String(text) => {
                Some((*publishes, text.parse().ok()?, node.span.clone()))
            }
            _ => None,
        }
    };
    table.iter().filter_map(time).collect()
}

/// A page that is not to be seen today is not published by mistake. That is an
/// error, as the same files make the same site on any day.
pub(super) fn check_times(source: &Source, times: &[Time], now: SystemTime) -> Vec<Diagnostic> {
    let now = now.duration_since(SystemTime::UNIX_EPOCH);
    let now = now.map_or(0, |elapsed| elapsed.as_secs());
    let now = i64::try_from(now).unwrap_or(i64::MAX);
    let fault = |(publishes, date, span): &Time| {
        let seconds = date.moment.as_second();
        let text = &date.text;
        let message = match publishes {
            Publishes::From if seconds > now => {
                format!("this page is not to be seen before {text}")
            }
            Publishes::Until if seconds <= now => {
                format!("this page is not to be seen after {text}")
            }
            _ => return None,
        };
        let fault = source.at(span.clone(), message);
        Some(fault.expected("`draft = true`, or no such date: no page comes or goes by itself"))
    };
    times.iter().filter_map(fault).collect()
}

#[cfg(test)]
mod tests {
    use super::super::{Kind, parse};
    use super::*;

    fn source(text: &str) -> Source {
        Source {
            file: "content/a.md".into(),
            text: text.into(),
        }
    }

    #[test]
    fn keys_of_others_are_left_to_templates() {
        let text =
            "---\nsubject: S\nmath: true\ntags: [a, 2015, 1.5, true]\nextra: {math: 1}\n---\n";
        let (front, _) = parse(&source(text), Kind::Page, None, Some(&["tags"])).unwrap();
        let names = front.foreign.iter().map(|key| key.name.clone());
        assert_eq!(names.collect::<Vec<_>>(), ["subject"]);
        assert_eq!(front.extra.len(), 2);
        assert_eq!(front.taxonomies[0].1, ["a", "2015", "1.5", "true"]);
        for section_key in ["sort_by: date", "paginate_bye: 1"] {
            let text = format!("---\n{section_key}\n---\n");
            assert!(parse(&source(&text), Kind::Page, None, None).is_err());
        }
    }

    #[test]
    fn a_name_with_a_comma_is_one_name() {
        // As in Jekyll and Hugo, which do not know either whether this is one.
        for text in [
            "---\nauthor: Martin Luther King, Jr.\n---\n",
            "---\nauthor: 'Martin Luther King, Jr.'\n---\n",
            "---\nauthors: ['Martin Luther King, Jr.']\n---\n",
        ] {
            let (front, _) = parse(&source(text), Kind::Page, None, None).unwrap();
            assert_eq!(front.authors, ["Martin Luther King, Jr."]);
        }
    }

    #[test]
    fn authors_are_named_or_described() {
        let text = "---\nauthors: [B, {name: C, uri: 'https://a.org'}]\n---\n";
        let (front, _) = parse(&source(text), Kind::Page, None, None).unwrap();
        assert_eq!(front.authors, ["B", "C"]);
        assert_eq!(front.extra.len(), 1);
        let both = source("---\nauthor: A\nauthors: [B]\n---\n");
        assert!(parse(&both, Kind::Page, None, None).is_err());
        let nameless = source("---\nauthor: {uri: x}\n---\n");
        let fault = parse(&nameless, Kind::Page, None, None)
            .unwrap_err()
            .remove(0);
        assert_eq!(fault.message, "this author has no name");
    }

    #[test]
    fn terms_are_listed_in_many_ways() {
        for (written, terms) in [
            ("tags: a b c", vec!["a", "b", "c"]),
            ("tags: 'a b'", vec!["a b"]),
            ("tags: a b, c", vec!["a b", "c"]),
            ("tags: 2015", vec!["2015"]),
            ("tags:\n- a b", vec!["a b"]),
            ("tags: []", vec![]),
        ] {
            let text = format!("---\n{written}\n---\n");
            let (front, _) = parse(&source(&text), Kind::Page, None, Some(&["tags"])).unwrap();
            assert_eq!(front.taxonomies[0].1, terms, "{written}");
        }
        let text = "+++\nauthors = [\"A\"]\n[taxonomies]\nauthors = [\"B\"]\n+++\n";
        let (front, _) = parse(&source(text), Kind::Page, None, Some(&["authors"])).unwrap();
        assert_eq!(front.authors, ["A"]);
        assert_eq!(front.taxonomies[0].1, ["B"]);
        let none = source("---\ntags:\n---\n");
        let (front, _) = parse(&none, Kind::Page, None, Some(&["tags"])).unwrap();
        assert!(front.taxonomies.is_empty());
        let twice = source("+++\ntags = [\"a\"]\n[taxonomies]\ntags = [\"b\"]\n+++\n");
        let faults = parse(&twice, Kind::Page, None, Some(&["tags"])).unwrap_err();
        assert_eq!(faults[0].message, "`tags` is here and in `taxonomies`");
    }

    #[test]
    fn a_page_that_is_not_to_be_seen_is_not_published() {
        let draft = |text: &str| {
            let text = format!("---\n{text}\n---\n");
            parse(&source(&text), Kind::Page, None, None).map(|(front, _)| front.draft)
        };
        assert_eq!(draft("published: false"), Ok(true));
        assert_eq!(draft("published: no"), Ok(true));
        assert_eq!(draft("published: true"), Ok(false));
        assert_eq!(draft("published: 2015-02-25"), Ok(false));
        assert_eq!(
            draft("publishDate: 2015-02-25\nexpiryDate: 9999-01-01"),
            Ok(false)
        );
        for hidden in [
            "publishDate: 9999-01-01",
            "expiryDate: 2015-02-25",
            "published: 9999-01-01",
        ] {
            let fault = draft(hidden).unwrap_err().remove(0);
            assert!(fault.message.starts_with("this page is not to be seen"));
            assert_eq!(draft(&format!("draft: true\n{hidden}")), Ok(true));
        }
    }

    #[test]
    fn an_unknown_taxonomy_is_told_with_the_rest() {
        let text = "+++\ntitle = 1\n[taxonomies]\ntagz = [\"a\"]\n+++\n";
        let faults = parse(&source(text), Kind::Page, None, Some(&["tags"])).unwrap_err();
        assert_eq!(faults.len(), 2, "{faults:?}");
    }
}
