//! Byte ranges (RFC 9110 section 14): one range, also a suffix. Several ranges
//! in one request are answered with the whole file, as section 14.2 allows.

use std::ops::Range;

/// What a Range field asks for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Part {
    /// The whole file: the field is absent, malformed, in another unit, or
    /// asks for several ranges.
    Whole,
    /// These bytes, at least one: 206.
    Bytes(Range<usize>),
    /// Bytes that the file does not have: 416.
    Nothing,
}

/// What `value` asks for of a file of `length` bytes.
pub fn parse(value: &[u8], length: usize) -> Part {
    let Some(set) = std::str::from_utf8(value).ok().and_then(without_unit) else {
        return Part::Whole;
    };
    let Some((first, last)) = set.trim().split_once('-') else {
        return Part::Whole;
    };
    match (position(first), position(last)) {
        (Some(first), Some(last)) if first <= last => {
            cut(first, last.saturating_add(1).min(length), length)
        }
        (Some(first), None) if last.is_empty() => cut(first, length, length),
        (None, Some(suffix)) if first.is_empty() => {
            cut(length.saturating_sub(suffix), length, length)
        }
        _ => Part::Whole,
    }
}

fn without_unit(value: &str) -> Option<&str> {
    let (unit, set) = value.trim().split_once('=')?;
    unit.eq_ignore_ascii_case("bytes").then_some(set)
}

fn cut(start: usize, end: usize, length: usize) -> Part {
    if start < end && start < length {
        Part::Bytes(start..end)
    } else {
        Part::Nothing
    }
}

/// A number of any size: those beyond all files are as good as the largest.
fn position(digits: &str) -> Option<usize> {
    if digits.is_empty() || !digits.bytes().all(|b| b.is_ascii_digit()) {
        return None;
    }
    Some(digits.parse().unwrap_or(usize::MAX))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn one_range_is_cut_to_the_file() {
        for (value, expected) in [
            ("bytes=0-0", Part::Bytes(0..1)),
            ("bytes=0-9", Part::Bytes(0..10)),
            ("bytes=2-", Part::Bytes(2..10)),
            ("bytes=8-99", Part::Bytes(8..10)),
            ("bytes=-3", Part::Bytes(7..10)),
            ("bytes=-99", Part::Bytes(0..10)),
            ("Bytes= 1-2 ", Part::Bytes(1..3)),
            ("bytes=0-99999999999999999999999", Part::Bytes(0..10)),
            ("bytes=10-", Part::Nothing),
            ("bytes=99999999999999999999999-", Part::Nothing),
            ("bytes=-0", Part::Nothing),
            ("bytes=5-4", Part::Whole),
            ("bytes=0-1,3-4", Part::Whole),
            ("bytes=-", Part::Whole),
            ("bytes=", Part::Whole),
            ("bytes", Part::Whole),
            ("bytes=a-b", Part::Whole),
            ("bytes=+1-2", Part::Whole),
            ("bytes=1-2-3", Part::Whole),
            ("lines=0-1", Part::Whole),
        ] {
            assert_eq!(parse(value.as_bytes(), 10), expected, "{value}");
        }
    }

    #[test]
    fn an_empty_file_has_no_ranges() {
        for value in ["bytes=0-", "bytes=0-0", "bytes=-1"] {
            assert_eq!(parse(value.as_bytes(), 0), Part::Nothing, "{value}");
        }
    }

    proptest! {
        #[test]
        fn what_is_sent_lies_in_the_file(value in "bytes=[0-9]{0,21}-[0-9]{0,21}", length in 0usize..100) {
            if let Part::Bytes(range) = parse(value.as_bytes(), length) {
                prop_assert!(range.start < range.end && range.end <= length);
            }
        }

        #[test]
        fn anything_else_is_no_panic(value: Vec<u8>) {
            let _ = parse(&value, 10);
        }
    }
}
