//! Numbers (HTML, 2.3.4).

use super::{Bad, Kind, require};

pub(super) const INTEGER: Kind = Kind {
    expected: "a whole number, such as `-1` or `3`",
    judge: |value| require(is_integer(value)),
};

pub(super) const NATURAL: Kind = Kind {
    expected: "a whole number that is not below zero, without a unit",
    judge: |value| natural(value, 0, u32::MAX),
};

pub(in crate::check::page) const POSITIVE: Kind = Kind {
    expected: "a whole number above zero",
    judge: |value| natural(value, 1, u32::MAX),
};

/// How many columns a cell or a column may take.
pub(super) const COLUMNS: Kind = Kind {
    expected: "a whole number from 1 to 1000",
    judge: |value| natural(value, 1, 1000),
};

pub(super) const ROWS: Kind = Kind {
    expected: "a whole number from 0 to 65534",
    judge: |value| natural(value, 0, 65_534),
};

pub(super) const OFFSET: Kind = Kind {
    expected: "a whole number from 0 to 8",
    judge: |value| natural(value, 0, 8),
};

/// A count of WAI-ARIA, or that it is not known.
pub(in crate::check::page) const COUNT: Kind = Kind {
    expected: "a whole number, or `-1` if it is not known",
    judge: |value| require(value == "-1" || natural(value, 0, u32::MAX).is_ok()),
};

pub(in crate::check::page) const NUMBER: Kind = Kind {
    expected: "a number, such as `-1`, `0.5` or `1e3`",
    judge: |value| require(float(value).is_some()),
};

pub(super) const NOT_NEGATIVE: Kind = Kind {
    expected: "a number that is not below zero",
    judge: |value| require(float(value).is_some_and(|number| number >= 0.0)),
};

pub(super) const ABOVE_ZERO: Kind = Kind {
    expected: "a number above zero",
    judge: |value| require(float(value).is_some_and(|number| number > 0.0)),
};

pub(super) const STEP: Kind = Kind {
    expected: "a number above zero, or `any`",
    judge: |value| {
        let is_any = value.eq_ignore_ascii_case("any");
        require(is_any || float(value).is_some_and(|number| number > 0.0))
    },
};

fn is_integer(value: &str) -> bool {
    let digits = value.strip_prefix('-').unwrap_or(value);
    !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit())
}

fn natural(value: &str, least: u32, most: u32) -> Result<(), Bad> {
    let is_number = is_integer(value) && !value.starts_with('-');
    // More digits than fit are a number, too.
    let number = value.parse::<u32>().unwrap_or(u32::MAX);
    if is_number && (least..=most).contains(&number) {
        return Ok(());
    }
    let unit = value.strip_suffix("px").map(str::trim_end);
    match unit.filter(|number| is_integer(number) && !number.starts_with('-')) {
        Some(number) => Err(Bad::meant(number.to_owned())),
        None => Err(Bad::default()),
    }
}

/// A floating-point number (HTML, 2.3.4.3).
pub(in crate::check::page) fn float(value: &str) -> Option<f64> {
    let rest = value.strip_prefix('-').unwrap_or(value);
    let (mantissa, exponent) = match rest.find(['e', 'E']) {
        Some(at) => (&rest[..at], Some(&rest[at + 1..])),
        None => (rest, None),
    };
    let (whole, fraction) = match mantissa.split_once('.') {
        Some((whole, fraction)) => (whole, Some(fraction)),
        None => (mantissa, None),
    };
    let are_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let is_good = are_digits(whole)
        && match fraction {
            Some(fraction) => are_digits(fraction) && !fraction.is_empty(),
            None => !whole.is_empty(),
        }
        && exponent.is_none_or(|exponent| {
            let digits = exponent.strip_prefix(['-', '+']).unwrap_or(exponent);
            are_digits(digits) && !digits.is_empty()
        });
    let number: f64 = value.parse().ok().filter(|_| is_good)?;
    number.is_finite().then_some(number)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn floats_are_those_of_html() {
        for good in ["0", "-1", "1.5", ".5", "-.5", "1e3", "1E-3", "1e+3"] {
            assert!(float(good).is_some(), "{good}");
        }
        for bad in [
            "", "+1", "1.", ".", "-", "1e", "inf", "nan", "1 ", "0x1", "1e999", "1_0",
        ] {
            assert!(float(bad).is_none(), "{bad}");
        }
    }
}
