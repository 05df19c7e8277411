//! Filters that pages are made with: dates, addresses, markdown, JSON.
//!
//! `date(format="%e %B %Y")`, `markdown`, `markdown(inline=true)`, `slugify`,
//! `striptags`, `json_encode`, `json_encode(pretty=true)`, `urlencode`.

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::date::Date;
use crate::json::write_json;
use crate::markdown::render_alone;
use crate::markdown_config::MarkdownConfig;
use crate::text_filters::indent_json;
use crate::url;

/// Adds them to an engine.
pub(crate) fn register(engine: &mut Tera, markdown: MarkdownConfig) {
    engine.register_filter("date", |text: &str, kwargs: Kwargs, _: &State| {
        date(text, &kwargs)
    });
    engine.register_filter("slugify", |text: &str, _: Kwargs, _: &State| {
        url::slugify(text)
    });
    engine.register_filter("striptags", |text: &str, _: Kwargs, _: &State| {
        strip_tags(text)
    });
    engine.register_filter("urlencode", |text: &str, _: Kwargs, _: &State| {
        url::encode(text)
    });
    engine.register_filter("markdown", move |text: &str, kwargs: Kwargs, _: &State| {
        let html = render_alone(text, markdown);
        let inline = kwargs.get::<bool>("inline")?.unwrap_or_default();
        let paragraph = html
            .trim()
            .strip_prefix("<p>")
            .and_then(|html| html.strip_suffix("</p>"));
        let inner = paragraph.filter(|inner| inline && !inner.contains("<p>"));
        TeraResult::Ok(Value::safe_string(inner.unwrap_or(&html)))
    });
    engine.register_filter("json_encode", |value: &Value, kwargs: Kwargs, _: &State| {
        let mut json = String::new();
        write_json(value, &mut json);
        if kwargs.get::<bool>("pretty")?.unwrap_or_default() {
            json = indent_json(&json);
        }
        TeraResult::Ok(Value::safe_string(&json))
    });
}

fn date(text: &str, kwargs: &Kwargs) -> TeraResult<String> {
    for foreign in ["locale", "timezone"] {
        if kwargs.get::<&str>(foreign)?.is_some() {
            return Err(Error::message(format!(
                "`date` has no `{foreign}`; a month's name in another language is \
                 `trans(key=\"month-1\", lang=lang)`, and a time is shown as it was written"
            )));
        }
    }
    let format = kwargs.get::<&str>("format")?.unwrap_or("%Y-%m-%d");
    let date: Date = text.parse().map_err(|()| {
        Error::message(format!(
            "`{text}` is not a date; expected {}",
            Date::EXPECTED
        ))
    })?;
    date.format(format)
        .map_err(|error| Error::message(format!("`{format}` is not a date format: {error}")))
}

/// The text of HTML, as it is: entities stay.
pub(crate) fn strip_tags(html: &str) -> Value {
    let mut text = String::with_capacity(html.len());
    let mut rest = html;
    while let Some((before, tag)) = rest.split_once('<') {
        text.push_str(before);
        rest = tag.split_once('>').map_or("", |(_, after)| after);
    }
    text.push_str(rest);
    Value::safe_string(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tags_are_stripped() {
        assert_eq!(strip_tags("a <b>c</b> &lt; <i").as_str(), Some("a c &lt; "));
    }
}
