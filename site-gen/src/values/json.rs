//! Values of templates as JSON (RFC 8259).

use tera::Value;

/// Writes a value. `<` is escaped, so that a script element may hold the result.
pub(crate) fn write_json(value: &Value, json: &mut String) {
    if let Some(text) = value.as_str() {
        write_json_string(text, json);
    } else if let Some(items) = value.as_array() {
        json.push('[');
        for (index, item) in items.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            write_json(item, json);
        }
        json.push(']');
    } else if let Some(map) = value.as_map() {
        json.push('{');
        for (index, (key, item)) in map.iter().enumerate() {
            if index > 0 {
                json.push(',');
            }
            write_json_string(&key.as_value().to_string(), json);
            json.push(':');
            write_json(item, json);
        }
        json.push('}');
    } else if value.is_none()
        || value.is_undefined()
        || value.as_f64().is_some_and(|number| !number.is_finite())
    {
        json.push_str("null");
    } else {
        json.push_str(&value.to_string());
    }
}

/// Writes a text, in quotes.
pub(crate) fn write_json_string(text: &str, json: &mut String) {
    json.push('"');
    for character in text.chars() {
        match character {
            '"' => json.push_str("\\\""),
            '\\' => json.push_str("\\\\"),
            '\n' => json.push_str("\\n"),
            '<' => json.push_str("\\u003c"),
            control if control < ' ' => json.push_str(&format!("\\u{:04x}", u32::from(control))),
            other => json.push(other),
        }
    }
    json.push('"');
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn json_can_stand_in_a_script() {
        let value = crate::values::map([
            ("a", "</script>\n\"".into()),
            ("b", vec![Value::from(1), Value::none()].into()),
        ]);
        let mut json = String::new();
        write_json(&value, &mut json);
        assert_eq!(json, r#"{"a":"\u003c/script>\n\"","b":[1,null]}"#);
    }
}
