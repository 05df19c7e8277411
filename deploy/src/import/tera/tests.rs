//! Each difference between tera 1 and tera 2, and its translation.

use super::super::report::Places;
use super::*;

struct Two;

impl Templates for Two {
    fn resolve(&self, name: &str) -> Option<String> {
        ["base.html", "macros/ui.html"]
            .contains(&name)
            .then(|| name.to_owned())
    }

    fn imported(&self, _: &str, alias: &str) -> Option<String> {
        (alias == "above").then(|| "macros/ui.html".to_owned())
    }

    fn in_head(&self) -> Option<&'static str> {
        Some("<link>")
    }
}

fn translated(text: &str) -> (String, String) {
    let mut report = Report::default();
    let file = Path::new("templates/page.html");
    let text = translate(text, "page.html", file, &Two, &mut report);
    (text, report.text(Places::All))
}

#[test]
fn loops_over_keys_are_told() {
    let (text, told) = translated("{% for key, value in page.extra %}{% endfor %}");
    assert_eq!(text, "{% for key, value in page.extra %}{% endfor %}");
    assert!(
        told.contains("page.html:1") && told.contains("a loop over keys"),
        "{told}"
    );
    assert!(
        !translated("{% for page in pages %}{% endfor %}")
            .1
            .contains("keys")
    );
}

/// What stood in a template, and what stands there now.
const DIFFERENCES: &[(&str, &str)] = &[
    ("{% macro a b c %}", "{% macro a b c %}"),
    (
        "{% if a.b in [\"x\", \"y\"] and [1] %}",
        "{% if a?.b in [\"x\", \"y\"] and [1] %}",
    ),
    ("<head></head>", "<head><link></head>"),
    ("{{ a.b }} {# {{ a.0 }} #}", "{{ a.b }} {# {{ a.0 }} #}"),
    (
        "{% raw %}{{ a.0 }}{% endraw %}",
        "{% raw %}{{ a.0 }}{% endraw %}",
    ),
    ("{{- a.0.b[1] -}}", "{{- a[0].b[1] -}}"),
    ("{{ 1 + n | as_str }}", "{{ (1 + n) | str }}"),
    (
        "{{ \"a\" ~ b ~ \"c\" | upper }}",
        "{{ (\"a\" ~ b ~ \"c\") | upper }}",
    ),
    ("{{ a | f + b * c | g }}", "{{ a | f + (b * c) | g }}"),
    ("{{ f(x=a + 1 | g, y=2) }}", "{{ f(x=(a + 1) | g, y=2) }}"),
    ("{{ a | f(x=1) | g }}", "{{ a | f(x=1) | g }}"),
    ("{% if a.b.c %}", "{% if a?.b?.c %}"),
    (
        "{% if config.extra.a.b and not loop.first %}",
        "{% if config.extra.a?.b and not loop.first %}",
    ),
    (
        "{% if a is divisibleby(2) %}",
        "{% if a is divisible_by(divisor=2) %}",
    ),
    (
        "{% if a.b is not starting_with(\"x\") %}",
        "{% if a?.b is not starting_with(pat=\"x\") %}",
    ),
    (
        "{{ get_url(path=a) }}{{ get_url(path=get_url(path=\"b\"), trailing_slash=true,) }}",
        "{{ get_url(path=a, trailing_slash=false, absolute=true) }}{{ get_url(path=get_url(path=\"b\", absolute=true), trailing_slash=true, absolute=true) }}",
    ),
    (
        "{{ get_url(path=\"b/\") }}{{ get_taxonomy_url(kind=k) }}",
        "{{ get_url(path=\"b/\", trailing_slash=false, absolute=true) }}{{ get_taxonomy_url(kind=k, absolute=true) }}",
    ),
    (
        "{% if config.generate_feed and config.mode == \"serve\" %}",
        "{% if config.generate_feeds and config.mode == \"serve\" %}",
    ),
    (
        "{{ get_file_hash(path=\"a\") }}",
        "{{ get_hash(path=\"a\") }}",
    ),
    (
        "{{ config.feed_filename }}{{ a.config.mode }}",
        "{{ config.feed_filenames[0] }}{{ a.config.mode }}",
    ),
    (
        "{{ page.summary }}",
        "{{ page.summary | escape_html | safe }}",
    ),
    ("{{ page.content | safe }}", "{{ page.content | safe }}"),
    (
        "{{ a | json_encode }}",
        "{{ a | json_encode | escape_html | safe }}",
    ),
    (
        "{{ a | markdown | striptags }}",
        "{{ a | markdown | striptags }}",
    ),
    ("{{ a.content ~ b }}", "{{ a.content ~ b }}"),
    ("{{ a | unique }}", "{{ a | unique(case_sensitive=false) }}"),
    (
        "{{ a | unique(attribute=\"b\", case_sensitive=true) }}",
        "{{ a | unique(attribute=\"b\", case_sensitive=true) }}",
    ),
    ("{{ a.get_url(x=1) }}", "{{ a.get_url(x=1) }}"),
    (
        "{% if config.markdown.a or config.b %}",
        "{% if config.markdown?.a or config.b %}",
    ),
    ("{% if a is object %}", "{% if a is map %}"),
    (
        "{{ a.b.c | default(value=\"x\") }}",
        "{{ a?.b?.c | default(value=\"x\") }}",
    ),
    (
        "{{ a | replace(from=\"\\d\", to=\"\") }}",
        "{{ a | replace(from=\"\\\\d\", to=\"\") }}",
    ),
    ("{{ a | truncate }}", "{{ a | truncate(length=255) }}"),
    (
        "{{ a | round(method=\"common\", precision=2) }}",
        "{{ a | round(precision=2) }}",
    ),
    ("{{ a | round(method=\"common\") }}", "{{ a | round }}"),
    (
        "{{ a | indent(prefix=\"  \") }}",
        "{{ a | indent(indentation=\"  \", width=1) }}",
    ),
    (
        "{% include [\"none.html\", \"base.html\"] ignore missing %}",
        "{% include \"base.html\" %}",
    ),
    (
        "{% include \"none.html\" ignore missing %}",
        "{# {% include \"none.html\" ignore missing %} #}",
    ),
];

#[test]
fn each_difference_has_its_translation() {
    for (old, new) in DIFFERENCES {
        assert_eq!(translated(old).0, *new);
    }
}

#[test]
fn nothing_asks_for_the_time() {
    let (text, report) = translated("{{ now() | date(format=\"%Y\") }}{{ a.now }}");
    assert!(
        text.starts_with("{{ \"20") && text.ends_with("{{ a.now }}"),
        "{text}"
    );
    assert!(report.contains("`now`"), "{report}");
    let (text, _) = translated("{{ get_env(name=\"A\", default=\"b\") ~ get_env(name=\"C\") }}");
    assert_eq!(text, "{{ \"b\" ~ \"\" }}");
}

#[test]
fn macros_become_components() {
    let (text, _) = translated(
        "{% import \"macros/ui.html\" as ui %}\n{{ ui::card(title=a.b, n=1 + 2 | abs) | safe }}{{ self::x() }}",
    );
    assert_eq!(
        text,
        "{#- components need no import -#}\n{{ <macros.ui.card title={a.b} n={(1 + 2) | abs} /> | safe }}{{ <page.x /> }}"
    );
    assert_eq!(
        translated(
            "{% macro x(body) %}{{ body | f(body=a.body) }}{% endmacro %}{{ above::x(body=body) }}"
        )
        .0,
        "{% component page.x(body_text) %}{{ body_text | f(body=a.body) }}{% endcomponent page.x %}{{ <macros.ui.x body_text={body} /> }}"
    );
    assert_eq!(translated("{{ above::x() }}").0, "{{ <macros.ui.x /> }}");
    let (text, _) = translated(
        "{% macro x(page) %}{{ page.a }}{{ lang }}{% if section is defined %}{{ a.term }}{% endif %}{{ f(pages=1) }}{% endmacro %}{% if section is defined %}",
    );
    assert_eq!(
        text,
        "{% component page.x(page, @lang=none, @section=none) %}{{ page.a }}{{ lang }}{% if section is not none %}{{ a.term }}{% endif %}{{ f(pages=1) }}{% endcomponent page.x %}{% if section is defined %}"
    );
    let (text, _) =
        translated("{% macro x(a=\"\") %}{{ a[b] | default(value=\"\") }}{% endmacro %}");
    assert!(
        text.contains("{% set a = {} if a is none else a %}{{ a?[b] |"),
        "{text}"
    );
    let (text, _) = translated("{% macro x() %}{{ self::y() }}{% endmacro %}");
    assert!(text.starts_with("{% component page.x(@config=none, @lang=none) %}"));
    let (text, _) = translated("{% macro x(a, b=\"q\") -%}\n{{ a }}{% endmacro x %}");
    assert_eq!(
        text,
        "{% component page.x(a, b=none) %}{% set b = \"q\" if b is none else b %}{#- -#}\n{{ a }}{% endcomponent page.x %}"
    );
}

#[test]
fn the_body_of_a_shortcode_is_html() {
    let mut report = Report::default();
    let mut translated = |text: &str| {
        let (name, file) = (
            "shortcodes/a.html",
            Path::new("templates/shortcodes/a.html"),
        );
        translate(text, name, file, &Two, &mut report)
    };
    assert_eq!(
        translated("{{ body | markdown | safe }}"),
        "{{ body | safe }}"
    );
    let inline = "{{ body | markdown(inline=true) | safe }}";
    assert_eq!(translated(inline), inline);
    for (old, new) in [
        ("{{ body | trim | markdown }}", "{{ body }}"),
        (
            "{{ title }}{{ body | upper }}",
            "{{ title }}{{ body_source | upper }}",
        ),
        (
            "{% if body %}{{ a.body }}",
            "{% if body_source %}{{ a.body }}",
        ),
        (
            "{{ m::x(body=body) }}",
            "{{ <m.x body_text={body_source} /> }}",
        ),
    ] {
        assert_eq!(translated(old), new);
    }
}

/// What was an argument is no HTML.
#[test]
fn the_body_of_a_shortcode_may_be_an_argument() {
    struct Given;
    impl Templates for Given {
        fn resolve(&self, _: &str) -> Option<String> {
            None
        }
        fn imported(&self, _: &str, _: &str) -> Option<String> {
            None
        }
        fn body(&self, _: &str) -> Body {
            Body::Argument
        }
        fn in_head(&self) -> Option<&'static str> {
            None
        }
    }
    let name = "shortcodes/a.html";
    let old = "{% if body %}{{ body | markdown | safe }}{{ f(body=1) }}{% endif %}";
    let new = translate(old, name, Path::new(name), &Given, &mut Report::default());
    let source =
        "{% if body_source %}{{ body_source | markdown | safe }}{{ f(body=1) }}{% endif %}";
    assert_eq!(new, source);
}

#[test]
fn what_a_child_ignored_becomes_a_comment() {
    let (text, _) = translated(
        "{% extends \"base.html\" %}\n{% set a = 1 %}\nText\n{% block a %}{% set b = 1 %}{% endblock %}\n",
    );
    assert_eq!(
        text,
        "{% extends \"base.html\" %}\n{# {% set a = 1 %} #}\n{# Text #}\n{% block a %}{% set b = 1 %}{% endblock %}\n"
    );
}

#[test]
fn what_cannot_be_translated_is_told() {
    let (text, report) =
        translated("{{ a | date(format=\"%B\", locale=\"fr_FR\", timezone=\"UTC\") }}");
    assert_eq!(text, "{{ a | date(format=\"%B\") }}");
    assert!(report.contains("templates/page.html:1"), "{report}");
    assert!(report.contains("`locale`") && report.contains("`timezone`"));
}

#[test]
fn brackets_are_not_looked_through_without_end() {
    let deep = format!("{{{{ x{}{} }}}}", "[a".repeat(200_000), "]".repeat(200_000));
    let (text, report) = translated(&deep);
    assert_eq!(text, deep);
    assert!(report.contains("templates/page.html:1"), "{report}");
}
