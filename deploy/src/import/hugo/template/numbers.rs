//! The functions of Hugo's templates that reckon.

use super::run::known_text;
use super::stop::Stop;
use super::value::Value;

/// The answer of one of them, if there is one of that name and it has one.
pub(super) fn call(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    let name = name.strip_prefix("math.").unwrap_or(name).to_lowercase();
    let first = given.first().unwrap_or(&Value::Nil);
    if let Some(value) = match name.as_str() {
        "int" | "cast.toint" => Some(Value::Integer(first.integer()?)),
        "float" | "cast.tofloat" => Some(Value::Float(known_text(first).ok()?.parse().ok()?)),
        "round" => Some(Value::Float(first.number()?.round())),
        "floor" => Some(Value::Float(first.number()?.floor())),
        "ceil" => Some(Value::Float(first.number()?.ceil())),
        "abs" => Some(Value::Float(first.number()?.abs())),
        "sqrt" => Some(Value::Float(first.number()?.sqrt())),
        "pow" => {
            let exponent = given.get(1)?.number()?;
            Some(Value::Float(first.number()?.powf(exponent)))
        }
        _ => None,
    } {
        return Some(Ok(value));
    }
    if !matches!(
        name.as_str(),
        "add" | "sub" | "mul" | "div" | "mod" | "max" | "min"
    ) {
        return None;
    }
    if let ("add", [Value::Text(a), Value::Text(b)]) = (name.as_str(), given) {
        return Some(Ok(Value::text(format!("{a}{b}"))));
    }
    // Those of `math` that choose one answer it as a float, whatever it was.
    let (least, mut sum) = match name.as_str() {
        "max" | "min" => (1, Value::Float(first.number()?)),
        _ => (2, first.clone()),
    };
    if given.len() < least {
        return None;
    }
    for other in given.iter().skip(1) {
        sum = match (&sum, other) {
            (Value::Integer(a), Value::Integer(b)) => Value::Integer(match name.as_str() {
                "add" => a.checked_add(*b)?,
                "sub" => a.checked_sub(*b)?,
                "mul" => a.checked_mul(*b)?,
                "div" => a.checked_div(*b)?,
                _ => a.checked_rem(*b)?,
            }),
            (a, b) => {
                let (a, b) = (a.number()?, b.number()?);
                Value::Float(match name.as_str() {
                    "add" => a + b,
                    "sub" => a - b,
                    "mul" => a * b,
                    "div" if b != 0.0 => a / b,
                    "max" => a.max(b),
                    "min" => a.min(b),
                    _ => return None,
                })
            }
        };
    }
    Some(Ok(sum))
}
