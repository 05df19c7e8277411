//! The argument `lang`, and what is asked for in a language.

use std::collections::BTreeMap;

use tera::{Error, Kwargs, TeraResult};

use super::{Knowledge, not_found};
use crate::language::{Language, version_of};

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

    /// The file of a document in the language that is asked for, if that is
    /// not the default one.
    pub(super) fn version(&self, id: &str, kwargs: &Kwargs) -> TeraResult<Option<String>> {
        let code = &self.language(kwargs)?.code;
        let is_default = self
            .languages
            .first()
            .is_some_and(|first| first.code == *code);
        Ok(version_of(id, code).filter(|_| !is_default))
    }

    /// A text of the theme, in the language that is asked for, or else in the
    /// default one.
    pub(super) fn translation(&self, kwargs: &Kwargs) -> TeraResult<String> {
        let key: &str = kwargs.must_get("key")?;
        let own = self.language(kwargs)?.translations.get(key);
        let default = self.languages.first().map(|first| &first.translations);
        let known = default.into_iter().flat_map(BTreeMap::keys);
        own.or_else(|| default?.get(key))
            .cloned()
            .ok_or_else(|| not_found("translation", key, known))
    }
}
