//! A directory for sites, `fata` run in it, and a `fata serve` in the
//! background.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use rustix::process::{Pid, Signal, kill_process};
use serde_json::Value;
use tempfile::TempDir;

use crate::client::{Client, Events};

/// How long anything may take on a machine that is busy.
pub(crate) const PATIENCE: Duration = Duration::from_secs(60);

/// A directory in which `fata` runs.
pub(crate) struct Desk(TempDir);

impl Desk {
    pub(crate) fn new() -> Self {
        Self(tempfile::tempdir().unwrap())
    }

    /// A desk with the starter site in it: `site`.
    pub(crate) fn with_site() -> Self {
        let desk = Self::new();
        let output = desk.fata(&["new", "site", "site"]);
        assert!(output.status.success(), "{output:?}");
        desk
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    /// A file of the site on this desk.
    pub(crate) fn site(&self, file: &str) -> PathBuf {
        self.path().join("site").join(file)
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.site(file);
        fs::create_dir_all(path.parent().unwrap()).unwrap();
        fs::write(path, text).unwrap();
    }

    /// As editors save: to another file, which then takes the place.
    pub(crate) fn replace(&self, file: &str, text: &str) {
        let path = self.site(file);
        let beside = path.with_extension("md.tmp~");
        fs::write(&beside, text).unwrap();
        fs::rename(beside, path).unwrap();
    }

    pub(crate) fn command(&self, directory: &str, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fata"));
        command
            .args(arguments)
            .current_dir(self.path().join(directory))
            .stdin(Stdio::null());
        command
    }

    /// Runs `fata` on the desk.
    pub(crate) fn fata(&self, arguments: &[&str]) -> Output {
        self.command("", arguments).output().unwrap()
    }

    /// Runs `fata` in a directory of the site.
    pub(crate) fn fata_in(&self, directory: &str, arguments: &[&str]) -> Output {
        let directory = format!("site/{directory}");
        self.command(&directory, arguments).output().unwrap()
    }

    /// Starts `fata serve` in the site, on a free port.
    pub(crate) fn serve(&self, arguments: &[&str]) -> Serve {
        let all = [&["serve", "--port", "0"], arguments].concat();
        let log = self.path().join("log");
        let mut child = self
            .command("site", &all)
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        output.read_line(&mut ready).unwrap();
        let address = ready.trim().strip_prefix("ready http=").unwrap_or_else(|| {
            panic!("{ready:?}\n{}", fs::read_to_string(&log).unwrap());
        });
        let client = Client(address.parse().unwrap());
        // Nothing else may come; until the end, someone has to listen.
        let rest = thread::spawn(move || {
            let mut rest = String::new();
            output.read_to_string(&mut rest).unwrap();
            rest
        });
        Serve {
            child,
            client,
            rest: Some(rest),
            log,
        }
    }
}

/// What is on standard output, as JSON in each line.
pub(crate) fn json_lines(output: &Output) -> Vec<Value> {
    let text = String::from_utf8(output.stdout.clone()).unwrap();
    text.lines()
        .map(|line| serde_json::from_str(line).unwrap())
        .collect()
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

/// A running `fata serve`.
pub(crate) struct Serve {
    child: Child,
    pub(crate) client: Client,
    rest: Option<thread::JoinHandle<String>>,
    log: PathBuf,
}

impl Serve {
    /// What is on standard error so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    pub(crate) fn events(&self) -> Events {
        self.client.events()
    }

    pub(crate) fn wait_for_log(&self, text: &str) {
        let started = Instant::now();
        while !self.log().contains(text) {
            assert!(
                started.elapsed() < PATIENCE,
                "{text:?} not in {}",
                self.log()
            );
            thread::sleep(Duration::from_millis(5));
        }
    }

    /// Ends it; gives the status, and what standard output had after the ready
    /// line.
    pub(crate) fn end(mut self, signal: Signal) -> (ExitStatus, String) {
        let pid = i32::try_from(self.child.id()).ok().and_then(Pid::from_raw);
        kill_process(pid.unwrap(), signal).unwrap();
        let status = self.child.wait().unwrap();
        (status, self.rest.take().unwrap().join().unwrap())
    }
}

impl Drop for Serve {
    fn drop(&mut self) {
        if self.rest.is_some() {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}
