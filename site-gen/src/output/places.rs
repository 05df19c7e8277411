//! Which paths can be beside each other. For the server they are words; but a site is
//! also written as files ([`Built::write_site`](crate::Built::write_site)), and there
//! `/a` cannot be a file while `/a/` is a directory, and `/a/` has its page in
//! `/a/index.html`.

use std::collections::HashMap;
use std::sync::Arc;

use foldhash::fast::RandomState;

/// What a path that ends with a slash is written as.
pub(super) const INDEX: &str = "index.html";

/// The directories that there will be besides those of pages, which are known by
/// the path of the page, each with a path that is in it.
#[derive(Debug, Default)]
pub(super) struct Directories(HashMap<Box<str>, Arc<str>, RandomState>);

impl Directories {
    /// Takes note of a path. Gives a directory that it needs and that a file has the
    /// place of, if nobody was told of it.
    pub(super) fn add<'a>(
        &mut self,
        path: &'a Arc<str>,
        is_file: impl Fn(&str) -> bool,
    ) -> Option<&'a str> {
        let mut at_fault = None;
        let mut rest = path.strip_suffix('/').unwrap_or(path);
        let is_page = !rest.is_empty() && rest.len() < path.len();
        if is_page && is_file(rest) && !self.0.contains_key(rest) {
            self.0.insert(rest.into(), Arc::clone(path));
            at_fault = Some(rest);
        }
        while let Some((directory, _)) = rest.rsplit_once('/') {
            // Where one is known, all above it are.
            if directory.is_empty() || self.0.contains_key(directory) {
                break;
            }
            self.0.insert(directory.into(), Arc::clone(path));
            if is_file(directory) {
                at_fault = Some(directory);
            }
            rest = directory;
        }
        at_fault
    }

    /// What is in a directory, if that is one.
    pub(super) fn within(&self, directory: &str) -> Option<&str> {
        let is_name = !directory.ends_with('/');
        let path = is_name.then(|| self.0.get(directory)).flatten();
        path.map(|path| &**path)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_place_of_a_directory_is_told_once() {
        let mut directories = Directories::default();
        let mut add = |path: &str, file: &str| {
            let path = path.into();
            let found = directories.add(&path, |directory| directory == file);
            found.map(str::to_owned)
        };
        assert_eq!(add("/a/b/c/", "/x"), None);
        assert_eq!(add("/d/e/f/", "/d"), Some("/d".to_owned()));
        assert_eq!(add("/d/e/g/", "/d"), None);
        assert_eq!(add("/h/", "/h"), Some("/h".to_owned()));
        assert_eq!(add("/", ""), None);
        let within = |directory| directories.within(directory).map(str::to_owned);
        assert_eq!(within("/a"), Some("/a/b/c/".to_owned()));
        assert_eq!(within("/a/b"), Some("/a/b/c/".to_owned()));
        assert_eq!(within("/a/b/c"), None, "it is that of a page");
        assert_eq!(within("/d/e"), Some("/d/e/f/".to_owned()));
        assert_eq!((within(""), within("/b")), (None, None));
    }
}
