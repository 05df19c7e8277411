//! Shortcodes of Hugo itself that become text or markdown.

use site_gen::review::Data;

use super::super::super::report::Report;
use super::super::call::Call;
use super::super::data::{get, texts};
use super::super::fence;
use super::super::rewritten::Rewritten;
use super::super::served::Place;
use super::Writer;

impl Writer<'_, '_, '_> {
    /// What stands for text, wherever it is: in links, in attributes, in code.
    pub(super) fn as_text(&mut self, call: &Call, report: &mut Report) -> Option<String> {
        match call.name.as_str() {
            "ref" | "relref" => {
                let target = call
                    .named("path")
                    .or_else(|| call.placed(0))
                    .unwrap_or_default();
                let found = self.reference(target, call);
                if found.is_none() {
                    let what = format!("`{target}` is no page");
                    let advice = "the link leads nowhere; mend it";
                    self.own.note(call.span.start, &what, advice, report);
                }
                Some(found.unwrap_or_else(|| "#".to_owned()))
            }
            "param" => {
                let name = call.placed(0)?;
                let document = self.own.document;
                let in_params = format!("params.{name}");
                let of_language = &self.own.config.languages[document.language].params;
                let value = get(&document.front, name)
                    .or_else(|| get(&document.front, &in_params))
                    .or_else(|| get(of_language, name))
                    .or_else(|| get(&self.own.config.root, &in_params));
                let is_list = matches!(value, Some(Data::Array(_)));
                match value.map(texts) {
                    // As Go writes them.
                    Some(texts) if is_list => Some(format!("[{}]", texts.join(" "))),
                    Some(texts) if !texts.is_empty() => Some(texts.join(", ")),
                    _ => {
                        let what = format!("there is no parameter `{name}`");
                        let advice = "its name stands there now";
                        self.own.note(call.span.start, &what, advice, report);
                        Some(name.to_owned())
                    }
                }
            }
            _ => None,
        }
    }

    /// Where a `ref` leads: to a file, if it is in a link, and to a path
    /// everywhere else.
    fn reference(&self, target: &str, call: &Call) -> Option<String> {
        let (place, anchor) = match target.split_once('#') {
            Some((place, anchor)) => (place, format!("#{anchor}")),
            None => (target, String::new()),
        };
        if place.is_empty() {
            return Some(anchor);
        }
        let config = self.own.config;
        let language = call.named("lang").and_then(|code| {
            let mut languages = config.languages.iter();
            languages.position(|language| language.code.eq_ignore_ascii_case(code))
        });
        let language = language.unwrap_or(self.own.document.language);
        let found = self.own.library.find(place, self.own.document, language)?;
        let before = self.text[..call.span.start].trim_end();
        let in_link = ["](", "](<", "]:", "]: <"]
            .iter()
            .any(|start| before.ends_with(start));
        // A file leads to its version in the language of the page.
        Some(match in_link && language == self.own.document.language {
            true => format!("@/{}{anchor}", site_gen::encode_path(&found.id)),
            false => {
                let serves = Place::of(found, config).0.serves;
                format!("{}{anchor}", config.address(&serves))
            }
        })
    }

    /// What markdown says in another way; false, if it does not.
    pub(super) fn as_markdown(
        &mut self,
        call: &Call,
        new: &mut Rewritten,
        report: &mut Report,
    ) -> bool {
        let at = call.span.start;
        let line = self.own.document.line(at);
        let address = match call.name.as_str() {
            "highlight" | "code" if call.body.is_some() => {
                self.highlight(call, new, report);
                return true;
            }
            name if name.ends_with(".inline") => {
                let what = format!("a template of Go in a text, `{name}`");
                self.own
                    .note(at, &what, "left out; write what it showed", report);
                return true;
            }
            "comment" => {
                self.own
                    .note(at, "a comment in a shortcode", "left out", report);
                return true;
            }
            "x" | "tweet" | "twitter" | "twitter_simple" => {
                let user = call.named("user").unwrap_or("i/web");
                let id = call
                    .named("id")
                    .or_else(|| call.placed(0))
                    .unwrap_or_default();
                format!("https://x.com/{user}/status/{id}")
            }
            "instagram" | "instagram_simple" => {
                let id = call
                    .named("id")
                    .or_else(|| call.placed(0))
                    .unwrap_or_default();
                format!("https://www.instagram.com/p/{id}/")
            }
            _ => return false,
        };
        let what = format!("`{}` showed what is on another site", call.name);
        self.own.note(at, &what, "a link leads there", report);
        new.put(&format!("<{address}>"), line);
        true
    }

    fn highlight(&mut self, call: &Call, new: &mut Rewritten, report: &mut Report) {
        let Some((body, _)) = &call.body else {
            return;
        };
        let options = call
            .placed(1)
            .or_else(|| call.named("options"))
            .unwrap_or_default();
        let language = call
            .placed(0)
            .or_else(|| call.named("type"))
            .unwrap_or_default();
        let line = self.own.document.line(call.span.start);
        if options
            .replace(' ', "")
            .to_lowercase()
            .contains("hl_inline=true")
        {
            let what = "code in a line, with colours";
            let advice = "it has none now";
            self.own.note(call.span.start, what, advice, report);
            return new.put(&code_span(&self.text[body.clone()]), line);
        }
        let info = fence::write(
            (language, self.own.line_numbers),
            options,
            (self.own.document, line),
            report,
        );
        let code = &self.text[body.clone()];
        let first = code.len() - code.trim_start_matches(['\r', '\n']).len();
        let code = code[first..].trim_end();
        let longest = code
            .split(|c| c != '`')
            .map(str::len)
            .max()
            .unwrap_or_default();
        let fence = "`".repeat(3.max(longest + 1));
        let before = self.text[..call.span.start]
            .rsplit('\n')
            .next()
            .unwrap_or_default();
        let indent = if before.trim().is_empty() { before } else { "" };
        if !before.trim().is_empty() {
            new.put("\n\n", line);
        }
        new.put(&format!("{fence}{info}\n"), line);
        new.keep(code, self.own.document.line(body.start + first));
        new.put(&format!("\n{indent}{fence}"), line);
        let behind = self.text[call.span.end..].split('\n').next();
        if behind.is_some_and(|behind| !behind.trim().is_empty()) {
            new.put("\n\n", line);
        }
    }
}

/// Code in a line.
fn code_span(code: &str) -> String {
    let code = code.split_whitespace().collect::<Vec<_>>().join(" ");
    let longest = code.split(|c| c != '`').map(str::len).max();
    let marks = "`".repeat(longest.unwrap_or_default() + 1);
    match code.starts_with('`') || code.ends_with('`') {
        true => format!("{marks} {code} {marks}"),
        false => format!("{marks}{code}{marks}"),
    }
}
