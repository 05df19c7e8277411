//! The media types of files, by the ends of their names (RFC 6838, the IANA
//! registry).

/// The media type of pages.
pub const HTML: &str = "text/html; charset=utf-8";

/// The value of `content-type`; text is UTF-8, as all text of a site is.
pub fn of(path: &str) -> &'static str {
    if path.ends_with('/') {
        return HTML;
    }
    // The names under which feeds are published.
    match path.rsplit('/').next().unwrap_or_default() {
        "atom.xml" => return "application/atom+xml; charset=utf-8",
        "rss.xml" => return "application/rss+xml; charset=utf-8",
        "feed.json" => return "application/feed+json",
        _ => {}
    }
    let extension = path
        .rsplit('/')
        .next()
        .and_then(|name| name.rsplit_once('.'))
        .map(|(_, extension)| extension);
    match extension.unwrap_or_default().to_ascii_lowercase().as_str() {
        "html" | "htm" => HTML,
        "css" => "text/css; charset=utf-8",
        "js" | "mjs" => "text/javascript; charset=utf-8",
        "txt" | "asc" => "text/plain; charset=utf-8",
        "md" => "text/markdown; charset=utf-8",
        "csv" => "text/csv; charset=utf-8",
        "vtt" => "text/vtt; charset=utf-8",
        "ics" => "text/calendar; charset=utf-8",
        "xml" => "application/xml; charset=utf-8",
        "atom" => "application/atom+xml; charset=utf-8",
        "rss" => "application/rss+xml; charset=utf-8",
        "json" | "map" => "application/json",
        "webmanifest" => "application/manifest+json",
        "svg" => "image/svg+xml",
        "png" => "image/png",
        "jpg" | "jpeg" => "image/jpeg",
        "gif" => "image/gif",
        "webp" => "image/webp",
        "avif" => "image/avif",
        "ico" => "image/vnd.microsoft.icon",
        "woff2" => "font/woff2",
        "woff" => "font/woff",
        "ttf" => "font/ttf",
        "otf" => "font/otf",
        "wasm" => "application/wasm",
        "pdf" => "application/pdf",
        // Parts of the search index, a format of our own.
        "words" => "application/x-words",
        // Parts of Pagefind's index.
        "pagefind" | "pf_filter" | "pf_fragment" | "pf_index" | "pf_meta" => "application/gzip",
        "zip" => "application/zip",
        "gz" | "tgz" => "application/gzip",
        "mp3" => "audio/mpeg",
        "ogg" | "oga" => "audio/ogg",
        "mp4" => "video/mp4",
        "webm" => "video/webm",
        _ => "application/octet-stream",
    }
}

/// Whether a name says what is in a file.
pub(crate) fn is_known(path: &str) -> bool {
    of(path) != "application/octet-stream"
}

/// Whether compressing it again would be a waste of time.
pub(crate) fn is_compressed(content_type: &str) -> bool {
    let compressed = [
        "image/png",
        "image/jpeg",
        "image/gif",
        "image/webp",
        "image/avif",
        "font/woff",
    ];
    let containers = [
        "application/zip",
        "application/gzip",
        "application/pdf",
        "application/x-words",
        "audio/",
        "video/",
    ];
    compressed
        .iter()
        .chain(&containers)
        .any(|prefix| content_type.starts_with(prefix))
}
