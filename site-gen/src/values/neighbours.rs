//! Pages and sections as their neighbours see them, each made once.

use tera::Value;

use super::document::section_sibling;
use crate::config::Config;
use crate::library::Library;
use crate::library::reading_order::Stop;

/// All of them, in the order of the library.
pub(super) struct Neighbours {
    pub(super) pages: Vec<Value>,
    sections: Vec<Value>,
    nobody: Value,
}

impl Neighbours {
    pub(super) fn new(pages: Vec<Value>, library: &Library, config: &Config) -> Self {
        let documents = library.sections.iter().map(|section| &section.document);
        let sections = documents.map(|document| section_sibling(document, config));
        Self {
            pages,
            sections: sections.collect(),
            nobody: Value::none(),
        }
    }

    pub(super) fn page(&self, index: Option<usize>) -> &Value {
        index.map_or(&self.nobody, |index| &self.pages[index])
    }

    pub(super) fn stop(&self, stop: Option<Stop>) -> &Value {
        match stop {
            Some(Stop::Page(page)) => &self.pages[page],
            Some(Stop::Section(section)) => &self.sections[section],
            None => &self.nobody,
        }
    }
}
