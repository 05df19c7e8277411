//! Filters of numbers, as Zola has them.
//!
//! * `filesizeformat`: a number of bytes as people read it.
//! * `round` gives a whole number where it is one, so that it prints without
//!   `.0`; `int` cuts off what is behind the point; both `int` and `float` take
//!   `default=` for what is no number.

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::filters::pages::told;

/// Adds them to an engine.
pub(crate) fn register(engine: &mut Tera) {
    engine.register_filter("filesizeformat", |bytes: u64, kwargs: Kwargs, _: &State| {
        let units = match kwargs.get::<bool>("binary")?.unwrap_or_default() {
            true => ["KiB", "MiB", "GiB", "TiB", "PiB"],
            false => ["kB", "MB", "GB", "TB", "PB"],
        };
        TeraResult::Ok(file_size(bytes, units))
    });
    engine.register_filter("round", |number: f64, kwargs: Kwargs, _: &State| {
        round(number, &kwargs)
    });
    engine.register_filter("int", |value: Value, kwargs: Kwargs, _: &State| {
        int(&value, &kwargs)
    });
    engine.register_filter("float", |value: Value, kwargs: Kwargs, _: &State| {
        float(&value, &kwargs)
    });
}

fn round(number: f64, kwargs: &Kwargs) -> TeraResult<Value> {
    let factor = 10_f64.powi(kwargs.get::<i32>("precision")?.unwrap_or_default());
    let scaled = number * factor;
    let rounded = match kwargs.get::<&str>("method")?.unwrap_or("common") {
        "common" => scaled.round(),
        "ceil" => scaled.ceil(),
        "floor" => scaled.floor(),
        other => {
            return Err(Error::message(format!(
                "`method` is `{other}`; expected `common`, `ceil` or `floor`"
            )));
        }
    };
    // So many digits are more than it has.
    let rounded = match rounded / factor {
        rounded if rounded.is_finite() => rounded,
        _ => number,
    };
    Ok(whole(rounded)
        .filter(|_| rounded.fract() == 0.0)
        .map_or(rounded.into(), Value::from))
}

/// A number without what is behind its point.
fn whole(number: f64) -> Option<i64> {
    // All whole numbers up to there are numbers of this kind.
    const LIMIT: f64 = 9_007_199_254_740_992.0;
    (number.abs() <= LIMIT).then_some(number.trunc() as i64)
}

fn int(value: &Value, kwargs: &Kwargs) -> TeraResult<Value> {
    let base = kwargs.get::<u32>("base")?.unwrap_or(10);
    if !(2..=36).contains(&base) {
        return Err(Error::message("`base` is a number from 2 to 36"));
    }
    let of_text = |text: &str| {
        let text = text.trim();
        let prefix = match base {
            2 => "0b",
            8 => "0o",
            16 => "0x",
            _ => "",
        };
        let digits = text.strip_prefix(prefix).unwrap_or(text);
        let number = i64::from_str_radix(digits, base).ok();
        number.or_else(|| text.parse().ok().and_then(whole))
    };
    let number = match value.as_str() {
        Some(text) => of_text(text).map(Value::from),
        None if value.as_i64().is_some() => Some(value.clone()),
        None => value.as_f64().and_then(whole).map(Value::from),
    };
    or_default(number, value, kwargs)
}

fn float(value: &Value, kwargs: &Kwargs) -> TeraResult<Value> {
    let number = match value.as_str() {
        Some(text) => text.trim().parse().ok(),
        None => value.as_f64(),
    };
    or_default(number.map(Value::from), value, kwargs)
}

fn or_default(number: Option<Value>, value: &Value, kwargs: &Kwargs) -> TeraResult<Value> {
    let number = number.map_or_else(|| kwargs.get::<Value>("default"), |number| Ok(Some(number)));
    number?.ok_or_else(|| {
        let value = told(value);
        Error::message(format!(
            "{value} is no number; expected a text that is one, or `default=`"
        ))
    })
}

/// In steps of 1024, whatever the units are called.
fn file_size(bytes: u64, units: [&str; 5]) -> String {
    if bytes < 1024 {
        return format!("{bytes} B");
    }
    let mut size = bytes as f64 / 1024.0;
    let mut unit = 0;
    while size >= 1024.0 && unit + 1 < units.len() {
        size /= 1024.0;
        unit += 1;
    }
    let shown = format!("{size:.2}");
    let shown = shown.trim_end_matches('0').trim_end_matches('.');
    format!("{shown} {}", units[unit])
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::filters::assert_renders;

    #[test]
    fn they_do_what_zola_does() {
        let templates = [
            (
                "{{ 999 | filesizeformat }} {{ 1500000 | filesizeformat }}",
                "999 B 1.43 MB",
            ),
            (
                "{{ 2000 | filesizeformat }} {{ 2048 | filesizeformat(binary=true) }}",
                "1.95 kB 2 KiB",
            ),
            (
                "{{ 2.5 | round }} {{ (7 / 2) | round(method=\"floor\") }} {{ 1.25 | round(precision=1) }} {{ 2.04 | round(precision=1) }} {{ 1.2 | round(method=\"common\") }}",
                "3 3 1.3 2 1",
            ),
            (
                "{{ 2.5 | round(precision=400) }} {{ 2.5 | round(precision=308) }}",
                "2.5 2.5",
            ),
            (
                "{{ \"3\" | int }} {{ (7 / 2) | int }} {{ -2.7 | int }} {{ \"x\" | int(default=4) }} {{ \"0xff\" | int(base=16) }}",
                "3 3 -2 4 255",
            ),
            (
                "{{ \"2.5\" | float }} {{ \"x\" | float(default=1.5) }} {{ 1 | float }}",
                "2.5 1.5 1.0",
            ),
        ];
        assert_renders(register, &templates);
        let mut engine = Tera::new();
        register(&mut engine);
        for template in [
            "{{ \"x\" | int }}",
            "{{ \"x\" | float }}",
            "{{ 1 | int(base=1) }}",
        ] {
            engine.add_raw_template("t", template).expect(template);
            assert!(
                engine.render("t", &tera::Context::new()).is_err(),
                "{template}"
            );
        }
    }
}
