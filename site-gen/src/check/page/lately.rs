//! What was looked up lately: a page says the same few names again and again.

use html5ever::{LocalName, QualName, ns};

use super::elements::{Element, find};
use super::values::Value;

/// How many are remembered: another one of the same place takes it.
const PLACES: usize = 64;

/// What is known of elements.
#[derive(Default)]
pub(super) struct Elements(Vec<Option<(LocalName, &'static Element)>>);

impl Elements {
    /// What is known of an element, if it is of HTML.
    pub(super) fn element(&mut self, name: &QualName) -> Option<&'static Element> {
        if name.ns != ns!(html) {
            return None;
        }
        self.0.resize(PLACES, None);
        let place = &mut self.0[place(&name.local)];
        match place {
            Some((own, element)) if *own == name.local => Some(*element),
            _ => {
                let element = find(&name.local);
                *place = Some((name.local.clone(), element));
                Some(element)
            }
        }
    }
}

/// What attributes that elements have may say.
#[derive(Default)]
pub(super) struct Values(Vec<Option<(LocalName, &'static str, Value)>>);

impl Values {
    pub(super) fn find(&self, element: &Element, attribute: &LocalName) -> Option<Value> {
        let own = self.0.get(place(attribute)).and_then(Option::as_ref);
        let (name, of, value) = own?;
        (name == attribute && std::ptr::eq(*of, element.name)).then_some(*value)
    }

    pub(super) fn add(&mut self, element: &Element, attribute: &LocalName, value: Value) {
        self.0.resize(PLACES, None);
        self.0[place(attribute)] = Some((attribute.clone(), element.name, value));
    }
}

fn place(name: &LocalName) -> usize {
    name.get_hash() as usize % PLACES
}
