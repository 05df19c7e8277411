//! What a guest has said on its console, and what of it `fata` understands.

use std::collections::VecDeque;
use std::io::{self, BufRead, BufReader, Read};
use std::net::SocketAddr;
use std::time::{Duration, Instant};

use crate::limits::{CONSOLE_HISTORY, CONSOLE_LINE};

/// The line of a guest that serves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Listening {
    /// Inside the guest.
    pub https: SocketAddr,
    /// Inside the guest.
    pub http: SocketAddr,
    /// Inside the guest.
    pub dns: SocketAddr,
}

/// What a guest has said.
#[derive(Clone, Debug, Default)]
pub struct Console {
    lines: VecDeque<String>,
    fingerprint: Option<[u8; 32]>,
    listening: Option<Listening>,
    /// The kernel's clock when it reported, and when that arrived.
    booted: Option<(Duration, Instant)>,
    listened: Option<Instant>,
}

impl Console {
    /// The last lines, oldest first.
    pub fn lines(&self) -> impl Iterator<Item = &str> {
        self.lines.iter().map(String::as_str)
    }

    /// The SHA-256 fingerprint of the certificate.
    pub fn fingerprint(&self) -> Option<[u8; 32]> {
        self.fingerprint
    }

    /// Where it listens, once it does.
    pub fn listening(&self) -> Option<Listening> {
        self.listening
    }

    /// From the guest's first instruction until it listened: by its own clock
    /// until its kernel was up, by ours for the rest.
    pub fn boot_time(&self) -> Option<Duration> {
        let (booted, at) = self.booted?;
        Some(booted + self.listened?.duration_since(at))
    }

    /// When it said that it listens.
    pub fn listened(&self) -> Option<Instant> {
        self.listened
    }

    /// Takes in the next line.
    pub(super) fn add(&mut self, line: String) {
        if let Some(text) = line.strip_prefix("certificate sha256 ") {
            self.fingerprint = parse_fingerprint(text).or(self.fingerprint);
        } else if let Some(text) = line.strip_prefix("listening ") {
            if let Some(listening) = listening(text) {
                self.listening = Some(listening);
                self.listened = Some(Instant::now());
            }
        } else if let Some(time) = line.strip_prefix("boot ").and_then(boot_time) {
            self.booted = Some((time, Instant::now()));
        }
        if self.lines.len() == CONSOLE_HISTORY {
            self.lines.pop_front();
        }
        self.lines.push_back(line);
    }
}

/// Reads lines until the guest hangs up. Control characters are shown as what
/// they are: what a guest prints must not steer the terminal.
pub(super) fn read_lines(console: impl Read, mut each: impl FnMut(String)) -> io::Result<()> {
    let mut console = BufReader::new(console);
    let mut line = Vec::new();
    loop {
        line.clear();
        let limited = &mut console.by_ref().take(CONSOLE_LINE as u64);
        if limited.read_until(b'\n', &mut line)? == 0 {
            return Ok(());
        }
        let text = String::from_utf8_lossy(&line);
        let text = text.trim_end_matches(['\r', '\n']);
        each(text.chars().map(visible).collect());
    }
}

fn visible(character: char) -> char {
    if character.is_control() && character != '\t' {
        char::REPLACEMENT_CHARACTER
    } else {
        character
    }
}

/// A fingerprint as the guest prints it: bytes in hex, between colons.
pub fn parse_fingerprint(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    let mut parts = text.trim().split(':');
    for byte in &mut bytes {
        *byte = u8::from_str_radix(parts.next()?, 16).ok()?;
    }
    parts.next().is_none().then_some(bytes)
}

fn listening(text: &str) -> Option<Listening> {
    Some(Listening {
        https: value(text, "https")?.parse().ok()?,
        http: value(text, "http")?.parse().ok()?,
        dns: value(text, "dns")?.parse().ok()?,
    })
}

/// `12.345 ms, …`
fn boot_time(text: &str) -> Option<Duration> {
    let (milliseconds, _) = text.split_once(" ms")?;
    let milliseconds: f64 = milliseconds.parse().ok()?;
    Duration::try_from_secs_f64(milliseconds / 1e3).ok()
}

/// The value of `key=value` among words.
fn value<'a>(text: &'a str, key: &str) -> Option<&'a str> {
    text.split_whitespace()
        .find_map(|word| word.strip_prefix(key)?.strip_prefix('='))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn console(text: &str) -> Console {
        let mut console = Console::default();
        read_lines(text.as_bytes(), |line| console.add(line)).unwrap();
        console
    }

    #[test]
    fn the_lines_that_matter_are_understood() {
        let hex = ["0a"; 32].join(":");
        let console = console(&format!(
            "boot 12.500 ms, 1 of 2 KiB free\r\ncertificate sha256 {hex}\r\n\
             listening https=[::]:443 http=[::]:80 dns=0.0.0.0:53\r\nlast"
        ));
        assert_eq!(console.fingerprint(), Some([10; 32]));
        assert_eq!(console.listening().unwrap().https.port(), 443);
        assert!(console.boot_time().unwrap() >= Duration::from_micros(12_500));
        assert_eq!(console.lines().last(), Some("last"));
    }

    #[test]
    fn nonsense_is_shown_and_ignored() {
        let console = console("certificate sha256 xx\nlistening https=1\n\x1b[2J\n");
        assert_eq!(console.fingerprint(), None);
        assert_eq!(console.listening(), None);
        assert_eq!(console.lines().last(), Some("\u{fffd}[2J"));
    }
}
