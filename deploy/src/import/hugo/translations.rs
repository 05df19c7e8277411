//! Texts of the theme by language, which templates ask for by their keys (`i18n/`).

use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::super::tree::Origin;
use super::config::Config;
use super::data::{self, get_text, set};
use super::mounts::Component;

/// Tells of files in `i18n/` that are for no language of the site.
pub(super) fn tell(config: &Config, origin: &Origin, report: &mut Report) {
    for file in config.mounts.files(Component::Translations, origin, report) {
        let (name, extension) = file.inside.rsplit_once('.').unwrap_or((&file.inside, ""));
        let mut languages = config.languages.iter();
        let is_read = TEXTS.contains(&extension) && languages.any(|own| own.code == name);
        if !is_read {
            let what = "texts for no language of the site";
            let advice = "they did not come across: a file is called as its language, in lower case, as in fr.toml";
            report.note(Topic::Configuration, file.file, None, what, advice);
        }
    }
}

/// How files of texts end.
const TEXTS: [&str; 4] = ["toml", "yaml", "yml", "json"];

/// The texts in `i18n/`: of several forms, the usual one.
pub(super) fn of_language(
    config: &Config,
    code: &str,
    origin: &Origin,
    report: &mut Report,
) -> Table {
    let mut found = Table::new();
    for extension in TEXTS {
        let name = format!("{code}.{extension}");
        let Some(file) = config.mounts.find(Component::Translations, &name, origin) else {
            continue;
        };
        let Some((source, table)) = data::read_items(origin, &file, Topic::Configuration, report)
        else {
            continue;
        };
        // In older sites, an array of tables with `id` and `translation`.
        for item in data::get(&table, data::ITEMS)
            .map(data::tables)
            .unwrap_or_default()
        {
            let text = item_text(item);
            if let (Some(id), Some(text)) = (get_text(item, "id"), text) {
                set(&mut found, &id, Data::String(text));
            }
        }
        for (key, node) in table.iter().filter(|(key, _)| key.name != data::ITEMS) {
            let text = match &node.value {
                Data::Table(forms) => {
                    let more = forms.iter().filter(|(key, _)| key.name != "description");
                    let text = item_text(forms);
                    if more.count() > 1 || text.is_none() {
                        let line = data::line_of(&source.text, key.span.start);
                        let what = "a text with forms for several numbers";
                        let advice = "the form `other` came across";
                        report.note(Topic::Configuration, &file, line, what, advice);
                    }
                    text
                }
                value => data::text(value),
            };
            if let Some(text) = text {
                set(&mut found, &key.name, Data::String(text));
            }
        }
    }
    found
}

/// The usual form of a text.
fn item_text(forms: &Table) -> Option<String> {
    let translation = get_text(forms, "translation");
    get_text(forms, "other")
        .or(translation)
        .or_else(|| get_text(forms, "translation.other"))
}
