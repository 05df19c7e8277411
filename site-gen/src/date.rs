//! Dates as authors write them: `2015-02-25`, `2015-02-25 12:00`, RFC 3339.

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
        parts.to_string(format)
    }

    /// RFC 3339 with everything in it, as feeds demand.
    pub(crate) fn rfc3339(&self) -> String {
        show(self.moment, self.offset)
    }
}

impl FromStr for Date {
    type Err = ();

    fn from_str(text: &str) -> Result<Self, ()> {
        let text = text.trim();
        let pieces = Pieces::parse(text).map_err(|_| ())?;
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
    }
}
