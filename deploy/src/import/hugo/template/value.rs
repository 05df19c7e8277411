//! What templates work with.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use site_gen::review::{Data, Table};

use super::super::date::{self, Date};
use super::unmarked;
use crate::limits::{MAX_TEMPLATE_BYTES, TEMPLATE_NESTING, TEMPLATE_STEPS};

/// Values that are moved in one step.
pub(super) const STEP_WEIGHT: usize = 8;

/// More would take more steps than there are.
const MAX_WEIGHT: usize = TEMPLATE_STEPS * STEP_WEIGHT;

/// The bytes of a text that weigh as much as a value.
const WEIGHT_OF_TEXT: usize = 64;

/// A value.
#[derive(Clone, Debug)]
pub(in super::super) enum Value {
    Nil,
    Boolean(bool),
    Integer(i64),
    Float(f64),
    Text(String),
    /// Text that is printed as it is.
    Html(String),
    /// Text that is so in one place.
    Safe(Safe, String),
    Array(Rc<Vec<Value>>),
    Map(Rc<Map>),
    /// What front matter or the configuration says: its keys are in small letters,
    /// and are found whatever they are asked in.
    Params(Rc<Map>),
    Date(Box<Date>),
    /// A document, by its number in the library.
    Page(usize),
    /// The page of a taxonomy or of a term, by its number.
    Term(usize),
    /// A file beside a page, by its number in the library.
    Resource(usize),
    /// A text beside a page, by its path from there: it is a page to Hugo.
    Inner(String),
    Site,
    /// What is said about Hugo itself.
    Hugo,
    /// All that is known of a language.
    Language(usize),
    /// The file that a page is in.
    File(usize),
    Call(Rc<Frame>),
    Store(Store),
}

/// Where a template says that a text is safe, besides among HTML.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Safe {
    /// A name and a value in a tag.
    Attribute,
    Address,
    Script,
    Style,
}

pub(in super::super) type Map = BTreeMap<String, Value>;

/// What templates note for each other.
pub(in super::super) type Store = Rc<RefCell<Map>>;

/// What a call stands in.
#[derive(Clone, Debug)]
pub(in super::super) enum Parent {
    None,
    Call(Rc<Frame>),
    /// A call that stays one.
    Drawn,
}

/// A call of a shortcode.
#[derive(Debug)]
pub(in super::super) struct Frame {
    pub(in super::super) name: String,
    pub(in super::super) named: Map,
    pub(in super::super) placed: Vec<Value>,
    /// None if it has no end.
    pub(in super::super) inner: RefCell<Option<String>>,
    pub(in super::super) parent: Parent,
    pub(in super::super) store: Store,
    /// The how manyth it is where it stands, from 0.
    pub(in super::super) ordinal: usize,
    pub(in super::super) page: usize,
}

impl Value {
    pub(super) fn text(text: impl Into<String>) -> Self {
        Self::Text(text.into())
    }

    pub(super) fn array(items: Vec<Self>) -> Self {
        Self::Array(Rc::new(items))
    }

    pub(super) fn map(map: Map) -> Self {
        Self::Map(Rc::new(map))
    }

    /// What a call is given: as written without quotes, it may be no text.
    pub(in super::super) fn of_argument(text: &str, is_quoted: bool) -> Self {
        match text {
            _ if is_quoted => Self::text(unmarked(text)),
            "true" => Self::Boolean(true),
            "false" => Self::Boolean(false),
            text => match text.parse() {
                Ok(number) => Self::Integer(number),
                Err(_) => Self::text(unmarked(text)),
            },
        }
    }

    /// What front matter, configuration or data say.
    pub(super) fn of(data: &Data) -> Self {
        match data {
            Data::Null => Self::Nil,
            Data::String(text) => Self::text(unmarked(text)),
            Data::Integer(number) => Self::Integer(*number),
            Data::Float(number) => Self::Float(*number),
            Data::Boolean(boolean) => Self::Boolean(*boolean),
            Data::Date(text) => match date::read(text) {
                Some(date) => Self::Date(Box::new(date)),
                None => Self::text(unmarked(text)),
            },
            Data::Array(items) => {
                Self::array(items.iter().map(|node| Self::of(&node.value)).collect())
            }
            Data::Table(table) => {
                let entries = table.iter();
                Self::map(
                    entries
                        .map(|(key, node)| (unmarked(&key.name), Self::of(&node.value)))
                        .collect(),
                )
            }
        }
    }

    /// The same where Hugo does not care for the case of keys; it does in lists.
    pub(super) fn params(table: &Table) -> Self {
        let entries = table.iter().map(|(key, node)| {
            let value = match &node.value {
                Data::Table(inner) => Self::params(inner),
                other => Self::of(other),
            };
            (unmarked(&key.name).to_lowercase(), value)
        });
        Self::Params(Rc::new(entries.collect()))
    }

    /// The entry of a key; none if it is no map.
    pub(super) fn entry(&self, key: &str) -> Option<Self> {
        let found = match self {
            Self::Map(map) => map.get(key),
            Self::Params(map) => map.get(&key.to_lowercase()),
            _ => return None,
        };
        Some(found.cloned().unwrap_or(Self::Nil))
    }

    /// Whether a condition holds.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Boolean(boolean) => *boolean,
            Self::Integer(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) | Self::Html(text) | Self::Safe(_, text) => !text.is_empty(),
            Self::Array(items) => !items.is_empty(),
            Self::Map(map) | Self::Params(map) => !map.is_empty(),
            _ => true,
        }
    }

    /// How many values it is made of, where long texts count for more; none if
    /// they stand too deep in each other, or are too many.
    pub(super) fn weight(&self) -> Option<usize> {
        let mut left = MAX_WEIGHT;
        self.weigh(0, &mut left)?;
        Some(MAX_WEIGHT - left)
    }

    fn weigh(&self, depth: usize, left: &mut usize) -> Option<()> {
        if depth > TEMPLATE_NESTING {
            return None;
        }
        *left = left.checked_sub(self.own_weight()?)?;
        match self {
            Self::Array(items) => items
                .iter()
                .try_for_each(|item| item.weigh(depth + 1, left)),
            Self::Map(map) | Self::Params(map) => map
                .values()
                .try_for_each(|item| item.weigh(depth + 1, left)),
            _ => Some(()),
        }
    }

    /// How much is to be looked at if it is compared or written out: what is in
    /// maps is not.
    pub(super) fn width(&self) -> Option<usize> {
        let mut left = MAX_WEIGHT;
        self.widen(&mut left)?;
        Some(MAX_WEIGHT - left)
    }

    fn widen(&self, left: &mut usize) -> Option<()> {
        *left = left.checked_sub(self.own_weight()?)?;
        match self {
            Self::Array(items) => items.iter().try_for_each(|item| item.widen(left)),
            _ => Some(()),
        }
    }

    fn own_weight(&self) -> Option<usize> {
        match self {
            Self::Text(text) | Self::Html(text) | Self::Safe(_, text) => {
                let weight = 1 + text.len() / WEIGHT_OF_TEXT;
                (text.len() <= MAX_TEMPLATE_BYTES).then_some(weight)
            }
            _ => Some(1),
        }
    }

    /// Whether what templates note for each other is in it.
    pub(super) fn has_store(&self) -> bool {
        match self {
            Self::Store(_) => true,
            Self::Array(items) => items.iter().any(Self::has_store),
            Self::Map(map) | Self::Params(map) => map.values().any(Self::has_store),
            _ => false,
        }
    }

    /// As it is printed; none if it is nothing that is.
    pub(super) fn shown(&self) -> Option<String> {
        Some(match self {
            Self::Nil => String::new(),
            Self::Boolean(boolean) => boolean.to_string(),
            Self::Integer(number) => number.to_string(),
            // Go writes an exponent.
            Self::Float(number) if *number != 0.0 && !(1e-4..1e6).contains(&number.abs()) => {
                return None;
            }
            Self::Float(number) => number.to_string(),
            Self::Text(text) | Self::Html(text) | Self::Safe(_, text) => text.clone(),
            Self::Array(items) if items.iter().any(|item| matches!(item, Self::Nil)) => {
                return None;
            }
            Self::Array(items) => {
                let items: Option<Vec<String>> = items.iter().map(Self::shown).collect();
                format!("[{}]", items?.join(" "))
            }
            _ => return None,
        })
    }

    pub(super) fn number(&self) -> Option<f64> {
        match self {
            Self::Integer(number) => Some(*number as f64),
            Self::Float(number) => Some(*number),
            _ => None,
        }
    }

    /// A whole number, also from text.
    pub(super) fn integer(&self) -> Option<i64> {
        match self {
            Self::Integer(number) => Some(*number),
            Self::Float(number) => Some(*number as i64),
            Self::Text(text) => text.trim().parse().ok(),
            _ => None,
        }
    }

    /// What it says, if it is a text of some sort.
    pub(super) fn as_text(&self) -> Option<&str> {
        match self {
            Self::Text(text) | Self::Html(text) | Self::Safe(_, text) => Some(text),
            _ => None,
        }
    }

    pub(super) fn equals(&self, other: &Self) -> bool {
        if let (Some(a), Some(b)) = (self.as_text(), other.as_text()) {
            return a == b;
        }
        match (self, other) {
            (Self::Nil, Self::Nil) | (Self::Site, Self::Site) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Language(a), Self::Language(b)) | (Self::File(a), Self::File(b)) => a == b,
            (Self::Page(a), Self::Page(b)) | (Self::Resource(a), Self::Resource(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a.moment == b.moment,
            (Self::Inner(a), Self::Inner(b)) => a == b,
            (Self::Term(a), Self::Term(b)) => a == b,
            (Self::Array(a), Self::Array(b)) => {
                a.len() == b.len() && a.iter().zip(b.iter()).all(|(a, b)| a.equals(b))
            }
            _ => match (self.number(), other.number()) {
                (Some(a), Some(b)) => a == b,
                _ => false,
            },
        }
    }
}
