//! Drawings made short: comments, `metadata`, and white space between elements
//! go. Text stays as it is, and so do `title` and `desc`, which readers hear.

use quick_xml::Reader;
use quick_xml::events::{BytesStart, Event};

/// Elements in which white space can be seen, or is not XML's.
const VERBATIM: [&str; 9] = [
    "text",
    "tspan",
    "textPath",
    "title",
    "desc",
    "style",
    "script",
    "foreignObject",
    "a",
];

/// The short form; none if this is not well-formed XML.
pub(crate) fn minify(svg: &str) -> Option<String> {
    let mut reader = Reader::from_str(svg);
    reader.config_mut().check_comments = true;
    let mut short = String::with_capacity(svg.len());
    let mut depth = 0_usize;
    // How deep the outermost element is that stays as it is, and that which goes.
    let (mut verbatim, mut dropped) = (None, None);
    loop {
        let start = usize::try_from(reader.buffer_position()).ok()?;
        let event = reader.read_event().ok()?;
        let end = usize::try_from(reader.buffer_position()).ok()?;
        let goes = match &event {
            Event::Start(tag) => {
                depth += 1;
                if keeps_space(tag) {
                    verbatim.get_or_insert(depth);
                }
                if tag.name().as_ref() == "metadata" && verbatim.is_none() {
                    dropped.get_or_insert(depth);
                }
                dropped.is_some()
            }
            Event::End(_) => {
                let goes = dropped.is_some();
                verbatim = verbatim.filter(|at| *at != depth);
                dropped = dropped.filter(|at| *at != depth);
                depth = depth.checked_sub(1)?;
                goes
            }
            Event::Empty(tag) => {
                dropped.is_some() || tag.name().as_ref() == "metadata" && verbatim.is_none()
            }
            Event::Comment(_) => verbatim.is_none(),
            Event::Text(text) => {
                dropped.is_some() || verbatim.is_none() && text.trim_ascii().is_empty()
            }
            Event::Eof if depth == 0 => return Some(short),
            Event::Eof => return None,
            _ => dropped.is_some(),
        };
        if !goes {
            short.push_str(svg.get(start..end)?);
        }
    }
}

fn keeps_space(tag: &BytesStart<'_>) -> bool {
    VERBATIM.contains(&tag.name().as_ref())
        || tag
            .try_get_attribute("xml:space")
            .is_ok_and(|attribute| attribute.is_some())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_nobody_sees_goes() {
        let svg = "<?xml version=\"1.0\"?>\n<!-- by hand -->\n<svg xmlns=\"http://www.w3.org/2000/svg\">\n  \
                   <title>A  b</title>\n  <metadata><x>y</x></metadata>\n  <metadata/>\n  \
                   <g>\n    <path d=\"M0 0 L 1 1\"/>\n  </g>\n  \
                   <text> a <tspan>b</tspan> <!-- c --> </text>\n  \
                   <style>\n a &gt; b { }\n</style>\n</svg>\n";
        assert_eq!(
            minify(svg).unwrap(),
            "<?xml version=\"1.0\"?><svg xmlns=\"http://www.w3.org/2000/svg\"><title>A  b</title>\
             <g><path d=\"M0 0 L 1 1\"/></g><text> a <tspan>b</tspan> <!-- c --> </text>\
             <style>\n a &gt; b { }\n</style></svg>"
        );
        let short = minify(svg).unwrap();
        assert_eq!(minify(&short).unwrap(), short);
    }

    #[test]
    fn space_that_is_to_be_kept_is_kept() {
        let svg = "<svg xml:space=\"preserve\"> <g/> </svg>";
        assert_eq!(minify(svg).unwrap(), svg);
    }

    #[test]
    fn what_is_not_xml_is_left_alone() {
        for svg in [
            "<svg>",
            "<svg></g>",
            "<svg a=></svg",
            "<svg><!-- - -- --></svg>",
        ] {
            assert_eq!(minify(svg), None, "{svg}");
        }
    }
}
