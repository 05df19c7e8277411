//! Conditional requests (RFC 9110 section 13): If-Match and If-None-Match.
//!
//! There are no modification times, because the same content must give the
//! same image: If-Modified-Since and If-Unmodified-Since have nothing to be
//! compared with and are ignored (sections 13.1.3 and 13.1.4).

use hyper::header::{HeaderMap, HeaderName, HeaderValue, IF_MATCH, IF_NONE_MATCH};

/// What the conditions say of a file that exists.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// Send it.
    Proceed,
    /// The client has it: 304.
    NotModified,
    /// It is not the one the client means: 412.
    Failed,
}

/// Evaluates the conditions in the order of RFC 9110 section 13.2.2. `tag` is
/// the strong entity tag of the representation that would be sent, quoted.
pub fn evaluate(headers: &HeaderMap, tag: &str) -> Verdict {
    if matches(headers, IF_MATCH, tag, Comparison::Strong) == Some(false) {
        return Verdict::Failed;
    }
    match matches(headers, IF_NONE_MATCH, tag, Comparison::Weak) {
        Some(true) => Verdict::NotModified,
        _ => Verdict::Proceed,
    }
}

/// Whether the one tag in `value` is strong and equals `tag`: If-Range (RFC
/// 9110 section 13.1.5). A date there never matches, as we give none out.
pub fn is_same(value: &[u8], tag: &str) -> bool {
    value == tag.as_bytes()
}

/// How tags are compared (RFC 9110 section 8.8.3.2).
#[derive(Clone, Copy, PartialEq, Eq)]
enum Comparison {
    Strong,
    Weak,
}

/// Whether a list of tags names `tag`; `None` where there is no list.
fn matches(headers: &HeaderMap, name: HeaderName, tag: &str, how: Comparison) -> Option<bool> {
    if !headers.contains_key(&name) {
        return None;
    }
    let mut values = headers.get_all(name).iter().map(HeaderValue::as_bytes);
    Some(values.any(|value| {
        value.trim_ascii() == b"*"
            || Tags(value).any(|listed| {
                listed.quoted == tag.as_bytes() && (how == Comparison::Weak || !listed.is_weak)
            })
    }))
}

struct Tag<'a> {
    is_weak: bool,
    /// With its quotes.
    quoted: &'a [u8],
}

/// The tags of a list; it ends where something else comes.
struct Tags<'a>(&'a [u8]);

impl<'a> Iterator for Tags<'a> {
    type Item = Tag<'a>;

    fn next(&mut self) -> Option<Tag<'a>> {
        let is_between = |byte: &u8| matches!(byte, b',' | b' ' | b'\t');
        let start = self.0.iter().position(|byte| !is_between(byte))?;
        let rest = self.0.get(start..)?;
        let (is_weak, rest) = match rest.strip_prefix(b"W/") {
            Some(rest) => (true, rest),
            None => (false, rest),
        };
        // A tag may hold commas, but no quotes: there is no escaping in it.
        let inside = rest.strip_prefix(b"\"")?;
        let length = inside.iter().position(|&byte| byte == b'"')?;
        let (quoted, rest) = rest.split_at(length + 2);
        self.0 = rest;
        Some(Tag { is_weak, quoted })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn verdict(fields: &[(HeaderName, &str)]) -> Verdict {
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, value.parse().unwrap());
        }
        evaluate(&headers, "\"abc-br\"")
    }

    #[test]
    fn if_none_match_compares_weakly() {
        for value in [
            "\"abc-br\"",
            "W/\"abc-br\"",
            "\"x\", \"abc-br\"",
            "\"x,y\" ,W/\"z\",\"abc-br\"",
            "*",
            " * ",
        ] {
            assert_eq!(
                verdict(&[(IF_NONE_MATCH, value)]),
                Verdict::NotModified,
                "{value}"
            );
        }
        for value in [
            "",
            "\"abc\"",
            "abc-br",
            "\"abc-br",
            "\"x\" \"",
            "w/\"abc-br\"",
            "x, \"abc-br\"",
        ] {
            assert_eq!(
                verdict(&[(IF_NONE_MATCH, value)]),
                Verdict::Proceed,
                "{value}"
            );
        }
    }

    #[test]
    fn if_match_compares_strongly_and_comes_first() {
        assert_eq!(verdict(&[(IF_MATCH, "\"abc-br\"")]), Verdict::Proceed);
        assert_eq!(verdict(&[(IF_MATCH, "*")]), Verdict::Proceed);
        assert_eq!(verdict(&[(IF_MATCH, "W/\"abc-br\"")]), Verdict::Failed);
        assert_eq!(verdict(&[(IF_MATCH, "\"other\"")]), Verdict::Failed);
        let both = [(IF_MATCH, "\"other\""), (IF_NONE_MATCH, "*")];
        assert_eq!(verdict(&both), Verdict::Failed);
        let both = [(IF_MATCH, "*"), (IF_NONE_MATCH, "\"abc-br\"")];
        assert_eq!(verdict(&both), Verdict::NotModified);
    }

    #[test]
    fn several_fields_are_one_list() {
        let fields = [(IF_NONE_MATCH, "\"x\""), (IF_NONE_MATCH, "\"abc-br\"")];
        assert_eq!(verdict(&fields), Verdict::NotModified);
    }

    proptest! {
        #[test]
        fn lists_of_anything_end(value: Vec<u8>) {
            prop_assert!(Tags(&value).count() <= value.len());
        }

        #[test]
        fn every_tag_of_a_list_is_found(tags in prop::collection::vec("[!#-~]{0,8}", 1..5), index: prop::sample::Index) {
            let list: Vec<String> = tags.iter().map(|tag| format!("\"{tag}\"")).collect();
            let mut headers = HeaderMap::new();
            headers.insert(IF_NONE_MATCH, list.join(", ").parse().unwrap());
            prop_assert_eq!(evaluate(&headers, index.get(list.as_slice()).as_str()), Verdict::NotModified);
        }
    }
}
