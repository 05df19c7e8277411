//! The arguments of functions: one that is misspelt would otherwise do nothing, and
//! nobody would know. Those of Zola that have no meaning here go on to have none.

use tera::{Error, Kwargs, TeraResult};

use super::Function;
use crate::diagnostic::{closest, is_misspelt};
use crate::theme::template_fault::has_no_argument;

/// Looks for arguments that are misspelt.
pub(super) fn check(function: &Function, given: &Kwargs) -> TeraResult<()> {
    let known = function.takes;
    let given = given.iter().filter_map(|(key, _)| key.as_str());
    let mut strange = given.filter(|name| !known.contains(name));
    match strange.find(|name| is_misspelt(name, known.iter().copied())) {
        None => Ok(()),
        Some(name) => {
            let meant = closest(name, known.iter().copied());
            let meant = meant.map_or(String::new(), |meant| format!("; did you mean `{meant}`?"));
            let takes = known.join("`, `");
            let message = has_no_argument(function.name, name);
            Err(Error::message(format!(
                "{message}; expected one of `{takes}`{meant}"
            )))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::functions::table::{GET_URL, TRANS};

    fn check(function: &Function, name: &'static str) -> Result<(), String> {
        let given = Kwargs::from([("path", "x".into()), (name, true.into())]);
        super::check(function, &given).map_err(|error| error.to_string())
    }

    #[test]
    fn misspelt_arguments_are_told_and_foreign_ones_are_not() {
        let told = check(&GET_URL, "cachbust").unwrap_err();
        assert!(told.contains("`cachbust`") && told.ends_with("did you mean `cachebust`?"));
        let told = check(&TRANS, "defalt").unwrap_err();
        assert!(told.contains("`defalt`") && told.ends_with("did you mean `default`?"));
        for good in ["absolute", "colour"] {
            assert_eq!(check(&GET_URL, good), Ok(()));
        }
        assert_eq!(check(&TRANS, "default"), Ok(()));
    }
}
