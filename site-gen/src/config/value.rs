//! The configuration as templates see it: as in Zola, those of a page in French
//! see what the configuration says of the site in French.

use tera::{Map, Value};

use crate::Mode;
use crate::config::language::Language;
use crate::config::{Config, TaxonomyConfig};
use crate::data::{Table, table_to_value};
use crate::values::map;

/// By language, the default one first.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct ConfigValues(Vec<(String, Value)>);

impl ConfigValues {
    /// What the theme says in its own `[extra]` counts where the site says nothing.
    pub(crate) fn new(config: &Config, theme_extra: &Table) -> Self {
        let mut extra = config.extra.clone();
        for (key, node) in theme_extra {
            if !extra.iter().any(|(own, _)| own.name == key.name) {
                extra.push((key.clone(), node.clone()));
            }
        }
        let extra = table_to_value(&extra);
        let languages = config.languages.iter();
        let seen =
            languages.map(|language| (language.code.clone(), whole(config, language, &extra)));
        Self(seen.collect())
    }

    /// What all templates see where nothing else is said.
    pub(crate) fn of_default(&self) -> Value {
        self.0
            .first()
            .map_or(Value::none(), |(_, value)| value.clone())
    }

    /// What templates in a language see instead; none in the default one.
    pub(crate) fn instead(&self, lang: &str) -> Option<Value> {
        let mut others = self.0.iter().skip(1);
        let (_, value) = others.find(|(code, _)| code == lang)?;
        Some(value.clone())
    }
}

fn whole(config: &Config, language: &Language, extra: &Value) -> Value {
    let others = config.languages.iter();
    let others = others.filter(|other| other.code != language.code);
    let others: Map = others
        .map(|other| {
            (
                other.code.clone().into(),
                Map::from_iter(about(other)).into(),
            )
        })
        .collect();
    let mut whole: Map = [
        ("base_url", config.base.whole().into()),
        ("domain", config.domain.as_str().into()),
        ("mode", mode(config.mode).into()),
        ("author", config.author.as_deref().into()),
        (
            "default_language",
            config.default_language().code.as_str().into(),
        ),
        ("languages", others.into()),
        ("theme", config.theme.0.as_str().into()),
        ("feed_filenames", language.feed_filenames.clone().into()),
        ("search", search(language)),
        ("extra", extra.clone()),
    ]
    .into_iter()
    .map(|(name, value): (&str, Value)| (name.into(), value))
    .collect();
    whole.extend(about(language));
    // What a language does not say is said in the default one.
    let default = config.default_language();
    let title = language.title.as_ref().or(default.title.as_ref());
    let description = language
        .description
        .as_ref()
        .or(default.description.as_ref());
    whole.insert("title".into(), title.map(String::as_str).into());
    whole.insert("description".into(), description.map(String::as_str).into());
    let taxonomies: Vec<Value> = language.taxonomies.iter().map(taxonomy).collect();
    whole.insert("taxonomies".into(), taxonomies.into());
    whole.into()
}

/// What Zola calls it.
fn mode(mode: Mode) -> &'static str {
    match mode {
        Mode::Build => "build",
        Mode::Serve => "serve",
        Mode::Check => "check",
    }
}

/// What a language says of itself.
fn about(language: &Language) -> [(tera::value::Key<'static>, Value); 4] {
    [
        ("title".into(), language.title.as_deref().into()),
        ("description".into(), language.description.as_deref().into()),
        ("generate_feeds".into(), language.generate_feeds.into()),
        (
            "build_search_index".into(),
            language.build_search_index.into(),
        ),
    ]
}

/// What a theme asks for to know what its script is to read.
fn search(language: &Language) -> Value {
    let search = &language.search;
    map([
        ("index_format", search.format.name().into()),
        ("include_title", search.include_title.into()),
        ("include_description", search.include_description.into()),
        ("include_date", search.include_date.into()),
        ("include_path", search.include_path.into()),
        ("include_content", search.include_content.into()),
        (
            "truncate_content_length",
            search.truncate_content_length.into(),
        ),
    ])
}

fn taxonomy(taxonomy: &TaxonomyConfig) -> Value {
    map([
        ("name", taxonomy.name.as_str().into()),
        ("slug", taxonomy.slug.as_str().into()),
        ("paginate_by", taxonomy.paginate_by.into()),
        ("feed", taxonomy.feed.into()),
        ("render", taxonomy.render.into()),
    ])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn templates_know_what_a_site_is_built_for() {
        let mut config = Config::for_test();
        for (mode, name) in [
            (Mode::Build, "build"),
            (Mode::Serve, "serve"),
            (Mode::Check, "check"),
        ] {
            config.mode = mode;
            let seen = ConfigValues::new(&config, &Vec::new()).of_default();
            let seen = seen.get_from_path("mode").and_then(Value::as_str);
            assert_eq!(seen, Some(name));
        }
    }
}
