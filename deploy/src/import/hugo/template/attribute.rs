//! Values in attributes: html/template looks at the name of one, and escapes or
//! refuses what is printed there by that. Where it would alter a value in a way that is
//! not told here, the run ends.

use super::output::escaped;
use super::stop::Stop;
use super::texts::plain;
use super::value::{Safe, Value};

/// A value in the quotes of an attribute, behind what is there. What a template
/// calls safe is so in an attribute of that kind.
pub(super) fn quoted(tag: &str, inside: &str, value: &Value, shown: &str) -> Result<String, Stop> {
    let is_safe = |place| matches!(value, Value::Safe(own, _) if *own == place);
    let is_number = matches!(value, Value::Integer(_) | Value::Boolean(_));
    // No tags are in an attribute, but the signs' names stay.
    let safe = || plain(shown).replace('"', "&#34;").replace('\'', "&#39;");
    Ok(match attribute(tag) {
        // Of what it was said to be, no sign means something else.
        Attribute::Address if is_safe(Safe::Address) => escaped(&address("", shown)),
        Attribute::Address if is_first(inside) && is_dangerous(shown) => {
            return Err(Stop::because(
                "it prints an address that Hugo takes for a danger",
            ));
        }
        Attribute::Address => escaped(&address(inside, shown)),
        Attribute::Text if matches!(value, Value::Html(_)) => safe(),
        Attribute::Style if is_safe(Safe::Style) => escaped(shown),
        Attribute::Script if is_safe(Safe::Script) => escaped(shown),
        Attribute::Text => escaped(shown),
        // A name in JavaScript may not grow by it.
        Attribute::Script if is_number && is_free_of_texts(inside) => format!(" {shown} "),
        Attribute::Style if is_plain_style(inside, shown) => shown.to_owned(),
        Attribute::Addresses if is_made_of(shown, "_./#") => shown.to_owned(),
        Attribute::Script | Attribute::Style | Attribute::Addresses => {
            return Err(Stop::because(
                "it prints a text in an attribute that is code",
            ));
        }
    })
}

/// A value in a tag without quotes: it may be the end of a name, or of a value.
pub(super) fn unquoted(tag: &str, value: &Value, shown: String) -> Result<String, Stop> {
    let last = tag.rsplit(|c: char| c.is_ascii_whitespace() || "\"'".contains(c));
    let last = last.into_iter().next().unwrap_or_default();
    let of = match last.split_once('=') {
        Some((name, _)) if !name.is_empty() => Some(name),
        _ if tag.trim_end().ends_with('=') => Some(tag),
        _ => None,
    };
    let is_known = match of.map(attribute) {
        Some(Attribute::Text) => !shown.is_empty() && is_made_of(&shown, "-_./:#%?;,"),
        Some(Attribute::Address) => !shown.is_empty() && is_made_of(&shown, "-_."),
        Some(_) => false,
        None => {
            tag != "</"
                && (matches!(value, Value::Safe(Safe::Attribute, _)) || is_harmless_name(&shown))
        }
    };
    match is_known {
        true => Ok(shown),
        false => Err(Stop::because("it prints a part of a tag without quotes")),
    }
}

/// Whether code has no texts, regular expressions or comments yet that may be open.
pub(super) fn is_free_of_texts(code: &str) -> bool {
    !code.contains(['"', '\'', '`', '/', '&'])
}

/// Whether CSS stays as it is behind what is there.
fn is_plain_style(inside: &str, shown: &str) -> bool {
    // The value of `url()`, which may still be open.
    let address = inside.rsplit_once('(').filter(|(before, behind)| {
        before.to_ascii_lowercase().ends_with("url") && !behind.contains(')')
    });
    let kept = match address.map(|(_, address)| address) {
        Some(address) if address.contains(['?', '#']) => "_.",
        Some(_) => "_./#",
        None => "_.#%",
    };
    let word: String = shown.chars().filter(char::is_ascii_alphanumeric).collect();
    let word = word.to_lowercase();
    // Old browsers ran these.
    let is_code = word.contains("expression") || word.contains("mozbinding");
    !inside.contains("/*") && !is_code && is_made_of(shown, kept)
}

fn is_made_of(text: &str, signs: &str) -> bool {
    text.chars()
        .all(|c| c.is_ascii_alphanumeric() || signs.contains(c))
}

/// Whether Hugo prints a text as the name of an attribute or an element.
fn is_harmless_name(name: &str) -> bool {
    let is_sign = |c: char| c.is_ascii_lowercase() || c.is_ascii_digit();
    !name.is_empty()
        && name.chars().all(is_sign)
        && attribute(name) == Attribute::Text
        && !MEANINGFUL.contains(&name)
}

/// What is in the quotes of an attribute.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Attribute {
    Text,
    Address,
    Addresses,
    Style,
    Script,
}

/// Attributes with an address, besides those whose names tell.
const ADDRESSES: [&str; 16] = [
    "action",
    "archive",
    "background",
    "cite",
    "classid",
    "codebase",
    "data",
    "formaction",
    "href",
    "icon",
    "longdesc",
    "manifest",
    "poster",
    "profile",
    "usemap",
    "xmlns",
];

/// Attributes that have texts, and names that tell otherwise.
const TEXTS: [&str; 2] = ["srcdoc", "srclang"];

/// Attributes that change what others, or the page, mean: no value names them.
const MEANINGFUL: [&str; 21] = [
    "async",
    "challenge",
    "charset",
    "content",
    "crossorigin",
    "defer",
    "enctype",
    "form",
    "formenctype",
    "formmethod",
    "formnovalidate",
    "keytype",
    "language",
    "method",
    "novalidate",
    "pattern",
    "rel",
    "sandbox",
    "srcdoc",
    "type",
    "value",
];

/// The sort of the attribute whose value comes next.
fn attribute(tag: &str) -> Attribute {
    let name = tag.trim_end().trim_end_matches('=').trim_end();
    let name = name
        .rsplit(|c: char| c.is_whitespace() || "\"'/".contains(c))
        .next();
    let name = name.unwrap_or_default().to_lowercase();
    // A name space says nothing, but for that of names.
    let name = match (name.strip_prefix("data-"), name.split_once(':')) {
        (Some(name), _) => name,
        (None, Some(("xmlns", _))) => "href",
        (None, Some((_, name))) => name,
        (None, None) => &name,
    };
    match name {
        "style" => Attribute::Style,
        "srcset" => Attribute::Addresses,
        name if TEXTS.contains(&name) => Attribute::Text,
        name if name.starts_with("on") => Attribute::Script,
        name if ADDRESSES.contains(&name) => Attribute::Address,
        name if ["src", "uri", "url"].iter().any(|part| name.contains(part)) => Attribute::Address,
        _ => Attribute::Text,
    }
}

/// Whether nothing of an address is there yet.
fn is_first(before: &str) -> bool {
    before.chars().all(|c| c.is_ascii_whitespace())
}

/// Whether an address has a scheme that may do more than lead somewhere.
fn is_dangerous(address: &str) -> bool {
    let scheme = address.split_once(':').map(|(scheme, _)| scheme);
    let known = ["http", "https", "mailto"];
    scheme.is_some_and(|scheme| {
        !scheme.contains('/') && !known.iter().any(|own| scheme.eq_ignore_ascii_case(own))
    })
}

/// A value in an address, as html/template writes it behind what is there.
fn address(before: &str, value: &str) -> String {
    let is_part = before.contains(['?', '#']);
    let bytes = value.as_bytes();
    let mut out = String::with_capacity(value.len());
    for (at, byte) in value.bytes().enumerate() {
        let is_hex = |at: usize| bytes.get(at).is_some_and(u8::is_ascii_hexdigit);
        let stays = match byte {
            b'-' | b'.' | b'_' | b'~' => true,
            byte if byte.is_ascii_alphanumeric() => true,
            b'%' => !is_part && is_hex(at + 1) && is_hex(at + 2),
            byte => !is_part && b"!#$&*+,/:;=?@[]".contains(&byte),
        };
        match stays {
            true => out.push(char::from(byte)),
            false => out.push_str(&format!("%{byte:02x}")),
        }
    }
    out
}
