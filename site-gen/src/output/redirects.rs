//! Old addresses that are no page's: the table `[redirects]` of the
//! configuration, from places in the site to places or URLs; and the first page of a listing
//! under its number, as in Zola.
//!
//! All redirects are known before it is checked where they lead ([`check`]):
//! chains end somewhere.
//!
//! An address that one page has outlived is that page's `aliases`.

use std::collections::{HashMap, HashSet};
use std::ops::Range;
use std::path::Path;

use crate::config::Config;
use crate::data::{Data, Fields};
use crate::diagnostic::Diagnostic;
use crate::library::paginator::Paginator;
use crate::library::{Library, Section};
use crate::output::Output;
use crate::source::Source;
use crate::texts::Text;
use crate::url::{decode, encode, has_scheme, is_inside};

/// From where to where, and where it says so.
#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    /// A place in the site.
    from: String,
    /// As it is written.
    to: String,
    span: Range<usize>,
    to_span: Range<usize>,
}

/// Reads the table.
pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> Vec<Redirect> {
    let mut redirects = Vec::new();
    for (key, node) in fields.table("redirects") {
        if fields.is_full() {
            break;
        }
        let from = path(&key.name);
        if key.name.starts_with('/') && !is_address(&key.name) {
            let fault = source.at(key.span, "nobody can ask for this address");
            fields.fault(fault.expected("names between slashes, without `?`, `#`, `.` and `..`"));
            continue;
        }
        match node.value {
            Data::String(to) if from.starts_with('/') && is_target(&to) => {
                redirects.push(Redirect {
                    from,
                    to,
                    span: key.span,
                    to_span: node.span,
                });
            }
            _ => {
                let fault = source.at(key.span, "this is no redirect");
                let expected = "`\"/old/\" = \"/new/\"`, or an address with `https:`, `http:` or \
                                `mailto:` behind the `=`";
                fields.fault(fault.expected(expected));
            }
        }
    }
    redirects
}

/// Whether a browser can ask for a path, and the server can find it.
fn is_address(path: &str) -> bool {
    let decoded = decode(path);
    !path.contains(['?', '#']) && !decoded.starts_with("//") && is_inside(&decoded)
}

/// Whether a visitor may be sent there: to a path of the site, or to where a
/// browser goes without running anything.
fn is_target(to: &str) -> bool {
    let scheme = to
        .split_once(':')
        .map(|(scheme, _)| scheme.to_ascii_lowercase());
    let is_known = matches!(scheme.as_deref(), Some("https" | "http" | "mailto"));
    let is_path = to.starts_with('/') && !to.starts_with("//");
    (is_known || is_path) && !to.contains(char::is_control)
}

/// What is wrong with the target of a section, which may also be a path without
/// its first slash.
pub(crate) fn is_section_target(to: &str) -> bool {
    is_target(to) || !has_scheme(to) && is_target(&format!("/{to}"))
}

/// As it is served: where nothing says that it is a file, with a slash.
pub(crate) fn path(written: &str) -> String {
    let trimmed = written.trim_end_matches('/');
    let name = trimmed.rsplit('/').next().unwrap_or_default();
    let is_file = name.contains('.') && !written.ends_with('/');
    let slash = if is_file { "" } else { "/" };
    format!("{}{slash}", encode(&decode(trimmed)))
}

/// The address of a place in the site, with what follows it; a URL as it is written.
pub(crate) fn target(written: &str, config: &Config) -> String {
    if has_scheme(written) {
        return written.to_owned();
    }
    if !written.starts_with('/') {
        return target(&format!("/{written}"), config);
    }
    let end = written.find(['#', '?']).unwrap_or(written.len());
    let place = config.address(&encode(&decode(&written[..end])));
    format!("{place}{}", &written[end..])
}

/// Adds them; the pages and their own redirects are there already.
pub(crate) fn add<'a>(output: &mut Output<'a>, library: &'a Library, config: &'a Config) {
    for Redirect { from, to, span, .. } in &config.redirects {
        let (from, to) = (config.address(from), target(to, config));
        output.redirect(&from, &to, &config.source.file, |message| {
            config.source.at(span.clone(), message)
        });
    }
    let shown = library.sections.iter();
    for section in shown.filter(|section| section.document.is_shown()) {
        let keys = &section.document.front.section;
        if let Some(paginate_by) = keys.paginate_by {
            let (base, word) = (&section.document.path, keys.paginate_path.as_deref());
            let file = &section.document.source.file;
            first_page(output, file, base, (word, paginate_by));
        }
    }
    let file = &config.source.file;
    for taxonomy in library.taxonomies.iter() {
        let config = &taxonomy.config;
        if let Some(paginate_by) = config.paginate_by.filter(|_| config.render) {
            for term in &taxonomy.terms {
                let word = config.paginate_path.as_deref();
                first_page(output, file, &term.path, (word, paginate_by));
            }
        }
    }
}

/// Checks where the redirects lead that authors asked for, when all are known:
/// one may lead to another.
pub(crate) fn check(output: &mut Output, library: &Library, config: &Config) {
    let has_target = |section: &Section| section.document.front.section.redirect_to.is_some();
    if config.redirects.is_empty() && !library.sections.iter().any(has_target) {
        return;
    }
    let texts = library.documents();
    let texts: HashMap<&str, &Text> = texts
        .map(|(document, text)| (&*document.path, &**text))
        .collect();
    let mut faults = Vec::new();
    for Redirect {
        from, to, to_span, ..
    } in &config.redirects
    {
        let (from, to) = (config.address(from), target(to, config));
        let at = |message: String| config.source.at(to_span.clone(), message);
        faults.extend(fault(output, &texts, &from, &to).map(at));
    }
    for section in &library.sections {
        let document = &section.document;
        let Some((to, span)) = &document.front.section.redirect_to else {
            continue;
        };
        let at = |message: String| document.source.at(span.clone(), message);
        let to = target(to, config);
        faults.extend(fault(output, &texts, &document.path, &to).map(at));
    }
    for fault in faults {
        output.fault(fault.expected("a path of the site, or a URL"));
    }
}

/// What is wrong with where a redirect leads.
fn fault(output: &Output, texts: &HashMap<&str, &Text>, from: &str, to: &str) -> Option<String> {
    let mut chain = vec![from.to_owned()];
    let mut seen = HashSet::from([from.to_owned()]);
    let mut next = to;
    loop {
        if has_scheme(next) {
            return None;
        }
        let place = next.split(['#', '?']).next().unwrap_or_default();
        let with_slash = format!("{place}/");
        let redirects = &output.besides.redirects;
        let redirect = redirects.get_key_value(place);
        let redirect = redirect.or_else(|| redirects.get_key_value(&with_slash));
        let Some((path, onward)) = redirect else {
            if output.is_unsure(place) {
                return None;
            }
            if !output.leads(place) {
                return Some(format!("nothing is served under `{next}`"));
            }
            let anchor = next.split_once('#').map(|(_, anchor)| decode(anchor))?;
            let text = texts
                .get(place)
                .or_else(|| texts.get(with_slash.as_str()))?;
            let is_there =
                anchor.is_empty() || anchor.eq_ignore_ascii_case("top") || text.has_anchor(&anchor);
            return (!is_there).then(|| format!("`{place}` has no anchor `#{anchor}`"));
        };
        if !seen.insert(path.clone()) {
            return Some(circle(&chain, path));
        }
        chain.push(path.clone());
        next = onward;
    }
}

/// What is said of redirects that go on at one of them, which is in the chain.
fn circle(chain: &[String], path: &String) -> String {
    let from = &chain[0];
    let start = chain.iter().position(|own| own == path).unwrap_or_default();
    let others = chain[start..].iter().filter(|own| *own != from);
    let others: Vec<String> = others.map(|own| format!("`{own}`")).collect();
    match &*others {
        [] => format!("`{from}` leads to itself"),
        [only] => format!("`{from}` leads in a circle, by {only}"),
        [first, last] => format!("`{from}` leads in a circle, by {first} and {last}"),
        [first, rest @ ..] => {
            let more = rest.len();
            format!("`{from}` leads in a circle, by {first} and {more} more")
        }
    }
}

/// The first page of a listing is the listing itself.
fn first_page<'a>(
    output: &mut Output<'a>,
    file: &'a Path,
    base: &str,
    (word, paginate_by): (Option<&str>, usize),
) {
    for paginator in Paginator::all(base, word, paginate_by, &[]) {
        let numbered = format!("{}1/", paginator.base_path());
        if !output.serves(&numbered) {
            output.redirect(&numbered, base, file, |message| {
                Diagnostic::new(file, message)
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_looks_like_a_file_has_no_slash() {
        for (written, served) in [
            ("/a", "/a/"),
            ("/a/", "/a/"),
            ("/a.html", "/a.html"),
            ("/v1.0/", "/v1.0/"),
            ("/ä b", "/%C3%A4%20b/"),
            ("/c%23/", "/c%23/"),
            ("/", "/"),
        ] {
            assert_eq!(path(written), served);
        }
    }

    #[test]
    fn what_leads_nowhere_is_no_redirect() {
        let faults = |line: &str| {
            let text =
                format!("base_url = \"https://a.org\"\ntheme = \"t\"\n[redirects]\n{line}\n");
            let file = "content/site.toml".into();
            Config::parse(Source { file, text })
                .err()
                .map_or(0, |faults| faults.len())
        };
        assert_eq!(faults("\"/a\" = \"/b\"\n\"/c\" = \"https://d.org\""), 0);
        assert_eq!(faults("b = \"/\"\n\"/c/\" = 3\n\"/d/\" = \"e\""), 3);
        for from in [
            "/../x",
            "//double/",
            "/a\\nb",
            "/a?b",
            "/a#b",
            "/./a",
            "/%2e%2e/x",
        ] {
            assert_eq!(faults(&format!("\"{from}\" = \"/\"")), 1, "{from}");
        }
        for to in [
            "javascript:alert(1)",
            "data:text/html,x",
            "//elsewhere",
            "/a\\r\\nb: c",
        ] {
            assert_eq!(faults(&format!("\"/a\" = \"{to}\"")), 1, "{to}");
        }
        assert_eq!(faults("\"/a\" = \"mailto:a@example.org\""), 0);
    }

    #[test]
    fn targets_are_encoded_once() {
        let whole = Config::for_test();
        let below = Config::for_text("base_url = \"https://a.org/b\"");
        for (written, address) in [
            ("/ä/#ö", "/%C3%A4/#ö"),
            ("/c%23/?a", "/c%23/?a"),
            ("docs/a", "/docs/a"),
        ] {
            assert_eq!(target(written, &whole), address);
            assert_eq!(target(written, &below), format!("/b{address}"));
        }
        assert_eq!(target("https://a.org/ä", &below), "https://a.org/ä");
    }
}
