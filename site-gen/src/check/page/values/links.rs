//! Addresses (URL Standard, 4.3: what may be written).

use std::borrow::Cow;
use std::net::Ipv6Addr;

use super::{Bad, Kind, require};

/// An address, or nothing: this page.
pub(super) const LINK: Kind = Kind {
    expected: "an address, with `%20` for a space",
    judge: |value| address(value.trim_matches(is_space)),
};

pub(super) const RESOURCE: Kind = Kind {
    expected: "an address, with `%20` for a space",
    judge: |value| {
        let value = value.trim_matches(is_space);
        require(!value.is_empty())?;
        address(value)
    },
};

/// One that says all of itself.
pub(super) const ABSOLUTE: Kind = Kind {
    expected: "a whole address, such as `https://schema.org/Thing`",
    judge: absolute,
};

pub(super) const ABSOLUTES: Kind = Kind {
    expected: "whole addresses, such as `https://schema.org/Thing`",
    judge: |value| {
        require(!value.trim_matches(is_space).is_empty())?;
        value.split_ascii_whitespace().try_for_each(absolute)
    },
};

/// Addresses that are told of a visit.
pub(super) const PINGS: Kind = Kind {
    expected: "whole addresses that begin with `https://` or `http://`",
    judge: |value| {
        value.split_ascii_whitespace().try_for_each(|address| {
            let is_web = ["https:", "http:"].iter().any(|scheme| {
                address
                    .get(..scheme.len())
                    .is_some_and(|own| own.eq_ignore_ascii_case(scheme))
            });
            require(is_web)?;
            absolute(address)
        })
    },
};

fn is_space(c: char) -> bool {
    c.is_ascii_whitespace()
}

fn absolute(value: &str) -> Result<(), Bad> {
    require(scheme(value).is_some())?;
    address(value)
}

/// The scheme of an address, and what follows.
fn scheme(value: &str) -> Option<(&str, &str)> {
    let (scheme, rest) = value.split_once(':')?;
    let is_sign = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'+' | b'-' | b'.');
    let is_good =
        scheme.starts_with(|c: char| c.is_ascii_alphabetic()) && scheme.bytes().all(is_sign);
    is_good.then_some((scheme, rest))
}

pub(super) fn address(value: &str) -> Result<(), Bad> {
    let Some((scheme, rest)) = scheme(value) else {
        return match value.strip_prefix("//") {
            Some(rest) => hierarchical(value, rest),
            None => text(value, value),
        };
    };
    match scheme.to_ascii_lowercase().as_str() {
        // What a script says is its own matter.
        "javascript" => Ok(()),
        name @ ("http" | "https" | "ws" | "wss" | "ftp") => match rest.strip_prefix("//") {
            Some(rest) => hierarchical(value, rest),
            None => Err(Bad::because(format!("`//` is missing behind `{name}:`"))),
        },
        "data" if !rest.contains(',') => Err(Bad::because("no comma stands before the data")),
        _ => text(value, rest),
    }
}

/// An address with a server, from that on.
fn hierarchical(whole: &str, rest: &str) -> Result<(), Bad> {
    let end = rest.find(['/', '?', '#', '\\']).unwrap_or(rest.len());
    let (authority, path) = rest.split_at(end);
    if authority.contains('@') {
        return Err(Bad::because("names and passwords have no place in it"));
    }
    let (host, port) = match authority.rfind(':').filter(|_| !authority.ends_with(']')) {
        Some(at) => (&authority[..at], &authority[at + 1..]),
        None => (authority, ""),
    };
    if host.is_empty() {
        return Err(Bad::because("no server is named"));
    }
    if !port.bytes().all(|byte| byte.is_ascii_digit())
        || !port.is_empty() && port.parse::<u16>().is_err()
    {
        return Err(Bad::because(format!("`{port}` is no port")));
    }
    if !is_host(host) {
        return Err(Bad::because(format!("`{host}` is no name of a server")));
    }
    text(whole, path)
}

fn is_host(host: &str) -> bool {
    if let Some(address) = host.strip_prefix('[') {
        let address = address.strip_suffix(']').unwrap_or_default();
        return address.parse::<Ipv6Addr>().is_ok();
    }
    let forbidden = |c: char| {
        c.is_ascii_control()
            || matches!(
                c,
                ' ' | '<' | '>' | '[' | ']' | '^' | '|' | '"' | '`' | '{' | '}'
            )
    };
    if host.contains(forbidden) || !percents(host) {
        return false;
    }
    let mut labels: Vec<&str> = host.strip_suffix('.').unwrap_or(host).split('.').collect();
    if labels.iter().any(|label| label.is_empty()) {
        return false;
    }
    let is_number = |label: &str| label.bytes().all(|byte| byte.is_ascii_digit());
    if labels.last().is_none_or(|last| !is_number(last)) {
        return true;
    }
    labels.truncate(5);
    labels.len() == 4 && labels.iter().all(|label| label.parse::<u8>().is_ok())
}

/// What stands behind the server: only what an address may have in it.
fn text(whole: &str, rest: &str) -> Result<(), Bad> {
    let (before, fragment) = rest.split_once('#').unwrap_or((rest, ""));
    let found = [before, fragment]
        .iter()
        .find_map(|part| part.chars().find(|c| !is_part(*c)));
    match found {
        None if percents(rest) => Ok(()),
        None => Err(Bad {
            why: "`%` begins two digits of sixteen kinds, as in `%20`".into(),
            meant: None,
        }),
        Some(sign) => Err(Bad {
            why: name(sign),
            meant: (!matches!(sign, '\n' | '\t' | '\r')).then(|| encoded(whole)),
        }),
    }
}

fn name(sign: char) -> Cow<'static, str> {
    match sign {
        ' ' => "a space is `%20` in it".into(),
        '\n' | '\r' => "there is a line break in it".into(),
        '\t' => "there is a tab in it".into(),
        '\\' => "`/` stands between its parts, and not `\\`".into(),
        '#' => "`#` stands in it twice".into(),
        sign if sign.is_control() => "there is a control character in it".into(),
        sign => format!("`{sign}` is `%{:02X}` in it", u32::from(sign)).into(),
    }
}

/// The address with what may not be in it as numbers.
fn encoded(whole: &str) -> String {
    let mut good = String::with_capacity(whole.len() + 8);
    let mut is_fragment = false;
    for sign in whole.chars() {
        match sign {
            '\\' => good.push('/'),
            '#' if !is_fragment => {
                is_fragment = true;
                good.push('#');
            }
            sign if is_part(sign) => good.push(sign),
            sign => good.push_str(&format!("%{:02X}", u32::from(sign))),
        }
    }
    good
}

/// Whether a sign may stand in an address (URL Standard, 1.1: URL units).
fn is_part(sign: char) -> bool {
    match sign {
        'a'..='z' | 'A'..='Z' | '0'..='9' => true,
        '\0'..='\u{7F}' => "!$%&'()*+,-./:;=?@_~".contains(sign),
        '\u{80}'..='\u{9F}' | '\u{FDD0}'..='\u{FDEF}' => false,
        sign => u32::from(sign) & 0xFFFE != 0xFFFE,
    }
}

/// Whether each percent sign has its two digits.
fn percents(text: &str) -> bool {
    text.match_indices('%').all(|(at, _)| {
        let digits = text.as_bytes().get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    })
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn what_was_meant_is_an_address() {
        for (bad, meant) in [
            ("a b.png", "a%20b.png"),
            ("a#b c", "a#b%20c"),
            ("a#b#c", "a#b%23c"),
            ("a\\b", "a/b"),
            ("https://a.org/[x]|{y}", "https://a.org/%5Bx%5D%7C%7By%7D"),
        ] {
            let told = address(bad).unwrap_err();
            assert_eq!(told.meant.as_deref(), Some(meant), "{bad}");
            assert!(address(meant).is_ok(), "{meant}");
        }
    }

    proptest! {
        #[test]
        fn anything_can_be_judged(value in "(https?://|//|data:|[a:/?#\\[\\]%@ é|.0-9])*") {
            if let Err(Bad { meant: Some(meant), .. }) = address(&value)
                && !meant.contains('%')
            {
                prop_assert!(address(&meant).is_ok() || meant.starts_with("//"), "{}", meant);
            }
        }
    }
}
