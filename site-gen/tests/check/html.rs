//! What is no valid HTML, told where it was written.

use crate::{check, shown};
use site_gen::{Checked, Severity};

#[test]
fn invalid_html_is_traced_to_the_markdown() {
    let checked = check(&[
        ("content/a.md", "# One\n\nText <b>bold.\n\nMore.\n"),
        (
            "content/b.md",
            "Fine.\n\n<div>\n\n- item\n\n</div>\n\n</section>\n",
        ),
        ("content/c.md", "# Same {#same}\n\n<p id=\"same\">x</p>\n"),
        (
            "content/own.html",
            "<!doctype html>\n<title>x</title>\n<p>x</div>\n",
        ),
        ("content/_index.md", "[own](/own.html)\n"),
    ]);
    let shown = shown(&checked);
    for expected in [
        "content/a.md:3:6 warning: <b> is not closed before `</p>`",
        "content/b.md:9:1 warning: `</section>` closes nothing that is open here",
        "content/c.md:3:8 warning: the id `same` is on this page already",
        "content/own.html:3:5 warning: `</div>` closes nothing that is open here",
    ] {
        assert!(
            shown.iter().any(|fault| fault == expected),
            "{expected} in {shown:#?}"
        );
    }
    assert!(
        checked
            .diagnostics
            .iter()
            .all(|fault| fault.severity == Severity::Warning)
    );
}

#[test]
fn a_fault_of_the_theme_is_told_once() {
    let broken = "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n\
        </em>{{ page.content | safe }}\n</body></html>\n";
    let checked = check(&[
        ("themes/t/templates/page.html", broken),
        ("content/a.md", "One.\n"),
        ("content/b.md", "Two.\n"),
    ]);
    let faults = shown(&checked);
    let expected = "themes/t/templates/page.html:4:1 warning: `</em>` closes nothing that is open here (on /a/ and 1 more: \
        `</em><p>One.</p>`)";
    assert_eq!(faults, [expected]);
}

/// As the line and the column of each, and what it begins with.
fn places(checked: &Checked) -> Vec<(usize, usize, &str)> {
    let faults = checked.diagnostics.iter();
    let place = |fault: &'_ site_gen::Diagnostic| {
        let place = fault.place.as_ref()?;
        Some((place.line, place.column))
    };
    let places = faults.map(|fault| (place(fault).unwrap_or((0, 0)), fault.message.as_str()));
    places
        .map(|((line, column), message)| (line, column, message))
        .collect()
}

#[test]
fn a_fault_of_html_is_not_told_of_what_is_like_it() {
    let text = "# A\n\nText.\n\n<div id=\"x\">1</div>\n\
        <ul><p>x</p></ul> <table><div>x</div></table>\n\n\
        <div align=left>1</div>\n\n<p>x</p>\n\n<font>a</font> <font>b</font>\n\n<font>a</font>\n";
    let expected = [
        (6, 5, "<p> cannot stand in <ul>"),
        (6, 26, "`<div>` cannot stand here"),
        (8, 6, "`align` is no attribute of <div> any more"),
        (12, 1, "<font> is no part of HTML any more"),
        (12, 16, "<font> is no part of HTML any more"),
        (14, 1, "<font> is no part of HTML any more"),
    ];
    let minified = (
        "content/site.toml",
        "base_url = \"https://a.org\"\ntheme = \"t\"\nminify_html = true\n",
    );
    for more in [None, Some(minified)] {
        let files: Vec<_> = [("content/a.md", text)].into_iter().chain(more).collect();
        let checked = check(&files);
        assert_eq!(places(&checked), expected);
    }
}

/// What markdown made has no place, but it is in something that has one.
#[test]
fn what_markdown_puts_into_html_is_told_at_the_html() {
    let text = "Text.\n\n<ul>\n\n- one\n\n</ul>\n\n<li>x</li>\n";
    let checked = check(&[("content/a.md", text)]);
    assert_eq!(
        places(&checked),
        [
            (3, 1, "<ul> cannot stand in <ul>"),
            (9, 1, "<li> cannot stand in <body>")
        ]
    );
}

/// What a theme does is not told of a text that has the same element.
#[test]
fn a_fault_of_a_theme_is_not_told_of_a_text() {
    let template = "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n\
        <center>t</center>\n<ul><div>n</div></ul>\n{{ page.content | safe }}\n</body></html>\n";
    let checked = check(&[
        ("themes/t/templates/page.html", template),
        ("content/a.md", "<div>fine</div>\n\n<center>mine</center>\n"),
        ("content/b.md", "<div>fine</div>\n"),
    ]);
    assert_eq!(
        shown(&checked),
        [
            "content/a.md:3:1 warning: <center> is no part of HTML any more",
            "themes/t/templates/page.html:4:1 warning: <center> is no part of HTML any more (on /a/ and 1 more: \
             `<center>t</center>`)",
            "themes/t/templates/page.html:5:5 warning: <div> cannot stand in <ul> (on /a/ and 1 more: \
             `<ul><div>n</div></ul>`)",
        ]
    );
}
