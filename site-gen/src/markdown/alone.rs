//! Markdown that is no document's text: what a template gives to the filter
//! `markdown`.

use pulldown_cmark::{Event, Parser, Tag, html};

use super::autolink::{self, Written};
use super::pass_html::show_html;
use super::{Located, alert, heading, math, options, script};
use crate::config::markdown::{MarkdownConfig, RawHtml};
use crate::document::front_matter::AnchorLinks;

/// Renders a text that is no document, as the filter `markdown` does. `address`
/// says where a link to a file, `@/FILE.md`, leads, and `word` the word for a key, or
/// for that the English one.
pub(crate) fn render_alone<E>(
    text: &str,
    config: MarkdownConfig,
    address: &dyn Fn(&str) -> Result<String, E>,
    word: &dyn Fn(&str, &str) -> Result<String, E>,
) -> Result<String, E> {
    let mut html = String::new();
    let events = Parser::new_ext(text, options(config)).into_offset_iter();
    let mut events: Vec<Located<'_>> = events.collect();
    let written = Written { text, offset: 0 };
    heading::attributes::read(&mut events, written, options(config), config.raw_html);
    if config.autolinks {
        autolink::link(&mut events, written, AnchorLinks::None);
    }
    script::mark(&mut events, config);
    if config.raw_html == RawHtml::Escape {
        show_html(&mut events);
    }
    alert::title(&mut events, word)?;
    math::render_alone(&mut events);
    for (event, _) in &mut events {
        if let Event::Start(Tag::Link { dest_url, .. } | Tag::Image { dest_url, .. }) = event
            && dest_url.starts_with("@/")
        {
            *dest_url = address(dest_url)?.into();
        }
    }
    html::push_html(&mut html, events.into_iter().map(|(event, _)| event));
    Ok(html)
}
