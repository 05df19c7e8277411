//! Texts that nobody writes: what each rule looks for, many times over. Each is read in
//! a time that grows as it does, however much of it is told.

use std::iter;

use proptest::prelude::*;
use rayon::prelude::*;

use super::*;
use crate::config::Config;
use crate::growth::{self, spent};
use crate::source::Source;

/// How long texts are, in bytes.
const SHORTEST: usize = 10_000;
const LONGEST: usize = 1 << 20;

/// What is repeated.
const REPEATED: [&str; 34] = [
    "[a](",
    "[a](b c.md) ",
    "[[a]] ",
    "[ab][abcd] ",
    "[a]: b\n",
    "[a]: b\n[a]: c\n\n",
    "[a]: b\n\nc\n\n",
    "[^a]: b\n",
    "[^a]: b\n\n[^c] ",
    "[a]() ",
    "[a](htps://b) ",
    "<htps://b> ",
    "{{",
    "{%",
    "{{<",
    "{{# a ",
    "{{/*",
    "{{/* a() */}} ",
    "{{ a }}",
    "{% a %} ",
    "{{< a >}}\n",
    "{{ a(b=1) }} ",
    "{% a() %}{% end %} ",
    "<!",
    "<!- more ->",
    "<!-- mroe -->\n\n",
    "<!-- more -->\n\n",
    "```a\n",
    "```a\n```\n",
    "> ```\n\n",
    "a|b\n-|\n",
    "a|b\n-|\n\n",
    "    {{/* a() */}}\n",
    "a|b\n-|-\na|b|c\n",
];

fn theme() -> Theme {
    Theme::of_templates(&[("shortcodes/a.html", "{{ body }}")])
}

fn reader<'a>(theme: &'a Theme, cache: &'a Cache) -> Reader<'a> {
    let config = Config::for_test().markdown;
    Reader::new(config, Some(theme), cache, iter::empty())
}

fn document(text: String) -> Document {
    Document {
        body: 0..text.len(),
        source: Source {
            file: "content/a.md".into(),
            text,
        },
        ..Document::implicit_root("en", &Config::for_test())
    }
}

#[test]
fn any_text_is_checked_in_time() {
    let cache = Cache::default();
    let theme = theme();
    let reader = reader(&theme, &cache);
    let faults = REPEATED.into_par_iter().filter_map(|piece| {
        let run = |length: usize| {
            let document = document(piece.repeat(length / piece.len()));
            spent(|| _ = reader.check(&document))
        };
        growth::fault(piece, SHORTEST..=LONGEST, run)
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{faults:#?}");
}

/// What stands between those pieces: marks of blocks, escapes, letters of many bytes.
const BETWEEN: [&str; 14] = [
    "> ",
    "- ",
    "\t",
    "\r\n",
    "\n\n",
    "\\",
    "é",
    "\u{1f600}",
    "`",
    "<b>",
    "\0",
    "!",
    "|",
    "]",
];

proptest! {
    #[test]
    fn no_text_panics(choices in proptest::collection::vec(0..REPEATED.len() + BETWEEN.len(), 0..40)) {
        let pieces = choices.into_iter().map(|choice| {
            let more = || BETWEEN[choice - REPEATED.len()];
            REPEATED.get(choice).copied().unwrap_or_else(more)
        });
        let text: String = pieces.collect();
        let cache = Cache::default();
        for fault in reader(&theme(), &cache).check(&document(text)) {
            prop_assert!(fault.place.is_some(), "{fault}");
        }
    }
}
