//! What an action of a template comes to: pipes, commands, and the fields of
//! values.

use super::functions;
use super::parse::{Base, Command, Operand, Pipe};
use super::run::Machine;
use super::stop::Stop;
use super::value::{STEP_WEIGHT, Value};

impl Machine<'_, '_> {
    pub(super) fn pipe(&mut self, pipe: &Pipe, dot: &Value) -> Result<Value, Stop> {
        let mut last = None;
        for command in pipe {
            last = Some(self.command(command, last, dot)?);
        }
        last.ok_or_else(|| Stop::because("an action is empty"))
    }

    fn command(
        &mut self,
        command: &Command,
        last: Option<Value>,
        dot: &Value,
    ) -> Result<Value, Stop> {
        self.step()?;
        let (first, operands) = command
            .split_first()
            .ok_or_else(|| Stop::because("an action is empty"))?;
        if let Base::Function(name) = &first.base
            && matches!(name.as_str(), "and" | "or")
        {
            return self.logic(name == "or", operands, last, dot);
        }
        let mut arguments = Vec::with_capacity(operands.len() + 1);
        for operand in operands {
            arguments.push(self.operand(operand, Vec::new(), dot)?);
        }
        arguments.extend(last);
        self.operand(first, arguments, dot)
    }

    /// `and` and `or`, which look no further than they need.
    fn logic(
        &mut self,
        is_or: bool,
        operands: &[Operand],
        last: Option<Value>,
        dot: &Value,
    ) -> Result<Value, Stop> {
        let mut value = Value::Nil;
        for operand in operands {
            value = self.operand(operand, Vec::new(), dot)?;
            if value.is_true() == is_or {
                return Ok(value);
            }
        }
        Ok(last.unwrap_or(value))
    }

    /// A value; the last of its fields is given the arguments.
    fn operand(
        &mut self,
        operand: &Operand,
        arguments: Vec<Value>,
        dot: &Value,
    ) -> Result<Value, Stop> {
        let mut fields = operand.fields.as_slice();
        let mut arguments = Some(arguments);
        let mut value = match &operand.base {
            Base::Dot => dot.clone(),
            Base::Variable(name) => {
                let mut names = self.names.iter().rev();
                let found = names.find(|(own, _)| own == name);
                let found = found.ok_or_else(|| Stop::unknown(&format!("${name}")))?;
                found.1.clone()
            }
            Base::Function(name) => {
                let mut name = name.clone();
                if let Some((first, rest)) = fields.split_first()
                    && functions::is_namespace(&name)
                {
                    name = format!("{name}.{first}");
                    fields = rest;
                }
                let given = match fields.is_empty() {
                    true => arguments.take().unwrap_or_default(),
                    false => Vec::new(),
                };
                self.look_at(&given)?;
                let value = functions::call(self, &name, &given)?;
                self.weigh(&value)?;
                value
            }
            Base::Text(text) => Value::text(text),
            Base::Integer(number) => Value::Integer(*number),
            Base::Float(number) => Value::Float(*number),
            Base::Boolean(boolean) => Value::Boolean(*boolean),
            Base::Nil => Value::Nil,
            Base::Parentheses(pipe) => self.pipe(pipe, dot)?,
        };
        let count = fields.len();
        for (at, field) in fields.iter().enumerate() {
            let given = match at + 1 == count {
                true => arguments.take().unwrap_or_default(),
                false => Vec::new(),
            };
            value = self.field(&value, field, &given)?;
        }
        match arguments.is_some_and(|arguments| !arguments.is_empty()) {
            true => Err(Stop::because("something is called that is no function")),
            false => Ok(value),
        }
    }

    /// A field or method.
    pub(super) fn field(
        &mut self,
        value: &Value,
        name: &str,
        given: &[Value],
    ) -> Result<Value, Stop> {
        match value {
            Value::Map(_) | Value::Params(_) => Ok(value.entry(name).unwrap_or(Value::Nil)),
            // A field of what is not there is not there.
            Value::Nil => Ok(Value::Nil),
            // There is one in each language.
            Value::Site => {
                let language = self.world.document(self.page).language;
                let result = self.world.of_site(language, name, given)?;
                self.spend_on_items(&result)?;
                Ok(result)
            }
            Value::Store(store) => {
                let result = self.world.field(value, name, given)?;
                // What was put there is copied when more is.
                let key = given.first().and_then(Value::shown).unwrap_or_default();
                let kept = store.borrow().get(&key).cloned();
                kept.map_or(Ok(()), |kept| self.weigh(&kept))?;
                Ok(result)
            }
            _ => {
                let result = self.world.field(value, name, given)?;
                self.spend_on_items(&result)?;
                Ok(result)
            }
        }
    }

    fn spend_on_items(&mut self, found: &Value) -> Result<(), Stop> {
        match found {
            Value::Array(items) => self.spend(items.len() / STEP_WEIGHT),
            _ => Ok(()),
        }
    }
}
