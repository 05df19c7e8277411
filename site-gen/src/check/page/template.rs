//! Where a template has what is at fault in a page: the line, or else the tag, that makes
//! the page's if something stands in place of its expressions. And where a document has
//! the text of a line that markdown made.

use std::ops::Range;

use super::Fault;
use crate::limits::{MAX_COMPARED_LINE, MAX_COMPARED_TAGS, MAX_SURROUNDINGS};
use crate::source::Source;

/// What expressions, statements and comments of templates stand between.
const MARKS: [(&str, &str); 3] = [("{{", "}}"), ("{%", "%}"), ("{#", "#}")];

/// The least letters of a text that is told from others.
const LEAST_TEXT: usize = 6;

/// The least letters of a value that is made by what stands between its expressions.
const LEAST_LITERAL: usize = 2;

/// How many signs of a place in a template are the page's, and the place.
type Likely<T> = (usize, T);

/// The template that has what is at fault in a page, and where.
pub(in crate::check) fn written<'a>(
    fault: &Fault,
    templates: &'a [Source],
) -> Option<(&'a Source, Range<usize>)> {
    let mut all = templates.iter();
    all.find_map(|source| Some((source, fault.in_template(&source.text)?)))
}

/// The template that has the start of an element without its end, and where: what is wrong
/// is not in the line of the page, as a good element may begin with the same one.
pub(in crate::check) fn unclosed<'a>(
    fault: &Fault,
    templates: &'a [Source],
) -> Option<(&'a Source, Range<usize>)> {
    if !fault.is_of_end {
        return None;
    }
    let all = templates.iter().filter_map(|source| {
        let (score, at) = fault.in_starts(&source.text)?;
        Some((score, (source, at..at + fault.hint.len())))
    });
    Some(likeliest(all)?.1)
}

/// The one that makes it of expressions: most of it stands between them there.
pub(in crate::check) fn expressed<'a>(
    fault: &Fault,
    templates: &'a [Source],
) -> Option<(&'a Source, Range<usize>)> {
    let all = templates.iter().filter_map(|source| {
        let (score, place) = fault.in_expressions(&source.text)?;
        Some((score, (source, place)))
    });
    Some(likeliest(all)?.1)
}

impl Fault {
    /// Where a template has what is at fault, if it has the whole line.
    fn in_template(&self, template: &str) -> Option<Range<usize>> {
        let line = self.line.trim();
        let tag = line.find(&self.hint).filter(|_| !self.hint.is_empty())?;
        let start = template.find(line)? + tag;
        Some(self.narrow_from(template, start))
    }

    /// The same of a line, or a tag, with expressions in it.
    fn in_expressions(&self, template: &str) -> Option<Likely<Range<usize>>> {
        if self.hint.is_empty() || !self.line.contains(&self.hint) {
            return None;
        }
        let places = template.match_indices(&self.hint).map(|(at, _)| at);
        let tags = places.filter(|at| {
            let after = template[at + self.hint.len()..].chars().next();
            !after.is_some_and(|c| c.is_alphanumeric() || c == '-')
        });
        let likely = tags.take(MAX_COMPARED_TAGS).filter_map(|at| {
            let score = self
                .line_at(template, at)
                .or_else(|| self.tag_at(template, at))?;
            Some((score, at))
        });
        let (score, at) = likeliest(likely)?;
        Some((score, self.narrow_from(template, at)))
    }

    /// The likeliest of the starts of an element that have no end in a template.
    fn in_starts(&self, template: &str) -> Option<Likely<usize>> {
        let name = self.hint.strip_prefix('<')?;
        let tags = template.match_indices(name).filter_map(|(at, _)| {
            let after = template[at + name.len()..].chars().next();
            let is_name = !after.is_some_and(|c| c.is_alphanumeric() || c == '-');
            let before = &template[..at];
            let is_end = before.ends_with("</");
            (is_name && (is_end || before.ends_with('<'))).then_some((at.wrapping_sub(1), is_end))
        });
        let mut open = Vec::new();
        for (at, is_end) in tags.take(MAX_COMPARED_TAGS) {
            match is_end {
                true => _ = open.pop(),
                false => open.push(at),
            }
        }
        let likely = open.into_iter().filter_map(|at| {
            let score = self
                .line_at(template, at)
                .or_else(|| self.tag_at(template, at))
                .or_else(|| self.same_tag(template, at))?;
            Some((score, at))
        });
        likeliest(likely)
    }

    /// How much a tag without expressions says of the same one in the page's line.
    fn same_tag(&self, template: &str, at: usize) -> Option<usize> {
        let line = &template[at..];
        let line = signs(line.lines().next().unwrap_or_default());
        let tag = &line[..=line.find('>')?];
        let own = signs(&self.line);
        let is_there = own.contains(tag);
        is_there.then(|| {
            if own.contains(&line) {
                line.len()
            } else {
                tag.len()
            }
        })
    }

    /// How much the line around a tag of a template says of the page's.
    fn line_at(&self, template: &str, at: usize) -> Option<usize> {
        let start = template[..at].rfind('\n').map_or(0, |end| end + 1);
        let end = template[at..]
            .find('\n')
            .map_or(template.len(), |end| at + end);
        let is_short = (end - start).max(self.line.len()) <= MAX_COMPARED_LINE;
        is_short.then(|| makes(&template[start..end], self.line.trim()))?
    }

    /// How much a tag of a template with attributes says of one of the page's line.
    fn tag_at(&self, template: &str, at: usize) -> Option<usize> {
        let tag = &template[at..at + end_of_tag(&template[at..])?];
        let own = self.line.match_indices(&self.hint).take(MAX_COMPARED_TAGS);
        let own = own.filter_map(|(at, _)| {
            let rest = &self.line[at..];
            let own = &rest[..=rest.find('>')?];
            let is_short = tag.len().max(own.len()) <= MAX_COMPARED_LINE;
            is_short.then(|| makes(tag, own))?
        });
        own.max().filter(|score| *score > self.hint.len() + 1)
    }

    /// Where a text of its line stands in a document, if it stands there once.
    pub(in crate::check) fn in_text(&self, text: &str) -> Option<Range<usize>> {
        let from = self.line.find(&self.hint).unwrap_or_default();
        let pieces = self.line[from..].split('<').map(|piece| {
            let piece = piece.split_once('>').map_or(piece, |(_, text)| text);
            piece.trim()
        });
        let mut pieces: Vec<&str> = pieces
            .filter(|piece| piece.chars().count() >= LEAST_TEXT)
            .take(MAX_SURROUNDINGS)
            .collect();
        pieces.sort_by_key(|piece| std::cmp::Reverse(piece.len()));
        pieces.into_iter().find_map(|piece| {
            let mut found = text.match_indices(piece);
            let (at, _) = found.next().filter(|_| found.next().is_none())?;
            Some(at..at + piece.len())
        })
    }

    /// Where a document has the word that is at fault, the last time: what is on many
    /// pages may be from a text that they all show, or from what a shortcode was given.
    pub(in crate::check) fn part_in(&self, text: &str) -> Option<Range<usize>> {
        let is_word = self.part.chars().count() >= LEAST_TEXT;
        let at = text.rfind(&self.part).filter(|_| is_word)?;
        Some(at..at + self.part.len())
    }
}

/// The attributes of templates that are partly made by expressions.
pub(in crate::check) struct Attributes<'a>(Vec<Partly<'a>>);

/// One of them: where its value stands, and what of that is no expression.
struct Partly<'a> {
    source: &'a Source,
    place: Range<usize>,
    pieces: Vec<String>,
}

impl<'a> Attributes<'a> {
    pub(in crate::check) fn of(templates: &'a [Source]) -> Self {
        let all = templates.iter().flat_map(|source| {
            let places = values(&source.text).into_iter();
            places.filter_map(move |place| {
                let pieces: Vec<String> =
                    literals(&source.text[place.clone()]).map(signs).collect();
                let is_told = pieces.iter().map(String::len).sum::<usize>() >= LEAST_LITERAL;
                (pieces.len() > 1 && is_told).then_some(Partly {
                    source,
                    place,
                    pieces,
                })
            })
        });
        Self(all.collect())
    }

    /// The one that makes most of a value.
    pub(in crate::check) fn find(&self, value: &str) -> Option<(&'a Source, Range<usize>)> {
        let value = signs(value);
        let all = self.0.iter().filter_map(|own| {
            let score = pieces_in(&own.pieces, &value)?;
            Some((score, (own.source, own.place.clone())))
        });
        Some(likeliest(all)?.1)
    }
}

/// Where the values of attributes stand that are quoted and have expressions in them.
fn values(template: &str) -> Vec<Range<usize>> {
    let mut found = Vec::new();
    let mut at = 0;
    let is_quoted = |sign: usize| template[sign + 1..].starts_with(['"', '\'']);
    while let Some(sign) = template[at..].find('=').map(|begin| at + begin) {
        let start = sign + 2;
        if !is_quoted(sign) {
            at = sign + 1;
            continue;
        }
        let quote = char::from(template.as_bytes()[start - 1]);
        let Some(end) = end_of_text(&template[start..], quote) else {
            break;
        };
        let value = &template[start..start + end];
        // What stands in an expression itself is no attribute, and found again in it.
        if expression(value).is_some() {
            found.push(start..start + end);
        }
        at = start + end + 1;
    }
    found
}

/// The one that says most of the page; of those that are as likely, the first one.
fn likeliest<T>(all: impl Iterator<Item = Likely<T>>) -> Option<Likely<T>> {
    all.reduce(|best, next| if next.0 > best.0 { next } else { best })
}

/// How many signs of a piece of a template are in a piece of a page, if it makes that:
/// what is between its expressions stands there, in order.
fn makes(template: &str, page: &str) -> Option<usize> {
    let pieces: Vec<String> = literals(template).map(signs).collect();
    pieces_in(&pieces, &signs(page))
}

/// The same of pieces.
fn pieces_in(pieces: &[String], page: &str) -> Option<usize> {
    let (first, rest) = pieces.split_first()?;
    let (last, middle) = rest.split_last()?;
    let mut left = page
        .strip_prefix(first.as_str())?
        .strip_suffix(last.as_str())?;
    for piece in middle {
        let at = left.find(piece.as_str())?;
        left = &left[at + piece.len()..];
    }
    Some(pieces.iter().map(String::len).sum())
}

/// Without space and quotes: a page may be minified.
fn signs(text: &str) -> String {
    let counts = |c: &char| !c.is_whitespace() && !matches!(c, '"' | '\'');
    text.chars().filter(counts).collect()
}

/// What a piece of a template has between its expressions; one piece more than these.
fn literals(template: &str) -> impl Iterator<Item = &str> {
    let mut rest = Some(template);
    std::iter::from_fn(move || {
        let text = rest?;
        let Some((at, end)) = expression(text) else {
            return rest.take();
        };
        rest = Some(end.map_or("", |end| &text[end..]));
        Some(&text[..at])
    })
}

/// Where a tag of a template ends that begins a text.
fn end_of_tag(text: &str) -> Option<usize> {
    end_of_text(text, '>').map(|end| end + 1)
}

/// Where a sign stands the first time; one in an expression is none.
fn end_of_text(text: &str, sign: char) -> Option<usize> {
    let mut at = 0;
    loop {
        let rest = &text[at..];
        let end = rest.find(sign)?;
        match expression(rest).filter(|(begin, _)| *begin < end) {
            None => return Some(at + end),
            Some((_, end)) => at += end?,
        }
    }
}

/// Where the first expression, statement or comment of a text begins; and where it ends,
/// if it does.
fn expression(text: &str) -> Option<(usize, Option<usize>)> {
    let begins = MARKS
        .iter()
        .filter_map(|(open, close)| Some((text.find(open)?, close)));
    let (at, close) = begins.min()?;
    let end = text[at..].find(close).map(|end| at + end + close.len());
    Some((at, end))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found<'t>(hint: &str, part: &str, line: &str, template: &'t str) -> Option<&'t str> {
        let mut fault = Fault::new(String::new(), "", hint.to_owned()).at_part(part);
        fault.line = line.into();
        let (_, place) = fault.in_expressions(template)?;
        Some(&template[place.start..])
    }

    #[test]
    fn what_has_expressions_in_it_is_found() {
        let template = "<p class=\"a\">\n<p clas=\"{{ a > b }}\">{{ c }}</p></b>\n<p>{{ x }}</p>\n";
        for (hint, part, line, start) in [
            ("<p", "clas", "<p clas=\"x\">y</p></b>", Some("clas=")),
            ("<p", "clas", "<p clas=x>y</p></b><i>z", Some("clas=")),
            ("</b", "", "<p clas=\"x\">y</p></b>", Some("</b>")),
            ("</b", "", "<p clas=\"x\">y</b>", None),
            ("<p", "", "<p>z</p>", Some("<p>{{")),
            ("<p", "", "<p>z", None),
            ("<pre", "", "<pre>z", None),
        ] {
            let found = found(hint, part, line, template);
            match start {
                Some(start) => assert!(found.is_some_and(|own| own.starts_with(start)), "{line}"),
                None => assert_eq!(found, None, "{line}"),
            }
        }
        // Nothing is compiled that has no end.
        for template in ["<p {{", "<p {{ x", "<p {% x %}", "<p", "{{ <p"] {
            found("<p", "", "<p x=y>", template);
        }
    }

    #[test]
    fn large_templates_and_pages_take_no_time() {
        let template = "<p class=\"{{ a }}\">{{ b }}</p>".repeat(5_000);
        let line = "<p class=x>y</p>".repeat(5_000);
        let start = std::time::Instant::now();
        assert!(found("<p", "class", &line, &template).is_some());
        assert!(found("<p", "id", "<p id=x>", &template).is_none());
        assert!(start.elapsed() < std::time::Duration::from_secs(5));
    }

    #[test]
    fn texts_are_found_once() {
        let mut fault = Fault::new(String::new(), "", "<td".to_owned());
        fault.line = "<tr><td>one two three<td>a</tr>".into();
        assert_eq!(fault.in_text("x | one two three | a"), Some(4..17));
        assert_eq!(fault.in_text("one two three one two three"), None);
    }
}
