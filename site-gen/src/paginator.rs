//! Listings that are cut into several pages.

use crate::url::encode;

/// One page of a listing that is cut into several.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Paginator<'a> {
    /// The path of the listing, as in `/blog/`.
    pub(crate) base: &'a str,
    /// The part before the number, as in `page`.
    pub(crate) paginate_path: &'a str,
    pub(crate) paginate_by: usize,
    pub(crate) pages: &'a [usize],
    /// Which one, counted from 1.
    pub(crate) index: usize,
}

impl<'a> Paginator<'a> {
    /// All pages of a listing; one, if nothing is to be cut or there is nothing.
    pub(crate) fn all(
        base: &'a str,
        paginate_path: Option<&'a str>,
        paginate_by: usize,
        pages: &'a [usize],
    ) -> Vec<Self> {
        let first = Self {
            base,
            paginate_path: paginate_path.unwrap_or("page"),
            paginate_by,
            pages,
            index: 1,
        };
        (1..=first.count())
            .map(|index| Self { index, ..first })
            .collect()
    }

    pub(crate) fn count(&self) -> usize {
        self.pages.len().div_ceil(self.paginate_by).max(1)
    }

    pub(crate) fn shown(&self) -> &'a [usize] {
        let start = (self.index - 1) * self.paginate_by;
        &self.pages[start..(start + self.paginate_by).min(self.pages.len())]
    }

    pub(crate) fn base_path(&self) -> String {
        format!("{}{}/", self.base, encode(self.paginate_path))
    }

    /// The path of a page: the first is the listing itself.
    pub(crate) fn path(&self, index: usize) -> String {
        if index == 1 {
            self.base.to_owned()
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
