//! Whether links to other sites lead somewhere.
//!
//! Many sites are asked at a time, each of them little at a time. A link is
//! asked for by HEAD; where that is refused, by GET. Only what is surely wrong
//! is an error: a site that does not answer programs, or not today, may well
//! answer a reader. Where nobody answers, it is the network that is missing, and
//! that is told once.

use std::collections::{BTreeMap, HashSet, VecDeque};
use std::io;
use std::sync::{Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use site_gen::{Diagnostic, Link, Progress as _};
use ureq::http::Response;
use ureq::http::header::LOCATION;
use ureq::{Agent, Body, ResponseExt as _};

use super::Options;
use super::known::Known;
use crate::limits::{
    LINK_ATTEMPTS, LINK_LANES, LINK_PATIENCE, LINK_PAUSE, LINK_REDIRECTS, LINK_RETRY_PAUSE,
    LINK_SILENCES, LINK_SITES,
};
use crate::progress::Progress;
use crate::site::Site;

/// Ends of names that lead nowhere, on purpose (RFC 2606, 2 and 3).
const RESERVED: [&str; 7] = [
    ".example",
    ".test",
    ".invalid",
    ".localhost",
    "example.org",
    "example.com",
    "example.net",
];

/// What became of a link.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Verdict {
    Good,
    /// It leads to another address, for good.
    Moved(String),
    /// The site says that there is nothing.
    Gone(u16),
    /// The site does not want to be asked, or cannot answer now.
    Unclear(String),
    /// Nobody answered, which may pass.
    Silent(String),
    /// Nobody knows the name of the site; or nobody could be asked for it.
    Nameless(String),
    /// Whoever asks gets nothing.
    Unreachable(String),
}

/// Why a link was not asked about: those before it were not heard.
const UNHEARD: &str = "nobody was heard";

impl Verdict {
    /// Whether anybody was heard at all.
    fn is_heard(&self) -> bool {
        !matches!(self, Self::Silent(_) | Self::Nameless(_))
    }
}

/// Asks about all links that are not known to be good. Where answers cannot be
/// kept, all are asked again the next time.
pub(super) fn follow(links: &[Link], site: &Site, options: &Options) -> Vec<Diagnostic> {
    let mut known = Known::read(&site.cache_directory(), options.max_age);
    let unknown = |link: &&Link| !known.is_good(&link.url) && !is_reserved(host(&link.url));
    let asked: Vec<&Link> = links.iter().filter(unknown).collect();
    let verdicts = ask_all(&asked);
    let mut faults = Vec::new();
    if let Some(fault) = unheard(&verdicts) {
        return vec![fault];
    }
    for (link, verdict) in verdicts {
        match fault(link, &verdict) {
            None => known.add(&link.url),
            Some(fault) => faults.push(fault),
        }
    }
    let used: HashSet<&str> = links.iter().map(|link| link.url.as_str()).collect();
    if let Err(error) = known.write(|url| used.contains(url)) {
        let format = options.format;
        format.remark(&format!(
            "the answers of other sites are not kept: {error:#}"
        ));
    }
    faults
}

fn ask_all<'a>(links: &[&'a Link]) -> Vec<(&'a Link, Verdict)> {
    let agent = agent();
    let lanes = Mutex::new(lanes(links));
    let verdicts = Mutex::new(Vec::with_capacity(links.len()));
    let progress = Progress::new("asking other sites", links.len());
    thread::scope(|scope| {
        for _ in 0..LINK_SITES.min(links.len()) {
            scope.spawn(|| {
                while let Some(lane) = take(&lanes) {
                    for (index, link) in lane.into_iter().enumerate() {
                        let verdict = if is_alone(&verdicts) {
                            Verdict::Silent(UNHEARD.to_owned())
                        } else {
                            if index > 0 {
                                thread::sleep(LINK_PAUSE);
                            }
                            ask_patiently(&agent, &link.url)
                        };
                        let mut all = verdicts.lock().unwrap_or_else(PoisonError::into_inner);
                        all.push((link, verdict));
                        progress.advance();
                    }
                }
            });
        }
    });
    verdicts
        .into_inner()
        .unwrap_or_else(PoisonError::into_inner)
}

/// Whether so many were asked that somebody would have been heard.
fn is_alone(verdicts: &Mutex<Vec<(&Link, Verdict)>>) -> bool {
    let verdicts = verdicts.lock().unwrap_or_else(PoisonError::into_inner);
    // One verdict is enough to know most of the time.
    verdicts.len() >= LINK_SILENCES && !verdicts.iter().any(|(_, verdict)| verdict.is_heard())
}

/// Links that are asked about one after the other: all of a lane are of one
/// site.
fn lanes<'a>(links: &[&'a Link]) -> VecDeque<Vec<&'a Link>> {
    let mut sites: BTreeMap<&str, Vec<&Link>> = BTreeMap::new();
    for link in links {
        sites.entry(host(&link.url)).or_default().push(link);
    }
    let split = |links: Vec<&'a Link>| {
        let length = links.len().div_ceil(LINK_LANES).max(1);
        links.chunks(length).map(<[_]>::to_vec).collect::<Vec<_>>()
    };
    sites.into_values().flat_map(split).collect()
}

fn take<'a>(lanes: &Mutex<VecDeque<Vec<&'a Link>>>) -> Option<Vec<&'a Link>> {
    let mut lanes = lanes.lock().unwrap_or_else(PoisonError::into_inner);
    lanes.pop_front()
}

fn agent() -> Agent {
    Agent::config_builder()
        .http_status_as_error(false)
        .max_redirects(LINK_REDIRECTS)
        .user_agent(concat!(
            "fata/",
            env!("CARGO_PKG_VERSION"),
            " (checks links)"
        ))
        .build()
        .into()
}

/// Asks until there is an answer, or enough silence.
fn ask_patiently(agent: &Agent, url: &str) -> Verdict {
    let mut pause = LINK_RETRY_PAUSE;
    let mut verdict = Verdict::Good;
    let end = Instant::now() + LINK_PATIENCE;
    for attempt in 0..LINK_ATTEMPTS {
        if attempt > 0 {
            if left(end) <= pause {
                break;
            }
            thread::sleep(pause);
            pause *= 2;
        }
        verdict = ask(agent, url, end);
        if matches!(
            verdict,
            Verdict::Good | Verdict::Moved(_) | Verdict::Gone(_) | Verdict::Unreachable(_)
        ) {
            break;
        }
    }
    verdict
}

/// How long a link may still take.
fn left(end: Instant) -> Duration {
    end.saturating_duration_since(Instant::now())
}

fn ask(agent: &Agent, url: &str, end: Instant) -> Verdict {
    // Servers that do not know HEAD say all kinds of things to it, or nothing.
    let patience = left(end) / 2;
    let head = agent.head(url).config().timeout_global(Some(patience));
    let head = match head.build().call() {
        Err(error @ ureq::Error::TooManyRedirects) => return silence(&error),
        head => head.ok(),
    };
    let head = head.filter(|answer| answer.status().as_u16() < 400);
    let get = || {
        let get = agent.get(url).config().timeout_global(Some(left(end)));
        get.build().call()
    };
    let answer = match head.map_or_else(get, Ok) {
        Ok(answer) => answer,
        Err(error) => return silence(&error),
    };
    match answer.status().as_u16() {
        200..=399 if is_elsewhere(url, &answer) => moved(agent, url, &answer, end),
        200..=399 => Verdict::Good,
        status @ (404 | 410) => Verdict::Gone(status),
        status => Verdict::Unclear(format!("it answers {status}")),
    }
}

fn silence(error: &ureq::Error) -> Verdict {
    match error {
        ureq::Error::Timeout(_) => Verdict::Silent(format!("no answer within {LINK_PATIENCE:?}")),
        ureq::Error::TooManyRedirects => Verdict::Unreachable("redirects without end".to_owned()),
        ureq::Error::HostNotFound => Verdict::Nameless("there is no such host".to_owned()),
        ureq::Error::ConnectionFailed => Verdict::Silent(error.to_string()),
        // What was said is no TLS, or not by whom it should be.
        ureq::Error::Io(error) if error.kind() == io::ErrorKind::InvalidData => {
            Verdict::Unreachable(error.to_string())
        }
        ureq::Error::Io(error) => unconnected(&error.to_string()),
        error => Verdict::Unreachable(error.to_string()),
    }
}

/// What it means that there is no connection. That a name is not known has no kind
/// of its own; what may be known later is another thing (RFC 3493, 6.1).
fn unconnected(told: &str) -> Verdict {
    let lookup = told.strip_prefix("failed to lookup address information: ");
    let why = lookup.unwrap_or(told).to_owned();
    match lookup {
        Some(why_not)
            if !["Temporary failure", "Try again"]
                .iter()
                .any(|kind| why_not.starts_with(kind)) =>
        {
            Verdict::Nameless(why)
        }
        _ => Verdict::Silent(why),
    }
}

fn is_elsewhere(url: &str, answer: &Response<Body>) -> bool {
    let end = answer.get_uri().to_string();
    end.trim_end_matches('/') != url.trim_end_matches('/')
}

/// A redirect is worth a word only if its site says that it is for good.
fn moved(agent: &Agent, url: &str, answer: &Response<Body>, end: Instant) -> Verdict {
    let first = agent
        .get(url)
        .config()
        .timeout_global(Some(left(end)))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .build()
        .call();
    let permanent = first.is_ok_and(|first| {
        matches!(first.status().as_u16(), 301 | 308) && first.headers().contains_key(LOCATION)
    });
    if permanent {
        Verdict::Moved(answer.get_uri().to_string())
    } else {
        Verdict::Good
    }
}

/// The one fault of a machine that hears of no other site: what is wrong with the
/// links cannot be known there.
fn unheard(verdicts: &[(&Link, Verdict)]) -> Option<Diagnostic> {
    let (link, first) = verdicts.first()?;
    if verdicts.iter().any(|(_, verdict)| verdict.is_heard()) {
        return None;
    }
    let why = match first {
        Verdict::Silent(why) | Verdict::Nameless(why) => why,
        _ => UNHEARD,
    };
    let url = &link.url;
    let message = match verdicts.len() {
        1 => format!("`{url}` could not be checked: {why}"),
        count => format!("none of {count} links to other sites could be checked: {why} (`{url}`)"),
    };
    let fault = Diagnostic::new("content/site.toml", message);
    Some(
        fault
            .expected("a network that leads to other sites")
            .warning(),
    )
}

/// What a verdict means to the author; nothing, if it is good. Others were heard.
fn fault(link: &Link, verdict: &Verdict) -> Option<Diagnostic> {
    let url = &link.url;
    let at = |message: String| Diagnostic::new(&link.file, message).placed(link.place.clone());
    Some(match verdict {
        Verdict::Good => return None,
        Verdict::Moved(to) => at(format!("`{url}` has moved"))
            .expected("the new address")
            .suggestion(Some(format!("`{to}`")))
            .warning(),
        Verdict::Gone(status) => at(format!("`{url}` leads nowhere: its site answers {status}"))
            .expected("a link that leads somewhere"),
        Verdict::Unclear(why) | Verdict::Silent(why) => {
            at(format!("`{url}` could not be checked: {why}")).warning()
        }
        Verdict::Nameless(why) | Verdict::Unreachable(why) => {
            at(format!("`{url}` leads nowhere: {why}")).expected("a link that leads somewhere")
        }
    })
}

/// The site of an address, with its port.
fn host(url: &str) -> &str {
    let (_, rest) = url.split_once("://").unwrap_or(("", url));
    rest.split(['/', '?', '#']).next().unwrap_or_default()
}

fn is_reserved(host: &str) -> bool {
    let name = host.split(':').next().unwrap_or_default();
    RESERVED.iter().any(|end| {
        let rest = name.strip_suffix(end);
        rest.is_some_and(|rest| end.starts_with('.') || rest.is_empty() || rest.ends_with('.'))
    })
}

#[cfg(test)]
mod tests {
    use site_gen::Severity;

    use std::io::{BufRead as _, BufReader, Write as _};
    use std::net::TcpListener;
    use std::sync::Arc;
    use std::sync::atomic::{AtomicU32, Ordering};

    use super::*;

    #[test]
    fn names_for_examples_are_not_asked() {
        for name in [
            "example.org",
            "www.example.com",
            "example.net",
            "a.example",
            "b.test:8080",
        ] {
            assert!(is_reserved(name), "{name}");
        }
        for name in ["myexample.org", "example.edu", "a.org", "127.0.0.1:80"] {
            assert!(!is_reserved(name), "{name}");
        }
    }

    fn link(url: &str) -> Link {
        Link {
            url: url.to_owned(),
            file: "content/a.md".into(),
            place: None,
        }
    }

    #[test]
    fn what_may_pass_is_no_error_and_no_network_is_one_warning() {
        let links = [link("https://a.net/"), link("https://b.net/")];
        let lookup = |why: &str| {
            let told = format!("failed to lookup address information: {why}");
            silence(&ureq::Error::Io(io::Error::other(told)))
        };
        let nameless = lookup("Name or service not known");
        let later = lookup("Temporary failure in name resolution");
        let refused = silence(&ureq::Error::Io(io::ErrorKind::ConnectionRefused.into()));
        assert_eq!(
            nameless,
            Verdict::Nameless("Name or service not known".into())
        );
        for pass in [&later, &refused] {
            assert!(matches!(pass, Verdict::Silent(_)), "{pass:?}");
            let fault = fault(&links[0], pass).unwrap();
            assert_eq!(fault.severity, Severity::Warning);
        }
        let alone = [(&links[0], nameless.clone()), (&links[1], later)];
        let fault = unheard(&alone).unwrap();
        assert_eq!(fault.severity, Severity::Warning);
        assert_eq!(
            fault.message,
            "none of 2 links to other sites could be checked: Name or service not known \
             (`https://a.net/`)"
        );
        let heard = [
            (&links[0], nameless.clone()),
            (&links[1], Verdict::Gone(404)),
        ];
        assert_eq!(unheard(&heard), None);
        assert_eq!(
            super::fault(&links[0], &nameless).unwrap().severity,
            Severity::Error
        );
        assert_eq!(unheard(&[]), None);
    }

    /// It was followed by HEAD and by GET, three times.
    #[test]
    fn a_circle_of_redirects_is_gone_through_once() {
        let server = TcpListener::bind("127.0.0.1:0").expect("a port");
        let url = format!("http://{}/", server.local_addr().expect("an address"));
        let (count, location) = (Arc::new(AtomicU32::new(0)), url.clone());
        let asked = Arc::clone(&count);
        thread::spawn(move || {
            for stream in server.incoming().flatten() {
                asked.fetch_add(1, Ordering::SeqCst);
                let mut reader = BufReader::new(&stream);
                let mut line = String::new();
                while reader.read_line(&mut line).is_ok_and(|length| length > 2) {
                    line.clear();
                }
                let answer = format!(
                    "HTTP/1.1 302 Found\r\nLocation: {location}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
                );
                let _ = (&stream).write_all(answer.as_bytes());
            }
        });
        let verdict = ask_patiently(&agent(), &url);
        assert!(matches!(verdict, Verdict::Unreachable(_)), "{verdict:?}");
        assert_eq!(count.load(Ordering::SeqCst), LINK_REDIRECTS + 1);
    }

    #[test]
    fn nobody_is_asked_after_enough_silence() {
        let link = link("https://a.net/");
        let silent = || (&link, Verdict::Silent(String::new()));
        let mut verdicts: Vec<_> = (1..LINK_SILENCES).map(|_| silent()).collect();
        assert!(!is_alone(&Mutex::new(verdicts.clone())));
        verdicts.push(silent());
        assert!(is_alone(&Mutex::new(verdicts.clone())));
        verdicts.push((&link, Verdict::Good));
        assert!(!is_alone(&Mutex::new(verdicts)));
    }

    #[test]
    fn one_site_is_asked_in_few_lanes() {
        let links: Vec<Link> = (0..10)
            .map(|number| link(&format!("https://a.org/{number}")))
            .chain([link("https://b.org/?x")])
            .collect();
        let lanes = lanes(&links.iter().collect::<Vec<_>>());
        let lengths: Vec<usize> = lanes.iter().map(Vec::len).collect();
        assert_eq!(lengths, [5, 5, 1]);
    }
}
