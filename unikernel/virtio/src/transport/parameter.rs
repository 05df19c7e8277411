//! `virtio_mmio.device=SIZE@BASE:IRQ[:ID]` on the kernel command line.
//!
//! The same syntax as Linux (Documentation/admin-guide/kernel-parameters.txt):
//! SIZE takes the suffixes K, M, G and so on, BASE is in the notation of C, IRQ
//! and ID are decimal. QEMU's microvm and Firecracker write one per device.

use alloc::borrow::ToOwned;
use alloc::vec::Vec;

use crate::error::Error;

/// A range of registers where a device may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Parameter {
    /// Physical address.
    pub(super) base: u64,
    /// Bytes.
    pub(super) size: u64,
    /// Global system interrupt.
    pub(super) irq: u32,
}

const NAME: &str = "virtio_mmio.device";

/// All of them, in order, wherever they stand: a monitor that appends them does
/// not know of the `--` before the program's arguments.
pub(super) fn parse(command_line: &str) -> Result<Vec<Parameter>, Error> {
    let values = command_line.split_whitespace().filter_map(|word| {
        let (name, value) = word.split_once('=')?;
        same_name(name).then_some(value)
    });
    let parse = |value: &str| parse_value(value).ok_or_else(|| Error::Parameter(value.to_owned()));
    values.map(parse).collect()
}

/// Linux takes `-` for `_` in the names of parameters.
fn same_name(name: &str) -> bool {
    let underscored = name
        .bytes()
        .map(|byte| if byte == b'-' { b'_' } else { byte });
    underscored.eq(NAME.bytes())
}

fn parse_value(value: &str) -> Option<Parameter> {
    let (size, rest) = value.split_once('@')?;
    let (base, rest) = rest.split_once(':')?;
    let (irq, id) = match rest.split_once(':') {
        Some((irq, id)) => (irq, Some(id)),
        None => (rest, None),
    };
    if let Some(id) = id {
        decimal(id)?;
    }
    let parameter = Parameter {
        base: number(base)?,
        size: number_with_suffix(size)?,
        irq: decimal(irq)?,
    };
    let end = parameter.base.checked_add(parameter.size);
    (parameter.size > 0 && parameter.irq > 0 && end.is_some()).then_some(parameter)
}

/// `memparse` of Linux.
fn number_with_suffix(text: &str) -> Option<u64> {
    const SUFFIXES: &str = "KMGTPE";
    let last = text.chars().last()?;
    let Some(power) = SUFFIXES.find(last.to_ascii_uppercase()) else {
        return number(text);
    };
    // E is also a hexadecimal digit, and Linux takes it for one.
    if last.eq_ignore_ascii_case(&'e') && is_hexadecimal(text) {
        return number(text);
    }
    number(&text[..text.len() - 1])?.checked_mul(1024_u64.checked_pow(power as u32 + 1)?)
}

fn is_hexadecimal(text: &str) -> bool {
    text.starts_with("0x") || text.starts_with("0X")
}

/// A number in the notation of C: hexadecimal, octal or decimal.
fn number(text: &str) -> Option<u64> {
    let (digits, radix) = match text.as_bytes() {
        [b'0', b'x' | b'X', ..] => (&text[2..], 16),
        [b'0', _, ..] => (&text[1..], 8),
        _ => (text, 10),
    };
    let unsigned = digits.starts_with(|first: char| first.is_digit(radix));
    if unsigned {
        u64::from_str_radix(digits, radix).ok()
    } else {
        None
    }
}

fn decimal(text: &str) -> Option<u32> {
    let unsigned = text.starts_with(|first: char| first.is_ascii_digit());
    if unsigned { text.parse().ok() } else { None }
}

#[cfg(test)]
mod tests {
    use super::*;
    use alloc::format;

    fn one(value: &str) -> Option<(u64, u64, u32)> {
        let parameters = parse(&format!("virtio_mmio.device={value}")).ok()?;
        let [Parameter { base, size, irq }] = parameters[..] else {
            return None;
        };
        Some((size, base, irq))
    }

    #[test]
    fn values_are_read_as_linux_reads_them() {
        assert_eq!(one("512@0xfeb00e00:12"), Some((512, 0xfeb0_0e00, 12)));
        assert_eq!(one("4K@0xd0000000:5"), Some((4096, 0xd000_0000, 5)));
        assert_eq!(one("4k@0XD0000000:5:3"), Some((4096, 0xd000_0000, 5)));
        assert_eq!(one("0x200@4096:7:0"), Some((512, 4096, 7)));
        assert_eq!(one("1M@010000:7"), Some((1 << 20, 4096, 7)));
        assert_eq!(one("2G@0x100000000:31"), Some((2 << 30, 1 << 32, 31)));
        assert_eq!(one("0x1E@4096:7"), Some((0x1e, 4096, 7)));
    }

    #[test]
    fn what_linux_refuses_is_refused() {
        let malformed = [
            "",
            "512",
            "512@",
            "512@0x1000",
            "512@0x1000:",
            "512@0x1000:x",
            "@0x1000:5",
            "0@0x1000:5",
            "512@0x1000:0",
            "512@0x1000:5:",
            "512@0x1000:5:x",
            "512@0x1000:5:1:2",
            "512@0x1000:-5",
            "512@+4096:5",
            "512@0x+10:5",
            "512@-1:5",
            "K@0x1000:5",
            "512X@0x1000:5",
            "512@0x1000:5 ",
            "512@09:5",
            "512@0x:5",
            "512@0x1000:0x5",
            "512@0xffffffffffffffff:5",
            "512@0x1ffffffffffffffff:5",
            "99999999999E@0x1000:5",
            "512@0x1000:4294967296",
            "512é@0x1000:5",
        ];
        for value in malformed {
            let trimmed = value.trim_end();
            if trimmed.len() == value.len() {
                assert_eq!(one(value), None, "{value}");
            }
        }
        let error = parse("ip=dhcp virtio_mmio.device=nonsense");
        assert_eq!(error, Err(Error::Parameter("nonsense".into())));
    }

    #[test]
    fn all_are_found_wherever_they_are() {
        let line = "quiet virtio_mmio.device=512@0x1000:5 ip=dhcp -- --https [::]:443 \
                    virtio-mmio.device=512@0x2000:6 virtio_mmio.devices=no xvirtio_mmio.device=no";
        let bases: Vec<u64> = parse(line)
            .expect("well-formed")
            .iter()
            .map(|parameter| parameter.base)
            .collect();
        assert_eq!(bases, [0x1000, 0x2000]);
        assert_eq!(parse("").expect("empty"), []);
    }

    proptest::proptest! {
        #[test]
        fn no_line_panics(line in "\\PC*", value in "[0-9a-fxKMGTPE@:]{0,40}") {
            let _ = parse(&line);
            let _ = parse(&format!("virtio_mmio.device={value}"));
        }
    }
}
