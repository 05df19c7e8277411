//! Feeds whose names say no kind: they are served as files of an unknown type, and no
//! reader takes them for what they are.

use std::collections::BTreeSet;
use std::ops::Range;
use std::path::Path;

use crate::config::Config;
use crate::diagnostic::Diagnostic;
use crate::theme::Theme;

/// The ends of names that say what a feed is.
const ENDS: [&str; 4] = ["xml", "atom", "rss", "json"];

/// Tells of names of feeds that end otherwise, and that the theme has no template of.
pub(super) fn check(config: &Config, theme: Option<&Theme>) -> Vec<Diagnostic> {
    let says = |name: &&String| {
        let end = Path::new(name).extension().and_then(|end| end.to_str());
        let is_known = |end: &str| ENDS.iter().any(|own| own.eq_ignore_ascii_case(end));
        end.is_some_and(is_known) || theme.is_none_or(|theme| theme.has(name))
    };
    let names: BTreeSet<&String> = config.all_feed_filenames().collect();
    let silent = names.into_iter().filter(|name| !says(name));
    let tell = |name: &String| {
        let message = format!("the name `{name}` does not say what kind of feed it is");
        let fault = match written(&config.source.text, name) {
            Some(place) => config.source.at(place, message),
            None => config.at_key(&["feed_filenames"], message),
        };
        let fault = fault.expected("a name such as `atom.xml`, `rss.xml` or `feed.json`");
        let meant = match name.as_str() {
            "atom" | "rss" => Some(format!("{name}.xml")),
            "json" | "feed" => Some("feed.json".to_owned()),
            _ => None,
        };
        let suggestion = meant.map(|meant| format!("did you mean `{meant}`?"));
        fault.suggestion(suggestion).warning()
    };
    silent.map(tell).collect()
}

/// Where a name of a feed stands in a configuration.
fn written(text: &str, name: &str) -> Option<Range<usize>> {
    let key = text.find("feed_filenames")?;
    let quoted = ['"', '\''].map(|quote| format!("{quote}{name}{quote}"));
    let at = quoted
        .iter()
        .find_map(|quoted| text[key..].find(quoted.as_str()))?;
    let start = key + at + 1;
    Some(start..start + name.len())
}
