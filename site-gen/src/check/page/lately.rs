//! What was looked up lately: a page says the same few names again and again.

use html5ever::{LocalName, QualName, ns};

use super::elements::{Element, find};

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

/// Attributes of elements of which there is nothing to say, whatever their values.
#[derive(Default)]
pub(super) struct Plain(Vec<Option<(LocalName, &'static str)>>);

impl Plain {
    pub(super) fn has(&self, element: Option<&'static Element>, attribute: &LocalName) -> bool {
        let own = self.0.get(place(attribute)).and_then(Option::as_ref);
        own.is_some_and(|(own, of)| {
            own == attribute && element.is_some_and(|element| std::ptr::eq(*of, element.name))
        })
    }

    pub(super) fn add(&mut self, element: &'static Element, attribute: &LocalName) {
        self.0.resize(PLACES, None);
        self.0[place(attribute)] = Some((attribute.clone(), element.name));
    }
}

fn place(name: &LocalName) -> usize {
    name.get_hash() as usize % PLACES
}
