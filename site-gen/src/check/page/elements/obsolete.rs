//! Elements of older HTML.

/// Elements that were part of HTML once, and what to write in place of each
/// (HTML, 16.2).
pub(super) const OBSOLETE: [(&str, &str); 30] = [
    ("acronym", "<abbr>"),
    ("applet", "<embed> or <object>"),
    ("basefont", "a style sheet"),
    ("bgsound", "<audio>"),
    ("big", "a style sheet"),
    ("blink", "a style sheet"),
    ("center", "a style sheet"),
    ("dir", "<ul>"),
    ("font", "a style sheet"),
    ("frame", "<iframe>"),
    ("frameset", "<iframe>"),
    ("image", "<img>"),
    ("isindex", "<form> and <input>"),
    ("keygen", "a script"),
    ("listing", "<pre> and <code>"),
    ("marquee", "a style sheet"),
    ("menuitem", "a script"),
    ("multicol", "a style sheet"),
    ("nextid", "an id"),
    ("nobr", "a style sheet"),
    ("noembed", "<object>"),
    ("noframes", "<iframe>"),
    ("param", "`data` of <object>"),
    ("plaintext", "<pre>"),
    ("rb", "<ruby> without it"),
    ("rtc", "<ruby> in <ruby>"),
    ("spacer", "a style sheet"),
    ("strike", "<s> or <del>"),
    ("tt", "<code>, <kbd> or <samp>"),
    ("xmp", "<pre> and <code>"),
];

/// What to write in place of an element that is no part of HTML any more.
pub(in crate::check::page) fn in_place_of(name: &str) -> Option<&'static str> {
    let found = OBSOLETE.iter().find(|(obsolete, _)| *obsolete == name);
    found.map(|(_, instead)| *instead)
}
