//! Fields that no page, section or configuration has, in templates. The engine tells
//! of one that is printed; in a condition it is false, for ever, and nobody knows.
//!
//! The contract is closed ([`FIELDS`]). What a template calls by these names itself is
//! something else: a name of a loop, of `set`, or of a component's argument; and so it
//! is in what that includes, and in blocks that others put there.

use std::collections::BTreeSet;
use std::ops::Range;

use super::tags::{Tag, Template};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Source;
use crate::theme::tokens::is_name;

/// What templates see, as `themes/README.md` has it.
const FIELDS: [(&str, &[&str]); 3] = [
    (
        "config",
        &[
            "base_url",
            "domain",
            "title",
            "description",
            "author",
            "default_language",
            "languages",
            "theme",
            "generate_feeds",
            "feed_filenames",
            "build_search_index",
            "search",
            "taxonomies",
            "extra",
            "mode",
        ],
    ),
    (
        "page",
        &[
            "title",
            "description",
            "content",
            "summary",
            "toc",
            "word_count",
            "reading_time",
            "date",
            "year",
            "month",
            "day",
            "updated",
            "last_change",
            "authors",
            "contributors",
            "slug",
            "path",
            "permalink",
            "components",
            "relative_path",
            "ancestors",
            "assets",
            "colocated_path",
            "taxonomies",
            "lang",
            "translations",
            "backlinks",
            "lower",
            "higher",
            "weight",
            "draft",
            "extra",
            "next",
            "previous",
        ],
    ),
    (
        "section",
        &[
            "title",
            "description",
            "content",
            "summary",
            "toc",
            "word_count",
            "reading_time",
            "pages",
            "subsections",
            "last_change",
            "contributors",
            "path",
            "permalink",
            "components",
            "relative_path",
            "ancestors",
            "assets",
            "generate_feeds",
            "lang",
            "translations",
            "backlinks",
            "weight",
            "draft",
            "extra",
            "next",
            "previous",
        ],
    ),
];

/// The fields that are none, in all templates.
pub(super) fn check(templates: &[Template<'_>]) -> Vec<Diagnostic> {
    let looks: Vec<Look<'_>> = templates.iter().map(Look::at).collect();
    let included = looks.iter().flat_map(|look| look.included.iter().copied());
    let included: BTreeSet<&str> = included.collect();
    let in_included = names(&looks, |look| &look.in_included);
    let in_blocks = names(&looks, |look| &look.in_blocks);
    let mut faults = Vec::new();
    for (template, look) in templates.iter().zip(&looks) {
        if template.is_shortcode() {
            continue;
        }
        let source = template.source;
        let file = source.file.to_string_lossy();
        let is_included = included.iter().any(|name| file.ends_with(name));
        let is_other = |name: &str| {
            is_included && in_included.contains(name) || look.extends && in_blocks.contains(name)
        };
        let own = look.fields.iter().filter(|(name, _)| !is_other(name));
        faults.extend(own.filter_map(|(name, field)| fault(source, name, field)));
    }
    faults
}

fn names<'a>(
    looks: &'a [Look<'a>],
    of: impl Fn(&'a Look<'a>) -> &'a BTreeSet<&'a str>,
) -> BTreeSet<&'a str> {
    looks
        .iter()
        .flat_map(|look| of(look).iter().copied())
        .collect()
}

fn fault(source: &Source, name: &str, field: &Range<usize>) -> Option<Diagnostic> {
    let (_, known) = FIELDS.iter().find(|(own, _)| *own == name)?;
    let written = &source.text[field.clone()];
    if known.contains(&written) {
        return None;
    }
    let message = format!("`{name}` has no field `{written}`: here it is always none");
    let suggestion = did_you_mean(written, known.iter().copied());
    let fault = source.at(field.clone(), message);
    let expected = format!("one of {}", known.join(", "));
    Some(fault.expected(expected).suggestion(suggestion).warning())
}

/// What is seen in a template.
#[derive(Default)]
struct Look<'a> {
    /// Which fields it asks for, and of what.
    fields: Vec<(&'a str, Range<usize>)>,
    extends: bool,
    included: Vec<&'a str>,
    /// What it calls by names of its own where it includes others.
    in_included: BTreeSet<&'a str>,
    /// And where it has blocks.
    in_blocks: BTreeSet<&'a str>,
}

impl<'a> Look<'a> {
    fn at(template: &Template<'a>) -> Self {
        let mut look = Self::default();
        // Names of what is open, and of what was set, which goes on to the end.
        let mut open: Vec<Vec<&str>> = vec![Vec::new()];
        for tag in &template.tags {
            let given = tag.given();
            let own = || open.iter().flatten().copied();
            // The name of a template may have lost its quotes.
            if tag.first != "include" {
                let is_given = |name: &str| own().any(|own| own == name);
                look.fields.extend(fields(tag, is_given));
            }
            match tag.first {
                "extends" => look.extends = true,
                "include" => {
                    let quoted = tag
                        .words
                        .iter()
                        .filter(|word| word.starts_with(['"', '\'']));
                    look.included
                        .extend(quoted.map(|word| word.trim_matches(['"', '\''])));
                    look.in_included.extend(own());
                }
                "block" => look.in_blocks.extend(own()),
                "for" | "component" => open.push(given),
                "set" | "set_global" => open[0].extend(given),
                "endfor" | "endcomponent" if open.len() > 1 => _ = open.pop(),
                _ => {}
            }
        }
        look
    }
}

/// The fields that a tag asks for by name.
fn fields<'a>(tag: &Tag<'a>, is_own: impl Fn(&str) -> bool) -> Vec<(&'a str, Range<usize>)> {
    let word = |index: usize| tag.word(index);
    let words = &tag.words;
    let is_known = |name: &str| FIELDS.iter().any(|(known, _)| *known == name);
    let mut found = Vec::new();
    for (index, name) in words.iter().enumerate().filter(|(_, name)| is_known(name)) {
        let before = index.checked_sub(1).map_or("", word);
        let field = match (word(index + 1), word(index + 2)) {
            (".", _) => index + 2,
            ("?", ".") => index + 3,
            _ => continue,
        };
        // It may be another's field, and a list may be made here of what has the name.
        let is_bound = words.windows(2).skip(1).any(|pair| pair == ["for", *name]);
        // Who asks whether it is there knows that it may not be.
        let is_asked =
            word(field + 1) == "is" && matches!(word(field + 2), "defined" | "undefined" | "not");
        if before != "." && is_name(word(field)) && !is_own(name) && !is_bound && !is_asked {
            found.push((*name, tag.spans[field].clone()));
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::super::tags;
    use super::*;

    fn told(templates: &[(&str, &str)]) -> Vec<String> {
        tags::told(check, templates)
    }

    #[test]
    fn fields_that_nothing_has_are_told() {
        for (text, expected) in [
            (
                "{% if page.titel %}{% endif %}",
                "titel did you mean `title`?",
            ),
            (
                "{% if x %}{% elif not section?.pagse %}{% endif %}",
                "pagse did you mean `pages`?",
            ),
            (
                "{{ config.titel | default(value='') }}",
                "titel did you mean `title`?",
            ),
            (
                "{% for page in page.pages %}{{ page.x }}{% endfor %}",
                "pages ",
            ),
            (
                "{% for page in x %}{% endfor %}{% if page.dat %}{% endif %}",
                "dat did you mean `date`?",
            ),
        ] {
            assert_eq!(told(&[("a.html", text)]), [expected], "{text}");
        }
    }

    #[test]
    fn what_may_be_something_else_is_not_told() {
        for text in [
            "{% if page.title and page.extra.titel and x.page.titel %}{% endif %}",
            "{% for page in x %}{% if page.titel %}{% endif %}{% endfor %}",
            "{% set page = x %}{% if page.titel %}{% endif %}",
            "{% component c(page, @config) %}{{ page.titel }}{{ config.y }}{% endcomponent %}",
            "{% if page.titel is defined %}{% endif %}{{ \"page.titel\" }}{# page.titel #}",
            "{{ [page.titel for page in x] }}",
        ] {
            assert_eq!(told(&[("a.html", text)]), [""; 0], "{text}");
        }
        let asks = "{% block b %}{% if page.titel %}{% endif %}{% endblock %}";
        let child = format!("{{% extends \"a.html\" %}}{asks}");
        let with =
            "{% for page in x %}{% include \"b.html\" %}{% block b %}{% endblock %}{% endfor %}";
        for (name, text) in [
            ("b.html", asks),
            ("c.html", &*child),
            ("shortcodes/d.html", asks),
        ] {
            assert_eq!(told(&[("a.html", with), (name, text)]), [""; 0], "{name}");
        }
    }

    /// The table is that of the contract, which is held to what there is.
    #[test]
    fn fields_are_those_of_the_contract() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/README.md");
        let contract = std::fs::read_to_string(path).unwrap();
        for (name, known) in FIELDS {
            let start = format!("| `{name}.");
            let rows = contract
                .lines()
                .filter_map(|line| line.strip_prefix(&*start));
            let rows = rows.filter_map(|row| row.split('`').next());
            // The template is called so.
            let documented: BTreeSet<&str> = rows.filter(|row| *row != "html").collect();
            let known: BTreeSet<&str> = known.iter().copied().collect();
            assert_eq!(documented, known, "{name}");
        }
    }
}
