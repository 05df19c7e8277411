//! Runs a template as Go's text/template does; [`Output`] escapes what
//! html/template would.

use std::collections::BTreeMap;
use std::path::Path;
use std::rc::Rc;

use super::super::theme::Template;
use super::collections::length;
use super::output::Output;
use super::parse::{self, Branch, Branches, Node, Part};
use super::stop::Stop;
use super::value::{Frame, STEP_WEIGHT, Value};
use super::world::{Parsed, World};
use super::{BODY, has_marks};
use crate::limits::{ALL_TEMPLATE_STEPS, MAX_TEMPLATE_BYTES, TEMPLATE_DEPTH, TEMPLATE_STEPS};

/// What a body is to a run.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in super::super) enum Inner {
    /// A mark that stands for it.
    Mark,
    /// The text.
    Text,
}

/// What a template prints for a call.
pub(in super::super) fn run<'a>(
    world: &World<'a>,
    template: &'a Template,
    frame: &Rc<Frame>,
) -> Result<String, Stop> {
    let parsed = world.parsed(template)?;
    let mut machine = Machine {
        world,
        page: frame.page,
        file: parsed.file,
        defined: BTreeMap::new(),
        names: Vec::new(),
        out: Output::default(),
        steps: 0,
        depth: 0,
    };
    let drawn = machine.draw(&parsed, &Value::Call(Rc::clone(frame)));
    world
        .steps
        .set(world.steps.get().saturating_add(machine.steps));
    drawn?;
    Ok(machine.out.text)
}

/// How a list of nodes ended.
enum Flow {
    Next,
    Break,
    Continue,
    Return(Value),
}

pub(super) struct Machine<'a, 'w> {
    pub(super) world: &'w World<'a>,
    pub(super) page: usize,
    /// The file of the template that is drawn.
    file: &'a Path,
    defined: BTreeMap<String, Parsed<'a>>,
    pub(super) names: Vec<(String, Value)>,
    out: Output,
    steps: usize,
    depth: usize,
}

impl<'a> Machine<'a, '_> {
    /// Draws nodes with a context of their own; what they return, if they do.
    fn draw(&mut self, parsed: &Parsed<'a>, root: &Value) -> Result<Option<Value>, Stop> {
        if self.depth == TEMPLATE_DEPTH {
            return Err(Stop::because("templates draw each other too deep"));
        }
        // All of them are looked at for definitions.
        self.spend(parsed.nodes.len() / STEP_WEIGHT)?;
        self.depth += 1;
        let names = std::mem::replace(&mut self.names, vec![(String::new(), root.clone())]);
        let file = std::mem::replace(&mut self.file, parsed.file);
        self.define(parsed);
        let flow = self.nodes(&parsed.nodes, root);
        self.file = file;
        self.names = names;
        self.depth -= 1;
        Ok(match flow? {
            Flow::Return(value) => Some(value),
            _ => None,
        })
    }

    fn define(&mut self, parsed: &Parsed<'a>) {
        for node in parsed.nodes.iter() {
            if let Part::Define(name, body) = &node.part {
                let (nodes, file) = (Rc::clone(body), parsed.file);
                self.defined.insert(name.clone(), Parsed { nodes, file });
            }
        }
    }

    /// What a partial prints or returns.
    pub(super) fn partial(&mut self, name: &str, context: &Value) -> Result<Value, Stop> {
        let inline = ["partials/", "_partials/"];
        let mut inline = inline.iter().map(|directory| format!("{directory}{name}"));
        let parsed = match inline.find_map(|name| self.defined.get(&name).cloned()) {
            Some(parsed) => parsed,
            None if self.world.texts.several.contains(name) => {
                let why = format!("the partial `{name}` has templates for languages");
                return Err(Stop::because(why));
            }
            None => {
                let partials = &self.world.texts.partials;
                let text = partials
                    .get(name)
                    .or_else(|| partials.get(&format!("{name}.html")));
                let text = text
                    .ok_or_else(|| Stop::because(format!("the partial `{name}` is not there")))?;
                self.world.parsed(text)?
            }
        };
        let out = std::mem::take(&mut self.out);
        let returned = self.draw(&parsed, context);
        let printed = std::mem::replace(&mut self.out, out).text;
        Ok(returned?.unwrap_or(Value::Html(printed)))
    }

    /// What a text with actions in it says.
    pub(super) fn filled(&mut self, text: &str, context: &Value) -> Result<String, Stop> {
        self.spend(text.len() / STEP_WEIGHT)?;
        let nodes = parse::template(text)
            .map_err(|_| Stop::because("a translation is no template that is understood"))?;
        let (nodes, file) = (Rc::new(nodes), self.file);
        let out = std::mem::take(&mut self.out);
        let returned = self.draw(&Parsed { nodes, file }, context);
        let printed = std::mem::replace(&mut self.out, out).text;
        returned.map(|_| printed).map_err(Stop::nowhere)
    }

    /// A field of a field, as in `Params.needs`.
    pub(super) fn at(&mut self, value: &Value, path: &str) -> Result<Value, Stop> {
        let mut value = value.clone();
        for field in path.split('.').filter(|field| !field.is_empty()) {
            value = self.field(&value, field, &[])?;
        }
        Ok(value)
    }

    pub(super) fn step(&mut self) -> Result<(), Stop> {
        self.spend(1)
    }

    /// Takes steps, of which this run and all runs have so many.
    pub(super) fn spend(&mut self, steps: usize) -> Result<(), Stop> {
        self.steps = self.steps.saturating_add(steps);
        let of_all = self.world.steps.get().saturating_add(self.steps);
        match self.steps > TEMPLATE_STEPS
            || of_all > ALL_TEMPLATE_STEPS
            || self.out.text.len() > MAX_TEMPLATE_BYTES
        {
            true => Err(Stop::because("it does too much")),
            false => Ok(()),
        }
    }

    /// Takes what was made for steps, too.
    pub(super) fn weigh(&mut self, value: &Value) -> Result<(), Stop> {
        let weight = value.weight().ok_or_else(too_large)?;
        self.spend(weight / STEP_WEIGHT)
    }

    /// And what is looked at.
    pub(super) fn look_at(&mut self, values: &[Value]) -> Result<(), Stop> {
        for value in values {
            let width = value.width().ok_or_else(too_large)?;
            self.spend(width / STEP_WEIGHT)?;
        }
        Ok(())
    }

    /// Nodes whose names are theirs alone.
    fn nodes(&mut self, nodes: &[Node], dot: &Value) -> Result<Flow, Stop> {
        let known = self.names.len();
        for node in nodes {
            match self.node(node, dot)? {
                Flow::Next => {}
                other => {
                    self.names.truncate(known);
                    return Ok(other);
                }
            }
        }
        self.names.truncate(known);
        Ok(Flow::Next)
    }

    fn node(&mut self, node: &Node, dot: &Value) -> Result<Flow, Stop> {
        let done = self.part(&node.part, dot);
        done.map_err(|stop| stop.at(self.file, node.line))
    }

    fn part(&mut self, part: &Part, dot: &Value) -> Result<Flow, Stop> {
        self.step()?;
        match part {
            Part::Text(text) => self.out.text.push_str(text),
            Part::Print(pipe) => {
                let value = self.pipe(pipe, dot)?;
                self.out.print(&value)?;
            }
            Part::Set {
                name,
                is_new,
                value,
            } => {
                let value = self.pipe(value, dot)?;
                if *is_new {
                    self.names.push((name.clone(), value));
                } else {
                    let mut names = self.names.iter_mut().rev();
                    let own = names.find(|(own, _)| own == name);
                    own.ok_or_else(|| Stop::unknown(&format!("${name}")))?.1 = value;
                }
            }
            Part::If(branches) => return self.branches(branches, dot, |_, dot| dot.clone()),
            Part::With(branches) => return self.branches(branches, dot, |value, _| value.clone()),
            Part::Range {
                names,
                over,
                body,
                otherwise,
            } => {
                let over = counted(self.pipe(over, dot)?)?;
                self.spend(length(&over).unwrap_or_default() / STEP_WEIGHT)?;
                return self.range(names, &over, body, otherwise, dot);
            }
            Part::Break => return Ok(Flow::Break),
            Part::Continue => return Ok(Flow::Continue),
            Part::Return(pipe) => return Ok(Flow::Return(self.pipe(pipe, dot)?)),
            Part::Define(..) => {}
            Part::Template(name, pipe) => {
                let context = match pipe.is_empty() {
                    true => Value::Nil,
                    false => self.pipe(pipe, dot)?,
                };
                let parsed = self.defined.get(name).cloned();
                let parsed = parsed.ok_or_else(|| {
                    Stop::because(format!("the template `{name}` is defined nowhere"))
                })?;
                self.draw(&parsed, &context)?;
            }
        }
        Ok(Flow::Next)
    }

    fn branches(
        &mut self,
        branches: &Branches,
        dot: &Value,
        inside: impl Fn(&Value, &Value) -> Value,
    ) -> Result<Flow, Stop> {
        let known = self.names.len();
        for Branch {
            line,
            name,
            asked,
            body,
        } in &branches.asked
        {
            let asked = self.pipe(asked, dot);
            let value = asked.map_err(|stop| stop.at(self.file, *line))?;
            if let Some(name) = name {
                self.names.push((name.clone(), value.clone()));
            }
            if value.is_true() {
                let flow = self.nodes(body, &inside(&value, dot));
                self.names.truncate(known);
                return flow;
            }
        }
        let flow = self.nodes(&branches.otherwise, dot);
        self.names.truncate(known);
        flow
    }

    fn range(
        &mut self,
        names: &[String],
        over: &Value,
        body: &[Node],
        otherwise: &[Node],
        dot: &Value,
    ) -> Result<Flow, Stop> {
        let mut is_empty = true;
        let known = self.names.len();
        for (key, value) in entries(over)? {
            is_empty = false;
            self.step()?;
            match names {
                [name] => self.names.push((name.clone(), value.clone())),
                [own, name] => {
                    self.names.push((own.clone(), key));
                    self.names.push((name.clone(), value.clone()));
                }
                _ => {}
            }
            let flow = self.nodes(body, value);
            self.names.truncate(known);
            match flow? {
                Flow::Break => break,
                Flow::Return(value) => return Ok(Flow::Return(value)),
                Flow::Next | Flow::Continue => {}
            }
        }
        match is_empty {
            true => self.nodes(otherwise, dot),
            false => Ok(Flow::Next),
        }
    }
}

/// A number stands for those below it.
fn counted(over: Value) -> Result<Value, Stop> {
    let Value::Integer(count) = over else {
        return Ok(over);
    };
    match usize::try_from(count.max(0)) {
        Ok(most) if most <= TEMPLATE_STEPS => Ok(Value::array(
            (0..count.max(0)).map(Value::Integer).collect(),
        )),
        _ => Err(too_large()),
    }
}

/// What is gone through, each with its key; it is not copied, as most of it may
/// never be looked at.
fn entries(over: &Value) -> Result<Box<dyn Iterator<Item = (Value, &Value)> + '_>, Stop> {
    let number = |at: usize| Value::Integer(i64::try_from(at).unwrap_or(i64::MAX));
    Ok(match over {
        Value::Nil => Box::new(std::iter::empty()),
        Value::Array(items) => {
            let items = items.iter().enumerate();
            Box::new(items.map(move |(at, item)| (number(at), item)))
        }
        Value::Map(map) | Value::Params(map) => {
            Box::new(map.iter().map(|(key, value)| (Value::text(key), value)))
        }
        _ => return Err(Stop::because("`range` goes through what is no list")),
    })
}

fn too_large() -> Stop {
    Stop::because("a value is too large")
}

/// The text of a value, which is not to be a body that is not known yet.
pub(super) fn known_text(value: &Value) -> Result<String, Stop> {
    let text = match value {
        Value::Text(text) | Value::Html(text) | Value::Safe(_, text) => text.clone(),
        other => other
            .shown()
            .ok_or_else(|| Stop::because("something is used as a text that is none"))?,
    };
    match text.contains(BODY) {
        true => Err(Stop::NeedsBody),
        false if has_marks(&text) => Err(Stop::because("it asks what rendered text says")),
        false => Ok(text),
    }
}
