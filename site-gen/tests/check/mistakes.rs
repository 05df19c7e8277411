//! Markdown that is right to a parser and not what anybody means; and what looks like
//! it, and is not told.

use crate::{check, shown};

/// What is shown of a page `a.md`, without its name.
fn told(text: &str) -> Vec<String> {
    told_with(text, &[])
}

fn told_with(text: &str, others: &[(&str, &str)]) -> Vec<String> {
    let mut files = vec![("content/a.md", text)];
    files.extend(others);
    let checked = check(&files);
    for fault in &checked.diagnostics {
        assert!(fault.expected.is_some(), "{fault}");
    }
    let shown = shown(&checked).into_iter();
    let shown = shown.map(|line| line.replace("content/a.md:", "").replace("warning: ", ""));
    shown.collect()
}

/// What is suggested, in order.
fn suggested(text: &str, others: &[(&str, &str)]) -> Vec<String> {
    let mut files = vec![("content/a.md", text)];
    files.extend(others);
    let faults = check(&files).diagnostics.into_iter();
    faults.filter_map(|fault| fault.suggestion).collect()
}

const NOTHING: [String; 0] = [];

#[test]
fn a_label_that_is_nearly_defined_is_told() {
    let text = "[a][servr] and [b][ip] [c][i]\n\n[server]: https://b.org/\n";
    assert_eq!(told(text), ["1:1 there is no label `servr` in this text"]);
    assert_eq!(suggested(text, &[]), ["did you mean `server`?"]);
}

#[test]
fn what_is_defined_twice_or_for_nothing_is_told() {
    let text = "[x][one] [two] a[^n]\n\n\
        [one]: https://b.org/\n[ONE]: https://c.org/\n\
        > [two]: https://b.org/ \"a\"\n\n\
        [two]: https://b.org/\n\n[^n]: A note.\n[^n]: Another.\n[^m]: Never.\n";
    assert_eq!(
        told(text),
        [
            "4:1 the label `ONE` is defined above, and this does nothing",
            "7:1 the label `two` is defined above, and this does nothing",
            "10:1 the footnote `n` is there already, and becomes longer",
            "11:1 nothing refers to the footnote `m`, so it is not shown",
        ]
    );
}

#[test]
fn definitions_that_are_none_are_left_alone() {
    let text = "[a] b[^n] [^o]\n\n[a]: https://b.org/\n[a]: https://b.org/\n\n\
        ```\n[a]: https://c.org/\n[^n]: b\n```\n\n\
        \x20   [a]: https://d.org/\n\n\\[a]: https://e.org/\n\n\
        <div>\n[a]: https://f.org/\n</div>\n\nA paragraph,\n[a]: https://g.org/ in it.\n\n\
        `[a]: https://h.org/`\n\n\
        [^n]: A note.\n[^o]: Another[^p].\n[^p]: A third.\n\n\
        [//]: # (a comment)\n[//]: # (another)\n[_]: <> (a)\n[_]: <> (b)\n";
    assert_eq!(told(text), NOTHING);
}

#[test]
fn addresses_that_lead_nowhere_are_told() {
    let text = "[a](htps://b.org) <htp://c.org/> ![d](htttps://e.org/f.png)\n\
        [g]() [h](<>)\n\
        [j](javascript:alert(1)) [o][p]\n\n\
        [p]: malito:q@r.org\n";
    assert_eq!(
        told(text),
        [
            "1:5 the scheme `htps:` is not known",
            "1:20 the scheme `htp:` is not known",
            "1:39 the scheme `htttps:` is not known",
            "2:1 this link has no address",
            "2:7 this link has no address",
            "3:5 the address of this link is a script",
            "3:26 the scheme `malito:` is not known",
        ]
    );
    assert_eq!(
        suggested(text, &[]),
        [
            "did you mean `https://b.org`?",
            "did you mean `http://c.org/`?",
            "did you mean `https://e.org/f.png`?",
            "did you mean `mailto:q@r.org`?",
        ]
    );
}

#[test]
fn addresses_that_lead_elsewhere_are_left_alone() {
    let text = "[a](https://b.org) [c](mailto:d@e.org) [f](tel:1) [g](ftp://h.org) [i](#) [j](xmpp:k)\n\
        <https://l.org> <m@n.org> [o](sftp://p.org) [q](matrix:r) [s](data:text/plain,t)\n\
        `[u](htps://v.org)` \\[w](htps://x.org)\n\n\
        ```\n[a]() [b](javascript:c)\n```\n\n<a href=\"https://y.org\">[z]</a>\n";
    assert_eq!(told(text), NOTHING);
}

#[test]
fn addresses_with_spaces_are_told() {
    let text = "[a](foo bar.md) ![b](my picture.png) [c](../x y)\n\
        [d e](https://f.org A title) [g](foo bar.md \"h\") [i](www.j.org/k l.html)\n";
    assert_eq!(
        told(text),
        [
            "1:5 an address with a space makes no link",
            "1:22 an address with a space makes no link",
            "1:42 an address with a space makes no link",
            "2:7 words behind an address make it no link",
            "2:34 an address with a space makes no link",
            "2:54 an address with a space makes no link",
        ]
    );
    assert_eq!(
        suggested(text, &[])[..4],
        [
            "`[a](<foo bar.md>)`",
            "`![b](<my picture.png>)`",
            "`[c](<../x y>)`",
            "`[d e](https://f.org \"A title\")`",
        ]
    );
}

#[test]
fn words_in_parentheses_are_left_alone() {
    let text = "[a](see below) [b](or, e.g., that) x[i](foo bar.md) [c] (foo bar.md)\n\
        `[d](foo bar.md)` \\[e](foo bar.md) [f](is it / or) [g](<h i.txt>) [j](k\nl.md)\n\
        [m](n `o p.md`) [q](version 1.5) [r]([s] t u) [v](https://w.org/{{ x }})\n\n\
        ```\n[a](foo bar.md)\n```\n\n<p>[a](foo bar.md)</p>\n";
    let others = [("content/h i.txt", "x")];
    assert_eq!(told_with(text, &others), NOTHING);
}

#[test]
fn pages_in_two_brackets_are_told() {
    let others = [
        ("content/notes/first-steps.md", "# The first steps\n"),
        ("content/notes/_index.md", "# Notes\n"),
    ];
    let text = "[[first-steps]] and [[The First Steps|there]] [[nothing]] `[[first-steps]]` \\[[first-steps]]\n";
    assert_eq!(
        told_with(text, &others),
        [
            "1:1 `[[first-steps]]` is no link here",
            "1:21 `[[The First Steps|there]]` is no link here",
        ]
    );
    let checked = check(&[&[("content/a.md", text)], &others[..]].concat());
    assert_eq!(
        checked.diagnostics[1].expected.as_deref(),
        Some("`[there](@/notes/first-steps.md)`")
    );
}

#[test]
fn a_fence_without_an_end_is_told() {
    assert_eq!(
        told("a\n\n```rust\nlet b;\n\nc\n"),
        ["3:1 this block of code is never closed"]
    );
    assert_eq!(
        told("> ~~~\n> b\n\nc\n\n- d\n\n  ````\n  e\n  ```\n\nf\n\n```"),
        [
            "1:3 this block of code is never closed",
            "8:3 this block of code is never closed",
            "14:1 this block of code is never closed",
        ]
    );
    let lost = "```sh\na\n```sh\nb\n```\n\nc\n\n```\n";
    assert_eq!(told(lost), ["9:1 this block of code is never closed"]);
    assert_eq!(
        suggested(lost, &[]),
        ["a fence with words behind it, as in line 3, closes nothing"]
    );
}

#[test]
fn fences_with_an_end_are_left_alone() {
    let text = "```\na\n```\n\n~~~ sh\nb\n~~~~\n\n````markdown\n```rust\n````\n\n\
        > ```\n> c\n> ```\n\n> ```\n> d\n> ```  \ne\n\n- f\n  ```\n  g\n  ```\n- ```\n  h\n  ```\n\n\
        1. i\n\n    ```\n    j\n    ```\n\nA\n\n\x20   ```\n\x20   code\n\n`` ```k ``\n\n```\n```\n\n   ```\nl\n   ```";
    assert_eq!(told(text), NOTHING);
}

#[test]
fn a_table_that_is_none_is_told() {
    let text = "| a | b |\n|---|\n| 1 | 2 |\n\nc | d\n--- | --- | ---\n1 | 2\n\n\
        > words\n> | a | b | c |\n> |:--|--:|\n";
    assert_eq!(
        told(text),
        [
            "2:1 this is no table: its head has 2 columns, and the row below it 1",
            "6:1 this is no table: its head has 2 columns, and the row below it 3",
            "11:3 this is no table: its head has 3 columns, and the row below it 2",
        ]
    );
}

#[test]
fn tables_and_what_is_like_them_are_left_alone() {
    let text = "| a | b |\n|---|---|\n| 1 |\n\na \\| b | c\n-- | --\n\n\
        | x |\n\nTwo words | and\na line --- | and more\n\n\
        ```\n| a | b |\n|---|\n```\n\n`| a | b |`\n\nw | x\n===\n\n|---|---|---|\n|---|\n";
    assert_eq!(told(text), NOTHING);
}

/// A shortcode of the theme.
const FIGURE: (&str, &str) = (
    "themes/t/templates/shortcodes/figure.html",
    "<i>{{ source }}{% if caption %}{{ caption }}{% endif %}</i>{# alt #}",
);

#[test]
fn braces_of_other_tools_are_told() {
    let text = "{{< youtube x >}} {{% notice %}}\n\n{% include \"b\" %}\n\n\
        {% highlight ruby %}\nc\n{% endhighlight %}\n\n{{#include d.rs}}\n\n\
        {{ figure }} {{ page.title }} {{ figure source=\"e\" }} {% figure %} {{< figur >}}\n\n\
        {%- if site.x -%} f\n";
    assert_eq!(
        told_with(text, &[FIGURE]),
        [
            "1:1 `{{<` of Hugo means nothing here, and stays text",
            "1:19 `{{%` of Hugo means nothing here, and stays text",
            "3:1 the tag `include` means nothing here, and stays text",
            "5:1 the tag `highlight` means nothing here, and stays text",
            "9:1 `{{#include` of mdBook means nothing here, and stays text",
            "11:1 this calls no shortcode `figure`",
            "11:14 `page` is not known in a text, and stays as it is",
            "11:31 this calls no shortcode `figure`",
            "11:55 this calls no shortcode `figure`",
            "11:68 `{{<` of Hugo means nothing here, and stays text",
            "13:1 the tag `if` means nothing here, and stays text",
        ]
    );
    let suggested = suggested(text, &[FIGURE]);
    assert_eq!(suggested.len(), 4);
    assert!(suggested[1].contains("fences") && suggested[2].contains("load_data"));
    assert_eq!(suggested[3], "did you mean `figure`?");
}

#[test]
fn braces_that_are_shown_are_left_alone() {
    let text = "{{ figure(source=\"{{ page.title }} {% if %}\") }} `{{< a >}}` \\{{< a >}} \\{% b %}\n\n\
        ```\n{{< a >}} {% b %} {{#include c}} {{ figure }}\n```\n\n\
        \x20   {% include \"b\" %}\n\n<div>\n{% raw %}\n</div>\n\n\
        {{ other }} {{ pages.x }} {{ \"x\" }} {{}} {{ 1 }} {a} {{a {{ user.name }} &#123;% x %}\n\n{% d\n";
    assert_eq!(told_with(text, &[FIGURE]), NOTHING);
}

#[test]
fn arguments_that_no_template_reads_are_told() {
    let text =
        "{{ figure(source=\"a\", captoin=\"b\") }}\n\n> {{ figure(title=\"c\", source=\"d\") }}\n";
    assert_eq!(
        told_with(text, &[FIGURE]),
        [
            "1:23 `figure` does nothing with `captoin`",
            "3:13 `figure` does nothing with `title`",
        ]
    );
    assert_eq!(suggested(text, &[FIGURE]), ["did you mean `caption`?"]);
}

#[test]
fn arguments_that_may_be_read_are_left_alone() {
    let others = [
        FIGURE,
        (
            "themes/t/templates/shortcodes/all.html",
            "{% for key, value in __tera_context %}{{ key }}{% endfor %}",
        ),
        (
            "themes/t/templates/shortcodes/part.html",
            "{% include \"part.html\" %}",
        ),
        ("themes/t/templates/part.html", "{{ x }}"),
        ("themes/t/templates/shortcodes/md.md", "{{ words | upper }}"),
    ];
    let text = "{{ figure(source=\"a\", alt=\"b\", lang=\"c\") }}\n\n{{ all(x=1) }}\n\n{{ part(x=1) }}\n\n\
        {{ md(words=\"a\") }}\n\n`{{ figure(nothing=1) }}`\n\n```\n{{ figure(nothing=1) }}\n```\n";
    let mut told = told_with(text, &others);
    // What `all` prints is of no matter.
    told.retain(|line| !line.starts_with("themes/"));
    assert_eq!(told, NOTHING);
}

#[test]
fn summaries_that_do_not_end_are_told() {
    for (mark, place) in [
        ("<!-- mroe -->", "3:1"),
        ("<!--More-->", "3:1"),
        ("<!-- read more -->", "3:1"),
        ("<!- more ->", "3:1"),
        ("<!--- more --->", "3:1"),
        ("<!\u{2014} more \u{2014}>", "3:1"),
    ] {
        let text = format!("a\n\n{mark}\n\nb\n");
        let expected = format!("{place} this ends no summary");
        assert_eq!(told(&text), [expected], "{mark}");
    }
    let twice = "a\n\n<!-- more -->\n\nb\n\n<!--more-->\n\nc\n";
    assert_eq!(
        told(twice),
        ["7:1 the summary of this text ends above already"]
    );
}

#[test]
fn comments_are_left_alone() {
    let text = "a\n\n<!-- more -->\n\n<!-- move --> <!-- todo --> <!-- more to come --> <!-- -->\n\n\
        b <!-- core --> `<!-- mroe -->` \\<!- more ->\n\n```\n<!-- mroe -->\n<!-- more -->\n```\n\n\
        <div>\n<!-- mode -->\n</div>\n\nc[^n]\n\n[^n]: <!-- more -->\n";
    assert_eq!(told(text), NOTHING);
}

#[test]
fn a_label_outside_of_a_body_is_none_in_it() {
    let files = [
        (
            "content/a.md",
            "{% box() %}[a text][label] [other][nothing]{% end %}\n\n[label]: https://b.org/\n",
        ),
        (
            "themes/t/templates/shortcodes/box.html",
            "<div>{{ body }}</div>",
        ),
    ];
    let checked = check(&files);
    let expected = checked.diagnostics.iter();
    let expected = expected.filter_map(|fault| fault.expected.as_deref());
    let expected: Vec<&str> = expected.collect();
    assert_eq!(expected.len(), 2, "{:?}", shown(&checked));
    assert!(expected[0].ends_with("the body of a shortcode is its own"));
    assert!(expected[1].starts_with("`[nothing]: ADDRESS`"));
}

#[test]
fn bodies_are_read_as_what_they_are() {
    let others = [
        (
            "themes/t/templates/shortcodes/raw.html",
            "<pre>{{ body_source }}</pre>",
        ),
        (
            "themes/t/templates/shortcodes/box.html",
            "<div>{{ body }}</div>",
        ),
    ];
    let text = "- {% box() %}\n  [a b](htps://c.org) {{< d >}}\n  {% end %}\n\n\
        {% raw() %}\n[a text][label] [^n] {{< d >}}\n[e](htps://f.org)\n{% end %}\n";
    assert_eq!(
        told_with(text, &others),
        [
            "2:9 the scheme `htps:` is not known",
            "2:23 `{{<` of Hugo means nothing here, and stays text",
        ]
    );
}
