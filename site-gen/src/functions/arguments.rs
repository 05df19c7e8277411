//! The arguments of functions: one that is misspelt would otherwise do nothing, and
//! nobody would know. Those of Zola that have no meaning here go on to have none.

use tera::{Error, Kwargs, TeraResult};

use crate::diagnostic::{closest, is_misspelt};

/// What each function takes.
pub(super) const ARGUMENTS: [(&str, &[&str]); 11] = [
    ("get_hash", &["path", "literal", "sha_type", "base64"]),
    ("get_image_metadata", &["path", "allow_missing"]),
    ("get_page", &["path", "lang"]),
    ("get_section", &["path", "lang", "metadata_only"]),
    ("get_taxonomy", &["kind", "lang", "required"]),
    ("get_taxonomy_term", &["kind", "term", "lang", "required"]),
    (
        "get_taxonomy_url",
        &[
            "kind",
            "name",
            "lang",
            "required",
            "absolute",
            "trailing_slash",
        ],
    ),
    (
        "get_url",
        &["path", "lang", "absolute", "cachebust", "trailing_slash"],
    ),
    (
        "load_data",
        &["path", "url", "literal", "format", "required", "headers"],
    ),
    (
        "resize_image",
        &[
            "path", "width", "height", "op", "format", "quality", "absolute",
        ],
    ),
    ("trans", &["key", "lang"]),
];

/// Looks for arguments that are misspelt.
pub(super) fn check(function: &str, given: &Kwargs) -> TeraResult<()> {
    let mut all = ARGUMENTS.iter();
    let Some((_, known)) = all.find(|(name, _)| *name == function) else {
        return Ok(());
    };
    let given = given.iter().filter_map(|(key, _)| key.as_str());
    let mut strange = given.filter(|name| !known.contains(name));
    match strange.find(|name| is_misspelt(name, known.iter().copied())) {
        None => Ok(()),
        Some(name) => {
            let meant = closest(name, known.iter().copied());
            let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
            let takes = known.join("`, `");
            Err(Error::message(format!(
                "`{function}` has no argument `{name}`; expected one of `{takes}`{meant}"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::names;

    #[test]
    fn misspelt_arguments_are_told_and_foreign_ones_are_not() {
        let check = |name: &'static str| {
            let given = Kwargs::from([("path", "x".into()), (name, true.into())]);
            check("get_url", &given).map_err(|error| error.to_string())
        };
        let told = check("cachbust").unwrap_err();
        assert!(told.contains("`cachbust`") && told.ends_with("did you mean `cachebust`?"));
        assert!(check("absolute").is_ok() && check("colour").is_ok());
    }

    #[test]
    fn all_functions_are_in_the_list() {
        let mut names: Vec<&str> = names().collect();
        names.sort_unstable();
        assert_eq!(ARGUMENTS.map(|(name, _)| name).to_vec(), names);
    }
}
