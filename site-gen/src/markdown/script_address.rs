//! Addresses that run a script in the page that links to them, or show a page that whoever
//! wrote the address has made. They are read as a browser reads them (URL Standard, 4.4),
//! which overlooks more than an author sees.

use std::borrow::Cow;

/// Schemes whose addresses are scripts.
const SCRIPTS: [&str; 2] = ["javascript", "vbscript"];

/// What has scripts in it and is no kind of XML.
const HTML: &str = "text/html";

/// A drawing runs none where it is shown as an image (SVG 2, 2.2.3).
const DRAWING: &str = "image/svg+xml";

/// Where an address stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Use {
    Link,
    Image,
}

/// What an address has scripts as.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Scripted {
    /// It is one.
    Script,
    /// It is a document, which may have some.
    Document,
}

/// Whether an address has a script in it.
pub(crate) fn scripted(address: &str, by: Use) -> Option<Scripted> {
    let address = as_read(address);
    let (scheme, rest) = address.split_once(':')?;
    if SCRIPTS.iter().any(|own| scheme.eq_ignore_ascii_case(own)) {
        return Some(Scripted::Script);
    }
    if !scheme.eq_ignore_ascii_case("data") {
        return None;
    }
    let kind = rest.split([';', ',']).next().unwrap_or_default();
    let kind = kind.trim().to_ascii_lowercase();
    let is_xml = kind.ends_with("+xml") || kind.ends_with("/xml");
    let is_shown = kind == DRAWING && by == Use::Image;
    (kind == HTML || is_xml && !is_shown).then_some(Scripted::Document)
}

/// Without the control characters and spaces around it, and the tabs and ends of lines in it.
fn as_read(address: &str) -> Cow<'_, str> {
    let trimmed = address.trim_matches(|c: char| c <= ' ');
    let is_skipped = |c: char| matches!(c, '\t' | '\n' | '\r');
    match trimmed.contains(is_skipped) {
        true => trimmed.replace(is_skipped, "").into(),
        false => Cow::Borrowed(trimmed),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scripts_are_found_however_they_are_spelt() {
        let scripts = [
            "javascript:alert(1)",
            "JavaScript:alert(1)",
            "\u{1} javascript:x",
            "java\nscr\tipt\r:x",
            "VBScript:x",
        ];
        let documents = [
            "data:text/html,<script>",
            "DATA: Text/HTML ;base64,eA==",
            "data:application/xhtml+xml,x",
            "data:text/xml,x",
            "data:image/svg+xml,x",
        ];
        let scripts = scripts.map(|address| (address, Use::Image, Scripted::Script));
        let documents = documents.map(|address| (address, Use::Link, Scripted::Document));
        for (address, by, expected) in scripts.into_iter().chain(documents) {
            assert_eq!(scripted(address, by), Some(expected), "{address}");
        }
    }

    #[test]
    fn what_runs_nothing_stays() {
        for address in [
            "https://a.org/javascript:x",
            "javascript.md",
            "data:,x",
            "/a:b",
            "",
        ] {
            assert_eq!(scripted(address, Use::Link), None, "{address}");
        }
        assert_eq!(scripted("data:image/png;base64,x", Use::Link), None);
        assert_eq!(scripted("data:image/svg+xml,x", Use::Image), None);
    }
}
