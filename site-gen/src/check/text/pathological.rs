//! Texts that nobody writes: what each rule looks for, many times over. Each is read in
//! a time that grows as it does, however much of it is told.

use rayon::prelude::*;

use super::*;
use crate::config::Config;
use crate::growth::{self, spent};
use crate::source::Source;

/// How long texts are, in bytes.
const SHORTEST: usize = 10_000;
const LONGEST: usize = 1 << 20;

/// What is repeated.
const REPEATED: [&str; 30] = [
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
];

#[test]
fn any_text_is_checked_in_time() {
    let cache = Cache::default();
    let config = Config::for_test();
    let reader = Reader {
        config: config.markdown,
        languages: Languages::new(&cache),
        theme: Some(Theme::of_templates(&[("shortcodes/a.html", "{{ body }}")])),
        names: bracket::Names::default(),
    };
    let faults = REPEATED.into_par_iter().filter_map(|piece| {
        let run = |length: usize| {
            let text = piece.repeat(length / piece.len());
            let document = Document {
                body: 0..text.len(),
                source: Source {
                    file: "content/a.md".into(),
                    text,
                },
                ..Document::implicit_root("en", &config)
            };
            spent(|| _ = reader.check(&document))
        };
        growth::fault(piece, SHORTEST..=LONGEST, run)
    });
    let faults: Vec<String> = faults.collect();
    assert!(faults.is_empty(), "{faults:#?}");
}
