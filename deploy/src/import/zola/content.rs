//! Markdown: front matter is nearly the same, and so are shortcodes.

use std::collections::BTreeSet;
use std::path::Path;

use anyhow::Result;
use site_gen::{Source, review};

use super::super::adapt::{self, adapt};
use super::super::code::code_ranges;
use super::super::report::{Report, Topic};
use super::super::tree::{Draft, Origin};

/// Brings the content across; tells which shortcodes it calls.
pub(super) fn import(
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<BTreeSet<String>> {
    let mut used = BTreeSet::new();
    for file in origin.files(Path::new("content"), report) {
        if file.extension().is_none_or(|extension| extension != "md") {
            if draft.copy(&file, origin, &file, report)? {
                report.files += 1;
            }
            continue;
        }
        let Some(text) = origin.read(&file, report) else {
            continue;
        };
        let section = file
            .file_name()
            .and_then(|name| name.to_str())
            .is_some_and(|name| name.starts_with("_index."));
        if section {
            report.sections += 1;
        } else {
            report.pages += 1;
        }
        let source = Source {
            file: file.clone(),
            text,
        };
        let place = adapt::Origin {
            file: &file,
            down: 0,
        };
        let text = adapt(
            source,
            review::front_matter,
            Topic::FrontMatter,
            &place,
            report,
        );
        let text = shortcodes(&text, &file, &mut used, report);
        draft.write(&file, &text, &file, report)?;
    }
    Ok(used)
}

/// Zola calls shortcodes in code too, unless they are marked; here code is
/// text.
fn shortcodes(text: &str, file: &Path, used: &mut BTreeSet<String>, report: &mut Report) -> String {
    if !text.contains("{{") && !text.contains("{%") {
        return text.to_owned();
    }
    let code = code_ranges(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(start) = next_brace(text, at) {
        out.push_str(&text[at..start]);
        at = start + 2;
        let open = &text[start..at];
        let close = if open == "{{" { "}}" } else { "%}" };
        let in_code = code.iter().any(|range| range.contains(&start));
        let line = text[..start].matches('\n').count() + 1;
        if let Some((inner, end)) = marked(text, at, close) {
            match (in_code, open) {
                (true, _) => out.push_str(open),
                (false, "{{") => out.push_str("&#123;&#123;"),
                (false, _) => out.push_str("&#123;%"),
            }
            out.push_str(inner);
            out.push_str(close);
            at = end;
            continue;
        }
        out.push_str(open);
        if let Some(name) = called(&text[at..]) {
            if in_code {
                let what = "a shortcode in code is shown as it is written";
                let advice = "write what it stands for, or put the code into the shortcode's body";
                report.note(Topic::Text, file, line, what, advice);
            } else {
                used.insert(name.to_owned());
            }
        }
    }
    out.push_str(&text[at..]);
    out
}

fn next_brace(text: &str, at: usize) -> Option<usize> {
    let found = ["{{", "{%"].iter().filter_map(|open| text[at..].find(open));
    found.min().map(|found| at + found)
}

/// What stands in `{{/* … */}}`, and where that ends.
fn marked<'a>(text: &'a str, at: usize, close: &str) -> Option<(&'a str, usize)> {
    let rest = text[at..].strip_prefix("/*")?;
    let end = rest.find(&format!("*/{close}"))?;
    Some((&rest[..end], at + 2 + end + 2 + close.len()))
}

/// The shortcode that is called here.
fn called(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let is_call = end > 0 && rest[end..].trim_start().starts_with('(');
    is_call.then(|| &rest[..end])
}

#[cfg(test)]
mod tests {
    use super::super::super::report::Places;
    use super::*;

    #[test]
    fn marks_go_where_code_is_text() {
        let mut report = Report::default();
        let mut used = BTreeSet::new();
        let text = "a `{{/* x(a=1) */}}` {{/* y() */}} {{ z(b=2) }}\n\n```\n{%/* q() */%}\n{{ r() }}\n```\n";
        let new = shortcodes(text, Path::new("a.md"), &mut used, &mut report);
        assert_eq!(
            new,
            "a `{{ x(a=1) }}` &#123;&#123; y() }} {{ z(b=2) }}\n\n```\n{% q() %}\n{{ r() }}\n```\n"
        );
        assert_eq!(used.into_iter().collect::<Vec<_>>(), ["z"]);
        assert!(report.text(Places::All).contains("a.md:5"));
    }
}
