//! Tables as a grid (HTML, 4.9.12): which columns and rows there are, and whether each
//! has a cell of its own.

use std::cell::RefCell;
use std::collections::{BTreeSet, HashSet};

use super::Fault;
use super::attributes::Attributes;
use super::content::Placed;
use super::traits::HAS_SPAN;
use crate::limits::{MAX_HEADERS, MAX_SPANNING_CELLS};

/// The tables that are open, each in the one before it.
#[derive(Default)]
pub(super) struct Tables(RefCell<Vec<Table>>);

#[derive(Default)]
struct Table {
    /// Columns in which a cell begins.
    begun: BTreeSet<u32>,
    /// How many there are: by cells, and by <col>.
    width: u32,
    columns: u32,
    /// Cells of rows above that reach into this one.
    spanning: Vec<Spanning>,
    /// Where the next cell of the row can be; none outside of rows.
    next: Option<u32>,
    /// Whether a cell began in the row.
    has_cell: bool,
    /// Too many cells reach into rows below: the grid is not known.
    is_unclear: bool,
    headers: HashSet<String>,
    /// Ids of header cells that other cells name.
    wanted: Vec<String>,
}

/// What a cell or a column says of itself.
#[derive(Debug)]
pub(super) struct Cell {
    columns: u32,
    /// Without end, if none.
    rows: Option<u32>,
    headers: Vec<String>,
    id: Option<String>,
}

impl Default for Cell {
    fn default() -> Self {
        Self {
            columns: 1,
            rows: Some(1),
            headers: Vec::new(),
            id: None,
        }
    }
}

impl Cell {
    /// None of what is no part of a table, or says nothing.
    pub(super) fn of(name: &str, all: Attributes<'_>) -> Option<Box<Self>> {
        if all.0.is_empty() || !matches!(name, "col" | "colgroup" | "td" | "th") {
            return None;
        }
        let number = |name: &str| all.value(name)?.trim_ascii().parse::<u32>().ok();
        let columns = number("colspan").or_else(|| number("span")).unwrap_or(1);
        let headers = all.value("headers").unwrap_or_default();
        Some(Box::new(Self {
            columns: columns.clamp(1, 1000),
            rows: match number("rowspan").unwrap_or(1) {
                0 => None,
                rows => Some(rows.min(65_534)),
            },
            headers: headers
                .split_ascii_whitespace()
                .map(str::to_owned)
                .collect(),
            id: all.value("id").map(str::to_owned),
        }))
    }
}

struct Spanning {
    from: u32,
    to: u32,
    /// Rows that are left; without end, if none.
    rows: Option<u32>,
}

impl Tables {
    /// A part of a table begins.
    pub(super) fn begin(&self, own: &Placed) -> Option<Fault> {
        own.known()?;
        let name = own.name();
        let mut tables = self.0.borrow_mut();
        if name == "table" {
            tables.push(Table::default());
            return None;
        }
        let table = tables.last_mut()?;
        let plain = Cell::default();
        let cell = own.cell.as_deref().unwrap_or(&plain);
        match name {
            "col" => table.columns += cell.columns,
            "colgroup" if own.is(HAS_SPAN) => table.columns += cell.columns,
            "tr" => {
                table.next = Some(0);
                table.has_cell = false;
            }
            "td" | "th" => {
                let room = MAX_HEADERS.saturating_sub(table.wanted.len());
                let ids = cell.headers.iter().take(room);
                table.wanted.extend(ids.cloned());
                table
                    .headers
                    .extend(cell.id.clone().filter(|_| name == "th"));
                return table.cell(name, cell);
            }
            _ => {}
        }
        None
    }

    /// A part of a table ends.
    pub(super) fn end(&self, own: &Placed) -> Vec<Fault> {
        let name = own.name();
        let mut tables = self.0.borrow_mut();
        let hint = || format!("<{name}");
        let mut faults = Vec::new();
        match (name, tables.last_mut()) {
            ("table", Some(_)) => {
                let table = tables.pop();
                faults.extend(table.into_iter().flat_map(Table::end));
            }
            ("tr", Some(table)) => {
                let was_row = table.next.take().is_some();
                for cell in &mut table.spanning {
                    cell.rows = cell.rows.map(|rows| rows.saturating_sub(1));
                }
                table.spanning.retain(|cell| cell.rows != Some(0));
                if was_row && !table.has_cell && !table.is_unclear {
                    let message = "no cell begins in this row".to_owned();
                    faults.push(Fault::new(message, "<td> or <th> in each <tr>", hint()));
                }
            }
            ("tbody" | "thead" | "tfoot", Some(table)) => {
                let is_cut = table.spanning.iter().any(|cell| cell.rows.is_some());
                table.spanning.clear();
                if is_cut && !table.is_unclear {
                    let message = format!("a cell reaches past the last row of <{name}>");
                    let expected = "`rowspan` of no more rows than there are";
                    faults.push(Fault::new(message, expected, hint()));
                }
            }
            _ => {}
        }
        faults
    }
}

impl Table {
    fn cell(&mut self, name: &str, cell: &Cell) -> Option<Fault> {
        let mut from = self.next?;
        let is_in = |cell: &&Spanning, at: u32| cell.from <= at && at < cell.to;
        while let Some(above) = self.spanning.iter().find(|cell| is_in(cell, from)) {
            from = above.to;
        }
        let to = from + cell.columns;
        let overlaps = |cell: &Spanning| cell.from < to && from < cell.to;
        let is_overlapped = self.spanning.iter().any(overlaps);
        self.begun.insert(from);
        self.has_cell = true;
        self.next = Some(to);
        self.width = self.width.max(to);
        let rows = cell.rows;
        if rows != Some(1) {
            self.is_unclear |= self.spanning.len() >= MAX_SPANNING_CELLS;
            if !self.is_unclear {
                self.spanning.push(Spanning { from, to, rows });
            }
        }
        (is_overlapped && !self.is_unclear).then(|| {
            let message = "this cell lies on one of a row above".to_owned();
            Fault::new(
                message,
                "a smaller `colspan` or `rowspan`",
                format!("<{name}"),
            )
        })
    }

    fn end(self) -> Vec<Fault> {
        let mut faults = Vec::new();
        let tell = |message: String, expected: &'static str| {
            Fault::new(message, expected, "<table".to_owned())
        };
        if !self.is_unclear {
            let all = self.width.max(self.columns);
            let places = self.begun.iter().copied().chain([u32::MAX]);
            let missing = (0..).zip(places).find(|(column, place)| column != place);
            if let Some((column, _)) = missing.filter(|(column, _)| *column < all) {
                let message = format!("no cell begins in column {} of the table", column + 1);
                let expected = "a smaller `colspan`, or a cell for each column";
                faults.push(tell(message, expected));
            }
            if self.columns > 0 && self.width > self.columns {
                let message = format!(
                    "a row has {} columns, and <col> says {}",
                    self.width, self.columns
                );
                faults.push(tell(message, "a <col> for each column"));
            }
        }
        let wrong = self.wanted.iter().find(|id| !self.headers.contains(*id));
        if let Some(id) = wrong {
            let message = format!("`headers` names `{id}`, and no <th> of this table has this id");
            faults.push(tell(message, "ids of header cells"));
        }
        faults
    }
}
