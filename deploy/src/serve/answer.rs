//! The response to a request: what the real server would say, and the script
//! that keeps an open page up to date.
//!
//! The neighbours on the real server are `unikernel/src/site.rs` and
//! `unikernel/src/http/`.

use std::convert::Infallible;
use std::io;
use std::net::IpAddr;
use std::sync::Arc;

use http_body_util::{Either, Full};
use hyper::body::{Bytes, Incoming};
use hyper::header::{
    ALLOW, CACHE_CONTROL, CONTENT_LENGTH, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HOST, HeaderValue,
    LOCATION, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
};
use hyper::{Method, Request, Response, StatusCode};
use site_gen::{Built, HTML, Policy, content_type, decode_path, encode_path};
use tokio::task::spawn_blocking;

use super::events::{Events, version};
use super::server::Stage;
use super::shown::Shown;
use super::visitors::OpenPages;
use crate::limits::NOT_FOUND_DEPTH;

/// Where our own things are: a site has nothing there, as names that begin with a dot
/// are hidden, but for `.well-known`.
const SCRIPT_PATH: &str = "/.fata/live.js";
const EVENTS_PATH: &str = "/.fata/events";

const SCRIPT: &str = include_str!("live.js");

/// What the real server sends: an author should see what it forbids.
const POLICY: &str = "default-src 'self'; style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: https:; media-src 'self' https:; object-src 'none'; \
    base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// The same for a site with Pagefind's search.
const WEBASSEMBLY_POLICY: &str = "default-src 'self'; script-src 'self' 'wasm-unsafe-eval'; \
    style-src 'self' 'unsafe-inline'; \
    img-src 'self' data: https:; media-src 'self' https:; object-src 'none'; \
    base-uri 'self'; form-action 'self'; frame-ancestors 'none'";

/// Under a page that could not be built yet.
const EMPTY_PAGE: &str = "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\">\
    <meta name=\"color-scheme\" content=\"light dark\">\
    <title>Not built yet</title>\n<body><p>The site could not be built yet.</p></body></html>\n";

type Answer = Response<Either<Full<Bytes>, Events>>;

/// Who asks, and what there is to see.
#[derive(Clone)]
pub(super) struct Visit {
    pub(super) stage: Stage,
    pub(super) pages: OpenPages,
    /// Only this machine can ask.
    pub(super) local: bool,
}

/// The response to a request.
pub(super) async fn answer(
    mut visit: Visit,
    request: Request<Incoming>,
) -> Result<Answer, Infallible> {
    // Browsers wait until the first site is built, and until there is what they ask for
    // of each after it.
    let path = request.uri().path().to_owned();
    let has = |shown: &Option<Arc<Shown>>| shown.as_deref().is_some_and(|shown| has(shown, &path));
    let shown = match visit.stage.wait_for(has).await {
        Ok(shown) => shown.clone(),
        Err(_) => None,
    };
    let Some(shown) = shown else {
        return Ok(brief(StatusCode::SERVICE_UNAVAILABLE, "ending\n"));
    };
    let mut answer = match refuse(&visit, &request) {
        Some(refusal) => refusal,
        None => match search_file(&shown, request.uri().path()).await {
            Some(file) => file,
            None => respond(&visit, &shown, &request),
        },
    };
    let headers = answer.headers_mut();
    headers.insert(X_CONTENT_TYPE_OPTIONS, HeaderValue::from_static("nosniff"));
    let policy = HeaderValue::from_static(policy(shown.site.as_ref()));
    headers.insert(CONTENT_SECURITY_POLICY, policy);
    let referrer = HeaderValue::from_static("strict-origin-when-cross-origin");
    headers.insert(REFERRER_POLICY, referrer);
    // The next version of a file may be a moment away.
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if request.method() == Method::HEAD {
        *answer.body_mut() = Either::Left(Full::default());
    }
    Ok(answer)
}

fn policy(site: Option<&Arc<Built>>) -> &'static str {
    match site.map(|site| site.policy) {
        Some(Policy::WebAssembly) => WEBASSEMBLY_POLICY,
        Some(Policy::Strict) | None => POLICY,
    }
}

/// Whether a request for this path can be answered.
fn has(shown: &Shown, path: &str) -> bool {
    let Some(early) = &shown.early else {
        return true;
    };
    path == SCRIPT_PATH || path == EVENTS_PATH || early.part.has(&canonical(path))
}

/// A path as files have it: browsers escape more, or less, than is needed.
fn canonical(path: &str) -> String {
    encode_path(&decode_path(path))
}

/// The answer to a request that we do not look at.
fn refuse(visit: &Visit, request: &Request<Incoming>) -> Option<Answer> {
    if visit.local && !is_local(request) {
        let text = "expected a name of this machine, such as localhost, or `fata serve --listen`\n";
        return Some(brief(StatusCode::MISDIRECTED_REQUEST, text));
    }
    if !matches!(*request.method(), Method::GET | Method::HEAD) {
        let mut answer = brief(StatusCode::METHOD_NOT_ALLOWED, "expected GET or HEAD\n");
        let methods = HeaderValue::from_static("GET, HEAD");
        answer.headers_mut().insert(ALLOW, methods);
        return Some(answer);
    }
    None
}

/// A file of the search index. It is made when the first is asked for, which may
/// take a moment that other visitors should not wait.
async fn search_file(shown: &Arc<Shown>, path: &str) -> Option<Answer> {
    let path = path.to_owned();
    let site = shown
        .site
        .clone()
        .filter(|site| site.file(&path).is_none())?;
    let content_type = content_type(&path);
    let file = spawn_blocking(move || site.search_file(&path))
        .await
        .ok()??;
    Some(match file {
        Ok(file) => whole(content_type, file.to_vec().into()),
        Err(fault) => brief(StatusCode::INTERNAL_SERVER_ERROR, &format!("{fault}\n")),
    })
}

fn respond(visit: &Visit, shown: &Shown, request: &Request<Incoming>) -> Answer {
    match request.uri().path() {
        SCRIPT_PATH => whole("text/javascript; charset=utf-8", SCRIPT.into()),
        EVENTS_PATH => {
            let page = request.uri().query();
            let page = page.and_then(|query| query.strip_prefix("page="));
            let page = page.map(|path| visit.pages.add(canonical(&decode_path(path))));
            let events = Events::of(visit.stage.clone(), page);
            let mut answer = Response::new(Either::Right(events));
            let stream = HeaderValue::from_static("text/event-stream");
            answer.headers_mut().insert(CONTENT_TYPE, stream);
            answer
        }
        path => match &shown.site {
            Some(site) => look_up(site, shown, path, request.uri().query()),
            None => {
                let page = with_script(EMPTY_PAGE.as_bytes().to_vec(), shown, Found::Missing);
                let mut answer = whole(HTML, page.into());
                *answer.status_mut() = StatusCode::SERVICE_UNAVAILABLE;
                answer
            }
        },
    }
}

/// Whether a request names this machine. A page from elsewhere could have its
/// own name lead here, and would then read what is not published yet.
fn is_local(request: &Request<Incoming>) -> bool {
    let host = request.headers().get(HOST);
    let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    let literal = name.trim_start_matches('[').trim_end_matches(']');
    let is_address = literal.parse::<IpAddr>().is_ok();
    is_address || name == "localhost" || name.ends_with(".localhost")
}

/// Whether a page is the one that was asked for.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Found {
    Page,
    Missing,
}

fn look_up(site: &Built, shown: &Shown, path: &str, query: Option<&str>) -> Answer {
    let path = canonical(path);
    let early = shown.early.as_ref();
    if let Some(body) = early.and_then(|early| early.part.read(&path)) {
        return send(shown, content_type(&path), body, Found::Page);
    }
    if let Some(file) = site.file(&path) {
        return send(shown, file.content_type, site.read(file), Found::Page);
    }
    let redirect_from = |path: &str| {
        let found = site
            .redirects
            .binary_search_by(|(from, _)| from.as_str().cmp(path));
        found.ok().map(|index| site.redirects[index].1.as_str())
    };
    if let Some(target) = redirect_from(&path) {
        return redirect(target);
    }
    let directory = format!("{path}/");
    if site.file(&directory).is_some() || redirect_from(&directory).is_some() {
        let query = query.map(|query| format!("?{query}")).unwrap_or_default();
        return redirect(&format!("{directory}{query}"));
    }
    if path == "/" && !site.root.is_empty() {
        return redirect(&format!("{}/", site.root));
    }
    match missing(site, &path) {
        Some(file) => {
            let mut answer = send(shown, file.content_type, site.read(file), Found::Missing);
            *answer.status_mut() = StatusCode::NOT_FOUND;
            answer
        }
        None => brief(StatusCode::NOT_FOUND, "404 Not Found\n"),
    }
}

/// The page for what is not there: the nearest above.
fn missing<'a>(site: &'a Built, path: &str) -> Option<&'a site_gen::File> {
    let slashes = path.match_indices('/').take(NOT_FOUND_DEPTH);
    let pages = slashes.filter_map(|(at, _)| site.file(&format!("{}404.html", &path[..=at])));
    pages.last()
}

fn send(
    shown: &Shown,
    content_type: &'static str,
    body: io::Result<Vec<u8>>,
    found: Found,
) -> Answer {
    match body {
        Ok(body) if content_type == HTML => {
            whole(content_type, with_script(body, shown, found).into())
        }
        Ok(body) => whole(content_type, body.into()),
        Err(error) => brief(StatusCode::INTERNAL_SERVER_ERROR, &format!("{error}\n")),
    }
}

/// A page with our script in it: at the end of its body, where it delays
/// nothing.
fn with_script(mut page: Vec<u8>, shown: &Shown, found: Found) -> Vec<u8> {
    let missing = match found {
        Found::Page => "",
        Found::Missing => "&amp;missing",
    };
    let version = version(shown.number);
    let script = format!("<script src=\"{SCRIPT_PATH}?version={version}{missing}\"></script>");
    let end = b"</body>";
    let at = page
        .windows(end.len())
        .rposition(|window| window.eq_ignore_ascii_case(end))
        .unwrap_or(page.len());
    page.splice(at..at, script.into_bytes());
    page
}

fn redirect(target: &str) -> Answer {
    let mut answer = brief(StatusCode::PERMANENT_REDIRECT, "308 Permanent Redirect\n");
    match HeaderValue::from_str(target) {
        Ok(target) => {
            answer.headers_mut().insert(LOCATION, target);
            answer
        }
        Err(_) => brief(StatusCode::NOT_FOUND, "404 Not Found\n"),
    }
}

fn brief(status: StatusCode, text: &str) -> Answer {
    let mut answer = whole("text/plain; charset=utf-8", text.to_owned().into());
    *answer.status_mut() = status;
    answer
}

fn whole(content_type: &'static str, body: Bytes) -> Answer {
    let length = body.len();
    let mut answer = Response::new(Either::Left(Full::new(body)));
    let headers = answer.headers_mut();
    headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    headers.insert(CONTENT_LENGTH, length.into());
    answer
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_policy_is_that_of_the_real_server() {
        let words = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
        let real = include_str!("../../../unikernel/src/http/fields.rs").replace("\\\n", "");
        for own in [POLICY, WEBASSEMBLY_POLICY] {
            assert!(
                words(&real).contains(&format!("\"{}\"", words(own))),
                "{own}"
            );
        }
    }

    #[test]
    fn the_script_stands_at_the_end_of_the_body() {
        let shown = Shown {
            number: 7,
            before: 6,
            change: super::super::shown::Change::Everything,
            site: None,
            faults: Vec::new(),
            more: 0,
            is_stale: false,
            early: None,
        };
        let injected =
            |page: &str, found| String::from_utf8(with_script(page.into(), &shown, found)).unwrap();
        let page = injected("<body>x</body>y</BODY></html>", Found::Page);
        let version = version(7);
        let script = format!("<script src=\"/.fata/live.js?version={version}\"></script>");
        assert_eq!(page, format!("<body>x</body>y{script}</BODY></html>"));
        let page = injected("<p>x", Found::Missing);
        assert!(page.ends_with("&amp;missing\"></script>"), "{page}");
    }
}
