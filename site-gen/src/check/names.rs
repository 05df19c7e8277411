//! Names in templates that nothing has. The engine tells of one that is printed alone;
//! joined to a text it is nothing, and in a condition it is false.
//!
//! What a template gives a name to, any other one may see: it includes it, or has a
//! block of it. Who asks anywhere whether something is there, or says what to take then,
//! knows that it may not be. Shortcodes see what a text calls them with, so they are left
//! out.

use std::collections::BTreeSet;
use std::ops::Range;

use super::fields::{SHORTCODES, given};
use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::source::Source;
use crate::step::{first_word, tags};
use crate::theme::tokens::{is_name, tokens};

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
pub(super) fn check(templates: &[Source]) -> Vec<Diagnostic> {
    let all = templates.iter().flat_map(|source| {
        let tags = tags(&source.text);
        tags.flat_map(|tag| {
            let words = words(&source.text, tag.clone());
            // A list that is made from another names what is in that.
            let of_lists = words.windows(2).filter(|pair| pair[0] == "for");
            let of_lists: Vec<&str> = of_lists.map(|pair| pair[1]).collect();
            let optional = (0..words.len()).filter(|index| is_optional(&words, *index));
            let optional: Vec<&str> = optional.map(|index| words[index]).collect();
            let given = given(first_word(&source.text[tag]), &words);
            given.into_iter().chain(of_lists).chain(optional)
        })
    });
    let set: BTreeSet<&str> = all.collect();
    let is_known = |name: &str| NAMES.contains(&name) || set.contains(name);
    let mut faults = Vec::new();
    for source in templates {
        if source.file.to_string_lossy().contains(SHORTCODES) {
            continue;
        }
        let asked = tags(&source.text).flat_map(|tag| asked(&source.text, tag));
        let unknown = asked.filter(|span| !is_known(&source.text[span.clone()]));
        faults.extend(unknown.map(|span| {
            let name = &source.text[span.clone()];
            let known = NAMES.into_iter().chain(set.iter().copied());
            let suggestion = did_you_mean(name, known);
            let fault = source.at(span, format!("nothing is called `{name}`"));
            let expected = "a variable that templates see, or that one of them sets";
            fault.expected(expected).suggestion(suggestion).warning()
        }));
    }
    faults
}

fn words(text: &str, tag: Range<usize>) -> Vec<&str> {
    tokens(text, tag).map(|span| &text[span]).collect()
}

/// Whether a template knows that what has this name may not be there.
fn is_optional(words: &[&str], index: usize) -> bool {
    let word = |index: usize| words.get(index).copied().unwrap_or_default();
    match (word(index + 1), word(index + 2)) {
        ("|", "default") | ("is", "defined" | "undefined") => true,
        ("is", "not") => word(index + 3) == "defined",
        _ => false,
    }
}

/// The names in a tag that variables have to have.
fn asked(text: &str, tag: Range<usize>) -> Vec<Range<usize>> {
    let is_printed = text[tag.clone()].starts_with("{{");
    if !is_printed && !TAGS.contains(&first_word(&text[tag.clone()])) {
        return Vec::new();
    }
    let spans: Vec<Range<usize>> = tokens(text, tag).collect();
    let words: Vec<&str> = spans.iter().map(|span| &text[span.clone()]).collect();
    let word = |index: usize| words.get(index).copied().unwrap_or_default();
    let is_asked = |index: usize| {
        let before = |by: usize| index.checked_sub(by).map_or("", word);
        // A field, a filter, a test, a component.
        let is_other = matches!(before(1), "." | "|" | "is" | "<" | "/")
            || (before(1), before(2)) == ("not", "is");
        // A function, an argument, a key.
        let is_label = matches!(word(index + 1), "(" | "=" | ":");
        is_name(word(index)) && !(is_other || is_label) && !WORDS.contains(&word(index))
    };
    (0..words.len())
        .filter(|index| is_asked(*index))
        .map(|index| spans[index].clone())
        .collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    fn told(templates: &[(&str, &str)]) -> Vec<String> {
        let sources = templates.iter().map(|(name, text)| Source {
            file: format!("themes/t/templates/{name}").into(),
            text: (*text).to_owned(),
        });
        let faults = check(&sources.collect::<Vec<_>>()).into_iter();
        let shown = faults.map(|fault| {
            let shown = fault.place.map(|place| place.shown());
            format!(
                "{} {}",
                shown.unwrap_or_default(),
                fault.suggestion.unwrap_or_default()
            )
        });
        shown.collect()
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
