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
/// The same for a site whose pack says that its scripts compile WebAssembly, as
/// those of the search index Pagefind do (CSP 3, 2.3.1: no script may be made of a
/// text). Workers fall back to the same sources.
const WEBASSEMBLY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; \
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

/// What the scripts of a site may do.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Policy {
    /// What scripts of most sites do.
    #[default]
    Strict,
    /// They may compile WebAssembly.
    WebAssembly,
}

impl Policy {
    /// The policy of this name, in the pack.
    pub fn named(name: &str) -> Option<Self> {
        (name == "webassembly").then_some(Self::WebAssembly)
    }

    /// The value of Content-Security-Policy.
    fn value(self) -> HeaderValue {
        HeaderValue::from_static(match self {
            Self::Strict => POLICY,
            Self::WebAssembly => WEBASSEMBLY_POLICY,
        })
    }
}

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
pub fn protect(headers: &mut HeaderMap, place: Place, policy: Policy) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    headers.insert(CONTENT_SECURITY_POLICY, policy.value());
    headers.insert(REFERRER_POLICY, HeaderValue::from_static(REFERRER));
    if place == Place::Site {
        headers.insert(
            STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static(TRANSPORT),
        );
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_site_with_webassembly_may_do_nothing_else() {
        let more = POLICY.replace(
            "default-src 'self';",
            "default-src 'self'; script-src 'self' 'wasm-unsafe-eval';",
        );
        assert_eq!(WEBASSEMBLY_POLICY, more);
        assert_eq!(Policy::default().value(), POLICY);
        assert_eq!(Policy::named("webassembly"), Some(Policy::WebAssembly));
        assert_eq!(Policy::named("anything"), None);
    }
}
