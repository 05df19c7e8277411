//! Faults of texts and of front matter, and links that go bad.

use std::fs;

use site_gen::Options;

use super::{CONFIG, OTHER, faults, faults_with, site, tells, write};

#[test]
fn a_fault_in_a_text_hides_no_other_in_it() {
    for (fault, told) in [
        ("{{ nothing() }}", "there is no shortcode `nothing`"),
        ("{{ note(x=) }}", "this is not a value"),
        ("{{ note(x=\"[x](/hidden/) }}", "this string has no end"),
        ("{% note() %} x", "the shortcode `note` has no end"),
        ("{% note(x=) %} x {% end %}", "this is not a value"),
        ("{% end %}", "no shortcode ends here"),
        ("{{ bad() }}", "`bad` wants an argument `x`"),
        ("$\\frac{1}$", "bad TeX"),
        ("[x](@/gone.md)", "no file `gone.md` in content/"),
    ] {
        let text = format!("{fault}\n\n[b](/nope/) [c](@/b.md#no) [d](@/b.md#yes) [e](#own)\n");
        let found = faults(&[
            OTHER,
            ("content/a.md", text.as_str()),
            // What else is in the other text is not known, unless only a link is at fault.
            ("content/c.md", "[x](@/a.md#perhaps)\n"),
            (
                "content/site.toml",
                &format!("{CONFIG}[markdown]\nmath = true\n"),
            ),
            (
                "themes/t/templates/shortcodes/note.html",
                "<i>{{ body }}</i>",
            ),
            ("themes/t/templates/shortcodes/bad.html", "{{ x }}"),
        ]);
        let mut expected = vec!["/nope/", "#no", told];
        if told.starts_with("no file") {
            expected.extend(["#own", "#perhaps"]);
        }
        for part in &expected {
            assert!(
                found.iter().any(|own| own.contains(part)),
                "{fault}: {found:#?}"
            );
        }
        assert_eq!(found.len(), expected.len(), "{fault}: {found:#?}");
    }
}

#[test]
fn the_bodies_of_shortcodes_with_faults_are_read() {
    let text = "{% nothing() %}\n[a](/nope/)\n{% note(x=) %}\n[b](@/gone.md)\n{% end %}\n\
                {% end %}\n\n{% note() %}\n{{ nothing() }}\n[c](/nope-too/)\n{% end %}\n";
    let found = faults(&[
        ("content/a.md", text),
        (
            "themes/t/templates/shortcodes/note.html",
            "<i>{{ body }}</i>",
        ),
    ]);
    let expected = [
        "a.md:1: there is no shortcode `nothing`",
        "a.md:2: nothing is served under `/nope/`",
        "a.md:3: this is not a value",
        "a.md:4: no file `gone.md` in content/",
        "a.md:9: there is no shortcode `nothing`",
        "a.md:10: nothing is served under `/nope-too/`",
    ];
    assert_eq!(found, expected);
}

#[test]
fn a_fault_in_front_matter_hides_no_link() {
    let unknown = "a.md:2: unknown key `titel` in the front matter of a page";
    tells(&[("content/a.md", "+++\ntitel = 1\n+++\n")], &[unknown]);
    let section = "docs/_index.md:2: unknown key `titel` in the front matter of a section";
    let broken = "+++\ntitel = 1\n+++\n";
    tells(&[("content/docs/_index.md", broken)], &[section]);
    let root = "_index.md:2: unknown key `titel` in the front matter of a section";
    tells(&[("content/_index.md", broken)], &[root]);
    tells(
        &[("content/a.md", "+++\ntitle = \"No end\"\n")],
        &["a.md:1: this front matter has no end"],
    );
}

#[test]
fn links_to_what_front_matter_with_faults_may_say_are_none() {
    let broken = "+++\ntitel = 1\naliases = [\"old/place\"]\nslug = \"other\"\n\
                  taxonomies.tags = [\"First Term\"]\n+++\n# Known\n";
    let elsewhere = "+++\npath = \"somewhere/else\"\ntitel = 1\n+++\n";
    let section = "+++\ntitel = 1\npaginate_by = 1\ngenerate_feeds = true\n+++\n";
    let text = "[a](/old/place/) [b](/blog/other/) [c](/blog/other/p.txt) [d](@/blog/x/index.md)\n\
                [e](/tags/first-term/) [f](/somewhere/else/) [g](/docs/page/2/) [h](/docs/atom.xml)\n\
                [i](@/blog/x/index.md#known) [j](/blog/x/)\n\n\
                [k](@/blog/x/index.md#no)\n\n[l](/old/)\n\n![p](../old/p.png)\n";
    tells(
        &[
            (
                "content/site.toml",
                &format!("{CONFIG}taxonomies = [{{ name = \"tags\" }}]\n"),
            ),
            ("content/blog/x/index.md", broken),
            ("content/blog/x/p.txt", "x"),
            ("content/e.md", elsewhere),
            ("content/docs/_index.md", section),
            ("content/t.md", text),
            (
                "content/theirs.md",
                "+++\nslug = \"taken\"\n+++\n[x](../e/)\n",
            ),
            // Where that is from is not known; nor that it has the same path.
            (
                "content/taken.md",
                "+++\ntitel = 1\n+++\n[x](../relative/) ![p](p.png)\n",
            ),
            ("themes/t/templates/taxonomy_list.html", "x"),
            ("themes/t/templates/taxonomy_single.html", "x"),
        ],
        &[
            "blog/x/index.md:2: unknown key `titel` in the front matter of a page",
            "docs/_index.md:2: unknown key `titel` in the front matter of a section",
            "e.md:3: unknown key `titel` in the front matter of a page",
            "t.md:5: `blog/x/index.md` has no anchor `#no`",
            "t.md:7: nothing is served under `/old/`",
            "t.md:9: no picture `../old/p.png` in content/",
            "taken.md:2: unknown key `titel` in the front matter of a page",
        ],
    );
}

/// What was made while something was not known is made again when it is.
#[test]
fn after_a_fault_all_is_as_if_there_had_been_none() {
    let good = [
        ("themes/t/theme.toml", "name = \"t\"\n"),
        ("themes/t/sass/a.scss", "p { color: red }"),
        ("content/b.md", "+++\nslug = \"c\"\n+++\n# Yes\n"),
        ("content/site.toml", CONFIG),
    ];
    let broken = [
        ("themes/t/theme.toml", "name"),
        ("themes/t/sass/a.scss", "p {"),
        ("content/b.md", "+++\nslug = 1\n+++\n# Yes\n"),
        (
            "content/site.toml",
            "base_url = \"https://a.org\"\ntheme = \"u\"\n",
        ),
    ];
    let text = "![p](../p.svg) {{ hash() }} [x](@/b.md) [y](/a.css)\n";
    let svg = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\"/>";
    let site = site(&[
        ("content/a.md", text),
        (
            "themes/t/templates/shortcodes/hash.html",
            "{{ get_hash(path=\"a.css\") }}",
        ),
        ("themes/t/static/p.svg", svg),
    ]);
    write(site.path(), &good);
    let pages = |options: &Options| {
        let built = site_gen::build(site.path(), options).expect("a site");
        built.pack().expect("a pack")
    };
    let fresh = pages(&Options::default());
    let options = Options::default();
    for index in 0..good.len() {
        write(site.path(), &broken[index..=index]);
        let faults = site_gen::build(site.path(), &options).map(|_| ());
        assert_eq!(faults.expect_err("a fault").len(), 1, "{}", broken[index].0);
        write(site.path(), &good[index..=index]);
        assert!(pages(&options) == fresh, "{}", broken[index].0);
    }
    // What is missing in the end is told, though it may have been there before.
    write(site.path(), &broken[..1]);
    fs::remove_file(site.path().join("themes/t/static/p.svg")).expect("a file");
    assert!(site_gen::build(site.path(), &options).is_err());
    write(site.path(), &good[..1]);
    let faults = site_gen::build(site.path(), &options).map(|_| ());
    let faults = faults.expect_err("a picture is missing");
    assert_eq!(faults[0].message, "no picture `../p.svg` in content/");
}

#[test]
fn links_go_bad_in_texts_that_stay() {
    let other = |front: &str, text: &str| format!("+++\n{front}+++\n{text}\n");
    let site = site(&[
        ("content/a.md", "[b](@/b.md#x) [b](@/b.md) [file](/f.txt)"),
        ("content/f.txt", "file"),
    ]);
    // Each edit, and what is at fault after it.
    let edits: [(&str, &str, &[&str]); 8] = [
        ("", "# X", &[]),
        ("", "# Y", &["a.md:1: `b.md` has no anchor `#x`"]),
        // Still so, though nothing changed.
        ("", "# Y", &["a.md:1: `b.md` has no anchor `#x`"]),
        ("title = \"b\"\n", "# X", &[]),
        (
            "render = false\n",
            "# X",
            &[
                "a.md:1: `b.md` is not rendered: there is no page to link to",
                "a.md:1: `b.md` is not rendered: there is no page to link to",
            ],
        ),
        ("", "# X", &[]),
        (
            "titel = 1\n",
            "# Y",
            &[
                "a.md:1: `b.md` has no anchor `#x`",
                "b.md:2: unknown key `titel` in the front matter of a page",
            ],
        ),
        ("", "# Y", &["a.md:1: `b.md` has no anchor `#x`"]),
    ];
    let options = Options::default();
    for (front, text, expected) in edits {
        write(site.path(), &[("content/b.md", &other(front, text))]);
        assert_eq!(
            faults_with(site.path(), &options),
            expected,
            "{front}{text}"
        );
    }
    write(site.path(), &[("content/b.md", "# X")]);
    assert!(faults_with(site.path(), &options).is_empty());
    fs::remove_file(site.path().join("content/f.txt")).expect("it is there");
    let gone = ["a.md:1: nothing is served under `/f.txt`"];
    assert_eq!(faults_with(site.path(), &options), gone);
}
