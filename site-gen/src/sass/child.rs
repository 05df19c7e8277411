//! The compiler in a process of its own. A function of a sheet that calls itself
//! without end overflows the stack, and a list that doubles without end fills
//! the memory: neither is a panic, both end a process. Let it be another one.
//!
//! [`run`] starts it and waits; [`answer`] is what it does. Between them goes
//! one JSON value: a sheet with what the compiler asked, or faults.

use std::ffi::OsString;
use std::io::{self, Write};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::{Files, Question, Sheet, endless, in_time};
use crate::child::{Answer, Child};
use crate::diagnostic::{Diagnostic, Place};
use crate::limits::{MAX_SASS_ANSWER_BYTES, MAX_SASS_TIME};

/// Has a sheet compiled by a program: its arguments, then the site's directory, that
/// in which its themes are, the sheet, and where others are looked for.
pub(super) fn run(
    program: &[OsString],
    files: &Files,
    (file, roots): (&Path, &[PathBuf; 2]),
    patience: Duration,
) -> Result<Sheet, Vec<Diagnostic>> {
    let fault = |message: String| vec![Diagnostic::new(file, message)];
    let [own, themes] = roots;
    let [site, of_themes] = files.directories();
    let arguments = [site, of_themes, file, own, themes].map(Path::as_os_str);
    let child = Child::start(program, &arguments, MAX_SASS_ANSWER_BYTES)
        .map_err(|error| fault(format!("cannot start the compiler: {error}")))?;
    match child.hear(patience) {
        Answer::Line(bytes) => read(&bytes).unwrap_or_else(|| {
            let message = "this style sheet is too deep or too large for the compiler";
            let fault = Diagnostic::new(file, message);
            Err(vec![
                fault.expected("rules, functions and loops that come to an end"),
            ])
        }),
        Answer::Silence => Err(fault("cannot hear the compiler".to_owned())),
        Answer::TooLate => Err(vec![endless(file, patience)]),
    }
}

/// What the process does: compiles the sheet of its arguments, and writes the
/// answer.
///
/// # Errors
///
/// When there are not five arguments, or the answer cannot be written.
pub fn answer(arguments: impl Iterator<Item = OsString>, to: &mut impl Write) -> io::Result<()> {
    let paths: Vec<PathBuf> = arguments.map(PathBuf::from).collect();
    let [site, of_themes, file, own, themes] = paths.as_slice() else {
        return Err(io::ErrorKind::InvalidInput.into());
    };
    let roots = [own.clone(), themes.clone()];
    let files = Files::new(site, Some(of_themes));
    let sheet = files.and_then(|files| in_time(files, file, &roots, MAX_SASS_TIME));
    to.write_all(write(&sheet).to_string().as_bytes())
}

fn write(sheet: &Result<Sheet, Vec<Diagnostic>>) -> Value {
    match sheet {
        Ok(sheet) => {
            let asked = sheet.asked.iter().map(write_question);
            let css = String::from_utf8_lossy(&sheet.css);
            json!({ "css": css, "asked": asked.collect::<Vec<_>>() })
        }
        Err(faults) => json!({ "faults": faults.iter().map(write_fault).collect::<Vec<_>>() }),
    }
}

fn write_question(question: &Question) -> Value {
    match question {
        Question::IsFile(path, is) => json!(["file", path.to_str(), is]),
        Question::IsDirectory(path, is) => json!(["directory", path.to_str(), is]),
        Question::Read(path, digest) => json!(["read", path.to_str(), digest]),
    }
}

fn write_fault(fault: &Diagnostic) -> Value {
    let place = fault.place.as_ref();
    let place = place.map(|place| {
        json!([
            place.line,
            place.column,
            place.length,
            place.text,
            place.skipped
        ])
    });
    json!([
        fault.file.to_str(),
        place,
        fault.message,
        fault.expected,
        fault.suggestion
    ])
}

/// An answer; none if it is not all there.
fn read(bytes: &[u8]) -> Option<Result<Sheet, Vec<Diagnostic>>> {
    let answer: Value = serde_json::from_slice(bytes).ok()?;
    if let Some(faults) = answer.get("faults") {
        let faults = faults.as_array()?.iter().map(read_fault);
        return Some(Err(faults.collect::<Option<_>>()?));
    }
    let asked = answer.get("asked")?.as_array()?.iter().map(read_question);
    Some(Ok(Sheet {
        css: Arc::new(answer.get("css")?.as_str()?.as_bytes().to_vec()),
        asked: asked.collect::<Option<_>>()?,
    }))
}

fn read_question(question: &Value) -> Option<Question> {
    let path = PathBuf::from(question.get(1)?.as_str()?);
    let said = question.get(2)?;
    Some(match question.get(0)?.as_str()? {
        "file" => Question::IsFile(path, said.as_bool()?),
        "directory" => Question::IsDirectory(path, said.as_bool()?),
        _ => {
            let byte = |byte: &Value| u8::try_from(byte.as_u64()?).ok();
            let digest: Option<Vec<u8>> = said.as_array()?.iter().map(byte).collect();
            Question::Read(path, digest?.try_into().ok()?)
        }
    })
}

fn read_fault(fault: &Value) -> Option<Diagnostic> {
    let text = |value: &Value| value.as_str().map(str::to_owned);
    let place = |place: &Value| {
        let number = |index: usize| usize::try_from(place.get(index)?.as_u64()?).ok();
        Some(Box::new(Place {
            line: number(0)?,
            column: number(1)?,
            length: number(2)?,
            text: text(place.get(3)?)?,
            skipped: number(4)?,
        }))
    };
    Some(Diagnostic {
        place: place(fault.get(1)?),
        expected: text(fault.get(3)?),
        suggestion: text(fault.get(4)?),
        ..Diagnostic::new(fault.get(0)?.as_str()?, fault.get(2)?.as_str()?)
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn answers_arrive_as_they_were_given() {
        let sheet = Sheet {
            css: Arc::new(b"a{b:\"\xc3\xa4\"}".to_vec()),
            asked: vec![
                Question::IsFile("a/ü.scss".into(), true),
                Question::IsDirectory("b".into(), false),
                Question::Read("c".into(), [200; 32]),
            ],
        };
        let answered = read(write(&Ok(sheet.clone())).to_string().as_bytes());
        let found = answered.unwrap().unwrap();
        assert_eq!((found.css, found.asked), (sheet.css, sheet.asked));
        let place = Some(Box::new(Place {
            line: 1,
            column: 2,
            length: 3,
            text: "line".into(),
            skipped: 4,
        }));
        let placed = Diagnostic {
            place,
            ..Diagnostic::new("f", "m").expected("e")
        };
        let faults = vec![placed, Diagnostic::new("g", "n")];
        let answered = read(write(&Err(faults.clone())).to_string().as_bytes());
        assert_eq!(answered.unwrap().unwrap_err(), faults);
        assert!(read(b"{\"css\": \"a\"").is_none());
    }

    #[test]
    fn a_program_that_fails_is_a_fault() {
        let roots = [PathBuf::new(), PathBuf::new()];
        let run = |program: &str, patience| {
            let program = ["sh", "-c", program].map(OsString::from);
            let files = Files::new(Path::new("."), None).unwrap();
            let faults = run(&program, &files, (Path::new("a.scss"), &roots), patience);
            faults.unwrap_err().remove(0).message
        };
        let patience = Duration::from_secs(20);
        assert!(run("kill -ABRT $$", patience).contains("too deep"));
        assert!(run("echo nonsense", patience).contains("too deep"));
        let short = Duration::from_millis(50);
        assert!(run("exec sleep 20", short).contains("does not come to an end"));
    }
}
