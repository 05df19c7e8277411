//! Pictures of the site that begin well and cannot be decoded. A build that
//! makes nothing of them does not notice; who looks at them does.

use super::Sources;
use crate::body::Body;
use crate::diagnostic::Diagnostic;
use crate::picture::{Files, undecodable};
use crate::progress::Listener;
use crate::source::read_static;

/// Ends of the names of what can be decoded, or read to its end.
const EXTENSIONS: [&str; 7] = [".bmp", ".gif", ".jpeg", ".jpg", ".png", ".svg", ".webp"];

/// Reports pictures that are broken.
pub(super) fn check(sources: &Sources<'_>, progress: &Listener) -> Vec<Diagnostic> {
    if !sources.config.pictures.process {
        return Vec::new();
    }
    let is_picture = |id: &str| {
        let id = id.to_ascii_lowercase();
        EXTENSIONS.iter().any(|extension| id.ends_with(extension))
    };
    let pictures = sources.files().filter_map(|found| found.file.to_str());
    let pictures = pictures.filter(|file| is_picture(file));
    let files: Files = pictures
        .filter_map(|file| {
            let body = read_static(sources.site, file.as_ref()).ok()?;
            Some((file.to_owned(), Body::from(body)))
        })
        .collect();
    let faults = undecodable(&files, progress).into_iter();
    faults.map(|(file, fault)| fault.of_file(file)).collect()
}
