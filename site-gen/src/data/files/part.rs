//! A part of a text, as documentation shows parts of a program: between two marks in it
//! (`anchor`), or some of its lines (`lines`). Marks are those of mdBook, in whatever is a
//! comment there: `ANCHOR: name` and `ANCHOR_END: name`, each in a line that is not shown.

use std::collections::BTreeSet;

use tera::{Error, Kwargs, TeraResult};

use crate::diagnostic::did_you_mean;

const BEGIN: &str = "ANCHOR:";
const END: &str = "ANCHOR_END:";

/// The part of a text that is asked for; all of it, as it is, if none is.
pub(super) fn of(text: &str, kwargs: &Kwargs) -> TeraResult<Option<String>> {
    match (asked(kwargs, "anchor")?, asked(kwargs, "lines")?) {
        (None, None) => Ok(None),
        (Some(anchor), None) => anchored(text, anchor).map(Some),
        (None, Some(lines)) => numbered(text, lines).map(Some),
        _ => Err(Error::message(
            "`load_data` takes either `anchor` or `lines`",
        )),
    }
}

/// Whether a part is asked for.
pub(super) fn is_asked(kwargs: &Kwargs) -> TeraResult<bool> {
    Ok(asked(kwargs, "anchor")?.is_some() || asked(kwargs, "lines")?.is_some())
}

/// What an argument says: nothing is what a shortcode says that was not told.
fn asked<'k>(kwargs: &'k Kwargs, name: &'static str) -> TeraResult<Option<&'k str>> {
    Ok(kwargs.get::<&str>(name)?.filter(|text| !text.is_empty()))
}

/// The name that a line has a mark for.
fn mark<'l>(line: &'l str, mark: &str) -> Option<&'l str> {
    let (_, name) = line.split_once(mark)?;
    name.split_whitespace().next()
}

fn anchored(text: &str, anchor: &str) -> TeraResult<String> {
    let mut part = String::new();
    let mut known = BTreeSet::new();
    let (mut inside, mut found) = (false, false);
    for line in text.split_inclusive('\n') {
        if let Some(name) = mark(line, END) {
            inside &= name != anchor;
        } else if let Some(name) = mark(line, BEGIN) {
            inside |= name == anchor;
            found |= inside;
            known.insert(name);
        } else if inside {
            part.push_str(line);
        }
    }
    if inside {
        return Err(Error::message(format!(
            "the anchor `{anchor}` has no end; expected a line with `{END} {anchor}`"
        )));
    }
    if !found {
        let help = did_you_mean(anchor, known);
        let help = help.map_or(String::new(), |help| format!("; {help}"));
        return Err(Error::message(format!(
            "there is no anchor `{anchor}`; expected a line with `{BEGIN} {anchor}`{help}"
        )));
    }
    Ok(part)
}

/// The lines from one to another, as `3:8`, `3:`, `:8` or `3`.
fn numbered(text: &str, lines: &str) -> TeraResult<String> {
    let number = |text: &str, otherwise: usize| match text {
        "" => Some(otherwise),
        text => text.parse().ok().filter(|number| *number > 0),
    };
    let (from, to) = lines.split_once(':').unwrap_or((lines, lines));
    let range = number(from, 1).zip(number(to, usize::MAX));
    let range = range.filter(|(from, to)| from <= to && !lines.is_empty());
    let Some((from, to)) = range else {
        return Err(Error::message(format!(
            "`lines` is `{lines}`; expected lines such as `3:8`, `3:`, `:8` or `3`"
        )));
    };
    let count = text.lines().count();
    if from > count || to != usize::MAX && to > count {
        return Err(Error::message(format!(
            "`lines` is `{lines}`; expected lines of the file, which has {count}"
        )));
    }
    let lines = text.split_inclusive('\n').skip(from - 1);
    Ok(lines.take(to.saturating_sub(from - 1)).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "a\n// ANCHOR: one\nb\n# ANCHOR: two\nc\n// ANCHOR_END: one\nd\n\
                        <!-- ANCHOR_END: two -->\ne\n";

    #[test]
    fn anchors_may_cross() {
        assert_eq!(anchored(TEXT, "one").unwrap(), "b\nc\n");
        assert_eq!(anchored(TEXT, "two").unwrap(), "c\nd\n");
        let told = |text: &str, anchor: &str| anchored(text, anchor).unwrap_err().to_string();
        assert!(told(TEXT, "twoo").ends_with("did you mean `two`?"));
        assert!(told("", "x").contains("there is no anchor `x`"));
        assert!(told("// ANCHOR: x\na\n", "x").contains("has no end"));
    }

    #[test]
    fn lines_are_counted_from_one() {
        for (lines, part) in [
            ("1", "a\n"),
            ("3:5", "b\n# ANCHOR: two\nc\n"),
            ("9:", "e\n"),
            (":1", "a\n"),
        ] {
            assert_eq!(numbered(TEXT, lines).unwrap(), part, "{lines}");
        }
        for lines in ["", "0", "5:3", "x", "1:x", "10", "1:10", "-1", "1:2:3"] {
            assert!(numbered(TEXT, lines).is_err(), "{lines}");
        }
    }
}
