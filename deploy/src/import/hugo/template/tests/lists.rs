//! Lists of pages and of files: what is in them, and in which order.

use super::printed_in;

const SITE: [(&str, &str); 15] = [
    ("hugo.toml", "baseURL='https://x.org/'\ntitle='Site'\n"),
    (
        "content/a/one.md",
        "---\ntitle: One\ndate: 2020-01-01\ntags: [x, y z]\n---\n",
    ),
    (
        "content/a/two.md",
        "---\ntitle: Two\ndate: 2021-01-01\ntags: [x]\n---\n",
    ),
    ("content/b/three.md", "---\ntitle: Three\nweight: 3\n---\n"),
    (
        "content/b/deep/four.md",
        "---\ntitle: Four\ndate: 2022-01-01\ncategories: [q]\n---\n",
    ),
    (
        "content/c/_index.md",
        "---\ntitle: See\ndate: 2019-01-01\n---\n",
    ),
    ("content/c/five.md", "---\ntitle: five\n---\n"),
    (
        "content/about.md",
        "---\ntitle: About\ndate: 2018-01-01\nweight: 1\n---\n",
    ),
    (
        "content/tags/x/_index.md",
        "---\ntitle: Ex\ncolor: red\nweight: 7\n---\n",
    ),
    ("content/bun/index.md", "---\ntitle: Bun\n---\n"),
    ("content/bun/z.png", ""),
    ("content/bun/a.txt", ""),
    ("content/bun/c.pdf", ""),
    ("content/bun/page.md", "---\ntitle: Inner\n---\n"),
    ("content/bun/sub/q.png", ""),
];

/// What Hugo 0.168 makes of these.
#[test]
fn all_pages_of_a_site_are_those_of_terms_too() {
    let templates = [
        "{{ range site.Pages }}{{ .Kind }} {{ .Title }},{{ end }}",
        "{{ range where site.Pages \"Section\" \"tags\" }}{{ .Title }} {{ .RelPermalink }} {{ .Weight }}{{ .Params.color }},{{ end }}",
        "{{ range where site.Pages \"Kind\" \"section\" }}{{ .Title }},{{ end }}",
        "{{ range where site.Pages \"Type\" \"in\" (slice \"a\" \"b\") }}{{ .Title }},{{ end }}",
    ];
    let found = printed_in(&SITE, "three", &templates, None);
    let expected = [
        "page About,page Three,term Ex,section Bs,taxonomy Categories,page Four,term Q,home Site,section As,taxonomy Tags,page Two,page One,term Y Z,section See,page Bun,page five,",
        "Ex /tags/x/ 7red,Tags /tags/ 0,Y Z /tags/y-z/ 0,",
        "Bs,As,See,",
        "Three,Bs,Four,As,Two,One,",
    ];
    for (found, expected) in found.iter().zip(expected) {
        assert_eq!(found.as_deref(), Ok(expected));
    }
    let refused = ["{{ range where site.Pages \"Kind\" \"term\" }}{{ .Content }}{{ end }}"];
    assert!(printed_in(&SITE, "three", &refused, None)[0].is_err());
}

/// What Hugo 0.168 makes of these, too.
#[test]
fn files_are_in_the_order_of_their_sorts_and_pages_among_them() {
    let templates = [
        "{{ range .Page.Resources.ByType \"image\" }}{{ .Name }} {{ end }}{{ len .Page.Resources }}",
        "{{ range .Page.Resources.Match \"*.*\" }}{{ with .ResourceType }}{{ end }}{{ end }}",
        "{{ with .Page.Resources.GetMatch \"page.md\" }}{{ .Content }}{{ end }}",
        "{{ len (.Page.Resources.ByType \"page\") }}{{ range first 1 .Page.Resources }}{{ .Name }}{{ end }}",
    ];
    let found = printed_in(&SITE, "bun", &templates, None);
    assert_eq!(found[0].as_deref(), Ok("sub/q.png z.png 5"));
    let why = |at: usize| found[at].as_ref().expect_err("it is a page").to_string();
    for at in [1, 2] {
        assert!(
            why(at).contains("is a page among the files of another"),
            "{}",
            why(at)
        );
    }
    assert_eq!(found[3].as_deref(), Ok("1c.pdf"));
}
