//! Old addresses that are no page's: the table `[redirects]` of the
//! configuration, from paths to paths or URLs; and the first page of a listing
//! under its number, as in Zola.
//!
//! An address that one page has outlived is that page's `aliases`.

use std::ops::Range;

use crate::config::Config;
use crate::data::{Data, Fields};
use crate::library::Library;
use crate::output::Output;
use crate::paginator::Paginator;
use crate::source::Source;
use crate::url::{encode, has_scheme};

/// From where to where, and where it says so.
#[derive(Clone, Debug)]
pub(crate) struct Redirect {
    from: String,
    to: String,
    span: Range<usize>,
}

/// Reads the table.
pub(crate) fn read(fields: &mut Fields<'_>, source: &Source) -> Vec<Redirect> {
    let mut redirects = Vec::new();
    for (key, node) in fields.table("redirects") {
        let from = path(&key.name);
        match node.value {
            Data::String(to)
                if from.starts_with('/') && (to.starts_with('/') || has_scheme(&to)) =>
            {
                redirects.push(Redirect {
                    from,
                    to: target(&to),
                    span: key.span,
                });
            }
            _ => {
                let fault = source.at(key.span, "this is no redirect");
                fields.fault(fault.expected("`\"/old/\" = \"/new/\"`, or a URL behind the `=`"));
            }
        }
    }
    redirects
}

/// As it is served: where nothing says that it is a file, with a slash.
pub(crate) fn path(written: &str) -> String {
    let trimmed = written.trim_end_matches('/');
    let name = trimmed.rsplit('/').next().unwrap_or_default();
    let is_file = name.contains('.') && !written.ends_with('/');
    let slash = if is_file { "" } else { "/" };
    format!("{}{slash}", encode(&crate::url::decode(trimmed)))
}

/// A path as it is served, with what follows it, from the root of the site; a
/// URL as it is written.
pub(crate) fn target(written: &str) -> String {
    if has_scheme(written) {
        return written.to_owned();
    }
    if !written.starts_with('/') {
        return target(&format!("/{written}"));
    }
    let end = written.find(['#', '?']).unwrap_or(written.len());
    let place = encode(&crate::url::decode(&written[..end]));
    format!("{place}{}", &written[end..])
}

/// Adds them; the pages and their own redirects are there already.
pub(crate) fn add(output: &mut Output, library: &Library, config: &Config) {
    for Redirect { from, to, span } in &config.redirects {
        let place = to.split(['#', '?']).next().unwrap_or_default();
        if !has_scheme(to) && !output.leads(place) {
            let message = format!("nothing is served under `{to}`");
            let fault = config.source.at(span.clone(), message);
            output.fault(fault.expected("a path of the site, or a URL"));
        }
        output.redirect(from, to, |message| config.source.at(span.clone(), message));
    }
    for section in &library.sections {
        let keys = &section.document.front.section;
        if let Some(paginate_by) = keys.paginate_by {
            let (base, word) = (&section.document.path, keys.paginate_path.as_deref());
            first_page(output, base, word, paginate_by);
        }
    }
    for taxonomy in &library.taxonomies {
        let config = &taxonomy.config;
        if let Some(paginate_by) = config.paginate_by.filter(|_| config.render) {
            for term in &taxonomy.terms {
                first_page(
                    output,
                    &term.path,
                    config.paginate_path.as_deref(),
                    paginate_by,
                );
            }
        }
    }
}

/// The first page of a listing is the listing itself.
fn first_page(output: &mut Output, base: &str, word: Option<&str>, paginate_by: usize) {
    for paginator in Paginator::all(base, word, paginate_by, &[]) {
        let numbered = format!("{}1/", paginator.base_path());
        if !output.serves(&numbered) {
            output.redirects.insert(numbered, base.to_owned());
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
    }

    #[test]
    fn targets_are_encoded_once() {
        assert_eq!(target("/ä/#ö"), "/%C3%A4/#ö");
        assert_eq!(target("/c%23/?a"), "/c%23/?a");
        assert_eq!(target("docs/a"), "/docs/a");
        assert_eq!(target("https://a.org/ä"), "https://a.org/ä");
    }
}
