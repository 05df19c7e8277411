//! Who draws, in a process of its own: [`ask`] has one diagram drawn, [`answer`]
//! draws one after the other. Between them goes one JSON value in a line: the
//! diagram, and its drawing or what is wrong.

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::sync::Mutex;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::thread;

use serde_json::{Value, json};

use super::draw::draw;
use super::{Fault, lock};
use crate::child::{Answer, Child};
use crate::limits::{MAX_DIAGRAM_STACK_BYTES, MAX_DIAGRAM_TIME, MAX_DRAWING_ANSWER_BYTES};

/// Has a diagram drawn by one who is idle, or by another one.
pub(super) fn ask(
    program: &[OsString],
    source: &str,
    idle: &Mutex<Vec<Child>>,
) -> Result<String, Fault> {
    let waiting = lock(idle).pop();
    let mut child = match waiting {
        Some(child) => child,
        None => Child::start(program, &[], MAX_DRAWING_ANSWER_BYTES).map_err(|error| {
            let message = format!("cannot start who draws diagrams: {error}");
            Fault::new(message, "a program that can be started")
        })?,
    };
    child.ask(&json!(source).to_string());
    match child.hear(MAX_DIAGRAM_TIME) {
        Answer::Line(line) => {
            let Some(drawn) = read(&line) else {
                return Err(too_much());
            };
            lock(idle).push(child);
            drawn
        }
        Answer::Silence => Err(too_much()),
        Answer::TooLate => Err(endless()),
    }
}

/// Draws on a thread. What overflows its stack ends the process.
pub(super) fn on_a_thread(source: &str) -> Result<String, Fault> {
    let (sender, receiver) = mpsc::channel();
    let source = source.to_owned();
    let started = thread::Builder::new()
        .name("diagram".to_owned())
        .stack_size(MAX_DIAGRAM_STACK_BYTES)
        .spawn(move || _ = sender.send(draw(&source)));
    if let Err(error) = started {
        let message = format!("cannot start a thread: {error}");
        return Err(Fault::new(message, "a machine that has one"));
    }
    match receiver.recv_timeout(MAX_DIAGRAM_TIME) {
        Ok(drawn) => drawn,
        Err(RecvTimeoutError::Timeout) => Err(endless()),
        Err(RecvTimeoutError::Disconnected) => Err(too_much()),
    }
}

/// What the process does: draws what it is asked for until nobody asks.
///
/// # Errors
///
/// When a question is none, or the answer cannot be written.
pub fn answer(questions: impl BufRead, to: &mut impl Write) -> io::Result<()> {
    for question in questions.lines() {
        let source: String = serde_json::from_str(&question?)?;
        let answer = write(&on_a_thread(&source));
        to.write_all(format!("{answer}\n").as_bytes())?;
        to.flush()?;
    }
    Ok(())
}

fn endless() -> Fault {
    let expected = format!("one that is done within {MAX_DIAGRAM_TIME:?}");
    Fault::new("this diagram takes too long to be drawn", expected)
}

/// It died of it.
fn too_much() -> Fault {
    Fault::new(
        "this diagram is too deep or too large to be drawn",
        "a smaller one, or several",
    )
}

fn write(drawn: &Result<String, Fault>) -> Value {
    match drawn {
        Ok(svg) => json!({ "svg": svg }),
        Err(fault) => {
            let place = fault.place.as_ref().map(|place| [place.start, place.end]);
            json!({ "fault": [fault.message, place, fault.expected] })
        }
    }
}

/// An answer; none if it is not all there.
fn read(line: &[u8]) -> Option<Result<String, Fault>> {
    let answer: Value = serde_json::from_slice(line).ok()?;
    if let Some(svg) = answer.get("svg") {
        return Some(Ok(svg.as_str()?.to_owned()));
    }
    let fault = answer.get("fault")?;
    let place = fault.get(1)?;
    let end = |index: usize| usize::try_from(place.get(index)?.as_u64()?).ok();
    Some(Err(Fault {
        message: fault.get(0)?.as_str()?.to_owned(),
        place: end(0).zip(end(1)).map(|(start, end)| start..end),
        expected: fault.get(2)?.as_str()?.to_owned(),
    }))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_arrive_as_they_were_given() {
        let placed = Fault {
            place: Some(3..5),
            ..Fault::new("m\n", "é")
        };
        for drawn in [
            Ok("<svg>\n</svg>".to_owned()),
            Err(placed),
            Err(Fault::new("m", "e")),
        ] {
            let line = write(&drawn).to_string();
            assert!(!line.contains('\n'));
            assert_eq!(read(line.as_bytes()), Some(drawn));
        }
        for part in ["", "{\"svg\": \"<s", "{\"fault\": [\"m\"]}"] {
            assert_eq!(read(part.as_bytes()), None);
        }
    }

    #[test]
    fn who_draws_is_asked_again_until_it_dies() {
        let idle = Mutex::default();
        // Answers twice, and then not.
        let script = "for i in 1 2; do read x; echo '{\"svg\": \"'$i'\"}'; done; read x";
        let program = ["sh", "-c", script].map(OsString::from);
        assert_eq!(ask(&program, "a", &idle), Ok("1".to_owned()));
        assert_eq!(ask(&program, "a\nb", &idle), Ok("2".to_owned()));
        assert_eq!(ask(&program, "a", &idle), Err(too_much()));
        assert_eq!(lock(&idle).len(), 0);
        assert_eq!(ask(&program, "a", &idle), Ok("1".to_owned()));
    }

    #[test]
    fn the_process_answers_line_by_line() {
        let questions = "\"pie\\n \\\"a\\\" : 1\"\n\"flowchart\\n (\"\n";
        let mut answers = Vec::new();
        answer(questions.as_bytes(), &mut answers).unwrap();
        let mut lines = answers.split(|byte| *byte == b'\n').map(read);
        assert!(lines.next().unwrap().unwrap().is_ok());
        assert!(lines.next().unwrap().unwrap().is_err());
        assert!(answer("pie\n".as_bytes(), &mut answers).is_err());
    }
}
