//! Shortcodes of Hugo, run: what a call printed is known without a template in
//! tera, and can stand in the text where no call can be translated.
//!
//! 1. **Read** ([`pieces`], [`parse`], [`pipe`]): a template of Go becomes [`Node`](parse::Node)s, as
//!    Go's text/template has them.
//! 2. **Run** ([`run`], [`evaluate`]): with [`Value`](value::Value)s. [`objects`],
//!    [`pages`] and [`lists`] say what is asked of them, and [`functions`] what can
//!    be done with them; all that a template sees of the site is the [`world`].
//!
//! What is not known here ends the run: half an answer would be a wrong one.

mod addresses;
mod attribute;
mod collections;
mod compare;
mod evaluate;
mod format;
mod functions;
mod lists;
mod numbers;
mod objects;
mod output;
mod pages;
mod parse;
mod pieces;
mod pipe;
mod remarshal;
mod resources;
mod run;
mod stop;
mod store;
mod terms;
#[cfg(test)]
mod tests;
mod texts;
mod value;
mod words;
mod world;

pub(super) use run::{Inner, run};
pub(super) use stop::Stop;
pub(super) use texts::unescaped;
pub(super) use value::{Frame, Map, Parent, Value};
pub(super) use world::World;

/// Stands for the body of a call, which is rendered by itself.
pub(super) const BODY: char = '\u{e000}';
/// Around markdown in what a template printed.
pub(super) const MARKDOWN: (char, char) = ('\u{e001}', '\u{e002}');
/// Around the number of a page whose text stands there.
pub(super) const TEXT_OF: (char, char) = ('\u{e003}', '\u{e004}');

/// Whether a text has one of the marks, none of which a site may bring: its
/// templates are not read if they have one, and its values come
/// [without](unmarked).
pub(super) fn has_marks(text: &str) -> bool {
    text.contains(is_mark)
}

/// A text of the site, which looks like no mark.
pub(super) fn unmarked(text: &str) -> String {
    match has_marks(text) {
        true => text.chars().filter(|c| !is_mark(*c)).collect(),
        false => text.to_owned(),
    }
}

fn is_mark(c: char) -> bool {
    ('\u{e000}'..='\u{e004}').contains(&c)
}

/// Reads and runs any text: for the fuzzer.
pub(super) fn fuzz(text: &str) {
    let _ = parse::template(text);
}
