//! Faults that are more than are told.

use site_gen::limits::MAX_DIAGNOSTICS;
use site_gen::{More, Options, Severity};

use crate::{check, site};

/// Pages with more faults than are told, each of which is a piece of text.
fn many(piece: &str) -> Vec<(String, String)> {
    let text = format!("{piece}\n\n").repeat(MAX_DIAGNOSTICS / 2 + 1);
    let page = |name: &str| (format!("content/{name}.md"), text.clone());
    vec![page("a"), page("b")]
}

/// The same, and one page behind them.
fn and(mut pages: Vec<(String, String)>, last: &str) -> Vec<(String, String)> {
    pages.push(("content/z.md".to_owned(), last.to_owned()));
    pages
}

fn files(pages: &[(String, String)]) -> Vec<(&str, &str)> {
    let pages = pages.iter();
    pages
        .map(|(file, text)| (file.as_str(), text.as_str()))
        .collect()
}

#[test]
fn warnings_do_not_hide_an_error() {
    let pages = and(many("![](/x.svg)"), "[x](@/nope.md)\n");
    let mut files = files(&pages);
    files.push(("static/x.svg", crate::SVG));
    let checked = check(&files);
    assert_eq!(checked.diagnostics.len(), MAX_DIAGNOSTICS);
    let last = checked.diagnostics.last().expect("faults");
    assert_eq!(last.severity, Severity::Error);
    assert_eq!((checked.more.errors, checked.more.warnings), (0, 3));
}

#[test]
fn errors_of_one_kind_do_not_hide_another() {
    let pages = and(many("[x](/nope/)"), "[y](a.md#no)\n");
    let faults = site_gen::build(site(&files(&pages)).path(), &Options::default()).unwrap_err();
    let last = faults.last().expect("faults");
    assert_eq!(last.message, "`a.md` has no anchor `#no`");
    let more = More {
        errors: 3,
        warnings: 0,
    };
    assert_eq!(faults.more, more);
}

#[test]
fn html_of_one_kind_does_not_hide_another() {
    let pages = and(
        many("<center>x</center>"),
        "<p id=\"q\"></p><p id=\"q\"></p>\n",
    );
    let checked = check(&files(&pages));
    let last = checked.diagnostics.last().expect("faults");
    assert!(last.message.contains("`q`"), "{last}");
    assert_eq!((checked.more.errors, checked.more.warnings), (0, 3));
}
