//! Texts, as they are written and as they become HTML; and how tests render one.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use proptest::prelude::*;

use super::pass_html::CONTINUE;
use super::*;
use crate::Pictures;
use crate::cache::Cache;
use crate::child::Worker;
use crate::config::Config;
use crate::config::pictures::PictureConfig;
use crate::functions;
use crate::picture::Gallery;
use crate::source::Source;

pub(in crate::markdown) fn document(text: &str) -> Document {
    let source = Source {
        file: "content/a.md".into(),
        text: text.into(),
    };
    Document {
        body: 0..text.len(),
        source,
        id: "a.md".into(),
        path: "/a/".into(),
        ..Document::implicit_root("en", &Config::for_test())
    }
}

pub(in crate::markdown) fn config() -> MarkdownConfig {
    Config::for_test().markdown
}

/// Whether nothing panicked: the renderer lives on, and says so.
pub(in crate::markdown) fn is_readable(rendered: &Result<Rendered, Vec<Diagnostic>>) -> bool {
    let faults = rendered.as_ref().err();
    let mut faults = faults.into_iter().flatten();
    faults.all(|fault| fault.message != UNREADABLE)
}

#[test]
fn a_panic_is_a_fault_of_its_text() {
    let document = document("x");
    assert_eq!(guarded(&document, || 7), Ok(7));
    let fault = guarded(&document, || -> usize { panic!("as a parser may") });
    assert!(!is_readable(
        &fault
            .map(|_| Rendered::default())
            .map_err(|fault| vec![fault])
    ));
}

pub(in crate::markdown) fn render_text(text: &str) -> Result<Rendered, Vec<Diagnostic>> {
    render_with(text, config())
}

pub(in crate::markdown) fn render_with(
    text: &str,
    config: MarkdownConfig,
) -> Result<Rendered, Vec<Diagnostic>> {
    render_knowing(text, config, &only_links())
}

pub(in crate::markdown) fn render_knowing(
    text: &str,
    config: MarkdownConfig,
    knowledge: &Knowledge,
) -> Result<Rendered, Vec<Diagnostic>> {
    let targets = Targets::for_test(&[("a.md", "/a/"), ("b.md", "/b/")], &[("p.png", "/p.png")]);
    render_among(&document(text), targets, config, knowledge)
}

/// Renders a document on a site that has these files.
fn render_among(
    document: &Document,
    targets: Targets,
    config: MarkdownConfig,
    knowledge: &Knowledge,
) -> Result<Rendered, Vec<Diagnostic>> {
    render_by(
        None,
        AnchorLinks::None,
        document,
        (targets, config, knowledge),
        &ExternalLinks::default(),
    )
}

/// Renders a text with templates of a theme.
pub(in crate::markdown) fn render_themed(
    text: &str,
    templates: &[(&str, &str)],
    links: AnchorLinks,
) -> Result<Rendered, Vec<Diagnostic>> {
    render_with_templates(text, templates, links, &only_links())
}

/// Renders a text with templates of a theme, and pictures that are known.
pub(in crate::markdown) fn render_drawing(
    text: &str,
    templates: &[(&str, &str)],
    knowledge: &Knowledge,
) -> Result<Rendered, Vec<Diagnostic>> {
    render_with_templates(text, templates, AnchorLinks::None, knowledge)
}

fn render_with_templates(
    text: &str,
    templates: &[(&str, &str)],
    links: AnchorLinks,
    knowledge: &Knowledge,
) -> Result<Rendered, Vec<Diagnostic>> {
    let theme = Theme::of_templates(templates);
    let engine = functions::engine(&Arc::default(), &Config::for_test(), Value::none());
    let engine = Arc::new(theme.compile(&engine).unwrap());
    let nothing = Targets::for_test(&[], &[]);
    let with = (nothing, config(), knowledge);
    render_by(
        Some((&theme, &engine)),
        links,
        &document(text),
        with,
        &ExternalLinks::default(),
    )
}

/// Renders a text whose links to other sites are marked.
pub(in crate::markdown) fn render_marking(
    text: &str,
    links: &ExternalLinks,
) -> Result<Rendered, Vec<Diagnostic>> {
    let targets = Targets::for_test(&[("b.md", "/b/")], &[]);
    let with = (targets, config(), &only_links());
    render_by(None, AnchorLinks::None, &document(text), with, links)
}

fn render_by(
    theme: Option<(&Theme, &Arc<Tera>)>,
    links: AnchorLinks,
    document: &Document,
    (targets, config, knowledge): (Targets, MarkdownConfig, &Knowledge),
    external_links: &ExternalLinks,
) -> Result<Rendered, Vec<Diagnostic>> {
    let cache = Cache::default();
    let renderer = Renderer {
        keep: Keep::Everything,
        site: Path::new(""),
        base: &BaseUrl::split("https://a.org").unwrap(),
        targets,
        unsure: &Unsure::default(),
        config,
        external_links,
        studio: Studio::new(&Worker::Thread, &cache),
        knowledge,
        config_values: &ConfigValues::default(),
        progress: &Listener::default(),
        describe: &|_| ("page", Value::none()),
        theme: theme.map(|(theme, _)| theme),
        engine: theme.map(|(_, engine)| engine),
        patience: &Patience::of(Duration::from_millis(300)),
    };
    let rendered = renderer.render(document, links);
    match rendered.faults.is_empty() {
        true => Ok(rendered),
        false => Err(rendered.faults),
    }
}

/// No picture is looked into: there are none.
fn only_links() -> Knowledge {
    let pictures = PictureConfig {
        process: false,
        figures: false,
        ..PictureConfig::default()
    };
    let gallery = Gallery::new(
        pictures,
        Pictures::Originals,
        &Arc::default(),
        HashMap::new(),
    );
    Knowledge {
        gallery,
        ..Knowledge::default()
    }
}

/// The HTML of a page in a folder, beside another folder.
pub(in crate::markdown) fn rendered_at(id: &str, text: &str) -> String {
    let document = Document {
        source: Source {
            file: format!("content/{id}").into(),
            text: text.into(),
        },
        id: id.into(),
        path: "/My%20Notes/first/".into(),
        ..document(text)
    };
    let documents = [
        ("My Notes/First.md", "/My%20Notes/first/"),
        ("My Notes/Second/index.md", "/My%20Notes/second/"),
        ("Recipes/_index.md", "/Recipes/"),
    ];
    let files = [("My Notes/img/pic.png", "/My%20Notes/img/pic.png")];
    let targets = Targets::for_test(&documents, &files);
    let rendered = render_among(&document, targets, config(), &only_links());
    rendered.unwrap().html
}

#[test]
fn the_summary_ends_at_the_mark() {
    let rendered = render_text("One *two*.\n\n<!-- more -->\n\nThree").unwrap();
    assert_eq!(
        rendered.summary.as_deref(),
        Some("<p>One <em>two</em>.</p>")
    );
    assert!(rendered.html.contains(CONTINUE));
    assert_eq!(rendered.words, 4);
}

#[test]
fn the_summary_may_end_inside_of_something() {
    for (text, summary) in [
        ("Summary.<!-- more --> More.", "<p>Summary.</p>"),
        ("A *b<!--more--> c*", "<p>A <em>b</em></p>"),
        (
            "- a\n- b <!-- more -->\n- c",
            "<ul>\n<li>a</li>\n<li>b </li>\n</ul>",
        ),
        (
            "> a\n>\n> <!-- more -->\n> b",
            "<blockquote>\n<p>a</p>\n</blockquote>",
        ),
    ] {
        let rendered = render_text(text).unwrap();
        assert_eq!(rendered.summary.as_deref(), Some(summary), "{text}");
        assert_eq!(rendered.html.matches(CONTINUE).count(), 1);
    }
    assert!(
        render_text("`<!-- more -->` <!-- no more -->")
            .unwrap()
            .summary
            .is_none()
    );
}

/// Nothing is known that makes a dependency panic; a document whose text is
/// not where it should be does.
#[test]
fn a_panic_is_a_fault_of_its_document() {
    let mut document = document("[x](@/c.md)");
    document.source.text.clear();
    let targets = Targets::for_test(&[], &[]);
    let faults = render_among(&document, targets, config(), &only_links()).unwrap_err();
    assert_eq!(faults.len(), 1);
    assert_eq!(faults[0].file.to_str(), Some("content/a.md"));
}

/// On a page that lists summaries, they led nowhere.
#[test]
fn a_summary_refers_to_no_notes() {
    let text = "One[^a] two[^b].\n\n<!-- more -->\n\nThree[^a].\n\n[^a]: x\n\n[^b]: y\n";
    let rendered = render_text(text).unwrap();
    assert_eq!(rendered.summary.as_deref(), Some("<p>One two.</p>"));
    assert_eq!(rendered.html.matches("footnote-reference").count(), 3);
}

#[test]
fn raw_html_is_searched_for_anchors() {
    let text = "<a id=\"x\" name='y'></a>\n\n<div class=w id=z data-u=\"id=v\">\n\ntext\n";
    let rendered = render_text(text).unwrap();
    let anchors: Vec<_> = rendered.anchors.into_iter().collect();
    assert_eq!(anchors, ["x", "y", "z"]);
}

proptest! {
    #[test]
    fn nothing_panics(text in "[a-z#*_`<>\\[\\]()!@/.:|{}%,\n\t =\"é-]{0,120}") {
        prop_assert!(is_readable(&render_text(&text)));
    }
}

/// Authors of Zola give short ones so.
#[test]
fn a_body_may_be_an_argument() {
    let template = "{{ body_source }}/{{ body }}";
    let render = |text: &str| {
        let templates = [("shortcodes/note.md", template)];
        render_themed(text, &templates, AnchorLinks::None).unwrap()
    };
    let given = render("{{ note(body=\"*a*\") }}\n").html;
    assert_eq!(given, "<p><em>a</em>/<em>a</em></p>\n\n");
    let between = render("{% note(body=\"*a*\") %}*b*{% end %}\n").html;
    assert!(between.starts_with("<p><em>b</em>/<p>"), "{between}");
}
