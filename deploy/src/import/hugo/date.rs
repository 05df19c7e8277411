//! Dates as Hugo takes them: more forms than are taken here.

use jiff::civil;
use jiff::fmt::rfc2822;
use jiff::fmt::strtime::BrokenDownTime;
use jiff::{Timestamp, tz};

use super::super::paths::without_day;

/// The keys that a page's date is looked for in, in order.
pub(super) const DATES: [&str; 5] = ["date", "publishDate", "pubdate", "published", "lastmod"];

/// Forms with a name for the month, or an offset behind a space.
const FORMS: [&str; 7] = [
    "%Y-%m-%d %H:%M:%S %z",
    "%Y-%m-%dT%H:%M:%S%z",
    "%Y-%m-%d %H:%M:%S%z",
    "%d %b %Y",
    "%d %B %Y",
    "%b %d, %Y",
    "%B %d, %Y",
];

/// A date, as this generator and TOML write it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Date {
    pub(super) text: String,
    pub(super) day: civil::Date,
    pub(super) moment: Timestamp,
}

/// Reads a date; none if it is in no form that is known.
pub(super) fn read(text: &str) -> Option<Date> {
    let text = text.trim();
    if let Some(date) = plain(text) {
        return Some(date);
    }
    let parsed = FORMS.iter().find_map(|form| {
        let parts = BrokenDownTime::parse(form, text).ok()?;
        let day = parts.to_date().ok()?;
        match (parts.to_time(), parts.offset()) {
            (Ok(time), Some(offset)) => {
                let moment = offset.to_timestamp(day.to_datetime(time)).ok()?;
                Some(moment.display_with_offset(offset).to_string())
            }
            _ => Some(day.to_string()),
        }
    });
    let parsed = parsed.or_else(|| {
        let zoned = rfc2822::DateTimeParser::new()
            .parse_zoned_datetime(text)
            .ok()?;
        Some(
            zoned
                .timestamp()
                .display_with_offset(zoned.offset())
                .to_string(),
        )
    });
    plain(&parsed?)
}

/// A day, or a time of it, with or without an offset.
fn plain(text: &str) -> Option<Date> {
    let day = text.get(..10)?.parse::<civil::Date>().ok()?;
    let moment = match (text.parse::<Timestamp>(), text.parse::<civil::DateTime>()) {
        (Ok(moment), _) => moment,
        (_, Ok(time)) => tz::Offset::UTC.to_timestamp(time).ok()?,
        _ => return None,
    };
    // TOML 1.0 has no time without seconds.
    let text = match text.get(10..) {
        Some("") => text.to_owned(),
        Some(rest) if rest.len() == 6 => format!("{text}:00"),
        _ => text.to_owned(),
    };
    Some(Date { text, day, moment })
}

/// The time of the import: what has a later date is not published yet.
pub(super) fn now() -> Timestamp {
    Timestamp::now()
}

/// The day that a file's name begins with, and the rest of the name.
pub(super) fn from_name(name: &str) -> Option<(Date, &str)> {
    let rest = without_day(name)?;
    Some((plain(name.get(..10)?)?, rest))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_usual_forms_are_read() {
        for (written, expected) in [
            ("2015-02-25", "2015-02-25"),
            ("2015-02-25 12:00", "2015-02-25 12:00:00"),
            ("2015-02-25T12:00:00+01:00", "2015-02-25T12:00:00+01:00"),
            ("2015-02-25 12:00:00 +0100", "2015-02-25T12:00:00+01:00"),
            ("25 Feb 2015", "2015-02-25"),
            ("February 25, 2015", "2015-02-25"),
            (
                "Wed, 25 Feb 2015 12:00:00 +0100",
                "2015-02-25T12:00:00+01:00",
            ),
        ] {
            let date = read(written);
            assert_eq!(
                date.map(|date| date.text).as_deref(),
                Some(expected),
                "{written}"
            );
        }
        for wrong in ["", "soon", "2015-02-30", "2015-02-25 x"] {
            assert_eq!(read(wrong), None, "{wrong}");
        }
        assert_eq!(from_name("2015-02-25-a").map(|(_, rest)| rest), Some("a"));
    }
}
