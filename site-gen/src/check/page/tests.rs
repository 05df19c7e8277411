mod pieces;

use proptest::prelude::*;

use super::*;
use crate::limits::MAX_DIAGNOSTICS;
use pieces::{PIECES, page};

fn faults(body: &str) -> Vec<String> {
    let page = Page::read("/a/", page(body).as_bytes());
    let show = |fault: &Fault| format!("{}: {}", fault.line, fault.message);
    page.faults.iter().map(show).collect()
}

#[test]
fn what_is_wrong_is_what_the_checker_of_the_w3c_finds_wrong() {
    let lines = PIECES.iter().flat_map(|text| text.lines());
    for line in lines.filter(|line| !line.starts_with('#')) {
        let (sign, rest) = line.split_at(2);
        let (told, piece) = match sign {
            "- " | "* " => rest.split_once(" | ").unwrap(),
            _ => ("", rest),
        };
        let page = Page::read("/a/", page(piece).as_bytes());
        let first = page.faults.first().map(|fault| fault.message.as_str());
        assert_eq!(first.unwrap_or_default(), told, "{piece}");
    }
}

/// Each fault had a copy of its line, which may be all of the page.
#[test]
fn a_line_may_have_many_faults() {
    let body = "</b>".repeat(100_000);
    let page = Page::read("/a/", body.as_bytes());
    assert_eq!(page.faults.len(), MAX_DIAGNOSTICS);
    let (first, last) = (&page.faults[0].line, &page.faults[MAX_DIAGNOSTICS - 1].line);
    assert!(Arc::ptr_eq(first, last) && **first == *body);
}

/// The parser's time grows with the depth, for each tag.
#[test]
fn what_is_nested_without_end_is_told_once() {
    let distinct = |number: usize| format!("<b a={number}>");
    for (body, number) in [
        ("<div>".repeat(20_000), 1),
        ((0..20_000).map(distinct).collect(), 1),
        (
            (0..20_000)
                .map(|n| format!("<i><p>{}</i>", distinct(n)))
                .collect(),
            1,
        ),
        (
            (0..20_000)
                .map(|n| format!("<div>{}</div>", distinct(n)))
                .collect(),
            1,
        ),
        (
            "<p>".to_owned() + &(0..300).map(distinct).collect::<String>() + &"<p>x".repeat(20_000),
            1,
        ),
        ("<table><tr><td>".repeat(20_000), 1),
        ("<ul><li>".repeat(20_000), 1),
        ("<tr><td>x".repeat(20_000) + &"</i>".repeat(20_000), 0),
        ("<ul>".to_owned() + &"<li>x".repeat(20_000) + "</ul>", 0),
        ("<p>x".repeat(20_000), 0),
        ("<p>a <b>b</b> <i>c</i></p>".repeat(20_000), 0),
        ("<div>".repeat(500) + "x" + &"</div>".repeat(500), 0),
    ] {
        let body = format!("{body}<script>a < b, '<a href=no>'</script><a href=last>x</a>");
        let page = Page::read("/a/", body.as_bytes());
        let faults = page.faults.iter();
        let deep = faults.filter(|fault| fault.message.contains("too deeply"));
        let start: String = body.chars().take(60).collect();
        assert_eq!(deep.count(), number, "{start}");
        assert_eq!(page.references, ["last"], "{start}");
    }
}

#[test]
fn valid_pages_have_no_faults() {
    for body in [
        "<p>one<p>two",
        "<ul><li>a<li>b</ul>",
        "<img src=x alt=''>",
        "<table><tr><td>1</table>",
        "<svg viewBox='0 0 1 1'><path d='M0 0'/></svg>",
        "<script>if (a < b) { c(); }</script><p>after</p>",
        "<p>a &amp; b &lt; c",
        "<math><mi>x</mi></math>",
    ] {
        assert_eq!(faults(body), [""; 0], "{body}");
    }
}

#[test]
fn what_is_not_valid_is_told_with_its_tag() {
    for (body, expected) in [
        ("<p>x</div>", "`</div>` closes nothing that is open here"),
        (
            "<p><div>x</div></p>",
            "`</p>` closes nothing that is open here",
        ),
        ("<b>x", "<b> is not closed before `</body>`"),
        ("<p>x <i>y</p>", "<i> is not closed before `</p>`"),
        ("<div/>x</div>", "`<div/>` does not close <div>"),
        ("<p a=1 a=2>x", "an element has an attribute twice"),
        (
            "<i id=x></i><i id=x></i>",
            "the id `x` is on this page already",
        ),
        (
            "<img src=a.png>",
            "the image `a.png` has no alternative text",
        ),
        ("<table><p>x</table>", "`<p>` cannot stand here"),
        ("<p>&nosuch; x", "a character reference that is none"),
    ] {
        let faults = faults(body);
        assert!(
            faults.iter().any(|fault| fault.contains(expected)),
            "{body}: {faults:?}"
        );
        assert!(
            faults[0].starts_with(body) || expected.contains("before `</body>`"),
            "{faults:?}"
        );
    }
}

#[test]
fn references_of_all_kinds_are_found() {
    let page = "<a href='/x'></a><img srcset='a.png 1x, b.png 2x' src=c.png alt=''>\
        <video poster=p.jpg></video><link rel=preconnect href='https://no.org'>\
        <meta property=og:image content='https://a.org/m.png'>\
        <style>/* url(no.png) */ @import 'd.css'; p { background: url(e.png) }</style><p style='x: url(f.png)'>";
    let mut references = Page::read("/", page.as_bytes()).references;
    references.sort();
    let expected = [
        "/x",
        "a.png",
        "b.png",
        "c.png",
        "d.css",
        "e.png",
        "f.png",
        "https://a.org/m.png",
        "p.jpg",
    ];
    assert_eq!(references, expected);
}

/// What the parser takes, and the standard forbids; and what is told of it.
const FORBIDDEN: &[(&str, &str)] = &[
    (
        "x\u{7}y",
        "the control character U+0007 cannot stand in a page",
    ),
    ("<ul><p>x</p></ul>", "<p> cannot stand in <ul>"),
    ("<ul>text</ul>", "text cannot stand directly in <ul>"),
    ("<dl><div><p>x</p></div></dl>", "<p> cannot stand in <div>"),
    (
        "<dl>x<dt>a</dt><dd>b</dd></dl>",
        "text cannot stand directly in <dl>",
    ),
    ("<div><li>x</li></div>", "<li> cannot stand in <div>"),
    ("<center>x</center>", "<center> is no part of HTML any more"),
    (
        "<font color=red>x</font>",
        "<font> is no part of HTML any more",
    ),
    ("<foo>x</foo>", "there is no element <foo>"),
    (
        "<p align=center>x</p>",
        "`align` is no attribute of <p> any more",
    ),
    ("<p foo=1>x</p>", "<p> has no attribute `foo`"),
    (
        "<label for=\"none\">x</label>",
        "`for` names `none`, and nothing has this id",
    ),
    (
        "<label for=d>x</label><div id=d></div>",
        "`for` names `d`, which is no field",
    ),
    (
        "<label for=d>x</label><input type=hidden id=d>",
        "`for` names `d`, which is no field",
    ),
    (
        "<label>x <label>y</label></label>",
        "<label> cannot stand in <label>",
    ),
    ("<span><div>x</div></span>", "<div> cannot stand in <span>"),
    (
        "<span><x-foo><div>x</div></x-foo></span>",
        "<div> cannot stand in <x-foo>",
    ),
    ("<h1><div>x</div></h1>", "<div> cannot stand in <h1>"),
    (
        "<a href=x><button>y</button></a>",
        "<button> cannot stand in <a>",
    ),
    (
        "<button><a href=x>y</a></button>",
        "<a> cannot stand in <button>",
    ),
    (
        "<a href=x><span tabindex=0>y</span></a>",
        "<span> with `tabindex` cannot stand in <a>",
    ),
    (
        "<table><tr><th><h2>x</h2></th></tr></table>",
        "<h2> cannot stand in <th>",
    ),
    (
        "<table><tr><td headers=no>x</td></tr></table>",
        "`headers` names `no`, and no <th> of this table has this id",
    ),
    (
        "<table width=1><tr><td>x</td></tr></table>",
        "`width` is no attribute of <table> any more",
    ),
    ("<select><p>x</p></select>", "<p> cannot stand in <select>"),
    (
        "<input list=no>",
        "`list` names `no`, and nothing has this id",
    ),
    (
        "<input form=no>",
        "`form` names `no`, and nothing has this id",
    ),
    (
        "<input type=chekbox>",
        "there is no <input> of the type `chekbox`",
    ),
    (
        "<picture><p>x</p><img src=x alt=x></picture>",
        "<p> cannot stand in <picture>",
    ),
    (
        "<div><source srcset=x></div>",
        "<source> cannot stand in <div>",
    ),
    (
        "<div><figcaption>x</figcaption></div>",
        "<figcaption> cannot stand in <div>",
    ),
    (
        "<div><summary>x</summary></div>",
        "<summary> cannot stand in <div>",
    ),
    (
        "<address><h2>x</h2></address>",
        "<h2> cannot stand in <address>",
    ),
    (
        "<header><div><footer>x</footer></div></header>",
        "<footer> cannot stand in <header>",
    ),
    (
        "<article><main>x</main></article>",
        "<main> cannot stand in <article>",
    ),
    ("<meter>x</meter>", "<meter> has no `value`"),
    ("<img alt=x>", "<img> has no `src` and no `srcset`"),
    ("<p><style>a{}</style></p>", "<style> cannot stand in <p>"),
    (
        "<p><link rel=icon href=x></p>",
        "<link> cannot stand in <p>",
    ),
    (
        "<div aria-lable=x>x</div>",
        "there is no attribute `aria-lable`",
    ),
    ("<div role=buton>x</div>", "there is no role `buton`"),
    (
        "<div role=group aria-labelledby=no>x</div>",
        "`aria-labelledby` names `no`, and nothing has this id",
    ),
    (
        "<p id=a>x</p><div role=group aria-describedby=\"a no\">x</div>",
        "`aria-describedby` names `no`, and nothing has this id",
    ),
    (
        "<svg role=img aria-labelledby=no></svg>",
        "`aria-labelledby` names `no`, and nothing has this id",
    ),
    ("<p id=\"a b\">x</p>", "`id` cannot be `a b`"),
];

#[test]
fn what_stands_where_it_may_not_is_told_once() {
    for (body, expected) in FORBIDDEN {
        let faults = faults(body);
        let [fault] = &faults[..] else {
            panic!("{body}: {faults:?}");
        };
        assert!(
            fault.ends_with(expected) || fault.contains(expected),
            "{body}: {fault}"
        );
    }
}

/// What the standard allows, as its makers' own checker agrees.
const ALLOWED: &[&str] = &[
    "<ul><li>a<li>b</ul>",
    "<ul><script>1</script><li>a</li><template></template></ul>",
    "<menu><li>a</li></menu>",
    "<dl><dt>a<dd>b</dl>",
    "<dl><div><dt>a</dt><dd>b</dd></div></dl>",
    "<label for=\"d\">x</label><input id=d>",
    "<label>x <input></label>",
    "<a href=x><div>x</div></a>",
    "<h2><span>x</span></h2>",
    "<a href=x><input type=hidden></a>",
    "<a href=x><img src=x alt=x></a>",
    "<table><tr><td>x</table>",
    "<table><caption>x</caption><thead><tr><th>x</th></tr></thead><tbody><tr><td>y</td></tr></tbody></table>",
    "<table><tr><th id=h1>a</th><td headers=\"h1\">x</td></tr></table>",
    "<select><option>a</option><optgroup label=x><option>b</option></optgroup><hr></select>",
    "<datalist id=l><option>x</datalist><input list=l>",
    "<form id=f></form><input form=f>",
    "<picture><source srcset=x><img src=x alt=x></picture>",
    "<video controls src=x><track src=x><p>x</p></video>",
    "<video controls><source src=x><p>x</p></video>",
    "<p><video controls src=x><span>x</span></video>",
    "<audio controls><source src=x></audio>",
    "<figure><img src=x alt=x><figcaption>x</figcaption></figure>",
    "<figure><p>x</p></figure>",
    "<details><summary>x</summary>y</details>",
    "<details><summary><h2>x</h2></summary>y</details>",
    "<fieldset><legend>x</legend><input></fieldset>",
    "<fieldset><legend><h2>x</h2></legend></fieldset>",
    "<ruby>x<rp>(</rp><rt>y</rt><rp>)</rp></ruby>",
    "<hgroup><h1>x</h1><p>y</p></hgroup>",
    "<address><p>x</p></address>",
    "<main>x</main>",
    "<div><main>x</main></div>",
    "<meter value=1>x</meter>",
    "<x-foo bar=1 align=x>x</x-foo>",
    "<x-foo><div>x</div></x-foo>",
    "<p><x-foo>x</x-foo></p>",
    "<div data-x=1 aria-label=x onclick=\"a()\" role=group>x</div>",
    "<img src=x alt=x border=0>",
    "<img srcset=\"x 1x\" alt=x>",
    "<ol type=a start=3 reversed><li value=2>x</li></ol>",
    "<iframe src=x allowfullscreen allow=\"fullscreen\" loading=lazy title=x></iframe>",
    "<iframe src=x width=560 height=315></iframe>",
    "<a href=x target=_blank rel=noopener>y</a>",
    "<style>a{}</style>",
    "<link rel=stylesheet href=x>",
    "<p><link rel=stylesheet href=x></p>",
    "<script>1</script>",
    "<script language=javascript>1</script>",
    "<noscript><img src=x alt=x></noscript>",
    "<noscript><div>x</div></noscript>",
    "<object data=x><p>x</p></object>",
    "<embed src=x foo=bar>",
    "<map name=m><area href=x alt=y shape=default></map>",
    "<canvas width=1 height=1><p>x</p></canvas>",
    "<time datetime=\"2020-01-01\">x</time>",
    "<bdo dir=rtl>x</bdo>",
    "<output for=\"a\">x</output><input id=a>",
    "<button popovertarget=p>x</button><div id=p popover>x</div>",
    "<dialog open>x</dialog>",
    "<search><form></form></search>",
    "<template><li>x</li></template>",
    "<slot name=x>y</slot>",
    "<svg viewBox=\"0 0 1 1\" role=img aria-labelledby=t><title id=t>x</title><path d=\"M0 0\"/></svg>",
    "<p><svg viewBox=\"0 0 1 1\"><foreignObject width=1 height=1><div>x</div></foreignObject></svg></p>",
    "<math><mi>x</mi><mtext>a</mtext></math>",
    "<textarea rows=2 cols=3>x</textarea>",
    "<input type=text placeholder=x autocomplete=off spellcheck=false enterkeyhint=go inputmode=text>",
    "<p itemscope itemtype=\"https://schema.org/Thing\"><span itemprop=name>x</span></p>",
    "<div class=a id=b title=c lang=en dir=ltr hidden inert draggable=true contenteditable translate=no>x</div>",
    "<p xml:lang=en lang=en>x</p>",
    "<pre><code>x</code></pre>",
    "<blockquote cite=x><p>x</p></blockquote>",
    "<p><ul><li>x</li></ul>",
    "<p>a<table><tr><td>x</td></tr></table>",
    "<section><h2>x</h2></section>",
    "<nav><ul><li><a href=x>y</a></li></ul></nav>",
    "<ins><p>x</p></ins>",
    "<p><del>x</del></p>",
    "<button type=submit name=a value=b disabled>x</button>",
    "<button><svg viewBox=\"0 0 1 1\"><path d=\"M0 0\"/></svg></button>",
    "<label><select><option>x</option></select></label>",
    "<kbd><kbd>x</kbd></kbd>",
    "<p><object data=x><span>x</span></object></p>",
    "<h3><a href=x>y</a></h3>",
    "<h3><button>x</button></h3>",
    "<figure class=diagram tabindex=0><svg viewBox=\"0 0 1 1\"><style>a{}</style></svg></figure>",
    "<input type=checkbox disabled checked>",
    "<p hidden=\"until-found\">x</p>",
    "<p popover=manual>x</p>",
    "<details name=x open><summary>a</summary></details>",
    "<form role=search action=/x method=get accept-charset=utf-8 novalidate autocomplete=on><input name=q type=search required minlength=1></form>",
    "<ul role=list><li>x</li></ul>",
    "<p><blockquote>x</blockquote>",
    "<sup class=\"footnote-reference\" id=\"fr-1\"><a href=\"#fn-1\">1</a></sup>",
    "<p class=a><input type=radio name=a><span>x</span></p>",
    "<select multiple size=3 required><option selected>x</option></select>",
    "<button commandfor=d command=show-modal>x</button><dialog id=d>x</dialog>",
    "<div writingsuggestions=false>x</div>",
    "<a href=x><video src=y></video></a>",
    "<dl><dt>x</dt><dd><h2>y</h2></dd></dl>",
    "<label for=x>a</label><x-in id=x></x-in>",
    "<label for=x>a</label><meter id=x value=1></meter>",
    "<div aria-owns=\"a\">x</div><p id=a>y</p>",
];

#[test]
fn what_the_standard_allows_is_no_fault() {
    for body in ALLOWED {
        assert_eq!(faults(body), [""; 0], "{body}");
    }
}

/// One fault has no other ones behind it.
#[test]
fn what_follows_from_a_fault_is_none() {
    for body in [
        "<p>one <b>two</p>\n<p>three</p></b>",
        "<font><div>x</div></font>",
        "<ul><foo><li>x</li></foo></ul>",
        "<table><div>x</div></table>",
    ] {
        let faults = faults(body);
        let follows = |fault: &String| fault.contains("cannot stand in");
        assert!(!faults.iter().any(follows), "{body}: {faults:?}");
        assert_eq!(faults.len(), 1, "{body}: {faults:?}");
    }
}

/// Neither the parser of CSS nor what looks at tables takes longer, or more memory, the
/// deeper or wider these are.
#[test]
fn hostile_pieces_are_read_in_time() {
    let cells = "<td rowspan=9 colspan=1000>x".repeat(200);
    let headers = format!("<td headers=\"{}\">x", "a ".repeat(50_000));
    for body in [
        format!("<p style=\"width:{}\">x</p>", "calc(".repeat(10_000)),
        format!("<style>{}</style>", "a{".repeat(20_000)),
        format!("<style>a{{b:{}1}}</style>", "not ".repeat(10_000)),
        format!("<p style=\"{}\">x</p>", "colr:red;".repeat(5_000)),
        format!("<table>{}</table>", format!("<tr>{cells}").repeat(50)),
        format!("<table>{}</table>", format!("<tr>{headers}").repeat(20)),
        format!("<img alt=x src=x srcset=\"{}\">", "a 1w, ".repeat(5_000)),
        format!("<select required>{}</select>", "<option>".repeat(20_000)),
        format!(
            "<div role=list>{}</div>",
            "<p role=listitem>x".repeat(20_000)
        ),
        format!("<a href=\"{}\">x</a>", "%".repeat(100_000)),
    ] {
        let started = std::time::Instant::now();
        let page = Page::read("/a/", page(&body).as_bytes());
        let start: String = body.chars().take(60).collect();
        assert!(page.faults.len() <= MAX_DIAGNOSTICS, "{start}");
        assert!(started.elapsed().as_secs() < 20, "{start}");
    }
}

proptest! {
    /// Where each fault is does not change what is one.
    #[test]
    fn a_page_read_in_pieces_has_the_same_faults(
        html in "(<(p|ul|li|div|b|a href=x|table|td|select|svg|script|title|!--|x-y|font a=b id=c for=d)>|</(p|ul|b|a|table|svg|script|title)>|-->|[a&;<>\"' =é\n]|&amp;|&nosuch;|<p id=a a='>' a>){0,40}"
    ) {
        let plain = Page::read("/", html.as_bytes());
        let located = Located::read(html.as_bytes());
        let told = |faults: &[Fault]| -> Vec<String> {
            let mut told: Vec<_> = faults.iter().map(|fault| fault.message.clone()).collect();
            told.sort();
            // A text comes in one piece or in several.
            told.dedup();
            told
        };
        prop_assert_eq!(told(&plain.faults), told(&located.faults));
        for fault in &located.faults {
            prop_assert!(html.get(fault.at.clone()).is_some(), "{:?}", fault);
            prop_assert!(fault.narrow(&html).end <= html.len());
        }
    }
}

/// Each is compared with all that there are.
#[test]
fn unknown_names_may_be_many() {
    let many: String = (0..20_000)
        .map(|n| format!("<p colr{}=1>", "x".repeat(n % 9)))
        .collect();
    let faults = faults(&many);
    assert_eq!(faults.len(), MAX_DIAGNOSTICS);
}

/// What is not closed is all that is told of it, however much follows.
#[test]
fn what_is_not_closed_is_told_where_it_begins() {
    for (body, told) in [
        (
            "<main>\n<b>x\n<p>y</p>\n<p>z</p>\n</main>\n<p>w</p>",
            vec!["<b>x: <b> is not closed before `</main>`"],
        ),
        (
            "<main>\n<span>x\n<ul><li>y</ul>\n<a href=x><div>z</div></a></main>",
            vec!["<span>x: <span> is not closed before `</main>`"],
        ),
        (
            "<main>\n<a href=x>x\n<p>y</p>\n<a href=y>z</a>\n</main>\n<a href=x>x</a>",
            vec!["<a href=x>x: <a> is not closed before `<a>`"],
        ),
        (
            "<p><a href=x>x</p>\n<p><a href=y>z</a>\n</p>",
            vec!["<p><a href=x>x</p>: <a> is not closed before `</p>`"],
        ),
        (
            "<main>\n<h2>x\n<h2>y</h2>\n</main>",
            vec!["<h2>x: <h2> is not closed before `<h2>`"],
        ),
        (
            "<main>\n<ul>\n<li>x\n<p>y</p>\n</main>",
            vec!["<ul>: <ul> is not closed before `</main>`"],
        ),
        (
            "<main>\n<ul>\n<p>y</p>x\n</main>",
            vec!["<ul>: <ul> is not closed before `</main>`"],
        ),
        (
            "<main>\n<table>\n<tr><td>x\n<p>y</p>\n</main><p>x</p>",
            vec!["<table>: <table> is not closed before `</main>`"],
        ),
        (
            "<main>\n<table>\n<tr><td>x</tr>\n<p>y</p>\n</main><p>x</p>",
            vec!["<table>: <table> is not closed before `</main>`"],
        ),
        (
            "<main>\n<form>\n<form>x</form></main>",
            vec!["<form>x</form></main>: `<form>` cannot stand here"],
        ),
    ] {
        assert_eq!(faults(body), told, "{body}");
    }
    // There are more than are told of one page.
    let body = format!(
        "<main>\n<b>x\n{}</main>",
        "<p>y</p>\n".repeat(2 * MAX_DIAGNOSTICS)
    );
    assert_eq!(faults(&body), ["<b>x: <b> is not closed before `</main>`"]);
}
