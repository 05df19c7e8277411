//! Work in a process of its own. What overflows the stack or fills the memory
//! ends a process: let it be another one.
//!
//! [`Child`] is one; it is asked and answers in lines. `sass` has style sheets
//! compiled in one, `diagram` drawings made, `search` an index; unless a thread does it
//! ([`Worker`]).

use std::ffi::{OsStr, OsString};
use std::io::{self, BufRead as _, BufReader, Read, Write as _};
use std::process::{Child as Process, ChildStdin, Command, Stdio};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError};
use std::thread;
use std::time::Duration;

/// What Pagefind would ask for in the environment: the same site is the same for
/// everybody.
const UNSTABLE: &str = "PAGEFIND_UNSTABLE_INDEX_CHUNK_SIZE";

/// Who does such work: compiles style sheets, draws diagrams, makes an index of Pagefind.
#[derive(Clone, Debug, Default)]
pub enum Worker {
    /// A thread. What overflows its stack, or fills the memory, ends the process.
    #[default]
    Thread,
    /// A program and its first arguments, which calls
    /// [`compile_sheet`](crate::compile_sheet) with the others,
    /// [`draw_diagrams`](crate::draw_diagrams), or
    /// [`index_pages`](crate::index_pages). Nothing that it meets does any
    /// harm.
    Program(Vec<OsString>),
}

/// A process that answers in lines. It ends when nobody has it any more.
#[derive(Debug)]
pub(crate) struct Child {
    process: Process,
    questions: Option<ChildStdin>,
    answers: Receiver<io::Result<Vec<u8>>>,
}

/// What a child said.
#[derive(Debug, PartialEq, Eq)]
pub(crate) enum Answer {
    /// A line; only a part of it, if the child ended before its end, or it would
    /// be too long.
    Line(Vec<u8>),
    /// Nothing: it cannot be heard.
    Silence,
    /// Nothing yet.
    TooLate,
}

impl Child {
    /// Starts a program with its first arguments, and others. No answer of it is
    /// longer than `longest`, in bytes.
    pub(crate) fn start(
        program: &[OsString],
        arguments: &[&OsStr],
        longest: u64,
    ) -> io::Result<Self> {
        let mut command = Command::new(program.first().map_or(OsStr::new(""), OsString::as_os_str));
        command.args(program.iter().skip(1)).args(arguments);
        command
            .env_remove(UNSTABLE)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::null());
        let mut process = command.spawn()?;
        let questions = process.stdin.take();
        let output = process.stdout.take();
        let (sender, answers) = mpsc::channel();
        thread::spawn(move || {
            let mut output = output.map(BufReader::new);
            while let Some(output) = &mut output {
                let mut line = Vec::new();
                let read = output.by_ref().take(longest).read_until(b'\n', &mut line);
                let last = read.is_err() || line.last() != Some(&b'\n');
                // Nobody waits any more when it took too long.
                if sender.send(read.map(|_| line)).is_err() || last {
                    break;
                }
            }
        });
        Ok(Self {
            process,
            questions,
            answers,
        })
    }

    /// Asks: a question has no line ends. One who has ended is heard to say
    /// nothing.
    pub(crate) fn ask(&mut self, question: &str) {
        if let Some(questions) = &mut self.questions {
            _ = questions.write_all(format!("{question}\n").as_bytes());
        }
    }

    /// What it says next.
    pub(crate) fn hear(&self, patience: Duration) -> Answer {
        match self.answers.recv_timeout(patience) {
            Ok(Ok(line)) => Answer::Line(line),
            Ok(Err(_)) | Err(RecvTimeoutError::Disconnected) => Answer::Silence,
            Err(RecvTimeoutError::Timeout) => Answer::TooLate,
        }
    }
}

impl Drop for Child {
    fn drop(&mut self) {
        // It may hang, and has nothing to lose.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PATIENCE: Duration = Duration::from_secs(20);

    fn shell(script: &str) -> Child {
        let program = ["sh", "-c", script].map(OsString::from);
        Child::start(&program, &[], 16).unwrap()
    }

    #[test]
    fn a_child_answers_each_question() {
        let mut child = shell("while read x; do echo \"<$x>\"; done");
        for question in ["a", "b"] {
            child.ask(question);
            let answer = format!("<{question}>\n").into_bytes();
            assert_eq!(child.hear(PATIENCE), Answer::Line(answer));
        }
    }

    #[test]
    fn whatever_it_does_there_is_an_answer() {
        let mut child = shell("kill -ABRT $$");
        child.ask("a");
        assert_eq!(child.hear(PATIENCE), Answer::Line(Vec::new()));
        assert_eq!(child.hear(PATIENCE), Answer::Silence);
        let child = shell("echo 0123456789012345678901234567890");
        let part = b"0123456789012345".to_vec();
        assert_eq!(child.hear(PATIENCE), Answer::Line(part));
        let child = shell("exec sleep 20");
        assert_eq!(child.hear(Duration::from_millis(50)), Answer::TooLate);
        assert!(Child::start(&["/nothing/here".into()], &[], 16).is_err());
    }
}
