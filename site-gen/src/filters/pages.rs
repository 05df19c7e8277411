//! Filters that pages are made with: dates, addresses, markdown, JSON.
//!
//! `date(format="%e %B %Y")`, `markdown`, `markdown(inline=true)`, `slugify`,
//! `striptags`, `json_encode`, `json_encode(pretty=true)`, `urlencode`.

use std::sync::Arc;

use jiff::Timestamp;
use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::config::markdown::MarkdownConfig;
use crate::document::date::Date;
use crate::filters::texts::indent_json;
use crate::functions::Knowledge;
use crate::html::{Kind, Scripting, Tokens};
use crate::markdown::render_alone;
use crate::url;
use crate::values::json::write_json;

/// Adds them to an engine.
pub(crate) fn register(engine: &mut Tera, known: &Arc<Knowledge>, markdown: MarkdownConfig) {
    let known = Arc::clone(known);
    engine.register_filter("date", |value: &Value, kwargs: Kwargs, _: &State| {
        date(value, &kwargs)
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
    engine.register_filter(
        "markdown",
        move |text: &str, kwargs: Kwargs, state: &State| {
            let lang = state.get::<String>("lang")?.unwrap_or_default();
            let word = |key: &str, english: &str| known.word(key, &lang, english);
            let html = render_alone(text, markdown, &|link| known.address(link), &word)?;
            let inline = kwargs.get::<bool>("inline")?.unwrap_or_default();
            let paragraph = html
                .trim()
                .strip_prefix("<p>")
                .and_then(|html| html.strip_suffix("</p>"));
            let inner = paragraph.filter(|inner| inline && !inner.contains("<p>"));
            TeraResult::Ok(Value::safe_string(inner.unwrap_or(&html)))
        },
    );
    engine.register_filter("json_encode", |value: &Value, kwargs: Kwargs, _: &State| {
        let mut json = String::new();
        write_json(value, &mut json);
        if kwargs.get::<bool>("pretty")?.unwrap_or_default() {
            json = indent_json(&json);
        }
        TeraResult::Ok(Value::safe_string(&json))
    });
}

/// A date is a text, or a number of seconds since 1970.
fn date(value: &Value, kwargs: &Kwargs) -> TeraResult<String> {
    for foreign in ["locale", "timezone"] {
        if kwargs.get::<&str>(foreign)?.is_some() {
            return Err(Error::message(format!(
                "`date` has no `{foreign}`; a month's name in another language is \
                 `trans(key=\"month-1\", lang=lang)`, and a time is shown as it was written"
            )));
        }
    }
    let format = kwargs.get::<&str>("format")?.unwrap_or("%Y-%m-%d");
    let seconds = value.as_i64().map(Timestamp::from_second);
    let text = match (seconds, value.as_str()) {
        (Some(Ok(moment)), _) => Some(moment.to_string()),
        (_, text) => text.map(str::to_owned),
    };
    let date: Option<Date> = text.as_ref().and_then(|text| text.parse().ok());
    let date = date.ok_or_else(|| {
        let expected = Date::expected(text.as_deref().unwrap_or_default());
        let what = told(value);
        let message = format!("{what} is not a date; expected {expected}");
        Error::message(match value.is_none() {
            true => message + ", or `{% if … %}` around it",
            false => message,
        })
    })?;
    date.format(format)
        .map_err(|error| Error::message(format!("`{format}` is not a date format: {error}")))
}

/// A value as faults tell it: what is none is not an empty text.
pub(crate) fn told(value: &Value) -> String {
    match value.is_none() || value.is_undefined() {
        true => "none".to_owned(),
        false => format!("`{value}`"),
    }
}

/// The text of HTML, as it is: entities stay. Texts that come together make no tag.
pub(crate) fn strip_tags(html: &str) -> Value {
    let mut text = String::with_capacity(html.len());
    for token in Tokens::new(html, Scripting::Off) {
        if let Kind::Text(own) | Kind::Verbatim(own) = token.kind {
            text.push_str(&own.replace('<', "&lt;"));
        }
    }
    Value::safe_string(&text)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_are_texts_or_numbers() {
        let kwargs = Kwargs::default();
        assert_eq!(
            date(&"2024-05-06".into(), &kwargs).ok().as_deref(),
            Some("2024-05-06")
        );
        assert_eq!(
            date(&1_714_972_089.into(), &kwargs).ok().as_deref(),
            Some("2024-05-06")
        );
        assert!(date(&"soon".into(), &kwargs).is_err());
        assert!(date(&i64::MAX.into(), &kwargs).is_err());
        assert!(date(&Value::none(), &kwargs).is_err());
    }

    #[test]
    fn tags_are_stripped() {
        for (html, expected) in [
            ("a <b>c</b> &lt; <i", "a c &lt; "),
            ("1 < 2 <!-- > --><b title='>'>c</b>", "1 &lt; 2 c"),
            ("<<b>i>a<</i>/i>", "&lt;i>a&lt;/i>"),
        ] {
            assert_eq!(strip_tags(html).as_str(), Some(expected));
        }
    }
}
