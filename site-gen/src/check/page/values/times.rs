//! Dates, times and durations (HTML, 2.3.5).

use super::{Kind, require};

pub(super) const TIME: Kind = Kind {
    expected: "a date or a time, such as `2026-01-31`, `14:30`, `2026-01-31T14:30Z` or `P1D`",
    judge: |value| require(is_time(value)),
};

/// When something was inserted or deleted.
pub(super) const MOMENT: Kind = Kind {
    expected: "a date such as `2026-01-31`, or with a time such as `2026-01-31T14:30Z`",
    judge: |value| require(is_date(value) || is_global(value)),
};

pub(super) const DATE: Kind = Kind {
    expected: "a date, such as `2026-01-31`",
    judge: |value| require(is_date(value)),
};

pub(super) const MONTH: Kind = Kind {
    expected: "a month, such as `2026-01`",
    judge: |value| require(is_month(value)),
};

pub(super) const WEEK: Kind = Kind {
    expected: "a week, such as `2026-W05`",
    judge: |value| require(is_week(value)),
};

pub(super) const CLOCK: Kind = Kind {
    expected: "a time, such as `14:30`",
    judge: |value| require(is_clock(value)),
};

pub(super) const LOCAL: Kind = Kind {
    expected: "a date and a time, such as `2026-01-31T14:30`",
    judge: |value| require(is_local(value)),
};

/// Whether it is anything that <time> can say (HTML, 4.5.14).
pub(in crate::check::page) fn is_time(value: &str) -> bool {
    is_date(value)
        || is_month(value)
        || is_year(value)
        || is_week(value)
        || is_day_of_year(value)
        || is_clock(value)
        || is_local(value)
        || is_zone(value)
        || is_global(value)
        || is_duration(value)
}

/// A number of exactly so many digits.
fn digits(value: &str, count: usize) -> Option<u32> {
    let is_good = value.len() == count && value.bytes().all(|byte| byte.is_ascii_digit());
    value.parse().ok().filter(|_| is_good)
}

/// Four digits or more, and not only zeros.
fn year(value: &str) -> Option<u32> {
    let is_good = value.len() >= 4 && value.bytes().all(|byte| byte.is_ascii_digit());
    // Of more digits than that, nobody counts the days.
    let number = value.parse::<u32>().unwrap_or(2000);
    Some(number).filter(|number| is_good && *number > 0)
}

fn is_year(value: &str) -> bool {
    year(value).is_some()
}

fn month(value: &str) -> Option<u32> {
    digits(value, 2).filter(|month| (1..=12).contains(month))
}

fn is_month(value: &str) -> bool {
    let parts = value.rsplit_once('-');
    parts.is_some_and(|(of, number)| year(of).is_some() && month(number).is_some())
}

fn is_leap(year: u32) -> bool {
    year.is_multiple_of(4) && !year.is_multiple_of(100) || year.is_multiple_of(400)
}

fn days(year: u32, month: u32) -> u32 {
    match month {
        4 | 6 | 9 | 11 => 30,
        2 if is_leap(year) => 29,
        2 => 28,
        _ => 31,
    }
}

fn is_date(value: &str) -> bool {
    let Some((before, day)) = value.rsplit_once('-') else {
        return false;
    };
    let Some((of, number)) = before.rsplit_once('-') else {
        return false;
    };
    let (Some(of), Some(number), Some(day)) = (year(of), month(number), digits(day, 2)) else {
        return false;
    };
    (1..=days(of, number)).contains(&day)
}

/// A day without a year.
fn is_day_of_year(value: &str) -> bool {
    let value = value.strip_prefix("--").unwrap_or(value);
    let parts = value.split_once('-');
    let parts = parts.and_then(|(number, day)| Some((month(number)?, digits(day, 2)?)));
    parts.is_some_and(|(number, day)| (1..=days(2000, number)).contains(&day))
}

fn is_week(value: &str) -> bool {
    let parts = value.split_once("-W");
    let parts = parts.and_then(|(of, week)| Some((year(of)?, digits(week, 2)?)));
    parts.is_some_and(|(of, week)| (1..=weeks(of)).contains(&week))
}

/// 53, if the year begins on a Thursday, or ends on one.
fn weeks(year: u32) -> u32 {
    let end = |year: u32| (year + year / 4 - year / 100 + year / 400) % 7;
    match end(year % 2800 + 2800) == 4 || end((year + 2799) % 2800 + 2800) == 3 {
        true => 53,
        false => 52,
    }
}

fn is_clock(value: &str) -> bool {
    let mut parts = value.splitn(3, ':');
    let hour = parts.next().and_then(|hour| digits(hour, 2));
    let minute = parts.next().and_then(|minute| digits(minute, 2));
    let second = parts.next().is_none_or(|second| {
        let (whole, fraction) = match second.split_once('.') {
            Some((whole, fraction)) => (whole, Some(fraction)),
            None => (second, None),
        };
        let is_fraction = |part: &str| (1..=3).any(|count| digits(part, count).is_some());
        digits(whole, 2).is_some_and(|second| second < 60) && fraction.is_none_or(is_fraction)
    });
    hour.is_some_and(|hour| hour < 24) && minute.is_some_and(|minute| minute < 60) && second
}

fn is_local(value: &str) -> bool {
    let parts = value.split_once(['T', ' ']);
    parts.is_some_and(|(date, clock)| is_date(date) && is_clock(clock))
}

/// How far a clock is from universal time.
fn is_zone(value: &str) -> bool {
    if value == "Z" {
        return true;
    }
    let Some(rest) = value.strip_prefix(['+', '-']) else {
        return false;
    };
    let parts = rest.split_once(':').or_else(|| rest.split_at_checked(2));
    let parts = parts.and_then(|(hour, minute)| Some((digits(hour, 2)?, digits(minute, 2)?)));
    parts.is_some_and(|(hour, minute)| hour < 24 && minute < 60)
}

fn is_global(value: &str) -> bool {
    let Some(at) = value.find(['T', ' ']) else {
        return false;
    };
    let zone = value[at..].find(['Z', '+', '-']).map(|zone| at + zone);
    zone.is_some_and(|zone| is_local(&value[..zone]) && is_zone(&value[zone..]))
}

/// As in ISO 8601, but for months and years; or as in `1h 30m`.
fn is_duration(value: &str) -> bool {
    match value.strip_prefix('P') {
        Some(rest) => {
            let (days, clock) = match rest.split_once('T') {
                Some((days, clock)) => (days, Some(clock)),
                None => (rest, None),
            };
            let is_clock = |clock: &str| !clock.is_empty() && are_parts(clock, "HMS");
            !rest.is_empty() && are_parts(days, "D") && clock.is_none_or(is_clock)
        }
        None => {
            let lower = value.to_ascii_lowercase();
            let plain: String = lower.chars().filter(|c| !c.is_ascii_whitespace()).collect();
            !plain.is_empty() && are_parts_in_any_order(&plain)
        }
    }
}

/// Numbers, each with its unit, which come in this order.
fn are_parts(text: &str, units: &str) -> bool {
    let (mut rest, mut units) = (text, units);
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_uppercase());
        let Some(end) = end.filter(|end| is_count(&rest[..*end], &rest[*end..=*end])) else {
            return false;
        };
        let Some(unit) = units.find(&rest[end..=end]) else {
            return false;
        };
        units = &units[unit + 1..];
        rest = &rest[end + 1..];
    }
    true
}

fn are_parts_in_any_order(text: &str) -> bool {
    let mut rest = text;
    let mut seen = String::new();
    while !rest.is_empty() {
        let end = rest.find(|c: char| c.is_ascii_lowercase());
        let Some(end) = end.filter(|end| is_count(&rest[..*end], &rest[*end..=*end])) else {
            return false;
        };
        let unit = &rest[end..=end];
        if !"wdhms".contains(unit) || seen.contains(unit) {
            return false;
        }
        seen.push_str(unit);
        rest = &rest[end + 1..];
    }
    true
}

/// Digits; of seconds, also a fraction.
fn is_count(number: &str, unit: &str) -> bool {
    let are_digits = |text: &str| !text.is_empty() && text.bytes().all(|b| b.is_ascii_digit());
    match number.split_once('.') {
        Some((whole, fraction)) => {
            unit.eq_ignore_ascii_case("s")
                && are_digits(whole)
                && are_digits(fraction)
                && fraction.len() <= 3
        }
        None => are_digits(number),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn years_have_as_many_weeks_as_the_calendar() {
        let long: Vec<u32> = (2000..2033).filter(|year| weeks(*year) == 53).collect();
        assert_eq!(long, [2004, 2009, 2015, 2020, 2026, 2032]);
    }

    #[test]
    fn times_are_those_of_html() {
        for good in [
            "2026-02-28",
            "2024-02-29",
            "12026-01-01",
            "2026-01",
            "2026",
            "02-29",
            "--02-29",
            "2026-W53",
            "14:30",
            "14:30:59",
            "14:30:59.123",
            "2026-01-01T14:30",
            "2026-01-01 14:30",
            "2026-01-01T14:30Z",
            "2026-01-01 14:30:00.5+0530",
            "+05:30",
            "Z",
            "P1D",
            "PT1H30M",
            "P1DT1H",
            "PT0.5S",
            "1h 30m",
            "2w",
            "4D",
        ] {
            assert!(is_time(good), "{good}");
        }
        for bad in [
            "",
            "x",
            "2026-02-29",
            "0000-01-01",
            "2026-1-1",
            "2025-W53",
            "24:00",
            "14:60",
            "14:30:60",
            "14:30:00.1234",
            "02-30",
            "P",
            "PT",
            "P1Y",
            "P1M",
            "PT1M1H",
            "1h 1h",
            "1.5h",
            "Jan 1",
            "+24:00",
            "é",
            "1é",
            "P1é",
            "2026-01-01T",
            "-W05",
        ] {
            assert!(!is_time(bad), "{bad}");
        }
    }
}
