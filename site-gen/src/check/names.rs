//! Names in templates that nothing has. The engine tells of one that is printed alone;
//! joined to a text it is nothing, and in a condition it is false.
//!
//! What a template gives a name to, any other one may see: it includes it, or has a
//! block of it. Who asks anywhere whether something is there, or says what to take then,
//! knows that it may not be. Shortcodes see what a text calls them with, so they are left
//! out.

use std::collections::BTreeSet;
use std::ops::Range;

use super::tags::{Tag, Template};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::theme::tokens::is_name;

/// What templates see, as `themes/README.md` has it, one or the other.
const NAMES: [&str; 17] = [
    "body",
    "config",
    "current_path",
    "current_url",
    "entries",
    "feed_url",
    "id",
    "lang",
    "last_updated",
    "level",
    "page",
    "pages",
    "paginator",
    "section",
    "taxonomy",
    "term",
    "terms",
];

/// What the engine understands itself where a name may be.
const WORDS: [&str; 16] = [
    "__tera_context",
    "and",
    "elif",
    "else",
    "false",
    "for",
    "if",
    "in",
    "is",
    "loop",
    "none",
    "not",
    "or",
    "set",
    "set_global",
    "true",
];

/// The tags that have expressions in them, and no names of other things.
const TAGS: [&str; 5] = ["elif", "for", "if", "set", "set_global"];

/// The names that are none, in all templates.
pub(super) fn check(templates: &[Template<'_>]) -> Vec<Diagnostic> {
    let all = templates.iter().flat_map(|template| &template.tags);
    let set: BTreeSet<&str> = all.flat_map(named).collect();
    let is_known = |name: &str| NAMES.contains(&name) || set.contains(name);
    let mut faults = Vec::new();
    for template in templates.iter().filter(|template| !template.is_shortcode()) {
        let asked = template.tags.iter().flat_map(asked);
        let unknown = asked.filter(|(name, _)| !is_known(name));
        faults.extend(unknown.map(|(name, span)| {
            let known = NAMES.into_iter().chain(set.iter().copied());
            let suggestion = did_you_mean(name, known);
            let message = format!("nothing is called `{name}`");
            let fault = template.source.at(span.clone(), message);
            let expected = "a variable that templates see, or that one of them sets";
            fault.expected(expected).suggestion(suggestion).warning()
        }));
    }
    faults
}

/// What a tag gives a name to, and what it says may not be there.
fn named<'t>(tag: &Tag<'t>) -> Vec<&'t str> {
    // A list that is made from another names what is in that.
    let of_lists = tag.words.windows(2).filter(|pair| pair[0] == "for");
    let of_lists = of_lists.map(|pair| pair[1]);
    let optional = (0..tag.words.len()).filter(|index| is_optional(tag, *index));
    let optional = optional.map(|index| tag.word(index));
    tag.given()
        .into_iter()
        .chain(of_lists)
        .chain(optional)
        .collect()
}

/// Whether a template knows that what has this name may not be there.
fn is_optional(tag: &Tag<'_>, index: usize) -> bool {
    match (tag.word(index + 1), tag.word(index + 2)) {
        ("|", "default") | ("is", "defined" | "undefined") => true,
        ("is", "not") => tag.word(index + 3) == "defined",
        _ => false,
    }
}

/// The names in a tag that variables have to have, and where they are.
fn asked<'t, 'a>(tag: &'a Tag<'t>) -> impl Iterator<Item = (&'t str, &'a Range<usize>)> {
    let is_asked = |index: usize| {
        let before = |by: usize| index.checked_sub(by).map_or("", |before| tag.word(before));
        // A field, a filter, a test, a component.
        let is_other = matches!(before(1), "." | "|" | "is" | "<" | "/")
            || (before(1), before(2)) == ("not", "is");
        // A function, an argument, a key.
        let is_label = matches!(tag.word(index + 1), "(" | "=" | ":");
        let name = tag.word(index);
        is_name(name) && !(is_other || is_label) && !WORDS.contains(&name)
    };
    let has_expressions = tag.first.is_empty() || TAGS.contains(&tag.first);
    let words = tag.words.iter().copied().zip(&tag.spans).enumerate();
    words
        .filter(move |(index, _)| has_expressions && is_asked(*index))
        .map(|(_, word)| word)
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
    fn names_that_nothing_has_are_told() {
        for (text, expected) in [
            ("{{ \"a\" ~ pgae }}", "pgae did you mean `page`?"),
            (
                "{% if sction %}{% endif %}",
                "sction did you mean `section`?",
            ),
            ("{%- if a.b or not x -%}{% set a = 1 %}", "x "),
            (
                "{% for x in pagse %}{{ x.y }}{% endfor %}",
                "pagse did you mean `page`?",
            ),
            (
                "{{ f(key=wher) | upper }}{{ [y for y in config.x] }}",
                "wher ",
            ),
        ] {
            assert_eq!(told(&[("a.html", text)]), [expected], "{text}");
        }
    }

    #[test]
    fn what_may_be_there_is_not_told() {
        for text in [
            "{{ page.pgae ~ lang | pgae(x=1) }}{% if config is pgae or page is not pgae %}",
            "{{ pgae | default(value=1) }}",
            "{% if pgae is defined and pgae.x %}{{ \"a\" ~ pgae }}{% endif %}",
            "{% if pgae is not defined or pgae %}{% endif %}",
            "{{ { a: lang } }}{{ <card title=page.title /> }}{{ 'pgae' }}{# pgae #}",
            "{% block pgae %}{{ super() }}{% endblock pgae %}{{ loop.index }}{% include \"a\" %}",
            "{% component pgae(a, b: string = \"\") %}{{ a ~ b }}{% endcomponent %}",
            "{% raw %}{{ pgae }}{% endraw %}{{ [x.y for x in pages if x] }}{{ __tera_context }}",
        ] {
            assert_eq!(told(&[("a.html", text)]), [""; 0], "{text}");
        }
        let sets = (
            "base.html",
            "{% set wide = true %}{% include \"in.html\" %}",
        );
        let asks = "{% if wide %}{% endif %}";
        assert_eq!(told(&[sets, ("in.html", asks)]), [""; 0]);
        assert_eq!(told(&[("shortcodes/x.html", asks)]), [""; 0]);
    }

    /// The table is that of the contract: its rows, and what single templates see.
    #[test]
    fn names_are_those_of_the_contract() {
        let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/README.md");
        let contract = std::fs::read_to_string(path).unwrap();
        let words = contract.split('`').skip(1).step_by(2);
        let documented: BTreeSet<&str> = words.collect();
        for name in NAMES {
            assert!(documented.contains(name), "{name}");
        }
    }
}
