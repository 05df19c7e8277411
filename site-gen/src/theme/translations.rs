//! Texts of templates by key: `[translations]`, and `[languages.CODE.translations]`,
//! in `content/site.toml`, and the same two in a theme's `theme.toml`.
//!
//! A site says what it wants to say in another way than its theme, and what its
//! theme does not know in a language. `[translations]` is the default language in a
//! site; in a theme, which does not know of what site, it is for all languages that
//! have no text of their own.

use std::collections::BTreeMap;

use crate::config::language::Language;
use crate::data::{Data, Fields};
use crate::source::Source;

/// Texts by key.
pub(crate) type Texts = BTreeMap<String, String>;

/// The texts that a theme brings.
#[derive(Clone, Debug, Default)]
pub(crate) struct ThemeTexts {
    /// For languages that have none of their own.
    any: Texts,
    /// By language.
    own: BTreeMap<String, Texts>,
}

impl ThemeTexts {
    /// Reads those of `theme.toml`.
    pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> Self {
        let any = read(fields, source);
        let mut own = BTreeMap::new();
        for (key, node) in fields.table("languages") {
            if fields.is_full() {
                break;
            }
            let Data::Table(table) = node.value else {
                let fault = source.at(node.span, format!("`languages.{}` is no table", key.name));
                fields.fault(fault.expected("a table, as `[languages.fr.translations]`"));
                continue;
            };
            let mut language = Fields::new(source, table);
            own.insert(key.name, read(&mut language, source));
            for fault in language.finish("a language of a theme") {
                fields.fault(fault);
            }
        }
        Self { any, own }
    }

    /// In a language: Austria's German is German where nothing else is said.
    fn own(&self, key: &str, code: &str) -> Option<&String> {
        let in_code = |code: &str| self.own.get(code)?.get(key);
        in_code(code).or_else(|| in_code(code.split_once('-')?.0))
    }
}

/// The text for a key in a language, if it is known in that: the site's, or else the
/// theme's.
pub(crate) fn in_language<'a>(
    key: &str,
    language: &'a Language,
    theme: &'a ThemeTexts,
) -> Option<&'a String> {
    let site = language.translations.get(key);
    site.or_else(|| theme.own(key, &language.code))
}

/// The text for a key where its language has none: that of the default language, or
/// else what the theme has for any.
pub(crate) fn in_another<'a>(
    key: &str,
    default: &'a Language,
    theme: &'a ThemeTexts,
) -> Option<&'a String> {
    in_language(key, default, theme).or_else(|| theme.any.get(key))
}

/// All keys that a default language has, for those who mistype one.
pub(crate) fn keys<'a>(
    default: &'a Language,
    theme: &'a ThemeTexts,
) -> impl Iterator<Item = &'a String> {
    let own = theme.own.get(&default.code);
    let own = own.into_iter().flat_map(BTreeMap::keys);
    default
        .translations
        .keys()
        .chain(own)
        .chain(theme.any.keys())
}

/// Reads a table `translations`.
pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> Texts {
    let mut texts = Texts::new();
    for (key, node) in fields.table("translations") {
        if fields.is_full() {
            break;
        }
        match node.value {
            Data::String(text) => _ = texts.insert(key.name, text),
            _ => {
                let fault = source.at(node.span, format!("`{}` is no text", key.name));
                fields.fault(fault.expected("a text in quotes"));
            }
        }
    }
    texts
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(pairs: &[(&str, &str)]) -> Texts {
        let owned = pairs
            .iter()
            .map(|(key, text)| ((*key).into(), (*text).into()));
        owned.collect()
    }

    #[test]
    fn the_nearest_text_counts() {
        let language = |code: &str, translations| Language {
            code: code.into(),
            translations: texts(translations),
            ..Language::default()
        };
        let theme = ThemeTexts {
            any: texts(&[("a", "any"), ("b", "any"), ("c", "any")]),
            own: BTreeMap::from([
                ("de".into(), texts(&[("a", "de"), ("b", "de")])),
                ("de-AT".into(), texts(&[("b", "de-AT")])),
            ]),
        };
        let default = language("en", &[("d", "site")]);
        let austrian = language("de-AT", &[("x", "site")]);
        let find = |key: &str| {
            in_language(key, &austrian, &theme).or_else(|| in_another(key, &default, &theme))
        };
        for (key, text) in [
            ("x", Some("site")),
            ("b", Some("de-AT")),
            ("a", Some("de")),
            ("d", Some("site")),
            ("c", Some("any")),
            ("e", None),
        ] {
            assert_eq!(find(key).map(String::as_str), text, "{key}");
        }
    }
}
