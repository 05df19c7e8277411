//! Texts that nobody writes: each mark many times over, alone, in pairs, and nested.
//! Each is done in a time that grows as it does, and in no more HTML than it earns.
//! Others that read HTML by hand are in `crate::pathological`.

use std::cell::Cell;
use std::time::{Duration, Instant};

use proptest::prelude::*;
use rayon::prelude::*;

use super::tests::{config, render_with};
use super::*;
use crate::growth::{self, spent};
use crate::limits::MAX_DIAGNOSTICS;

/// How long texts are, in bytes.
const SHORTEST: usize = 10_000;
const LONGEST: usize = 1 << 20;

/// How long one is that is nested; and faults of a shorter one may show as much.
const LENGTH: usize = 100_000;

/// Far more than any takes without optimisation on a busy machine, and far less
/// than a loop in a loop.
const LIMIT: Duration = Duration::from_secs(10);

/// What is repeated.
const REPEATED: [&str; 88] = [
    // Marks alone.
    "*",
    "_",
    "`",
    "~",
    "^",
    "$",
    "[",
    "]",
    "(",
    "!",
    "<",
    ">",
    "&",
    "\\",
    "#",
    "|",
    "-",
    "=",
    "+",
    ":",
    ";",
    "@",
    "{",
    "}",
    "\"",
    "'",
    ".",
    "/",
    "\t",
    "\n",
    "\r",
    "\u{f8f0}",
    // Emphasis.
    "*a",
    "**a ",
    "a**b",
    "_a __b",
    "*a_ ",
    "~a~~ ",
    "a^b^",
    "\"a ",
    "`a``",
    "$a$$",
    // Links, notes, pictures.
    "[a](",
    "[a](b",
    "[a][",
    "![a",
    "[[",
    "[](<",
    "[a]: b\n",
    "[a]",
    "[^a]",
    "[^a]: b\n\n",
    "[^a]:",
    // Blocks.
    "> ",
    "- ",
    "1. ",
    "> - ",
    "- a\n",
    "* * *\n",
    "# ",
    "# a {b=\"",
    "# a {b}\n",
    "a\n---\n",
    "a|b\n-|-\n",
    "||\n",
    "```",
    "~~~\n",
    ": a\n",
    "a\n: b\n\n",
    "> [!NOTE]\n",
    // HTML.
    "<a ",
    "<a id=",
    "<a id='b'>",
    "<!--",
    "<?",
    "<![CDATA[",
    "<!A ",
    "&amp",
    "</a>",
    "<style></style>",
    "<SCRIPT></script >",
    "<x\n",
    "id=",
    // Shortcodes and formulas.
    "{{ a(",
    "{% a() %}",
    "{{a()}} ",
    "$\\foo$ ",
    "$$\\text{",
];

/// What begins a text that something else then goes on with.
const BEGUN: [(&str, &str); 17] = [
    ("www.a.b", ";"),
    ("www.a.b", "&a;"),
    ("www.a.b", ")"),
    ("", "_www."),
    ("", "*www.a"),
    ("", "_http://"),
    ("", "a@"),
    ("", "a@b.c "),
    ("a@", "b."),
    ("", "mailto:a@b.c@"),
    ("<div ", "a="),
    ("<div ", "id="),
    ("<div id=\"", "id='"),
    ("<div id='", "id=\""),
    ("|a\n|-\n", "|"),
    ("<style>", "</styl"),
    ("<svg>", "<a \""),
];

/// Makes a text of so many pieces.
type Numbered = fn(usize) -> String;

/// Texts in which no two pieces are alike.
const NUMBERED: [(&str, Numbered); 3] = [
    ("attributes", |count| {
        let all = (0..count).map(|number| format!("data-{number}=1 "));
        format!("# a {{{}}}\n", all.collect::<String>())
    }),
    ("marked lines", |count| {
        let all = (0..count).map(|number| format!("{number} "));
        let marked = all.collect::<String>();
        format!("```x,hl_lines={marked}\n{}```\n", "a\n".repeat(count))
    }),
    ("links to nothing", |count| {
        (0..count)
            .map(|number| format!("[a](@/n{number}.md) "))
            .collect()
    }),
];

fn render(text: &str) -> Result<Rendered, Vec<Diagnostic>> {
    let config = MarkdownConfig {
        math: true,
        superscript: true,
        subscript: true,
        ..config()
    };
    render_with(text, config)
}

/// Renders a text, and says what is wrong with how that went.
fn time(name: &str, text: &str) -> Option<String> {
    let started = Instant::now();
    let size = size(text);
    let took = started.elapsed();
    let well = took < LIMIT && size < 100 * text.len();
    (!well).then(|| format!("{name:?}: {took:?}, {size} bytes"))
}

/// Renders a text; gives the bytes of what came of it.
fn size(text: &str) -> usize {
    match render(text) {
        Ok(rendered) => {
            let anchors: usize = rendered.anchors.iter().map(String::len).sum();
            rendered.html.len() + anchors
        }
        Err(faults) if faults.len() > MAX_DIAGNOSTICS => usize::MAX,
        Err(faults) => {
            let places = faults.iter().filter_map(|fault| fault.place.as_ref());
            places.map(|place| place.text.len()).sum()
        }
    }
}

/// What is wrong with how the time grows that texts take, and what comes of them.
fn growth(name: &str, make: impl Fn(usize) -> String) -> Option<String> {
    let large = Cell::new(None);
    let run = |length: usize| {
        let text = make(length);
        spent(|| {
            let size = size(&text);
            if size >= 100 * text.len().max(LENGTH) {
                large.set(Some(format!("{name:?}: {size} bytes")));
            }
        })
    };
    let slow = growth::fault(name, SHORTEST..=LONGEST, run);
    slow.or(large.take())
}

#[test]
fn marks_may_be_many() {
    let repeated = REPEATED.iter().map(|piece| ("", *piece));
    let all: Vec<_> = repeated.chain(BEGUN).collect();
    let wrong: Vec<String> = all
        .into_par_iter()
        .filter_map(|(begun, piece)| {
            let make = |length| format!("{begun}{}", piece.repeat(length / piece.len()));
            growth(&format!("{begun}{piece}"), make)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn pieces_may_all_differ() {
    let all = NUMBERED.into_par_iter();
    let wrong: Vec<String> = all
        .filter_map(|(name, make)| growth(name, |length| make(length / 10)))
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn nesting_may_be_deep() {
    let pairs = [
        ("*", "*"),
        ("[", "](a)"),
        ("![", "](a)"),
        ("(", ")"),
        ("<b>", "</b>"),
        ("<div>\n", "</div>\n"),
        ("$\\sqrt{", "}$"),
        ("\"", "\""),
        ("> ", "\n"),
        ("- ", "\n"),
        ("{% a() %}", "{% end %}"),
        ("^", "^"),
    ];
    let wrong: Vec<String> = pairs
        .iter()
        .filter_map(|(open, close)| {
            let depth = LENGTH / (open.len() + close.len());
            let text = format!("{}a{}", open.repeat(depth), close.repeat(depth));
            time(&format!("{open}{close}"), &text)
        })
        .collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
    let indented: String = (0..400)
        .map(|depth| format!("{}- a\n", "  ".repeat(depth)))
        .collect();
    assert_eq!(time("lists", &indented), None);
    let quoted: String = (0..400)
        .map(|depth| format!("{} a\n\n", ">".repeat(depth)))
        .collect();
    assert_eq!(time("quotes", &quoted), None);
}

/// What makes texts of other pieces.
const JOINTS: [&str; 16] = [
    "a",
    "b c",
    " ",
    "\n",
    "\n\n",
    "    ",
    "> ",
    "- ",
    "a)",
    "b](",
    "\"",
    "{% end %}",
    "}}",
    "-->",
    "<!-- more -->",
    "\n[^a]: ",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]
    /// Real pieces of markdown, joined at random: it is HTML that ends, or a
    /// fault that is told with its place.
    #[test]
    fn anything_is_a_text(pieces in prop::collection::vec(
        (prop::sample::select(&REPEATED[..]), prop::sample::select(&JOINTS[..])),
        0..24,
    )) {
        let text: String = pieces.iter().flat_map(|(a, b)| [*a, *b]).collect();
        match render(&text) {
            Ok(rendered) => {
                let summary = rendered.summary.unwrap_or_default();
                prop_assert!(summary.len() <= rendered.html.len() + text.len() * 16);
                prop_assert_eq!(
                    rendered.html.matches("<section class=\"footnotes\">").count(),
                    rendered.html.matches("</ol>\n</section>").count()
                );
            }
            Err(faults) => {
                for fault in faults {
                    prop_assert!(fault.place.is_some(), "{}\n{}", text, fault);
                }
            }
        }
    }
}
