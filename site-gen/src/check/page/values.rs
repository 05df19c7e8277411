//! What attributes say: numbers, addresses, words that are one of a few (HTML, 2.3 and
//! the tables in "Index"). [`of`] knows which attribute says what, [`Value::fault`]
//! what is wrong with what one says.
//!
//! * [`numbers`], [`times`], [`links`], [`languages`], [`pictures`], [`words`],
//!   [`autofill`]: how each of them is written.
//! * [`inputs`]: what `value`, `min` and `max` of a field are follows from its type.

mod autofill;
mod inputs;
mod languages;
mod links;
mod numbers;
mod of;
mod pictures;
mod times;
mod words;

use std::borrow::Cow;

pub(super) use autofill::is_filled;
pub(super) use inputs::{allows, value as input_value};
pub(in crate::check) use languages::fault as fault_of_language;
pub(super) use numbers::{COUNT, NUMBER, POSITIVE, float};
pub(super) use of::of;
pub(super) use pictures::has_widths;
pub(super) use times::is_time;
pub(super) use words::{DESTINATIONS, ID, IDS, is_script};

use super::Fault;
use crate::diagnostic::closest;
use crate::limits::MAX_EXCERPT;

/// What an attribute may say.
#[derive(Clone, Copy, Debug)]
pub(super) enum Value {
    /// Anything.
    Text,
    /// Nothing: it is there, or not.
    Flag,
    /// One of these, in any case.
    OneOf(&'static [&'static str]),
    /// One of these, as they are written.
    Exactly(&'static [&'static str]),
    /// Some of these, each once.
    Each(&'static [&'static str]),
    /// What is written in a way of its own.
    Kind(&'static Kind),
    /// The same, or nothing.
    OrEmpty(&'static Kind),
}

/// A way to write something.
#[derive(Debug)]
pub(super) struct Kind {
    pub(super) expected: &'static str,
    pub(super) judge: fn(&str) -> Result<(), Bad>,
}

/// Why something cannot be so, and what may have been meant.
#[derive(Debug, Default)]
pub(super) struct Bad {
    why: Cow<'static, str>,
    meant: Option<String>,
}

impl Bad {
    fn because(why: impl Into<Cow<'static, str>>) -> Self {
        let why = why.into();
        Self { why, meant: None }
    }

    fn meant(meant: String) -> Self {
        let meant = Some(meant);
        Self {
            meant,
            ..Self::default()
        }
    }
}

/// Good, or bad without more to say.
pub(super) fn require(is_good: bool) -> Result<(), Bad> {
    if is_good { Ok(()) } else { Err(Bad::default()) }
}

impl Value {
    /// What is wrong with what an attribute of an element says.
    pub(super) fn fault(self, element: &str, name: &str, value: &str) -> Option<Fault> {
        let (bad, expected): (Bad, Cow<'static, str>) = match self {
            Self::Text => return None,
            Self::Flag => {
                if value.is_empty() || value.eq_ignore_ascii_case(name) {
                    return None;
                }
                let expected = format!("`{name}` alone, or nothing");
                (Bad::default(), expected.into())
            }
            Self::OneOf(words) => {
                let is_word = |word: &&str| word.eq_ignore_ascii_case(value);
                if words.iter().any(is_word) {
                    return None;
                }
                (closest_word(value, words), listed(words).into())
            }
            Self::Exactly(words) => {
                if words.contains(&value) {
                    return None;
                }
                (closest_word(value, words), listed(words).into())
            }
            Self::Each(words) => (each(value, words)?, listed(words).into()),
            Self::OrEmpty(_) if value.is_empty() => return None,
            Self::Kind(kind) | Self::OrEmpty(kind) => {
                ((kind.judge)(value).err()?, kind.expected.into())
            }
        };
        Some(fault(element, name, value, bad, expected))
    }
}

fn fault(
    element: &str,
    name: &str,
    value: &str,
    bad: Bad,
    expected: impl Into<Cow<'static, str>>,
) -> Fault {
    let mut shown: String = value.chars().take(MAX_EXCERPT).collect();
    let is_cut = shown.len() < value.len();
    shown = shown.replace(|c: char| c.is_control(), " ");
    let shown = match (value.is_empty(), is_cut) {
        (true, _) => "empty".to_owned(),
        (_, true) => format!("`{shown}…`"),
        _ => format!("`{shown}`"),
    };
    let why = match bad.why.is_empty() {
        true => String::new(),
        false => format!(": {}", bad.why),
    };
    let message = format!("`{name}` cannot be {shown}{why}");
    let fault = Fault::new(message, expected, format!("<{element}"));
    fault.at_part(name).with_value(value).meant(bad.meant)
}

/// What is wrong with a list of words.
fn each(value: &str, words: &[&'static str]) -> Option<Bad> {
    let mut seen: Vec<&str> = Vec::new();
    for word in value.split_ascii_whitespace() {
        let known = words.iter().find(|known| known.eq_ignore_ascii_case(word));
        let Some(known) = known else {
            let mut bad = closest_word(word, words);
            bad.why = format!("`{word}` is none of them").into();
            return Some(bad);
        };
        if seen.contains(known) {
            return Some(Bad::because(format!("`{word}` stands there twice")));
        }
        seen.push(known);
    }
    None
}

fn closest_word(value: &str, words: &[&'static str]) -> Bad {
    let words = words.iter().copied().filter(|word| !word.is_empty());
    let meant = closest(value, words).map(str::to_owned);
    Bad {
        meant,
        ..Bad::default()
    }
}

/// These words, as a sentence has them.
fn listed(words: &[&str]) -> String {
    let shown = |word: &&str| match word.is_empty() {
        true => "nothing".to_owned(),
        false => format!("`{word}`"),
    };
    let mut all: Vec<String> = words.iter().map(shown).collect();
    match all.pop() {
        None => String::new(),
        Some(last) if all.is_empty() => last,
        Some(last) => format!("{} or {last}", all.join(", ")),
    }
}
