//! Templates that draw parts of a text in Hugo ("render hooks"): links, pictures,
//! headings, code. What the usual ones do is done here in another way, mostly
//! without a template; the rest is told.

use std::collections::BTreeSet;

use super::super::tree::Origin;
use super::mounts::Mounted;
use super::toml::Toml;

/// The language of code that is drawn here, too.
pub(super) const DRAWN_HERE: &str = "mermaid";

/// Languages of code that are formulas.
const FORMULAS: [&str; 4] = ["katex", "latex", "math", "tex"];

/// What the templates do.
#[derive(Clone, Debug, Default)]
pub(super) struct Hooks {
    /// Keys of `[markdown]` that do the same.
    keys: Vec<(&'static str, &'static str)>,
    /// The languages of code that are drawn.
    pub(super) drawn: BTreeSet<String>,
    /// Whether code in a language of formulas is a formula.
    pub(super) formulas: bool,
    /// Whether a link is looked for among the pages.
    pub(super) finds_pages: bool,
    /// Whether quotations are drawn, and begin with their kind.
    pub(super) remarks: bool,
    /// Whether pictures are drawn.
    pub(super) pictures: bool,
}

/// What a template draws.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Part {
    Link,
    Image,
    Heading,
    /// Code in a language, or all code.
    Code(Option<String>),
    Table,
    Quotation,
    Formula,
}

impl Part {
    /// By the path of the template, as in `_default/_markup/render-link.html`.
    fn of(template: &Mounted) -> Option<Self> {
        let path = format!("/{}", template.inside);
        let (_, name) = path.rsplit_once("/_markup/render-")?;
        let name = name.split('.').next().unwrap_or_default();
        Some(match name.split_once('-').unwrap_or((name, "")) {
            ("link", _) => Self::Link,
            ("image", _) => Self::Image,
            ("heading", _) => Self::Heading,
            ("codeblock", "") => Self::Code(None),
            ("codeblock", language) => Self::Code(Some(language.to_lowercase())),
            ("table", _) => Self::Table,
            ("blockquote", _) => Self::Quotation,
            ("passthrough", _) => Self::Formula,
            _ => return None,
        })
    }
}

impl Hooks {
    /// Reads them.
    pub(super) fn of(templates: &[Mounted], origin: &Origin) -> Self {
        let mut hooks = Self::default();
        // The site's own come first, and count.
        let mut done: Vec<Part> = Vec::new();
        for template in templates {
            let text = std::fs::read(origin.path().join(&template.file)).unwrap_or_default();
            let text = String::from_utf8_lossy(&text);
            if let Some(part) = Part::of(template).filter(|part| !done.contains(part)) {
                hooks.read(&part, &text);
                done.push(part);
            } else if text.contains("mermaid") {
                // A script draws it.
                hooks.drawn.insert(DRAWN_HERE.to_owned());
            }
        }
        hooks
    }

    fn read(&mut self, part: &Part, text: &str) {
        match part {
            Part::Link => {
                self.keys.extend(link_keys(text));
                self.finds_pages = text.contains(".GetPage");
            }
            Part::Heading => self.keys.extend(heading_key(text)),
            Part::Code(Some(language)) if FORMULAS.contains(&language.as_str()) => {
                self.formulas = true;
            }
            Part::Code(Some(language)) => _ = self.drawn.insert(language.clone()),
            Part::Quotation => self.remarks = true,
            Part::Image => self.pictures = true,
            Part::Code(None) | Part::Table | Part::Formula => {}
        }
    }

    /// Whether code in this language is a formula.
    pub(super) fn is_formula(&self, language: &str) -> bool {
        self.formulas && FORMULAS.contains(&language)
    }

    /// Writes the keys that do what templates did.
    pub(super) fn write(&self, markdown: &mut Toml) {
        for (key, value) in &self.keys {
            markdown.raw(key, value);
        }
    }
}

/// What is said of links to other sites.
fn link_keys(text: &str) -> Vec<(&'static str, &'static str)> {
    let keys = [
        ("_blank", "external_links_target_blank"),
        ("nofollow", "external_links_no_follow"),
        ("noreferrer", "external_links_no_referrer"),
    ];
    let found = keys.into_iter().filter(|(word, _)| text.contains(word));
    found.map(|(_, key)| (key, "true")).collect()
}

/// A link of a heading to itself, if it is before or behind its words.
fn heading_key(text: &str) -> Option<(&'static str, &'static str)> {
    let link = text
        .find("#{{ .Anchor")
        .or_else(|| text.find("#{{.Anchor"))?;
    let words = text.find("{{ .Text").or_else(|| text.find("{{- .Text"))?;
    let inside = text[link.min(words)..link.max(words)].contains("</a>");
    let side = match (link < words, inside) {
        (true, true) => "\"left\"",
        (true, false) => "\"heading\"",
        (false, _) => "\"right\"",
    };
    Some(("insert_anchor_links", side))
}

/// What to tell of a template, if it is one of these: what it is, and what is
/// done in its place.
pub(super) fn advice(template: &Mounted, origin: &Origin) -> Option<(String, String)> {
    let part = Part::of(template)?;
    let text = std::fs::read(origin.path().join(&template.file)).unwrap_or_default();
    let text = String::from_utf8_lossy(&text);
    let done = |keys: &[(&str, &str)]| {
        let keys = keys.iter().map(|(key, value)| format!("`{key} = {value}`"));
        format!(
            "{} in `[markdown]` does it",
            keys.collect::<Vec<_>>().join(", ")
        )
    };
    Some(match part {
        Part::Link => (
            "a template of Go that draws links".to_owned(),
            match link_keys(&text).as_slice() {
                [] => "left out: a link to a file leads to its page by itself, and one that leads nowhere is an error".to_owned(),
                keys => done(keys),
            },
        ),
        Part::Image => (
            "a template of Go that draws pictures".to_owned(),
            "left out: by themselves, pictures have their size, load late, come in smaller versions, and are a figure with a caption if they stand alone and have a title".to_owned(),
        ),
        Part::Heading => (
            "a template of Go that draws headings".to_owned(),
            match heading_key(&text) {
                Some(key) => format!("{}; the theme's style sheet draws `a.anchor`", done(&[key])),
                None => "left out: a heading has its anchor by itself; `insert_anchor_links` in `[markdown]` links to it".to_owned(),
            },
        ),
        Part::Code(None) => (
            "a template of Go that draws code".to_owned(),
            "left out: code is coloured by itself, and `name` behind its fence is its caption".to_owned(),
        ),
        Part::Code(Some(language)) if FORMULAS.contains(&language.as_str()) => (
            format!("a template of Go that draws code in `{language}`"),
            "such code is a formula between `$$` now".to_owned(),
        ),
        Part::Code(Some(language)) if language == DRAWN_HERE => (
            format!("a template of Go that draws code in `{language}`"),
            "left out: it is drawn when the site is built".to_owned(),
        ),
        Part::Code(Some(language)) => (
            format!("a template of Go that draws code in `{language}`"),
            "left out: it is shown as code; the texts that have some are told below `text`".to_owned(),
        ),
        Part::Table => (
            "a template of Go that draws tables".to_owned(),
            "left out: a table is a `table`; the theme's style sheet draws it".to_owned(),
        ),
        Part::Quotation => (
            "a template of Go that draws quotations".to_owned(),
            "left out: a quotation that begins with `[!NOTE]`, or another of GitHub's five kinds, is a remark by itself; the theme's style sheet draws it".to_owned(),
        ),
        Part::Formula => (
            "a template of Go that draws formulas".to_owned(),
            "left out: `math = true` in `[markdown]` makes MathML of them, which browsers draw by themselves".to_owned(),
        ),
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn template(inside: &str) -> Mounted {
        Mounted {
            file: inside.into(),
            inside: inside.to_owned(),
            language: 0,
        }
    }

    #[test]
    fn templates_are_known_by_their_names() {
        for (inside, expected) in [
            ("_default/_markup/render-link.html", Some(Part::Link)),
            ("_markup/render-image.rss.xml", Some(Part::Image)),
            ("docs/_markup/render-heading.html", Some(Part::Heading)),
            ("_markup/render-codeblock.html", Some(Part::Code(None))),
            (
                "_markup/render-codeblock-mermaid.html",
                Some(Part::Code(Some("mermaid".to_owned()))),
            ),
            (
                "_markup/render-blockquote-alert.html",
                Some(Part::Quotation),
            ),
            ("_markup/other.html", None),
            ("partials/render-link.html", None),
        ] {
            assert_eq!(Part::of(&template(inside)), expected, "{inside}");
        }
    }

    #[test]
    fn keys_do_what_the_usual_templates_did() {
        let link = "<a href=\"{{ .Destination | safeURL }}\"{{ if strings.HasPrefix .Destination \"http\" }} target=\"_blank\" rel=\"noopener noreferrer\"{{ end }}>{{ .Text | safeHTML }}</a>";
        let keys = link_keys(link).into_iter().map(|(key, _)| key);
        let expected = ["external_links_target_blank", "external_links_no_referrer"];
        assert!(keys.eq(expected));
        for (heading, side) in [
            (
                "<h{{ .Level }} id=\"{{ .Anchor }}\">{{ .Text }} <a href=\"#{{ .Anchor }}\">#</a></h{{ .Level }}>",
                Some("\"right\""),
            ),
            (
                "<h2 id=\"{{ .Anchor }}\"><a href=\"#{{ .Anchor | safeURL }}\">#</a> {{ .Text }}</h2>",
                Some("\"left\""),
            ),
            (
                "<h2 id=\"{{ .Anchor }}\"><a href=\"#{{ .Anchor }}\">{{ .Text }}</a></h2>",
                Some("\"heading\""),
            ),
            ("<h2 id=\"{{ .Anchor }}\">{{ .Text }}</h2>", None),
        ] {
            assert_eq!(
                heading_key(heading).map(|(_, side)| side),
                side,
                "{heading}"
            );
        }
    }
}
