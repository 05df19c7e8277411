//! What some themes want to know, and most do not: it is gathered only where a template
//! names it.

use crate::backlinks::Backlinks;
use crate::config::Config;
use crate::library::Library;
use crate::reading_order::ReadingOrder;
use crate::theme::Theme;

/// See the head of this file.
pub(crate) struct Wishes {
    pub(super) backlinks: Backlinks,
    pub(super) order: ReadingOrder,
    /// Whether pages are listed as their neighbours see them.
    pub(super) lists_pages: bool,
}

impl Wishes {
    pub(crate) fn of(library: &Library, theme: &Theme, config: &Config) -> Self {
        let mut templates = theme.templates().values();
        Self {
            backlinks: Backlinks::of(library, theme, config),
            order: ReadingOrder::of(library, theme),
            lists_pages: templates.any(|template| template.text.contains("get_pages")),
        }
    }
}
