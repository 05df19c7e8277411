//! XML (1.0, fifth edition) as Zola gives it to templates. An element is a map of
//! its attributes (`@NAME`), its text (`#text`) and the elements in it, those of one
//! name as an array; if there is only text, it is that text. What reads as a number
//! or a boolean is one; prefixes of names are left out, but where two attributes
//! of an element would then have one name.
//!
//! Nothing is expanded or fetched: of entities, those are known that need no
//! declaration, and a DTD is passed over.

use std::collections::{HashMap, HashSet};

use quick_xml::events::{BytesRef, BytesStart, Event};
use quick_xml::{Reader, XmlVersion};
use tera::{Map, Value};

use crate::diagnostic::Diagnostic;
use crate::limits::MAX_DATA_DEPTH;
use crate::source::Source;

/// The entities that need no declaration (4.6).
const ENTITIES: [(&str, char); 5] = [
    ("lt", '<'),
    ("gt", '>'),
    ("amp", '&'),
    ("apos", '\''),
    ("quot", '"'),
];

/// Reads a document.
pub(super) fn parse(source: &Source) -> Result<Value, Diagnostic> {
    let mut reader = Reader::from_str(&source.text);
    let mut open: Vec<Element> = Vec::new();
    let mut document = Element::default();
    loop {
        let start = reader.buffer_position() as usize;
        let bad = |at: usize, told: &dyn std::fmt::Display| {
            let fault = source.at(at..at + 1, format!("bad XML: {told}"));
            fault.expected("XML that is well-formed")
        };
        let event = reader.read_event();
        let event = event.map_err(|error| bad(reader.error_position() as usize, &error))?;
        let inside = open.last_mut().unwrap_or(&mut document);
        match event {
            Event::Start(tag) => {
                if open.len() == MAX_DATA_DEPTH {
                    let fault = source.at(start..start + 1, "elements are nested too deeply");
                    return Err(fault.expected(format!("at most {MAX_DATA_DEPTH} in each other")));
                }
                open.push(Element::begin(&tag, start).map_err(|told| bad(start, &told))?);
            }
            Event::Empty(tag) => {
                let element = Element::begin(&tag, start).map_err(|told| bad(start, &told))?;
                inside.add(element);
            }
            Event::End(_) => {
                if let Some(element) = open.pop() {
                    open.last_mut().unwrap_or(&mut document).add(element);
                }
            }
            Event::Text(text) => inside.text.push_str(&text.xml10_content()),
            Event::CData(text) => inside.text.push_str(&text.xml10_content()),
            Event::GeneralRef(name) => {
                let told = format!("there is no entity `&{};`", &*name);
                let character = character(&name).ok_or_else(|| bad(start, &told))?;
                inside.text.push(character);
            }
            Event::Comment(_) | Event::Decl(_) | Event::PI(_) | Event::DocType(_) => {}
            Event::Eof => break,
        }
    }
    let bad = |at: usize, told: String, expected: &str| {
        Err(source.at(at..at + 1, told).expected(expected))
    };
    if let Some(element) = open.last() {
        let told = format!("the element `{}` has no end", element.name);
        return bad(element.start, told, "a tag that ends it");
    }
    let text = document
        .text
        .trim_matches(|c: char| c.is_whitespace() || c == '\u{feff}');
    match (document.children.as_slice(), text.is_empty()) {
        ([(_, roots)], true) if roots.len() == 1 => Ok(document.children()),
        _ => bad(
            0,
            "this is no XML".into(),
            "one element that all others are in",
        ),
    }
}

/// An element, as far as it is read.
#[derive(Default)]
struct Element {
    name: String,
    start: usize,
    attributes: Map,
    text: String,
    /// By name, in the order in which the first of each stands.
    children: Vec<(String, Vec<Value>)>,
    places: HashMap<String, usize>,
}

impl Element {
    /// Reads a tag.
    fn begin(tag: &BytesStart<'_>, start: usize) -> Result<Self, String> {
        let mut all = Vec::new();
        let mut names = HashSet::new();
        // How many have a name without prefix.
        let mut shared: HashMap<String, usize> = HashMap::new();
        // The parser looks for what is there twice by comparing all with all.
        for attribute in tag.attributes().with_checks(false) {
            let attribute = attribute.map_err(|error| error.to_string())?;
            let name: &str = attribute.key.as_ref();
            if !names.insert(name.to_owned()) {
                return Err(format!("the attribute `{name}` is there twice"));
            }
            if name == "xmlns" || name.starts_with("xmlns:") {
                continue;
            }
            let value = attribute
                .normalized_value(XmlVersion::Implicit1_0)
                .map_err(|error| error.to_string())?;
            *shared.entry(local(name).to_owned()).or_default() += 1;
            all.push((name.to_owned(), scalar(&value)));
        }
        let keyed = all.into_iter().map(|(name, value)| {
            let short = local(&name);
            let is_alone = shared.get(short) == Some(&1);
            let key = format!("@{}", if is_alone { short } else { &name });
            (key.into(), value)
        });
        let attributes: Map = keyed.collect();
        Ok(Self {
            name: local(tag.name().as_ref()).to_owned(),
            start,
            attributes,
            ..Self::default()
        })
    }

    fn add(&mut self, child: Self) {
        let name = child.name.clone();
        let next = self.children.len();
        let place = *self.places.entry(name.clone()).or_insert(next);
        if place == next {
            self.children.push((name, Vec::new()));
        }
        self.children[place].1.push(child.value());
    }

    fn value(mut self) -> Value {
        let text = self.text.trim();
        let has_text = !text.is_empty();
        let text = scalar(text);
        if has_text && self.attributes.is_empty() && self.children.is_empty() {
            return text;
        }
        if has_text {
            self.attributes.insert("#text".into(), text);
        }
        let mut map = std::mem::take(&mut self.attributes);
        for (name, mut values) in self.children {
            let value = match values.len() {
                1 => values.remove(0),
                _ => values.into(),
            };
            map.insert(name.into(), value);
        }
        map.into()
    }

    /// The elements in it.
    fn children(self) -> Value {
        let only = Self {
            children: self.children,
            ..Self::default()
        };
        only.value()
    }
}

/// A name without its prefix.
fn local(name: &str) -> &str {
    name.rsplit_once(':').map_or(name, |(_, name)| name)
}

/// A number or a boolean, if it reads as one.
fn scalar(text: &str) -> Value {
    let is_number = !text.contains(|c: char| !c.is_ascii_digit() && !"+-.eE".contains(c));
    let number = || text.parse::<f64>().ok().filter(|number| number.is_finite());
    match text {
        "true" => true.into(),
        "false" => false.into(),
        _ if !is_number => text.into(),
        _ => match text.parse::<i64>() {
            Ok(number) => number.into(),
            Err(_) => number().map_or_else(|| text.into(), Value::from),
        },
    }
}

fn character(name: &BytesRef<'_>) -> Option<char> {
    if name.is_char_ref() {
        return name.resolve_char_ref().ok().flatten();
    }
    let mut entities = ENTITIES.iter();
    let found = entities.find(|(own, _)| *own == &**name);
    found.map(|(_, character)| *character)
}

#[cfg(test)]
mod tests {
    use std::fmt::Write as _;
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    fn source(text: &str) -> Source {
        Source {
            file: "data/a.xml".into(),
            text: text.into(),
        }
    }

    fn read(text: &str) -> String {
        parse(&source(text)).unwrap().to_string()
    }

    /// What Zola 0.22 makes of each, but that it loses what stands behind `<b>`, and one
    /// of two attributes that differ in their prefixes.
    #[test]
    fn elements_are_what_they_are_in_zola() {
        for (inside, expected) in [
            (
                "<i id=\"007\">a &lt; b</i>",
                r##""i": {"@id": 7, "#text": "a < b"}"##,
            ),
            ("<i>42</i><j/><i>1.50</i>", r#""i": [42, 1.5], "j": {}"#),
            ("<e></e><s>  </s>", r#""e": {}, "s": {}"#),
            ("<t>true</t><u> True </u>", r#""t": true, "u": "True""#),
            (
                "<n>-3</n><n>+5</n><n>NaN</n><n>0x10</n>",
                r#""n": [-3, 5, "NaN", "0x10"]"#,
            ),
            (
                "<d:n xmlns:d=\"urn:d\" d:k=\"v\">ns</d:n>",
                r##""n": {"@k": "v", "#text": "ns"}"##,
            ),
            (
                "<n xml:lang=\"en\" lang=\"fr\" xml:id=\"a\"/>",
                r#""n": {"@xml:lang": "en", "@lang": "fr", "@id": "a"}"#,
            ),
            ("<c><![CDATA[ <raw> & ]]></c>", r#""c": "<raw> &""#),
            ("<c>&#65;&#x42;</c>", r#""c": "AB""#),
            (
                "<m>one <b>two</b> three<!-- x --></m>",
                r##""m": {"#text": "one  three", "b": "two"}"##,
            ),
        ] {
            let text = format!("<?xml version=\"1.0\"?>\n<!DOCTYPE r>\n<r>{inside}</r>\n");
            assert_eq!(read(&text), format!("{{\"r\": {{{expected}}}}}"));
        }
    }

    #[test]
    fn what_is_wrong_is_placed() {
        for (text, line, part) in [
            ("<r>\n<a></b>\n</r>", 2, "expected `</a>`"),
            ("<r>\n<a>\n", 2, "`a` has no end"),
            ("<r>\n&bomb;</r>", 2, "no entity `&bomb;`"),
            ("<r>\n<a b=\"&bomb;\"/></r>", 2, "bomb"),
            ("<r>\n<a b=\"1\" b=\"2\"/></r>", 2, "twice"),
            (
                "<r>\n<a x:b=\"1\" b=\"2\" x:b=\"1\"/></r>",
                2,
                "`x:b` is there twice",
            ),
            ("<r>\n<a xmlns=\"b\" xmlns=\"b\"/></r>", 2, "twice"),
            ("<r/>\n<r/>", 1, "no XML"),
            ("text", 1, "no XML"),
            ("", 1, "no XML"),
        ] {
            let fault = parse(&source(text)).unwrap_err();
            assert_eq!(fault.place.unwrap().line, line, "{text}");
            assert!(fault.message.contains(part), "{}", fault.message);
        }
        let deep = "<a>".repeat(100_000);
        let fault = parse(&source(&deep)).unwrap_err();
        assert!(fault.message.contains("too deeply"));
    }

    /// Neither is compared with all that stand before it.
    #[test]
    fn attributes_and_names_may_be_many() {
        let started = Instant::now();
        let mut text = "<r".to_owned();
        for number in 0..50_000 {
            write!(text, " a{number}=\"x\"").unwrap();
        }
        text.push('>');
        for number in 0..50_000 {
            write!(text, "<b{number}/>").unwrap();
        }
        text.push_str("</r>");
        parse(&source(&text)).unwrap();
        assert!(started.elapsed().as_secs() < 5, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_panics(pieces in prop::collection::vec(
            prop::sample::select(&["<a", ">", "</a>", "<b/>", " c=\"", "\"", "&#", "x41;", "&lt;", "<![CDATA[", "]]>", "<!--", "-->", "<!DOCTYPE", "<?", "?>", "\u{e9}", "\n"][..]),
            0..40,
        )) {
            let _ = parse(&source(&pieces.concat()));
        }
    }
}
