//! Paths: percent-decoding, and nothing else.
//!
//! The decoded path is looked up in a table, so there is nothing to traverse:
//! `/../x` is a name like any other, one that is not in the table.

use std::borrow::Cow;

/// Why a path names nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Error {
    /// A percent sign without two hexadecimal digits: the request is wrong.
    Escape,
    /// It is well-formed, but no file can have this name.
    Impossible,
}

/// Decodes the escapes of a path (RFC 3986 section 2.1).
///
/// An escaped slash is data, not a separator (section 2.2), and no file's name
/// has a slash in it. Neither is there a name that is not UTF-8.
///
/// # Errors
///
/// When an escape is broken, or no file can have this name.
pub fn decode(path: &str) -> Result<Cow<'_, str>, Error> {
    if !path.contains('%') {
        return Ok(path.into());
    }
    let mut decoded = Vec::with_capacity(path.len());
    let mut impossible = false;
    let mut bytes = path.bytes();
    while let Some(byte) = bytes.next() {
        if byte != b'%' {
            decoded.push(byte);
            continue;
        }
        let (Some(high), Some(low)) = (digit(bytes.next()), digit(bytes.next())) else {
            return Err(Error::Escape);
        };
        let byte = high << 4 | low;
        impossible |= byte == b'/';
        decoded.push(byte);
    }
    match String::from_utf8(decoded) {
        Ok(path) if !impossible => Ok(path.into()),
        _ => Err(Error::Impossible),
    }
}

/// Escapes what may not stand in a field value as it is: control characters,
/// spaces, and everything beyond ASCII. Meant for whole addresses, so it
/// leaves `?`, `#` and `%` alone.
pub fn encode(address: &str) -> Cow<'_, str> {
    if address.bytes().all(|b| b.is_ascii_graphic()) {
        return address.into();
    }
    let mut encoded = String::with_capacity(address.len() + 16);
    for byte in address.bytes() {
        if byte.is_ascii_graphic() {
            encoded.push(byte.into());
        } else {
            encoded.push_str(&format!("%{byte:02X}"));
        }
    }
    encoded.into()
}

fn digit(byte: Option<u8>) -> Option<u8> {
    let value = char::from(byte?).to_digit(16)?;
    u8::try_from(value).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn escapes_are_decoded_once() {
        for (path, expected) in [
            ("/", Ok("/")),
            ("/a%20b", Ok("/a b")),
            ("/%C3%A9t%c3%a9/", Ok("/été/")),
            ("/100%25", Ok("/100%")),
            ("/%2541", Ok("/%41")),
            ("/../%2e%2e/x", Ok("/../../x")),
            ("/a+b", Ok("/a+b")),
            ("/%", Err(Error::Escape)),
            ("/%4", Err(Error::Escape)),
            ("/%zz", Err(Error::Escape)),
            ("/%+1", Err(Error::Escape)),
            ("/%é", Err(Error::Escape)),
            ("/docs%2Fx", Err(Error::Impossible)),
            ("/%ff", Err(Error::Impossible)),
            ("/%2F%", Err(Error::Escape)),
        ] {
            assert_eq!(decode(path), expected.map(Cow::from), "{path}");
        }
    }

    #[test]
    fn an_address_becomes_a_field_value() {
        assert_eq!(
            encode("https://a.example/?q=%20#x"),
            "https://a.example/?q=%20#x"
        );
        assert_eq!(encode("/été\r\nx: y"), "/%C3%A9t%C3%A9%0D%0Ax:%20y");
    }

    proptest! {
        #[test]
        fn decoding_undoes_encoding(path in "[^%]{0,40}") {
            let encoded = encode(&path);
            let decoded = decode(&encoded);
            prop_assert_eq!(decoded, Ok(Cow::from(path.as_str())));
        }

        #[test]
        fn decoding_never_panics(path in ".{0,40}") {
            let _ = decode(&path);
        }
    }
}
