//! Shows what is wrong with a site, with the line it stands in.

use std::io::IsTerminal as _;
use std::path::Path;

use annotate_snippets::renderer::DecorStyle;
use annotate_snippets::{AnnotationKind, Group, Level, Origin, Renderer, Snippet};
use site_gen::{Diagnostic, Place};

/// All of them as text, in colour when standard error is a terminal.
pub(crate) fn render(site: &Path, diagnostics: &[Diagnostic]) -> String {
    let colour = std::io::stderr().is_terminal() && std::env::var_os("NO_COLOR").is_none();
    let renderer = if colour {
        Renderer::styled().decor_style(DecorStyle::Unicode)
    } else {
        Renderer::plain()
    };
    let one = |diagnostic| renderer.render(&[group(site, diagnostic)]);
    let mut shown: Vec<String> = diagnostics.iter().map(one).collect();
    shown.push(match diagnostics.len() {
        1 => "error: the site has an error".to_owned(),
        count => format!("error: the site has {count} errors"),
    });
    shown.join("\n\n")
}

fn group<'a>(site: &Path, diagnostic: &'a Diagnostic) -> Group<'a> {
    let path = match site.to_str() {
        Some(".") => diagnostic.file.display().to_string(),
        _ => site.join(&diagnostic.file).display().to_string(),
    };
    let title = Level::ERROR.primary_title(&diagnostic.message);
    let mut group = match &diagnostic.place {
        None => title.element(Origin::path(path)),
        Some(place) => {
            let mut annotation = AnnotationKind::Primary.span(span(place));
            if let Some(expected) = &diagnostic.expected {
                annotation = annotation.label(format!("expected {expected}"));
            }
            let snippet = Snippet::source(&place.text).line_start(place.line);
            title.element(snippet.path(path).annotation(annotation))
        }
    };
    if let (Some(expected), None) = (&diagnostic.expected, &diagnostic.place) {
        group = group.element(Level::NOTE.message(format!("expected {expected}")));
    }
    if let Some(suggestion) = &diagnostic.suggestion {
        group = group.element(Level::HELP.message(suggestion));
    }
    group
}

/// The characters of a place as the bytes of its line.
fn span(place: &Place) -> std::ops::Range<usize> {
    let byte = |column: usize| {
        let mut starts = place.text.char_indices().map(|(at, _)| at);
        starts.nth(column).unwrap_or(place.text.len())
    };
    let start = place.column.saturating_sub(1);
    byte(start)..byte(start + place.length)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn file_line_column_text_expectation_and_help_are_all_there() {
        let place = Place {
            line: 12,
            column: 3,
            length: 5,
            text: "ä titel = 1".to_owned(),
        };
        let diagnostic = Diagnostic {
            place: Some(Box::new(place)),
            ..Diagnostic::new("content/a.md", "unknown key `titel`")
        };
        let diagnostic = diagnostic
            .expected("a key of a page")
            .suggestion(Some("did you mean `title`?".to_owned()));
        let shown = render(Path::new("site"), &[diagnostic]);
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
