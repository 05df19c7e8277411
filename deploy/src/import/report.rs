//! What an import has to tell: how much came across, and everything that did
//! not or is different now, with its file and line in the old site.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};
use site_gen::Diagnostic;

use crate::limits::REPORTED_PLACES;

/// What a note is about; the report has a part for each, in this order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) enum Topic {
    Configuration,
    FrontMatter,
    Text,
    Templates,
    Files,
    Build,
}

impl Topic {
    fn name(self) -> &'static str {
        match self {
            Self::Configuration => "configuration",
            Self::FrontMatter => "front matter",
            Self::Text => "text",
            Self::Templates => "templates",
            Self::Files => "files",
            Self::Build => "building the new site",
        }
    }
}

/// One thing that is not what it was.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(super) struct Note {
    topic: Topic,
    what: String,
    /// What to do about it.
    advice: Option<String>,
    /// Relative to the old site; what building found is relative to the new.
    file: PathBuf,
    line: Option<usize>,
}

/// Everything an import has to tell.
#[derive(Debug, Default)]
pub(super) struct Report {
    notes: Vec<Note>,
    pub(super) pages: usize,
    pub(super) sections: usize,
    pub(super) templates: usize,
    pub(super) files: usize,
}

/// The notes of one kind: what, advice, and the places.
type Group<'a> = ((Topic, &'a str, Option<&'a str>), Vec<String>);

impl Report {
    /// Something about a file, or a line of it, which counts from 1.
    pub(super) fn note(
        &mut self,
        topic: Topic,
        file: impl Into<PathBuf>,
        line: impl Into<Option<usize>>,
        what: impl Into<String>,
        advice: &str,
    ) {
        self.notes.push(Note {
            topic,
            what: what.into(),
            advice: Some(advice.to_owned()).filter(|advice| !advice.is_empty()),
            file: file.into(),
            line: line.into(),
        });
    }

    /// What the generator says about the new site.
    pub(super) fn build(&mut self, faults: &[Diagnostic]) {
        for fault in faults {
            let advice = match (&fault.expected, &fault.suggestion) {
                (Some(expected), Some(help)) => format!("expected {expected}; {help}"),
                (Some(expected), None) => format!("expected {expected}"),
                (None, help) => help.clone().unwrap_or_default(),
            };
            let line = fault.place.as_ref().map(|place| place.line);
            self.note(Topic::Build, &fault.file, line, &fault.message, &advice);
        }
    }

    /// What was noted last, and where.
    pub(super) fn latest(&self) -> String {
        let last = self.notes.last();
        last.map_or(String::new(), |note| {
            format!("{}: {}", note.place(), note.what)
        })
    }

    /// How many notes are about building.
    fn faults(&self) -> usize {
        let of_build = |note: &&Note| note.topic == Topic::Build;
        self.notes.iter().filter(of_build).count()
    }

    fn sorted(&self) -> Vec<&Note> {
        let mut notes: Vec<&Note> = self.notes.iter().collect();
        notes.sort();
        notes.dedup();
        notes
    }

    /// The report for people; at most some places of each kind are shown, or
    /// all.
    pub(super) fn text(&self, places: Places) -> String {
        let mut text = self.totals();
        let mut topic = None;
        let groups = self.groups();
        if groups.is_empty() {
            text.push_str("\nEverything came across.\n");
        }
        for ((of, what, advice), found) in groups {
            if topic != Some(of) {
                let _ = write!(text, "\n== {}\n", of.name());
                topic = Some(of);
            }
            let _ = writeln!(text, "\n{what}");
            if let Some(advice) = advice {
                let _ = writeln!(text, "  -> {advice}");
            }
            let shown = match places {
                Places::All => found.len(),
                Places::Some => found.len().min(REPORTED_PLACES),
            };
            for place in &found[..shown] {
                let _ = writeln!(text, "     {place}");
            }
            if shown < found.len() {
                let _ = writeln!(text, "     and {} more", found.len() - shown);
            }
        }
        let _ = match self.faults() {
            0 => writeln!(text, "\nThe new site builds."),
            1 => writeln!(text, "\nThe new site does not build yet: 1 error."),
            count => writeln!(text, "\nThe new site does not build yet: {count} errors."),
        };
        text
    }

    fn totals(&self) -> String {
        let count = |count: usize, name: &str| match count {
            1 => format!("1 {name}"),
            _ => format!("{count} {name}s"),
        };
        format!(
            "Came across: {}, {}, {}, {}.\n",
            count(self.pages, "page"),
            count(self.sections, "section"),
            count(self.templates, "template"),
            count(self.files, "other file"),
        )
    }

    fn groups(&self) -> Vec<Group<'_>> {
        let mut groups: BTreeMap<(Topic, &str, Option<&str>), Vec<String>> = BTreeMap::new();
        for note in self.sorted() {
            let key = (note.topic, note.what.as_str(), note.advice.as_deref());
            groups.entry(key).or_default().push(note.place());
        }
        groups.into_iter().collect()
    }

    /// The report for programs: each note, and what came across.
    pub(super) fn json(&self, from: &Path, to: &Path) -> Vec<Value> {
        let mut events: Vec<Value> = self.sorted().iter().map(|note| note.json()).collect();
        events.push(json!({
            "kind": "imported",
            "from": from.display().to_string(),
            "to": to.display().to_string(),
            "pages": self.pages,
            "sections": self.sections,
            "templates": self.templates,
            "files": self.files,
            "errors": self.faults(),
        }));
        events
    }
}

/// How many places of each kind are shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Places {
    All,
    Some,
}

impl Note {
    fn place(&self) -> String {
        match self.line {
            Some(line) => format!("{}:{line}", self.file.display()),
            None => self.file.display().to_string(),
        }
    }

    fn json(&self) -> Value {
        json!({
            "kind": "note",
            "topic": self.topic.name(),
            "file": self.file.display().to_string(),
            "line": self.line,
            "message": self.what,
            "advice": self.advice,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_alike_is_told_once_with_all_its_places() {
        let mut report = Report::default();
        for line in (1..=REPORTED_PLACES + 2).rev() {
            report.note(Topic::FrontMatter, "a.md", line, "no `x`", "do without");
        }
        report.note(Topic::Configuration, "config.toml", None, "no `y`", "");
        let text = report.text(Places::Some);
        assert_eq!(text.matches("no `x`").count(), 1);
        assert!(text.find("no `y`") < text.find("no `x`"), "{text}");
        assert!(
            text.contains("     a.md:1\n") && text.contains("and 2 more"),
            "{text}"
        );
        let all = report.text(Places::All);
        assert!(
            all.contains(&format!("a.md:{}\n", REPORTED_PLACES + 2)),
            "{all}"
        );
        let json = report.json(Path::new("old"), Path::new("new"));
        assert_eq!(json[1]["line"], 1, "{json:?}");
    }
}
