//! What `check` finds in a site that can be built, and where.

use std::fs;
use std::path::Path;

use site_gen::{Checked, Options, Severity};

/// A picture that is a text.
const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\"/>";

fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let site = tempfile::tempdir().expect("a directory");
    let template = "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n\
        {% if page %}{{ page.content | safe }}{% else %}{{ section.content | safe }}{% endif %}\n\
        </body></html>\n";
    let base = [
        (
            "content/site.toml",
            "base_url = \"https://a.org\"\ntheme = \"t\"\n",
        ),
        ("themes/t/templates/index.html", template),
        ("themes/t/templates/page.html", template),
        ("themes/t/templates/section.html", template),
    ];
    for (file, text) in base.iter().chain(files) {
        let path = site.path().join(file);
        fs::create_dir_all(path.parent().expect("a path in the site")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    site
}

fn check(files: &[(&str, &str)]) -> Checked {
    site_gen::check(site(files).path(), &Options::default())
}

/// As in `content/a.md:3:1 warning: message`.
fn shown(checked: &Checked) -> Vec<String> {
    let show = |fault: &site_gen::Diagnostic| {
        let place = fault.place.as_ref();
        let place = place.map_or(String::new(), |place| {
            format!(":{}:{}", place.line, place.column)
        });
        let severity = fault.severity.name();
        format!(
            "{}{place} {severity}: {}",
            fault.file.display(),
            fault.message
        )
    };
    checked.diagnostics.iter().map(show).collect()
}

#[test]
fn images_without_a_text_are_found_and_decorative_ones_are_not() {
    let checked = check(&[
        ("content/p.svg", SVG),
        ("content/q.svg", SVG),
        (
            "content/_index.md",
            "+++\ntitle = \"x\"\n+++\n\nWords ![](p.svg) and ![a text](q.svg).\n\n\
             <img src=\"/p.svg\" alt=\"\">\n\n<p>\n<img src=\"/q.svg\">\n</p>\n",
        ),
    ]);
    assert_eq!(
        shown(&checked),
        [
            "content/_index.md:5:7 warning: this image has no alternative text",
            "content/_index.md:10:1 warning: the image `/q.svg` has no alternative text",
        ]
    );
    let suggestion = checked.diagnostics[0].suggestion.as_deref();
    assert!(suggestion.is_some_and(|suggestion| suggestion.contains("alt=\"\"")));
}

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
        "content/own.html:3:1 warning: `</div>` closes nothing that is open here",
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
    let expected = "themes/t warning: `</em>` closes nothing that is open here (on /a/ and 1 more: \
        `</em><p>One.</p>`)";
    assert_eq!(faults, [expected]);
}

#[test]
fn files_that_nothing_refers_to_are_found() {
    let checked = check(&[
        ("content/used.svg", SVG),
        ("content/unused.svg", SVG),
        (
            "content/post/index.md",
            "![x](beside.svg) {{ figure(src=\"deep/named.svg\") }}\n",
        ),
        ("content/post/beside.svg", SVG),
        ("content/post/deep/named.svg", SVG),
        ("content/post/left over.svg", SVG),
        ("content/favicon.ico", "x"),
        ("content/.well-known/security.txt", "x"),
        (
            "content/style.css",
            "p { background: url(/from%20style.svg) }",
        ),
        ("content/from style.svg", SVG),
        (
            "content/_index.md",
            "![x](/used.svg) <link rel=\"stylesheet\" href=\"https://a.org/style.css\">\n",
        ),
        (
            "themes/t/templates/shortcodes/figure.html",
            "<img src=\"{{ src }}\" alt=\"\">",
        ),
    ]);
    let unused: Vec<_> = shown(&checked)
        .into_iter()
        .filter(|fault| fault.ends_with("nothing refers to this file"))
        .collect();
    assert_eq!(
        unused,
        [
            "content/post/left over.svg warning: nothing refers to this file",
            "content/unused.svg warning: nothing refers to this file",
        ]
    );
}

#[test]
fn two_pages_of_one_address_are_an_error_that_names_both() {
    let checked = check(&[
        ("content/a.md", "+++\nslug = \"same\"\n+++\n"),
        ("content/b.md", "+++\nslug = \"same\"\n+++\n"),
    ]);
    let faults = shown(&checked);
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert!(
        faults[0].contains("content/a.md") && faults[0].contains("content/b.md"),
        "{faults:#?}"
    );
    assert_eq!(checked.diagnostics[0].severity, Severity::Error);
}

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
fn keys_of_other_generators_are_told_and_do_no_harm() {
    let text = "---\nsubject: x\ndate: 2015-02-25 12:00\nattendees: [Ada]\n---\nWords\n";
    let checked = check(&[("content/2015-02-25.md", text)]);
    assert_eq!(
        shown(&checked),
        [
            "content/2015-02-25.md:2:1 warning: `subject` means nothing here",
            "content/2015-02-25.md:4:1 warning: `attendees` means nothing here",
        ]
    );
    let suggestion = checked.diagnostics[0].suggestion.as_deref();
    assert_eq!(suggestion, Some("did you mean `title`?"));
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
        diagnostics: faults,
        links: Vec::new(),
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
        ]
    );
}
