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

/// A page that has nothing to complain of.
const TEMPLATE: &str =
    "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n</body></html>\n";

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
fn words_behind_a_fence_that_do_nothing_are_told() {
    let text = "```rust,linenos,hl_lines=[2],hl_lins=1\nfn a() {}\n\n```\n\n\
        ```rsut\nlet a;\n```\n\n\
        ```c,hl_lines=1-9,linenostart=x,title=a.c\nint a;\n```\n\n\
        ~~~ c,hide_lines=3-2,linenso\nint a;\n~~~\n\n\
        ```c linenos hl_lines=1\nint a;\n```\n\n\
        ```c,hl_lines=1,2,linenos=false\nint a;\n```\n";
    let checked = check(&[("content/a.md", text)]);
    assert_eq!(
        shown(&checked),
        [
            "content/a.md:1:17 warning: `hl_lines` cannot be `[2]`",
            "content/a.md:1:30 warning: `hl_lins` means nothing behind a fence",
            "content/a.md:6:4 warning: the language `rsut` is not known",
            "content/a.md:10:6 warning: `hl_lines` names line 9 of a block of 1",
            "content/a.md:10:19 warning: `linenostart` cannot be `x`",
            "content/a.md:10:33 warning: `title` means nothing behind a fence",
            "content/a.md:14:7 warning: `hide_lines` cannot be `3-2`",
            "content/a.md:14:22 warning: `linenso` means nothing behind a fence",
            "content/a.md:18:6 warning: `linenos hl_lines` means nothing behind a fence",
            "content/a.md:22:17 warning: `2` belongs to no key",
            "content/a.md:22:19 warning: `linenos` has no value",
        ]
    );
    let suggestions = checked.diagnostics.iter();
    let suggestions = suggestions.filter_map(|fault| fault.suggestion.as_deref());
    let suggestions: Vec<&str> = suggestions.collect();
    assert_eq!(
        suggestions,
        [
            "did you mean `hl_lines=2`?",
            "did you mean `hl_lines`?",
            "did you mean `rust`?",
            "did you mean `name`?",
            "did you mean `linenos`?",
            "a comma between keys",
        ]
    );
    assert!(
        checked
            .diagnostics
            .iter()
            .all(|fault| fault.expected.is_some())
    );
}

#[test]
fn words_behind_a_fence_that_are_for_others_are_left_alone() {
    let mut text = String::from(
        "```rust,linenos, linenostart=20,hl_lines=2-3 1,hide_lines=3,name=a=b\na\nb\nc\n```\n\n",
    );
    for info in [
        "",
        "text",
        "zone",
        "rust ignore",
        "rust,should_panic,edition2021",
        "mermaid",
        "console",
        "sh",
        "toml {.class #id}",
        "ocaml,skip",
        "dune",
        "raku",
        "vhdl",
        "markdown",
        "jsonc",
        "nginx",
        "asciidoc",
        "plain",
        "shell-session",
        "{.rust}",
        "caddy",
        "just",
        "kdl",
    ] {
        let body = if info == "mermaid" {
            "pie\n \"a\" : 1"
        } else {
            "x"
        };
        text.push_str(&format!("```{info}\n{body}\n```\n\n"));
    }
    let checked = check(&[("content/a.md", &text)]);
    assert_eq!(shown(&checked), [""; 0]);
}

#[test]
fn alerts_of_an_unknown_kind_are_told() {
    let text = "> [!WARN]\n> a\n\n> [!NOTE]\n> a\n\n> [!note]\n> a\n\n\
        > [!TIPP]\n> a\n\n> [!NOTE] Title\n> a\n\n\
        > \\[!WARN]\n\n> `[!WARN]`\n\n> [!x](https://b.org) a\n\n[!WARN]\n\n> a [!WARN]\n";
    let checked = check(&[("content/a.md", text)]);
    assert_eq!(
        shown(&checked),
        [
            "content/a.md:1:3 warning: there is no alert of the kind `WARN`",
            "content/a.md:10:3 warning: there is no alert of the kind `TIPP`",
            "content/a.md:13:3 warning: `[!NOTE]` begins no alert here",
        ]
    );
    let suggestion = checked.diagnostics[0].suggestion.as_deref();
    assert_eq!(suggestion, Some("did you mean `[!WARNING]`?"));
    let suggestion = checked.diagnostics[1].suggestion.as_deref();
    assert_eq!(suggestion, Some("did you mean `[!TIP]`?"));
}

#[test]
fn footnotes_and_labels_without_their_other_half_are_told() {
    let text = "A[^foo] b[^1], [the text][nolabel] and [A label][].\n\n\
        > ![a picture][no-such] x[^bra].\n\n\
        [the text][known] [known][] [known] c[^bar]\n\n\
        [known]: https://b.org/\n[^bar]: Note.\n";
    let checked = check(&[("content/a.md", text)]);
    assert_eq!(
        shown(&checked),
        [
            "content/a.md:1:2 warning: there is no footnote `foo` in this text",
            "content/a.md:1:10 warning: there is no footnote `1` in this text",
            "content/a.md:1:16 warning: there is no label `nolabel` in this text",
            "content/a.md:1:40 warning: there is no label `A label` in this text",
            "content/a.md:3:3 warning: there is no label `no-such` in this text",
            "content/a.md:3:26 warning: there is no footnote `bra` in this text",
        ]
    );
    let suggestion = checked.diagnostics[5].suggestion.as_deref();
    assert_eq!(suggestion, Some("did you mean `bar`?"));
}

#[test]
fn brackets_that_are_text_are_left_alone() {
    let text = "[x] [1] [ ] [x][y] [1][2] arr[i][j] `[a text][label]` `[^foo]` \\[^foo]\n\n\
        - [ ] todo\n- [x] done [sic] [...]\n\nCode:\n\n\x20   [a text][label] [^foo]\n\n\
        ```\n[a text][label] [^foo]\n```\n\n<p>[a text][label]</p>\n\n\
        matrix[row][column] and (see [Knuth][]), /[^a-z]+/ or [^abc]* and [^A-Za-z0-9]\n\n\
        int[][] x[key][other] [a][b][c] [package][dependencies]: \\[a text][label\\]\n\n\
        {{ figure(src=\"[^foo] [a text][label]\") }}\n\n[a (b)][c(d)] [^x] &#91;^foo]\n";
    let checked = check(&[
        ("content/a.md", text),
        (
            "themes/t/templates/shortcodes/figure.html",
            "<i>{{ src }}</i>",
        ),
    ]);
    let mut faults = shown(&checked);
    // It is meant, whoever Knuth is.
    faults.retain(|fault| !fault.contains("`Knuth`"));
    assert_eq!(faults, [""; 0]);
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
    let diagnostics = site_gen::build(site.path(), &Options::default()).unwrap_err();
    let links = Vec::new();
    assert_eq!(
        shown(&Checked { diagnostics, links }),
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
