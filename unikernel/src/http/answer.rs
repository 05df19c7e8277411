//! The response to a request on the HTTPS port.

use hyper::body::Bytes;
use hyper::header::{
    ACCEPT_ENCODING, ACCEPT_RANGES, ALLOW, CACHE_CONTROL, CONTENT_ENCODING, CONTENT_LENGTH,
    CONTENT_RANGE, CONTENT_TYPE, ETAG, HeaderMap, HeaderValue, IF_RANGE, LOCATION, RANGE, VARY,
};
use hyper::{Method, Request, StatusCode};
use site_pack::File;

use super::conditional::{self, Verdict};
use super::encoding::{self, Coding};
use super::fields::Policy;
use super::host::{Place, Refusal};
use super::path;
use super::range::{self, Part};
use super::{Answer, fields};
use crate::site::{Found, Site};

/// The response to `request`.
pub fn respond<B>(site: &Site, request: &Request<B>) -> Answer {
    let place = match site.hosts().check(request) {
        Ok((place, _)) => place,
        Err(refusal) => return refuse(refusal),
    };
    let mut answer = match *request.method() {
        Method::GET | Method::HEAD => look_up(site, request),
        Method::OPTIONS => options(),
        _ => {
            let mut answer = brief(StatusCode::METHOD_NOT_ALLOWED);
            answer.headers_mut().insert(ALLOW, fields::METHODS);
            answer
        }
    };
    fields::protect(answer.headers_mut(), place, site.policy());
    if *request.method() == Method::HEAD {
        // The fields are those of GET, Content-Length too.
        *answer.body_mut() = Bytes::new().into();
    }
    answer
}

/// The response to a request that is not for this site.
pub fn refuse(refusal: Refusal) -> Answer {
    let mut answer = brief(match refusal {
        Refusal::Malformed => StatusCode::BAD_REQUEST,
        Refusal::Elsewhere => StatusCode::MISDIRECTED_REQUEST,
    });
    fields::protect(answer.headers_mut(), Place::Local, Policy::default());
    answer
}

/// A response that only says its status.
pub fn brief(status: StatusCode) -> Answer {
    let text = format!(
        "{} {}\n",
        status.as_str(),
        status.canonical_reason().unwrap_or_default()
    );
    let mut answer = Answer::new(Bytes::from(text.clone()).into());
    *answer.status_mut() = status;
    answer
        .headers_mut()
        .insert(CONTENT_TYPE, fields::PLAIN_TEXT);
    answer
        .headers_mut()
        .insert(CONTENT_LENGTH, text.len().into());
    answer
}

fn options() -> Answer {
    let mut answer = Answer::default();
    *answer.status_mut() = StatusCode::NO_CONTENT;
    answer.headers_mut().insert(ALLOW, fields::METHODS);
    answer
}

fn look_up<B>(site: &Site, request: &Request<B>) -> Answer {
    let found = match path::decode(request.uri().path()) {
        Ok(path) => site.find(&path),
        Err(path::Error::Escape) => return brief(StatusCode::BAD_REQUEST),
        Err(path::Error::Impossible) => site.nothing(request.uri().path()),
    };
    match found {
        Found::File(file) => send_file(request, file),
        Found::Directory => redirect(&with_slash(request)),
        Found::Redirect(target) => redirect(&path::encode(target)),
        Found::Nothing(page) => not_found(request.headers(), page),
    }
}

/// The path of the request with a slash at its end. It is still encoded as the
/// client sent it, and its query stays.
fn with_slash<B>(request: &Request<B>) -> String {
    let path = request.uri().path();
    match request.uri().query() {
        Some(query) => format!("{path}/?{query}"),
        None => format!("{path}/"),
    }
}

fn redirect(target: &str) -> Answer {
    let Ok(target) = target.parse() else {
        return brief(StatusCode::NOT_FOUND);
    };
    let mut answer = brief(StatusCode::PERMANENT_REDIRECT);
    answer.headers_mut().insert(LOCATION, target);
    answer.headers_mut().insert(CACHE_CONTROL, fields::ONE_HOUR);
    answer
}

fn not_found(headers: &HeaderMap, page: Option<File<'static>>) -> Answer {
    let chosen = page.and_then(|file| Representation::choose(headers, file));
    let Some(chosen) = chosen else {
        return brief(StatusCode::NOT_FOUND);
    };
    let mut answer = chosen.answer(StatusCode::NOT_FOUND, chosen.bytes);
    chosen.describe(answer.headers_mut());
    answer
        .headers_mut()
        .insert(CACHE_CONTROL, fields::REVALIDATE);
    answer
}

fn send_file<B>(request: &Request<B>, file: File<'static>) -> Answer {
    let headers = request.headers();
    let Some(chosen) = Representation::choose(headers, file) else {
        let mut answer = brief(StatusCode::NOT_ACCEPTABLE);
        answer.headers_mut().insert(VARY, ACCEPT_ENCODING.into());
        return answer;
    };
    let tag = chosen.tag();
    let mut answer = match conditional::evaluate(headers, &tag) {
        Verdict::Failed => return brief(StatusCode::PRECONDITION_FAILED),
        Verdict::NotModified => {
            let mut answer = Answer::default();
            *answer.status_mut() = StatusCode::NOT_MODIFIED;
            answer
        }
        Verdict::Proceed => chosen.send(part_wanted(request, &chosen, &tag)),
    };
    let headers = answer.headers_mut();
    if let Ok(tag) = tag.parse() {
        headers.insert(ETAG, tag);
    }
    headers.insert(CACHE_CONTROL, fields::cache_control(file.caching()));
    headers.insert(VARY, ACCEPT_ENCODING.into());
    answer
}

/// The part of the file that is wanted. Ranges are of the plain file only:
/// the compressed ones are small, and a range of them is of use to nobody.
fn part_wanted<B>(request: &Request<B>, chosen: &Representation, tag: &str) -> Part {
    let headers = request.headers();
    let is_for_parts = *request.method() == Method::GET && chosen.coding == Coding::Identity;
    let is_fresh = headers
        .get(IF_RANGE)
        .is_none_or(|value| conditional::is_same(value.as_bytes(), tag));
    match headers.get(RANGE) {
        Some(value) if is_for_parts && is_fresh => {
            range::parse(value.as_bytes(), chosen.bytes.len())
        }
        _ => Part::Whole,
    }
}

/// One variant of a file.
struct Representation {
    file: File<'static>,
    coding: Coding,
    bytes: &'static [u8],
}

impl Representation {
    fn choose(headers: &HeaderMap, file: File<'static>) -> Option<Self> {
        let coding = encoding::negotiate(headers, |encoding| file.encoded(encoding).is_some())?;
        let bytes = match coding {
            Coding::Identity => file.body(),
            Coding::Encoded(encoding) => file.encoded(encoding)?,
        };
        Some(Self {
            file,
            coding,
            bytes,
        })
    }

    /// The strong entity tag: every variant has its own (RFC 9110 section
    /// 8.8.3.3).
    fn tag(&self) -> String {
        let hash = self.file.etag();
        match self.coding {
            Coding::Identity => format!("\"{hash}\""),
            Coding::Encoded(encoding) => format!("\"{hash}-{}\"", encoding.name()),
        }
    }

    fn send(&self, part: Part) -> Answer {
        let length = self.bytes.len();
        let (status, bytes, range) = match part {
            Part::Whole => (StatusCode::OK, self.bytes, None),
            Part::Bytes(range) => {
                let last = range.end - 1;
                let field = format!("bytes {}-{last}/{length}", range.start);
                let bytes = self.bytes.get(range).unwrap_or_default();
                (StatusCode::PARTIAL_CONTENT, bytes, Some(field))
            }
            Part::Nothing => {
                let mut answer = brief(StatusCode::RANGE_NOT_SATISFIABLE);
                insert(
                    answer.headers_mut(),
                    CONTENT_RANGE,
                    &format!("bytes */{length}"),
                );
                return answer;
            }
        };
        let mut answer = self.answer(status, bytes);
        self.describe(answer.headers_mut());
        let headers = answer.headers_mut();
        if let Some(range) = range {
            insert(headers, CONTENT_RANGE, &range);
        }
        if self.coding == Coding::Identity {
            headers.insert(ACCEPT_RANGES, HeaderValue::from_static("bytes"));
        }
        answer
    }

    fn answer(&self, status: StatusCode, bytes: &'static [u8]) -> Answer {
        let mut answer = Answer::new(Bytes::from_static(bytes).into());
        *answer.status_mut() = status;
        answer
            .headers_mut()
            .insert(CONTENT_LENGTH, bytes.len().into());
        answer
    }

    fn describe(&self, headers: &mut HeaderMap) {
        insert(headers, CONTENT_TYPE, self.file.content_type());
        headers.insert(VARY, ACCEPT_ENCODING.into());
        if let Coding::Encoded(encoding) = self.coding {
            headers.insert(CONTENT_ENCODING, HeaderValue::from_static(encoding.name()));
        }
    }
}

/// Inserts a value that comes from the pack; one that is no field value is
/// left out.
fn insert(headers: &mut HeaderMap, name: hyper::header::HeaderName, value: &str) {
    if let Ok(value) = value.parse() {
        headers.insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use hyper::header::{CONTENT_SECURITY_POLICY, HOST};
    use site_pack::write::Builder;

    use super::*;

    #[test]
    fn the_pack_says_what_scripts_may_do() {
        let policy = |parts: &[(&str, &[u8])]| {
            let mut builder = Builder::new();
            for (name, bytes) in parts {
                builder.part(name, bytes.to_vec()).unwrap();
            }
            let (site, _) = Site::open(builder.finish().unwrap().leak()).unwrap();
            let request = Request::get("/")
                .header(HOST, "localhost")
                .body(())
                .unwrap();
            let answer = respond(&site, &request);
            let policy = &answer.headers()[CONTENT_SECURITY_POLICY];
            policy.to_str().unwrap().to_owned()
        };
        assert!(!policy(&[]).contains("script-src"));
        // As the site generator writes it.
        let with = policy(&[("policy", b"webassembly")]);
        assert!(
            with.contains("script-src 'self' 'wasm-unsafe-eval';"),
            "{with}"
        );
    }
}
