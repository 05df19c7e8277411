//! `README.md`: what the page of a directory is called where it is read in its repository.
//!
//! In a directory with neither an `_index.md` nor an `index.md` it is the section that the
//! former would be, and goes by that id everywhere but in front of its author: links may
//! name it as it is called.

use std::collections::HashSet;

use super::split_id;
use crate::config::Config;
use crate::source::Found;

const NAME: &str = "readme";

/// Gives those that stand for their directory the ids that they go by.
pub(crate) fn name_indexes(markdown: &mut [(String, Found)], config: &Config) {
    let indexes = |id: &str| Some((index_of(id)?, bundle_of(id)?));
    if !markdown.iter().any(|(id, _)| indexes(id).is_some()) {
        return;
    }
    let known = markdown.iter().map(|(id, _)| id.clone());
    let mut known: HashSet<String> = known.collect();
    for (id, _) in &mut *markdown {
        let is_alone =
            |(index, bundle): &(String, String)| !known.contains(index) && !known.contains(bundle);
        let (_, stem, _) = split_id(id, config);
        let is_readme = stem.eq_ignore_ascii_case(NAME);
        if let Some((index, _)) = indexes(id).filter(|ids| is_readme && is_alone(ids)) {
            known.insert(index.clone());
            *id = index;
        }
    }
    markdown.sort_by(|(a, _), (b, _)| a.cmp(b));
}

/// The id that a `README.md` goes by where it stands for its directory.
pub(crate) fn index_of(id: &str) -> Option<String> {
    renamed(id, "_index")
}

fn bundle_of(id: &str) -> Option<String> {
    renamed(id, "index")
}

/// `docs/README.md` and `docs/readme.fr.md` under another name.
fn renamed(id: &str, name: &str) -> Option<String> {
    let at = id.rfind('/').map_or(0, |slash| slash + 1);
    let (own, end) = id[at..].split_at_checked(NAME.len())?;
    let is_readme = own.eq_ignore_ascii_case(NAME) && end.starts_with('.') && end.ends_with(".md");
    is_readme.then(|| format!("{}{name}{end}", &id[..at]))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_readme_goes_by_the_name_of_the_index() {
        for (id, index) in [
            ("README.md", Some("_index.md")),
            ("docs/README.md", Some("docs/_index.md")),
            ("docs/Readme.fr.md", Some("docs/_index.fr.md")),
            ("docs/readme", None),
            ("docs/readme.txt", None),
            ("docs/readme-first.md", None),
            ("docs/readm€.md", None),
            ("docs/my-readme.md", None),
            ("readme/a.md", None),
            ("", None),
        ] {
            assert_eq!(index_of(id).as_deref(), index, "{id}");
        }
    }
}
