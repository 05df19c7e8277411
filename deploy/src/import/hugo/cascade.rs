//! `cascade`: what a section, or the configuration, says for all pages below.
//! It is written into each of them.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use site_gen::review::{Data, Key, Node, Table};

use super::super::paths::join;
use super::super::pattern::matches;
use super::super::report::{Report, Topic};
use super::config::Config;
use super::data::{get, get_text, merge, set, tables, texts};
use super::document::{Document, Kind};

/// Completes the front matter of all documents.
pub(super) fn apply(documents: &mut [Document], config: &Config, report: &mut Report) {
    let of_site = get(&config.root, "cascade").map(rules).unwrap_or_default();
    for rule in of_site.iter().filter(|rule| is_for_terms(rule)) {
        tell_terms(rule, &config.file, None, report);
    }
    let of_sections: BTreeMap<(usize, String), Vec<Table>> = documents
        .iter()
        .filter(|document| document.kind == Kind::Section)
        .filter_map(|document| {
            let cascade = get(&document.front, "cascade")?;
            let line = document.line_of_key("cascade");
            let what = "`cascade` is no key here";
            let advice = "what it says was written into each page below";
            report.note(Topic::FrontMatter, &document.file, line, what, advice);
            let place = (document.language, document.directory.clone());
            let rules = rules(cascade);
            for rule in rules.iter().filter(|rule| is_for_terms(rule)) {
                tell_terms(rule, &document.file, Some(line), report);
            }
            Some((place, rules))
        })
        .collect();
    for document in documents {
        let own = own_path(document);
        // The nearest section counts most, the site least.
        let above = own.rmatch_indices('/').map(|(at, _)| &own[..at]);
        let above = std::iter::once(own.as_str()).chain(above);
        let of_section = |path: &str| {
            let directory = path.trim_start_matches('/').to_owned();
            of_sections.get(&(document.language, directory))
        };
        let mut seen = BTreeSet::new();
        let above = above.filter(|path| seen.insert(path.trim_start_matches('/')));
        let all = above.filter_map(of_section).flatten().chain(&of_site);
        let code = &config.languages[document.language].code;
        for rule in all.filter(|rule| is_meant(rule, &own, document.kind, code)) {
            complete(&mut document.front, rule);
        }
    }
}

fn rules(cascade: &Data) -> Vec<Table> {
    tables(cascade).into_iter().cloned().collect()
}

/// Whether a rule is for pages that no file is behind here.
fn is_for_terms(rule: &Table) -> bool {
    let kind = target(rule, "kind").unwrap_or_default();
    ["taxonomy", "term"].iter().any(|own| kind.contains(own))
}

fn tell_terms(rule: &Table, file: &Path, line: Option<usize>, report: &mut Report) {
    let keys = rule.iter().map(|(key, _)| key.name.as_str());
    let keys = keys.filter(|key| !matches!(*key, "target" | "_target"));
    let what = format!(
        "a cascade for terms, or lists of them, says `{}`",
        keys.collect::<Vec<_>>().join("`, `")
    );
    let advice = "left out for those: no file is behind their pages; `[extra.terms]` in `site.toml` is what templates see of one";
    report.note(Topic::FrontMatter, file, line, what, advice);
}

/// The languages of the sites that a rule is for, as patterns; none if it is for all.
fn languages(rule: &Table) -> Option<Vec<String>> {
    let names = ["target", "_target"];
    let found = names.iter().find_map(|name| {
        let key = format!("{name}.sites.matrix.languages");
        get(rule, &key).map(texts)
    });
    found.filter(|patterns| !patterns.is_empty())
}

/// What a rule's target says.
fn target(rule: &Table, key: &str) -> Option<String> {
    let names = ["target", "_target"];
    names
        .iter()
        .find_map(|name| get_text(rule, &format!("{name}.{key}")))
}

/// The path of a document as targets are written.
fn own_path(document: &Document) -> String {
    format!("/{}", join(&document.directory, &document.name))
}

/// Whether a rule's target has a document among it.
fn is_meant(rule: &Table, path: &str, kind: Kind, code: &str) -> bool {
    let target = |key: &str| target(rule, key);
    let kind = match (kind, path) {
        (Kind::Section, "/") => "home",
        (Kind::Section, _) => "section",
        (Kind::Page | Kind::Bundle, _) => "page",
    };
    target("path").is_none_or(|pattern| matches(&pattern.to_lowercase(), &path.to_lowercase()))
        && target("kind").is_none_or(|wanted| matches(&wanted, kind))
        && target("lang").is_none_or(|wanted| wanted == code)
        && languages(rule).is_none_or(|wanted| wanted.iter().any(|one| matches(one, code)))
        && target("environment").is_none_or(|wanted| wanted == "production")
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
    use site_gen::review::{Language, data};

    use super::*;

    fn rule(text: &str) -> Table {
        let source = site_gen::Source {
            file: "hugo.toml".into(),
            text: text.to_owned(),
        };
        data(&source, 0..source.text.len(), Language::Toml).expect("a table")
    }

    #[test]
    fn rules_are_for_what_their_targets_say() {
        let page = |target: &str, code: &str| {
            let rule = rule(&format!("a = 1\n[target]\n{target}\n"));
            is_meant(&rule, "/docs/deep/a", Kind::Page, code)
        };
        for (target, code, expected) in [
            ("", "en", true),
            ("path = \"/docs/**\"", "en", true),
            ("path = \"{/x,/docs/**}\"", "en", true),
            ("path = \"/docs/*\"", "en", false),
            ("kind = \"{section,page}\"", "en", true),
            ("kind = \"section\"", "en", false),
            ("lang = \"fr\"", "en", false),
            ("sites.matrix.languages = [\"fr\", \"d*\"]", "de", true),
            ("sites.matrix.languages = [\"fr\", \"d*\"]", "en", false),
            ("environment = \"staging\"", "en", false),
        ] {
            assert_eq!(page(target, code), expected, "{target} {code}");
        }
    }

    #[test]
    fn rules_for_terms_are_told() {
        assert!(is_for_terms(&rule(
            "a = 1\n[target]\nkind = \"{term,page}\""
        )));
        assert!(!is_for_terms(&rule("a = 1\n[target]\nkind = \"page\"")));
    }
}
