//! The order of what is in an element, and what has to be there (HTML, 4: the content
//! models). No tree is kept: an element knows what came into it so far, as bits, and
//! is asked again when it ends.

use super::Fault;
use super::content::{Node, Placed};
use super::traits::{HAS_LABEL, HAS_SPAN, HAS_SRC, HAS_SRCSET, IS_DEFAULT, IS_SIFTED};

/// What came into an element, as bits. What a bit means, is the element's own matter.
pub(super) type Seen = u16;

/// Text, or an element that is not for scripts.
pub(super) const ANY: Seen = 1;
/// Text, however deep.
pub(super) const TEXT: Seen = 2;
const FIRST: Seen = 4;
const SECOND: Seen = 8;
const THIRD: Seen = 16;
const FOURTH: Seen = 32;
const FIFTH: Seen = 64;
/// Something that cannot stand there, which is told: what is missing may be that.
pub(super) const WRONG: Seen = 128;

/// Parts of a table, in the order they come in; the second and the fourth may come
/// more than once.
const OF_TABLE: [(&str, Seen); 6] = [
    ("caption", FIRST),
    ("colgroup", SECOND),
    ("thead", THIRD),
    ("tbody", FOURTH),
    ("tr", FOURTH),
    ("tfoot", FIFTH),
];

fn misplaced(child: &Placed, message: String, expected: &'static str) -> Fault {
    Fault::new(message, expected, format!("<{}", child.name()))
}

/// What is wrong with an element that comes into another one, after what came before.
pub(super) fn follow(parent: &Placed, child: &Placed) -> Option<Fault> {
    let (own, around) = (child.name(), parent.name());
    let before = parent.seen.get();
    let mark = |bits: Seen| parent.seen.set(parent.seen.get() | bits);
    mark(ANY);
    let is_group = around == "div" && parent.is_in_dl();
    if own == "style" && around != "head" && before & ANY != 0 {
        let message = format!("<style> is not the first in <{around}>");
        return Some(misplaced(
            child,
            message,
            "it in <head>, or as the first in its element",
        ));
    }
    match around {
        "dl" => pairs(parent, child, before, false),
        "div" if is_group => pairs(parent, child, before, true),
        "details" if own == "summary" => {
            mark(FIRST);
            let is_second = before & FIRST != 0;
            (before & ANY != 0).then(|| match is_second {
                true => misplaced(child, "<details> has two <summary>".into(), "one"),
                false => misplaced(
                    child,
                    "<summary> is not the first in its <details>".into(),
                    "it before anything else there",
                ),
            })
        }
        "fieldset" if own == "legend" => (before & ANY != 0).then(|| {
            misplaced(
                child,
                "<legend> is not the first in its <fieldset>".into(),
                "one, before anything else there",
            )
        }),
        "figure" => figure(parent, child, before),
        "table" => table(parent, child, before),
        "colgroup" if own == "col" && parent.is(HAS_SPAN) => Some(misplaced(
            child,
            "<col> cannot stand in a <colgroup> with `span`".into(),
            "`span`, or <col>",
        )),
        "picture" => picture(parent, child, before),
        "audio" | "video" => media(parent, child, before),
        "ruby" => ruby(parent, own, before),
        "hgroup" if own != "p" => {
            mark(FIRST);
            (before & FIRST != 0).then(|| {
                let message = "<hgroup> has two headings".to_owned();
                misplaced(child, message, "one heading, and <p> before or after it")
            })
        }
        "optgroup" if own == "legend" => {
            mark(FIRST);
            None
        }
        "head" => head(parent, child, before),
        _ => None,
    }
}

fn head(parent: &Placed, child: &Placed, before: Seen) -> Option<Fault> {
    let own = child.name();
    let (bit, is_once) = match own {
        "title" => (FIRST, true),
        "base" => (SECOND, true),
        "link" | "script" => (THIRD, false),
        _ => return None,
    };
    parent.seen.set(parent.seen.get() | bit);
    if own == "base" && before & THIRD != 0 {
        let message = "<base> comes after a <link> or a <script>".to_owned();
        return Some(misplaced(child, message, "it before both"));
    }
    (is_once && before & bit != 0).then(|| {
        let message = format!("<head> has two <{own}>");
        misplaced(child, message, "one")
    })
}

/// Terms, and what is said of each; in groups, or not.
fn pairs(parent: &Placed, child: &Placed, before: Seen, is_group: bool) -> Option<Fault> {
    // The last one was a term; there was one; there was a description; there were groups.
    const LAST: Seen = FIRST;
    const TERM: Seen = SECOND;
    const SAID: Seen = THIRD;
    const GROUP: Seen = FOURTH;
    let mark = |bits: Seen| parent.seen.set(parent.seen.get() & !LAST | bits);
    let mixed = |child: &Placed, is_second: bool| {
        mark(WRONG);
        mixed(child, is_second)
    };
    if before & WRONG != 0 {
        return None;
    }
    match child.name() {
        "dt" => {
            mark(LAST | TERM);
            let is_mixed = before & GROUP != 0;
            let is_second = is_group && before & SAID != 0;
            (is_mixed || is_second).then(|| mixed(child, is_second))
        }
        "dd" => {
            mark(SAID);
            if before & GROUP != 0 {
                return Some(mixed(child, false));
            }
            (before & TERM == 0).then(|| {
                mark(WRONG);
                let message = format!("no <dt> stands before <dd> in <{}>", parent.name());
                misplaced(child, message, "<dt>, with what it is about")
            })
        }
        "div" => {
            mark(GROUP);
            (before & (TERM | SAID) != 0).then(|| mixed(child, false))
        }
        _ => None,
    }
}

fn mixed(child: &Placed, is_second: bool) -> Fault {
    match is_second {
        true => misplaced(
            child,
            "a <div> of <dl> has more than one group".into(),
            "a <div> for each <dt> with its <dd>",
        ),
        false => misplaced(
            child,
            "<dl> has groups in <div>, and others that are not".into(),
            "all of them in <div>, or none",
        ),
    }
}

fn figure(parent: &Placed, child: &Placed, before: Seen) -> Option<Fault> {
    // A caption; one that is not the first.
    let (caption, late) = (FIRST, SECOND);
    let message = if child.name() == "figcaption" {
        let place = if before & ANY == 0 {
            caption
        } else {
            caption | late
        };
        parent.seen.set(parent.seen.get() | place);
        (before & caption != 0).then_some("<figure> has two <figcaption>")
    } else {
        // Told once.
        parent.seen.set(parent.seen.get() & !late);
        (before & late != 0).then_some(NEITHER)
    };
    if let Some(message) = message {
        return Some(misplaced(child, message.to_owned(), ONE_CAPTION));
    }
    (child.name() == "figcaption" && parent.role.is_some()).then(|| {
        let message = "a <figure> with <figcaption> has a `role`".to_owned();
        misplaced(child, message, "no `role` on <figure>")
    })
}

const NEITHER: &str = "<figcaption> is neither the first in <figure> nor the last";
const ONE_CAPTION: &str = "one <figcaption>, first or last";

fn table(parent: &Placed, child: &Placed, before: Seen) -> Option<Fault> {
    let own = child.name();
    let (_, bit) = OF_TABLE.iter().find(|(name, _)| *name == own)?;
    parent.seen.set(parent.seen.get() | bit);
    let is_once = !matches!(own, "colgroup" | "tbody" | "tr");
    if is_once && before & bit != 0 {
        return Some(misplaced(child, format!("<table> has two <{own}>"), "one"));
    }
    let (later, _) = OF_TABLE
        .iter()
        .find(|(_, other)| other > bit && before & other != 0)?;
    let message = format!("<{own}> comes after <{later}>");
    let expected = "<caption>, <colgroup>, <thead>, <tbody> and <tfoot> in this order";
    Some(misplaced(child, message, expected))
}

fn picture(parent: &Placed, child: &Placed, before: Seen) -> Option<Fault> {
    // The image; a source that is always chosen.
    let (image, always) = (FIRST, SECOND);
    let own = child.name();
    let mark = |bits: Seen| parent.seen.set(parent.seen.get() | bits);
    let fault = |message: &str, expected| Some(misplaced(child, message.to_owned(), expected));
    let is_choice = own == "source" || own == "img" && child.is(HAS_SRCSET);
    let is_never_chosen = is_choice && before & always != 0;
    match own {
        "source" => {
            if !child.is(IS_SIFTED) {
                mark(always);
            }
            if before & image != 0 {
                return fault(
                    "<source> comes after the <img> of its <picture>",
                    "it before <img>",
                );
            }
            if child.is(HAS_SRC) || !child.is(HAS_SRCSET) {
                return fault(
                    "<source> in <picture> has no `srcset` alone",
                    "`srcset`, and no `src`",
                );
            }
        }
        "img" => {
            mark(image);
            if before & image != 0 {
                return fault("<picture> has two <img>", "one, as the last");
            }
        }
        _ => {}
    }
    match is_never_chosen {
        true => fault(
            "a <source> before this one has neither `media` nor `type`: it is always chosen",
            "`media` or `type` on each <source> but the last",
        ),
        false => None,
    }
}

fn media(parent: &Placed, child: &Placed, before: Seen) -> Option<Fault> {
    // A track; what is neither; a track to begin with.
    let (track, other, chosen) = (FIRST, SECOND, THIRD);
    let (own, around) = (child.name(), parent.name());
    let mark = |bits: Seen| parent.seen.set(parent.seen.get() | bits);
    let fault = |message: String, expected| Some(misplaced(child, message, expected));
    match own {
        "source" if parent.is(HAS_SRC) => fault(
            format!("<source> stands in <{around}> with `src`"),
            "`src`, or <source>",
        ),
        "source" if child.is(HAS_SRCSET) || !child.is(HAS_SRC) => fault(
            format!("<source> in <{around}> has no `src` alone"),
            "`src`, and no `srcset`",
        ),
        "source" if before & (track | other) != 0 => fault(
            format!("<source> is not the first in <{around}>"),
            "it before <track> and all else",
        ),
        "track" => {
            mark(track | if child.is(IS_DEFAULT) { chosen } else { 0 });
            if before & other != 0 {
                let message = format!("<track> comes after other content of <{around}>");
                return fault(message, "it before that");
            }
            if child.is(IS_DEFAULT) && before & chosen != 0 {
                let message = format!("two <track> of <{around}> have `default`");
                return fault(message, "`default` on one");
            }
            None
        }
        "source" => None,
        _ => {
            mark(other);
            None
        }
    }
}

/// Where in a ruby it is: no annotation since the last text; behind one; in brackets
/// that were opened, before the annotation and behind it.
const BARE: Seen = 0;
const ANNOTATED: Seen = FIRST;
const OPENED: Seen = SECOND;
const FILLED: Seen = THIRD;
const PLACES: Seen = ANNOTATED | OPENED | FILLED;

fn ruby(parent: &Placed, own: &str, before: Seen) -> Option<Fault> {
    let (place, is_good) = match (own, before & PLACES) {
        ("rt", OPENED) => (FILLED, true),
        ("rt", FILLED) => (FILLED, false),
        ("rt", _) => (ANNOTATED, true),
        ("rp", FILLED) => (ANNOTATED, true),
        ("rp", OPENED) => (OPENED, false),
        ("rp", _) => (OPENED, true),
        (_, OPENED | FILLED) => (BARE, false),
        _ => (BARE, true),
    };
    parent.seen.set(parent.seen.get() & !PLACES | place);
    (!is_good).then(|| {
        let message = "<rp> and <rt> do not take turns in <ruby>".to_owned();
        let expected = "<rt>, or <rp>, <rt> and <rp>, behind each text";
        Fault::new(message, expected, format!("<{own}"))
    })
}

/// Takes note of text in an element.
pub(super) fn take_text(parent: &Node) -> Option<Fault> {
    let before = parent.seen.get();
    parent.seen.set(before | ANY | TEXT);
    match parent.name() {
        "ruby" => parent.seen.set(parent.seen.get() & !PLACES | BARE),
        "audio" | "video" => parent.seen.set(parent.seen.get() | SECOND),
        "figure" => parent.seen.set(parent.seen.get() & !SECOND),
        _ => {}
    }
    let is_behind = parent.name() == "figure" && before & SECOND != 0;
    // Who has it knows, and all around.
    let mut around = parent.parent();
    while let Some(node) = around.filter(|node| node.seen.get() & TEXT == 0) {
        node.seen.set(node.seen.get() | TEXT);
        around = node.parent();
    }
    is_behind.then(|| Fault::new(NEITHER.to_owned(), ONE_CAPTION, "<figure".to_owned()))
}

/// What is missing in an element that ends.
pub(super) fn end(own: &Placed) -> Option<Fault> {
    let seen = own.seen.get();
    let has = |bits: Seen| seen & bits != 0;
    if has(WRONG) {
        return None;
    }
    let name = own.name();
    let is_group = name == "div" && own.is_in_dl();
    let (message, expected): (&str, &'static str) = match name {
        "dl" | "div" if has(FIRST) => ("the last <dt> has no <dd>", "<dd>, with what it means"),
        "div" if is_group && !has(SECOND | THIRD) => {
            ("a <div> of <dl> has no <dt> and no <dd>", "both in it")
        }
        "details" if !has(FIRST) => ("<details> has no <summary>", "<summary> as the first in it"),
        "picture" if !has(FIRST) => ("<picture> has no <img>", "<img> as the last in it"),
        "hgroup" if !has(FIRST) => ("<hgroup> has no heading", "one of <h1> to <h6> in it"),
        "ruby" if !has(ANNOTATED | OPENED | FILLED) => {
            ("<ruby> ends without an <rt>", "<rt> behind each text")
        }
        "ruby" if has(OPENED | FILLED) => (
            "an <rp> of <ruby> is missing",
            "<rp> before and behind <rt>",
        ),
        "optgroup" if !has(FIRST) && !own.is(HAS_LABEL) => {
            ("<optgroup> has no `label`", "`label`, or <legend> in it")
        }
        "option" if !has(TEXT) && !own.is(HAS_LABEL) => {
            ("<option> is empty", "a text in it, or `label`")
        }
        "title" if !has(TEXT) => ("<title> is empty", "what the page is about"),
        "head" if !has(FIRST) => ("the page has no <title>", "<title> in <head>"),
        _ => return None,
    };
    Some(Fault::new(message.to_owned(), expected, format!("<{name}")))
}
