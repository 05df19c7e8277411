//! CSS in pages: of `style`, and of <style>. What the parser of style sheets does not
//! take, is told; and a property that is misspelt or says what it cannot, as far as
//! that is sure: new ones come every year.

mod names;

use std::cell::RefCell;
use std::collections::HashSet;

use lightningcss::declaration::DeclarationBlock;
use lightningcss::properties::Property;
use lightningcss::properties::custom::{CustomPropertyName, Token, TokenList, TokenOrValue};
use lightningcss::rules::CssRule;
use lightningcss::stylesheet::{ParserOptions, StyleAttribute, StyleSheet};

use super::Fault;
use crate::diagnostic::closest;
use crate::limits::{MAX_ELEMENT_TEXT, MAX_STYLE_NESTING, MAX_STYLES};
use names::{AT_RULES, EVERYWHERE, LENGTHS, is_sure, properties};

/// What is wrong with a piece of CSS.
struct Wrong {
    message: String,
    expected: &'static str,
    meant: Option<&'static str>,
    /// The property, as it is written.
    part: String,
}

/// Values of `style` that are good: a page has the same few again and again.
#[derive(Default)]
pub(super) struct Styles(RefCell<HashSet<String>>);

impl Styles {
    /// What is wrong with a `style` of an element.
    pub(super) fn attribute(&self, element: &str, value: &str) -> Option<Fault> {
        if self.0.borrow().contains(value) || !can_be_read(value) {
            return None;
        }
        let found = match StyleAttribute::parse(value, ParserOptions::default()) {
            Ok(style) => wrong(&style.declarations).or_else(|| unitless(value)),
            Err(_) => Some(unread(None)),
        };
        let Some(wrong) = found else {
            let mut good = self.0.borrow_mut();
            if good.len() < MAX_STYLES {
                good.insert(value.to_owned());
            }
            return None;
        };
        let part = if wrong.part.is_empty() {
            "style"
        } else {
            &wrong.part
        };
        let fault = Fault::new(
            format!("`style` is not quite CSS: {}", wrong.message),
            wrong.expected,
            format!("<{element}"),
        );
        Some(fault.at_part(part).meant(wrong.meant.map(str::to_owned)))
    }
}

/// What is wrong with the text of a <style>.
pub(super) fn sheet(text: &str) -> Option<Fault> {
    if !can_be_read(text) {
        return None;
    }
    let found = match StyleSheet::parse(text, ParserOptions::default()) {
        Ok(sheet) => wrong_rules(&sheet.rules.0),
        Err(error) => Some(unread(error.loc.map(|place| place.line + 1))),
    };
    let wrong = found?;
    let message = format!("<style> is not quite CSS: {}", wrong.message);
    let fault = Fault::new(message, wrong.expected, "<style".to_owned());
    Some(fault.meant(wrong.meant.map(str::to_owned)))
}

/// Whether its parser, which calls itself for each bracket, can take it.
fn can_be_read(text: &str) -> bool {
    let (mut depth, mut deepest) = (0_usize, 0);
    for byte in text.bytes() {
        match byte {
            b'(' | b'[' | b'{' => depth += 1,
            b')' | b']' | b'}' => depth = depth.saturating_sub(1),
            _ => {}
        }
        deepest = deepest.max(depth);
    }
    text.len() <= MAX_ELEMENT_TEXT && deepest <= MAX_STYLE_NESTING
}

/// What a parser cannot take.
fn unread(line: Option<u32>) -> Wrong {
    Wrong {
        message: match line {
            Some(line) => format!("it cannot be read in its line {line}"),
            None => "it cannot be read".to_owned(),
        },
        expected: "properties, each with a colon and a value, and semicolons between them",
        meant: None,
        part: String::new(),
    }
}

/// A length without a unit, which the parser takes, as older pages have it.
fn unitless(value: &str) -> Option<Wrong> {
    value.split(';').find_map(|declaration| {
        let (name, value) = declaration.split_once(':')?;
        let name = name.trim_ascii().to_ascii_lowercase();
        let number = |word: &str| word.parse::<f64>().is_ok_and(|number| number != 0.0);
        let mut words = value.split_ascii_whitespace();
        let number = words
            .find(|word| number(word))
            .filter(|_| !value.contains('('))?;
        LENGTHS.contains(&name.as_str()).then(|| Wrong {
            message: format!("`{number}` of `{name}` has no unit"),
            expected: "a unit behind each length, such as `px` or `rem`",
            meant: None,
            part: name.clone(),
        })
    })
}

fn wrong_rules(rules: &[CssRule<'_>]) -> Option<Wrong> {
    rules.iter().find_map(|rule| match rule {
        CssRule::Style(style) => wrong(&style.declarations).or_else(|| wrong_rules(&style.rules.0)),
        CssRule::Media(media) => wrong_rules(&media.rules.0),
        CssRule::Supports(supports) => wrong_rules(&supports.rules.0),
        CssRule::LayerBlock(layer) => wrong_rules(&layer.rules.0),
        CssRule::Container(container) => wrong_rules(&container.rules.0),
        CssRule::Unknown(unknown) => {
            let meant = closest(&unknown.name, AT_RULES)?;
            Some(Wrong {
                message: format!("there is no rule `@{}`", unknown.name),
                expected: "a rule of CSS",
                meant: Some(meant),
                part: String::new(),
            })
        }
        _ => None,
    })
}

fn wrong(block: &DeclarationBlock<'_>) -> Option<Wrong> {
    let all = block
        .declarations
        .iter()
        .chain(&block.important_declarations);
    all.into_iter().find_map(|property| match property {
        Property::Custom(custom) => match &custom.name {
            CustomPropertyName::Unknown(name) => unknown(name.as_ref()),
            CustomPropertyName::Custom(_) => None,
        },
        Property::Unparsed(unparsed) => {
            let name = unparsed.property_id.name();
            let is_wrong = is_sure(name) && !is_open(&unparsed.value);
            is_wrong.then(|| Wrong {
                message: format!("`{name}` cannot have this value"),
                expected: "a value that it has, with a unit behind lengths",
                meant: None,
                part: name.to_owned(),
            })
        }
        _ => None,
    })
}

/// Shorter names are close to everything.
const SHORTEST: usize = 3;

/// A property that is none, if it surely is one that is misspelt.
fn unknown(name: &str) -> Option<Wrong> {
    let lower = name.to_ascii_lowercase();
    if lower.starts_with('-') || lower.len() < SHORTEST || properties().any(|own| own == lower) {
        return None;
    }
    let meant = closest(&lower, properties().filter(|own| own.len() >= SHORTEST))?;
    Some(Wrong {
        message: format!("there is no property `{name}`"),
        expected: "a property of CSS",
        meant: Some(meant),
        part: name.to_owned(),
    })
}

/// Whether only a browser knows what a value is.
fn is_open(value: &TokenList<'_>) -> bool {
    value.0.iter().any(|part| match part {
        TokenOrValue::Var(_) | TokenOrValue::Env(_) => true,
        TokenOrValue::Token(Token::Ident(word)) => EVERYWHERE.contains(&word.as_ref()),
        TokenOrValue::Function(function) => {
            // `rgb(1)` is no colour; of other functions there are always new ones.
            !matches!(function.name.as_ref(), "rgb" | "rgba" | "hsl" | "hsla")
                || is_open(&function.arguments)
        }
        TokenOrValue::UnresolvedColor(_) => true,
        _ => false,
    })
}
