//! That each element of MathML has the children that it takes: `msub` two,
//! `msubsup` three (MathML Core, 3.3 and 3.4).

use super::*;

/// Elements that take a number of children.
const CHILDREN: [(&str, usize); 9] = [
    ("mfrac", 2),
    ("mover", 2),
    ("mroot", 2),
    ("msub", 2),
    ("msubsup", 3),
    ("msup", 2),
    ("munder", 2),
    ("munderover", 3),
    ("math", usize::MAX),
];

/// What is wrong with the numbers of children.
fn miscounted(html: &str) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut open: Vec<(&str, usize)> = vec![("", 0)];
    for (at, _) in html.match_indices('<') {
        let tag = &html[at + 1..];
        let tag = &tag[..tag.find('>').unwrap_or(tag.len())];
        let name = tag.split([' ', '/']).next().unwrap_or_default();
        if let Some(name) = tag.strip_prefix('/') {
            let (opened, count) = open.pop().unwrap_or_default();
            let takes = CHILDREN.iter().find(|(known, _)| *known == opened);
            match takes {
                _ if opened != name => wrong.push(format!("</{name}> closes <{opened}>")),
                Some((_, children)) if *children != count && opened != "math" => {
                    wrong.push(format!("<{opened}> has {count} children"));
                }
                _ => {}
            }
            continue;
        }
        if let Some((_, count)) = open.last_mut() {
            *count += 1;
        }
        if !tag.ends_with('/') {
            open.push((name, 0));
        }
    }
    if open.len() != 1 {
        wrong.push("something is not closed".to_owned());
    }
    wrong
}

#[test]
fn children_are_counted() {
    let of = |html: &str| miscounted(html).join("; ");
    assert_eq!(of("<math><msub><mi>a</mi><mi>b</mi></msub></math>"), "");
    assert_eq!(of("<msub><mrow/></msub>"), "<msub> has 1 children");
    assert_eq!(of("<msup><mi>a</mi></mrow>"), "</mrow> closes <msup>");
    assert_eq!(of("<math>"), "something is not closed");
}

/// Whatever can stand alone.
const ATOMS: [&str; 58] = [
    "x",
    "2",
    "12",
    "+",
    "=",
    "(",
    "|",
    "!",
    ",",
    "'",
    "x'",
    "x''",
    "{}",
    "{ab}",
    "\\alpha",
    "\\infty",
    "\\log",
    "\\sin",
    "\\lim",
    "\\max",
    "\\sum",
    "\\int",
    "\\iint",
    "\\oint",
    "\\prod",
    "\\bigcup",
    "\\operatorname{rank}",
    "\\operatorname*{arg\\,max}",
    "\\operatorname{a_b}",
    "\\frac12",
    "\\binom{n}{k}",
    "\\sqrt{x}",
    "\\sqrt[3]{x}",
    "\\vec{x}",
    "\\hat x",
    "\\overline{ab}",
    "\\underline{ab}",
    "\\overbrace{ab}",
    "\\underbrace{ab}",
    "\\text{a b}",
    "\\text{a $x_1$ b}",
    "\\mathbb{R}",
    "\\mathbf x",
    "\\mathrm{ab}",
    "\\left(x\\right)",
    "\\left.x\\right|",
    "\\big(",
    "\\overset{a}{=}",
    "\\underset{a}{=}",
    "\\stackrel{a}{=}",
    "\\begin{matrix}a&b\\\\c&d\\end{matrix}",
    "\\not=",
    "\\xrightarrow{a}",
    "\\to",
    "\\quad",
    "{\\color{red}x}",
    "\\mathop{ab}",
    "\\phantom{x}",
];

/// What an atom can be given.
const SCRIPTS: [&str; 12] = [
    "",
    "_2",
    "^2",
    "_2^n",
    "^n_2",
    "_{i=0}^n",
    "_{x\\to 0}",
    "_{a_b}^{c^d}",
    "'",
    "'_2",
    "_2'",
    "^{}",
];

#[test]
fn every_element_has_the_children_that_it_takes() {
    let mut wrong = Vec::new();
    let mut good = 0;
    let mut refused = Vec::new();
    let mut try_it = |tex: &str| {
        for display in [DisplayMode::Inline, DisplayMode::Block] {
            let html = match mathml(tex, display) {
                Ok(html) => html,
                Err(fault) if fault.message.contains("not given") => {
                    refused.push(tex.to_owned());
                    continue;
                }
                Err(_) => continue,
            };
            good += 1;
            let found = miscounted(&html);
            if !found.is_empty() {
                wrong.push(format!("{tex}: {found:?} in {html}"));
            }
        }
    };
    for tex in [
        "\\log_2 n",
        "\\sum_{i=0}^n",
        "\\lim_{x\\to 0} f",
        "x_1^2",
        "\\binom{n}{k}_2",
    ] {
        assert!(mathml(tex, DisplayMode::Inline).is_ok(), "{tex}");
    }
    for atom in ATOMS {
        for scripts in SCRIPTS {
            try_it(&format!("{atom}{scripts}"));
            try_it(&format!("a{atom}{scripts}b"));
            try_it(&format!("\\frac{{{atom}{scripts}}}{{{atom}}}"));
            try_it(&format!("\\sqrt[{atom}]{{{atom}{scripts}}}"));
            try_it(&format!("x_{{{atom}{scripts}}}^{{{atom}}}"));
            try_it(&format!("\\left({atom}{scripts}\\right)_2"));
        }
        for command in [
            "\\sqrt",
            "\\vec",
            "\\overline",
            "\\frac1",
            "\\mathbb",
            "x^",
            "x_",
            "\\not",
        ] {
            try_it(&format!("{command} {atom}"));
        }
    }
    assert!(refused.is_empty(), "{refused:#?}");
    assert!(good > 6000, "{good} formulas");
    assert!(
        wrong.is_empty(),
        "{} of {good}:\n{}",
        wrong.len(),
        wrong.join("\n")
    );
}

#[test]
fn the_space_before_a_name_stays_before_it() {
    let space = "<mspace width=\"0.1667em\" />";
    for (tex, expected) in [
        (
            "a\\log_2 b",
            format!(
                "<mi>a</mi>{space}<msub><mi>log</mi><mn>2</mn></msub><mo>\u{2061}</mo>{space}<mi>b</mi>"
            ),
        ),
        (
            "\\frac1\\log",
            "<mfrac><mn>1</mn><mi>log</mi></mfrac>".to_owned(),
        ),
        // What an author writes is not the writer's.
        (
            "a^\\,",
            "<msup><mi>a</mi><mspace width=\"0.16666667em\" /></msup>".to_owned(),
        ),
    ] {
        assert_eq!(inline(tex).unwrap(), expected, "{tex}");
    }
}

#[test]
fn what_would_be_miscounted_is_a_fault() {
    for tex in ["\\frac1 \\color{red}x", "\\vec\\bf", "x^\\color{red}x"] {
        let fault = mathml(tex, DisplayMode::Block).unwrap_err();
        assert!(fault.message.contains("is not given"), "{}", fault.message);
    }
}

proptest! {
    #[test]
    fn no_formula_makes_an_element_of_other_children(
        tex in "(x|2|\\\\sum|\\\\lim|\\\\log|\\\\frac|\\\\sqrt|\\\\vec|\\\\binom|\\\\text|\\\\left\\(|\\\\right\\)|\\\\quad|\\\\bf|\\\\limits|\\\\nolimits|[_^{}' +=]){0,12}"
    ) {
        if let Ok(html) = mathml(&tex, DisplayMode::Block) {
            prop_assert_eq!(miscounted(&html), Vec::<String>::new(), "{}", html);
        }
    }
}
