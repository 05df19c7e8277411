//! References to characters, as in `&amp;` and `&#x41;` (HTML, 13.2.5.72 to 13.2.5.80).

use std::borrow::Cow;

use html5ever::data::{C1_REPLACEMENTS, NAMED_ENTITIES};

/// Longest name, as in `&CounterClockwiseContourIntegral;`.
const MAX_NAME: usize = 32;

/// Longest name of those that need no `;`, as in `&frac12`.
const MAX_OPEN_NAME: usize = 6;

/// Where a reference stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum In {
    Text,
    /// The value of an attribute: an address may have a `&` that is one.
    Value,
}

/// Text with its references resolved.
pub(crate) fn decode(text: &str, within: In) -> Cow<'_, str> {
    let Some(mut at) = text.find('&') else {
        return Cow::Borrowed(text);
    };
    let mut decoded = String::with_capacity(text.len());
    let mut rest = text;
    loop {
        decoded.push_str(&rest[..at]);
        rest = &rest[at..];
        let length = match rest[1..].strip_prefix('#') {
            Some(number) => numeric(number, &mut decoded).map(|length| length + "&#".len()),
            None => named(&rest[1..], within, &mut decoded).map(|length| length + 1),
        };
        if length.is_none() {
            decoded.push('&');
        }
        rest = &rest[length.unwrap_or(1)..];
        match rest.find('&') {
            Some(next) => at = next,
            None => break,
        }
    }
    decoded.push_str(rest);
    Cow::Owned(decoded)
}

/// Writes a character by its number; says how long that is.
fn numeric(number: &str, decoded: &mut String) -> Option<usize> {
    let digits = number.strip_prefix(['x', 'X']);
    let (digits, radix) = digits.map_or((number, 10), |digits| (digits, 16));
    let end = digits
        .find(|c: char| !c.is_digit(radix))
        .unwrap_or(digits.len());
    let (digits, behind) = digits.split_at(end);
    if digits.is_empty() {
        return None;
    }
    let code = u32::from_str_radix(digits, radix).ok();
    let code = code.filter(|code| *code != 0).unwrap_or(u32::MAX);
    let of_windows = code
        .checked_sub(0x80)
        .and_then(|code| C1_REPLACEMENTS.get(code as usize));
    let character = of_windows.copied().flatten().or(char::from_u32(code));
    decoded.push(character.unwrap_or(char::REPLACEMENT_CHARACTER));
    Some(number.len() - behind.len() + usize::from(behind.starts_with(';')))
}

/// Writes what a name stands for; says how long that is.
fn named(name: &str, within: In, decoded: &mut String) -> Option<usize> {
    let signs = name.bytes().take(MAX_NAME);
    let length = signs.take_while(u8::is_ascii_alphanumeric).count();
    if name[length..].starts_with(';') && write(&name[..=length], decoded) {
        return Some(length + 1);
    }
    let mut lengths = (1..=length.min(MAX_OPEN_NAME)).rev();
    let length = lengths.find(|length| {
        let goes_on = |c: char| c == '=' || c.is_ascii_alphanumeric();
        let is_other = within == In::Value && name[*length..].starts_with(goes_on);
        let known = NAMED_ENTITIES.get(&name[..*length]);
        !is_other && known.is_some_and(|characters| characters.0 != 0)
    })?;
    write(&name[..length], decoded).then_some(length)
}

fn write(name: &str, decoded: &mut String) -> bool {
    let Some(&(first, second)) = NAMED_ENTITIES.get(name) else {
        return false;
    };
    // The table has the beginnings of names too, as nothing.
    let characters = [first, second].into_iter().filter(|code| *code != 0);
    decoded.extend(characters.filter_map(char::from_u32));
    first != 0
}
