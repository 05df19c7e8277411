//! What templates can call: Zola's functions. Filters are in `filters`.
//!
//! * `get_url(path)`: the address of a file; `path` is
//!   `@/FILE.md`, or a place in the site, which gets that of `lang` in front if it is no static
//!   file's. `absolute=true` makes it a whole URL, here, in
//!   `get_taxonomy_url`, and in `resize_image`. `cachebust=true` gives a path with a fingerprint of the content
//!   in its name, which browsers may keep for ever.
//! * `get_page(path)`, `get_section(path)`: a page or section, by its file. What
//!   a template gets of a section with `metadata_only=true` has no text and no
//!   pages: for navigation, which then need not be rendered again when a text
//!   changes.
//! * `get_pages()`: all pages of a language, newest first, or with `section`, by its
//!   file, those of that, in its order; with `metadata_only=true`, as their neighbours
//!   see them.
//! * `get_hash(path)`: the hash of a static file, for `integrity="sha384-…"`
//!   (Subresource Integrity), SHA-384 in base64 if nothing else is asked for
//!   with `sha_type=256` or `512`.
//! * `get_taxonomy(kind)`, `get_taxonomy_term(kind, term)`,
//!   `get_taxonomy_url(kind, name)`; with `required=false`, none if it is not there.
//! * `load_data(path)`: what a data file says, as [`files`] tells.
//! * `trans(key)`: a text from `[translations]` or `[languages.CODE.translations]`, of
//!   the site or else of its theme; `default`, where the language has none.
//! * `get_image_metadata(path)`, `resize_image(path, width, height, op)`: of
//!   pictures (`pictures`).
//! * `get_url`, `get_page`, `get_pages`, `get_section`, those of taxonomies and `trans` take `lang`:
//!   what is asked for in that language, or, where it is not there in it, in the
//!   default one.
//!
//! [`files`]: crate::data::files

mod address;
mod arguments;
pub(crate) mod calls;
mod listed;
pub(crate) mod pictures;
mod table;
mod version;

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::sync::{Arc, OnceLock};

use sha2::{Digest, Sha512};
use site_pack::plan::hex;
use tera::{Error, Kwargs, Map, State, Tera, TeraResult, Value};

use crate::base64;
use crate::body::Body;
use crate::config::Config;
use crate::config::base_url::BaseUrl;
use crate::config::language::Language;
use crate::config::zola_keys;
use crate::data::files::DataFiles;
use crate::diagnostic::did_you_mean;
use crate::faults::unsure::Unsure;
use crate::filters;
use crate::library::Numbers;
use crate::markdown::{NO_DRAFT, is_draft};
use crate::picture::{Gallery, Recipe};
use crate::texts::Paths;
use crate::theme::translations::ThemeTexts;
use calls::{Call, CallId, Calls, record};
pub(crate) use table::PICTURE;
use table::{FUNCTIONS, GET_URL, TRANS};

/// What the functions know.
#[derive(Default)]
pub(crate) struct Knowledge {
    /// Where the site is.
    pub(crate) base: BaseUrl,
    /// The default one first.
    pub(crate) languages: Vec<Language>,
    /// The theme's.
    pub(crate) texts: ThemeTexts,
    /// Documents by file, and their paths.
    pub(crate) documents: Paths,
    /// The other files of `content/`, and their paths.
    pub(crate) paths: Arc<BTreeMap<String, String>>,
    /// Documents that are there, and no part of the site.
    pub(crate) drafts: Paths,
    /// What is known when all markdown is rendered: shortcodes do without.
    pub(crate) library: OnceLock<Listed>,
    /// Static files by their address.
    pub(crate) files: BTreeMap<String, Body>,
    /// Whether a place may look like an address, once somebody asked.
    pub(crate) is_ambiguous: OnceLock<bool>,
    /// The files that `load_data` reads.
    pub(crate) data: DataFiles,
    /// What is made of pictures.
    pub(crate) gallery: Gallery,
    /// What was asked, and answered.
    pub(crate) calls: Calls,
    /// What may be there besides.
    pub(crate) unsure: Unsure,
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
#[derive(Clone, Copy)]
pub(crate) struct Function {
    name: &'static str,
    /// The arguments that it takes.
    takes: &'static [&'static str],
    call: fn(&Knowledge, &Kwargs) -> TeraResult<Value>,
}

/// Pages, sections and taxonomies as templates see them.
pub(crate) struct Listed {
    /// By file: which of the values it is.
    pub(crate) page_ids: Arc<Numbers>,
    pub(crate) pages: Vec<Value>,
    /// Pages as their neighbours see them.
    pub(crate) page_outlines: Vec<Value>,
    /// By language: which of the values they are, newest first.
    pub(crate) by_age: Arc<BTreeMap<String, Vec<usize>>>,
    /// By file: which of the values it is.
    pub(crate) section_ids: Arc<Numbers>,
    /// The pages of each section, in its order: which of the values they are.
    pub(crate) section_pages: Arc<Vec<Vec<usize>>>,
    pub(crate) sections: Vec<Value>,
    /// Sections without text and pages.
    pub(crate) outlines: Vec<Value>,
    /// By language and name: the value, and the paths of their terms by slug.
    pub(crate) taxonomies: BTreeMap<(String, String), (Value, BTreeMap<String, String>)>,
}

/// What they are called.
pub(crate) fn names() -> impl Iterator<Item = &'static str> {
    FUNCTIONS.iter().map(|function| function.name)
}

/// The arguments of one of them; nothing, if it is none of them.
pub(crate) fn taken_by(name: &str) -> &'static [&'static str] {
    let mut all = FUNCTIONS.iter();
    let function = all.find(|function| function.name == name);
    function.map_or(&[], |function| function.takes)
}

/// An engine with all functions and filters, and no templates.
pub(crate) fn engine(knowledge: &Arc<Knowledge>, config: &Config, config_value: Value) -> Tera {
    let mut engine = Tera::new();
    engine.autoescape_on([".html", ".xml"]);
    engine.global_context().insert_value("config", config_value);
    engine
        .global_context()
        .insert_value("lang", config.default_language().code.as_str().into());

    for function in &FUNCTIONS {
        let known = Arc::clone(knowledge);
        engine.register_function(function.name, move |kwargs: Kwargs, _: &State| {
            arguments::check(function, &kwargs)?;
            let answer = known.answer(function, &kwargs);
            answer.or_else(|error| known.data.instead(&error).ok_or(error))
        });
    }

    for (name, instead) in zola_keys::FUNCTIONS {
        engine.register_function(name, move |_: Kwargs, _: &State| {
            let message = format!("there is no `{name}` here, as there is in Zola: {instead}");
            TeraResult::<Value>::Err(Error::message(message))
        });
    }
    filters::register(&mut engine, knowledge, config.markdown);
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
        let function = functions.find(|function| function.name == call.function)?;
        let arguments = Kwargs::new(Arc::new(call.arguments.clone()));
        let (answer, made) = record(|| self.answer(function, &arguments));
        let same = answer.is_ok_and(|answer| answer == call.answer);
        made.first().copied().filter(|_| same)
    }

    /// Asks something that no template asks.
    pub(crate) fn ask(&self, function: &Function, arguments: Map) -> TeraResult<Value> {
        self.answer(function, &Kwargs::new(Arc::new(arguments)))
    }

    /// Where a file is served, as templates ask: it is remembered what was
    /// answered.
    pub(crate) fn address(&self, path: &str) -> TeraResult<String> {
        let arguments = [("path".into(), path.into())].into_iter().collect();
        let answer = self.ask(&GET_URL, arguments)?;
        Ok(answer.as_str().unwrap_or_default().to_owned())
    }

    /// A word in a language, as templates ask for it.
    pub(crate) fn word(&self, key: &str, lang: &str, default: &str) -> TeraResult<String> {
        let arguments = [("key", key), ("lang", lang), ("default", default)];
        let arguments = arguments.map(|(name, value)| (name.into(), value.into()));
        let answer = self.ask(&TRANS, arguments.into_iter().collect())?;
        Ok(answer.as_str().unwrap_or(default).to_owned())
    }

    fn answer(&self, function: &Function, arguments: &Kwargs) -> TeraResult<Value> {
        let compute = || (function.call)(self, arguments);
        let answer = self.calls.answer(function.name, arguments, compute);
        // Where there is no such file, there may be one.
        let is_nothing = answer.as_ref().map_or(true, Value::is_none);
        if is_nothing && let Ok(Some(path)) = arguments.get::<&str>("path") {
            calls::doubt(self.unsure.may_find(path));
        }
        answer
    }

    fn listed(&self) -> TeraResult<&Listed> {
        let early = || Error::message("a shortcode cannot ask for pages, sections and taxonomies");
        self.library.get().ok_or_else(early)
    }

    /// Why there is no document or file of this name.
    fn no_file<'a>(&self, what: &str, id: &str, known: impl Iterator<Item = &'a str>) -> Error {
        match self.drafts.contains_key(id) {
            true => Error::message(format!("{}; expected {NO_DRAFT}", is_draft(id))),
            false => not_found(what, id, known),
        }
    }

    pub(crate) fn file(&self, path: &str) -> TeraResult<&Body> {
        self.files
            .get(path)
            .ok_or_else(|| not_found("static file", path, self.files.keys()))
    }

    fn hash(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let content = match (kwargs.get::<&str>("path")?, kwargs.get::<&str>("literal")?) {
            (Some(path), None) => Cow::Borrowed(self.file(&self.base.address(&self.place(path)))?),
            (None, Some(text)) => Cow::Owned(Body::from(text.as_bytes().to_vec())),
            _ => {
                return Err(Error::message(
                    "`get_hash` needs either `path`, a static file, or `literal`, a text",
                ));
            }
        };
        let digest = match kwargs.get::<u64>("sha_type")?.unwrap_or(384) {
            256 => Ok(content.digest().to_vec()),
            384 => content.sha384(),
            512 => content.read().map(|bytes| Sha512::digest(&*bytes).to_vec()),
            other => {
                return Err(Error::message(format!(
                    "`sha_type` is {other}; expected 256, 384 or 512"
                )));
            }
        };
        let digest = digest.map_err(|error| Error::message(format!("cannot read it: {error}")))?;
        if kwargs.get::<bool>("base64")?.unwrap_or(true) {
            Ok(base64::encode(&digest))
        } else {
            Ok(hex(&digest))
        }
    }
}

fn not_found<'a, N: AsRef<str> + ?Sized + 'a>(
    what: &str,
    name: &str,
    known: impl Iterator<Item = &'a N>,
) -> Error {
    let suggestion = did_you_mean(name, known.map(AsRef::as_ref))
        .map(|text| format!("; {text}"))
        .unwrap_or_default();
    Error::message(format!("there is no {what} `{name}`{suggestion}"))
}
