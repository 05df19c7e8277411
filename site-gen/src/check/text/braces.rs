//! Braces of other tools, which are text here: `{{< hugo >}}`, `{% jekyll %}`,
//! `{{#include mdbook}}`, `{{ page.title }}`; and calls of shortcodes without their
//! parentheses.
//!
//! Calls that are right are no part of the text that is looked at.

use std::ops::Range;

use crate::diagnostic::{Diagnostic, did_you_mean};
use crate::limits::{MAX_BRACES_LOOKED_AT, MAX_DIAGNOSTICS};
use crate::markdown::{self, Passage};
use crate::theme::Theme;

/// What templates call what they draw: an author who writes it in a text means that.
const OF_TEMPLATES: [&str; 4] = ["page", "section", "config", "site"];

/// What others have that is there in another way.
const INSTEAD: [(&str, &str); 5] = [
    (
        "highlight",
        "code stands between fences, with its language behind the first",
    ),
    ("raw", "`\\` before braces shows them"),
    ("link", "`[text](@/FILE.md)` leads to a page"),
    ("post_url", "`[text](@/FILE.md)` leads to a page"),
    ("include", "a shortcode can show a file, by `load_data`"),
];

/// What is expected in place of braces that are another tool's.
const OR_CODE: &str = "or `\\` before it, if it is to be shown";

/// The faults of a piece of text.
pub(super) fn check(
    passage: &Passage<'_>,
    theme: Option<&Theme>,
    span: Range<usize>,
) -> Vec<Diagnostic> {
    let text = passage.text();
    let within = text.get(span.clone()).unwrap_or_default();
    if !within.contains('{') {
        return Vec::new();
    }
    let mut faults = Vec::new();
    let mut end = 0;
    for (at, _) in within.match_indices('{') {
        let at = span.start + at;
        if faults.len() >= MAX_DIAGNOSTICS {
            break;
        }
        if at < end || text[..at].ends_with(['\\', '{']) {
            continue;
        }
        if let Some((length, fault)) = Braces::read(&text[at..]).and_then(|braces| {
            let place = at..at + braces.whole.len();
            Some((braces.whole.len(), braces.tell(passage, theme, place)?))
        }) {
            end = at + length;
            faults.push(fault);
        }
    }
    faults
}

/// A call that Zola would show, `{{/* name() */}}`: here its marks are shown, too. In code
/// they may be another tool's, if there is no such shortcode.
pub(super) fn check_kept(
    passage: &Passage<'_>,
    theme: Option<&Theme>,
    span: Range<usize>,
    is_in_code: bool,
) -> Option<Diagnostic> {
    let text = passage.text();
    let within = text.get(span.clone())?;
    // Markdown may see the star as a mark of its own.
    let marks = [["{{/*", "*/}}"], ["{%/*", "*/%}"]].into_iter();
    let mut found = marks.filter_map(|[open, close]| {
        let at = span.start + within.find(&open[..3])?;
        let inside = text[at..].lines().next()?.strip_prefix(open)?;
        Some((at, open, &inside[..inside.find(close)?], close))
    });
    let (start, open, inside, close) = found.next()?;
    let (name, _) = inside.trim_start().split_once('(')?;
    let is_there =
        || theme.is_some_and(|theme| markdown::template_of_shortcode(theme, name).is_some());
    if is_in_code && !is_there() {
        return None;
    }
    let call = format!("{}{inside}{}", &open[..2], &close[2..]);
    let expected = match is_in_code {
        true => format!("`{call}`: in code nothing is called"),
        false => format!("`\\{call}`, which shows the call"),
    };
    let whole = start..start + open.len() + inside.len() + close.len();
    let message = format!("`{open}` of Zola means nothing here, and is shown");
    Some(passage.at(whole, message).expected(expected).warning())
}

/// What stands between braces, in one line.
#[derive(Debug, PartialEq, Eq)]
struct Braces<'a> {
    kind: Kind,
    /// The word that it begins with.
    name: &'a str,
    /// What stands behind that.
    rest: &'a str,
    whole: &'a str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    /// `{{< name >}}` and `{{% name %}}`, Hugo's shortcodes.
    Hugo,
    /// `{% name %}`, a tag of Jekyll, Zola's templates, and others.
    Tag,
    /// `{{#name}}`, what mdBook replaces.
    Hash,
    /// `{{ name }}`.
    Value,
}

impl<'a> Braces<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let kinds = [
            ("{{<", ">}}", Kind::Hugo),
            ("{{%", "%}}", Kind::Hugo),
            ("{{#", "}}", Kind::Hash),
            ("{{", "}}", Kind::Value),
            ("{%", "%}", Kind::Tag),
        ];
        let mut kinds = kinds.into_iter();
        let (open, close, kind) = kinds.find(|(open, _, _)| text.starts_with(open))?;
        let end = text.floor_char_boundary(text.len().min(MAX_BRACES_LOOKED_AT));
        let inside = text[..end].lines().next()?.strip_prefix(open)?;
        let inside = &inside[..inside.find(close)?];
        let whole = &text[..open.len() + inside.len() + close.len()];
        let inside = match kind {
            Kind::Tag => inside.trim_matches('-'),
            _ => inside,
        };
        let inside = inside.trim();
        let is_other = |c: char| !c.is_ascii_alphanumeric() && !matches!(c, '_' | '-' | '/');
        let length = inside.find(is_other).unwrap_or(inside.len());
        let (name, rest) = inside.split_at(length);
        let begins = name.starts_with(|c: char| c.is_ascii_alphabetic());
        begins.then_some(Self {
            kind,
            name,
            rest,
            whole,
        })
    }

    fn tell(
        &self,
        passage: &Passage<'_>,
        theme: Option<&Theme>,
        place: Range<usize>,
    ) -> Option<Diagnostic> {
        let name = self.name;
        let has = |name: &str| {
            theme.is_some_and(|theme| markdown::template_of_shortcode(theme, name).is_some())
        };
        let is_spaced = self.rest.is_empty() || self.rest.starts_with(' ');
        if is_spaced && self.kind != Kind::Hash && has(name) {
            let fault = passage.at(place, format!("this calls no shortcode `{name}`"));
            let call = match self.kind {
                Kind::Tag => format!("`{{% {name}() %}}`, with what it is given in parentheses"),
                _ => format!("`{{{{ {name}() }}}}`, with what it is given in parentheses"),
            };
            return Some(fault.expected(call).warning());
        }
        let shown = match self.kind {
            Kind::Hugo => format!("`{}` of Hugo", &self.whole[..3]),
            Kind::Tag if is_spaced && !name.starts_with("end") => format!("the tag `{name}`"),
            Kind::Hash if is_spaced => format!("`{{{{#{name}` of mdBook"),
            Kind::Value => {
                let is_value = self.rest.starts_with('.') && OF_TEMPLATES.contains(&name);
                let fault = is_value.then(|| {
                    passage.at(
                        place,
                        format!("`{name}` is not known in a text, and stays as it is"),
                    )
                })?;
                let expected = format!("a shortcode, whose template knows `{name}`, {OR_CODE}");
                return Some(fault.expected(expected).warning());
            }
            _ => return None,
        };
        let fault = passage.at(place, format!("{shown} means nothing here, and stays text"));
        let example = if self.kind == Kind::Hugo {
            name
        } else {
            "name"
        };
        let fault = fault.expected(format!(
            "a shortcode, as in `{{{{ {example}() }}}}`, {OR_CODE}"
        ));
        let suggestion = match self.kind {
            Kind::Hugo => {
                theme.and_then(|theme| did_you_mean(name, markdown::shortcode_names(theme)))
            }
            _ => {
                let instead = INSTEAD.iter().find(|(other, _)| *other == name);
                instead.map(|(_, instead)| (*instead).to_owned())
            }
        };
        Some(fault.suggestion(suggestion).warning())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn braces_are_read_in_one_line() {
        for (text, expected) in [
            ("{{< a b >}} c", Some((Kind::Hugo, "a", "{{< a b >}}"))),
            ("{{<a>}}", Some((Kind::Hugo, "a", "{{<a>}}"))),
            ("{{% a %}}", Some((Kind::Hugo, "a", "{{% a %}}"))),
            ("{%- if a -%}", Some((Kind::Tag, "if", "{%- if a -%}"))),
            (
                "{{#include a}}",
                Some((Kind::Hash, "include", "{{#include a}}")),
            ),
            ("{{ a.b }}", Some((Kind::Value, "a", "{{ a.b }}"))),
            ("{{< /a >}}", None),
            ("{{ 1 }}", None),
            ("{{}}", None),
            ("{% a", None),
            ("{{ a\n}}", None),
            ("{a}", None),
        ] {
            let read = Braces::read(text).map(|braces| (braces.kind, braces.name, braces.whole));
            assert_eq!(read, expected, "{text}");
        }
    }
}
