//! The kernel command line, read as Linux reads it
//! (`Documentation/admin-guide/kernel-parameters.rst`, `lib/cmdline.c`): words,
//! with quotes around those that have spaces; kernel parameters up to `--`, and
//! after it the arguments of the program.
//!
//! `ip=` has the syntax of `Documentation/admin-guide/nfs/nfsroot.rst`. An
//! unknown `name=value` becomes part of the program's environment, other
//! unknown words are ignored.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;
use core::net::{Ipv4Addr, Ipv6Addr};

use net::{Ipv4Cidr, Ipv4Config, Ipv6Cidr, Ipv6Config};

/// Where the arguments of the program begin.
const SEPARATOR: &str = "--";

/// Names a device; its reader is in `virtio`. Some monitors put it at the end,
/// behind the separator.
const DEVICE: &str = "virtio_mmio.device";

/// What the command line says.
pub(crate) struct CommandLine {
    pub(crate) ipv4: Ipv4Config,
    pub(crate) ipv6: Ipv6Config,
    /// Without the name of the program.
    pub(crate) arguments: Vec<String>,
    /// `name=value`.
    pub(crate) environment: Vec<String>,
}

/// A parameter that makes no sense.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    parameter: String,
    found: String,
    expected: &'static str,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            parameter,
            found,
            expected,
        } = self;
        write!(
            f,
            "boot parameter {parameter}: expected {expected}, found {found:?}"
        )
    }
}

/// Reads a command line.
pub(crate) fn parse(line: &str) -> Result<CommandLine, Error> {
    let mut parsed = CommandLine {
        ipv4: Ipv4Config::Dhcp,
        ipv6: Ipv6Config::Automatic,
        arguments: Vec::new(),
        environment: ["HOME=/", "TERM=linux"].map(String::from).to_vec(),
    };
    let mut words = Words { rest: line };
    for word in words.by_ref().take_while(|word| word != SEPARATOR) {
        let Some((name, value)) = word.split_once('=') else {
            continue;
        };
        match name {
            "ip" => parsed.ipv4 = parse_ip(value)?,
            "ip6" => parsed.ipv6 = parse_ip6(value)?,
            // With a dot it belongs to a driver.
            name if name.contains('.') => {}
            name => {
                // The last one counts.
                let same = |other: &String| other.split('=').next() == Some(name);
                parsed.environment.retain(|other| !same(other));
                parsed.environment.push(word);
            }
        }
    }
    let is_device = |word: &String| word.split('=').next() == Some(DEVICE);
    parsed.arguments = words.filter(|word| !is_device(word)).collect();
    Ok(parsed)
}

/// The words of a command line (`next_arg` of Linux): quotes keep spaces in,
/// and are themselves left out around a word and around a value.
struct Words<'a> {
    rest: &'a str,
}

impl Iterator for Words<'_> {
    type Item = String;

    fn next(&mut self) -> Option<String> {
        let is_space = |c: char| c.is_ascii_whitespace();
        let line = self.rest.trim_start_matches(is_space);
        if line.is_empty() {
            return None;
        }
        let mut in_quotes = false;
        let end = line.find(|c| {
            in_quotes ^= c == '"';
            is_space(c) && !in_quotes
        });
        let (word, rest) = line.split_at(end.unwrap_or(line.len()));
        self.rest = rest;
        if let Some(quoted) = word.strip_prefix('"') {
            return Some(quoted.strip_suffix('"').unwrap_or(quoted).into());
        }
        let Some((name, value)) = word.split_once('=') else {
            return Some(word.into());
        };
        let value = match value.strip_prefix('"') {
            Some(quoted) => quoted.strip_suffix('"').unwrap_or(quoted),
            None => value,
        };
        Some([name, "=", value].concat())
    }
}

fn parse_ip(value: &str) -> Result<Ipv4Config, Error> {
    const FORM: &str = "`dhcp`, `off`, or ADDRESS::GATEWAY:NETMASK::eth0:off";
    const AUTOCONFIGURATION: &str = "`off` or `dhcp` as the seventh field";

    let error = |found: &str, expected| Error {
        parameter: String::from("ip"),
        found: found.into(),
        expected,
    };
    match value {
        "dhcp" | "on" | "any" | "both" => return Ok(Ipv4Config::Dhcp),
        "off" | "none" => return Ok(Ipv4Config::None),
        _ if !value.contains(['.', ':']) => return Err(error(value, FORM)),
        _ => {}
    }
    let mut fields = [""; 10];
    for (index, field) in value.split(':').enumerate() {
        *fields.get_mut(index).ok_or_else(|| error(value, FORM))? = field;
    }
    let [client, _server, gateway, netmask, _host, _device, how, ..] = fields;
    match how {
        "dhcp" | "on" | "any" | "both" => return Ok(Ipv4Config::Dhcp),
        "" | "off" | "none" => {}
        other => return Err(error(other, AUTOCONFIGURATION)),
    }
    if client.is_empty() {
        return Err(error(value, FORM));
    }
    let parse = |text: &str, expected| {
        let address = text.parse::<Ipv4Addr>();
        address.map_err(|_| error(text, expected))
    };
    let address = parse(client, "an IPv4 address as the first field")?;
    if address.is_unspecified() || address.is_multicast() || address.is_broadcast() {
        return Err(error(client, "the IPv4 address of one machine"));
    }
    let gateway = match gateway {
        "" => None,
        text => Some(parse(
            text,
            "the IPv4 address of a gateway as the third field",
        )?),
    };
    let prefix = match netmask {
        "" => prefix_of_class(address),
        text => {
            let mask = parse(text, "a netmask as the fourth field")?.to_bits();
            if mask.leading_ones() + mask.trailing_zeros() != u32::BITS {
                return Err(error(text, "a netmask of ones and then zeros"));
            }
            mask.leading_ones() as u8
        }
    };
    let cidr = Ipv4Cidr::new(address, prefix);
    Ok(Ipv4Config::Static { cidr, gateway })
}

/// Without a netmask, Linux goes by the class of the address (RFC 791 section
/// 3.2).
fn prefix_of_class(address: Ipv4Addr) -> u8 {
    match address.octets()[0] {
        0..128 => 8,
        128..192 => 16,
        _ => 24,
    }
}

fn parse_ip6(value: &str) -> Result<Ipv6Config, Error> {
    const FORM: &str = "`auto`, or ADDRESS/PREFIX[,GATEWAY]";
    const PREFIX: &str = "a prefix length of 0 to 128";

    let error = |found: &str, expected| Error {
        parameter: String::from("ip6"),
        found: found.into(),
        expected,
    };
    if value == "auto" {
        return Ok(Ipv6Config::Automatic);
    }
    let (own, gateway) = match value.split_once(',') {
        Some((own, gateway)) => (own, Some(gateway)),
        None => (value, None),
    };
    let (address, prefix) = own.split_once('/').ok_or_else(|| error(value, FORM))?;
    let parse = |text: &str, expected| {
        let address = text.parse::<Ipv6Addr>();
        address.map_err(|_| error(text, expected))
    };
    let address = parse(address, "an IPv6 address before the slash")?;
    if address.is_unspecified() || address.is_multicast() {
        return Err(error(value, "the IPv6 address of one machine"));
    }
    let length = prefix.parse::<u8>().ok().filter(|&length| length <= 128);
    let length = length.ok_or_else(|| error(prefix, PREFIX))?;
    let gateway = match gateway {
        None => None,
        Some(text) => Some(parse(
            text,
            "the IPv6 address of a gateway after the comma",
        )?),
    };
    let cidr = Ipv6Cidr::new(address, length);
    Ok(Ipv6Config::Static { cidr, gateway })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::format;
    use std::string::ToString;

    fn words(line: &str) -> Vec<String> {
        Words { rest: line }.collect()
    }

    #[test]
    fn words_are_split_as_linux_splits_them() {
        assert_eq!(words("  ip=dhcp\tquiet \n"), ["ip=dhcp", "quiet"]);
        assert_eq!(words(r#"a="b c" "d e" f="#), ["a=b c", "d e", "f="]);
        assert_eq!(words(r#""a=b c" d"e f"g"#), ["a=b c", r#"d"e f"g"#]);
        assert_eq!(words(r#"a="never closed b"#), ["a=never closed b"]);
        assert_eq!(words(""), [""; 0]);
    }

    #[test]
    fn arguments_follow_the_separator() {
        let line = "ip=off quiet A=1 B=\"2 3\" a.b=c A=4 -- --https [::]:443 -- x=\"y z\" virtio_mmio.device=512@0xfeb00e00:12";
        let parsed = parse(line).unwrap();
        assert_eq!(parsed.arguments, ["--https", "[::]:443", "--", "x=y z"]);
        assert_eq!(parsed.environment, ["HOME=/", "TERM=linux", "B=2 3", "A=4"]);
        let none = parse("").unwrap();
        assert!(matches!(none.ipv4, Ipv4Config::Dhcp));
        assert!(matches!(none.ipv6, Ipv6Config::Automatic));
        assert!(none.arguments.is_empty());
    }

    fn static_v4(line: &str) -> (String, Option<String>) {
        match parse(line).map(|parsed| parsed.ipv4).ok() {
            Some(Ipv4Config::Static { cidr, gateway }) => {
                (cidr.to_string(), gateway.map(|gateway| gateway.to_string()))
            }
            _ => panic!("{line} is not static"),
        }
    }

    #[test]
    fn addresses_have_linux_syntax() {
        let (cidr, gateway) = static_v4("ip=10.0.2.15::10.0.2.2:255.255.255.0::eth0:off");
        assert_eq!(
            (cidr.as_str(), gateway.as_deref()),
            ("10.0.2.15/24", Some("10.0.2.2"))
        );
        assert_eq!(static_v4("ip=10.0.2.15").0, "10.0.2.15/8");
        assert_eq!(
            static_v4("ip=192.168.1.2:::255.255.255.252").0,
            "192.168.1.2/30"
        );
        for dhcp in ["ip=dhcp", "ip=:::::eth0:dhcp", "ip=any", "ip=off ip=dhcp"] {
            assert!(
                matches!(parse(dhcp).unwrap().ipv4, Ipv4Config::Dhcp),
                "{dhcp}"
            );
        }
        let parsed = parse("ip6=2001:db8::2/64,fe80::1").unwrap();
        let Ipv6Config::Static { cidr, gateway } = parsed.ipv6 else {
            panic!("not static");
        };
        assert_eq!(cidr.to_string(), "2001:db8::2/64");
        assert_eq!(
            gateway.map(|gateway| gateway.to_string()),
            Some("fe80::1".into())
        );
    }

    #[test]
    fn errors_say_what_was_expected_and_what_came() {
        let cases = [
            (
                "ip=maybe",
                "ip: expected `dhcp`, `off`, or ADDRESS::GATEWAY:NETMASK::eth0:off, found \"maybe\"",
            ),
            (
                "ip=10.0.2",
                "ip: expected an IPv4 address as the first field, found \"10.0.2\"",
            ),
            (
                "ip=10.0.2.15:::255.0.255.0",
                "ip: expected a netmask of ones and then zeros, found \"255.0.255.0\"",
            ),
            (
                "ip=10.0.2.15::x",
                "ip: expected the IPv4 address of a gateway as the third field, found \"x\"",
            ),
            (
                "ip=:::::eth0:rarp",
                "ip: expected `off` or `dhcp` as the seventh field, found \"rarp\"",
            ),
            (
                "ip6=fe80::1",
                "ip6: expected `auto`, or ADDRESS/PREFIX[,GATEWAY], found \"fe80::1\"",
            ),
            (
                "ip6=fe80::1/129",
                "ip6: expected a prefix length of 0 to 128, found \"129\"",
            ),
            (
                "ip6=ff02::1/64",
                "ip6: expected the IPv6 address of one machine, found \"ff02::1/64\"",
            ),
        ];
        for (line, message) in cases {
            let error = parse(line).err().unwrap();
            assert_eq!(error.to_string(), format!("boot parameter {message}"));
        }
    }

    proptest! {
        #[test]
        fn any_line_is_read_or_refused(line in "[ipdhco6=.:,/0-9\" -]{0,60}") {
            let _ = parse(&line);
        }

        #[test]
        fn plain_words_come_back(plain in prop::collection::vec("[a-z0-9:=.-]{1,8}", 0..9)) {
            prop_assert_eq!(words(&plain.join(" ")), plain);
        }
    }
}
