//! The index in the formats that themes made for Zola read: one file for each
//! language, `/search_index.LANG.json` or `.js`, which a browser loads whole.
//!
//! * **elasticlunr**: the index that elasticlunr.js loads, made by elasticlunr-rs,
//!   with the texts in it. Fields are `title`, `description`, `date`, `path` and
//!   `body`; a page is known by its URL.
//! * **fuse**: an array of pages, with `url`, `title`, `description`, `body` and
//!   `path`.
//!
//! What a script gives to `window.searchIndex` is the same as JSON. A page
//! without a date has an empty one: in Zola, its other fields take wrong places.

use elasticlunr::{IndexBuilder, Language};
use rayon::prelude::*;
use site_pack::Caching;

use super::config::{IndexFormat, SearchConfig, Shape};
use super::plain;
use crate::body::Body;
use crate::config::FILE;
use crate::config::base_url::BaseUrl;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::date::Date;
use crate::limits::MAX_ELASTICLUNR_BYTES;
use crate::output::Made;
use crate::texts::WithText;
use crate::values::json::write_json_string;

/// A page, as these formats have it.
#[derive(Debug, Default)]
struct Entry<'a> {
    url: String,
    title: &'a str,
    description: &'a str,
    date: String,
    path: &'a str,
    body: String,
}

/// Whether there is an index in a format for a language.
pub(super) fn speaks(format: IndexFormat, language: &str) -> bool {
    match format {
        IndexFormat::Elasticlunr(_) => elasticlunr_language(language).is_some(),
        _ => true,
    }
}

/// The files of a language's index: one. None, if the format has another kind of
/// files, or does not know the language, which is a fault of its own.
pub(super) fn files(
    documents: &[WithText],
    (language, config): (&str, &SearchConfig),
    base: &BaseUrl,
) -> Result<Vec<Made>, Diagnostic> {
    let all = documents.par_iter();
    let entries = all.map(|document| Entry::of(document, config, base));
    let entries: Vec<Entry<'_>> = entries.collect();
    let (json, shape) = match config.format {
        IndexFormat::Fuse(shape) => (Some(write_fuse(&entries, config)), shape),
        IndexFormat::Elasticlunr(shape) => {
            check_size(&entries, language)?;
            (write_elasticlunr(&entries, language, config), shape)
        }
        IndexFormat::Fata | IndexFormat::Pagefind => return Ok(Vec::new()),
    };
    let made = json.map(|json| {
        let (end, body) = match shape {
            Shape::Json => ("json", json),
            Shape::Script => ("js", format!("window.searchIndex = {json}")),
        };
        Made {
            path: base
                .address(&format!("/search_index.{language}.{end}"))
                .into(),
            body: Body::from(body.into_bytes()),
            caching: Caching::Revalidate,
        }
    });
    Ok(made.into_iter().collect())
}

/// The library takes whatever memory it needs.
fn check_size(entries: &[Entry<'_>], language: &str) -> Result<(), Diagnostic> {
    let lengths = entries.iter().map(|entry| {
        entry.title.len() + entry.description.len() + entry.path.len() + entry.body.len()
    });
    if lengths.sum::<usize>() > MAX_ELASTICLUNR_BYTES {
        let message = format!("the texts in `{language}` are too long for an index of elasticlunr");
        return Err(Diagnostic::new(FILE, message).expected(format!(
            "at most {MAX_ELASTICLUNR_BYTES} bytes; `truncate_content_length`, or `index_format = \"fata\"`"
        )));
    }
    Ok(())
}

impl<'a> Entry<'a> {
    fn of((document, text): &'a WithText, config: &SearchConfig, base: &BaseUrl) -> Self {
        let Document { front, path, .. } = &**document;
        let html = text.html.as_str().filter(|_| config.include_content);
        let mut body = html.map(plain::text).unwrap_or_default();
        let end = config.truncate_content_length;
        if let Some((end, _)) = end.and_then(|most| body.char_indices().nth(most)) {
            body.truncate(end);
        }
        Self {
            url: base.permalink(path),
            title: front.title.as_deref().unwrap_or_default(),
            description: front.description.as_deref().unwrap_or_default(),
            date: front.date.as_ref().map(Date::rfc3339).unwrap_or_default(),
            path,
            body,
        }
    }

    /// The fields that the index has, in their order.
    fn fields(&self, config: &SearchConfig) -> Vec<(&'static str, &str)> {
        let fields = [
            (config.include_title, "title", self.title),
            (config.include_description, "description", self.description),
            (config.include_date, "date", &*self.date),
            (config.include_path, "path", self.path),
            (config.include_content, "body", &*self.body),
        ];
        let fields = fields
            .into_iter()
            .filter(|(is_asked_for, ..)| *is_asked_for);
        fields.map(|(_, name, value)| (name, value)).collect()
    }
}

fn write_fuse(entries: &[Entry<'_>], config: &SearchConfig) -> String {
    let mut json = "[".to_owned();
    for (number, entry) in entries.iter().enumerate() {
        json.push_str(if number > 0 {
            ",{\"url\":"
        } else {
            "{\"url\":"
        });
        write_json_string(&entry.url, &mut json);
        // As in Zola, there are no dates, and paths come last.
        let (paths, others): (Vec<_>, Vec<_>) = entry
            .fields(config)
            .into_iter()
            .filter(|(name, _)| *name != "date")
            .partition(|(name, _)| *name == "path");
        for (name, value) in others.into_iter().chain(paths) {
            json.push(',');
            write_json_string(name, &mut json);
            json.push(':');
            write_json_string(value, &mut json);
        }
        json.push('}');
    }
    json.push(']');
    json
}

fn write_elasticlunr(
    entries: &[Entry<'_>],
    language: &str,
    config: &SearchConfig,
) -> Option<String> {
    let mut builder = IndexBuilder::with_language(elasticlunr_language(language)?);
    let nothing = Entry::default();
    for (name, _) in nothing.fields(config) {
        builder = match name {
            "path" => builder.add_field_with_tokenizer(name, Box::new(words_of_path)),
            _ => builder.add_field(name),
        };
    }
    let mut index = builder.build();
    for entry in entries {
        let values = entry.fields(config).into_iter().map(|(_, value)| value);
        index.add_doc(&entry.url, values);
    }
    Some(index.to_json())
}

/// Words of a path are found one by one.
fn words_of_path(path: &str) -> Vec<String> {
    let words = path.split(|c: char| c.is_whitespace() || matches!(c, '-' | '/'));
    let words = words.filter(|word| !word.is_empty());
    words.map(str::to_lowercase).collect()
}

/// How elasticlunr takes words of a language apart. It has its own code for Dutch,
/// and one for both kinds of Norwegian.
fn elasticlunr_language(code: &str) -> Option<Box<dyn Language>> {
    let language = code.split('-').next().unwrap_or_default();
    elasticlunr::lang::from_code(match language.to_ascii_lowercase().as_str() {
        "nl" => "du",
        "nb" | "nn" => "no",
        other => other,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn texts_that_are_too_long_are_a_fault() {
        let entry = |length| Entry {
            body: "x".repeat(length),
            ..Entry::default()
        };
        let half = MAX_ELASTICLUNR_BYTES / 2;
        assert!(check_size(&[entry(half), entry(half)], "en").is_ok());
        let fault = check_size(&[entry(half), entry(half + 1)], "en").unwrap_err();
        assert!(fault.message.contains("`en` are too long"));
    }

    #[test]
    fn languages_are_known_by_their_codes() {
        for (code, name) in [
            ("en", "English"),
            ("pt-BR", "Portuguese"),
            ("nl", "Dutch"),
            ("NB", "Norwegian"),
        ] {
            let language = elasticlunr_language(code).unwrap();
            assert_eq!(language.name(), name);
        }
        assert!(elasticlunr_language("cy").is_none());
        let json = IndexFormat::Elasticlunr(Shape::Json);
        assert!(!speaks(json, "cy") && speaks(IndexFormat::Fuse(Shape::Json), "cy"));
    }
}
