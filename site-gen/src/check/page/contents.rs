//! Texts of elements that have to be written in a way of their own: times, scripts of
//! data (HTML, 4.5.14, 4.12.1).

use std::cell::RefCell;

use serde_json::Value;

use super::content::Placed;
use super::references::of_style;
use super::traits::{HAS_SRC, HAS_TIME};
use super::values::is_time;
use super::{Fault, styles};
use crate::limits::MAX_ELEMENT_TEXT;

/// The text of the element that is read; they are not in each other.
#[derive(Default)]
pub(super) struct Text(RefCell<String>);

impl Text {
    /// Takes a piece of the text of an element.
    pub(super) fn take(&self, own: &Placed, piece: &str) {
        let is_wanted = match own.name() {
            "script" => own.is(HAS_SRC) || !own.script.is_empty(),
            "style" => own.known().is_some(),
            "time" => !own.is(HAS_TIME),
            _ => false,
        };
        let mut text = self.0.borrow_mut();
        if is_wanted && text.len() + piece.len() <= MAX_ELEMENT_TEXT {
            text.push_str(piece);
        }
    }

    /// What is wrong with the text of an element that ends; and what it refers to.
    pub(super) fn end(&self, own: &Placed, references: &mut Vec<String>) -> Option<Fault> {
        if !matches!(own.name(), "script" | "style" | "time") {
            return None;
        }
        let text = self.0.take();
        let tell = |message: String, expected: &'static str| {
            Some(Fault::new(message, expected, format!("<{}", own.name())))
        };
        match (own.name(), own.script) {
            ("style", _) => {
                of_style(&text, references);
                styles::sheet(&text)
            }
            ("time", _) if !own.is(HAS_TIME) && !is_time(text.trim_ascii()) => {
                let text = text.trim_ascii();
                let message = format!("`{text}` in <time> is no time, and it has no `datetime`");
                tell(message, "`datetime`, such as `2026-01-31` or `14:30`")
            }
            ("script", _) if own.is(HAS_SRC) && !is_remark(&text) => tell(
                "<script> has `src`, and a text besides".to_owned(),
                "one of them; a remark may stand there",
            ),
            ("script", kind @ ("importmap" | "speculationrules")) if !own.is(HAS_SRC) => {
                let known: &[&str] = match kind {
                    "importmap" => &["imports", "integrity", "scopes"],
                    _ => &["prefetch", "prerender"],
                };
                let is_good = serde_json::from_str(&text).is_ok_and(|data: Value| {
                    let object = data.as_object();
                    object.is_some_and(|object| {
                        object.keys().all(|key| known.contains(&key.as_str()))
                            && (kind == "importmap" || !object.is_empty())
                    })
                });
                let message = format!("the text of <script type={kind}> is none of its kind");
                let expected = match kind {
                    "importmap" => "an object of JSON with `imports`, `scopes` or `integrity`",
                    _ => "an object of JSON with `prefetch` or `prerender`",
                };
                if is_good {
                    None
                } else {
                    tell(message, expected)
                }
            }
            _ => None,
        }
    }
}

/// Whether a script has remarks in it, and nothing else.
fn is_remark(text: &str) -> bool {
    let mut rest = text.trim_ascii();
    while !rest.is_empty() {
        let after = match (rest.strip_prefix("/*"), rest.strip_prefix("//")) {
            (Some(inside), _) => inside.split_once("*/"),
            (_, Some(inside)) => Some(inside.split_once('\n').unwrap_or((inside, ""))),
            _ => None,
        };
        let Some((_, after)) = after else {
            return false;
        };
        rest = after.trim_ascii_start();
    }
    true
}
