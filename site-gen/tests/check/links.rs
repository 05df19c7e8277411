//! Links that lead nowhere, and those to other sites.

use std::path::Path;

use site_gen::{Checked, Options};

use crate::{check, shown, site};

#[test]
fn links_to_other_sites_are_gathered_with_their_places() {
    let checked = check(&[
        (
            "content/a.md",
            "[x](https://b.org/one#part) [y](https://a.org/a/) <https://b.org/two>\n",
        ),
        ("content/b.md", "[x](https://b.org/one)\n"),
    ]);
    let links: Vec<_> = checked.links.iter().map(|link| link.url.as_str()).collect();
    assert_eq!(links, ["https://b.org/one", "https://b.org/two"]);
    let first = &checked.links[0];
    assert_eq!(first.file, Path::new("content/a.md"));
    assert_eq!(first.place.as_ref().map(|place| place.column), Some(5));
}

#[test]
fn links_to_nothing_are_errors_where_they_stand() {
    let text = "+++\ntitle = \"A\"\n+++\n\n[e](missing.pdf) [c](nowhere/)\n[d](../nope/)\n\n\
        <p>\n<img src=\"/nope.png\" alt=z>\n<a href=\"/nope/\">y</a> <a href='/b/#no'>z</a>\n</p>\n\n\
        Fine: [b](/b/#yes) [c](../b) [up](..) <a href=\"../b/?x\">z</a> <a href=\"#own\" id=own>o</a>\n";
    let site = site(&[
        ("content/a.md", text),
        ("content/b.md", "# Yes\n"),
        ("content/_index.md", ""),
    ]);
    let faults = site_gen::build(site.path(), &Options::default()).unwrap_err();
    let checked = Checked {
        diagnostics: faults.diagnostics,
        ..Checked::default()
    };
    assert_eq!(
        shown(&checked),
        [
            "content/a.md:5:5 error: nothing is served under `/a/missing.pdf`",
            "content/a.md:5:22 error: nothing is served under `/a/nowhere/`",
            "content/a.md:6:5 error: nothing is served under `/nope/`",
            "content/a.md:9:11 error: nothing is served under `/nope.png`",
            "content/a.md:10:10 error: nothing is served under `/nope/`",
            "content/a.md:10:33 error: `/b/` has no anchor `#no`",
        ]
    );
}

#[test]
fn links_of_templates_are_followed() {
    let template = "<!doctype html>\n<html lang=\"en\"><head><title>x</title>\n\
        <link rel=\"icon\" href=\"/no.ico\"></head>\n<body>\n\
        <a href=\"/\">h</a> <a href=\"https://a.org/gone/\">g</a> <a href=\"#main\">m</a>\n\
        <a href=\"/b#yes\">b</a> <a href=\"{{ page.path }}x\">x</a>\n\
        <a href=\"{{ get_url(path='zz.css') }}\">z</a>\n\
        {{ page.content | safe }}\n</body></html>\n";
    let checked = check(&[
        ("themes/t/templates/page.html", template),
        (
            "themes/t/templates/shortcodes/figure.html",
            "<img src=\"{{ src }}\" alt=\"\">",
        ),
        ("content/a.md", "Text {{ figure(src=\"none.png\") }}\n"),
        ("content/b.md", "# Yes\n"),
    ]);
    assert_eq!(
        shown(&checked),
        [
            "content/a.md:1:21 error: nothing is served under `/a/none.png` (`none.png` on /a/)",
            "themes/t error: nothing is served under `/a/x` (`/a/x` on /a/)",
            "themes/t error: nothing is served under `/b/x` (`/b/x` on /b/)",
            "themes/t/templates/page.html:3:24 error: nothing is served under `/no.ico` \
             (`/no.ico` on /a/ and 1 more)",
            "themes/t/templates/page.html:5:28 error: nothing is served under `/gone/` \
             (`https://a.org/gone/` on /a/ and 1 more)",
            "themes/t/templates/page.html:5:64 warning: this page has no anchor `#main` \
             (on /a/ and 1 more)",
            "themes/t/templates/page.html:7:27 error: nothing is served under `/zz.css` \
             (`/zz.css` on /a/ and 1 more)",
        ]
    );
}

#[test]
fn addresses_of_the_site_that_lead_nowhere_are_errors_where_they_stand() {
    let site = site(&[
        (
            "content/a.md",
            "Text.\n\n[old](https://a.org/gone/) [b](https://a.org/b/#no) <https://a.org/b/>\n",
        ),
        ("content/b.md", "# Yes\n"),
        (
            "content/_index.md",
            "x <a href=\"https://a.org/lost\">y</a> [o](https://a.org.net/x)\n",
        ),
    ]);
    let faults = site_gen::build(site.path(), &Options::default()).unwrap_err();
    let checked = Checked {
        diagnostics: faults.diagnostics,
        ..Checked::default()
    };
    assert_eq!(
        shown(&checked),
        [
            "content/_index.md:1:12 error: nothing is served under `/lost`",
            "content/a.md:3:7 error: nothing is served under `/gone/`",
            "content/a.md:3:32 error: `/b/` has no anchor `#no`",
        ]
    );
}

#[test]
fn what_lies_beside_is_suggested() {
    let site = site(&[
        (
            "content/blog/a.md",
            "[x](x.PNG) [y](b.html) [z](abuot.md) [w](/blog/b.html) [v](../about.html)\n",
        ),
        ("content/blog/b.md", ""),
        ("content/blog/x.png", "x"),
        ("content/blog/about.md", ""),
    ]);
    let faults = site_gen::build(site.path(), &Options::default()).unwrap_err();
    let suggestions = faults
        .iter()
        .map(|fault| fault.suggestion.as_deref().unwrap_or_default());
    let suggestions: Vec<&str> = suggestions.collect();
    assert_eq!(
        suggestions,
        [
            "did you mean `x.png`?",
            "did you mean `b.md`?",
            "did you mean `blog/about.md`?",
            "did you mean `b.md`?",
            "did you mean `about.md`?",
        ]
    );
}

#[test]
fn links_to_drafts_say_so() {
    let checked = check(&[
        (
            "content/_index.md",
            "[a](draft.md) [b](@/draft.md) [c](/draft/) [d](draft)\n",
        ),
        ("content/draft.md", "+++\ndraft = true\n+++\na\n"),
    ]);
    let message = "`draft.md` is a draft, and no part of the site";
    assert_eq!(
        shown(&checked),
        [
            format!("content/_index.md:1:5 error: {message}"),
            format!("content/_index.md:1:19 error: {message}"),
            format!("content/_index.md:1:35 error: {message}"),
            format!("content/_index.md:1:48 error: {message}"),
        ]
    );
}

#[test]
fn what_leads_to_another_site_but_for_its_beginning_is_suggested() {
    let checked = check(&[("content/_index.md", "[a](www.b.org) [c](mailto;d@e.org)\n")]);
    let suggestions = checked.diagnostics.iter();
    let suggestions = suggestions.filter_map(|fault| fault.suggestion.as_deref());
    assert_eq!(
        suggestions.collect::<Vec<_>>(),
        [
            "did you mean `https://www.b.org`?",
            "did you mean `mailto:d@e.org`?",
        ]
    );
}
