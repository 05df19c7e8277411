//! Faults of the configuration, which may say anything in their places.

use super::{CONFIG, OTHER, faults, tells};

#[test]
fn a_fault_of_the_configuration_hides_no_link() {
    for (lines, told) in [
        (
            "titel = 1\n",
            &["site.toml:3: unknown key `titel` in the configuration"][..],
        ),
        ("title = 1\n", &["site.toml:3: `title` is a whole number"]),
        (
            "title =\n",
            &["site.toml:3: bad TOML: string values must be quoted, expected literal string"],
        ),
        (
            "[extra\na = 1\n",
            &["site.toml:3: bad TOML: unclosed table, expected `]`"],
        ),
        (
            "minify_html = 1\n[markdown]\nhighlight_theme = \"x\"\nsmart_punctuation = 1\n[images]\nwidth = 1\n",
            &[
                "site.toml:3: `minify_html` is a whole number",
                "site.toml:5: there is no key `highlight_theme` here, as there is in Zola",
                "site.toml:6: `smart_punctuation` is a whole number",
                "site.toml:8: unknown key `width` in [images]",
            ],
        ),
        (
            "title = =\n[extra]\nb = 99999999999999999999\nb = 1\n",
            &[
                "site.toml:3: bad TOML: extra `=`, expected nothing",
                "site.toml:5: this number does not fit",
                "site.toml:6: bad TOML: duplicate key",
            ],
        ),
    ] {
        let config = format!("{CONFIG}{lines}");
        tells(&[("content/site.toml", &config)], told);
    }
}

/// What is told of a site with links, a version in another language, a term, a
/// sheet and a shortcode that all have faults.
fn with_configuration(lines: &str) -> Vec<String> {
    let text = "# Here\n\n[a](@/gone.md)\n\n[b](/perhaps/) [c](@/b.md#no) {{ note() }}\n\n\
                $\\frac{1}$\n";
    faults(&[
        OTHER,
        ("content/a.md", text),
        (
            "content/c.fr.md",
            "+++\ntaxonomies.tags = [\"x\"]\ntitel = 1\n+++\n",
        ),
        ("content/site.toml", lines),
        (
            "themes/t/templates/shortcodes/note.html",
            "{{ config.title.x }}",
        ),
        ("themes/t/sass/site.scss", "p { color: }"),
    ])
}

/// What depends on what cannot be read is not told.
#[test]
#[expect(
    clippy::too_many_lines,
    reason = "a table of what is told and what not"
)]
fn what_the_configuration_may_say_is_no_fault() {
    let (gone, perhaps, anchor) = ("`gone.md`", "`/perhaps/`", "`#no`");
    let (titel, tags, sheet) = ("`titel`", "taxonomy `tags`", "site.scss");
    let with = |lines: &str| format!("{CONFIG}{lines}");
    for (lines, told, rest) in [
        (
            with("title = 1"),
            "`title`",
            &[gone, perhaps, anchor, titel, tags, sheet][..],
        ),
        (
            with("redirects = 1"),
            "`redirects`",
            &[gone, anchor, titel, tags, sheet],
        ),
        (
            with("copyright = 1"),
            "`copyright`",
            &[gone, anchor, titel, tags, sheet],
        ),
        (
            with("taxonomy = 1"),
            "`taxonomy`",
            &[gone, anchor, titel, sheet],
        ),
        (
            with("taxonomies = [{ name = 1 }]"),
            "`name` is",
            &[gone, anchor, titel, sheet],
        ),
        (
            with("[languages.fr]\ntitel = 1"),
            "`titel` in a language",
            &[gone, anchor, "the front matter of a page", sheet],
        ),
        (
            with("[languages]\nfr = 1"),
            "`languages.fr`",
            &[titel, sheet],
        ),
        (
            with("[markdown]\nmaths = true"),
            "`maths`",
            &[titel, tags, sheet],
        ),
        (
            with("compile_sass = 1"),
            "`compile_sass`",
            &[gone, perhaps, anchor, titel, tags],
        ),
        (with("ignored_content = 1"), "`ignored_content`", &[]),
        (
            "base_url = \"https://a.org\"\ntheme = 1".to_owned(),
            "`theme`",
            &[gone, anchor, titel, tags, perhaps],
        ),
        (
            "base_url = \"https://a.org\"\ntheme = \"t\" x".to_owned(),
            "bad TOML",
            &[gone, anchor, titel, tags, perhaps],
        ),
        (
            "base_url = https://a.org\ntheme = \"t\"".to_owned(),
            "bad TOML",
            &[gone, perhaps, anchor, titel, tags, sheet],
        ),
    ] {
        let found = with_configuration(&lines);
        for part in [told].iter().chain(rest) {
            let is_told = found.iter().any(|own| own.contains(part));
            assert!(is_told, "{part} of {lines} in {found:#?}");
        }
        assert_eq!(found.len(), 1 + rest.len(), "{lines}: {found:#?}");
    }
}
