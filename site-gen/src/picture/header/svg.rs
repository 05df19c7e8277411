//! SVG (W3C, version 2): the outermost element says how large the drawing is,
//! in `width` and `height`, or what shape it has, in `viewBox` (8.2, 8.6).

use image::metadata::Orientation;
use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

use super::{Header, UseAs};
use crate::picture::Format;

/// How far into a file of another name an element is looked for, in bytes.
const PROLOG_BYTES: usize = 1024;

/// Whether a file is a drawing, or claims to be one.
pub(super) fn is(name: &str, bytes: &[u8]) -> bool {
    let begin = &bytes[..bytes.len().min(PROLOG_BYTES)];
    let text = String::from_utf8_lossy(begin);
    let text = text.trim_start_matches('\u{feff}').trim_start();
    text.starts_with('<') && (text.contains("<svg") || name.ends_with(".svg"))
}

/// What its outermost element says, if all of it is well-formed (XML 1.0, 2.1): of one
/// that is not, browsers show nothing.
pub(super) fn read(bytes: &[u8]) -> Option<Header> {
    let text = str::from_utf8(bytes).ok()?;
    let mut reader = Reader::from_str(text.trim_start_matches('\u{feff}'));
    let mut header = None;
    let mut open = 0_usize;
    loop {
        // That an end is that of the last start is looked at there.
        match reader.read_event().ok()? {
            Event::Start(tag) => {
                open += 1;
                take_in(&mut header, &tag)?;
            }
            Event::Empty(tag) => take_in(&mut header, &tag)?,
            Event::End(_) => open = open.checked_sub(1)?,
            Event::Eof => return header.filter(|_| open == 0),
            _ => {}
        }
    }
}

/// Reads an element; none if it is not well-formed, or is the outermost one and no
/// drawing.
fn take_in(header: &mut Option<Header>, tag: &BytesStart<'_>) -> Option<()> {
    // To find two of one name, each would be compared with all before it.
    let mut attributes = tag.attributes();
    if attributes
        .with_checks(false)
        .any(|attribute| attribute.is_err())
    {
        return None;
    }
    if header.is_none() {
        *header = (tag.local_name().as_ref() == "svg").then(|| Header {
            format: Format::Svg,
            size: size(tag),
            orientation: Orientation::NoTransforms,
            use_as: UseAs::Itself,
        });
    }
    header.is_some().then_some(())
}

/// The size in pixels of CSS. One side and a shape give the other side.
fn size(tag: &BytesStart<'_>) -> Option<(u32, u32)> {
    let text = |name: &str| {
        let attribute = tag.try_get_attribute(name).ok().flatten()?;
        Some(attribute.value.into_owned())
    };
    let length = |name: &str| text(name).as_deref().and_then(pixels);
    let shape = text("viewBox").and_then(|text| {
        let numbers: Vec<f64> = text
            .split([' ', ',', '\t', '\n', '\r'])
            .filter(|part| !part.is_empty())
            .map_while(|part| part.parse().ok())
            .collect();
        match numbers[..] {
            [_, _, width, height] if width > 0.0 && height > 0.0 => Some((width, height)),
            _ => None,
        }
    });
    let (width, height) = match (length("width"), length("height"), shape) {
        (Some(width), Some(height), _) => (width, height),
        (Some(width), None, Some(shape)) => (width, width * shape.1 / shape.0),
        (None, Some(height), Some(shape)) => (height * shape.0 / shape.1, height),
        (None, None, Some(shape)) => shape,
        _ => return None,
    };
    let side = |length: f64| {
        let rounded = length.round().max(1.0);
        (rounded <= f64::from(u32::MAX)).then_some(rounded as u32)
    };
    Some((side(width)?, side(height)?))
}

/// A length in pixels (CSS Values, 6.2); none if it depends on the page.
fn pixels(length: &str) -> Option<f64> {
    let length = length.trim();
    let end = length
        .find(|c: char| c.is_ascii_alphabetic() || c == '%')
        .unwrap_or(length.len());
    let per_unit = match length[end..].to_ascii_lowercase().as_str() {
        "" | "px" => 1.0,
        "in" => 96.0,
        "cm" => 96.0 / 2.54,
        "mm" => 96.0 / 25.4,
        "pt" => 96.0 / 72.0,
        "pc" => 16.0,
        _ => return None,
    };
    let number: f64 = length[..end].trim_end().parse().ok()?;
    (number > 0.0 && number.is_finite()).then_some(number * per_unit)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn measured(attributes: &str) -> Option<(u32, u32)> {
        let svg = format!("<?xml version=\"1.0\"?>\n<!-- x --><svg {attributes}><g/></svg>");
        read(svg.as_bytes()).unwrap().size
    }

    #[test]
    fn a_drawing_is_as_large_as_it_says() {
        assert_eq!(measured("width='20' height='10px'"), Some((20, 10)));
        assert_eq!(measured("width='1in' height='2.54cm'"), Some((96, 96)));
        assert_eq!(measured("viewBox='0 0 30 15'"), Some((30, 15)));
        assert_eq!(measured("viewBox='0,0,30,15' width='60'"), Some((60, 30)));
        assert_eq!(measured("viewBox='0 0 4 8' height='100%'"), Some((4, 8)));
        assert_eq!(measured("width='100%'"), None);
        assert_eq!(measured("width='1e999' height='1e999'"), None);
        assert_eq!(measured("viewBox='0 0 0 0'"), None);
    }

    #[test]
    fn what_is_no_drawing_is_none() {
        assert!(read(b"<html><svg/></html>").is_none());
        assert!(read(b"<svg").is_none());
        for broken in [
            "<svg><g></svg>",
            "<svg>",
            "<svg/><g>",
            "<svg></svg></g>",
            "<svg a=b/>",
            "<svg><g a=\"b/></svg>",
        ] {
            assert!(read(broken.as_bytes()).is_none(), "{broken}");
        }
        let whole = "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg a='1' a:b=\"2\"><g>&a;<![CDATA[<g>]]></g>\n</svg>\n<!-- c -->";
        assert!(read(whole.as_bytes()).is_some());
        assert!(read(b"").is_none());
    }
}
