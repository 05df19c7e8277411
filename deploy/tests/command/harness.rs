//! A small site, and a `fata` in the background.

use std::fs;
use std::io::{BufRead as _, BufReader, Read as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Output, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use deploy::guest::parse_fingerprint;
use deploy::limits::PROBE_TIMEOUT;
use deploy::probe::Https;
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;

/// How long anything may take; a prebuilt unikernel may have to be compiled.
const PATIENCE: Duration = Duration::from_secs(600);

pub(crate) const DOMAIN: &str = "site.example";

/// A site of one page in a directory of its own, without a theme.
pub(crate) struct TestSite(TempDir);

impl TestSite {
    pub(crate) fn new() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        fs::create_dir(site.path().join("content")).unwrap();
        site.write(
            "content/site.toml",
            &format!("base_url = \"https://{DOMAIN}\"\ntitle = \"A site\"\ntheme = \"plain\"\n"),
        );
        site.write(
            &format!("content/{DOMAIN}.zone"),
            "$TTL 300\n@ IN SOA ns hostmaster 1 7200 900 1209600 300\n@ IN NS ns\nns IN A 192.0.2.1\n",
        );
        site.say("The first words.");
        site
    }

    /// The site that `fata new site` writes.
    pub(crate) fn starter() -> Self {
        let site = Self(tempfile::tempdir().unwrap());
        let output = Command::new(env!("CARGO_BIN_EXE_fata"))
            .args(["new", "site", "--domain", DOMAIN])
            .arg(site.path())
            .output()
            .unwrap();
        assert!(output.status.success(), "{output:?}");
        site
    }

    pub(crate) fn path(&self) -> &Path {
        self.0.path()
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        fs::write(self.path().join(file), text).unwrap();
    }

    /// Puts words on the home page.
    pub(crate) fn say(&self, words: &str) {
        self.write(
            "content/_index.md",
            &format!("+++\ntitle = \"Home\"\n+++\n\n{words}\n"),
        );
    }

    /// Runs `fata COMMAND --site THIS` to its end.
    pub(crate) fn fata(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().unwrap()
    }

    fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_fata"));
        command
            .args(arguments)
            .arg("--site")
            .arg(self.path())
            .stdin(Stdio::null());
        command
    }

    /// Starts `fata up` and waits for its ready line.
    pub(crate) fn up(&self, arguments: &[&str]) -> Up {
        let all = [
            &["up", "--https", "0", "--http", "0", "--dns", "0"],
            arguments,
        ];
        let log = self.path().join("log");
        let mut child = self
            .command(&all.concat())
            .stdout(Stdio::piped())
            .stderr(fs::File::create(&log).unwrap())
            .spawn()
            .unwrap();
        let mut output = BufReader::new(child.stdout.take().unwrap());
        let mut ready = String::new();
        output.read_line(&mut ready).unwrap();
        // Nothing else may come; until the end, someone has to listen.
        let rest = thread::spawn(move || {
            let mut rest = String::new();
            output.read_to_string(&mut rest).unwrap();
            rest
        });
        Up {
            child,
            ready,
            rest: Some(rest),
            log,
        }
    }
}

/// A running `fata up`.
pub(crate) struct Up {
    child: Child,
    /// The line on standard output.
    pub(crate) ready: String,
    rest: Option<thread::JoinHandle<String>>,
    log: PathBuf,
}

impl Up {
    pub(crate) fn pid(&self) -> u32 {
        self.child.id()
    }

    /// What is on standard error so far.
    pub(crate) fn log(&self) -> String {
        fs::read_to_string(&self.log).unwrap()
    }

    /// The port after `name=127.0.0.1:` in the ready line.
    pub(crate) fn port(&self, name: &str) -> u16 {
        let word = self
            .ready
            .split_whitespace()
            .find_map(|word| word.strip_prefix(&format!("{name}=127.0.0.1:")));
        let port = word.unwrap_or_else(|| panic!("{:?}\n{}", self.ready, self.log()));
        port.parse().unwrap()
    }

    /// The home page, when it can be had now.
    fn home(&self) -> Option<String> {
        let log = self.log();
        let fingerprint = log
            .lines()
            .rev()
            .find_map(|line| line.split_once("certificate sha256 "))
            .and_then(|(_, text)| parse_fingerprint(text))?;
        let https = Https::new(self.port("https"), DOMAIN, fingerprint).unwrap();
        let answer = https.connect(PROBE_TIMEOUT).ok()?.get("/").ok()?;
        Some(String::from_utf8(answer.body).unwrap())
    }

    pub(crate) fn wait_for_words(&self, words: &str) {
        let served = || self.home().is_some_and(|home| home.contains(words));
        assert!(wait_until(served), "{}", self.log());
    }

    pub(crate) fn signal(&self, signal: Signal) {
        let pid = i32::try_from(self.pid()).ok().and_then(Pid::from_raw);
        kill_process(pid.unwrap(), signal).unwrap();
    }

    /// Waits for the end; gives the status, and what standard output had after
    /// the ready line.
    pub(crate) fn wait(&mut self) -> (ExitStatus, String) {
        let status = self.child.wait().unwrap();
        (status, self.rest.take().unwrap().join().unwrap())
    }

    /// The processes that `fata` started and that still run.
    pub(crate) fn children(&self) -> Vec<u32> {
        let processes = fs::read_dir("/proc").unwrap().flatten();
        processes
            .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
            .filter(|&pid| parent(pid) == Some(self.pid()))
            .collect()
    }
}

impl Drop for Up {
    fn drop(&mut self) {
        if self.rest.is_some() {
            drop(self.child.kill());
            drop(self.child.wait());
        }
    }
}

fn parent(pid: u32) -> Option<u32> {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).ok()?;
    let (_, fields) = stat.rsplit_once(')')?;
    fields.split_whitespace().nth(1)?.parse().ok()
}

/// Whether a process runs: a zombie does not.
pub(crate) fn runs(pid: u32) -> bool {
    fs::read_to_string(format!("/proc/{pid}/stat"))
        .is_ok_and(|stat| !stat.rsplit_once(')').unwrap().1.starts_with(" Z"))
}

pub(crate) fn wait_until(condition: impl Fn() -> bool) -> bool {
    let started = Instant::now();
    while started.elapsed() < PATIENCE {
        if condition() {
            return true;
        }
        thread::sleep(Duration::from_millis(20));
    }
    false
}
