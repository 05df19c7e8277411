//! What formulas become, what is wrong with them, and that they end.

mod arity;

use std::time::Instant;

use proptest::prelude::*;
use pulldown_latex::Parser;

use super::super::tests::{config, render_with};
use super::*;
use crate::check::faults_of;
use crate::config::markdown::MarkdownConfig;
use crate::markdown::Rendered;

fn render(text: &str) -> Result<Rendered, Vec<Diagnostic>> {
    let config = MarkdownConfig {
        math: true,
        ..config()
    };
    render_with(text, config)
}

#[test]
fn formulas_become_mathml() {
    let html = render("Let $a^2$ be, and\n\n$$\\frac{1}{2}$$\n")
        .unwrap()
        .html;
    assert_eq!(
        html,
        "<p>Let <math display=\"inline\"><msup><mi>a</mi><mn>2</mn></msup></math> be, and</p>\n\
         <p><math display=\"block\"><mfrac><mrow><mn>1</mn></mrow><mrow><mn>2</mn></mrow></mfrac></math></p>\n"
    );
    let cost = render("It costs $5 and $6.\n\n`$x$`, \\$y$.").unwrap().html;
    assert!(!cost.contains("<math"), "{cost}");
    let heading = render("# On $x_1$\n").unwrap();
    assert_eq!(heading.headings[0].title, "On x_1");
}

#[test]
fn what_is_wrong_is_placed_in_the_formula() {
    for (text, line, place) in [
        ("Let\n$\\alpha + \\foo + \\beta + \\gamma$", 2, "\\foo"),
        (
            "$$\na + b + c + d +\n\\frac{1}{2} + \\nonsense{3} + e + f + g\n$$",
            3,
            "\\nonsense",
        ),
        ("> a\n> $x_1_2$", 2, "x_1_2"),
        ("$\\frac{1}$", 1, "\\frac{1}"),
    ] {
        let faults = render(text).unwrap_err();
        assert_eq!(faults.len(), 1);
        let found = faults[0].place.as_ref().unwrap();
        let shown: String = found
            .text
            .chars()
            .skip(found.column - 1)
            .take(found.length)
            .collect();
        assert_eq!((found.line, shown.as_str()), (line, place), "{}", faults[0]);
    }
}

#[test]
fn formulas_end() {
    let started = Instant::now();
    let doubled: String = ('a'..='y')
        .map(|c| format!("\\def\\{c}{{\\{0}\\{0}}}", char::from(c as u8 + 1)))
        .collect();
    for tex in [
        "{".repeat(MAX_FORMULA_BYTES),
        format!("{}x{}", "{".repeat(4000), "}".repeat(4000)),
        "\\sqrt".repeat(1600) + "2",
        "\\vec".repeat(2000) + "2",
        "\\frac1".repeat(1300) + "2",
        "\\sqrt[2]".repeat(1000) + "2",
        "x^\\text".repeat(1000) + "2",
        "x^".repeat(4000) + "2",
        "\\left(".repeat(600) + &"\\right)".repeat(600),
        format!("{doubled}\\def\\z{{x}}\\a"),
        "\\def\\a{\\a}\\a".to_owned(),
        "\\begin{matrix}".repeat(280) + &"\\end{matrix}".repeat(280),
    ] {
        let _ = mathml(&tex, DisplayMode::Block);
    }
    assert!(started.elapsed().as_secs() < 10);
}

fn inline(tex: &str) -> Result<String, Fault> {
    let html = mathml(tex, DisplayMode::Inline)?;
    let inner = html.strip_prefix("<math display=\"inline\">").unwrap();
    Ok(inner.strip_suffix("</math>").unwrap().to_owned())
}

/// Says what a browser would not read as it is meant.
fn wrong(html: &str) -> Vec<String> {
    let mut wrong = faults_of(html);
    let tags = html.match_indices('<').map(|(at, _)| &html[at + 1..]);
    wrong.extend(
        tags.filter(|tag| !tag.trim_start_matches('/').starts_with('m'))
            .map(|tag| format!("the tag <{tag}")),
    );
    wrong
}

#[test]
fn nothing_in_a_formula_is_html() {
    for (tex, expected) in [
        ("a<b", "<mi>a</mi><mo>&lt;</mo><mi>b</mi>"),
        ("a\\&b", "<mi>a</mi><mi>&amp;</mi><mi>b</mi>"),
        ("\\operatorname{a<b c}", "<mi>a&lt;b c</mi>"),
        ("\\mathop{<script>}", "<mi>&lt;script&gt;</mi>"),
        ("\\mathop<", "<mo movablelimits=\"false\">&lt;</mo>"),
        ("\\not>", "<mo>&gt;\u{338}</mo>"),
        ("\\text{<b>&amp;}", "<mtext>&lt;b&gt;&amp;amp;</mtext>"),
        ("\\char60", "<mi>&lt;</mi>"),
    ] {
        assert_eq!(inline(tex).unwrap(), expected, "{tex}");
    }
    for tex in [
        "\\operatorname{<img src=x onerror=alert(1)>}",
        "\\operatorname<",
        "\\mathrel{<}\\mathord{<}\\mathbin{<}\\mathopen{<}\\mathclose{>}\\mathpunct{<}\\mathinner{<}",
        "\\left\\langle a\\middle|b\\right\\rangle",
        "\\big\\{x\\bigr) \\mathbf{<}\\mathbb{>}",
        "\\overset{<}{a}^<_> \\sqrt< \\frac<>",
        "\\textbf{<x>} \\lt\\gt \\char38\\char0",
        "\\text{a $x<y$ \\& <i>}",
    ] {
        let html = mathml(tex, DisplayMode::Inline).unwrap();
        assert_eq!(wrong(&html), [""; 0], "{tex}: {html}");
    }
}

#[test]
fn operators_may_have_limits_and_spaces() {
    let display = |tex| mathml(tex, DisplayMode::Block).unwrap();
    let limits = display("\\operatorname*{argmax}_x f");
    assert!(
        limits.contains("<munder><mi>argmax</mi><mi>x</mi></munder>"),
        "{limits}"
    );
    let spaced = display("\\operatorname*{arg\\,max}_x");
    assert!(spaced.contains("<mi>arg\u{2009}max</mi>"), "{spaced}");
    let upright = display("\\mathop{\\mathrm{arg}}_x");
    assert!(
        upright.contains("<munder>") && !upright.contains("mathrm"),
        "{upright}"
    );
    let sum = display("\\mathop{\\sum\\sum}_x");
    assert!(sum.matches('∑').count() == 2, "{sum}");
    // Two backslashes end a line, and what follows is no command.
    let line = display("\\begin{matrix}a\\\\operatorname*{a}\\end{matrix}");
    assert!(line.contains("<mo>∗</mo>"), "{line}");
}

#[test]
fn texts_have_formulas_and_signs() {
    for (tex, expected) in [
        (
            "\\text{if $x$}",
            "<mrow><mtext>if&nbsp;</mtext><mi>x</mi></mrow>",
        ),
        ("\\text{\\& 5\\%}", "<mrow><mtext>&amp; 5%</mtext></mrow>"),
        (
            "\\text{a {\\textbf{b}}~\\$}",
            "<mrow><mtext>a&nbsp;</mtext><mrow><mtext>𝐛</mtext></mrow><mtext>&nbsp;$</mtext></mrow>",
        ),
        ("x_\\text{a$_1$}", ""),
    ] {
        let html = inline(tex);
        match html {
            Ok(html) if expected.is_empty() => {
                assert_eq!(wrong(&format!("<math>{html}</math>")), [""; 0]);
            }
            html => assert_eq!(html.unwrap(), expected, "{tex}"),
        }
    }
    for (text, place) in [
        ("$$\\text{a \\foo b}$$", "\\foo"),
        ("$$a + \\text{a \\$ $x}$$", "$x"),
        ("$$\\text{if $a + \\foo$}$$", "a + \\foo"),
        ("$$\\operatorname{a\\foo}$$", "a\\foo"),
    ] {
        let faults = render(text).unwrap_err();
        let found = faults[0].place.as_ref().unwrap();
        let shown: String = found.text.chars().skip(found.column - 1).collect();
        assert!(shown.starts_with(place), "{}", faults[0]);
    }
    let deep = format!("{}x{}", "\\text{$".repeat(40), "$}".repeat(40));
    assert!(mathml(&deep, DisplayMode::Block).is_err());
    let deep = format!("{}x{}", "\\mathop{\\mathrm".repeat(40), "}".repeat(40));
    assert!(mathml(&deep, DisplayMode::Block).is_err());
}

/// Pieces of formulas, right and wrong.
const PIECES: [&str; 62] = [
    "\\frac",
    "\\sqrt",
    "\\left(",
    "\\right)",
    "\\left<",
    "\\right.",
    "\\begin{matrix}",
    "\\end{matrix}",
    "\\begin{array}{l|r}",
    "\\end{array}",
    "\\begin{cases}",
    "\\end{cases}",
    "\\begin{align}",
    "\\end{align}",
    "\\text",
    "\\textbf",
    "\\operatorname",
    "\\operatorname*",
    "\\mathop",
    "\\mathrel",
    "\\mathbf",
    "\\color{red}",
    "\\not",
    "\\char",
    "\\hskip",
    "\\over",
    "\\big",
    "\\def",
    "\\limits",
    "\\sum",
    "\\sin",
    "\\alpha",
    "\\foo",
    "\\\\",
    "\\\\[2pt]",
    "\\,",
    "\\&",
    "\\$",
    "\\{",
    "\\",
    "{",
    "}",
    "{a}",
    "{<}",
    "[",
    "]",
    "^",
    "_",
    "&",
    "#",
    "%",
    "$",
    "|",
    "'",
    "~",
    "<",
    ">",
    "=",
    "1",
    "x",
    " ",
    "\u{e9}\n",
];

#[test]
fn control_characters_are_a_fault() {
    for tex in ["\\char11", "x^{\\char11}"] {
        let fault = mathml(tex, DisplayMode::Inline).unwrap_err();
        assert_eq!(fault.message, "this formula has a control character");
    }
    assert!(mathml("\\char65", DisplayMode::Inline).is_ok());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(4096))]
    #[test]
    fn what_is_written_is_mathml(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..16)) {
        let tex = pieces.concat();
        if let Ok(html) = mathml(&tex, DisplayMode::Inline) {
            let wrong = wrong(&html);
            prop_assert!(wrong.is_empty(), "{}: {:?} in {}", tex, wrong, html);
        }
    }
}

proptest! {
    #[test]
    fn nothing_of_ours_panics(
        tex in "(\\\\(frac|sqrt|left|right|begin|end|def|foo|text|color|hline|over|hskip|char|not|[a-z,;{}&\\\\])|[{}a-c0-9^_&#%()|$'.= \n\u{e9}]|\\{matrix\\}|\\[2pt\\]){0,24}",
    ) {
        match mathml(&tex, DisplayMode::Inline) {
            Ok(html) => {
                let opened = html.matches("<math").count();
                prop_assert_eq!(opened, html.matches("</math>").count());
            }
            Err(fault) => prop_assert!(fault.message != UNREADABLE || !is_read(&tex), "{}", tex),
        }
    }
}

/// Whether the parser survives a formula, and those in its texts: it does not know
/// what to make of `\charé`, and panics.
fn is_read(tex: &str) -> bool {
    let parse = |tex: &str| Parser::new(tex, &Storage::new()).any(|event| event.is_err());
    let survives = |tex: &str| catch_unwind(|| parse(tex)).is_ok();
    survives(tex) && tex.split('$').all(survives)
}

#[test]
fn what_the_parser_panics_on_is_a_fault() {
    assert!(is_read("\\frac{1}{é}") && !is_read("\\charé"));
    let fault = render("$\\charé$").unwrap_err().remove(0);
    assert_eq!(fault.message, UNREADABLE);
}
