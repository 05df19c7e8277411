//! The style sheet of a drawing: the rules of it that something in the drawing is
//! drawn by. merman writes all that Mermaid has.

use std::collections::HashSet;

/// What is in a drawing.
#[derive(Debug, Default)]
pub(super) struct Used {
    pub(super) elements: HashSet<String>,
    pub(super) classes: HashSet<String>,
}

/// The rules whose selectors may find something.
pub(super) fn prune(css: &str, used: &Used) -> String {
    let (frames, rules): (Vec<_>, Vec<_>) =
        rules(css).partition(|(selectors, _)| selectors.starts_with('@'));
    let mut short = String::new();
    for (selectors, declarations) in rules {
        let kept: Vec<_> = split(selectors)
            .map(str::trim)
            .filter(|selector| used.may_match(selector))
            .collect();
        if !kept.is_empty() && !declarations.trim().is_empty() {
            short.push_str(&kept.join(","));
            short.push_str(&format!("{{{declarations}}}"));
        }
    }
    let mut named = String::new();
    for (name, steps) in frames {
        let known = name.strip_prefix("@keyframes ");
        if known.is_some_and(|known| short.contains(&format!("animation:{} ", known.trim()))) {
            named.push_str(&format!("{name}{{{steps}}}"));
        }
    }
    named + &short
}

impl Used {
    /// Whether a selector may find something. What it says of attributes with data
    /// finds nothing, as these are left out.
    fn may_match(&self, selector: &str) -> bool {
        if selector.contains("[data-") || selector.contains(":root") {
            return false;
        }
        let mut rest = selector;
        // Whether a name that begins here is that of an element.
        let mut fresh = true;
        while let Some(first) = rest.chars().next() {
            let after = &rest[first.len_utf8()..];
            let end = after.find(|c: char| !(c.is_alphanumeric() || c == '-' || c == '_'));
            let end = end.unwrap_or(after.len());
            rest = match first {
                '.' if !self.classes.contains(&after[..end]) => return false,
                '.' | '#' | ':' => &after[end..],
                '[' => after.find(']').map_or("", |at| &after[at + 1..]),
                c if c.is_ascii_alphabetic() && fresh => {
                    if !self.elements.contains(&rest[..first.len_utf8() + end]) {
                        return false;
                    }
                    &after[end..]
                }
                _ => after,
            };
            fresh = matches!(first, ' ' | '>' | '+' | '~' | '(');
        }
        true
    }
}

/// What stands before the braces and in them, one rule after the other.
fn rules(css: &str) -> impl Iterator<Item = (&str, &str)> {
    let mut rest = css;
    std::iter::from_fn(move || {
        let open = rest.find('{')?;
        let mut depth = 0_usize;
        let close = rest[open..].char_indices().find_map(|(at, c)| {
            match c {
                '{' => depth += 1,
                '}' => depth -= 1,
                _ => {}
            }
            (depth == 0).then_some(open + at)
        })?;
        let rule = (rest[..open].trim(), &rest[open + 1..close]);
        rest = &rest[close + 1..];
        Some(rule)
    })
}

/// Selectors, one by one.
fn split(selectors: &str) -> impl Iterator<Item = &str> {
    let mut depth = 0_i32;
    selectors.split(move |c: char| {
        match c {
            '(' | '[' => depth += 1,
            ')' | ']' => depth -= 1,
            _ => {}
        }
        c == ',' && depth == 0
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn rules_that_find_nothing_go() {
        let set = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
        let used = Used {
            elements: set(&["rect", "g"]),
            classes: set(&["node", "a-b"]),
        };
        let css = "#d{x:y}@keyframes f{from{a:b}to{c:d}}@keyframes g{from{a:b}}#d .node rect,#d .node circle{a:b}\
                   #d .other{a:b}#d .a-b{animation:f 2s}#d [id$=\"-x,y\"]{a:b}#d [data-l=\"n\"].node{a:b}\
                   #d div.node{a:b}#d .node>g:not(.a-b,.c) {a:b}#d :root{a:b}#d .node{}";
        assert_eq!(
            prune(css, &used),
            "@keyframes f{from{a:b}to{c:d}}#d{x:y}#d .node rect{a:b}#d .a-b{animation:f 2s}\
             #d [id$=\"-x,y\"]{a:b}"
        );
    }

    #[test]
    fn what_is_no_style_sheet_ends() {
        for css in [
            "{",
            "}",
            "a{{}",
            "é{é}",
            ".é.{a:b}",
            "[{a:b}",
            "a,,b{c}",
            "",
        ] {
            _ = prune(css, &Used::default());
        }
    }
}
