//! Templates of tera 1, as Zola up to 0.22 has them, in the words of tera 2.
//!
//! What is translated, line for line:
//!
//! * Macros become components, which are known by one name everywhere: a macro
//!   `card` of `macros/ui.html` is the component `macros.ui.card`. Imports go; what
//!   a template imports could be called in those that extend it, too, and in all
//!   that it included or called. Macros saw the page; components name it (`seen`).
//! * A filter took all of a sum or a concatenation before it; now it takes what
//!   stands beside it: parentheses are added.
//! * Conditions took any missing name for false; now a name may be missing only
//!   at the end: `a.b` becomes `a?.b`.
//! * Tests take named arguments, some filters and tests have other names,
//!   `a.0` is `a[0]`, and a backslash in a string begins an escape.
//! * A list of files to include is decided now: the first that is there.
//! * The body of a shortcode was markdown, now it is HTML; what is written there
//!   is `body_source`.
//! * Functions that answer with an address are asked for a whole one.
//! * A page's content is HTML; printed without `safe`, it was escaped.
//! * In a template that extends another, what stood outside of blocks had no
//!   effect; now it is refused, and becomes a comment.

mod escaped;
mod expression;
mod frozen;
mod lexer;
mod seen;
mod settings;
mod whole;

use std::collections::BTreeSet;
use std::path::Path;

pub(super) use expression::Body;
use expression::{Condition, arguments, translate_body, translate_expression};
use lexer::{Kind, Piece, Tag, Token, lex};

use super::report::{Report, Topic};

/// What a template has to know of the others.
pub(super) trait Templates {
    /// The name of a template as the new theme has it; none if there is none.
    fn resolve(&self, name: &str) -> Option<String>;

    /// The template that another one, which this one extends or which includes or
    /// calls it, imports under a name.
    fn imported(&self, name: &str, alias: &str) -> Option<String>;

    /// Where the shortcode that a template draws has its body from.
    fn body(&self, _name: &str) -> Body {
        Body::Between
    }

    /// What is to stand at the end of each `<head>`.
    fn in_head(&self) -> Option<&'static str>;
}

/// What a template says about others: what it extends, and what it imports under
/// which names.
#[derive(Clone, Debug, Default)]
pub(super) struct Related {
    pub(super) parent: Option<String>,
    pub(super) imports: Vec<(String, String)>,
    /// What it includes.
    pub(super) included: Vec<String>,
    /// All that it has between quotes.
    pub(super) texts: BTreeSet<String>,
}

/// Reads what a template says about others.
pub(super) fn related(text: &str) -> Related {
    let mut related = Related::default();
    for piece in lex(text) {
        let Piece::Tag(tag) = piece else { continue };
        let texts = tag.tokens.iter().filter(|token| token.kind == Kind::Text);
        related.texts.extend(texts.map(Token::unquoted));
        match tag.tokens.as_slice() {
            [word, file, ..] if word.text == "extends" => related.parent = Some(file.unquoted()),
            [word, file, _, alias] if word.text == "import" => {
                related.imports.push((alias.text.clone(), file.unquoted()));
            }
            [word, ..] if word.text == "include" => {
                let texts = tag.tokens.iter().filter(|token| token.kind == Kind::Text);
                related.included.extend(texts.map(Token::unquoted));
            }
            _ => {}
        }
    }
    related
}

/// Translates a template. `name` is its name among templates, `file` where it
/// stands in the old site.
pub(super) fn translate(
    text: &str,
    name: &str,
    file: &Path,
    templates: &dyn Templates,
    report: &mut Report,
) -> String {
    let pieces = lex(text);
    let mut translator = Translator {
        name,
        file,
        templates,
        report,
        imports: Vec::new(),
        macro_name: String::new(),
        implicit: BTreeSet::new(),
        indexed: BTreeSet::new(),
    };
    let child = pieces
        .iter()
        .any(|piece| matches!(piece, Piece::Tag(tag) if tag.is("extends")));
    let mut out = String::with_capacity(text.len());
    let mut depth = 0_usize;
    let seen: Vec<_> = pieces
        .iter()
        .enumerate()
        .filter(|(_, piece)| matches!(piece, Piece::Tag(tag) if tag.is("macro")))
        .map(|(at, _)| {
            (
                seen::seen(&pieces[at + 1..]),
                seen::indexed(&pieces[at + 1..]),
            )
        })
        .collect();
    let mut seen = seen.into_iter();
    for piece in pieces {
        match piece {
            Piece::Verbatim(text) => {
                if child && depth == 0 && !text.trim().is_empty() && !text.starts_with("{#") {
                    translator.comment(text, &mut out);
                } else {
                    let head = text.find("</head>").zip(templates.in_head());
                    let (at, more) = head.unwrap_or((text.len(), ""));
                    out.push_str(&text[..at]);
                    out.push_str(more);
                    out.push_str(&text[at..]);
                }
            }
            Piece::Tag(tag) => {
                if tag.is("endblock") || tag.is("endmacro") {
                    depth = depth.saturating_sub(1);
                }
                let stands_alone = [
                    "block", "endblock", "macro", "endmacro", "extends", "import",
                ];
                let ignored = child && depth == 0 && !stands_alone.iter().any(|word| tag.is(word));
                if ignored {
                    translator.comment(tag.text, &mut out);
                } else {
                    if tag.is("block") || tag.is("macro") {
                        depth += 1;
                    }
                    if tag.is("macro") {
                        (translator.implicit, translator.indexed) = seen.next().unwrap_or_default();
                    }
                    translator.tag(tag, &mut out);
                }
            }
        }
    }
    out
}

/// The component that a macro of a template becomes.
fn component(template: &str, name: &str) -> String {
    let stem = template.rsplit_once('.').map_or(template, |(stem, _)| stem);
    let mut parts: Vec<String> = Vec::new();
    for part in stem.split('/').chain([name]) {
        let mut word: String = part
            .chars()
            .map(|c| if c.is_ascii_alphanumeric() { c } else { '_' })
            .collect();
        if word.starts_with(|c: char| c.is_ascii_digit()) {
            word.insert(0, '_');
        }
        parts.push(word);
    }
    parts.join(".")
}

struct Translator<'a> {
    name: &'a str,
    file: &'a Path,
    templates: &'a dyn Templates,
    report: &'a mut Report,
    /// Names under which templates with macros are imported.
    imports: Vec<(String, String)>,
    /// The component whose definition is open.
    macro_name: String,
    /// What it sees without being given it.
    implicit: BTreeSet<&'static str>,
    /// The names that it looks for a key in.
    indexed: BTreeSet<String>,
}

impl Translator<'_> {
    fn note(&mut self, line: usize, what: &str, advice: &str) {
        self.report
            .note(Topic::Templates, self.file, line, what, advice);
    }

    /// What had no effect before is to have none now.
    fn comment(&self, text: &str, out: &mut String) {
        let spaces = text.len() - text.trim_start().len();
        let (before, rest) = text.split_at(spaces);
        let (inner, after) = rest.split_at(rest.trim_end().len());
        let inner = inner.replace("{#", "(").replace("#}", ")");
        out.push_str(&format!("{before}{{# {inner} #}}{after}"));
    }

    fn tag(&mut self, tag: Tag<'_>, out: &mut String) {
        let word = tag.word().to_owned();
        match word.as_str() {
            "import" => self.import(&tag, out),
            "include" | "extends" => self.include(tag, out),
            "macro" => self.define(&tag, out),
            "endmacro" => {
                let name = std::mem::take(&mut self.macro_name);
                self.implicit.clear();
                let (open, close) = (tag.open, tag.close);
                out.push_str(&format!("{open} endcomponent {name} {close}"));
            }
            _ => {
                if let [_, _, comma, ..] = tag.tokens.as_slice()
                    && word == "for"
                    && comma.is(",")
                {
                    let what = "a loop over keys takes them in the order in which they are written";
                    let advice = "Zola took most by their letters; where it shows, write them so";
                    self.note(tag.line, what, advice);
                }
                let condition = if word == "if" || word == "elif" {
                    Condition::Yes
                } else {
                    Condition::No
                };
                let mut tag = self.expression(tag, condition);
                if self.name.ends_with(".html") || self.name.ends_with(".xml") {
                    escaped::escaped(&mut tag);
                }
                tag.write(out);
            }
        }
    }

    fn expression<'t>(&mut self, tag: Tag<'t>, condition: Condition) -> Tag<'t> {
        let line = tag.line;
        let mut notes = Vec::new();
        let call = |space: &str, name: &str| match space {
            "self" => component(self.name, name),
            _ => {
                let imported = self.imports.iter().rev().find(|(alias, _)| alias == space);
                let template = imported.map(|(_, template)| template.clone());
                let template = template.or_else(|| self.templates.imported(self.name, space));
                component(template.as_deref().unwrap_or(space), name)
            }
        };
        let mut tokens = tag.tokens;
        seen::ask_for_none(&mut tokens, &self.implicit);
        if !self.macro_name.is_empty() {
            seen::rename_arguments(&mut tokens);
        } else if self.name.starts_with("shortcodes/") {
            translate_body(&mut tokens, self.templates.body(self.name));
        }
        let tokens = translate_expression(tokens, condition, &call, &mut notes);
        for (what, advice) in notes {
            self.note(line, &what, advice);
        }
        Tag { tokens, ..tag }
    }

    fn import(&mut self, tag: &Tag<'_>, out: &mut String) {
        if let [_, file, _, alias] = tag.tokens.as_slice() {
            let wanted = file.unquoted();
            let template = self.templates.resolve(&wanted).unwrap_or(wanted);
            self.imports.push((alias.text.clone(), template));
        }
        // The old parser took the space around it away.
        out.push_str("{#- components need no import -#}");
        out.extend(tag.text.chars().filter(|c| *c == '\n'));
    }

    fn include(&mut self, mut tag: Tag<'_>, out: &mut String) {
        let names: Vec<String> = tag
            .tokens
            .iter()
            .filter(|token| token.kind == Kind::Text)
            .map(Token::unquoted)
            .collect();
        let found = names.iter().find_map(|name| self.templates.resolve(name));
        let may_be_missing = tag.tokens.iter().any(|token| token.text == "ignore");
        let name = match (found, names.first()) {
            (Some(name), _) => name,
            (None, Some(name)) if !may_be_missing => name.clone(),
            (None, _) => {
                self.comment(tag.text, out);
                return;
            }
        };
        tag.tokens.truncate(1);
        tag.tokens
            .push(Token::new(" ", Kind::Text, format!("\"{name}\"")));
        tag.write(out);
    }

    /// A default value fixed the type of an argument from now on, so it is given
    /// inside.
    fn define(&mut self, tag: &Tag<'_>, out: &mut String) {
        let [_, name, open, inner @ .., _] = tag.tokens.as_slice() else {
            return tag.write(out);
        };
        if !open.is("(") {
            return tag.write(out);
        }
        self.macro_name = component(self.name, &name.text);
        let mut parameters = Vec::new();
        let mut defaults = String::new();
        for (name, value) in arguments(inner) {
            let name = seen::argument(name);
            if value.is_empty() {
                parameters.push(name.to_owned());
                continue;
            }
            let value: String = value.iter().map(Token::escaped).collect();
            // A text had no keys; now nobody may look for one in it.
            let is_empty = matches!(value.trim(), "\"\"" | "''");
            let value = match is_empty && self.indexed.contains(name) {
                true => "{}",
                false => value.trim(),
            };
            defaults.push_str(&format!(
                "{{% set {name} = {value} if {name} is none else {name} %}}"
            ));
            parameters.push(format!("{name}=none"));
        }
        let given: Vec<&str> = arguments(inner).into_iter().map(|(name, _)| name).collect();
        self.implicit.retain(|name| !given.contains(name));
        let implicit = self.implicit.iter();
        parameters.extend(implicit.map(|name| format!("@{name}=none")));
        let (open, close) = (tag.open, tag.close);
        let head = format!("{}({})", self.macro_name, parameters.join(", "));
        out.push_str(&format!("{open} component {head} %}}{defaults}"));
        if close.starts_with('-') {
            out.push_str("{#- -#}");
        }
    }
}

#[cfg(test)]
mod tests;
