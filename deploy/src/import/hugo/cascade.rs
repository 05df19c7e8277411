//! `cascade`: what a section, or the configuration, says for all pages below.
//! It is written into each of them.

use site_gen::review::{Data, Key, Node, Table};

use super::super::report::{Report, Topic};
use super::config::Config;
use super::data::{get, get_text, merge, set, tables};
use super::document::{Document, Kind};
use super::library::join;

/// Completes the front matter of all documents.
pub(super) fn apply(documents: &mut [Document], config: &Config, report: &mut Report) {
    let of_site = get(&config.root, "cascade").map(rules).unwrap_or_default();
    let of_sections: Vec<(usize, String, Vec<Table>)> = documents
        .iter()
        .filter(|document| document.kind == Kind::Section)
        .filter_map(|document| {
            let cascade = get(&document.front, "cascade")?;
            let line = document.line_of_key("cascade");
            let what = "`cascade` is no key here";
            let advice = "what it says was written into each page below";
            report.note(Topic::FrontMatter, &document.file, line, what, advice);
            Some((
                document.language,
                document.directory.clone(),
                rules(cascade),
            ))
        })
        .collect();
    for document in documents {
        let own = own_path(document);
        // The nearest section counts most, the site least.
        let mut above: Vec<&(usize, String, Vec<Table>)> = of_sections
            .iter()
            .filter(|(language, directory, _)| {
                let inside = directory.is_empty()
                    || own == format!("/{directory}")
                    || own.starts_with(&format!("/{directory}/"));
                *language == document.language && inside
            })
            .collect();
        above.sort_by_key(|(_, directory, _)| std::cmp::Reverse(directory.len()));
        let all = above.iter().flat_map(|(_, _, rules)| rules).chain(&of_site);
        let code = &config.languages[document.language].code;
        for rule in all.filter(|rule| is_meant(rule, &own, document.kind, code)) {
            complete(&mut document.front, rule);
        }
    }
}

fn rules(cascade: &Data) -> Vec<Table> {
    tables(cascade).into_iter().cloned().collect()
}

/// The path of a document as targets are written.
fn own_path(document: &Document) -> String {
    format!("/{}", join(&document.directory, &document.name))
}

/// Whether a rule's target has a document among it.
fn is_meant(rule: &Table, path: &str, kind: Kind, code: &str) -> bool {
    let target = |key: &str| {
        let names = ["target", "_target"];
        names
            .iter()
            .find_map(|name| get_text(rule, &format!("{name}.{key}")))
    };
    let kind = match (kind, path) {
        (Kind::Section, "/") => "home",
        (Kind::Section, _) => "section",
        (Kind::Page | Kind::Bundle, _) => "page",
    };
    target("path").is_none_or(|pattern| matches(&pattern.to_lowercase(), &path.to_lowercase()))
        && target("kind").is_none_or(|wanted| matches(&wanted, kind))
        && target("lang").is_none_or(|wanted| wanted == code)
        && target("environment").is_none_or(|wanted| wanted == "production")
}

/// Whether a path is one of a pattern, with `*` for anything but a slash and
/// `**` for anything, and `{a,b}` for one of several.
fn matches(pattern: &str, path: &str) -> bool {
    if let Some((before, rest)) = pattern.split_once('{')
        && let Some((inside, after)) = rest.split_once('}')
    {
        let mut choices = inside.split(',');
        return choices.any(|choice| matches(&format!("{before}{choice}{after}"), path));
    }
    let mut rows = vec![false; path.len() + 1];
    rows[0] = true;
    let mut rest = pattern;
    while let Some(c) = rest.chars().next() {
        let mut next = vec![false; path.len() + 1];
        let length = if rest.starts_with("**") {
            2
        } else {
            c.len_utf8()
        };
        for (at, byte) in path.char_indices() {
            let behind = at + byte.len_utf8();
            match c {
                '*' => {
                    next[at] |= rows[at];
                    next[behind] |= next[at] && (length == 2 || byte != '/');
                }
                _ => next[behind] |= rows[at] && byte == c,
            }
        }
        if c == '*' {
            next[path.len()] |= rows[path.len()];
        }
        rows = next;
        rest = &rest[length..];
    }
    rows[path.len()]
}

fn complete(front: &mut Table, rule: &Table) {
    for (key, node) in rule {
        if matches!(key.name.as_str(), "target" | "_target") {
            continue;
        }
        let same = |(own, _): &&(Key, Node)| own.name.eq_ignore_ascii_case(&key.name);
        match (
            front.iter().find(same).map(|(_, node)| &node.value),
            &node.value,
        ) {
            (None, value) => set(front, &key.name, value.clone()),
            (Some(Data::Table(own)), Data::Table(more)) => {
                let mut both = more.clone();
                merge(&mut both, own.clone());
                set(front, &key.name, Data::Table(both));
            }
            (Some(_), _) => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_are_those_of_paths() {
        for (pattern, path) in [
            ("/posts/**", "/posts/a/b"),
            ("/posts/*", "/posts/a"),
            ("**", "/a"),
            ("/{docs,blog}/**", "/blog/x"),
            ("/a*c", "/abc"),
            ("/a", "/a"),
        ] {
            assert!(matches(pattern, path), "{pattern} {path}");
        }
        for (pattern, path) in [("/posts/*", "/posts/a/b"), ("/a", "/ab"), ("/a**c", "/ab")] {
            assert!(!matches(pattern, path), "{pattern} {path}");
        }
    }
}
