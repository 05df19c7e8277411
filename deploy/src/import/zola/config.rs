//! `config.toml` becomes `content/site.toml`. Most keys are the same.

use std::path::Path;

use anyhow::{Result, anyhow};
use site_gen::{Source, review};
use toml::Spanned;
use toml::de::{DeTable, DeValue};

use super::super::adapt::{self, adapt};
use super::super::report::{Report, Topic};
use super::super::toml_text::{Statement, statements};
use super::address::Strategy;
use super::code::Colours;
use super::moved::{self, Taxonomies};

/// What the import has to know of a configuration.
#[derive(Debug)]
pub(super) struct Config {
    /// The name of its theme, if it has one.
    pub(super) theme: Option<String>,
    /// Where Zola writes to.
    pub(super) output: String,
    pub(super) paths: Strategy,
    pub(super) terms: Strategy,
    pub(super) anchors: Strategy,
    /// Whether dates in names stay in paths.
    pub(super) keeps_dates: bool,
    /// The codes of languages besides the default one.
    pub(super) languages: Vec<String>,
    pub(super) taxonomies: Taxonomies,
    pub(super) smart_punctuation: bool,
    /// Whether a line with a colon below a term is its definition.
    pub(super) definitions: bool,
    /// Whether quotations that begin as `[!NOTE]` are remarks.
    pub(super) alerts: bool,
    /// What feeds are called in the default language.
    pub(super) feeds: Vec<String>,
    /// Whether words such as `:smile:` are drawn as characters.
    pub(super) emoji: bool,
    /// Whether headings link to themselves.
    pub(super) anchor_links: bool,
    /// What code is coloured with.
    pub(super) colours: Option<Colours>,
    /// Whether there is a search index of which nobody says the format.
    pub(super) indexes_silently: bool,
    /// Static files that stay behind.
    pub(super) ignored_static: Vec<String>,
    /// Files of the content that are none.
    pub(super) ignored_content: Vec<String>,
}

impl Config {
    pub(super) fn read(text: &str, file: &Path) -> Result<Self> {
        let table = DeTable::parse(text)
            .map_err(|error| anyhow!("{} is not TOML: {error}", file.display()))?
            .into_inner();
        let string = |key: &str| match table.get(key)?.get_ref() {
            DeValue::String(text) => Some(text.clone().into_owned()),
            _ => None,
        };
        let theme = string("theme").filter(|theme| !theme.is_empty());
        Ok(Self {
            theme,
            output: string("output_dir").unwrap_or_else(|| "public".to_owned()),
            paths: strategy(&table, "paths"),
            terms: strategy(&table, "taxonomies"),
            anchors: strategy(&table, "anchors"),
            keeps_dates: boolean(&table, "slugify", "paths_keep_dates"),
            languages: match table.get("languages").map(Spanned::get_ref) {
                Some(DeValue::Table(languages)) => languages
                    .keys()
                    .map(|code| code.get_ref().to_string())
                    .collect(),
                _ => Vec::new(),
            },
            taxonomies: Taxonomies::read(&table),
            smart_punctuation: boolean(&table, "markdown", "smart_punctuation"),
            definitions: boolean(&table, "markdown", "definition_list"),
            alerts: boolean(&table, "markdown", "github_alerts"),
            feeds: moved::feeds(&table),
            anchor_links: inner(&table, "markdown", "insert_anchor_links").is_some(),
            emoji: boolean(&table, "markdown", "render_emoji"),
            indexes_silently: is_searched(&table)
                && inner(&table, "search", "index_format").is_none(),
            colours: match table.get("markdown").map(Spanned::get_ref) {
                Some(DeValue::Table(markdown)) => Colours::read(markdown),
                _ => None,
            },
            ignored_static: patterns(&table, "ignored_static"),
            ignored_content: patterns(&table, "ignored_content"),
        })
    }

    /// The new configuration.
    pub(super) fn adapt(&self, text: &str, file: &Path, report: &mut Report) -> String {
        let new = self.rewrite(text, file, report);
        let source = Source {
            file: "content/site.toml".into(),
            text: new,
        };
        let origin = adapt::Origin { file, down: 0 };
        let judge = review::configuration;
        let mut text = adapt(source, judge, Topic::Configuration, &origin, report);
        // What is off in Zola where nobody asks for it, or is not there at all.
        let mut lines = String::new();
        if !self.smart_punctuation && !text.contains("smart_punctuation") {
            lines.push_str("smart_punctuation = false\n");
        }
        if self.colours.is_none() && !text.contains("highlight_code") {
            lines.push_str("highlight_code = false\n");
        }
        lines.push_str("autolinks = false\n");
        for language in &self.languages {
            self.name_feeds(language, &mut text, file, report);
        }
        add_below(&mut text, "[markdown]", &lines);
        if self.indexes_silently {
            name_index(&mut text, file, report);
        }
        text
    }

    /// Feeds of a language are called as in Zola: not as those of the default one.
    fn name_feeds(&self, code: &str, text: &mut String, file: &Path, report: &mut Report) {
        let table = DeTable::parse(text).map(Spanned::into_inner);
        let table = table.unwrap_or_default();
        let own = match inner(&table, "languages", code) {
            Some(DeValue::Table(own)) => own,
            _ => return,
        };
        let has = |key: &str| own.get(key).is_some();
        if !has("generate_feeds") || has("feed_filenames") || self.feeds == [moved::FEED] {
            return;
        }
        drop(table);
        match below_header(text, &format!("[languages.{code}]")) {
            Some(at) => text.insert_str(at, &format!("feed_filenames = [{:?}]\n", moved::FEED)),
            None => {
                let what = format!("feeds of the language `{code}` have another name");
                let advice = "write `feed_filenames` for it, as for the site";
                report.note(Topic::Configuration, file, None, what, advice);
            }
        }
    }

    fn rewrite(&self, text: &str, file: &Path, report: &mut Report) -> String {
        let mut new = String::with_capacity(text.len());
        let mut at = 0;
        for statement in &statements(text) {
            // That is done: slugs and emoji are written into the pages, colours of
            // code into a style sheet, and some static files stay behind.
            let is_done = matches!(
                (statement.table.as_str(), statement.key.as_deref()),
                ("slugify" | "markdown.highlighting", _)
                    | ("markdown", Some("render_emoji" | "highlighting"))
                    | ("", Some("ignored_static"))
            );
            if is_done {
                if statement.table == "markdown.highlighting" {
                    tell_highlighting(statement, text, file, report);
                }
                new.push_str(&text[at..statement.lines.start]);
                for line in text[statement.lines.clone()].split_inclusive('\n') {
                    new.push_str(if line.trim().is_empty() { "" } else { "# " });
                    new.push_str(line);
                }
                at = statement.lines.end;
                continue;
            }
            let of_language = statement.table.strip_prefix("languages.");
            if !statement.table.is_empty() && of_language.is_none_or(|code| code.contains('.')) {
                continue;
            }
            let value = text[statement.value.clone()].trim();
            let rewritten = match statement.key.as_deref() {
                Some("generate_feed") => Some(format!("generate_feeds = {value}")),
                Some("feed_filename") => Some(format!("feed_filenames = [{value}]")),
                _ => None,
            };
            if let Some(rewritten) = rewritten {
                let Statement { lines, value, .. } = statement;
                new.push_str(&text[at..lines.start]);
                new.push_str(&rewritten);
                at = value.end;
            }
        }
        new.push_str(&text[at..]);
        new.push_str(AS_IN_ZOLA);
        new
    }
}

/// Tells what is said of the colours of code and cannot be had.
fn tell_highlighting(statement: &Statement, text: &str, file: &Path, report: &mut Report) {
    let advice = match statement.key.as_deref() {
        Some("extra_grammars") => "code in other languages than those that are known is plain",
        Some("error_on_missing_language") => "code in a language that is not known is plain",
        Some("data_attr_position") => "the language of code is in `pre[data-lang]`",
        Some("style") => "code has classes; static/code.css has their colours",
        Some("theme" | "light_theme" | "dark_theme") | None => return,
        Some(_) => "left out",
    };
    let line = text[..statement.lines.start].matches('\n').count() + 1;
    let key = statement.key.as_deref().unwrap_or_default();
    let what = format!("`{key}` in `[markdown.highlighting]` has no meaning here");
    report.note(Topic::Configuration, file, line, what, advice);
}

/// Says which index Zola makes where nobody says it.
fn name_index(text: &mut String, file: &Path, report: &mut Report) {
    let is_search = |statement: &Statement| {
        let key = statement.key.as_deref().unwrap_or_default();
        statement.table.is_empty() && key.split('.').next() == Some("search")
    };
    if statements(text).iter().any(is_search) {
        let what = "the search index has another format here where nothing is said";
        let advice = "add `index_format = \"elasticlunr_javascript\"` to `search`";
        report.note(Topic::Configuration, file, 1, what, advice);
        return;
    }
    add_below(text, "[search]", ZOLAS_INDEX);
}

/// Adds lines to a table, or the table with them.
fn add_below(text: &mut String, header: &str, lines: &str) {
    match below_header(text, header) {
        Some(at) => text.insert_str(at, lines),
        None => text.push_str(&format!("\n{header}\n{lines}")),
    }
}

/// Where the line below the header of a table begins.
fn below_header(text: &str, header: &str) -> Option<usize> {
    let mut at = 0;
    for line in text.split_inclusive('\n') {
        at += line.len();
        let words = line.split('#').next().unwrap_or_default();
        if words.trim() == header && line.ends_with('\n') {
            return Some(at);
        }
    }
    None
}

fn inner<'a>(table: &'a DeTable<'_>, name: &str, key: &str) -> Option<&'a DeValue<'a>> {
    match table.get(name)?.get_ref() {
        DeValue::Table(inner) => inner.get(key).map(Spanned::get_ref),
        _ => None,
    }
}

fn boolean(table: &DeTable<'_>, name: &str, key: &str) -> bool {
    matches!(inner(table, name, key), Some(DeValue::Boolean(true)))
}

/// Whether any language has a search index.
fn is_searched(table: &DeTable<'_>) -> bool {
    let asks = |table: &DeTable<'_>| {
        let asked = table.get("build_search_index").map(Spanned::get_ref);
        matches!(asked, Some(DeValue::Boolean(true)))
    };
    let languages = match table.get("languages").map(Spanned::get_ref) {
        Some(DeValue::Table(languages)) => Some(languages),
        _ => None,
    };
    let mut languages = languages.into_iter().flat_map(|all| all.values());
    asks(table)
        || languages.any(|language| match language.get_ref() {
            DeValue::Table(language) => asks(language),
            _ => false,
        })
}

/// Patterns of paths, in our way: a star of Zola's stands for slashes, too.
fn patterns(table: &DeTable<'_>, key: &str) -> Vec<String> {
    let patterns = match table.get(key).map(Spanned::get_ref) {
        Some(DeValue::Array(patterns)) => patterns.iter(),
        _ => return Vec::new(),
    };
    let patterns = patterns.filter_map(|pattern| pattern.get_ref().as_str());
    patterns.map(|pattern| pattern.replace('*', "**")).collect()
}

fn strategy(table: &DeTable<'_>, part: &str) -> Strategy {
    let own = inner(table, "slugify", part).and_then(DeValue::as_str);
    own.and_then(Strategy::named).unwrap_or_default()
}

/// What the scripts of the theme read.
const ZOLAS_INDEX: &str = "# What Zola makes where nothing is said.
index_format = \"elasticlunr_javascript\"
";

/// Pictures are what they were, so that a site looks as it did.
const AS_IN_ZOLA: &str = "
# With `process = true`, pictures come in sizes and formats that suit each
# browser; the style sheet then has to say `img { height: auto }`. With
# `figures = true`, a picture that is alone has its title as a caption.
[images]
process = false
figures = false
";

#[cfg(test)]
mod tests {
    use super::super::super::report::Places;
    use super::*;

    #[test]
    fn the_index_that_zola_makes_unasked_is_named() {
        let named = |text: &str| {
            let (mut text, mut report) = (text.to_owned(), Report::default());
            name_index(&mut text, Path::new("config.toml"), &mut report);
            (text, report.text(Places::All).contains("index_format"))
        };
        for text in ["a = 1\n", "a = 1\n[search]\ninclude_date = true\n"] {
            let (named, noted) = named(text);
            assert!(named.contains("[search]\n# What") && !noted, "{named}");
            assert_eq!(named.matches("[search]").count(), 1);
        }
        for text in [
            "search = { include_date = true }\n",
            "search.include_date = true\n",
        ] {
            assert_eq!(named(text), (text.to_owned(), true));
        }
        let silent = |text: &str| is_searched(&DeTable::parse(text).unwrap().into_inner());
        assert!(silent("build_search_index = true"));
        assert!(silent("[languages.fr]\nbuild_search_index = true"));
        assert!(!silent(
            "build_search_index = false\n[languages.fr]\ntitle = \"x\""
        ));
    }

    #[test]
    fn a_header_is_found_however_it_is_written() {
        for text in ["[markdown]\nx", "a = 1\r\n [markdown] # of texts\r\nx"] {
            let at = below_header(text, "[markdown]").unwrap();
            assert_eq!(&text[at..], "x");
        }
        for text in ["# [markdown]\nx", "[markdown.x]\nx", "[markdown]"] {
            assert_eq!(below_header(text, "[markdown]"), None, "{text}");
        }
    }
}
