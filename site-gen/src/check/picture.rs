//! Pictures in `content/` that begin well and cannot be decoded. A build that
//! makes nothing of them does not notice; who looks at them does.

use std::sync::Arc;

use super::Sources;
use crate::diagnostic::Diagnostic;
use crate::picture::{Files, undecodable};
use crate::progress::Listener;
use crate::source::read_static;

/// Ends of the names of what can be decoded.
const EXTENSIONS: [&str; 5] = [".gif", ".jpeg", ".jpg", ".png", ".webp"];

/// Reports pictures that are broken.
pub(super) fn check(sources: &Sources<'_>, progress: &Listener) -> Vec<Diagnostic> {
    if !sources.config.pictures.process {
        return Vec::new();
    }
    let is_picture = |id: &str| {
        let id = id.to_ascii_lowercase();
        EXTENSIONS.iter().any(|extension| id.ends_with(extension))
    };
    let pictures = sources.content.files.iter();
    let pictures = pictures.filter(|(id, _)| is_picture(id));
    let files: Files = pictures
        .filter_map(|(id, found)| {
            let body = read_static(sources.site, &found.file).ok()?;
            Some((id.clone(), Arc::new(body)))
        })
        .collect();
    let faults = undecodable(&files, progress).into_iter();
    faults
        .map(|(id, fault)| {
            let file = std::path::Path::new("content").join(id);
            Diagnostic::new(file, fault.message).expected(fault.expected)
        })
        .collect()
}
