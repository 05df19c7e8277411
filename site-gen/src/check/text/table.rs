//! Tables that are none, as the row below the head has another number of cells than
//! the head (GitHub Flavored Markdown, 4.10). All of it is a paragraph then. And rows that
//! have more cells than the head: nobody sees these.

use std::ops::Range;

use crate::diagnostic::Diagnostic;
use crate::markdown::Passage;

/// The fault of a paragraph that was to be a table.
pub(super) fn check(passage: &Passage<'_>, paragraph: &Range<usize>) -> Option<Diagnostic> {
    let text = &passage.text()[paragraph.clone()];
    if !text.contains('|') {
        return None;
    }
    let mut above = "";
    let mut start = paragraph.start;
    for line in text.split_inclusive('\n') {
        let (head, row) = (inner(above), inner(line));
        above = line;
        start += line.len();
        let Some(cells) = delimited(row) else {
            continue;
        };
        let columns = columns(head);
        if !head.contains('|') || columns == cells || delimited(head).is_some() {
            continue;
        }
        let place = start - line.len() + line.find(row).unwrap_or_default();
        let message = format!(
            "this is no table: its head has {}, and the row below it {cells}",
            count(columns)
        );
        let fault = passage.at(place..place + row.len(), message);
        let expected = format!("`{}`", "|---".repeat(columns.min(MAX_SHOWN)) + "|");
        return Some(fault.expected(expected).warning());
    }
    None
}

/// The fault of a row of a table of so many columns.
pub(super) fn check_row(
    passage: &Passage<'_>,
    span: &Range<usize>,
    columns: usize,
) -> Option<Diagnostic> {
    let line = passage.text()[span.clone()].lines().next()?;
    let row = inner(line);
    let (_, lost) = row.split_at(bars(row).nth(columns.checked_sub(1)?)?);
    let lost = lost.trim_matches(['|', ' ', '\t']);
    let at = span.start + line.find(row)? + row.rfind(lost).filter(|_| !lost.is_empty())?;
    let message = format!("nobody sees this: the table has {}", count(columns));
    let fault = passage.at(at..at + lost.len(), message);
    Some(
        fault
            .expected("as many cells as the head has; a bar in a cell is `\\|`")
            .warning(),
    )
}

/// The most cells that are shown of a row.
const MAX_SHOWN: usize = 20;

fn count(columns: usize) -> String {
    match columns {
        1 => "1 column".to_owned(),
        columns => format!("{columns} columns"),
    }
}

/// A line without the marks of quotes.
fn inner(line: &str) -> &str {
    line.trim_start_matches([' ', '\t', '>']).trim_end()
}

/// How many cells a row has that says nothing but where columns are.
fn delimited(row: &str) -> Option<usize> {
    let has_bar = row.contains('|');
    let cells = row.strip_prefix('|').unwrap_or(row);
    let cells = cells.strip_suffix('|').unwrap_or(cells);
    let is_delimiter = |cell: &str| {
        let cell = cell.trim();
        let dashes = cell.strip_prefix(':').unwrap_or(cell);
        let dashes = dashes.strip_suffix(':').unwrap_or(dashes);
        !dashes.is_empty() && dashes.bytes().all(|byte| byte == b'-')
    };
    let all = has_bar && cells.split('|').all(is_delimiter);
    all.then(|| cells.split('|').count())
}

/// How many cells a row has.
fn columns(row: &str) -> usize {
    1 + bars(row).filter(|at| at + 1 < row.len()).count()
}

/// Where a cell of a row ends: a bar behind a backslash is none between cells.
fn bars(row: &str) -> impl Iterator<Item = usize> {
    let bars = row.match_indices('|').map(|(at, _)| at);
    bars.filter(|&at| at > 0 && !row[..at].ends_with('\\'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_counted_as_markdown_counts_them() {
        for (row, cells) in [
            ("| a | b |", 2),
            ("a | b", 2),
            ("| a \\| b |", 1),
            ("| a |", 1),
            ("| a | b", 2),
            ("|a||", 2),
        ] {
            assert_eq!(columns(row), cells, "{row}");
        }
        for (row, cells) in [
            ("|---|", Some(1)),
            ("--- | :-:", Some(2)),
            ("| - | -", Some(2)),
            ("---", None),
            ("| a |", None),
            ("||", None),
            ("|---||", None),
            ("|", None),
        ] {
            assert_eq!(delimited(row), cells, "{row}");
        }
    }
}
