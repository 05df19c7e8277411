//! Pages of a day to come. They are published all the same, as the same files make the
//! same site on any day: whoever wants one to wait has to say so.

use std::time::{Duration, SystemTime};

use crate::diagnostic::Diagnostic;
use crate::document::Document;
use crate::document::front_matter;

/// How much sooner than here a day begins elsewhere, at most, and a clock that is not
/// quite right.
const TOLERANCE: Duration = Duration::from_secs(24 * 60 * 60);

/// The fault of a document whose date is to come.
pub(super) fn check(document: &Document, now: SystemTime) -> Option<Diagnostic> {
    let date = document.date().filter(|_| !document.front.draft)?;
    let latest = now.checked_add(TOLERANCE)?;
    let latest = latest.duration_since(SystemTime::UNIX_EPOCH).ok()?;
    if i128::from(date.moment.as_second()) <= i128::from(latest.as_secs()) {
        return None;
    }
    let source = &document.source;
    let message = format!("{} is to come, and this page is published now", date.text);
    let fault = match front_matter::line_of(source, &["date"]) {
        Some(line) => source.at(line, message),
        None => Diagnostic::new(&source.file, message),
    };
    let expected = "`draft = true` until then, if it is to wait: no page comes by itself";
    Some(fault.expected(expected).warning())
}
