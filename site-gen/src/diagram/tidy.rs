//! A drawing made fit for a page: its colours are the page's, it has a name for those
//! who hear it and a size that suits its place, and what nothing draws is left out.
//!
//! The element `svg` is written anew. Elements that are not known to draw are faults:
//! HTML is clipped, pictures and scripts come from elsewhere.

use std::collections::HashSet;
use std::fmt::Write as _;
use std::mem;

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::Fault;
use super::palette::{PAPER, restore};
use super::style::{Used, prune};
use crate::limits::{MAX_DRAWING_BYTES, MAX_DRAWING_NAME};

/// What draws.
const ELEMENTS: [&str; 22] = [
    "a",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "ellipse",
    "g",
    "line",
    "linearGradient",
    "marker",
    "path",
    "polygon",
    "polyline",
    "rect",
    "stop",
    "style",
    "svg",
    "symbol",
    "text",
    "title",
    "tspan",
    "use",
];

/// What is drawn only where something refers to it.
const REFERRED: [&str; 5] = ["clipPath", "filter", "linearGradient", "marker", "symbol"];

/// Attributes that are lengths and places: a hundredth of a pixel is enough.
const NUMBERS: [&str; 22] = [
    "cx",
    "cy",
    "d",
    "dx",
    "dy",
    "height",
    "markerHeight",
    "markerWidth",
    "points",
    "r",
    "refX",
    "refY",
    "rx",
    "ry",
    "transform",
    "width",
    "x",
    "x1",
    "x2",
    "y",
    "y1",
    "y2",
];

/// Declarations that say what would be so without them.
const NEUTRAL: [&str; 9] = [
    "clip-path:none",
    "display:inline",
    "fill-opacity:1",
    "filter:none",
    "mask:none",
    "transform:matrix(1 0 0 1 0 0)",
    "transform:none",
    "visibility:inherit",
    "",
];

/// Texts that stand on lines: messages and frames pass over lifelines.
const ON_LINES: [&str; 3] = [".messageText", ".loopText", ".loopText>tspan"];

/// How wide the paper around them is, on both sides together, in pixels.
const HALO_PX: u8 = 8;

/// What the ids of its title and of its description begin with.
const TITLE: &str = "chart-title-";
/// See [`TITLE`].
const DESCRIPTION: &str = "chart-desc-";

/// To how much of its width a drawing is made smaller before it is scrolled.
const SMALLEST_PART: f64 = 0.6;

/// A drawing of merman's, whose root has this `id`.
pub(super) fn tidy(svg: &str, id: &str) -> Result<String, Fault> {
    let seen = Seen::look(svg)?;
    let out = Writer::new(&seen, id).write(svg)?;
    if out.len() > MAX_DRAWING_BYTES {
        let expected = format!("one whose drawing has at most {MAX_DRAWING_BYTES} bytes");
        return Err(Fault::new("this diagram is too large", expected));
    }
    Ok(out)
}

fn unreadable() -> Fault {
    Fault::new(
        "this diagram cannot be drawn",
        "one that is written another way",
    )
}

/// What is in a drawing.
#[derive(Debug, Default)]
struct Seen {
    used: Used,
    /// Elements that others refer to.
    referred: HashSet<String>,
    /// Whether the drawing itself has a title and a description.
    title: bool,
    description: bool,
    links: bool,
    /// What can be read in it.
    texts: String,
    css: String,
}

impl Seen {
    fn look(svg: &str) -> Result<Self, Fault> {
        let mut seen = Self::default();
        let mut open: Vec<String> = Vec::new();
        let mut reader = Reader::from_str(svg);
        loop {
            match reader.read_event().map_err(|_| unreadable())? {
                Event::Start(tag) => {
                    seen.see(&tag, open.len())?;
                    open.push(tag.name().as_ref().to_owned());
                }
                Event::Empty(tag) => seen.see(&tag, open.len())?,
                Event::End(tag) => {
                    if tag.name().as_ref() == "text" {
                        seen.texts.push('\n');
                    }
                    open.pop();
                }
                Event::Text(text) => {
                    if open.iter().any(|name| name == "style") {
                        seen.css.push_str(&text);
                    } else if open.iter().any(|name| name == "text") {
                        seen.texts.push_str(&text);
                    }
                }
                Event::GeneralRef(name) if open.iter().any(|name| name == "style") => {
                    seen.css.push_str(if &*name == "gt" { ">" } else { " " });
                }
                Event::GeneralRef(name) if open.iter().any(|name| name == "text") => {
                    _ = write!(seen.texts, "&{};", &*name);
                }
                Event::Eof => return Ok(seen),
                _ => {}
            }
        }
    }

    fn see(&mut self, tag: &BytesStart<'_>, depth: usize) -> Result<(), Fault> {
        let name = tag.name();
        let name = name.as_ref();
        if !ELEMENTS.contains(&name) && !REFERRED.contains(&name) && !name.starts_with("fe") {
            let message = format!("a diagram cannot have `{name}` in it");
            return Err(Fault::new(message, "text, shapes and lines"));
        }
        self.used.elements.insert(name.to_owned());
        self.title |= depth == 1 && name == "title";
        self.description |= depth == 1 && name == "desc";
        for attribute in tag.attributes() {
            let attribute = attribute.map_err(|_| unreadable())?;
            let value = &*attribute.value;
            match attribute.key.as_ref() {
                "class" => self.used.classes.extend(words(value)),
                "href" | "xlink:href" => {
                    self.links |= name == "a";
                    self.referred
                        .extend(value.strip_prefix('#').map(str::to_owned));
                }
                _ => {
                    let referred = value.split("url(#").skip(1);
                    let referred = referred.filter_map(|rest| rest.split([')', '"']).next());
                    self.referred.extend(referred.map(str::to_owned));
                }
            }
        }
        Ok(())
    }

    /// What someone hears who does not see the drawing: its texts, if it has no
    /// title.
    fn name(&self) -> String {
        let texts = self.texts.lines().map(str::trim);
        let texts: Vec<_> = texts.filter(|text| !text.is_empty()).collect();
        let name = texts.join(", ");
        match name.char_indices().nth(MAX_DRAWING_NAME) {
            None if name.is_empty() => "–".to_owned(),
            None => name,
            // Not in the middle of a text, and so of a reference.
            Some((at, _)) => match name[..at].rfind(", ") {
                Some(end) => format!("{} …", &name[..end]),
                None => "…".to_owned(),
            },
        }
    }
}

fn words(text: &str) -> impl Iterator<Item = String> {
    text.split_whitespace().map(str::to_owned)
}

/// Writes a drawing again.
struct Writer<'a> {
    seen: &'a Seen,
    id: &'a str,
    out: String,
    depth: usize,
    /// How deep the outermost element is that is left out.
    dropped: Option<usize>,
    named: Named,
}

/// Which names of the drawing itself are written.
#[derive(Debug, Default)]
struct Named {
    title: bool,
    description: bool,
}

/// Whether an element of SVG has an attribute: some are written where they mean
/// nothing.
fn may_have(element: &str, attribute: &str) -> bool {
    match attribute {
        "name" | "title" => false,
        "height" | "width" => !matches!(
            element,
            "circle" | "ellipse" | "g" | "line" | "path" | "text" | "tspan"
        ),
        _ => true,
    }
}

impl<'a> Writer<'a> {
    fn new(seen: &'a Seen, id: &'a str) -> Self {
        Self {
            seen,
            id,
            out: String::new(),
            depth: 0,
            dropped: None,
            named: Named::default(),
        }
    }

    fn write(mut self, svg: &str) -> Result<String, Fault> {
        let mut reader = Reader::from_str(svg);
        loop {
            match reader.read_event().map_err(|_| unreadable())? {
                Event::Start(tag) => {
                    self.depth += 1;
                    if self.goes(&tag) {
                        self.dropped.get_or_insert(self.depth);
                    }
                    self.tag(&tag, ">");
                }
                Event::Empty(tag) if self.goes(&tag) => {}
                Event::Empty(tag) => self.tag(&tag, "/>"),
                Event::End(tag) => {
                    if self.dropped.is_none() {
                        _ = write!(self.out, "</{}>", tag.name().as_ref());
                    }
                    self.dropped = self.dropped.filter(|at| *at != self.depth);
                    self.depth = self.depth.checked_sub(1).ok_or_else(unreadable)?;
                }
                Event::Text(text) if self.dropped.is_none() && self.depth > 0 => {
                    self.out.push_str(&text);
                }
                Event::GeneralRef(name) if self.dropped.is_none() => {
                    _ = write!(self.out, "&{};", &*name);
                }
                Event::Eof if self.depth == 0 => return Ok(self.out),
                Event::Eof => return Err(unreadable()),
                _ => {}
            }
        }
    }

    /// Whether nothing draws an element.
    fn goes(&self, tag: &BytesStart<'_>) -> bool {
        let name = tag.name();
        let name = name.as_ref();
        let id = tag.try_get_attribute("id").ok().flatten();
        let is_referred = || id.is_some_and(|id| self.seen.referred.contains(&*id.value));
        let style = tag.try_get_attribute("style").ok().flatten();
        let is_unseen = style.is_some_and(|style| declared(&style.value, "opacity:0"));
        name == "style" || is_unseen || REFERRED.contains(&name) && !is_referred()
    }

    fn tag(&mut self, tag: &BytesStart<'_>, end: &str) {
        if self.dropped.is_some() {
            return;
        }
        if self.depth == 1 && end == ">" {
            self.root(tag);
            return;
        }
        let element = tag.name();
        let element = element.as_ref();
        _ = write!(self.out, "<{element}");
        let own_id = self.name_of(element, end);
        if let Some(own_id) = &own_id {
            _ = write!(self.out, " id=\"{own_id}\"");
        }
        for attribute in tag.attributes().flatten() {
            let value = &*attribute.value;
            let key = attribute.key.as_ref();
            let says_nothing = key.starts_with("data-")
                || key.starts_with("xmlns")
                || key.starts_with("on")
                || key == "aria-roledescription"
                || value.is_empty()
                // What nobody refers to may stand there twice, or in another drawing.
                || key == "id" && (own_id.is_some() || !self.seen.referred.contains(value))
                || !may_have(element, key);
            let value = match key {
                _ if says_nothing => continue,
                "id" | "class" | "href" | "xlink:href" => value.to_owned(),
                "style" => restore(&declarations(value)),
                _ if NUMBERS.contains(&key) => shorten(value),
                _ => restore(value),
            };
            if value.is_empty() {
                continue;
            }
            let key = key.trim_start_matches("xlink:");
            _ = write!(self.out, " {key}=\"{}\"", value.replace('"', "&quot;"));
        }
        self.out.push_str(end);
    }

    /// The rules that something is drawn by. No line is seen behind a text.
    fn style(&self) -> String {
        let id = self.id;
        let on_lines = ON_LINES.map(|class| format!("#{id} {class}")).join(",");
        let halo = format!(
            "{on_lines}{{paint-order:stroke;stroke:{PAPER};stroke-width:{HALO_PX}px;\
             stroke-linejoin:round}}"
        );
        let rules = restore(&prune(&self.seen.css, &self.seen.used));
        rules + &prune(&halo, &self.seen.used)
    }

    /// The id by which the root refers to its title or its description: the first
    /// one counts.
    fn name_of(&mut self, element: &str, end: &str) -> Option<String> {
        if self.depth != 2 || end != ">" {
            return None;
        }
        let prefix = match element {
            "title" if !mem::replace(&mut self.named.title, true) => TITLE,
            "desc" if !mem::replace(&mut self.named.description, true) => DESCRIPTION,
            _ => return None,
        };
        Some(format!("{prefix}{}", self.id))
    }

    fn root(&mut self, tag: &BytesStart<'_>) {
        let attribute = |name: &str| {
            let found = tag.try_get_attribute(name).ok().flatten();
            found.map(|found| found.value.into_owned())
        };
        let id = self.id;
        let view = shorten(&attribute("viewBox").unwrap_or_default());
        let class = attribute("class").filter(|class| !class.is_empty());
        let class = class.map_or_else(String::new, |class| format!(" class=\"{class}\""));
        // Links in an image are not heard.
        let role = if self.seen.links { "group" } else { "img" };
        _ = write!(
            self.out,
            "<svg id=\"{id}\"{class} viewBox=\"{view}\" role=\"{role}\""
        );
        if self.seen.title {
            _ = write!(self.out, " aria-labelledby=\"{TITLE}{id}\"");
        } else {
            let name = self.seen.name().replace('"', "&quot;");
            _ = write!(self.out, " aria-label=\"{name}\"");
        }
        if self.seen.description {
            _ = write!(self.out, " aria-describedby=\"{DESCRIPTION}{id}\"");
        }
        let width: f64 = view
            .split(' ')
            .nth(2)
            .and_then(|width| width.parse().ok())
            .unwrap_or(0.0);
        let (width, smallest) = (width.ceil(), (width * SMALLEST_PART).floor());
        // Without weight, so that a theme's style sheet has the last word.
        _ = write!(
            self.out,
            "><style>:where(.diagram){{overflow-x:auto}}:where(#{id}){{display:block;width:100%;\
             max-width:{width}px;min-width:{smallest}px;height:auto}}\
             @media print{{:where(#{id}){{min-width:0}}}}{}</style>",
            self.style().replace('<', "\\3c ")
        );
    }
}

fn declared(style: &str, declaration: &str) -> bool {
    style.split(';').any(|declared| declared == declaration)
}

/// Those that say something. A label that is wider than was expected is shown as a whole.
fn declarations(style: &str) -> String {
    let declared = style.split(';').map(str::trim);
    let declared = declared.filter(|declaration| !NEUTRAL.contains(declaration));
    let declared: Vec<_> = declared.collect();
    declared
        .join(";")
        .replace("overflow:hidden", "overflow:visible")
}

/// Numbers with two digits behind the point.
fn shorten(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut rest = text;
    while let Some(at) = rest.find('.') {
        out.push_str(&rest[..at]);
        let digits = &rest[at + 1..];
        let end = digits.find(|c: char| !c.is_ascii_digit());
        let end = end.unwrap_or(digits.len());
        let kept = digits[..end.min(2)].trim_end_matches('0');
        if !kept.is_empty() {
            out.push('.');
            out.push_str(kept);
        } else if at == 0 || !rest.as_bytes()[at - 1].is_ascii_digit() {
            out.push('0');
        }
        rest = &digits[end..];
    }
    out.push_str(rest);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_draws_stays() {
        let svg = "<svg id=\"d\" xmlns=\"n\" class=\"c\" viewBox=\"0 0 100.127 50\" data-x=\"y\">\
                   <style>#d .a{fill:#1a1b1d}#d .b{fill:red}</style>\
                   <defs><marker id=\"m\"><path d=\"M0.001,1.999\"/></marker><marker id=\"n\"><path/></marker></defs>\
                   <g class=\"a\" style=\"\"><text x=\"1.005\">a &lt;b&gt;</text><text>c</text></g>\
                   <path marker-end=\"url(#m)\" fill=\"#5a5b5d\"/></svg>";
        assert_eq!(
            tidy(svg, "d").unwrap(),
            "<svg id=\"d\" class=\"c\" viewBox=\"0 0 100.12 50\" role=\"img\" aria-label=\"a &lt;b&gt;, c\">\
             <style>:where(.diagram){overflow-x:auto}:where(#d){display:block;width:100%;max-width:101px;\
             min-width:60px;height:auto}@media print{:where(#d){min-width:0}}\
             #d .a{fill:var(--diagram-text,currentColor)}</style>\
             <defs><marker id=\"m\"><path d=\"M0,1.99\"/></marker></defs>\
             <g class=\"a\"><text x=\"1\">a &lt;b&gt;</text><text>c</text></g>\
             <path marker-end=\"url(#m)\" fill=\"var(--diagram-line,currentColor)\"/></svg>"
        );
    }

    #[test]
    fn titles_are_names_and_links_are_heard() {
        let svg = "<svg><title id=\"chart-title-d\">t</title><desc id=\"chart-desc-d\">e</desc>\
                   <a xlink:href=\"https://e.org/\" onclick=\"x()\"><text>b</text></a></svg>";
        let tidied = tidy(svg, "d").unwrap();
        let root =
            "role=\"group\" aria-labelledby=\"chart-title-d\" aria-describedby=\"chart-desc-d\"";
        assert!(tidied.contains(root), "{tidied}");
        let names = "<title id=\"chart-title-d\">t</title><desc id=\"chart-desc-d\">e</desc>";
        assert!(tidied.contains(names), "{tidied}");
        assert!(
            tidied.contains("<a href=\"https://e.org/\"><text>b"),
            "{tidied}"
        );
    }

    #[test]
    fn texts_on_lines_have_paper_around_them() {
        let svg = "<svg><style>#d .messageText{stroke:none}</style>\
                   <text class=\"messageText\">a</text></svg>";
        let tidied = tidy(svg, "d").unwrap();
        let rules = "#d .messageText{stroke:none}#d .messageText{paint-order:stroke;\
                     stroke:var(--diagram-paper,transparent);";
        assert!(tidied.contains(rules), "{tidied}");
        assert!(!tidied.contains("loopText"), "{tidied}");
        let plain = tidy("<svg><text>a</text></svg>", "d").unwrap();
        assert!(!plain.contains("paint-order"), "{plain}");
    }

    #[test]
    fn what_is_not_drawn_is_a_fault() {
        for svg in [
            "<svg><foreignObject/></svg>",
            "<svg><image href=\"https://e.org/\"/></svg>",
            "<svg><script>x</script></svg>",
            "<svg>",
            "<svg></g>",
            "<svg a></svg>",
        ] {
            assert!(tidy(svg, "d").is_err(), "{svg}");
        }
        let long = format!("<svg><text>{}</text></svg>", "x".repeat(MAX_DRAWING_BYTES));
        assert_eq!(
            tidy(&long, "d").unwrap_err().message,
            "this diagram is too large"
        );
    }

    #[test]
    fn long_names_end_between_texts() {
        let texts = "<text>&lt;word</text>".repeat(99);
        let tidied = tidy(&format!("<svg>{texts}</svg>"), "d").unwrap();
        let name = tidied.split("aria-label=\"").nth(1).unwrap();
        let name = name.split('"').next().unwrap();
        assert!(name.ends_with("&lt;word …"), "{name}");
        assert!(name.chars().count() <= MAX_DRAWING_NAME + 2);
        assert!(
            tidy("<svg></svg>", "d")
                .unwrap()
                .contains("aria-label=\"–\"")
        );
    }

    #[test]
    fn numbers_are_short() {
        for (long, short) in [
            ("1.23456", "1.23"),
            ("-0.0001,5.10em", "-0,5.1em"),
            ("M.5-.001L1.5e-7", "M.5-0L1.5e-7"),
            ("translate(10.999, 7)", "translate(10.99, 7)"),
            ("é.", "é0"),
        ] {
            assert_eq!(shorten(long), short);
        }
    }
}
