//! Pictures that come when they are needed: all of a page but the first, which is
//! probably seen when the page appears.
//!
//! Which one is the first is known when a text is one again, as bodies of shortcodes
//! are rendered before what stands above them, and templates show pictures, too. So a
//! word stands in each for the attribute, and [`settle`] takes it out.

/// What the word becomes.
const LATE: &str = " loading=\"lazy\"";

/// The beginning of a picture in HTML.
const PICTURE: &[u8] = b"<img";

/// The word: nobody else has the mark, and no other word has the sign.
pub(super) fn word(mark: &str) -> String {
    format!("{mark}+")
}

/// Says in the HTML of a page which pictures come late.
pub(in crate::markdown) fn settle(html: &mut String, mark: &str) {
    let word = word(mark);
    let Some((before, mut rest)) = html.split_once(&word) else {
        return;
    };
    let mut settled = String::with_capacity(html.len());
    settled.push_str(before);
    if !is_in_first(before) {
        settled.push_str(LATE);
    }
    while let Some((before, after)) = rest.split_once(&word) {
        settled.extend([before, LATE]);
        rest = after;
    }
    settled.push_str(rest);
    *html = settled;
}

/// Whether the picture in which some HTML ends is the first in it.
fn is_in_first(html: &str) -> bool {
    let mut starts = html.as_bytes().windows(PICTURE.len());
    let count = starts
        .by_ref()
        .filter(|start| start.eq_ignore_ascii_case(PICTURE));
    count.take(2).count() == 1
}
