//! Where links lead that a browser cannot follow: an address that is empty, one that
//! begins with a misspelt scheme, one that is a script. Of those that lead into the
//! site, a build knows; of whole ones that are not valid, whoever looks at pages.

use std::ops::Range;

use pulldown_cmark::LinkType;

use crate::diagnostic::{Diagnostic, is_within};
use crate::markdown::Passage;
use crate::markdown::script_address::{Scripted, Use, scripted};
use crate::url;

/// The schemes that others are a misspelling of, those first that are meant more often.
const MEANT: [&str; 3] = ["https", "http", "mailto"];

/// Schemes that are near to those, and meant (IANA's register of URI schemes).
const NEAR: [&str; 5] = ["http", "https", "mailto", "shttp", "httpi"];

/// What is expected in place of an address that names a server by two slashes.
pub(in crate::check) const ONE_SLASH: &str =
    "one slash before a path of the site, or `https:` before the name of a server";

/// What is wrong with such an address.
pub(in crate::check) fn of_server(address: &str, server: &str) -> String {
    format!("`{address}` leads to a server `{server}`, and not into the site")
}

/// What is wrong with the address of a link or an image.
pub(super) fn check(
    passage: &Passage<'_>,
    (kind, what): (LinkType, &str),
    address: &str,
    span: &Range<usize>,
) -> Option<Diagnostic> {
    // It is a name and a host.
    if kind == LinkType::Email {
        return None;
    }
    if address.is_empty() {
        // Of an image, a build says the same.
        let expected = "an address between the parentheses; `#` leads to the top of the page";
        let fault = passage.at(span.clone(), "this link has no address");
        return (what == "link").then(|| fault.expected(expected).warning());
    }
    if let Some(server) = url::bare_server(address) {
        let place = place(passage, address, span);
        let fault = passage.at(place, of_server(address, server));
        let suggestion = format!("did you mean `{}`?", &address[1..]);
        return Some(
            fault
                .expected(ONE_SLASH)
                .suggestion(Some(suggestion))
                .warning(),
        );
    }
    let by = if what == "link" {
        Use::Link
    } else {
        Use::Image
    };
    if let Some(scripted) = scripted(address, by) {
        let place = place(passage, address, span);
        return Some(of_script(passage, place, what, scripted));
    }
    // A path that has a colon in it is one of this site.
    let (scheme, rest) = address.split_once(':')?;
    if !url::has_scheme(address) {
        return None;
    }
    let lower = scheme.to_ascii_lowercase();
    let place = place(passage, address, span);
    let meant = misspelt(&lower)?;
    let fault = passage.at(place, format!("the scheme `{scheme}:` is not known"));
    let fault = fault.expected("one such as `https:`, `http:` or `mailto:`");
    let suggestion = format!("did you mean `{meant}:{rest}`?");
    Some(fault.suggestion(Some(suggestion)).warning())
}

/// What is said of an address with scripts in it.
fn of_script(
    passage: &Passage<'_>,
    place: Range<usize>,
    what: &str,
    scripted: Scripted,
) -> Diagnostic {
    let (is, expected) = match scripted {
        Scripted::Script => (
            "a script",
            "an address; a `<button>` is for scripts, and the theme for the script",
        ),
        Scripted::Document => (
            "a whole document, which may have scripts in it",
            "the address of a page or file",
        ),
    };
    let fault = passage.at(place, format!("the address of this {what} is {is}"));
    fault.expected(expected).warning()
}

/// The scheme that somebody meant who wrote one that is nearly it.
fn misspelt(scheme: &str) -> Option<&'static str> {
    let mut near = MEANT
        .into_iter()
        .filter(|meant| is_within(1, scheme, meant));
    near.next().filter(|_| !NEAR.contains(&scheme))
}

/// The address alone, if it stands in the link as it was parsed.
fn place(passage: &Passage<'_>, address: &str, span: &Range<usize>) -> Range<usize> {
    match passage.text()[span.clone()].rfind(address) {
        Some(at) => span.start + at..span.start + at + address.len(),
        None => span.clone(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_misspelt_schemes_are_told() {
        for (written, meant) in [
            ("htps", "https"),
            ("htp", "http"),
            ("htttp", "http"),
            ("hhtps", "https"),
            ("httsp", "https"),
            ("ttps", "https"),
            ("mailo", "mailto"),
            ("maito", "mailto"),
            ("malito", "mailto"),
            ("hxxp", ""),
            ("tel", ""),
            ("sftp", ""),
            ("ftp", ""),
            ("xmpp", ""),
            ("https", ""),
            ("shttp", ""),
            ("matrix", ""),
            ("git+https", ""),
        ] {
            assert_eq!(misspelt(written).unwrap_or_default(), meant, "{written}");
        }
    }
}
