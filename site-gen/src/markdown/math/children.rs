//! That each element of MathML has as many children as it takes (MathML Core,
//! 3.3.2, 3.3.3 and 3.4): with another number, browsers draw none of it as it
//! is meant.
//!
//! The writer puts a thin space before the name of an operator, and before it
//! knows that the name is something's child. [`count`] moves that space to where
//! it can be; what is miscounted then cannot be read. What it reads is the writer's own
//! XML, in which each tag is whole: the tokenizer of `html` knows too much for it.

/// Elements that take a number of children.
const CHILDREN: [(&str, usize); 8] = [
    ("mfrac", 2),
    ("mover", 2),
    ("mroot", 2),
    ("msub", 2),
    ("msubsup", 3),
    ("msup", 2),
    ("munder", 2),
    ("munderover", 3),
];

/// How the writer writes its space; those of authors have other widths.
const SPACE: &str = "<mspace width=\"0.1667em\" />";

/// An element whose end has not come.
struct Open<'a> {
    name: &'a str,
    /// How many children it takes, if that is settled.
    takes: Option<usize>,
    has: usize,
    /// Where it begins in what is written.
    start: usize,
}

/// Moves spaces out of elements that do not take them; none if an element has
/// too few or too many children all the same.
pub(super) fn count(mathml: &str) -> Option<String> {
    let mut out = String::with_capacity(mathml.len());
    let mut open: Vec<Open<'_>> = Vec::new();
    let mut rest = mathml;
    while let Some(at) = rest.find('<') {
        let (text, tag) = rest.split_at(at);
        out.push_str(text);
        let (tag, after) = tag.split_at(tag.find('>')? + 1);
        rest = after;
        if let Some(name) = tag.strip_prefix("</") {
            let ended = open.pop()?;
            let is_whole = ended.takes.is_none_or(|takes| takes == ended.has);
            if !is_whole || name.trim_end_matches('>') != ended.name {
                return None;
            }
        } else {
            if tag == SPACE && open.last().is_some_and(|parent| parent.takes.is_some()) {
                put_before(&mut open, &mut out);
                continue;
            }
            if let Some(parent) = open.last_mut() {
                parent.has += 1;
            }
            if !tag.ends_with("/>") {
                let name = tag[1..].split([' ', '>']).next().unwrap_or_default();
                let known = CHILDREN.iter().find(|(known, _)| *known == name);
                open.push(Open {
                    name,
                    takes: known.map(|(_, takes)| *takes),
                    has: 0,
                    start: out.len(),
                });
            }
        }
        out.push_str(tag);
    }
    out.push_str(rest);
    open.is_empty().then_some(out)
}

/// Puts a space before the element that it would be at the beginning of; nowhere,
/// if that has another's place.
fn put_before(open: &mut [Open<'_>], out: &mut String) {
    // Of those above, this one is the first child; of the one inside, nothing.
    let mut first_has = 0;
    for index in (0..open.len()).rev() {
        if open[index].has != first_has {
            return;
        }
        first_has = 1;
        let takes_any = index
            .checked_sub(1)
            .is_none_or(|above| open[above].takes.is_none());
        if takes_any {
            out.insert_str(open[index].start, SPACE);
            for inside in &mut open[index..] {
                inside.start += SPACE.len();
            }
            return;
        }
    }
}
