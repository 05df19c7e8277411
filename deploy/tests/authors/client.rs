//! A browser's part of the conversation, as plainly as can be.

use std::collections::BTreeMap;
use std::io::{BufRead as _, BufReader, Read as _, Write as _};
use std::net::{SocketAddr, TcpStream};

use serde_json::Value;

use crate::harness::PATIENCE;

/// One that asks `fata serve` at an address.
pub(crate) struct Client(pub(crate) SocketAddr);

/// What it was told.
#[derive(Debug)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) headers: BTreeMap<String, String>,
    pub(crate) body: String,
}

impl Client {
    pub(crate) fn get(&self, path: &str) -> Answer {
        self.ask("GET", path, &self.0.to_string())
    }

    pub(crate) fn ask(&self, method: &str, path: &str, host: &str) -> Answer {
        let mut reader = self.send(method, path, host, "Connection: close\r\n");
        let (status, headers) = head(&mut reader);
        let mut body = Vec::new();
        reader.read_to_end(&mut body).unwrap();
        let body = String::from_utf8_lossy(&body).into_owned();
        Answer {
            status,
            headers,
            body,
        }
    }

    /// Listens as an open page does that does not tell which it is.
    pub(crate) fn events(&self) -> Events {
        self.listen("/.fata/events")
    }

    /// Listens as an open page does.
    pub(crate) fn events_of(&self, page: &str) -> Events {
        self.listen(&format!("/.fata/events?page={}", page.replace('/', "%2F")))
    }

    fn listen(&self, path: &str) -> Events {
        let mut reader = self.send("GET", path, &self.0.to_string(), "");
        let (status, headers) = head(&mut reader);
        assert_eq!(status, 200);
        assert_eq!(headers["content-type"], "text/event-stream");
        Events(reader)
    }

    fn send(&self, method: &str, path: &str, host: &str, more: &str) -> BufReader<TcpStream> {
        let mut stream = TcpStream::connect(self.0).unwrap();
        stream.set_read_timeout(Some(PATIENCE)).unwrap();
        let request = format!("{method} {path} HTTP/1.1\r\nHost: {host}\r\n{more}\r\n");
        stream.write_all(request.as_bytes()).unwrap();
        BufReader::new(stream)
    }
}

fn head(reader: &mut BufReader<TcpStream>) -> (u16, BTreeMap<String, String>) {
    let mut line = String::new();
    reader.read_line(&mut line).unwrap();
    let status = line.split(' ').nth(1).unwrap().parse().unwrap();
    let mut headers = BTreeMap::new();
    loop {
        line.clear();
        reader.read_line(&mut line).unwrap();
        match line.trim_end().split_once(": ") {
            Some((name, value)) => _ = headers.insert(name.to_lowercase(), value.to_owned()),
            None => return (status, headers),
        }
    }
}

/// An open page's stream of news.
pub(crate) struct Events(BufReader<TcpStream>);

impl Events {
    /// The next piece of news, past chunk lengths and heartbeats.
    pub(crate) fn next(&mut self) -> Value {
        loop {
            let mut line = String::new();
            assert!(self.0.read_line(&mut line).unwrap() > 0, "the stream ended");
            if let Some(data) = line.strip_prefix("data: ") {
                return serde_json::from_str(data).unwrap();
            }
        }
    }

    /// The next piece of news of a kind.
    pub(crate) fn next_that(&mut self, wanted: impl Fn(&Value) -> bool) -> Value {
        loop {
            let event = self.next();
            if wanted(&event) {
                return event;
            }
        }
    }
}
