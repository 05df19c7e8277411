//! Columns of formulas: where lines are aligned, and on which side. Browsers
//! read that from style alone (MathML Core, 3.5.4), and a theme should not have
//! to know what a formula needs.

/// Gives the cells of aligned tables their side.
pub(super) fn align(mathml: &str) -> String {
    let mut out = String::with_capacity(mathml.len());
    let mut tables: Vec<Table> = Vec::new();
    let mut rest = mathml;
    while let Some(at) = rest.find("<m").into_iter().chain(rest.find("</m")).min() {
        let (before, tag) = rest.split_at(at);
        let end = tag.find('>').map_or(tag.len(), |end| end + 1);
        let (tag, after) = tag.split_at(end);
        out.push_str(before);
        rest = after;
        let cell = match tag {
            _ if tag.starts_with("<mtable") => {
                tables.push(Table::new(tag));
                None
            }
            "</mtable>" => {
                tables.pop();
                None
            }
            _ if tag.starts_with("<mtr") => {
                if let Some(table) = tables.last_mut() {
                    table.column = 0;
                }
                None
            }
            _ if tag.starts_with("<mtd") => tables.last_mut().and_then(|table| table.cell(tag)),
            _ => None,
        };
        match cell {
            Some(style) => {
                out.push_str(&tag[..tag.len() - 1]);
                out.push_str(" style=\"");
                out.push_str(style);
                out.push_str("\">");
            }
            None => out.push_str(tag),
        }
    }
    out.push_str(rest);
    out
}

const LEFT: &str = "text-align:left";
const RIGHT: &str = "text-align:right";

struct Table {
    sides: Sides,
    column: usize,
}

/// On which side the cells of a table stand.
#[derive(Clone, Copy)]
enum Sides {
    Centre,
    Left,
    Right,
    /// Right and left by turns, without space between the two.
    Pairs,
}

impl Table {
    fn new(tag: &str) -> Self {
        let sides = if tag.contains("menv-alignlike") {
            Sides::Pairs
        } else if tag.contains("menv-cells-left") {
            Sides::Left
        } else if tag.contains("menv-cells-right") {
            Sides::Right
        } else {
            Sides::Centre
        };
        Self { sides, column: 0 }
    }

    /// The style of the next cell.
    fn cell(&mut self, tag: &str) -> Option<&'static str> {
        let column = self.column;
        self.column += 1;
        // A column of an array may say it itself.
        if tag.contains("cell-left") {
            return Some(LEFT);
        }
        if tag.contains("cell-right") {
            return Some(RIGHT);
        }
        match self.sides {
            Sides::Centre => None,
            Sides::Left => Some(LEFT),
            Sides::Right => Some(RIGHT),
            Sides::Pairs if column.is_multiple_of(2) => Some("text-align:right;padding-right:0"),
            Sides::Pairs => Some("text-align:left;padding-left:0"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_table_has_its_own_columns() {
        let mathml = "<math><mtable class=\"menv-alignlike\"><mtr><mtd><mi>a</mi></mtd><mtd>\
                      <mtable class=\"menv-arraylike\"><mtr><mtd></mtd><mtd class=\"cell-left\"></mtd></mtr></mtable>\
                      </mtd><mtd></mtd></mtr></mtable></math>";
        let aligned = align(mathml);
        let right = " style=\"text-align:right;padding-right:0\"";
        let left = " style=\"text-align:left;padding-left:0\"";
        let expected = format!(
            "<math><mtable class=\"menv-alignlike\"><mtr><mtd{right}><mi>a</mi></mtd><mtd{left}>\
             <mtable class=\"menv-arraylike\"><mtr><mtd></mtd><mtd class=\"cell-left\" style=\"text-align:left\"></mtd></mtr></mtable>\
             </mtd><mtd{right}></mtd></mtr></mtable></math>"
        );
        assert_eq!(aligned, expected);
        assert_eq!(align("a <m"), "a <m");
    }
}
