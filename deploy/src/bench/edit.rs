//! How long an author waits: from saving a file to the new page being served.
//!
//! The edit loop is the real one: a `fata up --watch` of its own, on a copy of
//! the site.

use std::fs;
use std::io::{BufRead as _, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result, bail};
use rustix::process::{Pid, Signal, kill_process};

use super::copy::copy_sources;
use super::own_program;
use crate::guest::{Hardware, Life, Machine};
use crate::limits::{PROBE_PAUSE, PROBE_TIMEOUT, READY_TIMEOUT};
use crate::probe::Https;
use crate::site::Site;

/// What is saved, and looked for in what is served.
const EDITED: &str = "content/_index.md";
const MARK: &str = "This sentence was added a moment ago.";

/// From the save of a changed home page until it is served.
pub(super) fn to_served(site: &Site, life: &Life, domain: &str) -> Result<Duration> {
    let directory = tempfile::tempdir()?;
    copy_sources(site.directory(), directory.path())?;
    let mut edit_loop = EditLoop::start(directory.path(), life)?;
    let outcome = edit_loop.wait_and_edit(directory.path(), domain);
    edit_loop.stop();
    outcome
}

/// A `fata up --watch`, and the fingerprint that its guest printed last.
struct EditLoop {
    child: Child,
    fingerprint: Arc<Mutex<Option<[u8; 32]>>>,
}

impl EditLoop {
    fn start(site: &Path, life: &Life) -> Result<Self> {
        let mut command = Command::new(own_program()?);
        command.args([
            "up", "--watch", "--https", "0", "--http", "0", "--dns", "0", "--site",
        ]);
        command.arg(site).args(life_arguments(life));
        let mut child = command
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .context("cannot start the edit loop")?;
        let fingerprint = Arc::new(Mutex::new(None));
        let console = child
            .stderr
            .take()
            .context("the child has no standard error")?;
        let seen = fingerprint.clone();
        thread::spawn(move || follow(console, &seen));
        Ok(Self { child, fingerprint })
    }

    fn wait_and_edit(&mut self, site: &Path, domain: &str) -> Result<Duration> {
        let stdout = self
            .child
            .stdout
            .take()
            .context("the child has no standard output")?;
        let mut line = String::new();
        BufReader::new(stdout).read_line(&mut line)?;
        let port = line
            .strip_prefix("ready https=127.0.0.1:")
            .and_then(|rest| rest.split(' ').next()?.parse().ok())
            .with_context(|| format!("expected the line `ready https=…`, got {line:?}"))?;
        let page = site.join(EDITED);
        let text = fs::read_to_string(&page)
            .with_context(|| format!("the edit is measured on {EDITED}"))?;
        fs::write(&page, format!("{text}\n\n{MARK}\n"))?;
        let saved = Instant::now();
        while saved.elapsed() < READY_TIMEOUT {
            if self.serves_the_edit(port, domain).unwrap_or(false) {
                return Ok(saved.elapsed());
            }
            thread::sleep(PROBE_PAUSE);
        }
        bail!("the edit was not served within {READY_TIMEOUT:?}")
    }

    /// Whether the new page is there. While the guest changes nothing is, and
    /// that is no error.
    fn serves_the_edit(&self, port: u16, domain: &str) -> Result<bool> {
        let fingerprint = *self
            .fingerprint
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        let fingerprint = fingerprint.context("no certificate yet")?;
        let mut connection = Https::new(port, domain, fingerprint)?.connect(PROBE_TIMEOUT)?;
        let body = connection.get("/")?.body;
        Ok(String::from_utf8_lossy(&body).contains(MARK))
    }

    fn stop(&mut self) {
        // What remains of it dies with this process at the latest.
        if let Some(pid) = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw) {
            let _ = kill_process(pid, Signal::INT);
        }
        let _ = self.child.wait();
    }
}

/// The options of `fata up` for that life.
fn life_arguments(life: &Life) -> Vec<String> {
    match life {
        Life::Process => vec!["--process".to_owned()],
        Life::Boot(Hardware {
            machine,
            accelerator,
            memory_mib,
            ..
        }) => {
            let machine = match machine {
                Machine::Q35 => "q35",
                Machine::Microvm => "microvm",
            };
            let options = [
                ("--machine", machine.to_owned()),
                ("--accel", accelerator.to_string()),
                ("--memory", memory_mib.to_string()),
            ];
            options
                .into_iter()
                .flat_map(|(name, value)| [name.to_owned(), value])
                .collect()
        }
    }
}

/// Reads the console to its end, and keeps the last fingerprint.
fn follow(console: impl Read, seen: &Mutex<Option<[u8; 32]>>) {
    for line in BufReader::new(console).lines().map_while(Result::ok) {
        if let Some((_, text)) = line.split_once("certificate sha256 ") {
            *seen.lock().unwrap_or_else(PoisonError::into_inner) =
                crate::guest::parse_fingerprint(text);
        }
    }
}
