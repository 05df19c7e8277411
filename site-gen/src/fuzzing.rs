//! Doors for the fuzzer (`cargo fata fuzz`): each gives any bytes to one parser
//! as a build does, and tells its faults as a build would. What comes back is
//! not kept; what must hold of it is asserted.

use std::collections::BTreeSet;
use std::path::Path;
use std::sync::{Arc, LazyLock};

use tera::{Tera, Value};

use crate::Keep;
use crate::cache::Cache;
use crate::child::Worker;
use crate::config::markdown::MarkdownConfig;
use crate::config::value::ConfigValues;
use crate::config::{self, Config};
use crate::data::files::Format;
use crate::diagnostic::Diagnostic;
use crate::diagram::Studio;
use crate::document::Document;
use crate::document::front_matter::AnchorLinks;
use crate::faults::unsure::Unsure;
use crate::functions::Knowledge;
use crate::markdown::{Renderer, Targets};
use crate::output::feed::absolute::absolute;
use crate::picture::Header;
use crate::progress::Listener;
use crate::render::Patience;
use crate::source::Source;
use crate::theme::Theme;
use crate::{check, minify, search};

/// A site on which texts may do all they can.
static SITE: LazyLock<Site> = LazyLock::new(Site::new);

/// The configuration of that site.
const CONFIGURATION: &str = r#"
base_url = "https://a.org"
title = "A"
theme = "t"
taxonomies = [{ name = "tags" }, { name = "categories", feed = true }]
[languages.fr]
[markdown]
highlight_code = false
smart_punctuation = true
autolinks = true
superscript = true
subscript = true
math = true
insert_anchor_links = "left"
external_links_target_blank = true
external_links_no_follow = true
[images]
process = false
figures = false
"#;

/// Its shortcodes: what they are given is all they show.
const SHORTCODES: [(&str, &str); 2] = [
    (
        "shortcodes/a.html",
        "<b id={{ id | default(value=1) }}>{{ nth }}{{ body | default(value=\"\") }}</b>",
    ),
    (
        "shortcodes/aside.html",
        "<aside>{{ title | default(value=\"\") }}{{ body | default(value=\"\") | safe }}</aside>",
    ),
];

struct Site {
    config: Config,
    targets: Targets,
    theme: Theme,
    engine: Arc<Tera>,
    cache: Cache,
    knowledge: Knowledge,
}

impl Site {
    fn new() -> Self {
        let config = Config::parse(source(config::FILE, CONFIGURATION.as_bytes()));
        let theme = Theme::of_templates(&SHORTCODES);
        let engine = theme.compile(&Tera::default());
        let own = |(id, path): (&str, &str)| (id.to_owned(), path.to_owned());
        let shared = |(id, path): (&str, &str)| (id.into(), path.into());
        let documents = [("a.md", "/a/"), ("b/_index.md", "/b/")].map(shared);
        let files = [("p.png", "/p.png")].map(own);
        Self {
            config: config.expect("the configuration has no fault"),
            targets: Targets::new(
                Arc::new(documents.into()),
                Arc::new(files.into()),
                BTreeSet::new(),
            ),
            theme,
            engine: Arc::new(engine.expect("the templates have no fault")),
            cache: Cache::default(),
            knowledge: Knowledge::default(),
        }
    }
}

/// A markdown file: its front matter, as that of a page and of a section.
pub fn front_matter(bytes: &[u8]) {
    for id in ["2015-02-25-a.md", "b/_index.fr.md"] {
        let source = source(&format!("content/{id}"), bytes);
        let read = Document::parse(source, id, &SITE.config, None);
        tell(&read.err().unwrap_or_default());
    }
}

/// A text: with shortcodes, raw HTML, formulas, attributes and all that can be
/// switched on.
pub fn markdown(bytes: &[u8]) {
    let source = source("content/a.md", bytes);
    let document = Document::despite_faults(source, "a.md", &SITE.config);
    let renderer = Renderer {
        keep: Keep::Nothing,
        site: Path::new(""),
        base: &SITE.config.base,
        targets: SITE.targets.clone(),
        unsure: &Unsure::default(),
        // Who draws has a process of its own, and may die in it.
        config: MarkdownConfig {
            diagrams: false,
            ..SITE.config.markdown
        },
        external_links: &SITE.config.external_links,
        config_values: &ConfigValues::default(),
        studio: Studio::new(&Worker::Thread, &SITE.cache),
        progress: &Listener::default(),
        knowledge: &SITE.knowledge,
        describe: &|_| ("page", Value::none()),
        theme: Some(&SITE.theme),
        engine: Some(&SITE.engine),
        patience: &Patience::default(),
    };
    let rendered = renderer.render(&document, AnchorLinks::Left);
    tell(&rendered.faults);
    let (theme, cache) = (&SITE.theme, &SITE.cache);
    tell(&check::faults_of_text(
        &document,
        renderer.config,
        theme,
        cache,
    ));
}

/// Data for templates, in all formats.
pub fn data(bytes: &[u8]) {
    for (name, format) in Format::ALL {
        let read = format.read(&source(&format!("data/a.{name}"), bytes));
        tell(&read.err().unwrap_or_default());
    }
}

/// A page as templates make it: made short, and for feeds, either of which is
/// done when it was done once; checked, and searched for words.
pub fn html(bytes: &[u8]) {
    let short = minify::html::minify(bytes);
    assert_eq!(minify::html::minify(&short), short, "made short twice");
    let html = String::from_utf8_lossy(bytes);
    let whole = absolute(&html, "https://a.org", "/b/c/");
    let again = absolute(&whole, "https://a.org", "/b/c/");
    assert_eq!(again, whole, "made absolute twice");
    check::Page::read("/b/c/", bytes);
    search::parts(&html);
    search::plain_text(&html);
}

/// A picture: what it says of itself before its first pixel.
pub fn picture(bytes: &[u8]) {
    for name in ["/a.avif", "/a.gif", "/a.jpg", "/a.png", "/a.svg", "/a.webp"] {
        let _ = Header::read(name, bytes);
    }
    let text = String::from_utf8_lossy(bytes);
    if let Some(short) = minify::svg::minify(&text) {
        assert!(short.len() <= text.len() * 2, "made longer");
    }
}

fn source(file: &str, bytes: &[u8]) -> Source {
    Source {
        file: file.into(),
        text: String::from_utf8_lossy(bytes).into_owned(),
    }
}

/// Writes faults as they are shown.
fn tell(faults: &[Diagnostic]) {
    for fault in faults {
        assert!(!fault.to_string().is_empty());
    }
}
