//! Port 80: everything is found under the same address with `https:`.

use hyper::header::{ALLOW, CACHE_CONTROL, LOCATION};
use hyper::{Method, Request, StatusCode};

use super::answer::{brief, refuse};
use super::host::{Authority, Hosts};
use super::{Answer, fields};

/// The port of `https:` (RFC 9110 section 4.2.2).
const HTTPS_PORT: u16 = 443;

/// Where visitors find the site by HTTPS: under the host they asked for, which
/// is one of `hosts`, at this port.
pub fn respond<B>(hosts: &Hosts, https_port: u16, request: &Request<B>) -> Answer {
    let authority = match hosts.check(request) {
        Ok((_, authority)) => authority,
        Err(refusal) => return refuse(refusal),
    };
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut answer = brief(StatusCode::METHOD_NOT_ALLOWED);
        answer.headers_mut().insert(ALLOW, fields::METHODS);
        return answer;
    }
    // HTTP/1.0 without a host: we do not know where to send the client.
    let Some(authority) = authority else {
        return brief(StatusCode::BAD_REQUEST);
    };
    let location = location(authority, https_port, request);
    let Ok(location) = location.parse() else {
        return brief(StatusCode::BAD_REQUEST);
    };
    let mut answer = brief(StatusCode::PERMANENT_REDIRECT);
    answer.headers_mut().insert(LOCATION, location);
    answer.headers_mut().insert(CACHE_CONTROL, fields::ONE_HOUR);
    answer
}

fn location<B>(authority: Authority<'_>, https_port: u16, request: &Request<B>) -> String {
    let host = authority.host.to_ascii_lowercase();
    let target = match request.uri().path_and_query() {
        Some(target) if target.as_str().starts_with('/') => target.as_str(),
        _ => "/",
    };
    match https_port {
        HTTPS_PORT => format!("https://{host}{target}"),
        port => format!("https://{host}:{port}{target}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use hyper::header::HOST;

    fn ask(host: &str, target: &str, https_port: u16) -> (StatusCode, Option<String>) {
        let hosts = Hosts::new(Some("example.org")).unwrap();
        let request = Request::get(target).header(HOST, host).body(()).unwrap();
        let answer = respond(&hosts, https_port, &request);
        let location = answer.headers().get(LOCATION);
        let location = location.map(|value| value.to_str().unwrap().to_owned());
        (answer.status(), location)
    }

    #[test]
    fn the_address_is_kept_but_for_scheme_and_port() {
        for (host, target, port, expected) in [
            ("example.org", "/", 443, "https://example.org/"),
            (
                "Example.ORG:80",
                "/a%20b?q=1",
                443,
                "https://example.org/a%20b?q=1",
            ),
            (
                "localhost:8080",
                "/docs/",
                8443,
                "https://localhost:8443/docs/",
            ),
            ("[::1]:80", "/", 8443, "https://[::1]:8443/"),
            (
                "127.0.0.1",
                "//evil.example/",
                443,
                "https://127.0.0.1//evil.example/",
            ),
        ] {
            let found = ask(host, target, port);
            assert_eq!(
                found,
                (StatusCode::PERMANENT_REDIRECT, Some(expected.into()))
            );
        }
    }

    #[test]
    fn nobody_is_sent_to_another_site() {
        assert_eq!(
            ask("evil.example", "/", 443),
            (StatusCode::MISDIRECTED_REQUEST, None)
        );
        assert_eq!(ask("a b", "/", 443), (StatusCode::BAD_REQUEST, None));
    }
}
