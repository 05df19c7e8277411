//! Takes out of front matter and configuration what the generator refuses. The
//! generator itself is asked ([`site_gen::review`]), so that nothing here has to
//! know its keys.

use std::path::Path;

use site_gen::{Diagnostic, Source};

use super::report::{Report, Topic};
use super::toml_text;
use crate::limits::ADAPTING_ROUNDS;

/// Makes comments of what is refused, with a note about each; what cannot be
/// taken out stays, and building tells about it.
///
/// `origin` tells where the text stood in the old site.
pub(super) fn adapt(
    source: Source,
    judge: fn(&Source) -> Vec<Diagnostic>,
    topic: Topic,
    origin: &Origin<'_>,
    report: &mut Report,
) -> String {
    let mut source = source;
    for _ in 0..ADAPTING_ROUNDS {
        let mut faults = judge(&source);
        // From the end, so that what stands before stays where it is.
        faults.sort_by_key(|fault| std::cmp::Reverse(offset(&source.text, fault)));
        let mut changed = false;
        let mut last = usize::MAX;
        for fault in faults {
            let at = offset(&source.text, &fault);
            let Some(at) = at.filter(|at| *at < last) else {
                continue;
            };
            if let Some((text, start)) = take_out(&source.text, at) {
                source.text = text;
                last = start;
                changed = true;
                origin.tell(&fault, topic, report);
            }
        }
        if !changed {
            break;
        }
    }
    source.text
}

/// Where a text comes from.
#[derive(Clone, Debug)]
pub(super) struct Origin<'a> {
    pub(super) file: &'a Path,
    /// How many lines further down its lines are now.
    pub(super) down: usize,
}

impl Origin<'_> {
    fn tell(&self, fault: &Diagnostic, topic: Topic, report: &mut Report) {
        let line = fault.place.as_ref().map(|place| place.line);
        let line = line.map(|line| line - self.down.min(line - 1));
        let help = fault.suggestion.as_ref().map(|help| format!("; {help}"));
        let advice = match fault.message.starts_with("unknown key") {
            true => "left out, as a comment where it had a line; templates see what is in [extra]"
                .to_owned(),
            false => {
                let expected = fault.expected.as_deref().unwrap_or("something else");
                format!("left out; expected {expected}")
            }
        };
        let advice = advice + &help.unwrap_or_default();
        report.note(topic, self.file, line, &fault.message, &advice);
    }
}

/// Where a fault is, in bytes.
fn offset(text: &str, fault: &Diagnostic) -> Option<usize> {
    let place = fault.place.as_ref()?;
    let lines = text.split_inclusive('\n').take(place.line - 1);
    let start: usize = lines.map(str::len).sum();
    let mut characters = text[start..].char_indices();
    characters.nth(place.column - 1).map(|(at, _)| start + at)
}

/// The text without the statement at a byte, and where that began.
fn take_out(text: &str, at: usize) -> Option<(String, usize)> {
    let front = if text.starts_with("---") {
        return take_out_of_yaml(text, at);
    } else if text.starts_with("+++") {
        let start = text.find('\n')? + 1;
        start..start + text[start..].find("\n+++")? + 1
    } else {
        0..text.len()
    };
    let inside = at.checked_sub(front.start)?;
    let part = toml_text::comment_out(text.get(front.clone())?, inside)?;
    let start = text[front.clone()]
        .bytes()
        .zip(part.bytes())
        .take_while(|(before, after)| before == after)
        .count();
    let without = format!("{}{part}{}", &text[..front.start], &text[front.end..]);
    Some((without, front.start + start))
}

/// A key of YAML's outermost table begins a line, and all lines below it that
/// are indented, or begin with a hyphen, are its.
fn take_out_of_yaml(text: &str, at: usize) -> Option<(String, usize)> {
    let mut start = text[..at].rfind('\n')? + 1;
    while text[start..].starts_with([' ', '\t', '-', '#', '\n']) {
        start = text[..start.checked_sub(1)?].rfind('\n')? + 1;
    }
    if text[start..].starts_with("---") {
        return None;
    }
    let mut commented = text[..start].to_owned();
    let mut end = start;
    for (index, line) in text[start..].split_inclusive('\n').enumerate() {
        let continues = line.starts_with([' ', '\t', '-', '#', '\n']) && !line.starts_with("---");
        if index > 0 && !continues {
            break;
        }
        commented.push_str("# ");
        commented.push_str(line);
        end += line.len();
    }
    commented.push_str(&text[end..]);
    Some((commented, start))
}

#[cfg(test)]
mod tests {
    use super::super::report::Places;
    use super::*;

    fn adapted(text: &str) -> (String, String) {
        let mut report = Report::default();
        let source = Source {
            file: "content/a.md".into(),
            text: text.to_owned(),
        };
        let origin = Origin {
            file: Path::new("content/a.md"),
            down: 0,
        };
        let judge = site_gen::review::front_matter;
        let text = adapt(source, judge, Topic::FrontMatter, &origin, &mut report);
        (text, report.text(Places::All))
    }

    #[test]
    fn what_is_unknown_becomes_a_comment_and_is_told() {
        let (text, report) = adapted(
            "+++\ntitle = \"T\"\nweights = [\n  1,\n]\nweight = 1\n[taxonomy.knows]\na = 1\n[extra]\nb = 2\n+++\nText\n",
        );
        assert_eq!(
            text,
            "+++\ntitle = \"T\"\n# weights = [\n#   1,\n# ]\nweight = 1\n# [taxonomy.knows]\n# a = 1\n[extra]\nb = 2\n+++\nText\n"
        );
        assert!(report.contains("content/a.md:3\n"), "{report}");
        assert!(report.contains("content/a.md:7\n"), "{report}");
    }

    #[test]
    fn yaml_too() {
        let (text, _) = adapted("---\ntitle: T\nweights:\n- 1\n  - 2\nweight: 1\n---\nText\n");
        assert_eq!(
            text,
            "---\ntitle: T\n# weights:\n# - 1\n#   - 2\nweight: 1\n---\nText\n"
        );
    }

    #[test]
    fn what_cannot_be_read_stays() {
        let broken = "+++\ntitle = = 1\n";
        assert_eq!(adapted(broken).0, broken);
    }
}
