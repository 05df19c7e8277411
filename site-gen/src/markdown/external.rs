//! Links to other sites: whether they open beside the page, and what they tell
//! search engines and the other site, as `[markdown]` says.

use pulldown_cmark::{Event, LinkType, Tag, TagEnd};

use super::Located;
use crate::config::base_url::BaseUrl;
use crate::config::markdown::ExternalLinks;
use crate::url::escape;

/// Gives every link that leads elsewhere the attributes that were asked for.
pub(super) fn mark(events: &mut [Located<'_>], asked: &ExternalLinks, base: &BaseUrl) {
    let attributes = attributes(asked);
    if attributes.is_empty() {
        return;
    }
    // Links are not nested.
    let mut inside = false;
    for (event, _) in events {
        match event {
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                title,
                ..
            }) if *link_type != LinkType::Email && is_external(dest_url, base) => {
                let href = escape(dest_url);
                let title = match title.as_ref() {
                    "" => String::new(),
                    title => format!(" title=\"{}\"", escape(title)),
                };
                let html = format!("<a href=\"{href}\"{title}{attributes}>");
                *event = Event::InlineHtml(html.into());
                inside = true;
            }
            Event::End(TagEnd::Link) if inside => {
                *event = Event::InlineHtml("</a>".into());
                inside = false;
            }
            _ => {}
        }
    }
}

fn attributes(asked: &ExternalLinks) -> String {
    let mut rel = Vec::new();
    let mut attributes = String::new();
    if let Some(class) = &asked.class {
        attributes.push_str(&format!(" class=\"{}\"", escape(class)));
    }
    if asked.target_blank {
        attributes.push_str(" target=\"_blank\"");
        rel.push("noopener");
    }
    if asked.no_follow {
        rel.push("nofollow");
    }
    if asked.no_referrer {
        rel.push("noreferrer");
    }
    if !rel.is_empty() {
        attributes.push_str(&format!(" rel=\"{}\"", rel.join(" ")));
    }
    attributes
}

fn is_external(address: &str, base: &BaseUrl) -> bool {
    let scheme = ["http://", "https://"];
    let is_web = scheme.iter().any(|scheme| address.starts_with(scheme));
    is_web && base.own(address).is_none()
}

#[cfg(test)]
mod tests {
    use super::super::tests::render_marking;
    use super::*;

    #[test]
    fn only_links_to_others_are_marked() {
        let external_links = ExternalLinks {
            target_blank: true,
            no_follow: true,
            no_referrer: true,
            class: Some("out".to_owned()),
        };
        let text =
            "[a](https://b.org/?x&y \"t\") [b](https://a.org/c) [c](b.md) www.d.org <e@f.gh>";
        let html = render_marking(text, &external_links).unwrap().html;
        let all = " class=\"out\" target=\"_blank\" rel=\"noopener nofollow noreferrer\">";
        assert_eq!(
            html,
            format!(
                "<p><a href=\"https://b.org/?x&amp;y\" title=\"t\"{all}a</a> \
                 <a href=\"https://a.org/c\">b</a> <a href=\"/b/\">c</a> \
                 <a href=\"http://www.d.org\"{all}www.d.org</a> \
                 <a href=\"mailto:e@f.gh\">e@f.gh</a></p>\n"
            )
        );
    }
}
