//! Builds that remember earlier ones: what an edit makes again, and what it leaves.

use std::fs;
use std::path::Path;

use site_gen::{Built, Compression, Options};

use crate::Site;

/// A build that finds results of earlier ones gives what a build that finds
/// none would.
#[test]
fn a_build_with_a_memory_equals_a_first_one() {
    let site = Site::new();
    let warm = Options::default();
    let mut random = 7_u64;
    for round in 0..12 {
        random = random
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1);
        let page = (random >> 33) % 4;
        match (random >> 40) % 3 {
            0 => site.write(
                &format!("content/p{page}.md"),
                &format!("+++\ntitle = \"{round}\"\n+++\n```c\nint a{page};\n```\n"),
            ),
            1 => site.write(
                &format!("content/p{page}.md"),
                &format!(
                    "+++\ntitle = \"P\"\n+++\n{}",
                    "Word. ".repeat(99 + page as usize)
                ),
            ),
            _ => drop(fs::remove_file(
                site.0.path().join(format!("content/p{page}.md")),
            )),
        }
        let again = site_gen::build(site.0.path(), &warm).unwrap();
        let first = site_gen::build(site.0.path(), &Options::default()).unwrap();
        let same = again.pack().unwrap() == first.pack().unwrap();
        assert!(same, "round {round}");
    }
}

/// The last page goes, and so does one that was the last since.
#[test]
fn pages_that_go_are_forgotten() {
    let site = Site::new();
    let warm = Options::default();
    for page in ["x", "y", "z"] {
        site.write(&format!("content/{page}.md"), "+++\ntitle = \"T\"\n+++\n");
    }
    site_gen::build(site.0.path(), &warm).unwrap();
    for page in ["z", "y", "x"] {
        fs::remove_file(site.0.path().join(format!("content/{page}.md"))).unwrap();
        let again = site_gen::build(site.0.path(), &warm).unwrap();
        let first = site_gen::build(site.0.path(), &Options::default()).unwrap();
        assert!(again.pack().unwrap() == first.pack().unwrap(), "{page}");
    }
}

/// A data file is part of the pages that read it, and of no others.
#[test]
fn an_edit_of_a_data_file_renders_the_pages_that_read_it() {
    let site = Site::new();
    let page = "{{ page.title }}{% if page.extra.data %}\
                {{ load_data(path=page.extra.data, required=false) }}{% endif %}";
    site.write("themes/t/templates/page.html", page);
    site.write("content/b.md", "+++\n[extra]\ndata = \"b.json\"\n+++\n");
    site.write(
        "content/c/index.md",
        "+++\n[extra]\ndata = \"c/c.csv\"\n+++\n{{ table() }}\n",
    );
    let table = "{% set data = load_data(path=colocated_path ~ \"c.csv\") %}{{ data.headers[0] }}";
    site.write("themes/t/templates/shortcodes/table.html", table);
    site.write("content/c/c.csv", "one\n");
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let build = || site_gen::build(site.0.path(), &options);
    let text = |built: &Built, path: &str| {
        let file = built.file(path).expect(path);
        let text = String::from_utf8(built.read(file).expect("a file"));
        text.expect("text").replace("&quot;", "\"")
    };
    build().unwrap();
    for (file, data, path, rendered) in [
        ("data/b.json", "{\"n\": 1}", "/b/", 1),
        ("data/b.json", "{\"n\": 2}", "/b/", 1),
        ("data/b.json", "{\"n\": 2}", "/b/", 0),
        // The front page sees that there is one more file beside it.
        ("content/b.json", "{\"n\": 3}", "/b/", 2),
        ("data/b.json", "{\"n\": 4}", "/b/", 0),
        // The list of the section has its text.
        ("content/c/c.csv", "two\n", "/c/", 2),
    ] {
        site.write(file, data);
        let built = build().unwrap();
        assert_eq!(built.rendered, rendered, "{file}: {data}");
        let fresh = site_gen::build(
            site.0.path(),
            &Options {
                cache: Default::default(),
                ..options.clone()
            },
        );
        assert_eq!(built.pack().unwrap(), fresh.unwrap().pack().unwrap());
        assert!(rendered == 0 || text(&built, path).contains(data.trim_matches(['{', '}', '\n'])));
    }
    site.write("content/c/c.csv", "a,b\n1\n");
    let faults = build().unwrap_err();
    assert_eq!(faults.len(), 1, "{faults:#?}");
    assert_eq!(faults[0].file, Path::new("content/c/c.csv"));
    assert_eq!(faults[0].place.as_ref().map(|place| place.line), Some(2));
}

/// What a section cascades is part of what is below it, and of nothing else.
#[test]
fn an_edit_of_a_cascade_renders_what_is_below_it() {
    let site = Site::new();
    let page = "{{ page.title }} {{ page.extra }} {{ page.authors }}";
    site.write("themes/t/templates/page.html", page);
    site.write("themes/t/templates/section.html", "{{ section.extra }}");
    site.write("themes/t/templates/index.html", "");
    let cascade = |text: &str| format!("+++\ntitle = \"S\"\n[cascade]\n{text}\n+++\n");
    site.write("content/s/_index.md", &cascade("extra = { a = 1 }"));
    site.write("content/s/deep/_index.md", "");
    for page in ["s/x", "s/y", "s/deep/z", "other"] {
        site.write(&format!("content/{page}.md"), &format!("{page}\n"));
    }
    site.write("content/s/y.md", "+++\n[extra]\na = 2\n+++\n");
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let build = |options: &Options| site_gen::build(site.0.path(), options).unwrap();
    build(&options);
    for (file, text, rendered) in [
        // The section, the pages below it, and the section below it. One page
        // says the same itself, but its neighbour does not.
        ("content/s/_index.md", cascade("extra = { a = 3 }"), 5),
        (
            "content/s/_index.md",
            cascade("# moved\nextra = { a = 3 }"),
            1,
        ),
        (
            "content/s/_index.md",
            cascade("extra = { a = 3, b = 4 }"),
            5,
        ),
        ("content/s/deep/_index.md", cascade("authors = [\"A\"]"), 2),
        ("content/s/x.md", "x again\n".to_owned(), 2),
        ("content/s/_index.md", "+++\n+++\n".to_owned(), 5),
    ] {
        site.write(file, &text);
        let built = build(&options);
        let fresh = build(&Options {
            cache: Default::default(),
            ..options.clone()
        });
        assert_eq!(
            built.pack().unwrap(),
            fresh.pack().unwrap(),
            "{file}: {text}"
        );
        assert!(
            built.rendered <= rendered,
            "{file}: {text}: {}",
            built.rendered
        );
    }
}

/// A page says who links to it, and follows when that changes.
#[test]
fn backlinks_follow_the_links() {
    let site = Site::new();
    let page = "{{ page.title }}{% for other in page.backlinks %} {{ other.path }}{% endfor %}";
    site.write("themes/t/templates/page.html", page);
    site.write(
        "content/b.md",
        "[a](@/a.md), [again](a.md#top), [self](@/b.md)\n",
    );
    let options = Options::default();
    let text = || {
        let built = site_gen::build(site.0.path(), &options).unwrap();
        let read = |path: &str| built.read(built.file(path).unwrap()).unwrap();
        [read("/a/"), read("/b/")].map(|text| String::from_utf8(text).unwrap())
    };
    assert_eq!(text(), ["A /b/", "B"]);
    site.write("content/_index.md", "[a](@/a.md)\n");
    assert_eq!(text(), ["A / /b/", "B"]);
    site.write("content/b.md", "No link.\n");
    assert_eq!(text(), ["A /", "B"]);
}

/// An edit in one part of a long list is none in the others.
#[test]
fn parts_of_a_list_are_made_again_by_themselves() {
    let site = Site::new();
    let list = "{% for page in paginator.pages %}{{ page.content | safe }}{% endfor %}\
                {{ section.pages | length }}";
    site.write("themes/t/templates/section.html", list);
    site.write(
        "content/s/_index.md",
        "+++\nsort_by = \"weight\"\npaginate_by = 2\n+++\n",
    );
    for number in 0..20 {
        let text = format!("+++\nweight = {number}\n+++\nText {number}\n");
        site.write(&format!("content/s/p{number}.md"), &text);
    }
    let options = Options::default();
    site_gen::build(site.0.path(), &options).unwrap();
    site.write("content/s/p7.md", "+++\nweight = 7\n+++\nOther\n");
    let built = site_gen::build(site.0.path(), &options).unwrap();
    // The page, and the part that it is in.
    assert_eq!(built.rendered, 2);
    let part = built.read(built.file("/s/page/4/").unwrap()).unwrap();
    assert!(
        String::from_utf8(part)
            .unwrap()
            .ends_with("<p>Other</p>\n0")
    );
}

/// What a page beside its section's pages shows of them is no text.
#[test]
fn an_edit_of_a_text_does_not_render_the_pages_that_list_their_section() {
    let site = Site::new();
    let side = "{% for page in get_pages(section=page.ancestors | last, metadata_only=true) %}\
        {{ page.title }},{% endfor %}";
    site.write("themes/t/templates/page.html", side);
    site.write("content/s/_index.md", "+++\nsort_by = \"weight\"\n+++\n");
    let page = |number: u32, title: &str, text: &str| {
        let front = format!("title = \"{title}\"\nweight = {}", 9 - number);
        let text = format!("+++\n{front}\n+++\n{text}\n");
        site.write(&format!("content/s/{number}.md"), &text);
    };
    (1..=3).for_each(|number| page(number, &format!("T{number}"), "Text."));
    let warm = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let build = || site_gen::build(site.0.path(), &warm).unwrap();
    let first = build();
    let shown = |built: &Built| built.read(built.file("/s/2/").unwrap()).unwrap();
    assert_eq!(shown(&first), b"T3,T2,T1,");
    page(1, "T1", "Another text.");
    assert_eq!(build().rendered, 2, "the page and its section");
    page(1, "New", "Another text.");
    let renamed = build();
    assert_eq!(renamed.rendered, 4, "all that list it");
    assert_eq!(shown(&renamed), b"T3,T2,New,");
}

/// Neighbours in the reading order see each other's front matter, and lists of all pages
/// all that they can read: a text is none of the former, and none of a list without texts.
#[test]
fn an_edit_of_a_text_renders_neither_neighbours_nor_lists_without_texts() {
    let site = Site::new();
    let neighbours = "{{ page.title }}{{ page.content | safe }}\
        {% if page.previous %}{{ page.previous.title }}{% endif %}\
        {% if page.next %}{{ page.next.title }}{% endif %}";
    site.write("themes/t/templates/page.html", neighbours);
    let list = |arguments: &str| {
        format!("{{% for page in get_pages({arguments}) %}}{{{{ page.title }}}},{{% endfor %}}")
    };
    site.write("themes/t/templates/list.html", &list("metadata_only=true"));
    site.write("content/all.md", "+++\ntemplate = \"list.html\"\n+++\n");
    site.write("themes/t/templates/index.html", &list(""));
    let section = "+++\ntitle = \"S\"\nsort_by = \"weight\"\n+++\n";
    site.write("content/s/_index.md", section);
    let page = |number: u32, title: &str, text: &str| {
        let front = format!("title = \"{title}\"\nweight = {number}");
        site.write(
            &format!("content/s/{number}.md"),
            &format!("+++\n{front}\n+++\n{text}\n"),
        );
    };
    (1..=5).for_each(|number| page(number, "T", "Text."));
    let warm = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let rendered = || {
        let again = site_gen::build(site.0.path(), &warm).unwrap();
        let cold = Options {
            compression: Compression::None,
            ..Options::default()
        };
        let first = site_gen::build(site.0.path(), &cold).unwrap();
        assert!(again.pack().unwrap() == first.pack().unwrap());
        again.rendered
    };
    rendered();
    assert_eq!(rendered(), 0);
    page(3, "T", "Another text.");
    assert_eq!(
        rendered(),
        3,
        "the page, its section, the list that has texts"
    );
    page(3, "New", "Another text.");
    assert_eq!(rendered(), 6, "its neighbours and the other list, too");
    page(1, "New", "Text.");
    assert_eq!(
        rendered(),
        5,
        "of the first page, one neighbour is a section"
    );
    site.write("content/s/_index.md", &section.replace("\"S\"", "\"R\""));
    assert_eq!(
        rendered(),
        4,
        "the section, its neighbours, the list that has these"
    );
}
