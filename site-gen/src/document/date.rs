//! Dates as authors write them: `2015-02-25`, `2015-02-25 12:00`, RFC 3339; and
//! as other programs do: `2015-02-25 12:00:00 +0200`, `2015/2/5`, `25 Feb 2015`.

use std::str::FromStr;

use jiff::Timestamp;
use jiff::civil;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::fmt::temporal::{DateTimeParser, Pieces};
use jiff::tz::Offset;

/// A day, or a moment of it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Date {
    /// For templates: the day alone if only that was given, otherwise RFC 3339
    /// as far as it was given.
    pub(crate) text: String,
    /// For sorting and for feeds: midnight if no time was given, UTC if no
    /// offset was.
    pub(crate) moment: Timestamp,
    civil: civil::DateTime,
    offset: Offset,
}

impl Date {
    /// What a diagnostic says about it.
    pub(crate) const EXPECTED: &str =
        "a date such as 2015-02-25, 2015-02-25 12:00 or 2015-02-25T12:00:00Z";

    /// What would have been one, in place of a text: a month has so many days.
    pub(crate) fn expected(text: &str) -> String {
        Self::expected_day(text).unwrap_or_else(|| Self::EXPECTED.to_owned())
    }

    fn expected_day(text: &str) -> Option<String> {
        let day = text.trim().get(..10)?;
        let mut parts = day.split(['-', '/']);
        let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
        let (year, month): (i16, i8) = (year.parse().ok()?, month.parse().ok()?);
        if !(1..=12).contains(&month) {
            return Some("a month from 01 to 12".to_owned());
        }
        let first = civil::Date::new(year, month, 1).ok()?;
        let (day, days) = (day.parse::<i8>().ok()?, first.days_in_month());
        let name = MONTHS[usize::from(month.unsigned_abs()) - 1];
        let (initial, rest) = name.split_at(1);
        let name = initial.to_uppercase() + rest;
        (!(1..=days).contains(&day))
            .then(|| format!("a day that there is: {name} {year} has {days}"))
    }

    pub(crate) fn year(&self) -> i16 {
        self.civil.year()
    }

    pub(crate) fn month(&self) -> i8 {
        self.civil.month()
    }

    pub(crate) fn day(&self) -> i8 {
        self.civil.day()
    }

    /// In the words of `strftime`.
    pub(crate) fn format(&self, format: &str) -> Result<String, jiff::Error> {
        let mut parts = BrokenDownTime::from(self.civil);
        parts.set_offset(Some(self.offset));
        // Templates of feeds have `%+` from Zola. Halves of `%%` are no mark.
        let format: Vec<String> = format
            .split("%%")
            .map(|part| part.replace("%+", "%Y-%m-%dT%H:%M:%S%:z"))
            .collect();
        parts.to_string(format.join("%%"))
    }

    /// A moment, as it was called where it happened.
    pub(crate) fn at(moment: Timestamp, offset: Offset) -> Option<Self> {
        show(moment, offset).parse().ok()
    }

    /// RFC 3339 with everything in it, as feeds demand.
    pub(crate) fn rfc3339(&self) -> String {
        show(self.moment, self.offset)
    }
}

impl FromStr for Date {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let rewritten: String;
        let text = text.trim();
        let pieces = match Pieces::parse(text) {
            Ok(pieces) => pieces,
            Err(_) => {
                rewritten = in_order(text).ok_or(())?;
                Pieces::parse(&rewritten).map_err(|_| ())?
            }
        };
        // A zone in brackets would make the build depend on a time zone database.
        if pieces.time_zone_annotation().is_some() {
            return Err(());
        }
        let date = pieces.date();
        let civil = date.to_datetime(pieces.time().unwrap_or_default());
        let offset = match pieces.offset() {
            None => None,
            Some(jiff::fmt::temporal::PiecesOffset::Numeric(numeric)) => Some(numeric.offset()),
            Some(_) => Some(Offset::UTC),
        };
        let moment = offset
            .unwrap_or(Offset::UTC)
            .to_timestamp(civil)
            .map_err(|_| ())?;
        let text = match (pieces.time(), offset) {
            (None, _) => date.to_string(),
            (Some(_), None) => civil.to_string(),
            (Some(_), Some(offset)) => show(moment, offset),
        };
        Ok(Self {
            text,
            moment,
            civil,
            offset: offset.unwrap_or(Offset::UTC),
        })
    }
}

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// Another way to write a date, as RFC 3339 has it: with a year of four digits,
/// so that nothing is guessed.
fn in_order(text: &str) -> Option<String> {
    let text = text.replace(',', " ");
    let mut words: Vec<&str> = text.split_whitespace().collect();
    let weekday = |word: &&str| word.chars().all(char::is_alphabetic) && month(word).is_none();
    if words.first().is_some_and(weekday) {
        words.remove(0);
    }
    let (year, month, day, rest) = match words.as_slice() {
        [first, rest @ ..] if first.contains(['-', '/']) => {
            let (date, time) = first.split_once('T').unwrap_or((first, ""));
            let parts: Vec<&str> = date.split(['-', '/']).collect();
            let [year, month, day] = parts.as_slice() else {
                return None;
            };
            let time = Some(time).filter(|time| !time.is_empty());
            let rest: Vec<&str> = time.into_iter().chain(rest.iter().copied()).collect();
            (*year, month.parse().ok()?, *day, rest)
        }
        [day, name, year, rest @ ..] if month(name).is_some() => {
            (*year, month(name)?, *day, rest.to_vec())
        }
        [name, day, year, rest @ ..] => (*year, month(name)?, *day, rest.to_vec()),
        _ => return None,
    };
    let is_year = year.len() == 4 && year.bytes().all(|byte| byte.is_ascii_digit());
    let day: u8 = day.parse().ok().filter(|_| is_year)?;
    let time = match rest.as_slice() {
        [] => String::new(),
        [time] => format!("T{}", time_in_order(time)?),
        [time, zone] => format!("T{}", time_in_order(&format!("{time}{zone}"))?),
        _ => return None,
    };
    Some(format!("{year}-{month:02}-{day:02}{time}"))
}

/// The number of a month by its name, or at least three letters of it.
fn month(name: &str) -> Option<u8> {
    let name = name.trim_end_matches('.').to_ascii_lowercase();
    let is_short = |month: &&str| name.len() >= 3 && month.starts_with(&name);
    (1..)
        .zip(MONTHS)
        .find(|(_, month)| is_short(month))
        .map(|(number, _)| number)
}

/// A time and the zone that stands right behind it.
fn time_in_order(text: &str) -> Option<String> {
    let at = text.find(|c: char| c == '+' || c == '-' || c.is_alphabetic());
    let (time, zone) = text.split_at(at.unwrap_or(text.len()));
    let (hour, rest) = time.split_once(':')?;
    let zone = match zone.as_bytes() {
        b"UTC" | b"GMT" | b"Z" => "Z".to_owned(),
        [b'+' | b'-', digits @ ..] if digits.len() == 4 && digits.is_ascii() => {
            format!("{}:{}", &zone[..3], &zone[3..])
        }
        _ => zone.to_owned(),
    };
    Some(format!("{hour:0>2}:{rest}{zone}"))
}

fn show(moment: Timestamp, offset: Offset) -> String {
    if offset == Offset::UTC {
        moment.to_string()
    } else {
        moment.display_with_offset(offset).to_string()
    }
}

/// The day that a file name begins with, and the rest of the name.
pub(crate) fn split_from_name(name: &str) -> Option<(Date, &str)> {
    let (day, rest) = name.split_at_checked(10)?;
    let date = DateTimeParser::new()
        .parse_date(day)
        .ok()?
        .to_string()
        .parse()
        .ok()?;
    let rest = rest.strip_prefix(['-', '_']).unwrap_or(rest);
    Some((date, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_that_no_month_has_are_told() {
        for (text, expected) in [
            ("2026-02-30", "a day that there is: February 2026 has 28"),
            (
                "2024-02-30 12:00",
                "a day that there is: February 2024 has 29",
            ),
            (
                "2026-04-31T00:00:00Z",
                "a day that there is: April 2026 has 30",
            ),
            ("2026-13-01", "a month from 01 to 12"),
            ("2026-12-00", "a day that there is: December 2026 has 31"),
            ("soon", Date::EXPECTED),
            ("2026-01-01T99", Date::EXPECTED),
        ] {
            assert_eq!(Date::expected(text), expected, "{text}");
        }
    }

    #[test]
    fn all_usual_forms_are_read() {
        let cases = [
            ("2015-02-25", "2015-02-25", "2015-02-25T00:00:00Z"),
            (
                "2015-02-25 12:00",
                "2015-02-25T12:00:00",
                "2015-02-25T12:00:00Z",
            ),
            (
                "2015-02-25T12:00:30",
                "2015-02-25T12:00:30",
                "2015-02-25T12:00:30Z",
            ),
            (
                "2015-02-25T12:00:00Z",
                "2015-02-25T12:00:00Z",
                "2015-02-25T12:00:00Z",
            ),
            (
                "2015-02-25 12:00:00+01:00",
                "2015-02-25T12:00:00+01:00",
                "2015-02-25T12:00:00+01:00",
            ),
            (
                "2015-02-25   12:00:00 -0700",
                "2015-02-25T12:00:00-07:00",
                "2015-02-25T12:00:00-07:00",
            ),
            (
                "2015/02/25 9:00 UTC",
                "2015-02-25T09:00:00Z",
                "2015-02-25T09:00:00Z",
            ),
            ("2015/02/25", "2015-02-25", "2015-02-25T00:00:00Z"),
            ("2015-2-5", "2015-02-05", "2015-02-05T00:00:00Z"),
            ("25 Feb 2015", "2015-02-25", "2015-02-25T00:00:00Z"),
            ("February 25, 2015", "2015-02-25", "2015-02-25T00:00:00Z"),
            (
                "Wed, 25 Feb 2015 12:00:00 +0100",
                "2015-02-25T12:00:00+01:00",
                "2015-02-25T12:00:00+01:00",
            ),
        ];
        for (written, text, rfc3339) in cases {
            let date: Date = written.parse().expect(written);
            assert_eq!(
                (date.text.as_str(), date.rfc3339().as_str()),
                (text, rfc3339),
                "{written}"
            );
        }
        for wrong in [
            "",
            "yesterday",
            "2015-02-30",
            "2015-13-01",
            "25.2.2015",
            "2015-02-25[Europe/Berlin]",
            "25/2/2015",
            "1/2/3",
            "15-2-5",
            "2015-2-30",
            "25 Foo 2015",
            "25 Ma 2015",
            "Feb 2015",
            "2015-2-5 noon",
            "2015-2-5 12:00 +äöü",
        ] {
            assert!(wrong.parse::<Date>().is_err(), "{wrong}");
        }
    }

    #[test]
    fn names_may_begin_with_a_day() {
        assert_eq!(
            split_from_name("2015-02-25-notes").map(|(date, rest)| (date.text, rest)),
            Some(("2015-02-25".into(), "notes"))
        );
        assert_eq!(
            split_from_name("2015-02-25").map(|(_, rest)| rest),
            Some("")
        );
        assert!(split_from_name("notes").is_none());
        assert!(split_from_name("äöüäöü").is_none());
    }

    #[test]
    fn formats_like_strftime() {
        let date: Date = "2015-02-25".parse().unwrap();
        assert_eq!(date.format("%e %B %Y").unwrap(), "25 February 2015");
        assert!(date.format("%!").is_err());
        let iso = date.format("%% %%+ %+").unwrap();
        assert_eq!(iso, "% %+ 2015-02-25T00:00:00+00:00");
    }
}
