//! `[languages]` of Hugo's configuration: what it says about a language that
//! has no meaning any more.

use std::path::Path;

use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::data::{get, get_text, get_texts, line_of, text};
use super::known;

/// What is read, here or where it counts.
const READ: [&str; 9] = [
    "contentdir",
    "copyright",
    "disabled",
    "menu",
    "menus",
    "params",
    "permalinks",
    "title",
    "weight",
];

/// Tells of all languages but those that are off, by line; what the whole
/// configuration says is asked.
pub(super) fn tell(languages: &Table, place: (&Path, &str), root: &Table, report: &mut Report) {
    let off = get_texts(root, "disableLanguages");
    let default = get_text(root, "defaultContentLanguage").unwrap_or_else(|| "en".to_owned());
    let has_taxonomies = get(root, "taxonomies").is_some();
    for (code, node) in languages {
        let Data::Table(table) = &node.value else {
            continue;
        };
        if off
            .iter()
            .any(|other| other.eq_ignore_ascii_case(&code.name))
        {
            continue;
        }
        for (key, node) in table {
            let name = key.name.to_lowercase();
            if let ("permalinks", Data::Table(patterns)) = (name.as_str(), &node.value) {
                known::permalinks(patterns, place, report);
            }
            let is_of_site =
                name == "taxonomies" && !has_taxonomies && code.name.eq_ignore_ascii_case(&default);
            if !READ.contains(&name.as_str()) && !is_of_site {
                let at = key.span.start;
                tell_key(&key.name, (&node.value, at), &code.name, place, report);
            }
        }
    }
}

/// Tells of a key, or of each that is in it.
fn tell_key(
    path: &str,
    (value, at): (&Data, usize),
    code: &str,
    (file, source): (&Path, &str),
    report: &mut Report,
) {
    if let Data::Table(table) = value {
        for (key, node) in table {
            let path = format!("{path}.{}", key.name);
            let inner = (&node.value, key.span.start);
            tell_key(&path, inner, code, (file, source), report);
        }
        return;
    }
    let written = text(value).unwrap_or_default();
    let advice = match path.to_lowercase().as_str() {
        "languagecode" | "locale" if written.eq_ignore_ascii_case(code) => return,
        "languagecode" | "locale" => {
            "pages say `lang` as the language is called in the configuration"
        }
        "languagename" | "label" => "left out; a template that lists the languages names them",
        "languagedirection" | "direction" if written == "ltr" => return,
        "languagedirection" | "direction" => {
            "left out; write `dir=\"rtl\"` into the theme's templates"
        }
        "baseurl" => "its pages are served below a directory of its code",
        "staticdir" => {
            "its files did not come across; copy what is needed into content/, under the path that it had"
        }
        _ => "left out; what it says for the whole site counts",
    };
    let what = format!("`{path}` of the language `{code}`");
    let line = line_of(source, at);
    report.note(Topic::Configuration, file, line, what, advice);
}
