//! What remains of templates without a tag at fault: the engine ends at the first fault
//! of a page. All that depends on the tag is left out with it, so what is wrong with the
//! rest is wrong, whatever the tag should have been.
//!
//! This goes by names. What the tag sets is not known any more, and each tag that has a
//! name in it that is not known is left out in turn, in all templates:
//!
//! * An expression makes text, and nothing else.
//! * A variable keeps being set, as messages list what there is; but it is not known.
//! * A condition or a loop goes with all that is in it, and what is set in there is not
//!   known. If it could have left a loop, that goes, too.
//! * What takes text in (`set` with an end, `filter`, a component with a body) only lets
//!   it through, once that may be another text.
//! * A component keeps being called; but as a value, it is not known.
//!
//! Where that cannot be done, nothing is left out: a fault that is not told is better
//! than one that is none.

use std::collections::{BTreeMap, BTreeSet};
use std::ops::Range;

use super::tokens::{is_name, tokens};
use crate::source::blanked;
use crate::theme::step::{first_word, is_step, tags};

/// What is in a tag that cannot be left out: it may do anything, or is there to end the
/// page.
const NEEDED: [&str; 2] = ["super", "throw"];

/// What is never known: text of other templates, and all variables.
const NEVER_KNOWN: [&str; 2] = ["super", "__tera_context"];

/// The variable that filters look at by themselves.
const LOOKED_AT: &str = "lang";

/// What ends in a tag of its own, if it is no `set` with a value.
const OPENING: [&str; 8] = [
    "if",
    "for",
    "filter",
    "component",
    "block",
    "<",
    "set",
    "set_global",
];

/// Texts of templates with steps. What is left out of them is blank: all else stands
/// where it stood.
#[derive(Clone, Debug)]
pub(crate) struct Remains {
    texts: BTreeMap<String, String>,
    /// Names of variables and components.
    unknown: BTreeSet<String>,
    is_settled: bool,
}

impl Remains {
    pub(crate) fn new(texts: BTreeMap<String, String>) -> Self {
        Self {
            texts,
            unknown: NEVER_KNOWN.map(str::to_owned).into(),
            is_settled: true,
        }
    }

    pub(crate) fn texts(&self) -> &BTreeMap<String, String> {
        &self.texts
    }

    /// The same without a tag at fault, by a place in it; none if there is no telling
    /// what does not depend on it.
    pub(crate) fn without(&self, template: &str, place: &Range<usize>) -> Option<Self> {
        let mut rest = self.clone();
        let text = self.texts.get(template)?;
        let seen = Seen::new(template, text);
        let mut tags = seen.tags.iter();
        let Some(mut index) = tags.position(|tag| tag.at.contains(&place.start)) else {
            // It is left out already: two pages may have their own faults in one tag.
            return text.get(place.clone())?.trim().is_empty().then_some(rest);
        };
        if is_step(&text[seen.tags[index].at.clone()]) {
            // It stands behind the tag that it is the step of.
            index = index.checked_sub(1)?;
        }
        if seen.tags[index].word == "component" {
            return None;
        }
        rest.leave_out(&seen, index)?;
        while !rest.is_settled {
            rest.is_settled = true;
            rest.follow()?;
        }
        let is_known = !rest.unknown.contains(LOOKED_AT);
        is_known.then_some(rest)
    }

    /// Leaves out what has a name in it that is not known.
    fn follow(&mut self) -> Option<()> {
        for (name, text) in &self.texts.clone() {
            let seen = Seen::new(name, text);
            for (index, tag) in seen.tags.iter().enumerate() {
                // It may have been left out with another.
                if self.texts[name].as_bytes()[tag.at.start] == b' ' {
                    continue;
                }
                if tag.has_one_of(&self.unknown) {
                    self.leave_out(&seen, index)?;
                } else if tag.makes_text_of_others() {
                    self.change_text_around(&seen, index)?;
                }
            }
        }
        Some(())
    }

    fn leave_out(&mut self, seen: &Seen<'_>, index: usize) -> Option<()> {
        let tag = &seen.tags[index];
        match (tag.word, tag.end) {
            ("", _) => self.blank(seen, tag.at.clone())?,
            ("elif" | "else", _) => return self.leave_out(seen, tag.around?),
            ("if" | "for", Some(end)) => self.leave_out_branch(seen, index..end + 1)?,
            ("set" | "set_global", None) => {
                self.forget(tag.name());
                return self.set_to_nothing(seen, tag);
            }
            ("set" | "set_global" | "filter" | "<", Some(end)) => {
                if tag.word.starts_with("set") {
                    self.forget(tag.name());
                }
                self.blank(seen, tag.at.clone())?;
                self.blank(seen, seen.tags[end].at.clone())?;
            }
            ("component", _) => {
                self.forget(tag.name());
                return Some(());
            }
            _ => return None,
        }
        self.change_text_around(seen, index)
    }

    /// What takes in text that a tag is in gets another one.
    fn change_text_around(&mut self, seen: &Seen<'_>, index: usize) -> Option<()> {
        let mut around = seen.tags[index].around;
        while let Some(index) = around {
            let tag = &seen.tags[index];
            if !matches!(tag.word, "if" | "for" | "block") {
                return self.leave_out(seen, index);
            }
            around = tag.around;
        }
        Some(())
    }

    /// Leaves out a condition or a loop.
    fn leave_out_branch(&mut self, seen: &Seen<'_>, branch: Range<usize>) -> Option<()> {
        let tags = &seen.tags[branch];
        let (first, last) = (tags.first()?, tags.last()?);
        for tag in tags.iter().filter(|tag| tag.word.starts_with("set")) {
            self.forget(tag.name());
        }
        self.blank(seen, first.at.start..last.at.end)?;
        let is_jump = |tag: &Tag<'_>| matches!(tag.word, "break" | "continue");
        if first.word == "for" || !tags.iter().any(is_jump) {
            return Some(());
        }
        let mut around = first.around;
        while let Some(index) = around.filter(|index| seen.tags[*index].word != "for") {
            around = seen.tags[index].around;
        }
        match around {
            Some(index) => self.leave_out(seen, index),
            // It is a loop in there that is left.
            None => Some(()),
        }
    }

    fn forget(&mut self, name: &str) {
        self.is_settled &= !self.unknown.insert(name.to_owned());
    }

    fn blank(&mut self, seen: &Seen<'_>, at: Range<usize>) -> Option<()> {
        let mut inside = seen.tags.iter().filter(|tag| at.contains(&tag.at.start));
        if inside.any(|tag| NEEDED.iter().any(|name| tag.tokens.contains(name))) {
            return None;
        }
        self.replace(seen, at.clone(), &blanked(&seen.text[at]))
    }

    /// Sets a variable to what it never is.
    fn set_to_nothing(&mut self, seen: &Seen<'_>, tag: &Tag<'_>) -> Option<()> {
        let text = &seen.text[tag.at.clone()];
        if NEEDED.iter().any(|name| tag.tokens.contains(name)) {
            return None;
        }
        let start = tag.at.start + text.find('=')? + 1;
        let end = tag.at.start + text.strip_suffix("%}")?.trim_end_matches('-').len();
        let blanks = blanked(seen.text.get(start..end)?);
        self.replace(seen, start..end, &format!("0{}", blanks.get(1..)?))
    }

    fn replace(&mut self, seen: &Seen<'_>, at: Range<usize>, by: &str) -> Option<()> {
        let text = self.texts.get_mut(seen.name)?;
        if text[at.clone()] != *by {
            text.replace_range(at, by);
            self.is_settled = false;
        }
        Some(())
    }
}

/// A template, and its tags.
struct Seen<'t> {
    name: &'t str,
    text: &'t str,
    tags: Vec<Tag<'t>>,
}

struct Tag<'t> {
    at: Range<usize>,
    /// All of it, without its marks.
    inside: &'t str,
    /// What it is, if it is no expression; `<` and `</` for components with a body.
    word: &'t str,
    tokens: Vec<&'t str>,
    /// The innermost tag that opens what it is in, by number.
    around: Option<usize>,
    /// The tag that ends what it opens.
    end: Option<usize>,
}

impl<'t> Seen<'t> {
    fn new(name: &'t str, text: &'t str) -> Self {
        let mut seen = Self {
            name,
            text,
            tags: Vec::new(),
        };
        let mut open: Vec<usize> = Vec::new();
        for at in tags(text) {
            let mut tag = Tag::new(text, at);
            let number = seen.tags.len();
            if (tag.word.starts_with("end") || tag.word == "</")
                && let Some(begin) = open.pop()
            {
                seen.tags[begin].end = Some(number);
            }
            tag.around = open.last().copied();
            if OPENING.contains(&tag.word) && !tag.is_set_with_value() {
                open.push(number);
            }
            seen.tags.push(tag);
        }
        seen
    }
}

impl<'t> Tag<'t> {
    fn new(text: &'t str, at: Range<usize>) -> Self {
        let whole = &text[at.clone()];
        let inside = whole[2..whole.len() - 2].trim_matches('-').trim();
        let word = match first_word(whole) {
            "" if whole.starts_with("{%") => match inside.starts_with("</") {
                true => "</",
                false => "<",
            },
            word => word,
        };
        let tokens = tokens(text, at.start..at.end - 2).map(|token| &text[token]);
        let mut tokens: Vec<&str> = tokens.collect();
        tokens.pop_if(|last| *last == "-");
        if tokens.first() == Some(&"-") {
            tokens.remove(0);
        }
        Self {
            inside,
            word,
            tokens,
            around: None,
            end: None,
            at,
        }
    }

    /// What it sets or defines.
    fn name(&self) -> &'t str {
        self.tokens.get(1).copied().unwrap_or_default()
    }

    fn is_set_with_value(&self) -> bool {
        self.word.starts_with("set") && self.tokens.get(2) == Some(&"=")
    }

    /// Whether it is a call of a component that is written as it comes.
    fn is_call(&self) -> bool {
        let is_one = self.inside.starts_with('<') && self.inside.matches('<').count() == 1;
        self.word == "<" || self.word.is_empty() && is_one && self.inside.ends_with("/>")
    }

    /// Whether it writes what others make, as it comes.
    fn makes_text_of_others(&self) -> bool {
        matches!(self.word, "include" | "block") || self.is_call() || self.is_super()
    }

    fn is_super(&self) -> bool {
        let is = |tokens: &[&str]| self.word.is_empty() && self.tokens == tokens;
        is(&["super", "(", ")"]) || is(&["super", "(", ")", "|", "safe"])
    }

    /// Whether it asks for a variable, or a component, of one of these names.
    fn has_one_of(&self, names: &BTreeSet<String>) -> bool {
        let is_without = matches!(self.word, "include" | "block" | "extends" | "</");
        if is_without || self.word.starts_with("end") || self.is_super() {
            return false;
        }
        let token = |index: usize| self.tokens.get(index).copied().unwrap_or_default();
        let before = |index: usize, count| index.checked_sub(count).map_or("", token);
        let is_asked_for = |index: usize| {
            let is_called = index == 1 && (self.word == "component" || self.is_call());
            // `...` stands before what is spread.
            let is_field = before(index, 1) == "." && before(index, 2) != ".";
            let is_argument = index > 1 && token(index + 1) == "=";
            !is_called && !is_field && !is_argument
        };
        let mut found = self.tokens.iter().enumerate();
        found.any(|(index, token)| is_name(token) && names.contains(*token) && is_asked_for(index))
    }
}

#[cfg(test)]
mod tests;
