//! What templates can call: Zola's functions, and the filters that Zola has
//! and tera alone has not.
//!
//! * `get_url(path)`: where a file is served, as a path of the site; `path` is
//!   `@/FILE.md`, or the path of a static file. `absolute=true` puts `base_url`
//!   in front. `cachebust=true` gives a path with a fingerprint of the content
//!   in its name, which browsers may keep for ever.
//! * `get_page(path)`, `get_section(path)`: a page or section, by its file. What
//!   a template gets of a section with `metadata_only=true` has no text and no
//!   pages: for navigation, which then need not be rendered again when a text
//!   changes.
//! * `get_hash(path)`: the hash of a static file for `integrity=`
//!   (Subresource Integrity), SHA-384 in base64 if nothing else is asked for
//!   with `sha_type=256` or `512`.
//! * `get_taxonomy(kind)`, `get_taxonomy_term(kind, term)`,
//!   `get_taxonomy_url(kind, name)`; with `required=false`, none if it is not there.
//! * `load_data(path)`: what a data file says, as [`data_files`] tells.
//! * `trans(key)`: a text from `[translations]` or `[languages.CODE.translations]`.
//! * `get_image_metadata(path)`, `resize_image(path, width, height, op)`: of
//!   pictures (`pictures`).
//! * All of these take `lang`: what is asked for in that language, or, where it
//!   is not there in it, in the default one.
//! * Filters: `date(format="%e %B %Y")`, `markdown`, `markdown(inline=true)`,
//!   `slugify`, `striptags`, `json_encode`, `urlencode`, and those of [`filters`].
//!
//! [`data_files`]: crate::data_files

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha256, Sha384, Sha512};
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use crate::calls::{Call, CallId, Calls, record, want};
use crate::config::Config;
use crate::data_files::DataFiles;
use crate::date::Date;
use crate::diagnostic::did_you_mean;
use crate::filters;
use crate::language::{Language, version_of};
use crate::markdown;
use crate::picture::{Gallery, Recipe};
use crate::text_filters;
use crate::url;
use crate::zola_keys;

/// Letters of a fingerprint in a file's name: 48 bits of a hash tell the
/// versions of one file apart.
const FINGERPRINT_LETTERS: usize = 12;

/// What the functions know.
#[derive(Default)]
pub(crate) struct Knowledge {
    pub(crate) base_url: String,
    /// The default one first.
    pub(crate) languages: Vec<Language>,
    /// Documents by file, and their paths.
    pub(crate) documents: Arc<BTreeMap<String, String>>,
    /// The other files of `content/`, and their paths.
    pub(crate) paths: Arc<BTreeMap<String, String>>,
    /// What is known when all markdown is rendered: shortcodes do without.
    pub(crate) library: OnceLock<Listed>,
    /// Static files by their path.
    pub(crate) files: BTreeMap<String, Arc<Vec<u8>>>,
    /// The files that `load_data` reads.
    pub(crate) data: DataFiles,
    /// What is made of pictures.
    pub(crate) gallery: Gallery,
    /// What was asked, and answered.
    pub(crate) calls: Calls,
}

/// What a template wants to be made besides the page: the only effect that a
/// function may have.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Wanted {
    /// A static file under a name with a fingerprint of its content.
    Fingerprinted { name: String, path: String },
    /// A picture made of that under `path`. The fields are in this order so
    /// that those of one picture stand together.
    Picture {
        path: String,
        recipe: Recipe,
        name: String,
    },
}

/// A function: its answer depends on what is known, on its arguments, and, with
/// `load_data`, on a file; on nothing else. Each build asks again.
pub(crate) type Function = fn(&Knowledge, &Kwargs) -> TeraResult<Value>;

/// All functions.
const FUNCTIONS: [(&str, Function); 11] = [
    ("get_url", |known, kwargs| {
        known.url(kwargs).map(Value::from)
    }),
    ("get_page", |known, kwargs| {
        let listed = known.listed()?;
        known.find(&listed.page_ids, &listed.pages, kwargs, "page")
    }),
    ("get_section", |known, kwargs| {
        let listed = known.listed()?;
        let outline = kwargs.get::<bool>("metadata_only")?.unwrap_or_default();
        let sections = if outline {
            &listed.outlines
        } else {
            &listed.sections
        };
        known.find(&listed.section_ids, sections, kwargs, "section")
    }),
    ("get_hash", |known, kwargs| {
        known.hash(kwargs).map(Value::from)
    }),
    ("get_taxonomy", |known, kwargs| {
        let found = known.taxonomy(kwargs).map(|(value, _)| value.clone());
        if_required(found, kwargs)
    }),
    ("get_taxonomy_term", |known, kwargs| {
        if_required(known.taxonomy_term(kwargs), kwargs)
    }),
    ("trans", |known, kwargs| {
        known.translation(kwargs).map(Value::from)
    }),
    ("load_data", |known, kwargs| known.data.load(kwargs)),
    ("get_taxonomy_url", |known, kwargs| {
        if_required(known.taxonomy_url(kwargs).map(Value::from), kwargs)
    }),
    ("get_image_metadata", |known, kwargs| {
        known.image_metadata(kwargs)
    }),
    ("resize_image", |known, kwargs| known.resize_image(kwargs)),
];

/// What texts ask of a picture: no template can call it, and otherwise it is a
/// function like others.
pub(crate) const PICTURE: (&str, Function) = ("picture", |known, kwargs| known.picture(kwargs));

/// Pages, sections and taxonomies as templates see them.
pub(crate) struct Listed {
    /// By file: which of the values it is.
    pub(crate) page_ids: Arc<HashMap<String, usize>>,
    pub(crate) pages: Vec<Value>,
    /// By file: which of the values it is.
    pub(crate) section_ids: Arc<HashMap<String, usize>>,
    pub(crate) sections: Vec<Value>,
    /// Sections without text and pages.
    pub(crate) outlines: Vec<Value>,
    /// By language and name: the value, and the paths of their terms by slug.
    pub(crate) taxonomies: BTreeMap<(String, String), (Value, BTreeMap<String, String>)>,
}

/// The path of a file with a fingerprint of its content in its name.
pub(crate) fn fingerprinted(path: &str, content: &[u8]) -> String {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let dot = if extension.is_empty() { "" } else { "." };
    format!(
        "{directory}/{stem}.{}{dot}{extension}",
        fingerprint(content)
    )
}

/// What tells the versions of a file apart, in its name.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    let mut hash = hex(&Sha256::digest(content));
    hash.truncate(FINGERPRINT_LETTERS);
    hash
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// An engine with all functions and filters, and no templates.
pub(crate) fn engine(knowledge: &Arc<Knowledge>, config: &Config, config_value: Value) -> Tera {
    let mut engine = Tera::new();
    engine.autoescape_on([".html", ".xml"]);
    engine.global_context().insert_value("config", config_value);
    engine
        .global_context()
        .insert_value("lang", config.default_language().code.as_str().into());

    for (name, function) in FUNCTIONS {
        let known = Arc::clone(knowledge);
        engine.register_function(name, move |kwargs: Kwargs, _: &State| {
            known.answer(name, function, &kwargs)
        });
    }

    for (name, instead) in zola_keys::FUNCTIONS {
        engine.register_function(name, move |_: Kwargs, _: &State| {
            let message = format!("there is no `{name}` here, as there is in Zola: {instead}");
            TeraResult::<Value>::Err(Error::message(message))
        });
    }
    filters::register(&mut engine);
    text_filters::register(&mut engine);
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
    let markdown_config = config.markdown;
    engine.register_filter("markdown", move |text: &str, kwargs: Kwargs, _: &State| {
        let html = markdown::render_alone(text, markdown_config);
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
            json = text_filters::indent_json(&json);
        }
        TeraResult::Ok(Value::safe_string(&json))
    });
    engine
}

impl Knowledge {
    /// Tells what is known once all markdown is rendered.
    pub(crate) fn tell(&self, listed: Listed) {
        // It is told once in a build, so there is nothing to replace.
        let _ = self.library.set(listed);
    }

    /// Asks again what an earlier build asked; tells whether the answer is the
    /// same, and the number of the call in this build.
    pub(crate) fn ask_again(&self, call: &Call) -> Option<CallId> {
        let mut functions = FUNCTIONS.iter().chain([&PICTURE]);
        let (name, function) = functions.find(|(name, _)| *name == call.function)?;
        let arguments = Kwargs::new(Arc::new(call.arguments.clone()));
        let (answer, made) = record(|| self.answer(name, *function, &arguments));
        let same = answer.is_ok_and(|answer| answer == call.answer);
        made.first().copied().filter(|_| same)
    }

    /// Asks something that no template asks.
    pub(crate) fn ask(
        &self,
        (name, function): (&'static str, Function),
        arguments: Map,
    ) -> TeraResult<Value> {
        self.answer(name, function, &Kwargs::new(Arc::new(arguments)))
    }

    fn answer(
        &self,
        name: &'static str,
        function: Function,
        arguments: &Kwargs,
    ) -> TeraResult<Value> {
        self.calls
            .answer(name, arguments, || function(self, arguments))
    }

    fn listed(&self) -> TeraResult<&Listed> {
        let early = || Error::message("a shortcode cannot ask for pages, sections and taxonomies");
        self.library.get().ok_or_else(early)
    }

    fn url(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let wanted: &str = kwargs.must_get("path")?;
        let absolute = kwargs.get::<bool>("absolute")?.unwrap_or_default();
        let (place, anchor) = wanted
            .split_once('#')
            .map_or((wanted, None), |(place, anchor)| (place, Some(anchor)));
        let mut path = match place.strip_prefix("@/") {
            Some(id) => self
                .version(id, kwargs)?
                .and_then(|version| self.documents.get(&version))
                .or_else(|| self.documents.get(id))
                .or_else(|| self.paths.get(id))
                .cloned()
                .ok_or_else(|| {
                    not_found("file", id, self.documents.keys().chain(self.paths.keys()))
                })?,
            None if url::has_scheme(place) => return Ok(wanted.to_owned()),
            None => format!("/{}", place.trim_start_matches('/')),
        };
        if kwargs.get::<bool>("trailing_slash")?.unwrap_or_default() && !path.ends_with('/') {
            path.push('/');
        }
        if kwargs.get::<bool>("cachebust")?.unwrap_or_default() {
            path = self.fingerprint(&path)?;
        }
        let base = if absolute { self.base_url.as_str() } else { "" };
        let anchor = anchor
            .map(|anchor| format!("#{anchor}"))
            .unwrap_or_default();
        Ok(format!("{base}{path}{anchor}"))
    }

    /// The language that is asked for, or else the default one.
    fn language(&self, kwargs: &Kwargs) -> TeraResult<&Language> {
        let default = || Error::message("nothing is known of languages here");
        let code: Option<&str> = kwargs.get("lang")?;
        let Some(code) = code else {
            return self.languages.first().ok_or_else(default);
        };
        let codes = self.languages.iter().map(|language| &language.code);
        let found = self.languages.iter().find(|language| language.code == code);
        found.ok_or_else(|| not_found("language", code, codes))
    }

    /// The file of a document in the language that is asked for, if that is
    /// not the default one.
    fn version(&self, id: &str, kwargs: &Kwargs) -> TeraResult<Option<String>> {
        let code = &self.language(kwargs)?.code;
        let is_default = self
            .languages
            .first()
            .is_some_and(|first| first.code == *code);
        Ok(version_of(id, code).filter(|_| !is_default))
    }

    /// A text of the theme, in the language that is asked for, or else in the
    /// default one.
    fn translation(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let key: &str = kwargs.must_get("key")?;
        let own = self.language(kwargs)?.translations.get(key);
        let default = self.languages.first().map(|first| &first.translations);
        let known = default.into_iter().flat_map(BTreeMap::keys);
        own.or_else(|| default?.get(key))
            .cloned()
            .ok_or_else(|| not_found("translation", key, known))
    }

    fn fingerprint(&self, path: &str) -> TeraResult<String> {
        let content = self.file(path)?;
        let name = fingerprinted(path, content);
        want(Wanted::Fingerprinted {
            name: name.clone(),
            path: path.to_owned(),
        });
        Ok(name)
    }

    pub(crate) fn file(&self, path: &str) -> TeraResult<&Arc<Vec<u8>>> {
        self.files
            .get(path)
            .ok_or_else(|| not_found("static file", path, self.files.keys()))
    }

    fn hash(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let content = match (kwargs.get::<&str>("path")?, kwargs.get::<&str>("literal")?) {
            (Some(path), None) => {
                let path = format!("/{}", path.trim_start_matches('/'));
                self.file(&path)?.as_slice()
            }
            (None, Some(text)) => text.as_bytes(),
            _ => {
                return Err(Error::message(
                    "`get_hash` needs either `path`, a static file, or `literal`, a text",
                ));
            }
        };
        let (sha_type, digest) = match kwargs.get::<u64>("sha_type")?.unwrap_or(384) {
            256 => (256, Sha256::digest(content).to_vec()),
            384 => (384, Sha384::digest(content).to_vec()),
            512 => (512, Sha512::digest(content).to_vec()),
            other => {
                return Err(Error::message(format!(
                    "`sha_type` is {other}; expected 256, 384 or 512"
                )));
            }
        };
        if kwargs.get::<bool>("base64")?.unwrap_or(true) {
            Ok(format!("sha{sha_type}-{}", base64(&digest)))
        } else {
            Ok(hex(&digest))
        }
    }

    /// A document by its file: its version in the language that is asked for,
    /// or else the file itself.
    fn find(
        &self,
        ids: &HashMap<String, usize>,
        values: &[Value],
        kwargs: &Kwargs,
        what: &str,
    ) -> TeraResult<Value> {
        let path: &str = kwargs.must_get("path")?;
        let id = path.trim_start_matches("@/");
        let version = self.version(id, kwargs)?.and_then(|id| ids.get(&id));
        let found = version.or_else(|| ids.get(id));
        let found = found.and_then(|&index| values.get(index));
        found.cloned().ok_or_else(|| {
            let mut known: Vec<&String> = ids.keys().collect();
            known.sort();
            not_found(what, id, known.into_iter())
        })
    }

    fn taxonomy(&self, kwargs: &Kwargs) -> TeraResult<&(Value, BTreeMap<String, String>)> {
        let kind: &str = kwargs.must_get("kind")?;
        let known = &self.listed()?.taxonomies;
        let lang = self.language(kwargs)?.code.clone();
        known
            .get(&(lang, kind.to_owned()))
            .ok_or_else(|| not_found("taxonomy", kind, known.keys().map(|(_, name)| name)))
    }

    fn taxonomy_term(&self, kwargs: &Kwargs) -> TeraResult<Value> {
        let (taxonomy, paths) = self.taxonomy(kwargs)?;
        let name: &str = kwargs.must_get("term")?;
        let slug = url::slugify(name);
        let terms = taxonomy.get_from_path("items").and_then(Value::as_array);
        let mut terms = terms.into_iter().flatten();
        let is_it =
            |term: &&Value| term.get_from_path("slug").and_then(Value::as_str) == Some(&slug);
        let term = terms.find(is_it);
        term.cloned()
            .ok_or_else(|| not_found("term", name, paths.keys()))
    }

    fn taxonomy_url(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let (_, terms) = self.taxonomy(kwargs)?;
        let name: &str = kwargs.must_get("name")?;
        terms
            .get(&url::slugify(name))
            .cloned()
            .ok_or_else(|| not_found("term", name, terms.keys()))
    }
}

/// With `required=false`, what is not there is none.
fn if_required(found: TeraResult<Value>, kwargs: &Kwargs) -> TeraResult<Value> {
    let required = kwargs.get::<bool>("required")?.unwrap_or(true);
    match found {
        Err(_) if !required => Ok(Value::none()),
        found => found,
    }
}

fn not_found<'a>(what: &str, name: &str, known: impl Iterator<Item = &'a String>) -> Error {
    let suggestion = did_you_mean(name, known.map(String::as_str))
        .map(|text| format!("; {text}"))
        .unwrap_or_default();
    Error::message(format!("there is no {what} `{name}`{suggestion}"))
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

/// RFC 8259. `<` is escaped, so that a script element may hold the result.
pub(crate) fn write_json(value: &Value, json: &mut String) {
    if let Some(text) = value.as_str() {
        write_json_string(text, json);
    } else if let Some(items) = value.as_array() {
        json.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            write_json(item, json);
        }
        json.push(']');
    } else if let Some(map) = value.as_map() {
        json.push('{');
        for (index, (key, item)) in map.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            write_json_string(&key.as_value().to_string(), json);
            json.push(':');
            write_json(item, json);
        }
        json.push('}');
    } else if value.is_none()
        || value.is_undefined()
        || value.as_f64().is_some_and(|number| !number.is_finite())
    {
        json.push_str("null");
    } else {
        json.push_str(&value.to_string());
    }
}

pub(crate) fn write_json_string(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '<' => json.push_str("\\u003c"),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
}

const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";

/// What a letter of base64 stands for.
pub(crate) fn base64_value(letter: u8) -> Option<u32> {
    let value = ALPHABET.iter().position(|own| *own == letter)?;
    u32::try_from(value).ok()
}

/// RFC 4648 §4.
pub(crate) fn base64(bytes: &[u8]) -> String {
    let mut text = String::with_capacity(bytes.len().div_ceil(3) * 4);
    for chunk in bytes.chunks(3) {
        let mut three = [0_u8; 3];
        three[..chunk.len()].copy_from_slice(chunk);
        let bits = u32::from_be_bytes([0, three[0], three[1], three[2]]);
        for position in 0..4 {
            let letter = ALPHABET[(bits >> (18 - 6 * position)) as usize & 63];
            text.push(if position <= chunk.len() {
                letter.into()
            } else {
                '='
            });
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn base64_as_in_the_rfc() {
        for (plain, encoded) in [
            ("", ""),
            ("f", "Zg=="),
            ("fo", "Zm8="),
            ("foo", "Zm9v"),
            ("foobar", "Zm9vYmFy"),
        ] {
            assert_eq!(base64(plain.as_bytes()), encoded);
        }
    }

    #[test]
    fn json_can_stand_in_a_script() {
        let value = crate::values::map([
            ("a", "</script>\n\"".into()),
            ("b", vec![Value::from(1), Value::none()].into()),
        ]);
        let mut json = String::new();
        write_json(&value, &mut json);
        assert_eq!(json, r#"{"a":"\u003c/script>\n\"","b":[1,null]}"#);
    }

    #[test]
    fn fingerprints_keep_directory_and_extension() {
        let name = fingerprinted("/css/site.css", b"a{}");
        assert!(
            name.starts_with("/css/site.") && name.ends_with(".css"),
            "{name}"
        );
        assert_eq!(name.len(), "/css/site..css".len() + FINGERPRINT_LETTERS);
    }

    #[test]
    fn tags_are_stripped() {
        assert_eq!(strip_tags("a <b>c</b> &lt; <i").as_str(), Some("a c &lt; "));
    }
}
