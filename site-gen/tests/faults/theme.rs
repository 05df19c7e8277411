//! Faults of the theme: templates, style sheets, and what shortcodes make.

use std::fs;

use super::{CONFIG, LINKS, OTHER, faults, faults_in, site, tells, write};

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
