//! What a browser chooses a picture by (HTML, 4.8.4.2; Media Queries 4, 3).

use super::{Bad, Kind, float, require};
use crate::limits::MAX_CANDIDATES;

pub(super) const CANDIDATES: Kind = Kind {
    expected: "addresses with commas between them, each with a width or a density, as in \
               `a.jpg 480w, b.jpg 960w` or `a.jpg, b.jpg 2x`",
    judge: |value| candidates(value).map(|_| ()),
};

pub(super) const SIZES: Kind = Kind {
    expected: "lengths, each but the last behind its condition, as in \
               `(min-width: 40em) 50vw, 100vw`",
    judge: sizes,
};

pub(super) const MEDIA: Kind = Kind {
    expected: "media queries, such as `print` or `(min-width: 40em)`",
    judge: |value| {
        let is_empty = value.trim_ascii().is_empty();
        require(is_empty || parts(value).iter().all(|query| is_query(query)))
    },
};

/// What is known of a picture that may be chosen.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Descriptor {
    Width(u32),
    Density(f64),
}

/// Whether pictures are told apart by their widths; nothing if they are not well told.
pub(in crate::check::page) fn has_widths(srcset: &str) -> Option<bool> {
    let found = candidates(srcset).ok()?;
    Some(found.iter().any(|own| matches!(own, Descriptor::Width(_))))
}

fn candidates(value: &str) -> Result<Vec<Descriptor>, Bad> {
    let mut rest = value.trim_ascii();
    if rest.is_empty() || rest.starts_with(',') {
        return Err(Bad::because("an address is missing at its beginning"));
    }
    let mut found: Vec<Descriptor> = Vec::new();
    loop {
        let end = rest
            .find(|c: char| c.is_ascii_whitespace())
            .unwrap_or(rest.len());
        let (address, after) = rest.split_at(end);
        // A comma ends an address; one inside is a part of it.
        let (address, words, next) = match address.strip_suffix(',') {
            Some(address) => (address, "", Some(after)),
            None => match after.split_once(',') {
                Some((words, next)) => (address, words, Some(next)),
                None => (address, after, None),
            },
        };
        super::links::address(address)?;
        let own = descriptor(words)?;
        if found.contains(&own) {
            return Err(Bad::because(format!("another one is like `{address}`")));
        }
        if found.iter().any(|other| {
            matches!(other, Descriptor::Width(_)) != matches!(own, Descriptor::Width(_))
        }) {
            return Err(Bad::because("widths and densities cannot stand together"));
        }
        found.push(own);
        // Each is compared with those before it.
        if found.len() == MAX_CANDIDATES {
            return Ok(found);
        }
        match next.map(str::trim_ascii) {
            None => return Ok(found),
            Some("") => return Err(Bad::because("nothing follows its last comma")),
            Some(next) => rest = next,
        }
    }
}

fn descriptor(words: &str) -> Result<Descriptor, Bad> {
    let mut words = words.split_ascii_whitespace();
    let Some(word) = words.next() else {
        return Ok(Descriptor::Density(1.0));
    };
    if let Some(more) = words.next() {
        return Err(Bad::because(format!("`{more}` follows `{word}`")));
    }
    let is_digit = |byte: u8| byte.is_ascii_digit();
    let found = if let Some(number) = word.strip_suffix('w') {
        let number = Some(number).filter(|number| number.bytes().all(is_digit));
        let number = number.and_then(|number| number.parse().ok());
        number.filter(|width| *width > 0).map(Descriptor::Width)
    } else if let Some(number) = word.strip_suffix('x') {
        float(number)
            .filter(|number| *number > 0.0)
            .map(Descriptor::Density)
    } else {
        None
    };
    found.ok_or_else(|| Bad::because(format!("`{word}` is no width and no density")))
}

/// What stands between commas that are not in brackets.
fn parts(value: &str) -> Vec<&str> {
    let (mut depth, mut start) = (0_usize, 0);
    let mut found = Vec::new();
    for (at, byte) in value.bytes().enumerate() {
        match byte {
            b'(' => depth += 1,
            b')' => depth = depth.saturating_sub(1),
            b',' if depth == 0 => {
                found.push(value[start..at].trim_ascii());
                start = at + 1;
            }
            _ => {}
        }
    }
    found.push(value[start..].trim_ascii());
    found
}

fn sizes(value: &str) -> Result<(), Bad> {
    let parts = parts(value);
    for (index, part) in parts.iter().enumerate() {
        let is_last = index + 1 == parts.len();
        let (condition, length) = split_length(part);
        if index == 0 && condition.is_empty() && length.eq_ignore_ascii_case("auto") {
            continue;
        }
        if !is_length(length) {
            return Err(Bad::because(match length.is_empty() {
                true => "a length is missing".to_owned(),
                false => format!("`{length}` is no length"),
            }));
        }
        if condition.is_empty() && !is_last {
            return Err(Bad::because(format!(
                "`{length}` has no condition, and is not the last"
            )));
        }
        if !condition.is_empty() && !is_condition(condition) {
            return Err(Bad::because(format!("`{condition}` is no condition")));
        }
    }
    Ok(())
}

/// The length at the end of a part, which may be a function, and what is before it.
fn split_length(part: &str) -> (&str, &str) {
    let mut depth = 0_usize;
    for (at, c) in part.char_indices().rev() {
        match c {
            ')' => depth += 1,
            '(' => depth = depth.saturating_sub(1),
            c if c.is_ascii_whitespace() && depth == 0 => {
                return (part[..at].trim_ascii_end(), &part[at + 1..]);
            }
            _ => {}
        }
    }
    ("", part)
}

const UNITS: [&str; 46] = [
    "cap", "ch", "cm", "cqb", "cqh", "cqi", "cqmax", "cqmin", "cqw", "dvb", "dvh", "dvi", "dvmax",
    "dvmin", "dvw", "em", "ex", "ic", "in", "lh", "lvb", "lvh", "lvi", "lvmax", "lvmin", "lvw",
    "mm", "pc", "pt", "px", "q", "rcap", "rch", "rem", "rex", "ric", "rlh", "svb", "svh", "svi",
    "svmax", "svmin", "svw", "vb", "vh", "vi",
];
const UNITS_TOO: [&str; 3] = ["vmax", "vmin", "vw"];

fn is_length(text: &str) -> bool {
    let lower = text.to_ascii_lowercase();
    let functions = ["calc(", "clamp(", "max(", "min("];
    if functions.iter().any(|name| lower.starts_with(name)) {
        return lower.ends_with(')') && is_balanced(&lower);
    }
    if lower == "0" {
        return true;
    }
    let number = lower.trim_end_matches(|c: char| c.is_ascii_alphabetic());
    let unit = &lower[number.len()..];
    let number = number.strip_prefix('+').unwrap_or(number);
    let is_unit = UNITS.contains(&unit) || UNITS_TOO.contains(&unit);
    is_unit && float(number).is_some_and(|number| number >= 0.0)
}

fn is_balanced(text: &str) -> bool {
    let mut depth = 0_i32;
    for byte in text.bytes() {
        depth += i32::from(byte == b'(') - i32::from(byte == b')');
        if depth < 0 {
            return false;
        }
    }
    depth == 0
}

/// The words of a query; what is in brackets is one.
fn words(query: &str) -> Option<Vec<&str>> {
    if !is_balanced(query) {
        return None;
    }
    let mut found = Vec::new();
    let mut rest = query.trim_ascii();
    while !rest.is_empty() {
        let mut depth = 0_usize;
        let end = rest.find(|c: char| {
            match c {
                '(' => depth += 1,
                ')' => depth = depth.saturating_sub(1),
                _ => {}
            }
            depth == 0 && c.is_ascii_whitespace()
        });
        let (word, after) = rest.split_at(end.unwrap_or(rest.len()));
        found.push(word);
        rest = after.trim_ascii_start();
    }
    Some(found)
}

fn is_group(word: &str) -> bool {
    let inside = word
        .strip_prefix('(')
        .and_then(|word| word.strip_suffix(')'));
    inside.is_some_and(|inside| !inside.trim_ascii().is_empty())
}

/// A condition, as it stands behind a type or alone: groups, with `and` or with `or`
/// between all of them, or one behind `not`.
fn is_condition(text: &str) -> bool {
    let Some(words) = words(text) else {
        return false;
    };
    are_groups(&words)
}

fn are_groups(words: &[&str]) -> bool {
    match words {
        [] => false,
        [not, group] if not.eq_ignore_ascii_case("not") => is_group(group),
        [first, rest @ ..] => {
            let joint = rest.first().copied().unwrap_or("and");
            let is_joint = ["and", "or"]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(joint));
            let is_pair = |pair: &[&str]| match pair {
                [word, group] => word.eq_ignore_ascii_case(joint) && is_group(group),
                _ => false,
            };
            is_group(first) && is_joint && rest.chunks(2).all(is_pair)
        }
    }
}

fn is_query(query: &str) -> bool {
    let Some(words) = words(query) else {
        return false;
    };
    if are_groups(&words) {
        return true;
    }
    let is_name = |word: &str| {
        let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        let reserved = ["and", "not", "only", "or"];
        word.starts_with(|c: char| c.is_ascii_alphabetic() || c == '-')
            && word.bytes().all(is_sign)
            && !reserved.iter().any(|own| own.eq_ignore_ascii_case(word))
    };
    let after = match &words[..] {
        [word, rest @ ..]
            if ["not", "only"]
                .iter()
                .any(|own| own.eq_ignore_ascii_case(word)) =>
        {
            rest
        }
        all => all,
    };
    match after {
        [kind] => is_name(kind),
        [kind, and, rest @ ..] => {
            is_name(kind) && and.eq_ignore_ascii_case("and") && are_groups(rest)
        }
        [] => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn queries_are_those_of_css() {
        for good in [
            "print",
            "all",
            "(min-width: 1px)",
            "screen and (color)",
            "not print",
            "only screen and (a: b) and (c)",
            "(a) or (b)",
            "not (a)",
            "a, (b)",
            "(400px <= width <= 700px)",
            "((a) and (b)) or (c)",
        ] {
            assert!((MEDIA.judge)(good).is_ok(), "{good}");
        }
        for bad in [
            "(",
            "foo((",
            "screen and",
            "and (a)",
            "(a) and (b) or (c)",
            "12px",
            "()",
            "a b",
            "a,",
            "screen (a)",
            "é",
            "a)(",
        ] {
            assert!((MEDIA.judge)(bad).is_err(), "{bad}");
        }
    }
}
