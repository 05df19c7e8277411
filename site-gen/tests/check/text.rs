//! Texts: images, keys, fences, alerts, footnotes, brackets.

use crate::{SVG, check, shown};

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
