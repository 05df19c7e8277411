//! `README.md`: what the page of a directory is called where it is read in its repository.
//!
//! In a directory with neither an `_index.md` nor an `index.md` it is the section that the
//! former would be, and goes by that id everywhere but in front of its author: links may
//! name it as it is called.

use std::path::Path;

use super::split_id;
use crate::config::Config;

const NAME: &str = "readme";

/// Whether a file is called so, whatever the languages of the site are.
pub(crate) fn is_one(file: &Path) -> bool {
    file.to_str().and_then(index_of).is_some()
}

/// The id that a `README.md` goes by where it stands for its directory.
pub(crate) fn index_of(id: &str) -> Option<String> {
    renamed(id, "_index")
}

/// The same, of one that does: where no other file is that section, or is a page there.
pub(crate) fn index_for(
    id: &str,
    config: &Config,
    is_there: impl Fn(&str) -> bool,
) -> Option<String> {
    let (index, bundle) = (index_of(id)?, renamed(id, "index")?);
    let (_, stem, _) = split_id(id, config);
    let is_readme = stem.eq_ignore_ascii_case(NAME);
    (is_readme && !is_there(&index) && !is_there(&bundle)).then_some(index)
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
