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
