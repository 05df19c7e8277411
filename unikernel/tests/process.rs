//! The executable as a process: its arguments, what it prints, how it ends.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

use std::io::{BufRead, BufReader, Read};
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use site_pack::write::Builder;

fn fata() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_unikernel"));
    command.stdin(Stdio::null());
    command
}

fn run(arguments: &[&str]) -> Output {
    fata().args(arguments).output().unwrap()
}

fn text(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap()
}

/// A site with nothing in it, in a file that is deleted with this.
struct EmptySite(PathBuf);

impl EmptySite {
    fn new(name: &str) -> Self {
        let name = format!("fata-{name}-{}.pack", std::process::id());
        let path = std::env::temp_dir().join(name);
        std::fs::write(&path, Builder::new().finish().unwrap()).unwrap();
        Self(path)
    }

    fn serve(&self) -> Command {
        let mut command = fata();
        command.arg("--pack").arg(&self.0);
        for option in ["--https", "--http", "--dns"] {
            command.args([option, "127.0.0.1:0"]);
        }
        command
    }
}

impl Drop for EmptySite {
    fn drop(&mut self) {
        let _ = std::fs::remove_file(&self.0);
    }
}

/// Starts serving; gives the lines up to the one that says where.
fn start(site: &EmptySite) -> (Child, Vec<String>) {
    let mut child = site.serve().stdout(Stdio::piped()).spawn().unwrap();
    let output = BufReader::new(child.stdout.take().unwrap());
    let mut lines = Vec::new();
    for line in output.lines() {
        lines.push(line.unwrap());
        if lines
            .last()
            .is_some_and(|line| line.starts_with("listening "))
        {
            break;
        }
    }
    (child, lines)
}

#[test]
fn help_and_version_are_printed() {
    let help = run(&["--help"]);
    assert!(help.status.success());
    for option in [
        "--https",
        "--http",
        "--dns",
        "--certificate",
        "--key",
        "--pack",
    ] {
        assert!(text(&help.stdout).contains(option));
    }
    let version = run(&["--version"]);
    assert!(version.status.success());
    assert_eq!(text(&version.stdout).lines().count(), 1);
}

#[test]
fn mistakes_have_a_status_and_one_line() {
    let site = EmptySite::new("mistakes");
    let pack = site.0.to_str().unwrap();
    let taken = TcpListener::bind("127.0.0.1:0").unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    let free = "127.0.0.1:0";
    let missing = ["--certificate", "/nowhere", "--key", "/nowhere"];
    for (status, arguments) in [
        (2, vec!["--nonsense"]),
        (2, vec!["--https", "everywhere"]),
        (2, vec!["--certificate", "c.pem"]),
        (1, vec!["--pack", "/nowhere"]),
        (1, vec!["--pack", "/dev/null"]),
        (1, [&["--pack", pack][..], &missing].concat()),
        (
            1,
            vec![
                "--pack", pack, "--dns", free, "--http", free, "--https", &taken,
            ],
        ),
    ] {
        let output = run(&arguments);
        assert_eq!(output.status.code(), Some(status), "{arguments:?}");
        let message = text(&output.stderr);
        assert!(
            message.starts_with("fata: ") && message.lines().count() == 1,
            "{message}"
        );
        assert!(output.stdout.is_empty());
    }
}

#[test]
fn it_says_where_it_listens_and_ends_on_a_signal() {
    let site = EmptySite::new("signals");
    for signal in ["TERM", "INT"] {
        let (mut child, lines) = start(&site);
        let fingerprint = lines[0].strip_prefix("certificate sha256 ").unwrap();
        assert_eq!(fingerprint.split(':').count(), 32);
        let listening = lines[1].strip_prefix("listening https=").unwrap();
        let (https, rest) = listening.split_once(" http=").unwrap();
        let (http, dns) = rest.split_once(" dns=").unwrap();
        for address in [https, http, dns] {
            let address: SocketAddr = address.parse().unwrap();
            TcpStream::connect(address).unwrap();
        }
        // An idle connection does not delay the end.
        let mut idle = TcpStream::connect(https).unwrap();
        std::thread::sleep(Duration::from_millis(50));
        let begun = Instant::now();
        let process = child.id().to_string();
        let killed = Command::new("kill").args(["-s", signal, &process]).status();
        assert!(killed.unwrap().success());
        assert_eq!(child.wait().unwrap().code(), Some(0), "{signal}");
        assert!(begun.elapsed() < Duration::from_secs(1));
        assert_eq!(idle.read(&mut [0]).unwrap_or(0), 0);
    }
}

#[test]
fn it_has_one_thread() {
    let site = EmptySite::new("threads");
    let (mut child, _) = start(&site);
    let tasks = std::fs::read_dir(format!("/proc/{}/task", child.id())).unwrap();
    assert_eq!(tasks.count(), 1);
    child.kill().unwrap();
    child.wait().unwrap();
}
