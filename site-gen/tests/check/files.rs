//! Files and templates that nothing asks for, addresses that two have, terms that are one.

use site_gen::Severity;

use crate::{SVG, TEMPLATE, check, shown};

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
        ("static/_headers", "x"),
        ("static/_redirects", "x"),
        ("static/CNAME", "a.org"),
        ("static/sw.js", "x"),
        ("static/BingSiteAuth.xml", "<users><user>1</user></users>"),
        (
            "static/google0123456789abcdef.html",
            "google-site-verification: google0123456789abcdef.html",
        ),
        ("static/google.html", TEMPLATE),
        ("static/deep/_notes", "x"),
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
            "static/deep/_notes warning: nothing refers to this file",
            "static/google.html warning: nothing refers to this file",
        ]
    );
    let of_proof = |fault: &&site_gen::Diagnostic| fault.message.contains("google0");
    assert_eq!(checked.diagnostics.iter().find(of_proof), None);
}

#[test]
fn unused_templates_and_files_of_the_site_are_found() {
    let good = "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n\
        {% include \"part.html\" %}{{ page.content | safe }}\n</b>\n</body></html>\n";
    let checked = check(&[
        ("templates/page.html", good),
        ("templates/part.html", "<img src=\"/used.svg\" alt=\"\">"),
        ("templates/pagge.html", "x"),
        ("templates/shortcodes/used.html", "used"),
        ("templates/shortcodes/unused.html", "unused"),
        ("static/used.svg", SVG),
        ("static/unused.svg", SVG),
        ("static/robots.txt", "x"),
        ("content/a.md", "{{ used() }}\n"),
        ("content/b.md", "B.\n"),
    ]);
    let faults = shown(&checked);
    for expected in [
        "templates/page.html:5:1 warning: `</b>` closes nothing that is open here (on /a/ and 1 more: \
         `</b>`)",
        "static/unused.svg warning: nothing refers to this file",
        "templates/pagge.html warning: nothing asks for this template",
        "templates/shortcodes/unused.html warning: nothing asks for this template",
    ] {
        assert!(
            faults.iter().any(|fault| fault == expected),
            "{expected} in {faults:#?}"
        );
    }
    assert_eq!(faults.len(), 4, "{faults:#?}");
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
fn terms_that_are_one_are_told() {
    let of = |tags: &str| format!("+++\n[taxonomies]\ntags = [{tags}]\n+++\n");
    let (first, second) = (of("\"C\", \"Web Dev\""), of("\"c\", \"C++\", \"web-dev\""));
    let checked = check(&[
        (
            "content/site.toml",
            "base_url = \"https://a.org\"\ntheme = \"t\"\ntaxonomies = [{ name = \"tags\" }]\n",
        ),
        ("themes/t/templates/taxonomy_list.html", TEMPLATE),
        ("themes/t/templates/taxonomy_single.html", TEMPLATE),
        ("content/a.md", &first),
        ("content/b.md", &second),
    ]);
    let expected = "content/b.md:3:1 warning: `C++` is one with the term `C`, from content/a.md";
    assert_eq!(shown(&checked), [expected]);
}

#[test]
fn pages_of_a_day_to_come_are_told() {
    let checked = check(&[
        (
            "content/a.md",
            "+++\ntitle = \"x\"\ndate = 2999-01-01\n+++\na\n",
        ),
        ("content/b.md", "---\ndate: 2999-01-01T10:00:00Z\n---\na\n"),
        ("content/2999-01-02-c.md", "a\n"),
        (
            "content/d.md",
            "+++\ndate = 2999-01-01\ndraft = true\n+++\na\n",
        ),
        (
            "content/e.md",
            "+++\ndate = 2020-01-01\nextra.date = 2999-01-01\n+++\na\n",
        ),
    ]);
    assert_eq!(
        shown(&checked),
        [
            "content/2999-01-02-c.md:1:1 warning: 2999-01-02 is to come, and this page is published now",
            "content/a.md:3:1 warning: 2999-01-01 is to come, and this page is published now",
            "content/b.md:2:1 warning: 2999-01-01T10:00:00Z is to come, and this page is published now",
        ]
    );
}

#[test]
fn versions_in_a_language_that_is_not_there_are_told() {
    let config = "base_url = \"https://a.org\"\ntheme = \"t\"\n[languages.fr]\n";
    let checked = check(&[
        ("content/site.toml", config),
        ("content/_index.md", "a\n"),
        ("content/_index.de.md", "a\n"),
        ("content/_index.fr.md", "a\n"),
        ("content/about.ja.md", "a\n"),
        ("content/built.md", "a\n"),
        ("content/built.io.md", "a\n"),
        ("content/node.js.md", "a\n"),
        ("content/that.is.md", "a\n"),
        ("content/v1.5.md", "a\n"),
        ("content/a.rs.md", "a\n"),
    ]);
    let told = |file: &str, code: &str| {
        format!(
            "content/{file}:1:1 warning: the site has no language `{code}`, so this is no version in it"
        )
    };
    assert_eq!(
        shown(&checked),
        [
            told("_index.de.md", "de"),
            told("about.ja.md", "ja"),
            told("built.io.md", "io"),
        ]
    );
}

#[test]
fn drawings_and_bitmaps_that_are_broken_are_errors() {
    let checked = check(&[
        (
            "content/_index.md",
            "![a](bad.svg) ![b](bad.bmp) ![c](good.svg)\n",
        ),
        (
            "content/bad.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\"><g></svg>",
        ),
        ("content/bad.bmp", "BM"),
        ("content/good.svg", SVG),
    ]);
    assert_eq!(
        shown(&checked),
        [
            "content/_index.md:1:6 error: `bad.svg` is a broken SVG picture",
            "content/_index.md:1:20 error: `bad.bmp` is a broken BMP picture",
        ]
    );
    let text = "<img src=\"/bad.svg\" alt=\"a\">\n";
    let checked = check(&[
        ("content/_index.md", text),
        (
            "static/bad.svg",
            "<svg xmlns=\"http://www.w3.org/2000/svg\">",
        ),
    ]);
    assert_eq!(
        shown(&checked),
        ["static/bad.svg error: `bad.svg` is a broken SVG picture"]
    );
}
