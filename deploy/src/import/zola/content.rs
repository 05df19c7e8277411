//! Markdown: front matter is nearly the same, and so are shortcodes.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;
use std::path::Path;

use anyhow::Result;
use pulldown_cmark::{Options, Parser};
use site_gen::Source;
use site_gen::review::{self, Data, Language, Table};

use super::super::adapt::{self, adapt};
use super::super::anchors::anchors;
use super::super::code::{body, code_ranges};
use super::super::emoji;
use super::super::paths::{split, without_day};
use super::super::pattern::matches;
use super::super::report::{Report, Topic};
use super::super::spans::Spans;
use super::super::tree::{Draft, Origin};
use super::address::without_date;
use super::config::Config;
use super::listed::Lists;
use super::{moved, plain};

/// What the content says that the rest of the import has to know.
#[derive(Debug, Default)]
pub(super) struct Content {
    /// The shortcodes that it calls.
    pub(super) used: BTreeSet<String>,
    /// Those that it gives an argument `body`.
    pub(super) with_body: BTreeSet<String>,
    /// Whether headings of some section link to themselves.
    pub(super) has_anchor_links: bool,
    /// Terms that have another path now, their lists and feeds: from where, to where.
    pub(super) moved: BTreeMap<String, String>,
}

/// Brings the content across.
pub(super) fn import(
    config: &Config,
    origin: &Origin,
    draft: &mut Draft,
    report: &mut Report,
) -> Result<Content> {
    let mut content = Content::default();
    let mut lists = Lists::default();
    let mut counts = moved::Counts::default();
    for file in origin.files(Path::new("content"), report) {
        let inside = file.strip_prefix("content").ok().and_then(Path::to_str);
        let Some(inside) = inside else {
            continue;
        };
        if file.extension().is_none_or(|extension| extension != "md") {
            if draft.copy(&file, origin, &file, report)? {
                report.files += 1;
            }
            continue;
        }
        let Some(text) = origin.read(&file, report) else {
            continue;
        };
        let name = Name::new(inside, config);
        match name.is_section {
            true => report.sections += 1,
            false => report.pages += 1,
        }
        let source = Source {
            file: file.clone(),
            text: with_feeds(text, &file),
        };
        let place = adapt::Origin {
            file: &file,
            down: 0,
        };
        let judge = review::front_matter;
        let text = adapt(source, judge, Topic::FrontMatter, &place, report);
        let front = front_matter(&file, &text);
        content.has_anchor_links |= front
            .iter()
            .any(|(key, _)| key.name == "insert_anchor_links");
        content
            .moved
            .extend(moved::terms(&front, &name.prefix, config, &mut counts));
        let place = (name.directory.to_owned(), name.prefix.clone());
        let mut ignored = config.ignored_content.iter();
        let is_ignored = ignored.any(|pattern| matches(pattern, inside));
        match name.is_section {
            _ if is_ignored => {}
            true => lists.section(place, &front),
            false => lists.page(&file, place, &front, without_date(name.stem) != name.stem),
        }
        let text = shortcodes(&text, &file, &mut content, report);
        let text = rewritten(text, &name, &front, config);
        draft.write(&file, &text, &file, report)?;
    }
    content.moved.extend(counts.parts());
    lists.tell(report);
    Ok(content)
}

/// A text whose front matter says `generate_feeds`, as Zola does now.
fn with_feeds(text: String, file: &Path) -> String {
    let front = front_matter(file, &text);
    let has = |name: &str| front.iter().any(|(key, _)| key.name == name);
    match has("generate_feed") && !has("generate_feeds") {
        // Front matter comes first.
        true => text.replacen("\ngenerate_feed", "\ngenerate_feeds", 1),
        false => text,
    }
}

/// A text that says what it said.
fn rewritten(text: String, name: &Name<'_>, front: &Table, config: &Config) -> String {
    let text = match config.emoji {
        true => with_emoji(&text, config),
        false => text,
    };
    let text = with_anchors(&text, config);
    let text = with_plain(&text, config);
    let text = match text_of(front, "redirect_to") {
        Some(target) => with_target(text, &target),
        None => text,
    };
    match name.slug(front, config) {
        Some(slug) => with_slug(&text, &slug),
        None => text,
    }
}

/// A file, by its name.
struct Name<'a> {
    /// What a path is made of: that of the directory, if it is an `index.md`.
    stem: &'a str,
    /// Where it lies; for an `index.md`, the directory above.
    directory: &'a str,
    /// As in `/fr`.
    prefix: String,
    is_section: bool,
}

impl<'a> Name<'a> {
    fn new(inside: &'a str, config: &Config) -> Self {
        let (directory, name) = split(inside);
        let stem = name.strip_suffix(".md").unwrap_or(name);
        let language = stem.rsplit_once('.').filter(|(_, code)| {
            let mut codes = config.languages.iter();
            codes.any(|other| other == code)
        });
        let (stem, prefix) = match language {
            Some((stem, code)) => (stem, format!("/{code}")),
            None => (stem, String::new()),
        };
        let (above, own) = split(directory);
        let (directory, of_path) = match stem {
            "index" => (above, own),
            _ => (directory, stem),
        };
        Self {
            stem: of_path,
            directory,
            prefix,
            is_section: stem == "_index",
        }
    }

    /// The slug that the page had, if it would have another one now.
    fn slug(&self, front: &Table, config: &Config) -> Option<String> {
        let own = |key: &str| text_of(front, key);
        if self.is_section || self.stem.is_empty() || own("path").is_some() {
            return None;
        }
        let given = own("slug");
        let name = match &given {
            Some(slug) => slug,
            None if config.keeps_dates => self.stem,
            None => without_date(self.stem),
        };
        let old = config.paths.part(name);
        let new = given.clone().unwrap_or_else(|| {
            let rest = without_day(self.stem).filter(|rest| !rest.is_empty());
            site_gen::slugify(rest.unwrap_or(self.stem))
        });
        (old != new && !old.is_empty()).then_some(old)
    }
}

/// The front matter; nothing of it, if it cannot be read.
fn front_matter(file: &Path, text: &str) -> Table {
    let source = Source {
        file: file.to_owned(),
        text: text.to_owned(),
    };
    let language = match text.get(..3) {
        Some("---") => Language::Yaml,
        Some("+++") => Language::Toml,
        _ => return Table::new(),
    };
    let start = text.find('\n').map_or(text.len(), |end| end + 1);
    let inside = text.get(start..body(text)).unwrap_or_default();
    let fence = if language == Language::Yaml {
        "---"
    } else {
        "+++"
    };
    let end = start + inside.rfind(fence).unwrap_or_default();
    review::data(&source, start..end, language).unwrap_or_default()
}

fn text_of(front: &Table, key: &str) -> Option<String> {
    let found = front.iter().find(|(own, _)| own.name == key);
    match &found?.1.value {
        Data::String(text) if !text.is_empty() => Some(text.clone()),
        Data::Integer(number) => Some(number.to_string()),
        _ => None,
    }
}

/// Headings get their old anchors in writing, where they would have others.
fn with_anchors(text: &str, config: &Config) -> String {
    let start = body(text);
    let parser = Parser::new_ext(&text[start..], options(config));
    let events: Vec<_> = parser.into_offset_iter().collect();
    let make = |title: &str| config.anchors.anchor(title);
    let edits = anchors(&text[start..], &events, make, str::to_owned);
    edited(text, start, edits)
}

/// What was text stays text.
fn with_plain(text: &str, config: &Config) -> String {
    let start = body(text);
    let edits = plain::edits(&text[start..], options(config), config);
    edited(text, start, edits)
}

/// A section that leads to a path without slashes leads to that with them, as Zola
/// has it: a redirect to the other would follow.
fn with_target(text: String, target: &str) -> String {
    let path = target.split(['?', '#']).next().unwrap_or_default();
    let name = path.rsplit('/').next().unwrap_or_default();
    if target.contains(':') || path.len() < target.len() || name.is_empty() || name.contains('.') {
        return text;
    }
    let end = body(&text);
    let line = text[..end].find("redirect_to").unwrap_or(end);
    let found = text[line..end].find(target).filter(|_| line < end);
    match found {
        Some(at) => {
            let (start, end) = (line + at, line + at + target.len());
            format!("{}{target}/{}", &text[..start], &text[end..])
        }
        None => text,
    }
}

/// Writes characters for words such as `:smile:`.
fn with_emoji(text: &str, config: &Config) -> String {
    let start = body(text);
    let words = &text[start..];
    let events: Vec<_> = Parser::new_ext(words, options(config))
        .into_offset_iter()
        .collect();
    let edits = emoji::edits(words, &events, &Spans::new(calls(words)));
    edited(text, start, edits)
}

/// Where shortcodes are called.
fn calls(text: &str) -> Vec<Range<usize>> {
    let mut calls = Vec::new();
    let mut at = 0;
    while let Some(open) = text[at..].find('{') {
        let start = at + open;
        let close = match text[start + 1..].chars().next() {
            Some('{') => "}}",
            Some('%') => "%}",
            _ => {
                at = start + 1;
                continue;
            }
        };
        let Some(length) = text[start..].find(close) else {
            break;
        };
        at = start + length + close.len();
        calls.push(start..at);
    }
    calls
}

/// How Zola reads its markdown.
fn options(config: &Config) -> Options {
    let mut options = Options::ENABLE_TABLES
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_HEADING_ATTRIBUTES;
    options.set(Options::ENABLE_SMART_PUNCTUATION, config.smart_punctuation);
    options
}

/// A text in which parts of what is below its front matter are others.
fn edited(text: &str, start: usize, mut edits: Vec<(Range<usize>, String)>) -> String {
    edits.sort_by_key(|(range, _)| range.start);
    let mut new = text.to_owned();
    for (range, words) in edits.into_iter().rev() {
        new.replace_range(range.start + start..range.end + start, &words);
    }
    new
}

/// Writes a slug into front matter, in place of the one that is there.
fn with_slug(text: &str, slug: &str) -> String {
    let start = text.find('\n').map_or(0, |end| end + 1);
    let line = match text.split_at(start).0.trim_end() {
        "+++" => format!("slug = {slug:?}\n"),
        "---" => format!("slug: {slug:?}\n"),
        _ => return format!("+++\nslug = {slug:?}\n+++\n{text}"),
    };
    let mut new = text[..start].to_owned();
    new.push_str(&line);
    let mut in_front = true;
    for line in text[start..].split_inclusive('\n') {
        in_front &= !matches!(line.trim_end(), "+++" | "---") && !line.starts_with('[');
        let is_slug = line
            .split(['=', ':'])
            .next()
            .is_some_and(|key| key.trim_end() == "slug");
        if !(in_front && is_slug) {
            new.push_str(line);
        }
    }
    new
}

/// Zola calls shortcodes in code too, unless they are marked; here code is
/// text.
fn shortcodes(text: &str, file: &Path, content: &mut Content, report: &mut Report) -> String {
    if !text.contains("{{") && !text.contains("{%") {
        return text.to_owned();
    }
    let code = code_ranges(text);
    let mut out = String::with_capacity(text.len());
    let mut at = 0;
    while let Some(start) = next_brace(text, at) {
        out.push_str(&text[at..start]);
        at = start + 2;
        let open = &text[start..at];
        let close = if open == "{{" { "}}" } else { "%}" };
        let in_code = code.iter().any(|range| range.contains(&start));
        let line = text[..start].matches('\n').count() + 1;
        if let Some((inner, end)) = marked(text, at, close) {
            match (in_code, open) {
                (true, _) => out.push_str(open),
                (false, "{{") => out.push_str("&#123;&#123;"),
                (false, _) => out.push_str("&#123;%"),
            }
            out.push_str(inner);
            out.push_str(close);
            at = end;
            continue;
        }
        out.push_str(open);
        if let Some(name) = called(&text[at..]) {
            if in_code {
                let what = "a shortcode in code is shown as it is written";
                let advice = "write what it stands for, or put the code into the shortcode's body";
                report.note(Topic::Text, file, line, what, advice);
            } else {
                content.used.insert(name.to_owned());
                let end = text[at..].find(close).unwrap_or(text.len() - at);
                if gives_body(&text[at..at + end]) {
                    content.with_body.insert(name.to_owned());
                }
            }
        }
    }
    out.push_str(&text[at..]);
    out
}

fn next_brace(text: &str, at: usize) -> Option<usize> {
    let found = ["{{", "{%"].iter().filter_map(|open| text[at..].find(open));
    found.min().map(|found| at + found)
}

/// What stands in `{{/* … */}}`, and where that ends.
fn marked<'a>(text: &'a str, at: usize, close: &str) -> Option<(&'a str, usize)> {
    let rest = text[at..].strip_prefix("/*")?;
    let end = rest.find(&format!("*/{close}"))?;
    Some((&rest[..end], at + 2 + end + 2 + close.len()))
}

/// The shortcode that is called here.
fn called(rest: &str) -> Option<&str> {
    let rest = rest.trim_start();
    let end = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '_')?;
    let is_call = end > 0 && rest[end..].trim_start().starts_with('(');
    is_call.then(|| &rest[..end])
}

/// Whether a call has an argument `body`.
fn gives_body(call: &str) -> bool {
    let is_name = |before: &str| before.trim_end().ends_with(['(', ',']);
    let mut found = call.match_indices("body");
    found.any(|(at, word)| {
        is_name(&call[..at]) && call[at + word.len()..].trim_start().starts_with('=')
    })
}

#[cfg(test)]
mod tests {
    use super::super::super::report::Places;
    use super::*;

    #[test]
    fn marks_go_where_code_is_text() {
        let mut report = Report::default();
        let mut content = Content::default();
        let text = "a `{{/* x(a=1) */}}` {{/* y() */}} {{ z(b=2, body = `x`) }}\n\n```\n{%/* q() */%}\n{{ r() }}\n```\n";
        let new = shortcodes(text, Path::new("a.md"), &mut content, &mut report);
        assert_eq!(
            new,
            "a `{{ x(a=1) }}` &#123;&#123; y() }} {{ z(b=2, body = `x`) }}\n\n```\n{% q() %}\n{{ r() }}\n```\n"
        );
        assert_eq!(content.used.into_iter().collect::<Vec<_>>(), ["z"]);
        assert_eq!(content.with_body.into_iter().collect::<Vec<_>>(), ["z"]);
        assert!(report.text(Places::All).contains("a.md:5"));
    }

    #[test]
    fn slugs_are_written_where_they_are_not_what_they_were() {
        assert_eq!(
            with_slug(
                "+++\ntitle = \"x\"\nslug = \"a_b\"\n[extra]\nslug = 1\n+++\nslug = 2\n",
                "a-b"
            ),
            "+++\nslug = \"a-b\"\ntitle = \"x\"\n[extra]\nslug = 1\n+++\nslug = 2\n"
        );
        assert_eq!(
            with_slug("---\na: 1\n---\n", "x"),
            "---\nslug: \"x\"\na: 1\n---\n"
        );
        assert_eq!(with_slug("Text\n", "x"), "+++\nslug = \"x\"\n+++\nText\n");
    }
}
