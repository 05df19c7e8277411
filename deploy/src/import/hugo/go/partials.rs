//! What templates of Go draw that others call: in the place of the call, if they
//! see the same as it does.

use super::split_action;
use crate::limits::{MAX_PARTIAL_DEPTH, MAX_TEMPLATE_BYTES};

/// What draws a part of a template, and is not translated.
pub(super) const PARTIALS: [&str; 2] = ["partial", "partialCached"];

/// A template with what other ones draw that see the same as it, in their place.
pub(in super::super) fn with_partials<'a>(
    text: &str,
    partial: impl Fn(&str) -> Option<&'a str>,
) -> String {
    let mut text = text.to_owned();
    for _ in 0..MAX_PARTIAL_DEPTH {
        let mut out = String::with_capacity(text.len());
        let mut rest = text.as_str();
        let mut is_done = true;
        while let Some((before, after)) = rest.split_once("{{") {
            out.push_str(before);
            let Some((inside, behind)) = split_action(after) else {
                break;
            };
            match same_context(inside).and_then(&partial) {
                Some(part) if out.len() < MAX_TEMPLATE_BYTES => {
                    is_done = false;
                    out.push_str(part);
                }
                _ => out.push_str(&format!("{{{{{inside}}}}}")),
            }
            rest = behind;
        }
        out.push_str(&text[text.len() - rest.len()..]);
        if is_done {
            return out;
        }
        text = out;
    }
    text
}

/// The name of the template in `partial "name.html" .`.
fn same_context(action: &str) -> Option<&str> {
    let words: Vec<&str> = action.split_whitespace().collect();
    match words.as_slice() {
        ["partial" | "partialCached", name, "." | "$"] => name.strip_prefix('"')?.strip_suffix('"'),
        _ => None,
    }
}

/// What stands in its place, in a comment.
pub(super) const LEFT_OUT: &str = "left out: ";

/// The lines of a template where another one, which is not known, draws a part
/// of it.
pub(in super::super) fn partials(text: &str, is_known: impl Fn(&str) -> bool) -> Vec<usize> {
    let lines = text.lines().enumerate();
    let is_call = |line: &str| {
        let mut actions = line.split("{{").skip(1);
        actions.any(|action| {
            let inside = action.split("}}").next().unwrap_or_default();
            let name = same_context(inside.trim_matches(['-', ' ']));
            if name.is_some_and(&is_known) {
                return false;
            }
            let mut words = action.trim_start_matches(['-', ' ']).split_whitespace();
            words.next().is_some_and(|word| PARTIALS.contains(&word))
        })
    };
    let calls = lines.filter(|(_, line)| is_call(line));
    calls.map(|(number, _)| number + 1).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_that_others_draw_are_found() {
        let text = "a\n{{ .Inner }}{{- partial \"x\" . }}\n{{/* partial */}}\n{{ partialCached \"y\" . }}\n";
        assert_eq!(partials(text, |_| false), [2, 4]);
    }

    #[test]
    fn what_others_draw_is_drawn_in_its_place() {
        let partials = [
            ("v.html", "{{ partial \"w.html\" . }}!"),
            ("w.html", "{{ .Get 0 }}"),
            (
                "loop.html",
                "{{ partial \"loop.html\" . }}{{ partial \"loop.html\" . }}",
            ),
        ];
        let partial = |name: &str| {
            let mut all = partials.iter();
            all.find(|(own, _)| *own == name).map(|(_, text)| *text)
        };
        for (text, whole) in [
            ("a{{ partial \"v.html\" . }}b", "a{{ .Get 0 }}!b"),
            (
                "{{ partial \"v.html\" .Page }}",
                "{{ partial \"v.html\" .Page }}",
            ),
            ("{{ .Inner }}{{", "{{ .Inner }}{{"),
        ] {
            assert_eq!(with_partials(text, partial), whole);
        }
        let endless = with_partials("{{ partial \"loop.html\" . }}", partial);
        assert!(endless.len() < 2 * MAX_TEMPLATE_BYTES);
    }
}
