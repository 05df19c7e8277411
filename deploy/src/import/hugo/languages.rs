//! `[languages]` of Hugo's configuration: what it says about a language that
//! has no meaning any more.

use std::path::Path;

use site_gen::review::{Data, Table};

use super::super::report::{Report, Topic};
use super::data::line_of;

/// What is read, here or where it counts.
const READ: [&str; 10] = [
    "baseurl",
    "contentdir",
    "disabled",
    "menu",
    "menus",
    "params",
    "title",
    "weight",
    "languagecode",
    "locale",
];

/// Tells of all languages, by line.
pub(super) fn tell(languages: &Table, (file, text): (&Path, &str), report: &mut Report) {
    for (code, node) in languages {
        let Data::Table(table) = &node.value else {
            continue;
        };
        for (key, node) in table {
            let name = key.name.to_lowercase();
            let is_usual = matches!(&node.value, Data::String(text) if text == "ltr");
            if READ.contains(&name.as_str()) || is_usual {
                continue;
            }
            let what = format!("`{}` of the language `{}`", key.name, code.name);
            let advice = match name.as_str() {
                "languagename" | "label" => {
                    "left out; a template that lists the languages names them"
                }
                "languagedirection" | "direction" => {
                    "left out; write `dir=\"rtl\"` into the theme's templates"
                }
                _ => "left out; what it says for the whole site counts",
            };
            let line = line_of(text, key.span.start);
            report.note(Topic::Configuration, file, line, what, advice);
        }
    }
}
