//! The argument `lang`, and what is asked for in a language.

use tera::{Error, Kwargs, TeraResult};

use super::{Knowledge, not_found};
use crate::config::language::{Language, version_of};
use crate::document::readme;
use crate::theme::translations;

impl Knowledge {
    /// The language that is asked for, or else the default one.
    pub(super) fn language(&self, kwargs: &Kwargs) -> TeraResult<&Language> {
        let default = || Error::message("nothing is known of languages here");
        let code: Option<&str> = kwargs.get("lang")?;
        let Some(code) = code else {
            return self.languages.first().ok_or_else(default);
        };
        let codes = self.languages.iter().map(|language| &language.code);
        let found = self.languages.iter().find(|language| language.code == code);
        found.ok_or_else(|| not_found("language", code, codes))
    }

    /// What a template means by the name of a file: what is found under it, in the
    /// language that is asked for or else as it is, or under what a readme goes by.
    pub(super) fn meant<T>(
        &self,
        name: &str,
        kwargs: &Kwargs,
        find: impl Fn(&str) -> Option<T>,
    ) -> TeraResult<Option<T>> {
        let named = |id: &str| {
            let version = self.version(id, kwargs)?;
            let found = version.and_then(|version| find(&version));
            TeraResult::Ok(found.or_else(|| find(id)))
        };
        match (named(name)?, readme::index_of(name)) {
            (None, Some(index)) => named(&index),
            (found, _) => Ok(found),
        }
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

    /// A text of the theme, in the language that is asked for; where that has none,
    /// what the template says, or else another language's.
    pub(super) fn translation(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let key: &str = kwargs.must_get("key")?;
        let language = self.language(kwargs)?;
        let (default, texts) = (self.languages.first().unwrap_or(language), &self.texts);
        let own = translations::in_language(key, language, texts).cloned();
        let found = match own {
            Some(own) => Some(own),
            None => kwargs.get::<String>("default")?,
        };
        found
            .or_else(|| translations::in_another(key, default, texts).cloned())
            .ok_or_else(|| not_found("translation", key, translations::keys(default, texts)))
    }
}
