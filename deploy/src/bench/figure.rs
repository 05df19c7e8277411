//! What was measured, and how it is printed.

use std::fmt::Write as _;
use std::time::Duration;

use serde_json::{Map, Value, json};

/// One measurement.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Figure {
    name: &'static str,
    value: f64,
    unit: Unit,
}

/// What a figure counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Unit {
    Bytes,
    Mebibytes,
    Milliseconds,
    PerSecond,
}

impl Unit {
    fn symbol(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Mebibytes => "MiB",
            Self::Milliseconds => "ms",
            Self::PerSecond => "1/s",
        }
    }

    /// As the end of a key in JSON.
    fn key(self) -> &'static str {
        match self {
            Self::Bytes => "bytes",
            Self::Mebibytes => "mib",
            Self::Milliseconds => "ms",
            Self::PerSecond => "per_second",
        }
    }
}

impl Figure {
    pub(super) fn new(name: &'static str, value: f64, unit: Unit) -> Self {
        Self { name, value, unit }
    }

    pub(super) fn seconds(name: &'static str, time: Duration) -> Self {
        Self::new(name, time.as_secs_f64() * 1000.0, Unit::Milliseconds)
    }
}

/// All measurements, by the life they were taken in.
#[derive(Debug, Default)]
pub(super) struct Figures(Vec<(String, Figure)>);

impl Figures {
    pub(super) fn add(&mut self, life: &str, figure: Figure) {
        self.0.push((life.to_owned(), figure));
    }

    /// For people: a line for each.
    pub(super) fn table(&self) -> String {
        let mut table = String::new();
        for (life, Figure { name, value, unit }) in &self.0 {
            // Writing to a string cannot fail.
            let _ = writeln!(
                table,
                "{life:<12} {name:<32} {value:>12.1} {}",
                unit.symbol()
            );
        }
        table
    }

    /// For programs: an object for each life, keys with units.
    pub(super) fn json(&self) -> Value {
        let mut lives = Map::new();
        for (life, Figure { name, value, unit }) in &self.0 {
            let key = format!("{}_{}", name.to_lowercase().replace(' ', "_"), unit.key());
            let entry = lives.entry(life.clone()).or_insert_with(|| json!({}));
            entry[key] = json!(value);
        }
        Value::Object(lives)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn one_line_and_one_key_for_each() {
        let mut figures = Figures::default();
        figures.add(
            "q35-tcg",
            Figure::seconds("entry to listening", Duration::from_micros(41_500)),
        );
        figures.add("q35-tcg", Figure::new("requests", 700.0, Unit::PerSecond));
        let expected = json!({ "q35-tcg": {
            "entry_to_listening_ms": 41.5, "requests_per_second": 700.0,
        }});
        assert_eq!(figures.json(), expected);
        assert_eq!(figures.table().lines().count(), 2);
        assert!(figures.table().contains("41.5 ms"), "{}", figures.table());
    }
}
