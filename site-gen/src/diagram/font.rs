//! How wide text is in a drawing. No font of the machine is asked, so that a drawing is
//! the same wherever it is made: the widths are those of Arial, which Helvetica,
//! Liberation Sans and Arimo were made to have, too.

use icu_normalizer::DecomposingNormalizerBorrowed;
use merman::svg::TextStyle;

/// The fonts, by their names on different systems.
pub(super) const FAMILY: &str = "Arial, Liberation Sans, Arimo, Helvetica, sans-serif";

/// Widths of the characters from the space on, in thousandths of the size.
const REGULAR: [u16; 95] = [
    278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556, 1015, 667, 667, 722, 722, 667,
    611, 778, 722, 278, 500, 667, 556, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 278, 278, 278, 469, 556, 333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500,
    222, 833, 556, 556, 556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584,
];

/// The same in bold.
const BOLD: [u16; 95] = [
    278, 333, 474, 556, 556, 889, 722, 238, 333, 333, 389, 584, 278, 333, 278, 278, 556, 556, 556,
    556, 556, 556, 556, 556, 556, 556, 333, 333, 584, 584, 584, 611, 975, 722, 722, 722, 722, 667,
    611, 778, 722, 278, 556, 722, 611, 833, 722, 778, 667, 778, 722, 667, 611, 722, 667, 944, 667,
    667, 611, 333, 278, 333, 584, 556, 333, 556, 611, 556, 611, 556, 333, 611, 611, 278, 278, 556,
    278, 889, 611, 611, 611, 611, 389, 556, 333, 611, 556, 778, 556, 556, 500, 389, 280, 389, 584,
];

/// What an unknown character is taken for: most letters of other scripts are no wider.
const OTHER: u16 = 600;

/// Characters that fill a square, in most fonts: of East Asia, and pictures.
const SQUARE: [(char, char); 8] = [
    ('\u{1100}', '\u{115f}'),
    ('\u{2e80}', '\u{a4cf}'),
    ('\u{ac00}', '\u{d7a3}'),
    ('\u{f900}', '\u{faff}'),
    ('\u{fe30}', '\u{fe6f}'),
    ('\u{ff00}', '\u{ff60}'),
    ('\u{1f300}', '\u{1faff}'),
    ('\u{20000}', '\u{3fffd}'),
];

/// How wide a line is, in pixels.
pub(super) fn width_px(text: &str, style: &TextStyle) -> f64 {
    let weight = style.font_weight.as_deref().unwrap_or_default();
    let heavy = weight.starts_with("bold") || weight.parse().is_ok_and(|weight: u32| weight >= 600);
    let widths = if heavy { &BOLD } else { &REGULAR };
    let width = |c: char| match c {
        ' '..='~' => widths[c as usize - 0x20],
        // What stands on the letter before it, or is not seen.
        '\0'..='\u{1f}'
        | '\u{7f}'..='\u{9f}'
        | '\u{ad}'
        | '\u{300}'..='\u{36f}'
        | '\u{200b}'..='\u{200f}' => 0,
        '\u{fe00}'..='\u{fe0f}' => 0,
        '\u{a0}' => widths[0],
        c if SQUARE
            .iter()
            .any(|(first, last)| (*first..=*last).contains(&c)) =>
        {
            1000
        }
        _ => OTHER,
    };
    let letters = DecomposingNormalizerBorrowed::new_nfd().normalize_iter(text.chars());
    let thousandths: u64 = letters.map(|c| u64::from(width(c))).sum();
    thousandths as f64 * style.font_size.max(0.0) / 1000.0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_as_wide_as_in_arial() {
        let style = |weight: &str| TextStyle {
            font_size: 10.0,
            font_weight: Some(weight.to_owned()),
            ..TextStyle::default()
        };
        for (text, regular, bold) in [
            ("", 0.0, 0.0),
            ("Ai ~", 17.51, 18.62),
            ("\u{c4}\u{e9}\u{ad}\u{200b}", 12.23, 12.78),
            ("\u{65e5}\u{1f680}", 20.0, 20.0),
            ("\u{43f}", 6.0, 6.0),
        ] {
            for (weight, width) in [("400", regular), ("700", bold), ("bolder", bold)] {
                let found = width_px(text, &style(weight));
                assert!((found - width).abs() < 1e-9, "{text} {weight}: {found}");
            }
        }
    }
}
