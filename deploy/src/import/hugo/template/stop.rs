//! Why the run of a template ended before its end: in words for the report, with
//! the place in the template where it happened.

use std::fmt;
use std::path::{Path, PathBuf};

/// Why a run ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) enum Stop {
    /// Something is not known here.
    Unknown(Reason),
    /// The body of the call is asked for as text.
    NeedsBody,
}

/// What is not known, and where that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(in super::super) struct Reason {
    what: String,
    /// The file of a template, and a line of it.
    place: Option<(PathBuf, usize)>,
}

impl Stop {
    /// For a reason that is a sentence.
    pub(in super::super) fn because(what: impl Into<String>) -> Self {
        let (what, place) = (what.into(), None);
        Self::Unknown(Reason { what, place })
    }

    /// For something that has a name.
    pub(super) fn unknown(name: &str) -> Self {
        Self::because(format!("`{name}` is not known"))
    }

    /// For a function, or what it is given.
    pub(super) fn function(name: &str) -> Self {
        Self::because(format!(
            "the function `{name}` is not known, or not with what it is given"
        ))
    }

    /// For a field or method of something.
    pub(super) fn field(of: &str, name: &str) -> Self {
        Self::because(format!("`.{name}` of {of} is not known, or not so"))
    }

    /// With a place, if it has none yet: the innermost one counts.
    pub(super) fn at(mut self, file: &Path, line: usize) -> Self {
        if let Self::Unknown(reason) = &mut self {
            reason.place.get_or_insert_with(|| (file.to_owned(), line));
        }
        self
    }

    /// Without one: its lines were those of no file.
    pub(super) fn nowhere(mut self) -> Self {
        if let Self::Unknown(reason) = &mut self {
            reason.place = None;
        }
        self
    }
}

impl fmt::Display for Stop {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NeedsBody => f.write_str("it asks what its body says"),
            Self::Unknown(Reason { what, place }) => match place {
                Some((file, line)) => write!(f, "{what} ({}:{line})", file.display()),
                None => f.write_str(what),
            },
        }
    }
}
