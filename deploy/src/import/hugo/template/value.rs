//! What templates work with.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::rc::Rc;

use site_gen::review::Data;

use super::super::date::{self, Date};
use super::unmarked;
use crate::limits::{MAX_TEMPLATE_BYTES, TEMPLATE_NESTING};

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
    Array(Rc<Vec<Value>>),
    Map(Rc<Map>),
    Date(Box<Date>),
    /// A document, by its number in the library.
    Page(usize),
    /// A file beside a page, by its number in the library.
    Resource(usize),
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

pub(in super::super) type Map = BTreeMap<String, Value>;

/// What templates note for each other.
pub(in super::super) type Store = Rc<RefCell<Map>>;

/// A call of a shortcode.
#[derive(Debug)]
pub(in super::super) struct Frame {
    pub(in super::super) name: String,
    pub(in super::super) named: Map,
    pub(in super::super) placed: Vec<Value>,
    /// None if it has no end.
    pub(in super::super) inner: RefCell<Option<String>>,
    pub(in super::super) parent: Option<Rc<Frame>>,
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

    /// Whether a condition holds.
    pub(super) fn is_true(&self) -> bool {
        match self {
            Self::Nil => false,
            Self::Boolean(boolean) => *boolean,
            Self::Integer(number) => *number != 0,
            Self::Float(number) => *number != 0.0,
            Self::Text(text) | Self::Html(text) => !text.is_empty(),
            Self::Array(items) => !items.is_empty(),
            Self::Map(map) => !map.is_empty(),
            _ => true,
        }
    }

    /// How many values it is made of; none if they stand too deep in each other,
    /// or one is too long.
    pub(super) fn weight(&self) -> Option<usize> {
        self.weight_at(0)
    }

    fn weight_at(&self, depth: usize) -> Option<usize> {
        if depth > TEMPLATE_NESTING {
            return None;
        }
        let mut sum = 1;
        match self {
            Self::Text(text) | Self::Html(text) => {
                (text.len() <= MAX_TEMPLATE_BYTES).then_some(())?;
            }
            Self::Array(items) => {
                for item in items.iter() {
                    sum += item.weight_at(depth + 1)?;
                }
            }
            Self::Map(map) => {
                for item in map.values() {
                    sum += item.weight_at(depth + 1)?;
                }
            }
            _ => {}
        }
        Some(sum)
    }

    /// As it is printed; none if it is nothing that is.
    pub(super) fn shown(&self) -> Option<String> {
        Some(match self {
            Self::Nil => String::new(),
            Self::Boolean(boolean) => boolean.to_string(),
            Self::Integer(number) => number.to_string(),
            Self::Float(number) => number.to_string(),
            Self::Text(text) | Self::Html(text) => text.clone(),
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

    pub(super) fn equals(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Nil, Self::Nil) | (Self::Site, Self::Site) => true,
            (Self::Boolean(a), Self::Boolean(b)) => a == b,
            (Self::Text(a) | Self::Html(a), Self::Text(b) | Self::Html(b)) => a == b,
            (Self::Page(a), Self::Page(b)) | (Self::Resource(a), Self::Resource(b)) => a == b,
            (Self::Date(a), Self::Date(b)) => a.moment == b.moment,
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

/// The entry of a key, whose case does not count if there is no other way.
pub(super) fn entry<'a>(map: &'a Map, key: &str) -> Option<&'a Value> {
    map.get(key).or_else(|| {
        let mut entries = map.iter();
        let found = entries.find(|(own, _)| own.eq_ignore_ascii_case(key));
        found.map(|(_, value)| value)
    })
}
