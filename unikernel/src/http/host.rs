//! Which site a request is for: the authority of the request's target, or the
//! Host field (RFC 9110 section 7.2, RFC 9112 section 3.2, RFC 9113 section
//! 8.3.1), and the [`Hosts`] we answer for.

use std::net::{Ipv4Addr, Ipv6Addr};

use hyper::header::HOST;
use hyper::{Request, Version};

/// The names under which the site is served: its domain, `www.` in front of
/// it, `localhost`, and every IP address. A pack without a domain is served
/// under any name.
#[derive(Debug)]
pub struct Hosts {
    domain: Option<&'static str>,
}

/// An authority (RFC 3986 section 3.2) without user information.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Authority<'a> {
    /// The host: a name, an IPv4 address, or an IPv6 address in brackets.
    pub host: &'a str,
    /// The port, if there is one.
    pub port: Option<u16>,
}

/// How we were addressed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    /// By the name of the site.
    Site,
    /// By an address, as `localhost`, or without a name (HTTP/1.0).
    Local,
}

/// Why a request is not for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Refusal {
    /// No host, two different ones, or one that is none: 400.
    Malformed,
    /// A host that is served elsewhere: 421.
    Elsewhere,
}

/// A domain that is no host name.
#[derive(Debug, PartialEq, Eq)]
pub struct InvalidDomain(pub String);

impl Hosts {
    /// The names of a site in `domain`.
    ///
    /// # Errors
    ///
    /// When `domain` is no host name.
    pub fn new(domain: Option<&'static str>) -> Result<Self, InvalidDomain> {
        match domain {
            Some(name) if !is_name(name) => Err(InvalidDomain(name.into())),
            domain => Ok(Self { domain }),
        }
    }

    /// How the request addresses us, and with which authority.
    ///
    /// # Errors
    ///
    /// When it does so in no way, in several, or by a name that is not ours.
    pub fn check<'a, B>(
        &self,
        request: &'a Request<B>,
    ) -> Result<(Place, Option<Authority<'a>>), Refusal> {
        match authority(request)? {
            Some(authority) => Ok((self.place(authority)?, Some(authority))),
            None => Ok((Place::Local, None)),
        }
    }

    fn place(&self, authority: Authority<'_>) -> Result<Place, Refusal> {
        // A name may be written with the dot of the root.
        let host = authority.host.strip_suffix('.').unwrap_or(authority.host);
        if is_address(host) || host.eq_ignore_ascii_case("localhost") {
            return Ok(Place::Local);
        }
        let Some(domain) = self.domain else {
            return Ok(Place::Local);
        };
        let without_www = match host.split_at_checked(4) {
            Some((www, rest)) if www.eq_ignore_ascii_case("www.") => rest,
            _ => host,
        };
        if [host, without_www]
            .iter()
            .any(|name| name.eq_ignore_ascii_case(domain))
        {
            Ok(Place::Site)
        } else {
            Err(Refusal::Elsewhere)
        }
    }
}

/// The authority of a request; none only with HTTP/1.0.
fn authority<B>(request: &Request<B>) -> Result<Option<Authority<'_>>, Refusal> {
    let target = match request.uri().authority() {
        Some(authority) => Some(Authority::parse(authority.as_str())?),
        None => None,
    };
    let mut fields = request.headers().get_all(HOST).iter();
    let field = match (fields.next(), fields.next()) {
        (Some(value), None) => {
            let value = value.to_str().map_err(|_| Refusal::Malformed)?;
            Some(Authority::parse(value)?)
        }
        (None, _) => None,
        (Some(_), Some(_)) => return Err(Refusal::Malformed),
    };
    match (request.version(), target, field) {
        (Version::HTTP_11, _, None) => Err(Refusal::Malformed),
        // RFC 9113 section 8.3.1: they must not differ.
        (Version::HTTP_2, Some(target), Some(field)) if !target.same_host(field) => {
            Err(Refusal::Malformed)
        }
        (Version::HTTP_2, None, None) => Err(Refusal::Malformed),
        // RFC 9112 section 3.2.2: the target wins over the field.
        (_, Some(authority), _) | (_, None, Some(authority)) => Ok(Some(authority)),
        (_, None, None) => Ok(None),
    }
}

impl<'a> Authority<'a> {
    /// Parses `host [":" port]`.
    ///
    /// # Errors
    ///
    /// When it is something else.
    pub fn parse(text: &'a str) -> Result<Self, Refusal> {
        let end = match text.strip_prefix('[') {
            Some(rest) => rest.find(']').ok_or(Refusal::Malformed)? + 2,
            None => text.find(':').unwrap_or(text.len()),
        };
        let (host, port) = text.split_at(end);
        let valid = match host.strip_prefix('[').and_then(|h| h.strip_suffix(']')) {
            Some(address) => address.parse::<Ipv6Addr>().is_ok(),
            None => is_name(host),
        };
        if !valid {
            return Err(Refusal::Malformed);
        }
        let port = match port.strip_prefix(':') {
            // RFC 3986 section 3.2.3 allows a colon without a port.
            Some("") => None,
            Some(digits) if digits.bytes().all(|b| b.is_ascii_digit()) => {
                Some(digits.parse().map_err(|_| Refusal::Malformed)?)
            }
            None if port.is_empty() => None,
            _ => return Err(Refusal::Malformed),
        };
        Ok(Self { host, port })
    }

    fn same_host(self, other: Self) -> bool {
        self.host.eq_ignore_ascii_case(other.host) && self.port == other.port
    }
}

/// An IPv4 address, or an IPv6 address in brackets.
fn is_address(host: &str) -> bool {
    host.starts_with('[') || host.parse::<Ipv4Addr>().is_ok()
}

/// A host name (RFC 1123 section 2.1), with underscores, which some networks
/// use, and perhaps a dot at the end.
fn is_name(text: &str) -> bool {
    let name = text.strip_suffix('.').unwrap_or(text);
    let is_label = |label: &str| {
        (1..=63).contains(&label.len())
            && !label.starts_with('-')
            && !label.ends_with('-')
            && label
                .bytes()
                .all(|b| b.is_ascii_alphanumeric() || b == b'-' || b == b'_')
    };
    name.len() <= 253 && name.split('.').all(is_label)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn check(request: hyper::http::request::Builder) -> Result<Place, Refusal> {
        let hosts = Hosts::new(Some("example.org")).unwrap();
        let request = request.body(()).unwrap();
        hosts.check(&request).map(|(place, _)| place)
    }

    fn with_host(host: &str) -> Result<Place, Refusal> {
        check(Request::get("/").header(HOST, host))
    }

    #[test]
    fn the_names_of_the_site_are_served() {
        for host in [
            "example.org",
            "EXAMPLE.org",
            "example.org.",
            "example.org:8443",
            "www.example.org",
            "WWW.Example.Org:443",
        ] {
            assert_eq!(with_host(host), Ok(Place::Site), "{host}");
        }
        for host in [
            "localhost",
            "localhost:8443",
            "127.0.0.1",
            "10.0.2.15:443",
            "[::1]:443",
        ] {
            assert_eq!(with_host(host), Ok(Place::Local), "{host}");
        }
    }

    #[test]
    fn other_names_are_served_elsewhere() {
        for host in [
            "example.com",
            "www.www.example.org",
            "xexample.org",
            "www.localhost",
        ] {
            assert_eq!(with_host(host), Err(Refusal::Elsewhere), "{host}");
        }
    }

    #[test]
    fn what_is_no_host_is_refused() {
        for host in [
            "",
            " ",
            ":443",
            "example.org:",
            "a b",
            "a..b",
            "[::1",
            "[zz]",
            "::1",
            "example.org:99999",
            "example.org:-1",
            "example.org:+1",
            "user@example.org",
            "a/b",
            "[]",
        ] {
            let expected = match host {
                "example.org:" => Ok(Place::Site),
                _ => Err(Refusal::Malformed),
            };
            assert_eq!(with_host(host), expected, "{host:?}");
        }
    }

    #[test]
    fn each_version_has_its_rule() {
        let malformed = Err(Refusal::Malformed);
        assert_eq!(check(Request::get("/")), malformed);
        assert_eq!(
            check(Request::get("/").version(Version::HTTP_10)),
            Ok(Place::Local)
        );
        let two = Request::get("/")
            .header(HOST, "example.org")
            .header(HOST, "example.org");
        assert_eq!(check(two), malformed);
        // The target of a proxy's request wins, but the field must be there.
        let absolute = Request::get("http://example.org/");
        assert_eq!(check(absolute), malformed);
        let absolute = Request::get("http://example.org/").header(HOST, "example.com");
        assert_eq!(check(absolute), Ok(Place::Site));

        let http2 = || Request::get("https://example.org/").version(Version::HTTP_2);
        assert_eq!(check(http2()), Ok(Place::Site));
        assert_eq!(check(http2().header(HOST, "example.org")), Ok(Place::Site));
        assert_eq!(check(http2().header(HOST, "example.com")), malformed);
        assert_eq!(check(Request::get("/").version(Version::HTTP_2)), malformed);
    }

    #[test]
    fn a_domain_is_a_name() {
        assert!(Hosts::new(Some("mirage.io")).is_ok());
        assert!(Hosts::new(None).is_ok());
        for name in ["", "mirage io", "https://mirage.io", "mirage.io:443"] {
            assert!(Hosts::new(Some(name)).is_err(), "{name}");
        }
    }

    proptest! {
        #[test]
        fn parsing_never_panics(text in ".{0,40}") {
            let _ = Authority::parse(&text);
        }

        #[test]
        fn parsing_splits_where_it_was_joined(host in "[a-z][a-z0-9]{0,8}(\\.[a-z]{2,5}){0,3}", port: u16) {
            let text = format!("{host}:{port}");
            let parsed = Authority::parse(&text).unwrap();
            prop_assert_eq!(parsed, Authority { host: &host, port: Some(port) });
        }
    }
}
