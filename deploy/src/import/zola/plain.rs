//! What is text in Zola unless the site wants it to be more: definitions, and
//! quotations that begin with their kind. Here they are always read, so a backslash
//! stands in front of them.

use std::ops::Range;

use pulldown_cmark::{Event, Options, Parser, Tag};

use super::config::Config;

/// What is put into a text to leave it what it was.
pub(super) fn edits(text: &str, options: Options, config: &Config) -> Vec<(Range<usize>, String)> {
    if config.definitions && config.alerts {
        return Vec::new();
    }
    let options = options | Options::ENABLE_DEFINITION_LIST | Options::ENABLE_GFM;
    let events = Parser::new_ext(text, options).into_offset_iter();
    let places = events.filter_map(|(event, span)| {
        let source = &text[span.clone()];
        let at = match event {
            Event::Start(Tag::DefinitionListDefinition) if !config.definitions => {
                source.find(':')?
            }
            Event::Start(Tag::BlockQuote(Some(_))) if !config.alerts => source.find("[!")?,
            _ => return None,
        };
        let at = span.start + at;
        Some((at..at, "\\".to_owned()))
    });
    places.collect()
}

#[cfg(test)]
mod tests {
    use std::path::Path;

    use super::*;

    #[test]
    fn what_was_text_stays_text() {
        let text = "a\n: b\n\n> [!NOTE]\n> c\n\n`: d`\n";
        for (markdown, expected) in [
            ("", "a\n\\: b\n\n> \\[!NOTE]\n> c\n\n`: d`\n"),
            (
                "definition_list = true",
                "a\n: b\n\n> \\[!NOTE]\n> c\n\n`: d`\n",
            ),
            ("github_alerts = true\ndefinition_list = true", text),
        ] {
            let config = format!("[markdown]\n{markdown}\n");
            let config = Config::read(&config, Path::new("config.toml")).expect("a configuration");
            let mut new = text.to_owned();
            for (range, words) in edits(text, Options::empty(), &config).into_iter().rev() {
                new.replace_range(range, &words);
            }
            assert_eq!(new, expected);
        }
    }
}
