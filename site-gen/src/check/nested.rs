//! Keys of a page that stand below `[extra]`. In TOML all that follows a table's name is
//! in the table, up to the next one: such a `title` is no title, and nobody misses it.

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
    let faults = |document: &Document| -> Vec<Diagnostic> {
        let source = &document.source;
        let extra = document.front.extra.iter();
        let lost = extra.filter(|(key, _)| {
            let name = &key.name;
            front_matter::is_key(name, document.kind)
                && is_below_tables(&source.text, key)
                && !is_read(name)
        });
        let told = lost.map(|(key, _)| {
            let message = format!("`{}` below `[extra]` is no key of the page", key.name);
            let fault = source.at(key.span.clone(), message);
            fault.expected("it above `[extra]`").warning()
        });
        told.collect()
    };
    sources.documents().flat_map(faults).collect()
}

/// Whether a key begins a line of a front matter in TOML, and is not there before its
/// tables, too. What is inherited stands in another file.
fn is_below_tables(text: &str, key: &Key) -> bool {
    let Some(before) = text.get(..key.span.start) else {
        return false;
    };
    let mut lines = before.lines();
    let is_toml = lines.next().is_some_and(|line| line.trim_end() == "+++");
    let is_here = text[key.span.start..].starts_with(&key.name)
        && before
            .rsplit('\n')
            .next()
            .is_some_and(|line| line.trim().is_empty());
    let mut of_page = lines.take_while(|line| !line.starts_with('['));
    let is_said = of_page.any(|line| {
        let key_of_page = line.split_once('=');
        key_of_page.is_some_and(|(name, _)| name.trim() == key.name)
    });
    is_toml && is_here && !is_said
}
