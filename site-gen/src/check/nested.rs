//! Keys of a page, or of the site, that stand below `[extra]`. In TOML all that follows a
//! table's name is in the table, up to the next one: such a `title` is no title, and nobody
//! misses it.

use super::Sources;
use crate::data::Key;
use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::front_matter;
use crate::source::Source;

/// Tells of the keys that no template reads there.
pub(super) fn check(sources: &Sources<'_>, templates: &[Source]) -> Vec<Diagnostic> {
    let is_read = |name: &str| {
        let field = format!("extra.{name}");
        let quoted = [format!("\"{name}\""), format!("'{name}'")];
        templates.iter().any(|template| {
            let text = &template.text;
            text.contains(&field)
                || text.contains("extra") && quoted.iter().any(|quoted| text.contains(quoted))
        })
    };
    let tell = |source: &Source, key: &Key, whose: &str| {
        let is_lost = is_below_tables(&source.text, key) && !is_read(&key.name);
        is_lost.then(|| {
            let message = format!("`{}` below `[extra]` is no key of the {whose}", key.name);
            let fault = source.at(key.span.clone(), message);
            fault.expected("it above `[extra]`").warning()
        })
    };
    let of_page = |document: &Document| -> Vec<Diagnostic> {
        let source = &document.source;
        let is_toml = source.text.starts_with("+++");
        let keys = document.front.extra.iter().map(|(key, _)| key);
        let keys = keys.filter(|key| is_toml && front_matter::is_key(&key.name, document.kind));
        keys.filter_map(|key| tell(source, key, "page")).collect()
    };
    let config = &sources.config;
    let keys = config.extra.iter().map(|(key, _)| key);
    let keys = keys.filter(|key| config.keys.contains(&key.name.as_str()));
    let of_site = keys.filter_map(|key| tell(&config.source, key, "site"));
    let of_pages = sources.documents().flat_map(of_page);
    of_site.chain(of_pages).collect()
}

/// Whether a key begins a line of a file, and is not there before its tables, too. What is
/// inherited stands in another file.
fn is_below_tables(text: &str, key: &Key) -> bool {
    let Some(before) = text.get(..key.span.start) else {
        return false;
    };
    let is_here = text[key.span.start..].starts_with(&key.name)
        && before
            .rsplit('\n')
            .next()
            .is_some_and(|line| line.trim().is_empty());
    let mut above = before.lines().take_while(|line| !line.starts_with('['));
    let is_said = above.any(|line| {
        let own = line.split_once('=');
        own.is_some_and(|(name, _)| name.trim() == key.name)
    });
    is_here && !is_said
}
