//! Diagrams: a block of code in Mermaid's language becomes a drawing, with what is
//! named behind the fence below it.
//!
//! ```text
//! mermaid,name=What a packet passes
//! ```

use std::collections::HashMap;
use std::mem;
use std::ops::Range;

use pulldown_cmark::{CodeBlockKind, Event, Tag, TagEnd};

use super::code::Info;
use super::{Located, Part, Rendered, Renderer};
use crate::diagnostic::Diagnostic;
use crate::diagram::{Fault, Studio};
use crate::document::Document;
use crate::limits::MAX_DIAGNOSTICS;
use crate::url::escape;

/// The language that is drawn.
const LANGUAGE: &str = "mermaid";

/// Turns every block of Mermaid's language into a drawing.
pub(super) fn draw(
    events: &mut Vec<Located<'_>>,
    part: &Part<'_>,
    renderer: &Renderer<'_>,
    rendered: &mut Rendered,
    faults: &mut Vec<Diagnostic>,
) {
    if !events.iter().any(|(event, _)| begun(event).is_some()) {
        return;
    }
    let mut changed = Vec::with_capacity(events.len());
    let mut rest = mem::take(events).into_iter();
    // How often each drawing is on the page.
    let mut known = HashMap::new();
    while let Some((event, span)) = rest.next() {
        let Some(info) = begun(&event) else {
            changed.push((event, span));
            continue;
        };
        let caption = info.name.map(str::to_owned);
        let mut block = Block::default();
        for (event, span) in rest.by_ref() {
            match event {
                Event::Text(text) => block.push(&text, span.start),
                Event::End(TagEnd::CodeBlock) => break,
                _ => {}
            }
        }
        if faults.len() >= MAX_DIAGNOSTICS {
            continue;
        }
        match renderer.studio.drawing(&block.code) {
            Ok(svg) => {
                let times = known.entry(svg.clone()).or_insert(0_usize);
                *times += 1;
                rendered.drawings.push(Studio::name(&block.code));
                let html = figure(&svg, *times, caption.as_deref());
                changed.push((Event::Html(html.into()), span));
            }
            Err(fault) => faults.push(block.told(fault, part.document, &span)),
        }
    }
    *events = changed;
}

/// What is said of the diagram that begins.
fn begun<'a>(event: &'a Event<'_>) -> Option<Info<'a>> {
    let Event::Start(Tag::CodeBlock(CodeBlockKind::Fenced(info))) = event else {
        return None;
    };
    Some(Info::parse(info)).filter(|info| info.language == LANGUAGE)
}

/// A block of code, and where its lines are in the document: in a list or quote, they
/// do not follow one another.
#[derive(Debug, Default)]
struct Block {
    code: String,
    /// Where pieces begin in the code, and in the document.
    pieces: Vec<(usize, usize)>,
}

impl Block {
    fn push(&mut self, text: &str, at: usize) {
        self.pieces.push((self.code.len(), at));
        self.code.push_str(text);
    }

    /// A fault, as it is told: at its place, or at the first line.
    fn told(&self, fault: Fault, document: &Document, block: &Range<usize>) -> Diagnostic {
        let place = fault.place.and_then(|place| self.visible(&place));
        let place = place.unwrap_or_else(|| {
            let fence = document.text()[block.clone()].lines().next();
            block.start..block.start + fence.map_or(0, str::len)
        });
        document.at(place, fault.message).expected(fault.expected)
    }

    /// The part of a place that is in its first line, in the document. Behind the last
    /// line there is nothing to be shown; what is missing is missing at its end.
    fn visible(&self, place: &Range<usize>) -> Option<Range<usize>> {
        let code = self.code.trim_end();
        let start = place.start.min(code.len());
        let line = self.code.get(start..)?.lines().next()?;
        let end = place.end.clamp(start, start + line.len());
        let after = self
            .pieces
            .partition_point(|(in_code, _)| *in_code <= start);
        let (in_code, in_document) = *self.pieces.get(after.checked_sub(1)?)?;
        let start = in_document + (start - in_code);
        Some(start..in_document + (end - in_code))
    }
}

/// The drawing that is on a page for the nth time: what is in it has names that no
/// other has.
fn figure(svg: &str, times: usize, caption: Option<&str>) -> String {
    let id = svg
        .strip_prefix("<svg id=\"")
        .and_then(|rest| rest.split('"').next());
    let svg = match id {
        Some(id) if times > 1 => svg.replace(id, &format!("{id}-{times}")),
        _ => svg.to_owned(),
    };
    let caption = caption.map(|caption| format!("<figcaption>{}</figcaption>\n", escape(caption)));
    let caption = caption.unwrap_or_default();
    // In a narrow window it is wider than its place: then arrow keys move it, too.
    format!("<figure class=\"diagram\" tabindex=\"0\">\n{svg}\n{caption}</figure>\n")
}

#[cfg(test)]
mod tests {
    use super::super::tests::{config, render_text, render_with};
    use crate::config::markdown::MarkdownConfig;

    #[test]
    fn blocks_become_drawings() {
        let text = "```mermaid,name=A & B\nflowchart LR\n a --> b\n```\n";
        let html = render_text(text).unwrap().html;
        assert!(
            html.starts_with("<figure class=\"diagram\" tabindex=\"0\">\n<svg id=\"diagram-"),
            "{html}"
        );
        assert!(
            html.ends_with("</svg>\n<figcaption>A &amp; B</figcaption>\n</figure>\n"),
            "{html}"
        );
        let config = MarkdownConfig {
            diagrams: false,
            ..config()
        };
        let html = render_with(text, config).unwrap().html;
        assert!(
            html.contains("<code class=\"language-mermaid\">flowchart LR\n"),
            "{html}"
        );
    }

    #[test]
    fn nothing_in_two_drawings_has_the_same_name() {
        let text = "```mermaid\nflowchart LR\n a --> b\n```\n\n";
        let html = render_text(&text.repeat(3)).unwrap().html;
        let ids = html
            .split(" id=\"")
            .skip(1)
            .filter_map(|rest| rest.split('"').next());
        let mut ids: Vec<_> = ids.collect();
        assert!(ids.len() >= 6, "{html}");
        ids.sort_unstable();
        assert!(ids.windows(2).all(|pair| pair[0] != pair[1]), "{ids:?}");
    }

    #[test]
    fn faults_are_where_they_stand() {
        for (text, line, column, length) in [
            ("```mermaid\nflowchart LR\n a -> -> b\n```\n", 3, 4, 2),
            (
                "é\n\n- > ```mermaid\n  > sequenceDiagram\n  >  A=>B hi\n  > ```\n",
                5,
                8,
                1,
            ),
            (
                "```mermaid\nflowchart LR\nsubgraph x\n a-->b\n```\n",
                4,
                7,
                1,
            ),
            ("a\n\n```mermaid\nnothing\n```\n", 3, 1, 10),
            ("```mermaid\n```\n", 1, 1, 10),
        ] {
            let faults = render_text(text).unwrap_err();
            let place = faults[0].place.as_ref().unwrap();
            let found = (place.line, place.column, place.length);
            assert_eq!(found, (line, column, length), "{text}{}", faults[0]);
        }
    }
}
