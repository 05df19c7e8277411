//! Shortcodes as Hugo reads them: `{{< name args >}}`, `{{% name args %}}`,
//! with or without an end, and those that are only shown: `{{</* name */>}}`.

use std::collections::HashMap;
use std::ops::Range;

use crate::limits::{SHORTCODE_NESTING, SHORTCODE_TAG};

/// An argument, and whether it stood in quotes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Argument {
    /// None if it is known by its place.
    pub(super) name: Option<String>,
    pub(super) value: String,
    pub(super) quoted: bool,
}

/// A shortcode as it is called.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Call {
    pub(super) name: String,
    pub(super) arguments: Vec<Argument>,
    /// All of it.
    pub(super) span: Range<usize>,
    /// What is before its end, if it has one, and what is in that.
    pub(super) body: Option<(Range<usize>, Vec<Item>)>,
}

/// Something in a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Item {
    /// A shortcode.
    Call(Call),
    /// A shortcode that is shown: its marks are left out.
    Shown { inner: String, span: Range<usize> },
    /// What begins like one, and is none; or an end of nothing.
    Broken { span: Range<usize> },
}

impl Item {
    pub(super) fn span(&self) -> &Range<usize> {
        match self {
            Self::Call(Call { span, .. }) | Self::Shown { span, .. } | Self::Broken { span } => {
                span
            }
        }
    }
}

/// Finds all shortcodes of a text.
pub(super) fn find(text: &str) -> Vec<Item> {
    let mut found: Vec<Item> = Vec::new();
    // How many calls stand inside each other in what was found.
    let mut depths: Vec<usize> = Vec::new();
    // The places of calls that may still get an end, and how many have a name.
    let mut open: Vec<usize> = Vec::new();
    let mut open_names: HashMap<String, usize> = HashMap::new();
    let mut at = 0;
    while let Some(start) = next(text, at) {
        match tag(text, start) {
            Tag::Shown(inner, end) => {
                found.push(Item::Shown {
                    inner,
                    span: start..end,
                });
                at = end;
            }
            Tag::Open {
                name,
                arguments,
                end,
                alone,
            } => {
                if !alone {
                    open.push(found.len());
                    *open_names.entry(name.clone()).or_default() += 1;
                }
                found.push(Item::Call(Call {
                    name,
                    arguments,
                    span: start..end,
                    body: None,
                }));
                at = end;
            }
            Tag::Close(closed, end) => {
                let index = match open_names.get(&closed) {
                    Some(1..) => close(&closed, &found, &mut open, &mut open_names),
                    _ => None,
                };
                let depth = index.map(|index| 1 + depths[index + 1..].iter().max().unwrap_or(&0));
                match index.zip(depth) {
                    Some((index, depth)) if depth <= SHORTCODE_NESTING => {
                        depths.truncate(index);
                        depths.push(depth);
                        let inside = found.split_off(index + 1);
                        if let Some(Item::Call(call)) = found.last_mut() {
                            call.body = Some((call.span.end..start, inside));
                            call.span.end = end;
                        }
                    }
                    belongs => {
                        found.push(Item::Broken { span: start..end });
                        if belongs.is_some() {
                            // What is around it would be deeper still.
                            open.clear();
                            open_names.clear();
                        }
                    }
                }
                at = end;
            }
            Tag::None => {
                found.push(Item::Broken {
                    span: start..start + 3,
                });
                at = start + 3;
            }
        }
        depths.resize(found.len(), 0);
    }
    found
}

/// The place of the last open call of a name; it and those after it are open no
/// longer.
fn close(
    name: &str,
    found: &[Item],
    open: &mut Vec<usize>,
    open_names: &mut HashMap<String, usize>,
) -> Option<usize> {
    while let Some(index) = open.pop() {
        let Item::Call(Call { name: own, .. }) = &found[index] else {
            continue;
        };
        if let Some(count) = open_names.get_mut(own) {
            *count -= 1;
        }
        if own == name {
            return Some(index);
        }
    }
    None
}

fn next(text: &str, at: usize) -> Option<usize> {
    let mut braces = text[at..].match_indices('{').map(|(found, _)| at + found);
    braces.find(|at| text[*at..].starts_with("{{<") || text[*at..].starts_with("{{%"))
}

enum Tag {
    Shown(String, usize),
    Open {
        name: String,
        arguments: Vec<Argument>,
        end: usize,
        alone: bool,
    },
    Close(String, usize),
    None,
}

fn tag(text: &str, start: usize) -> Tag {
    let text = &text[..text.floor_char_boundary(start + SHORTCODE_TAG)];
    let open = &text[start..start + 3];
    let close = if open == "{{<" { ">}}" } else { "%}}" };
    let mut at = start + 3;
    if !text[at..].contains(close) {
        return Tag::None;
    }
    if text[at..].starts_with("/*") {
        let end = format!("*/{close}");
        return match text[at + 2..].find(&end) {
            Some(length) => {
                let inner = &text[at + 2..at + 2 + length];
                Tag::Shown(format!("{open}{inner}{close}"), at + 2 + length + end.len())
            }
            None => Tag::None,
        };
    }
    let skip = |at: usize| at + text[at..].len() - text[at..].trim_start().len();
    at = skip(at);
    let closes = text[at..].starts_with('/');
    at = skip(at + usize::from(closes));
    let length = text[at..]
        .find(|c: char| !is_of_name(c))
        .unwrap_or(text[at..].len());
    let name = text[at..at + length].trim_end_matches('/').to_owned();
    let mut alone = text[at..at + length].ends_with('/');
    at += length;
    if name.is_empty() {
        return Tag::None;
    }
    let mut arguments = Vec::new();
    loop {
        at = skip(at);
        let rest = &text[at..];
        if rest.starts_with(close) {
            let end = at + close.len();
            return match closes {
                true => Tag::Close(name, end),
                false => Tag::Open {
                    name,
                    arguments,
                    end,
                    alone,
                },
            };
        }
        if rest.starts_with('/') && rest[1..].trim_start().starts_with(close) {
            alone = true;
            at += 1;
            continue;
        }
        match argument(rest, close) {
            Some((argument, length)) => {
                arguments.push(argument);
                at += length;
            }
            None => return Tag::None,
        }
    }
}

fn is_of_name(c: char) -> bool {
    c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '/')
}

/// An argument at the start of a text, and its length.
fn argument(text: &str, close: &str) -> Option<(Argument, usize)> {
    if text.starts_with(['"', '`']) {
        let (value, length) = string(text)?;
        let (name, quoted) = (None, true);
        return Some((
            Argument {
                name,
                value,
                quoted,
            },
            length,
        ));
    }
    let end = text
        .find(|c: char| c.is_whitespace() || c == '=')
        .unwrap_or(text.len());
    let end = text[..end].find(close).unwrap_or(end);
    let word = &text[..end];
    if word.is_empty() {
        return None;
    }
    let Some(rest) = text[end..].strip_prefix('=') else {
        let value = word.to_owned();
        let (name, quoted) = (None, false);
        return Some((
            Argument {
                name,
                value,
                quoted,
            },
            end,
        ));
    };
    let name = Some(word.to_owned());
    if rest.starts_with(['"', '`']) {
        let (value, length) = string(rest)?;
        let quoted = true;
        return Some((
            Argument {
                name,
                value,
                quoted,
            },
            end + 1 + length,
        ));
    }
    let length = rest.find(char::is_whitespace).unwrap_or(rest.len());
    let length = rest[..length].find(close).unwrap_or(length);
    let value = rest[..length].to_owned();
    let quoted = false;
    Some((
        Argument {
            name,
            value,
            quoted,
        },
        end + 1 + length,
    ))
}

/// A string in quotes, where a backslash stands before a quote, or in
/// backticks, where nothing does.
fn string(text: &str) -> Option<(String, usize)> {
    let raw = text.starts_with('`');
    let mut value = String::new();
    let mut escaped = false;
    for (at, c) in text.char_indices().skip(1) {
        match c {
            '"' | '\\' if escaped => {
                value.push(c);
                escaped = false;
            }
            '\\' if !raw && !escaped => escaped = true,
            '`' if raw => return Some((value, at + 1)),
            '"' if !raw => return Some((value, at + 1)),
            c => {
                if escaped {
                    value.push('\\');
                }
                escaped = false;
                value.push(c);
            }
        }
    }
    None
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;

    /// As in `name(a=b, "c")[inside]`.
    fn shown(items: &[Item]) -> String {
        let show = |item: &Item| match item {
            Item::Call(Call {
                name,
                arguments,
                body,
                ..
            }) => {
                let arguments: Vec<String> = arguments
                    .iter()
                    .map(|argument| {
                        let value = match argument.quoted {
                            true => format!("{:?}", argument.value),
                            false => argument.value.clone(),
                        };
                        let name = argument.name.as_ref();
                        name.map_or(value.clone(), |name| format!("{name}={value}"))
                    })
                    .collect();
                let body = body
                    .as_ref()
                    .map(|(_, inside)| format!("[{}]", shown(inside)));
                format!(
                    "{name}({}){}",
                    arguments.join(", "),
                    body.unwrap_or_default()
                )
            }
            Item::Shown { inner, .. } => inner.clone(),
            Item::Broken { .. } => "?".to_owned(),
        };
        items.iter().map(show).collect::<Vec<_>>().join(" ")
    }

    #[test]
    fn calls_are_read() {
        for (text, expected) in [
            ("a {{< b >}} c", "b()"),
            ("{{< b c \"d e\" `f\"` 3 >}}", "b(c, \"d e\", \"f\\\"\", 3)"),
            (
                "{{< b c=1 d=\"e \\\"f\\\" >}}\" g=h >}}",
                "b(c=1, d=\"e \\\"f\\\" >}}\", g=h)",
            ),
            ("{{% b/c.d-e %}}x{{% /b/c.d-e %}}", "b/c.d-e()[]"),
            (
                "{{< a >}}{{< b >}}{{< c />}}{{< /b >}}{{< d >}}{{< /a >}}",
                "a()[b()[c()] d()]",
            ),
            ("{{< a/ >}}{{</a>}}", "a() ?"),
            ("{{</* a b */>}} {{%/* c */%}}", "{{< a b >}} {{% c %}}"),
            ("{{<a>}} {{%b%}} {{< >}} {{< c", "a() b() ? ?"),
            ("{{< a\n  b=\"c\"\n>}}", "a(b=\"c\")"),
            (
                "{{< highlight go \"x=1\" >}}{{< / highlight >}}",
                "highlight(go, \"x=1\")[]",
            ),
        ] {
            assert_eq!(shown(&find(text)), expected, "{text}");
        }
    }

    #[test]
    fn what_stands_too_deep_has_no_body() {
        let nested = |depth| {
            let text = "{{< a >}}".repeat(depth) + &"{{< /a >}}".repeat(depth);
            let items = find(&text);
            let is_broken = |item: &Item| matches!(item, Item::Broken { .. });
            (items.len(), items.iter().any(is_broken))
        };
        assert_eq!(nested(SHORTCODE_NESTING), (1, false));
        assert!(nested(SHORTCODE_NESTING + 1).1);
    }

    /// Each was read to its end from each of its tags, or the program ended.
    #[test]
    fn tags_may_be_many() {
        let started = Instant::now();
        for (open, close) in [
            ("{{<", ""),
            ("{{< a", ""),
            ("{{< a b=", ""),
            ("{{< a \"", ""),
            ("{{</*", ""),
            ("{{%", ">}}"),
            ("{{< a >}}", "{{< /b >}}"),
            ("{{< a >}}", "{{< /a >}}"),
        ] {
            let count = 5_000;
            find(&format!("{}{}", open.repeat(count), close.repeat(count)));
        }
        assert!(started.elapsed().as_secs() < 20, "{:?}", started.elapsed());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(\\{\\{[<%]|[>%]\\}\\}|[a-z/*\"`=\\\\ \n.é-]{0,4}){0,20}") {
            let _ = find(&text);
        }
    }
}
