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

/// Where braces stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Within {
    Text,
    /// There all is shown as it is.
    Code,
}

/// The faults of a piece of text.
pub(super) fn check(
    passage: &Passage<'_>,
    theme: Option<&Theme>,
    span: Range<usize>,
    of: Within,
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
            let fault = match (braces.kind, of) {
                (Kind::Kept, _) => braces.tell_kept(passage, theme, place, of),
                (_, Within::Text) => braces.tell(passage, theme, place),
                (_, Within::Code) => None,
            };
            Some((braces.whole.len(), fault?))
        }) {
            end = at + length;
            faults.push(fault);
        }
    }
    faults
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
    /// `{{/* name() */}}` and `{%/* name() */%}`, calls of shortcodes that Zola shows.
    Kept,
}

fn has_shortcode(theme: Option<&Theme>, name: &str) -> bool {
    theme.is_some_and(|theme| markdown::template_of_shortcode(theme, name).is_some())
}

impl<'a> Braces<'a> {
    fn read(text: &'a str) -> Option<Self> {
        let kinds = [
            ("{{/*", "*/}}", Kind::Kept),
            ("{%/*", "*/%}", Kind::Kept),
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
        let is_spaced = self.rest.is_empty() || self.rest.starts_with(' ');
        if is_spaced && self.kind != Kind::Hash && has_shortcode(theme, name) {
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

    /// Zola's marks are shown here, too. In code they may be another tool's, if there is no
    /// such shortcode.
    fn tell_kept(
        &self,
        passage: &Passage<'_>,
        theme: Option<&Theme>,
        place: Range<usize>,
        of: Within,
    ) -> Option<Diagnostic> {
        if !self.rest.starts_with('(') || of == Within::Code && !has_shortcode(theme, self.name) {
            return None;
        }
        let whole = self.whole;
        let (open, close) = (&whole[..4], &whole[whole.len() - 2..]);
        let call = format!("{}{}{close}", &open[..2], &whole[4..whole.len() - 4]);
        let expected = match of {
            Within::Text => format!("`\\{call}`, which shows the call"),
            Within::Code => format!("`{call}`: in code nothing is called"),
        };
        let message = format!("`{open}` of Zola means nothing here, and is shown");
        Some(passage.at(place, message).expected(expected).warning())
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
            (
                "{{/* a(b) */}} {{",
                Some((Kind::Kept, "a", "{{/* a(b) */}}")),
            ),
            ("{{/* a */", None),
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
