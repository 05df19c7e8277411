//! The CMOS real-time clock (MC146818): wall-clock time, to the second.

use crate::port;

const INDEX: u16 = 0x70;
const DATA: u16 = 0x71;
/// Bit 7 of the index port masks non-maskable interrupts; it stays clear.
const SECONDS: u8 = 0;
const MINUTES: u8 = 2;
const HOURS: u8 = 4;
const DAY: u8 = 7;
const MONTH: u8 = 8;
const YEAR: u8 = 9;
const STATUS_A: u8 = 0x0a;
const STATUS_B: u8 = 0x0b;
const CENTURY: u8 = 0x32;

const UPDATE_IN_PROGRESS: u8 = 1 << 7;
const BINARY: u8 = 1 << 2;
const HOURS_24: u8 = 1 << 1;
const PM: u8 = 1 << 7;
/// An update takes 2 ms at most; an absent device reads all ones for ever.
const PATIENCE: u32 = 1_000_000;

/// What the clock shows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Reading {
    seconds: u8,
    minutes: u8,
    hours: u8,
    day: u8,
    month: u8,
    year: u8,
    century: u8,
}

/// Seconds since the Unix epoch; none without a clock, or when what it shows is
/// no date.
pub(crate) fn unix_time() -> Option<u64> {
    // Read until two readings agree: an update may fall between two registers.
    let mut previous = read()?;
    for _ in 0..16 {
        let reading = read()?;
        if reading == previous {
            return decode(reading, register(STATUS_B));
        }
        previous = reading;
    }
    None
}

fn register(index: u8) -> u8 {
    port::write8(INDEX, index);
    port::read8(DATA)
}

fn read() -> Option<Reading> {
    (0..PATIENCE).find(|_| register(STATUS_A) & UPDATE_IN_PROGRESS == 0)?;
    Some(Reading {
        seconds: register(SECONDS),
        minutes: register(MINUTES),
        hours: register(HOURS),
        day: register(DAY),
        month: register(MONTH),
        year: register(YEAR),
        century: register(CENTURY),
    })
}

fn decode(reading: Reading, status_b: u8) -> Option<u64> {
    let number = |value: u8| {
        if status_b & BINARY != 0 {
            value
        } else {
            (value >> 4) * 10 + (value & 0xf)
        }
    };
    let mut hours = number(reading.hours & !PM);
    if status_b & HOURS_24 == 0 {
        hours = hours % 12 + if reading.hours & PM != 0 { 12 } else { 0 };
    } else {
        hours = number(reading.hours);
    }
    let century = match number(reading.century) {
        century @ 20..=22 => century,
        _ => 20,
    };
    let year = u64::from(century) * 100 + u64::from(number(reading.year));
    let (month, day) = (number(reading.month), number(reading.day));
    let (minutes, seconds) = (number(reading.minutes), number(reading.seconds));
    let is_date = (1..=12).contains(&month) && (1..=31).contains(&day);
    let is_time = hours < 24 && minutes < 60 && seconds < 60;
    if !is_date || !is_time {
        return None;
    }
    let days = days_since_epoch(year, u64::from(month), u64::from(day));
    Some(((days * 24 + u64::from(hours)) * 60 + u64::from(minutes)) * 60 + u64::from(seconds))
}

/// Days from 1970-01-01 to a day of the Gregorian calendar from 2000 on. The
/// year is taken to begin in March, so that the leap day is its last.
fn days_since_epoch(year: u64, month: u64, day: u64) -> u64 {
    const TO_MARCH_OF_YEAR_0: u64 = 719_468;
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let day_of_year = (153 * month + 2) / 5 + day - 1;
    year * 365 + year / 4 - year / 100 + year / 400 + day_of_year - TO_MARCH_OF_YEAR_0
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_counted_over_leap_years_and_centuries() {
        assert_eq!(days_since_epoch(2000, 1, 1), 10_957);
        assert_eq!(days_since_epoch(2000, 3, 1), 11_017);
        assert_eq!(days_since_epoch(2015, 2, 25), 16_491);
        assert_eq!(days_since_epoch(2100, 3, 1), 47_541);
    }

    #[test]
    fn decimal_and_binary_and_half_days() {
        let reading = |hours| Reading {
            seconds: 0x59,
            minutes: 0x30,
            hours,
            day: 0x25,
            month: 0x02,
            year: 0x15,
            century: 0x20,
        };
        let noon = 16_491 * 86_400 + 12 * 3600 + 30 * 60 + 59;
        assert_eq!(decode(reading(0x12), HOURS_24), Some(noon));
        assert_eq!(decode(reading(0x12 | PM), 0), Some(noon));
        assert_eq!(decode(reading(0x12), 0), Some(noon - 12 * 3600));
        let binary = Reading {
            seconds: 59,
            minutes: 30,
            hours: 12,
            day: 25,
            month: 2,
            year: 15,
            century: 20,
        };
        assert_eq!(decode(binary, HOURS_24 | BINARY), Some(noon));
    }

    #[test]
    fn an_absent_clock_has_no_date() {
        let ones = Reading {
            seconds: 255,
            minutes: 255,
            hours: 255,
            day: 255,
            month: 255,
            year: 255,
            century: 255,
        };
        assert_eq!(decode(ones, 255), None);
    }
}
