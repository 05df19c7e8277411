//! Style sheets made short: white space, comments, numbers and colours.
//!
//! Rules and declarations are neither merged nor removed: of two that say the
//! same, the first is often there for browsers that do not know the second.
//! Comments that begin with `!` stay, as their authors ask.

use lightningcss::printer::PrinterOptions;
use lightningcss::stylesheet::{ParserOptions, StyleSheet};

/// The short form; none if this is not quite CSS.
pub(crate) fn minify(css: &str) -> Option<String> {
    let sheet = StyleSheet::parse(css, ParserOptions::default()).ok()?;
    let options = PrinterOptions {
        minify: true,
        ..PrinterOptions::default()
    };
    sheet.to_css(options).ok().map(|short| short.code)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_lost_but_space_and_comments() {
        let css = "/* why */\n@media (min-width: 40em) {\n  a { color: #ffffff; margin: 0px }\n}\n";
        assert_eq!(
            minify(css).unwrap(),
            "@media (width>=40em){a{color:#fff;margin:0}}"
        );
        let fallbacks = minify("a { height: 100vh; height: 100dvh }").unwrap();
        assert_eq!(fallbacks, "a{height:100vh;height:100dvh}");
        let doubled = minify("a { color: red } a { color: oklch(60% .2 30) }").unwrap();
        assert!(doubled.contains("a{color:red}a{"), "{doubled}");
        assert!(minify("/*! licence */ a {}").unwrap().contains("licence"));
        assert!(minify("@import url('a.css'); @weird x { y: z }").is_some());
    }

    #[test]
    fn what_is_not_css_is_left_alone() {
        assert_eq!(minify("a { color: red; } }"), None);
        assert_eq!(minify("{{ template }}"), None);
    }
}
