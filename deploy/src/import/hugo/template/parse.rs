//! Templates of Go as a tree, after the grammar of text/template.

use std::rc::Rc;

use super::has_marks;
use super::pieces::{Piece, pieces, without_comments};
use super::pipe::pipe;
use crate::limits::TEMPLATE_NESTING;

/// A part of a template, and its line, which counts from 1.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Node {
    pub(super) line: usize,
    pub(super) part: Part,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Part {
    Text(String),
    Print(Pipe),
    /// `$name := …`, or with `=` for one that is there.
    Set {
        name: String,
        is_new: bool,
        value: Pipe,
    },
    If(Branches),
    With(Branches),
    Range {
        names: Vec<String>,
        over: Pipe,
        body: Vec<Node>,
        otherwise: Vec<Node>,
    },
    Break,
    Continue,
    Return(Pipe),
    Define(String, Nodes),
    Template(String, Pipe),
}

/// The parts of a template that others draw.
pub(super) type Nodes = Rc<Vec<Node>>;

/// Conditions with what is done, and what is done if none holds.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Branches {
    pub(super) asked: Vec<Branch>,
    pub(super) otherwise: Vec<Node>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) struct Branch {
    pub(super) line: usize,
    /// What its value is called, if it is.
    pub(super) name: Option<String>,
    pub(super) asked: Pipe,
    pub(super) body: Vec<Node>,
}

/// Commands, each of which is given the result of the one before.
pub(super) type Pipe = Vec<Command>;

/// A function or method, and its arguments; or a value alone.
pub(super) type Command = Vec<Operand>;

/// A value, and the fields that are taken of it one after the other.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Operand {
    pub(super) base: Base,
    pub(super) fields: Vec<String>,
}

#[derive(Clone, Debug, PartialEq)]
pub(super) enum Base {
    Dot,
    /// `$` alone has no name.
    Variable(String),
    Function(String),
    Text(String),
    Integer(i64),
    Float(f64),
    Boolean(bool),
    Nil,
    Parentheses(Pipe),
}

/// Reads a template; the line of what is not understood, if there is that.
pub(super) fn template(text: &str) -> Result<Vec<Node>, usize> {
    if has_marks(text) {
        return Err(1);
    }
    let pieces = pieces(text)?;
    let mut parser = Parser { pieces, at: 0 };
    match parser.nodes(0) {
        Some((nodes, End::Template)) => Ok(nodes),
        _ => Err(parser.line()),
    }
}

/// What ended a list of nodes.
#[derive(Debug, PartialEq)]
enum End {
    Template,
    Block,
    /// What is written behind `else`.
    Else(String, usize),
}

struct Parser {
    pieces: Vec<Piece>,
    at: usize,
}

impl Parser {
    /// The line of what was read last.
    fn line(&self) -> usize {
        let last = self.at.checked_sub(1).and_then(|at| self.pieces.get(at));
        last.map_or(1, |piece| piece.line)
    }

    fn nodes(&mut self, depth: usize) -> Option<(Vec<Node>, End)> {
        if depth > TEMPLATE_NESTING {
            return None;
        }
        let mut nodes = Vec::new();
        while let Some(piece) = self.pieces.get(self.at) {
            self.at += 1;
            let line = piece.line;
            if !piece.is_action {
                if !piece.text.is_empty() {
                    let part = Part::Text(without_comments(&piece.text));
                    nodes.push(Node { line, part });
                }
                continue;
            }
            let action = piece.text.clone();
            let (word, rest) = action
                .split_once(char::is_whitespace)
                .unwrap_or((&action, ""));
            let rest = rest.trim();
            let part = match word {
                "end" => return Some((nodes, End::Block)),
                "else" => return Some((nodes, End::Else(rest.to_owned(), line))),
                "if" => Part::If(self.branches(rest, "if", depth)?),
                "with" => Part::With(self.branches(rest, "with", depth)?),
                "range" => self.range(rest, depth)?,
                "break" => Part::Break,
                "continue" => Part::Continue,
                "return" => Part::Return(pipe(rest)?),
                "define" => {
                    let (body, end) = self.nodes(depth + 1)?;
                    (end == End::Block).then_some(())?;
                    Part::Define(name(rest)?.0, Rc::new(body))
                }
                "block" => {
                    let (name, context) = name(rest)?;
                    let context = pipe_or_nothing(context)?;
                    let (body, end) = self.nodes(depth + 1)?;
                    (end == End::Block).then_some(())?;
                    let part = Part::Define(name.clone(), Rc::new(body));
                    nodes.push(Node { line, part });
                    Part::Template(name, context)
                }
                "template" => {
                    let (name, context) = name(rest)?;
                    Part::Template(name, pipe_or_nothing(context)?)
                }
                "" => continue,
                _ => statement(&action)?,
            };
            nodes.push(Node { line, part });
        }
        Some((nodes, End::Template))
    }

    fn branches(&mut self, condition: &str, word: &str, depth: usize) -> Option<Branches> {
        let mut asked = Vec::new();
        let mut condition = condition.to_owned();
        let mut line = self.line();
        loop {
            let (names, pipe) = declared(&condition)?;
            let (body, end) = self.nodes(depth + 1)?;
            asked.push(Branch {
                line,
                name: names.into_iter().next(),
                asked: pipe,
                body,
            });
            let rest = match end {
                End::Block => {
                    let otherwise = Vec::new();
                    return Some(Branches { asked, otherwise });
                }
                End::Else(rest, own) => {
                    line = own;
                    rest
                }
                End::Template => return None,
            };
            if rest.is_empty() {
                let (otherwise, end) = self.nodes(depth + 1)?;
                return (end == End::Block).then_some(Branches { asked, otherwise });
            }
            let (next, rest) = rest.split_once(char::is_whitespace)?;
            (next == word).then_some(())?;
            condition = rest.trim().to_owned();
        }
    }

    fn range(&mut self, over: &str, depth: usize) -> Option<Part> {
        let (names, over) = declared(over)?;
        let (body, end) = self.nodes(depth + 1)?;
        let otherwise = match end {
            End::Block => Vec::new(),
            End::Else(rest, _) if rest.is_empty() => {
                let (otherwise, end) = self.nodes(depth + 1)?;
                (end == End::Block).then_some(otherwise)?
            }
            _ => return None,
        };
        Some(Part::Range {
            names,
            over,
            body,
            otherwise,
        })
    }
}

/// A name in quotes, and what is behind it.
fn name(text: &str) -> Option<(String, &str)> {
    let (name, rest) = text.strip_prefix('"')?.split_once('"')?;
    Some((name.to_owned(), rest.trim()))
}

/// A pipe with names for its values: `$key, $value := …`.
fn declared(text: &str) -> Option<(Vec<String>, Pipe)> {
    if text.starts_with('$')
        && let Some((names, value)) = text.split_once(":=")
    {
        let names = names.split(',').map(|name| name.trim().strip_prefix('$'));
        let names: Option<Vec<&str>> = names.collect();
        if let Some(names) = names.filter(|names| names.iter().all(|name| is_name(name))) {
            let names = names.into_iter().map(str::to_owned).collect();
            return Some((names, pipe(value)?));
        }
    }
    Some((Vec::new(), pipe(text)?))
}

fn is_name(text: &str) -> bool {
    !text.is_empty() && text.chars().all(|c| c.is_alphanumeric() || c == '_')
}

/// A value that is printed, or given a name.
fn statement(text: &str) -> Option<Part> {
    if let Some(rest) = text.strip_prefix('$') {
        let length = rest
            .find(|c: char| !c.is_alphanumeric() && c != '_')
            .unwrap_or(rest.len());
        let (name, behind) = rest.split_at(length);
        let behind = behind.trim_start();
        let value = behind
            .strip_prefix(":=")
            .map(|value| (value, true))
            .or_else(|| Some((behind.strip_prefix('=')?, false)));
        if let Some((value, is_new)) = value.filter(|_| is_name(name)) {
            return Some(Part::Set {
                name: name.to_owned(),
                is_new,
                value: pipe(value)?,
            });
        }
    }
    Some(Part::Print(pipe(text)?))
}

fn pipe_or_nothing(text: &str) -> Option<Pipe> {
    match text.is_empty() {
        true => Some(Vec::new()),
        false => pipe(text),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn templates_are_read() {
        for text in [
            "a{{ .Get 0 }}b",
            "{{- with $x := .Get \"a\" -}} {{ $x }} {{ else with .B.C }}{{ . }}{{ else }}d{{ end -}}",
            "{{ range $i, $e := (slice 1 2) }}{{ if eq $i 1 }}{{ break }}{{ end }}{{ else }}n{{ end }}",
            "{{/* a }} b */}}{{ define \"x\" }}{{ .A }}{{ end }}{{ template \"x\" . }}",
            "{{ $a := dict \"b\" (slice `c}}` 'd' 1.5 -2) }}{{ ($a).b | index 0 }}{{ $a = nil }}",
            "{{ site.Params.a.b }}{{ return .X }}",
        ] {
            assert!(template(text).is_ok(), "{text}");
        }
        for text in [
            "{{ if }}{{ end }}",
            "{{ end }}",
            "{{ if .A }}",
            "{{ (a }}",
            "{{ \"a }}",
            "{{",
        ] {
            assert!(template(text).is_err(), "{text}");
        }
    }

    #[test]
    fn white_space_is_taken_where_it_says() {
        let texts = |text: &str| -> String {
            let nodes = template(text).unwrap_or_default();
            let texts = nodes.into_iter().filter_map(|node| match node.part {
                Part::Text(text) => Some(text),
                _ => None,
            });
            texts.collect::<Vec<_>>().join("|")
        };
        assert_eq!(texts("a {{- .B -}} c {{ .D }} e"), "a|c | e");
        assert_eq!(texts("a {{- /* b */ -}} c"), "a|c");
    }

    #[test]
    fn what_is_too_deep_is_refused() {
        let deep = format!("{{{{ {}1{} }}}}", "(".repeat(9_000), ")".repeat(9_000));
        assert!(template(&deep).is_err());
        assert!(template(&"{{ if 1 }}".repeat(9_000)).is_err());
    }

    proptest! {
        #[test]
        fn nothing_panics(text in "(\\{\\{|\\}\\}|[a-z$.()|\"`:= é-]{0,4}|if|end|range|else){0,20}") {
            let _ = template(&text);
        }
    }
}
