//! The fields that go with every response, and why they say what they say.

use hyper::header::{
    CONTENT_SECURITY_POLICY, HeaderMap, HeaderValue, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY,
    X_CONTENT_TYPE_OPTIONS,
};
use site_pack::Caching;

use super::host::Place;

/// For a site of static pages: its own scripts, styles and fonts; styles in
/// the page, as syntax highlighting has them; images from anywhere, as authors
/// link to them; no plug-ins, and no foreign page around ours.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: https:; media-src 'self' https:; object-src 'none'; \
    base-uri 'self'; form-action 'self'; frame-ancestors 'none'";
/// Other sites learn which site a visitor comes from, not which page.
const REFERRER: &str = "strict-origin-when-cross-origin";
/// One year (RFC 6797 section 6.1.1). Without `includeSubDomains`: we do not
/// know what else runs in the domain.
const TRANSPORT: &str = "max-age=31536000";

/// The methods we know, for Allow.
pub const METHODS: HeaderValue = HeaderValue::from_static("GET, HEAD, OPTIONS");
/// Every time, the client asks whether its copy is still good: an edit is on
/// the air at once, and costs one 304 where nothing changed.
pub const REVALIDATE: HeaderValue = HeaderValue::from_static("no-cache");
/// The name carries a fingerprint, so the content never changes (RFC 8246).
pub const IMMUTABLE: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");
/// Redirects may be wrong one day, so they are not kept for ever.
pub const ONE_HOUR: HeaderValue = HeaderValue::from_static("max-age=3600");
/// The type of the short texts that errors carry.
pub const PLAIN_TEXT: HeaderValue = HeaderValue::from_static("text/plain; charset=utf-8");

/// How long a file may be kept.
pub fn cache_control(caching: Caching) -> HeaderValue {
    match caching {
        Caching::Revalidate => REVALIDATE,
        Caching::Immutable => IMMUTABLE,
    }
}

/// Adds what makes browsers careful.
///
/// Strict-Transport-Security is said only by the site's own name. Browsers
/// ignore it for IP addresses, and for `localhost` it would hit whatever else
/// a developer runs on any port of the same machine.
pub fn protect(headers: &mut HeaderMap, place: Place) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(REFERRER));
    if place == Place::Site {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(TRANSPORT),
        );
    }
}
