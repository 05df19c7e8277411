//! Front matter as others write it: keys that are not ours, authors that are
//! more than a name, terms outside of `taxonomies`. A folder of markdown that
//! was written for another generator is built as it is.

use super::FrontMatter;
use crate::data::{Data, Fields, Key, Node, Table};
use crate::source::Source;

/// Lets templates see what other generators are told.
pub(super) fn adopt(front: &mut FrontMatter, foreign: Table) {
    for (key, node) in foreign {
        if !front.extra.iter().any(|(own, _)| own.name == key.name) {
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
        for author in authors {
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
/// Hugo, Jekyll and others say `tags`.
pub(crate) fn adopt_terms(front: &mut FrontMatter, known: &[&str]) {
    let (named, foreign) = std::mem::take(&mut front.foreign)
        .into_iter()
        .partition(|key| known.contains(&key.name.as_str()));
    front.foreign = foreign;
    let named: Vec<Key> = named;
    for key in named {
        let node = front.extra.iter().find(|(own, _)| own.name == key.name);
        let terms = match node.map(|(_, node)| &node.value) {
            Some(Data::String(term)) => vec![term.clone()],
            Some(Data::Array(terms)) => {
                let text = |term: &Node| match &term.value {
                    Data::String(text) | Data::Date(text) => Some(text.clone()),
                    Data::Integer(number) => Some(number.to_string()),
                    _ => None,
                };
                terms.iter().filter_map(text).collect()
            }
            _ => Vec::new(),
        };
        front.taxonomies.push((key.name, terms, key.span));
    }
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
        let text = "---\nsubject: S\nmath: true\ntags: [a, 2015]\nextra: {math: 1}\n---\n";
        let (mut front, _) = parse(&source(text), Kind::Page, None).unwrap();
        let names = |front: &FrontMatter| {
            let names = front.foreign.iter().map(|key| key.name.clone());
            names.collect::<Vec<_>>()
        };
        assert_eq!(names(&front), ["subject", "tags"]);
        assert_eq!(front.extra.len(), 3);
        adopt_terms(&mut front, &["tags"]);
        assert_eq!(names(&front), ["subject"]);
        assert_eq!(front.taxonomies[0].1, ["a", "2015"]);
        for section_key in ["sort_by: date", "paginate_bye: 1"] {
            let text = format!("---\n{section_key}\n---\n");
            assert!(parse(&source(&text), Kind::Page, None).is_err());
        }
    }

    #[test]
    fn authors_are_named_or_described() {
        let text = "---\nauthor: {name: A, uri: 'https://a.org'}\nauthors: [B, {name: C}]\n---\n";
        let (front, _) = parse(&source(text), Kind::Page, None).unwrap();
        assert_eq!(front.authors, ["B", "C", "A"]);
        assert_eq!(front.extra.len(), 2);
        let nameless = source("---\nauthor: {uri: x}\n---\n");
        let fault = parse(&nameless, Kind::Page, None).unwrap_err().remove(0);
        assert_eq!(fault.message, "this author has no name");
    }
}
