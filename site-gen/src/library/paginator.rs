//! Listings that are cut into several pages.

use std::sync::Arc;

use crate::url::encode;

/// One page of a listing that is cut into several.
#[derive(Clone, Debug)]
pub(crate) struct Paginator {
    /// The path of the listing, as in `/blog/`.
    pub(crate) base: Arc<str>,
    /// The part before the number, as in `page`.
    paginate_path: Arc<str>,
    pub(crate) paginate_by: usize,
    pub(crate) pages: Arc<[usize]>,
    /// Which one, counted from 1.
    pub(crate) index: usize,
}

impl Paginator {
    /// All pages of a listing; one, if nothing is to be cut or there is nothing.
    pub(crate) fn all(
        base: &str,
        paginate_path: Option<&str>,
        paginate_by: usize,
        pages: &[usize],
    ) -> Vec<Self> {
        let first = Self {
            base: base.into(),
            paginate_path: paginate_path.unwrap_or("page").into(),
            paginate_by,
            pages: pages.into(),
            index: 1,
        };
        let of = |index| Self {
            index,
            ..first.clone()
        };
        (1..=first.count()).map(of).collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.pages.len().div_ceil(self.paginate_by).max(1)
    }

    pub(crate) fn shown(&self) -> &[usize] {
        let start = (self.index - 1) * self.paginate_by;
        &self.pages[start..(start + self.paginate_by).min(self.pages.len())]
    }

    pub(crate) fn base_path(&self) -> String {
        format!("{}{}/", self.base, encode(&self.paginate_path))
    }

    /// The path of a page: the first is the listing itself.
    pub(crate) fn path(&self, index: usize) -> String {
        if index == 1 {
            self.base.as_ref().to_owned()
        } else {
            format!("{}{index}/", self.base_path())
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_listing_is_cut_and_nothing_is_lost() {
        let pages: Vec<usize> = (0..7).collect();
        let all = Paginator::all("/blog/", None, 3, &pages);
        let paths: Vec<_> = all
            .iter()
            .map(|paginator| paginator.path(paginator.index))
            .collect();
        assert_eq!(paths, ["/blog/", "/blog/page/2/", "/blog/page/3/"]);
        assert_eq!(
            all.iter()
                .flat_map(Paginator::shown)
                .copied()
                .collect::<Vec<_>>(),
            pages
        );
        assert_eq!(Paginator::all("/", None, 3, &[]).len(), 1);
    }
}
