//! Pagefind in a process of its own: [`ask`] gives it one page after the other, and
//! takes the files; [`answer`] is what it does. Between them goes one JSON value in
//! a line: a page, and that it was read; then nothing, and each file, and nothing
//! again.
//!
//! Elements that are nested without end overflow its stack, and its memory grows
//! with the site: either ends a process.

use std::ffi::OsString;
use std::io::{self, BufRead, Write};
use std::time::Duration;

use serde_json::{Value, json};

use super::{Files, Index, Pages, of_library, read};
use crate::base64;
use crate::child::{Answer, Child};
use crate::diagnostic::Reason;
use crate::limits::{MAX_PAGEFIND_ANSWER_BYTES, MAX_PAGEFIND_PAGE_TIME, MAX_PAGEFIND_TIME};
use crate::progress::Listener;

/// Has an index made by a program.
pub(super) fn ask(
    program: &[OsString],
    pages: &Pages<'_>,
    progress: &Listener,
) -> Result<Files, Reason> {
    let child = Child::start(program, &[], MAX_PAGEFIND_ANSWER_BYTES);
    let mut child = child.map_err(|error| {
        let message = format!("cannot start who makes Pagefind's index: {error}");
        Reason::new(message, "a program that can be started")
    })?;
    for (path, digest) in &pages.list {
        child.ask(&json!([&**path, read(pages, digest)?]).to_string());
        let what = || format!("Pagefind cannot index the page `{path}`");
        hear(&child, MAX_PAGEFIND_PAGE_TIME, what)?;
        progress.advance();
    }
    child.ask("null");
    let mut files = Files::new();
    loop {
        let what = || "Pagefind cannot index this site".to_owned();
        let file = hear(&child, MAX_PAGEFIND_TIME, what)?;
        if file.is_null() {
            return Ok(files);
        }
        let named = || {
            let name = file.get(0)?.as_str()?;
            Some((name.to_owned(), base64::decode(file.get(1)?.as_str()?)?))
        };
        files.push(named().ok_or_else(|| too_much(&what()))?);
    }
}

/// The next answer.
fn hear(child: &Child, patience: Duration, what: impl Fn() -> String) -> Result<Value, Reason> {
    let answer = match child.hear(patience) {
        Answer::Line(line) => serde_json::from_slice::<Value>(&line).ok(),
        Answer::Silence => None,
        Answer::TooLate => {
            let message = format!("{}: it takes too long", what());
            let expected = format!(
                "an answer within {patience:?}; pages with `in_search_index = false` are left out"
            );
            return Err(Reason::new(message, expected));
        }
    };
    let answer = answer.ok_or_else(|| too_much(&what()))?;
    match answer.get("fault").and_then(Value::as_str) {
        Some(message) => Err(of_library(message)),
        None => Ok(answer),
    }
}

/// It died of it.
fn too_much(what: &str) -> Reason {
    Reason::new(
        format!("{what}: it is too large, or too deep"),
        "`index_format = \"fata\"`, which takes a tenth of the memory; or `in_search_index = false` \
         in pages that nobody has to find",
    )
}

/// What the process does: makes an index of the pages that it is given.
///
/// # Errors
///
/// When a question is none, or the answer cannot be written.
pub fn answer(questions: impl BufRead, to: &mut impl Write) -> io::Result<()> {
    let mut tell = |answer: &Value| -> io::Result<()> {
        to.write_all(format!("{answer}\n").as_bytes())?;
        to.flush()
    };
    let fault = |fault: &Reason| json!({ "fault": fault.message });
    let mut index = match Index::new() {
        Ok(index) => index,
        Err(what) => return tell(&fault(&what)),
    };
    for question in questions.lines() {
        let Some((path, page)) = serde_json::from_str::<Option<(String, String)>>(&question?)?
        else {
            break;
        };
        match index.add(&path, page) {
            Ok(()) => tell(&json!(true))?,
            Err(what) => return tell(&fault(&what)),
        }
    }
    match index.files() {
        Ok(files) => {
            for (name, bytes) in files {
                tell(&json!([name, base64::encode(&bytes)]))?;
            }
            tell(&Value::Null)
        }
        Err(what) => tell(&fault(&what)),
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;

    const PAGE: &str = "<html lang=\"en\"><body><p>A word.</p></body></html>";

    fn ask_shell(script: &str) -> Result<Files, Reason> {
        let program = ["sh", "-c", script].map(OsString::from);
        let pages = Pages {
            list: vec![(Arc::from("/a/"), [0; 32])],
            read: &|_| Ok(PAGE.into()),
        };
        ask(&program, &pages, &Listener::default())
    }

    #[test]
    fn the_process_answers_with_the_files_that_there_are_here() {
        let questions = format!("{}\nnull\n", json!(["/a/", PAGE]));
        let mut answers = Vec::new();
        answer(questions.as_bytes(), &mut answers).unwrap();
        let directory = tempfile::tempdir().unwrap();
        let file = directory.path().join("answers");
        std::fs::write(&file, answers).unwrap();
        let script = format!("cat {}; read x; read x", file.display());
        let files = ask_shell(&script).unwrap();
        let mut index = Index::new().unwrap();
        assert_eq!(index.add("/a/", PAGE.to_owned()), Ok(()));
        assert!(files == index.files().unwrap());
        assert!(answer("[1]\n".as_bytes(), &mut Vec::new()).is_err());
    }

    #[test]
    fn whatever_becomes_of_the_process_is_a_fault() {
        for (script, expected) in [
            ("kill -ABRT $$", "the page `/a/`: it is too large"),
            ("read x; echo nonsense", "the page `/a/`: it is too large"),
            (
                "read x; echo true; read x",
                "index this site: it is too large",
            ),
            (
                "read x; echo true; read x; echo 3; read x",
                "index this site: it is too large",
            ),
            (
                "read x; echo '{\"fault\": \"why\"}'; read x",
                "index this site: why",
            ),
        ] {
            let fault = ask_shell(script).unwrap_err();
            assert!(fault.message.contains(expected), "{script}: {fault:?}");
        }
    }
}
