//! Shows what is wrong with a site: to people with the line it stands in, to
//! programs as JSON.

use std::fmt;
use std::io::IsTerminal as _;
use std::path::{Path, PathBuf};

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use serde_json::{Value, json};
use site_gen::{Diagnostic, More, Place, Severity, Told};

/// A site that cannot be built, and all the reasons.
#[derive(Clone, Debug)]
pub struct Faults {
    /// The site's directory, as it was named.
    pub site: PathBuf,
    /// What is wrong.
    pub told: Told,
}

impl fmt::Display for Faults {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&render(&self.site, &self.told))
    }
}

impl std::error::Error for Faults {}

/// What is told, as text, in colour when standard error is a terminal.
pub(crate) fn render(site: &Path, told: &Told) -> String {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let renderer = if colour {
        Renderer::styled().decor_style(DecorStyle::Unicode)
    } else {
        Renderer::plain()
    };
    let one = |diagnostic| renderer.render(&[group(site, diagnostic)]);
    let mut shown: Vec<String> = told.diagnostics.iter().map(one).collect();
    if told.more != More::default() {
        let More { errors, warnings } = told.more;
        shown.push(format!("… and {} more", numbers(errors, warnings)));
    }
    shown.push(sum(told));
    shown.join("\n\n")
}

/// How many there are of each kind, as in `error: the site has 2 errors`.
fn sum(told: &Told) -> String {
    let (errors, warnings) = count(told);
    let kind = if errors > 0 { "error" } else { "warning" };
    format!("{kind}: the site has {}", numbers(errors, warnings))
}

/// As in `2 errors and 1 warning`.
fn numbers(errors: usize, warnings: usize) -> String {
    let many = |count: usize, name: &str| match count {
        1 => format!("1 {name}"),
        _ => format!("{count} {name}s"),
    };
    let parts: Vec<String> = [(errors, "error"), (warnings, "warning")]
        .into_iter()
        .filter(|(count, _)| *count > 0)
        .map(|(number, name)| many(number, name))
        .collect();
    parts.join(" and ")
}

/// How many errors there are, and how many warnings: those that are not shown, too.
pub(crate) fn count(told: &Told) -> (usize, usize) {
    let is_error = |fault: &&Diagnostic| fault.severity == Severity::Error;
    let errors = told.diagnostics.iter().filter(is_error).count();
    let warnings = told.diagnostics.len() - errors;
    (errors + told.more.errors, warnings + told.more.warnings)
}

/// How many there are besides those that are shown, for programs.
pub(crate) fn more_to_json(more: More) -> Value {
    json!({ "kind": "more", "errors": more.errors, "warnings": more.warnings })
}

/// One of them for programs; the keys are told in the help of `fata check`.
pub(crate) fn to_json(site: &Path, diagnostic: &Diagnostic) -> Value {
    let place = diagnostic.place.as_deref();
    json!({
        "kind": "diagnostic",
        "severity": diagnostic.severity.name(),
        "file": shown_path(site, &diagnostic.file),
        "line": place.map(|place| place.line),
        "column": place.map(|place| place.column),
        "length": place.map(|place| place.length),
        "text": place.map(|place| &place.text),
        "skipped": place.map(|place| place.skipped),
        "message": diagnostic.message,
        "expected": diagnostic.expected,
        "suggestion": diagnostic.suggestion,
    })
}

/// A file of the site, as its author would name it from here.
fn shown_path(site: &Path, file: &Path) -> String {
    match site.to_str() {
        Some(".") => file.display().to_string(),
        _ => site.join(file).display().to_string(),
    }
}

fn group<'a>(site: &Path, diagnostic: &'a Diagnostic) -> Group<'a> {
    let path = printable(&shown_path(site, &diagnostic.file));
    let level = match diagnostic.severity {
        Severity::Error => Level::ERROR,
        Severity::Warning => Level::WARNING,
    };
    let title = level.primary_title(printable(&diagnostic.message));
    let mut group = match &diagnostic.place {
        None => title.element(Origin::path(path)),
        Some(place) => {
            let mut annotation = AnnotationKind::Primary.span(span(place));
            if let Some(expected) = &diagnostic.expected {
                annotation = annotation.label(printable(&format!("expected {expected}")));
            }
            let snippet = Snippet::source(&place.text).line_start(place.line);
            let snippet = snippet.annotation(annotation);
            if place.skipped == 0 {
                title.element(snippet.path(path))
            } else {
                // The column would be counted from where the part begins.
                let origin = Origin::path(path).line(place.line);
                let origin = origin.char_column(place.column);
                title.element(origin).element(snippet)
            }
        }
    };
    if let (Some(expected), None) = (&diagnostic.expected, &diagnostic.place) {
        let note = printable(&format!("expected {expected}"));
        group = group.element(Level::NOTE.message(note));
    }
    if let Some(suggestion) = &diagnostic.suggestion {
        group = group.element(Level::HELP.message(printable(suggestion)));
    }
    group
}

/// What a terminal shows and does not obey: names of files may hold anything.
fn printable(text: &str) -> String {
    let mut shown = String::with_capacity(text.len());
    for character in text.chars() {
        match character.is_control() {
            true => shown.extend(character.escape_default()),
            false => shown.push(character),
        }
    }
    shown
}

/// The characters of a place as the bytes of its line.
fn span(place: &Place) -> std::ops::Range<usize> {
    let byte = |column: usize| {
        let mut starts = place.text.char_indices().map(|(at, _)| at);
        starts.nth(column).unwrap_or(place.text.len())
    };
    let start = (place.column - 1).saturating_sub(place.skipped);
    byte(start)..byte(start + place.length)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(fault: Diagnostic) -> Told {
        Told {
            diagnostics: vec![fault],
            more: More::default(),
        }
    }

    #[test]
    fn what_is_not_shown_counts() {
        let told = Told {
            diagnostics: vec![Diagnostic::new("content/a.md", "odd").warning()],
            more: More {
                errors: 1,
                warnings: 2,
            },
        };
        assert_eq!(count(&told), (1, 3));
        let shown = render(Path::new("."), &told);
        let end =
            "\n\n… and 1 error and 2 warnings more\n\nerror: the site has 1 error and 3 warnings";
        assert!(shown.ends_with(end), "{shown}");
    }

    #[test]
    fn a_terminal_is_told_nothing_by_names() {
        let fault = Diagnostic::new("content/a\n\u{1b}[2J.txt", "`\u{7}` is no place");
        let shown = render(Path::new("."), &told(fault.expected("no \u{9b}")));
        let told = |c: char| c.is_control() && c != '\n';
        assert!(!shown.contains(told), "{shown:?}");
        assert!(shown.contains("content/a\\n\\u{1b}[2J.txt"), "{shown}");
    }

    #[test]
    fn file_line_column_text_expectation_and_help_are_all_there() {
        let place = Place {
            line: 12,
            column: 3,
            length: 5,
            text: "ä titel = 1".to_owned(),
            skipped: 0,
        };
        let diagnostic = Diagnostic::new("content/a.md", "unknown key `titel`")
            .placed(Some(Box::new(place)))
            .expected("a key of a page")
            .suggestion(Some("did you mean `title`?".to_owned()));
        let shown = render(Path::new("site"), &told(diagnostic));
        for part in [
            "unknown key `titel`",
            "site/content/a.md:12:3",
            "12 | ä titel = 1",
            "  ^^^^^ expected a key of a page",
            "help: did you mean `title`?",
        ] {
            assert!(shown.contains(part), "{part:?} is not in\n{shown}");
        }
    }
}
