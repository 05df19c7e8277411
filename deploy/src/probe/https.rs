//! A small HTTPS client: HTTP/1.1 over TLS, one request at a time, and only
//! with the server whose certificate has the expected fingerprint.
//!
//! Big enough to ask a guest whether it serves, and to put load on it.

use std::io::{Read as _, Write as _};
use std::net::{Ipv4Addr, TcpStream};
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustls::StreamOwned;
use rustls::client::{ClientConfig, ClientConnection};
use rustls::pki_types::ServerName;

use super::pinned;
use crate::limits::{RESPONSE_BODY, RESPONSE_HEAD};

/// A server to ask.
#[derive(Clone, Debug)]
pub struct Https {
    config: Arc<ClientConfig>,
    name: ServerName<'static>,
    host: String,
    port: u16,
}

/// A connection that stays open between requests.
pub struct Connection {
    stream: StreamOwned<ClientConnection, TcpStream>,
    host: String,
    buffer: Vec<u8>,
}

/// What came back.
#[derive(Clone, Debug)]
pub struct Answer {
    /// The status code.
    pub status: u16,
    /// The body.
    pub body: Vec<u8>,
    /// When its first byte arrived.
    pub first_byte: Instant,
}

impl Https {
    /// The server of `host` on a local port, known by its fingerprint. Each
    /// connection makes a full handshake: nothing is resumed.
    ///
    /// # Errors
    ///
    /// When `host` is no name of a host.
    pub fn new(port: u16, host: &str, fingerprint: [u8; 32]) -> Result<Self> {
        Ok(Self {
            config: Arc::new(pinned(fingerprint)?),
            name: ServerName::try_from(host.to_owned()).context("the domain is no host name")?,
            host: host.to_owned(),
            port,
        })
    }

    /// Connects, and waits at most `timeout` for each thing to come.
    ///
    /// # Errors
    ///
    /// When nobody answers, or has another certificate.
    pub fn connect(&self, timeout: Duration) -> Result<Connection> {
        let mut socket = TcpStream::connect((Ipv4Addr::LOCALHOST, self.port))?;
        socket.set_read_timeout(Some(timeout))?;
        socket.set_write_timeout(Some(timeout))?;
        socket.set_nodelay(true)?;
        let mut session = ClientConnection::new(self.config.clone(), self.name.clone())?;
        while session.is_handshaking() {
            session.complete_io(&mut socket)?;
        }
        Ok(Connection {
            stream: StreamOwned::new(session, socket),
            host: self.host.clone(),
            buffer: Vec::new(),
        })
    }
}

impl Connection {
    /// Asks for `path`.
    ///
    /// # Errors
    ///
    /// When the connection ends or falls silent, or what comes is no response.
    pub fn get(&mut self, path: &str) -> Result<Answer> {
        let Self { stream, host, .. } = self;
        write!(stream, "GET {path} HTTP/1.1\r\nHost: {host}\r\n\r\n")?;
        stream.flush()?;
        self.receive()?;
        let first_byte = Instant::now();
        let head_length = loop {
            if let Some(end) = self.buffer.windows(4).position(|w| w == b"\r\n\r\n") {
                break end + 4;
            }
            if self.buffer.len() > RESPONSE_HEAD {
                bail!("the head of the response is longer than {RESPONSE_HEAD} bytes");
            }
            self.receive()?;
        };
        let head = String::from_utf8_lossy(&self.buffer[..head_length]).into_owned();
        let (status, length) = parse_head(&head)?;
        while self.buffer.len() < head_length + length {
            self.receive()?;
        }
        let rest = self.buffer.split_off(head_length + length);
        let body = self.buffer.split_off(head_length);
        self.buffer = rest;
        Ok(Answer {
            status,
            body,
            first_byte,
        })
    }

    /// Takes in what has come, at least one byte.
    fn receive(&mut self) -> Result<()> {
        let mut chunk = [0; 16 * 1024];
        let count = self.stream.read(&mut chunk)?;
        if count == 0 {
            bail!("the connection was closed in the middle of a response");
        }
        self.buffer.extend_from_slice(&chunk[..count]);
        Ok(())
    }
}

/// Status and body length of a response head.
fn parse_head(head: &str) -> Result<(u16, usize)> {
    let mut lines = head.lines();
    let status_line = lines.next().unwrap_or_default();
    let status = status_line
        .strip_prefix("HTTP/1.1 ")
        .and_then(|rest| rest.get(..3)?.parse().ok())
        .with_context(|| format!("expected a status line of HTTP/1.1, got {status_line:?}"))?;
    let length = lines
        .filter_map(|line| line.split_once(':'))
        .find(|(name, _)| name.eq_ignore_ascii_case("content-length"))
        .and_then(|(_, value)| value.trim().parse().ok())
        .context("expected a response with a Content-Length")?;
    if length > RESPONSE_BODY {
        bail!("the response has {length} bytes, more than {RESPONSE_BODY}");
    }
    Ok((status, length))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn heads_are_read_or_refused() {
        let head = "HTTP/1.1 200 OK\r\ncontent-length: 12\r\n\r\n";
        assert_eq!(parse_head(head).unwrap(), (200, 12));
        for bad in [
            "",
            "HTTP/1.1 2\r\n\r\n",
            "HTTP/1.1 200 OK\r\n\r\n",
            "HTTP/1.1 200 OK\r\nContent-Length: 99999999999\r\n\r\n",
        ] {
            assert!(parse_head(bad).is_err(), "{bad:?}");
        }
    }
}
