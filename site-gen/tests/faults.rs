//! All that is wrong with a site is told in one run: no fault hides those that
//! do not depend on it, and none is told that may be no fault once another one
//! is mended.

use std::fs;
use std::path::Path;

use site_gen::Options;

const CONFIG: &str = "base_url = \"https://a.org\"\ntheme = \"t\"\n";

fn write(site: &Path, files: &[(&str, &str)]) {
    for (file, text) in files {
        let path = site.join(file);
        fs::create_dir_all(path.parent().expect("a path in the site")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
}

fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let site = tempfile::tempdir().expect("a directory");
    let template = "{% if page %}{{ page.content | safe }}{% endif %}";
    write(
        site.path(),
        &[
            ("content/site.toml", CONFIG),
            ("themes/t/templates/index.html", template),
            ("themes/t/templates/page.html", template),
            ("themes/t/templates/section.html", template),
        ],
    );
    write(site.path(), files);
    site
}

/// As in `a.md:3: message`: where in `content/` or elsewhere, and what.
fn faults_in(site: &Path) -> Vec<String> {
    faults_with(site, &Options::default())
}

fn faults_with(site: &Path, options: &Options) -> Vec<String> {
    let faults = site_gen::build(site, options).map(|_| ());
    let show = |fault: site_gen::Diagnostic| {
        let line = fault.place.map_or(0, |place| place.line);
        let file = fault.file.strip_prefix("content").unwrap_or(&fault.file);
        format!("{}:{line}: {}", file.display(), fault.message)
    };
    let faults = faults.err().unwrap_or_default();
    faults.into_iter().map(show).collect()
}

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    faults_in(site(files).path())
}

/// Three links that are at fault whatever else is, and some that are not.
const LINKS: &str = "# Here\n\n[a](@/gone.md)\n\n[b](/nope/)\n\n[c](@/b.md#no)\n\n\
                     [d](@/b.md#yes) [e](/b/) [f](#here) [g](../b/)\n";

const OF_LINKS: [&str; 3] = [
    "links.md:3: no file `gone.md` in content/",
    "links.md:5: nothing is served under `/nope/`",
    "links.md:7: `b.md` has no anchor `#no`",
];

const OTHER: (&str, &str) = ("content/b.md", "# Yes\n");

#[track_caller]
fn tells(files: &[(&str, &str)], expected: &[&str]) {
    let mut all = vec![("content/links.md", LINKS), OTHER];
    all.extend_from_slice(files);
    let found = faults(&all);
    let others = found
        .iter()
        .filter(|fault| !OF_LINKS.contains(&fault.as_str()));
    assert_eq!(others.collect::<Vec<_>>(), expected, "of all: {found:#?}");
    for fault in OF_LINKS {
        assert!(
            found.iter().any(|own| own == fault),
            "{fault} in {found:#?}"
        );
    }
}

#[test]
fn a_fault_in_a_text_hides_no_other_in_it() {
    for (fault, told) in [
        ("{{ nothing() }}", "there is no shortcode `nothing`"),
        ("{{ note(x=) }}", "this is not a value"),
        ("{{ note(x=\"[x](/hidden/) }}", "this string has no end"),
        ("{% note() %} x", "the shortcode `note` has no end"),
        ("{% note(x=) %} x {% end %}", "this is not a value"),
        ("{% end %}", "no shortcode ends here"),
        ("{{ bad() }}", "Variable `x` is not defined"),
        ("$\\frac{1}$", "bad TeX"),
        ("[x](@/gone.md)", "no file `gone.md` in content/"),
    ] {
        let text = format!("{fault}\n\n[b](/nope/) [c](@/b.md#no) [d](@/b.md#yes) [e](#own)\n");
        let found = faults(&[
            OTHER,
            ("content/a.md", text.as_str()),
            // What is in the other text is not known.
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
        let expected = ["/nope/", "#no", told];
        for part in expected {
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

/// A section that cannot be read may choose templates for what is below it.
#[test]
fn templates_that_a_broken_section_may_choose_are_not_missed() {
    let site = site(&[
        (
            "content/blog/_index.md",
            "+++\ntitel = 1\npage_template = \"post.html\"\n+++\n",
        ),
        ("content/blog/a.md", "x\n"),
        ("content/_index.md", ""),
        ("themes/t/templates/post.html", "x"),
    ]);
    fs::remove_file(site.path().join("themes/t/templates/page.html")).expect("a file");
    let expected = ["blog/_index.md:2: unknown key `titel` in the front matter of a section"];
    assert_eq!(faults_in(site.path()), expected);
}

#[test]
fn a_fault_of_the_theme_hides_no_link() {
    let found = ["themes/t/templates/page.html:1: `}` cannot stand here"];
    let shortcode = ("content/s.md", "{{ note() }}\n\n[x](@/s.md#perhaps)\n");
    let note = (
        "themes/t/templates/shortcodes/note.html",
        "<i id=perhaps>x</i>",
    );
    tells(
        &[("themes/t/templates/page.html", "{{ }"), shortcode, note],
        &found,
    );
    // Which files it has is known; what is missing is, too.
    let image = ("themes/t/static/p.txt", "x");
    let text = (
        "content/p.md",
        "[x](/p.txt)\n\n[y](/q.txt)\n\n{{ nothing() }}\n",
    );
    tells(
        &[("themes/t/templates/page.html", "{{ }"), image, text],
        &[
            "p.md:3: nothing is served under `/q.txt`",
            "p.md:5: there is no shortcode `nothing`",
            found[0],
        ],
    );
    // It is not.
    let text = (
        "content/p.md",
        "[x](/p.txt) [y](/search/) ![p](../p.png)\n\n{{ nothing() }}\n",
    );
    tells(
        &[
            (
                "content/site.toml",
                "base_url = \"https://a.org\"\ntheme = \"u\"\n",
            ),
            text,
        ],
        &["site.toml:2: there is no theme `u`"],
    );
}

#[test]
fn a_style_sheet_with_faults_hides_no_link() {
    let site = site(&[
        OTHER,
        ("content/links.md", LINKS),
        (
            "content/s.md",
            "<a href=\"/site.css\">x</a> [y](/other.txt) {{ hash() }}\n",
        ),
        (
            "themes/t/templates/shortcodes/hash.html",
            "{{ get_hash(path=\"site.css\") }}",
        ),
        ("themes/t/sass/site.scss", "p { color: }"),
    ]);
    let found = faults_in(site.path());
    assert_eq!(found.len(), 5, "{found:#?}");
    assert!(found[3].contains("/other.txt"), "{found:#?}");
}

#[test]
fn a_file_that_cannot_be_read_hides_no_link() {
    let site = site(&[
        OTHER,
        ("content/links.md", LINKS),
        (
            "content/s.md",
            "[x](/big.bin) [y](@/big.bin) [z](big.bin) [g](/gone.txt) ![p](../big.bin)\n",
        ),
    ]);
    let big = fs::File::create(site.path().join("content/big.bin")).expect("a file");
    big.set_len(site_gen::limits::MAX_STATIC_BYTES + 1)
        .expect("a hole");
    let found = faults_in(site.path());
    assert_eq!(found.len(), 5, "{found:#?}");
    fs::remove_file(site.path().join("content/big.bin")).expect("a file");
    // What it leads to may be anything.
    std::os::unix::fs::symlink("nothing", site.path().join("content/big.bin")).expect("a link");
    let found = faults_in(site.path());
    let dangling = |fault: &&String| fault.starts_with("big.bin:0: cannot read this file");
    assert!(found.iter().any(|fault| dangling(&fault)), "{found:#?}");
    assert!(found.iter().any(|fault| fault == OF_LINKS[0]), "{found:#?}");
    assert!(found.iter().any(|fault| fault == OF_LINKS[2]), "{found:#?}");
    assert_eq!(found.len(), 3, "{found:#?}");
}

#[test]
fn a_zone_with_faults_hides_no_fault_of_a_template() {
    let found = faults(&[
        ("content/a.org.zone", "a A 1.2.3\n"),
        ("content/a.md", ""),
        ("themes/t/templates/page.html", "{{ nothing }}"),
    ]);
    assert!(
        found.iter().any(|fault| fault.starts_with("a.org.zone")),
        "{found:#?}"
    );
    assert!(
        found.iter().any(|fault| fault.contains("`nothing`")),
        "{found:#?}"
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

/// A site whose texts ask for files, of which some are not there.
fn with_questions() -> tempfile::TempDir {
    site(&[
        OTHER,
        ("content/links.md", LINKS),
        ("content/blog/x/index.md", "+++\nslug = \"y\"\n+++\n"),
        (
            "content/s.md",
            "[x](/gone.png) [y](@/gone.png) ![z](gone.png) [g](/gone.txt) [b](/blog/y/p.jpg)\n\
             [t](/of-theme.css)\n\n{{ hash(path=\"gone.png\") }} {{ hash(path=\"/blog/y/p.jpg\") }}\n\n\
             {{ hash(path=\"other.png\") }}\n\n{{ bad() }}\n",
        ),
        (
            "themes/t/templates/shortcodes/hash.html",
            "{{ get_hash(path=path) }}",
        ),
        ("themes/t/templates/shortcodes/bad.html", "{{ x }}"),
        ("themes/t/static/yes.txt", ""),
    ])
}

/// Of a static file that cannot be read its path is known, and of a theme in which
/// something cannot be what else it has.
#[test]
fn what_does_not_depend_on_a_lost_file_is_told() {
    let site = with_questions();
    let lose = |file: &str| {
        std::os::unix::fs::symlink("nothing", site.path().join(file)).expect("a link");
    };
    for file in [
        "content/gone.png",
        "content/blog/x/p.jpg",
        "themes/t/static/of-theme.css",
    ] {
        lose(file);
    }
    let told = |expected: &[&str]| {
        let found = faults_in(site.path());
        let all = expected.iter().chain(&OF_LINKS);
        for part in all.clone() {
            assert!(
                found.iter().any(|own| own.contains(part)),
                "{part} in {found:#?}"
            );
        }
        assert_eq!(found.len(), all.count(), "{found:#?}");
    };
    let cannot = [
        "gone.png:0: cannot",
        "p.jpg:0: cannot",
        "of-theme.css:0: cannot",
    ];
    let links = ["s.md:1: nothing is served under `/gone.txt`"];
    // The theme has a fault, so what templates see is not known.
    told(&[&cannot[..], &links].concat());
    fs::remove_file(site.path().join("themes/t/static/of-theme.css")).expect("a file");
    let theme = ["s.md:2: nothing is served under `/of-theme.css`"];
    let shortcodes = [
        "s.md:6: there is no static file `/other.png`",
        "s.md:8: Variable `x`",
    ];
    told(&[&cannot[..2], &links, &theme, &shortcodes].concat());
    // A template that cannot be read is one, and the others are read.
    fs::write(
        site.path().join("themes/t/templates/shortcodes/hash.html"),
        b"\xff",
    )
    .expect("a file");
    fs::write(site.path().join("themes/t/theme.toml"), "x").expect("a file");
    fs::write(site.path().join("themes/t/templates/page.html"), "{{ }").expect("a file");
    let of_theme = [
        "hash.html:1: malformed",
        "theme.toml:1: bad TOML",
        "page.html:1: `}`",
    ];
    told(&[&cannot[..2], &links, &theme, &of_theme].concat());
    // What has no name that says what it is may be a directory of pages; so may
    // one without a name in UTF-8.
    let name = std::os::unix::ffi::OsStrExt::from_bytes(b"\xff");
    let name: &std::ffi::OsStr = name;
    fs::create_dir(site.path().join("content").join(name)).expect("a directory");
    let found = faults_in(site.path());
    assert!(
        found.iter().all(|fault| !fault.contains("is served under")),
        "{found:#?}"
    );
}

/// Each shortcode makes many calls of the next: what comes of one call would be
/// millions.
#[test]
fn markdown_of_shortcodes_comes_to_an_end() {
    let calls = |name: &str| {
        let calls = format!("{{{{ {name}() }}}} ").repeat(30);
        format!("{{% raw %}}{calls}{{% endraw %}}")
    };
    let chain: Vec<(String, String)> = (1..7)
        .map(|level| {
            let file = format!("themes/t/templates/shortcodes/l{level}.md");
            (file, calls(&format!("l{}", level + 1)))
        })
        .collect();
    let mut files = vec![
        ("content/a.md", "+++\ntitle = \"A\"\n+++\nText {{ l1() }}\n"),
        ("themes/t/templates/shortcodes/l7.md", "x"),
    ];
    files.extend(chain.iter().map(|(file, text)| (&**file, &**text)));
    tells(
        &files,
        &["a.md:4: what shortcodes make here grows without end"],
    );
}

/// Where a template of the theme is at fault, no text is.
#[test]
fn the_template_of_links_of_headings_is_told_where_it_is_wrong() {
    let page = "+++\ntitle = \"A\"\n+++\n# One\n\n{{ made() }}\n\n[own](#own-one)\n";
    let site = site(&[
        (
            "content/site.toml",
            &format!("{CONFIG}[markdown]\ninsert_anchor_links = \"left\"\n"),
        ),
        ("content/a.md", page),
        ("themes/t/templates/shortcodes/made.md", "## Two\n"),
        ("themes/t/templates/anchor-link.html", "{{ nope.x }}"),
    ]);
    let faults = faults_in(site.path());
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert!(
        faults[0].starts_with("themes/t/templates/anchor-link.html:1: "),
        "{faults:?}"
    );
    // What it makes can be linked to.
    let good = "<a id=\"own-{{ id }}\" href=\"#{{ id }}\">#</a>";
    let file = "themes/t/templates/anchor-link.html";
    write(site.path(), &[(file, good)]);
    assert_eq!(faults_in(site.path()), [""; 0]);
}
