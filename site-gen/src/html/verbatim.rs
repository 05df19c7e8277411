//! Text without tags in it: where it ends (HTML, 13.2.5.2 to 13.2.5.31 and 13.2.5.69).

use super::Scripting;

/// What comes next in a text.
#[derive(Clone, Copy, Debug)]
pub(super) enum Content<'h> {
    Markup,
    /// Text with references to characters, up to the end tag of this name.
    References(&'h str),
    /// Text alone, up to that end tag.
    Raw(&'h str),
    Script(&'h str),
    Cdata,
    /// Text up to the end of all.
    Plain,
}

impl<'h> Content<'h> {
    /// The content of an element (13.2.6.2).
    pub(super) fn of(name: &'h str, scripting: Scripting) -> Self {
        let is = |other: &str| name.eq_ignore_ascii_case(other);
        // Most names are others by their length.
        match name.len() {
            3 if is("xmp") => Self::Raw(name),
            5 if is("title") => Self::References(name),
            5 if is("style") => Self::Raw(name),
            6 if is("script") => Self::Script(name),
            6 if is("iframe") => Self::Raw(name),
            7 if is("noembed") => Self::Raw(name),
            8 if is("textarea") => Self::References(name),
            8 if is("noframes") => Self::Raw(name),
            8 if is("noscript") && scripting == Scripting::On => Self::Raw(name),
            9 if is("plaintext") => Self::Plain,
            _ => Self::Markup,
        }
    }

    /// How much of the rest it is.
    pub(super) fn length(self, rest: &str) -> usize {
        let end = match self {
            Self::Markup => return 0,
            Self::References(name) | Self::Raw(name) => {
                let ends = rest.match_indices("</").map(|(at, _)| at);
                ends.into_iter()
                    .find(|at| begins_with(&rest[at + 2..], name))
            }
            Self::Script(name) => end_of_script(rest, name),
            Self::Cdata => rest.find("]]>"),
            Self::Plain => None,
        };
        end.unwrap_or(rest.len())
    }
}

/// In a comment in a script, another script hides an end tag (13.2.5.15 to 13.2.5.31).
fn end_of_script(rest: &str, name: &str) -> Option<usize> {
    #[derive(PartialEq)]
    enum Hidden {
        No,
        InComment,
        InScript,
    }
    let mut hidden = Hidden::No;
    let mut seen = 0;
    for (at, _) in rest.match_indices('<') {
        if hidden != Hidden::No && rest[seen..at].contains("-->") {
            hidden = Hidden::No;
        }
        seen = at;
        let behind = &rest[at + 1..];
        let end = behind.strip_prefix('/');
        let is_end = end.is_some_and(|end| begins_with(end, name));
        match hidden {
            Hidden::InScript if is_end => hidden = Hidden::InComment,
            Hidden::No | Hidden::InComment if is_end => return Some(at),
            Hidden::No if behind.starts_with("!--") => {
                hidden = Hidden::InComment;
                // Its dashes can be those of its end, too.
                seen = at + "<!".len();
            }
            Hidden::InComment if begins_with(behind, name) => hidden = Hidden::InScript,
            _ => {}
        }
    }
    None
}

/// Whether a tag whose name stands first has this one.
fn begins_with(text: &str, name: &str) -> bool {
    let Some((own, behind)) = text.split_at_checked(name.len()) else {
        return false;
    };
    let is_end = |c: char| c.is_ascii_whitespace() || matches!(c, '/' | '>');
    own.eq_ignore_ascii_case(name) && behind.starts_with(is_end)
}
