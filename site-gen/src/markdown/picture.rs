//! Pictures in a text: those that are files of the site get their size, come
//! when they are needed, and in the smallest version that will do. One that
//! stands alone in a paragraph and has a title becomes a figure with a caption.
//!
//! Pictures from elsewhere are left as they are, but for the caption.

mod late;

use std::ops::Range;

use pulldown_cmark::{CowStr, Event, Parser, Tag, TagEnd, html};

use super::pass_html::pass_html;
use super::{Located, Part, Rendered, Renderer, options};
use super::{external, link};
use crate::diagnostic::Diagnostic;
use crate::functions::pictures::{Look, Shown};
use crate::url;
pub(super) use late::settle;

/// Replaces pictures by what shows them.
pub(super) fn draw(
    events: &mut Vec<Located<'_>>,
    part: &Part<'_>,
    renderer: &Renderer<'_>,
    rendered: &mut Rendered,
    faults: &mut Vec<Diagnostic>,
) {
    let is_picture = |(event, _): &Located<'_>| matches!(event, Event::Start(Tag::Image { .. }));
    let Some(first) = events.iter().position(is_picture) else {
        return;
    };
    let mut drawn = Vec::with_capacity(events.len());
    let mut rest = std::mem::take(events).into_iter();
    drawn.extend(rest.by_ref().take(first));
    while let Some((event, span)) = rest.next() {
        let Event::Start(Tag::Image {
            dest_url, title, ..
        }) = &event
        else {
            drawn.push((event, span));
            continue;
        };
        let picture = Picture {
            part,
            renderer,
            span: span.clone(),
            destination: dest_url.to_string(),
            title: title.to_string(),
        };
        let inside = until_end(&mut rest);
        let alone = matches!(drawn.last(), Some((Event::Start(Tag::Paragraph), _)))
            && matches!(
                rest.as_slice().first(),
                Some((Event::End(TagEnd::Paragraph), _))
            );
        let figure = alone && picture.is_figure();
        let title = if figure {
            drawn.pop();
            rest.next();
            drawn.push((Event::Html("<figure>".into()), span.clone()));
            Title::InCaption
        } else {
            Title::Shown
        };
        match picture.html(&inside, title, rendered, faults) {
            Some(html) => drawn.push((Event::InlineHtml(html.into()), span.clone())),
            None => {
                drawn.push((untitled(event, title), span.clone()));
                drawn.extend(inside);
                drawn.push((Event::End(TagEnd::Image), span.clone()));
            }
        }
        if figure {
            let caption = picture.caption(rendered, faults);
            let html = format!("<figcaption>{caption}</figcaption></figure>\n");
            drawn.push((Event::Html(html.into()), span));
        }
    }
    *events = drawn;
}

/// A picture that stays as it is, without a title that its caption has.
fn untitled(event: Event<'_>, kept: Title) -> Event<'_> {
    match event {
        Event::Start(Tag::Image {
            link_type,
            dest_url,
            id,
            ..
        }) if kept == Title::InCaption => Event::Start(Tag::Image {
            link_type,
            dest_url,
            title: CowStr::Borrowed(""),
            id,
        }),
        other => other,
    }
}

/// Whether a title goes into the attribute.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Title {
    Shown,
    InCaption,
}

/// What is inside of a picture: the events of its text.
fn until_end<'a>(rest: &mut std::vec::IntoIter<Located<'a>>) -> Vec<Located<'a>> {
    let mut inside = Vec::new();
    let mut depth = 0_usize;
    for (event, span) in rest.by_ref() {
        match event {
            Event::Start(Tag::Image { .. }) => depth += 1,
            Event::End(TagEnd::Image) if depth == 0 => break,
            Event::End(TagEnd::Image) => depth -= 1,
            _ => {}
        }
        inside.push((event, span));
    }
    inside
}

/// A picture in a text.
struct Picture<'a> {
    part: &'a Part<'a>,
    renderer: &'a Renderer<'a>,
    span: Range<usize>,
    /// A path of the site, if it is a file of it.
    destination: String,
    title: String,
}

impl Picture<'_> {
    fn is_figure(&self) -> bool {
        self.renderer.knowledge.gallery.config.figures && !self.title.trim().is_empty()
    }

    /// The title as markdown, if it is a text and not a list, say.
    fn caption(&self, rendered: &mut Rendered, faults: &mut Vec<Diagnostic>) -> String {
        let config = self.renderer.config;
        let events = Parser::new_ext(self.title.trim(), options(config));
        // Faults in it are at the picture: it is one place.
        let mut events: Vec<Located<'_>> = events.map(|event| (event, self.span.clone())).collect();
        let paragraphs = |(event, _): &&Located<'_>| matches!(event, Event::Start(Tag::Paragraph));
        let is_text = matches!(events.first(), Some((Event::Start(Tag::Paragraph), _)))
            && events.iter().filter(paragraphs).count() == 1
            && matches!(events.last(), Some((Event::End(TagEnd::Paragraph), _)));
        if !is_text {
            return url::escape(&self.title).into_owned();
        }
        events.pop();
        events.remove(0);
        pass_html(&mut events, config.raw_html, &mut rendered.anchors);
        let document = self.part.document;
        link::resolve(
            &mut events,
            document,
            &self.renderer.targets,
            &mut rendered.references,
            faults,
        );
        let renderer = self.renderer;
        external::mark(&mut events, renderer.external_links, renderer.base);
        let mut caption = String::new();
        html::push_html(&mut caption, events.into_iter().map(|(event, _)| event));
        caption
    }

    /// What shows it; none if it stays as it is.
    fn html(
        &self,
        inside: &[Located<'_>],
        title: Title,
        rendered: &mut Rendered,
        faults: &mut Vec<Diagnostic>,
    ) -> Option<String> {
        if self.is_unsure() {
            rendered.is_partial = true;
            return None;
        }
        match self.look() {
            Ok(Look::Shown(shown)) => Some(self.element(&shown, inside, title)),
            Ok(Look::Nothing) => None,
            Ok(Look::Wait) => {
                rendered.waits = true;
                None
            }
            Err(fault) => {
                // It is told once that it leads nowhere.
                let place = self.narrow();
                rendered
                    .references
                    .retain(|reference| reference.span != place);
                faults.push(*fault);
                None
            }
        }
    }

    /// Whether it is written as a path from the page, and there may be a file
    /// that could not be read.
    fn is_unsure(&self) -> bool {
        let written = self.destination.as_str();
        let document = self.part.document;
        let directory = document.id.rsplit_once('/').map_or("", |(above, _)| above);
        // From the page or from its file.
        let paths = [&*document.path, directory];
        let paths = paths.map(|from| url::join(from, written).map(|path| format!("/{path}")));
        let is_relative = !written.starts_with('/') && !url::has_scheme(written);
        let may_be = |path: String| self.renderer.unsure.may_serve(&path);
        is_relative && (document.is_broken || paths.into_iter().flatten().any(may_be))
    }

    fn look(&self) -> Result<Look, Box<Diagnostic>> {
        let path = self.path()?;
        let end = path.find(['?', '#']).unwrap_or(path.len());
        let (path, suffix) = path.split_at(end);
        let looked = self.renderer.knowledge.look(path).map_err(|fault| {
            let diagnostic = self.part.document.at(self.narrow(), fault.message);
            Box::new(diagnostic.expected(fault.expected))
        })?;
        Ok(match looked {
            // A part of a drawing, or a version that only its author knows of.
            Look::Shown(shown) if !suffix.is_empty() => Look::Shown(Shown {
                sources: String::new(),
                src: format!("{path}{suffix}"),
                attributes: match shown.attributes.split_once(" srcset=") {
                    Some((size, _)) => size.to_owned(),
                    None => shown.attributes,
                },
            }),
            other => other,
        })
    }

    /// The path it is served under. What is written as a path from the page is
    /// known only here: links to files were resolved before.
    fn path(&self) -> Result<String, Box<Diagnostic>> {
        let written = self.destination.as_str();
        let knowledge = self.renderer.knowledge;
        if written.starts_with('/') || url::has_scheme(written) || !knowledge.gallery.config.process
        {
            return Ok(written.to_owned());
        }
        let document = self.part.document;
        let end = written.find(['?', '#']).unwrap_or(written.len());
        let (place, suffix) = written.split_at(end);
        let from_page = url::join(&document.path, place).map(|path| format!("/{path}"));
        if let Some(path) = from_page.filter(|path| knowledge.files.contains_key(path)) {
            return Ok(format!("{path}{suffix}"));
        }
        let beside = document.id.rsplit_once('/').map_or("", |(above, _)| above);
        let wanted = url::join(beside, &url::decode(place)).unwrap_or_else(|| place.to_owned());
        let message = match place {
            "" => "this image has no address".to_owned(),
            _ => format!("no picture `{wanted}` in content/"),
        };
        let fault = document
            .at(self.narrow(), message)
            .expected("a file beside this one, `@/FILE` from content/, or a path of the site");
        Err(Box::new(
            fault.suggestion(self.renderer.targets.suggest(&wanted)),
        ))
    }

    /// Where it is named, if that stands in the text as it was parsed.
    fn narrow(&self) -> Range<usize> {
        let document = self.part.document;
        let text = &document.text()[self.span.clone()];
        let name = self.destination.rsplit('/').next().unwrap_or_default();
        let at = text
            .rfind(&self.destination)
            .map(|at| (at, self.destination.len()));
        // Where a file is named otherwise than it is served, its name is the same.
        let at = at.or_else(|| Some((text.rfind(name)?, name.len())));
        match at.filter(|(_, length)| *length > 0) {
            Some((at, length)) => self.span.start + at..self.span.start + at + length,
            None => self.span.clone(),
        }
    }

    fn element(&self, shown: &Shown, inside: &[Located<'_>], title: Title) -> String {
        let mut element = String::new();
        if !shown.sources.is_empty() {
            element.push_str("<picture>");
            element.push_str(&shown.sources);
        }
        let src = url::escape(&shown.src);
        element.push_str(&format!(
            "<img src=\"{src}\" alt=\"{}\"",
            alternative(inside)
        ));
        if title == Title::Shown && !self.title.is_empty() {
            element.push_str(&format!(" title=\"{}\"", url::escape(&self.title)));
        }
        element.push_str(&shown.attributes);
        if self.renderer.knowledge.gallery.config.lazy {
            element.push_str(&late::word(self.part.whole.headings.mark()));
        }
        element.push_str(" decoding=\"async\">");
        if !shown.sources.is_empty() {
            element.push_str("</picture>");
        }
        element
    }
}

/// The text of a picture, for an attribute (as CommonMark 6.4 has it).
fn alternative(inside: &[Located<'_>]) -> String {
    let mut text = String::new();
    for (event, _) in inside {
        match event {
            Event::Text(piece)
            | Event::Code(piece)
            | Event::InlineHtml(piece)
            | Event::InlineMath(piece)
            | Event::DisplayMath(piece) => {
                text.push_str(&url::escape(piece));
            }
            Event::SoftBreak | Event::HardBreak => text.push(' '),
            _ => {}
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::super::tests::{config, is_readable, render_drawing, render_knowing};
    use crate::body::Body;
    use crate::functions::Knowledge;

    /// What is known of a site with a drawing, and a picture that is none.
    fn knowledge() -> Knowledge {
        let svg = b"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>";
        let files = [
            ("/p.png".to_owned(), Body::from(b"none".to_vec())),
            ("/d.svg".to_owned(), Body::from(svg.to_vec())),
        ];
        Knowledge {
            files: files.into_iter().collect(),
            ..Knowledge::default()
        }
    }

    fn html(text: &str) -> String {
        let rendered = render_knowing(text, config(), &knowledge());
        rendered.unwrap().html
    }

    #[test]
    fn only_later_pictures_come_late() {
        let html = html("![one](/d.svg) ![two](/d.svg)\n");
        let size = "width=\"4\" height=\"3\"";
        let one = format!("<img src=\"/d.svg\" alt=\"one\" {size} decoding=\"async\">");
        let two =
            format!("<img src=\"/d.svg\" alt=\"two\" {size} loading=\"lazy\" decoding=\"async\">");
        assert_eq!(html, format!("<p>{one} {two}</p>\n"));
    }

    /// Whether each picture of a text comes late, with templates of shortcodes.
    fn late(text: &str, templates: &[(&str, &str)]) -> Vec<bool> {
        let rendered = render_drawing(text, templates, &knowledge());
        let html = rendered.unwrap().html;
        assert!(
            !html.contains(|c| ('\u{fdd0}'..='\u{fdef}').contains(&c)),
            "{html}"
        );
        let pictures = html.split("<img").skip(1);
        pictures
            .map(|picture| picture.contains("loading=\"lazy\" decoding=\"async\""))
            .collect()
    }

    #[test]
    fn the_first_picture_is_that_which_is_seen_first() {
        let templates = [
            ("shortcodes/shown.html", "<b>{{ body | safe }}</b>"),
            (
                "shortcodes/twice.html",
                "{{ body | safe }}{{ body | safe }}",
            ),
            (
                "shortcodes/below.html",
                "<IMG src=\"/d.svg\">{{ body | safe }}",
            ),
            ("shortcodes/own.html", "<img src=\"/d.svg\" alt=\"\">"),
            ("shortcodes/gallery.md", "![g](/d.svg)\n\n![h](/d.svg)\n"),
        ];
        for (text, expected) in [
            // What looks like one is none.
            (
                "`![x](/d.svg)`\n\n![one](/d.svg) ![two](/d.svg)\n",
                &[false, true][..],
            ),
            (
                "    ![x](/d.svg)\n\n[a]: /b/ \"![\"\n\n![one](/d.svg)\n",
                &[false],
            ),
            ("`<img>`\n\n![one](/d.svg)\n", &[false]),
            ("<!-- ![ -->\n\n![one](/d.svg)\n", &[false]),
            // Those of templates count.
            ("![one](/d.svg)\n\n{{ gallery() }}\n", &[false, true, true]),
            ("{{ gallery() }}\n\n![one](/d.svg)\n", &[false, true, true]),
            ("{{ own() }}\n\n![one](/d.svg)\n", &[false, true]),
            (
                "{% shown() %}![one](/d.svg){% end %}\n\n![two](/d.svg)\n",
                &[false, true],
            ),
            (
                "![one](/d.svg)\n\n{% shown() %}![two](/d.svg){% end %}\n",
                &[false, true],
            ),
            ("{% twice() %}![one](/d.svg){% end %}\n", &[false, true]),
            ("{% below() %}![one](/d.svg){% end %}\n", &[true]),
            // So do those that are not files of the site.
            (
                "![one](https://b.org/p.png)\n\n![two](/d.svg)\n",
                &[false, true],
            ),
            (
                "# ![one](/d.svg) Two\n\n## ![two](/d.svg)\n",
                &[false, true],
            ),
        ] {
            assert_eq!(late(text, &templates), expected, "{text}");
        }
    }

    #[test]
    fn a_summary_has_the_first_picture() {
        let text = "![one](/d.svg)\n\n<!-- more -->\n\n![two](/d.svg)\n";
        let rendered = render_drawing(text, &[], &knowledge()).unwrap();
        let summary = rendered.summary.unwrap();
        assert!(
            summary.ends_with("height=\"3\" decoding=\"async\"></p>"),
            "{summary}"
        );
    }

    /// Each was searched for in all that stands above it.
    #[test]
    fn pictures_are_many() {
        let started = std::time::Instant::now();
        let html = html(&"![x](/d.svg)\n\n".repeat(20_000));
        assert_eq!(html.matches(" loading=\"lazy\"").count(), 19_999);
        assert!(started.elapsed() < std::time::Duration::from_secs(20));
    }

    #[test]
    fn alternatives_are_text() {
        let html = html("![a *b* `c` \\<d> ![e](/d.svg)\nf](/d.svg)\n");
        assert!(html.contains("alt=\"a b c &lt;d&gt; e f\""), "{html}");
    }

    #[test]
    fn captions_are_markdown_of_one_line() {
        let caption = |title: &str| {
            let html = html(&format!("![x](/d.svg \"{title}\")\n"));
            let (_, rest) = html.split_once("<figcaption>").unwrap();
            let (caption, _) = rest.split_once("</figcaption></figure>").unwrap();
            caption.to_owned()
        };
        assert_eq!(caption("a *b*"), "a <em>b</em>");
        assert_eq!(caption("[b](b.md)"), "<a href=\"/b/\">b</a>");
        assert_eq!(caption("# a < b"), "# a &lt; b");
        assert_eq!(caption("1. a"), "1. a");
        let inside = html("- ![x](/d.svg \"in a list\")\n\n![x](/d.svg \"t\") and more\n");
        assert!(!inside.contains("figure"), "{inside}");
    }

    #[test]
    fn what_is_broken_or_missing_is_placed() {
        let text = "Text\n\n> ![x](p.png) ![y](d.sgv)\n";
        let faults = render_knowing(text, config(), &knowledge()).unwrap_err();
        let place = |fault: &crate::Diagnostic| {
            let place = fault.place.as_ref().unwrap();
            (place.line, place.column, place.length)
        };
        let places: Vec<_> = faults.iter().map(place).collect();
        assert_eq!(places, [(3, 8, 5), (3, 20, 5)], "{faults:?}");
    }

    proptest! {
        #[test]
        fn nothing_panics(
            text in "(!\\[|\\]\\(/d\\.svg|\\]\\(p\\.png| \"|\"|\\)|[a*_`<\\[\\]()#@1.> \n\\\\é]){0,40}"
        ) {
            prop_assert!(is_readable(&render_knowing(&text, config(), &knowledge())));
        }
    }
}
