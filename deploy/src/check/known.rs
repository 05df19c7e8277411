//! What other sites answered before: good answers count for some days, so that
//! a check of a large site asks little.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use anyhow::Result;
use serde_json::{Map, Value};
use site_gen::limits::MAX_TEXT_BYTES;
use site_gen::read_plain;

use crate::output::Staged;

/// The file, in the directory of a site that can be lost.
const NAME: &str = "links.json";

/// Links that were good, and when they were.
pub(super) struct Known {
    directory: PathBuf,
    now: u64,
    /// Seconds since 1970, by address.
    good: BTreeMap<String, u64>,
    /// What the file says.
    written: BTreeMap<String, u64>,
}

impl Known {
    /// Reads what is known; what cannot be read is asked again.
    pub(super) fn read(directory: &Path, max_age: Duration) -> Self {
        let now = SystemTime::now().duration_since(UNIX_EPOCH);
        let now = now.map_or(0, |elapsed| elapsed.as_secs());
        let text = read_plain(&directory.join(NAME), MAX_TEXT_BYTES).unwrap_or_default();
        let links: Map<String, Value> = serde_json::from_slice(&text)
            .ok()
            .and_then(|value: Value| value.as_object().cloned())
            .unwrap_or_default();
        // An answer from the future is one of a clock that was wrong.
        let fresh = |time: &u64| {
            now.checked_sub(*time)
                .is_some_and(|age| age < max_age.as_secs())
        };
        let links = links.into_iter();
        let written: BTreeMap<String, u64> = links
            .filter_map(|(url, time)| Some((url, time.as_u64()?)))
            .collect();
        let good = written.iter().filter(|(_, time)| fresh(time));
        Self {
            directory: directory.to_owned(),
            now,
            good: good.map(|(url, time)| (url.clone(), *time)).collect(),
            written,
        }
    }

    pub(super) fn is_good(&self, url: &str) -> bool {
        self.good.contains_key(url)
    }

    pub(super) fn add(&mut self, url: &str) {
        self.good.insert(url.to_owned(), self.now);
    }

    /// Writes what is known now, about these links only, if the file says
    /// anything else.
    pub(super) fn write(&self, is_used: impl Fn(&str) -> bool) -> Result<()> {
        let used = || self.good.iter().filter(|(url, _)| is_used(url));
        if used().eq(&self.written) {
            return Ok(());
        }
        let links: Map<String, Value> = used()
            .map(|(url, time)| (url.clone(), Value::from(*time)))
            .collect();
        let staged = Staged::new(&self.directory)?;
        staged.file(NAME, Value::from(links).to_string().as_bytes(), 0o644)?;
        staged.publish(&[NAME])
    }
}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    #[test]
    fn answers_count_while_they_are_young_and_used() {
        let directory = tempfile::tempdir().unwrap();
        let day = Duration::from_secs(24 * 60 * 60);
        let mut known = Known::read(directory.path(), day);
        known.add("https://a.org/");
        known.add("https://b.org/");
        known.write(|url| url != "https://b.org/").unwrap();
        let known = Known::read(directory.path(), day);
        assert!(known.is_good("https://a.org/"));
        assert!(!known.is_good("https://b.org/"));
        assert!(!Known::read(directory.path(), Duration::ZERO).is_good("https://a.org/"));

        fs::write(
            directory.path().join(NAME),
            "{\"https://a.org/\":99999999999}",
        )
        .unwrap();
        assert!(
            !Known::read(directory.path(), day).is_good("https://a.org/"),
            "from the future"
        );
        fs::write(directory.path().join(NAME), "[1").unwrap();
        assert!(!Known::read(directory.path(), day).is_good("https://a.org/"));
    }
}
