//! Languages of the configuration that are none: browsers, feeds and search engines are
//! told of them by these names (BCP 47). A site is built with any.

use super::page::{Fault, fault_of_language};
use crate::config::Config;
use crate::diagnostic::Diagnostic;

/// The languages that a configuration gives another name than they have.
pub(super) struct Misnamed<'a>(Vec<&'a str>);

/// Tells of them where they are named.
pub(super) fn check(config: &Config) -> (Misnamed<'_>, Vec<Diagnostic>) {
    let (mut misnamed, mut faults) = (Vec::new(), Vec::new());
    for language in &config.languages {
        let Some((why, meant)) = fault_of_language(&language.code) else {
            continue;
        };
        let code = &language.code;
        let mut message = format!("`{code}` is not the code of a language");
        if why != format!("`{code}` is no language there") {
            message.push_str(&format!(": {why}"));
        }
        let fault = config.source.at(language.span.clone(), message);
        let suggestion = meant.map(|meant| format!("did you mean `{meant}`?"));
        let expected = "a code as in BCP 47, such as `en`, `de-AT` or `zh-Hans`";
        faults.push(fault.expected(expected).suggestion(suggestion).warning());
        misnamed.push(code.as_str());
    }
    (Misnamed(misnamed), faults)
}

impl Misnamed<'_> {
    /// Whether a fault of a page only says of one of them what the configuration was told.
    pub(super) fn is_because(&self, fault: &Fault) -> bool {
        let of = |code: &&str| {
            let named = ["lang", "hreflang", "xml:lang"];
            named.iter().any(|attribute| fault.says(attribute, code))
        };
        self.0.iter().any(of)
    }
}
