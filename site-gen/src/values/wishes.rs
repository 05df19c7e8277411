//! What some themes want to know, and most do not: it is gathered only where a template
//! names it.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::config::Config;
use crate::library::Library;
use crate::library::backlinks::Backlinks;
use crate::library::reading_order::ReadingOrder;
use crate::theme::Theme;

/// See the head of this file.
pub(crate) struct Wishes {
    pub(super) backlinks: Backlinks,
    pub(super) order: ReadingOrder,
    /// The pages of each language, newest first; nothing if nobody lists them.
    pub(super) by_age: Arc<BTreeMap<String, Vec<usize>>>,
    /// Those of each section, in its order; the same.
    pub(super) section_pages: Arc<Vec<Vec<usize>>>,
}

impl Wishes {
    pub(crate) fn of(library: &Library, theme: &Theme, config: &Config) -> Self {
        let mut templates = theme.templates().values();
        let lists_pages = templates.any(|template| template.text.contains("get_pages"));
        Self {
            backlinks: Backlinks::of(library, theme, config),
            order: ReadingOrder::of(library, theme),
            by_age: match lists_pages {
                true => Arc::new(library.by_age_in_languages()),
                false => Arc::default(),
            },
            section_pages: match lists_pages {
                true => Arc::new(library.section_pages()),
                false => Arc::default(),
            },
        }
    }
}
