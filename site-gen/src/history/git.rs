//! How git is asked: which commit is checked out, and what the log says.
//!
//! See gitcli(7), git-rev-parse(1), git-log(1).

use std::collections::HashMap;
use std::fs;
use std::io::{self, Read as _, Seek as _};
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::Arc;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;
use std::time::Instant;

use super::log::Log;
use super::{Change, Trouble};
use crate::limits::{MAX_HISTORY_BYTES, MAX_HISTORY_TIME};

/// What a log is the log of.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(super) struct Head {
    commit: String,
    /// Where `content/` is in the repository; empty, or with a slash at the end.
    prefix: Vec<u8>,
    /// The names that people want to be called by (gitmailmap(5)): read from
    /// the work tree.
    mailmap: Option<Vec<u8>>,
}

/// The bytes read at once from git, and how many such pieces may wait.
const PIECE_BYTES: usize = 64 << 10;
const PIECES: usize = 16;

/// A file name that cannot be: in git's own output it begins a commit.
pub(super) const MARK: &str = "//";

impl Head {
    /// The commit that is checked out where `content` is.
    pub(super) fn of(content: &Path) -> Result<Self, Trouble> {
        let output = git(content)
            .args(["rev-parse", "--is-shallow-repository", "--show-toplevel"])
            .args(["--show-prefix", "HEAD"])
            .output()
            .map_err(|error| cannot_run(&error))?;
        if !output.status.success() {
            return Err(refused(&String::from_utf8_lossy(&output.stderr)));
        }
        let mut lines = output.stdout.split(|&byte| byte == b'\n');
        let mut line = || lines.next().unwrap_or_default();
        if line() == b"true" {
            return Err(Trouble {
                message: "the clone is shallow: the commits that are missing may be the last \
                          ones of a page"
                    .to_owned(),
                expected: "a clone with its whole history",
                suggestion: Some("`git fetch --unshallow` gets it".to_owned()),
            });
        }
        let top = String::from_utf8_lossy(line()).into_owned();
        Ok(Self {
            prefix: line().to_owned(),
            commit: String::from_utf8_lossy(line()).into_owned(),
            mailmap: fs::read(Path::new(&top).join(".mailmap")).ok(),
        })
    }
}

/// The last change of each file, by its name below `content`.
pub(super) fn log(content: &Path, head: &Head) -> Result<HashMap<String, Arc<Change>>, Trouble> {
    let mut said = tempfile::tempfile().map_err(|error| cannot_run(&error))?;
    let stderr = said.try_clone().map_err(|error| cannot_run(&error))?;
    let mut child = git(content)
        .arg("log")
        // All of content/, not `*.md`: git matches patterns slowly.
        // Children before parents; merges where they have something of their own.
        .args(["--date-order", "--cc", "--no-renames", "--no-ext-diff"])
        .args(["--no-show-signature", "--no-color", "--no-decorate"])
        .args(["--encoding=UTF-8", "-z", "--name-only"])
        .arg(format!("--format=tformat:{MARK}%x00%aI%x00%aN"))
        .args([&head.commit, "--", "."])
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(stderr)
        .spawn()
        .map_err(|error| cannot_run(&error))?;
    let stdout = child.stdout.take().expect("it was asked for");
    let mut log = Log::new(&head.prefix);
    let read = follow(stdout, &mut log);
    if read.is_err() {
        // It may be gone already.
        let _ = child.kill();
    }
    let status = child.wait().map_err(|error| cannot_run(&error))?;
    read?;
    if !status.success() {
        let mut text = String::new();
        let told = said.rewind().and_then(|()| said.read_to_string(&mut text));
        return Err(told.map_or_else(|error| cannot_run(&error), |_| refused(&text)));
    }
    let files = log.finish();
    if files.is_empty() {
        return Err(Trouble {
            message: "no commit has touched a file in content/".to_owned(),
            expected: "content/ to be under version control",
            suggestion: None,
        });
    }
    Ok(files)
}

/// Reads all that git writes, within the limits. A thread does the reading:
/// waiting for a pipe has no end otherwise.
fn follow(mut from: impl io::Read + Send + 'static, log: &mut Log) -> Result<(), Trouble> {
    let (sender, receiver) = mpsc::sync_channel(PIECES);
    thread::spawn(move || {
        loop {
            let mut piece = vec![0; PIECE_BYTES];
            let length = match from.read(&mut piece) {
                Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
                Ok(0) => return,
                length => length,
            };
            piece.truncate(length.as_ref().copied().unwrap_or_default());
            let failed = length.is_err();
            if sender.send(length.map(|_| piece)).is_err() || failed {
                return;
            }
        }
    });
    let end = Instant::now() + MAX_HISTORY_TIME;
    let mut bytes = 0;
    loop {
        let left = end.saturating_duration_since(Instant::now());
        match receiver.recv_timeout(left) {
            Ok(Ok(piece)) => {
                bytes += piece.len();
                if bytes > MAX_HISTORY_BYTES {
                    return Err(too_much(&format!("more than {MAX_HISTORY_BYTES} bytes")));
                }
                log.read(&piece);
            }
            Ok(Err(error)) => return Err(cannot_run(&error)),
            Err(RecvTimeoutError::Disconnected) => return Ok(()),
            Err(RecvTimeoutError::Timeout) => {
                return Err(too_much(&format!("more than {MAX_HISTORY_TIME:?}")));
            }
        }
    }
}

/// git as a program for programs: in English, asking nobody, running nothing
/// that the repository names, in the repository that `content` is in.
fn git(content: &Path) -> Command {
    let mut command = Command::new("git");
    // Set inside hooks of git, where they are about the hook's own work.
    for variable in [
        "GIT_DIR",
        "GIT_WORK_TREE",
        "GIT_INDEX_FILE",
        "GIT_PREFIX",
        "GIT_COMMON_DIR",
    ] {
        command.env_remove(variable);
    }
    command
        .env("LC_ALL", "C")
        .env("GIT_OPTIONAL_LOCKS", "0")
        .env("GIT_TERMINAL_PROMPT", "0")
        .env("GIT_NO_LAZY_FETCH", "1")
        .args(["--no-pager", "--no-replace-objects"])
        .args([
            "-c",
            "core.fsmonitor=false",
            "-c",
            "log.showSignature=false",
        ])
        .arg("-C")
        .arg(content)
        .stdin(Stdio::null());
    command
}

fn cannot_run(error: &io::Error) -> Trouble {
    Trouble {
        message: format!("cannot ask git for the history: {error}"),
        expected: "the program `git`",
        suggestion: (error.kind() == io::ErrorKind::NotFound)
            .then(|| "install git, or set `from_git = false`".to_owned()),
    }
}

fn too_much(what: &str) -> Trouble {
    Trouble {
        message: format!("the history is too large: git log takes {what}"),
        expected: "a history within the limits",
        suggestion: None,
    }
}

/// What git said when it failed, in our words where they are known.
fn refused(said: &str) -> Trouble {
    let trouble = |message: &str, expected, suggestion| Trouble {
        message: message.to_owned(),
        expected,
        suggestion,
    };
    let whole = "a site in a git repository with commits";
    if said.contains("not a git repository") {
        return trouble("the site is not in a git repository", whole, None);
    }
    if said.contains("dubious ownership") {
        let line = said
            .lines()
            .map(str::trim)
            .find(|line| line.starts_with("git config"));
        return trouble(
            "git does not read this repository, as it belongs to somebody else",
            "a repository of your own, or one that git was told is safe",
            line.map(|line| format!("`{line}` says so")),
        );
    }
    if said.contains("unknown revision") || said.contains("bad revision") {
        return trouble("the repository has no commit yet", whole, None);
    }
    let first = said.lines().next().unwrap_or("git failed without a word");
    trouble(
        &format!("git cannot tell the history: {first}"),
        whole,
        None,
    )
}
