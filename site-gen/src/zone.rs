//! Zone files: `content/ORIGIN.zone`, in the format of RFC 1035 §5.1.
//!
//! A [`Zone`] gives every record, and a normalized text of the file for the
//! name server: one record in each line, all names whole, all times to live
//! said. What the format allows and the server's own reader would stumble over
//! (quotes within parentheses, escapes) does not reach it.

mod check;
mod entry;
mod record;
mod types;

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use hickory_proto::rr::{Name, Record};
use hickory_proto::serialize::txt;

use crate::diagnostic::Diagnostic;
use crate::limits::MAX_DIAGNOSTICS;
use crate::source::Source;
use record::{Line, Reader, absolute};

/// A zone.
#[derive(Clone, Debug)]
pub struct Zone {
    /// The name it begins at, with the dot at its end.
    pub origin: Name,
    /// Every record, in the order of the file.
    pub records: Vec<Record>,
    /// The zone file, normalized.
    pub text: String,
}

/// Reads every zone file of a site.
pub(crate) fn read_all(site: &Path, files: &[PathBuf]) -> Result<Vec<Zone>, Vec<Diagnostic>> {
    crate::diagnostic::collect(files.iter().map(|file| {
        let source = Source::read(site, file).map_err(|fault| vec![fault])?;
        Zone::parse(&source)
    }))
}

impl Zone {
    /// Parses a zone file; its origin is the file's name.
    ///
    /// # Errors
    ///
    /// Everything that is wrong with it, each with its place.
    pub fn parse(source: &Source) -> Result<Self, Vec<Diagnostic>> {
        let name = source
            .file
            .file_stem()
            .and_then(|stem| stem.to_str())
            .unwrap_or_default();
        let origin = absolute(name, &Name::root()).map_err(|error| {
            let fault = Diagnostic::new(
                &source.file,
                format!("this file's name is not that of a zone: {error}"),
            );
            vec![fault.expected("a name such as `example.org.zone`")]
        })?;
        let (entries, mut faults) = entry::split(source);
        let mut reader = Reader::new(source, &origin);
        let mut lines = Vec::new();
        for entry in &entries {
            match reader.read(entry) {
                Ok(line) => lines.extend(line),
                Err(fault) => faults.push(fault),
            }
            if faults.len() >= MAX_DIAGNOSTICS {
                break;
            }
        }
        if faults.is_empty() {
            faults = check::check(source, &origin, &lines);
        }
        if !faults.is_empty() {
            return Err(faults);
        }
        let text = normalized(&origin, &lines);
        check_readable(source, &origin, &text, lines.len()).map_err(|fault| vec![fault])?;
        let records = lines.into_iter().map(|line| line.record).collect();
        Ok(Self {
            origin,
            records,
            text,
        })
    }

    /// The zone's name without the dot at its end, as in `mirage.io`.
    pub fn name(&self) -> String {
        self.origin.to_ascii().trim_end_matches('.').to_owned()
    }
}

/// One record in each line, and nothing left out.
fn normalized(origin: &Name, lines: &[Line]) -> String {
    let mut text = format!("$ORIGIN {}\n", origin.to_ascii());
    for line in lines {
        let (name, ttl) = (line.record.name.to_ascii(), line.record.ttl);
        let record_type = line.record.record_type();
        let _ = writeln!(text, "{name} {ttl} IN {record_type} {}", line.data);
    }
    text
}

/// The server reads the text with the same library: if it would not take all
/// of it, it is better to know now.
fn check_readable(
    source: &Source,
    origin: &Name,
    text: &str,
    records: usize,
) -> Result<(), Diagnostic> {
    let message = match txt::Parser::new(text, None, Some(origin.clone())).parse() {
        Ok((_, sets)) => {
            let read: usize = sets
                .values()
                .map(|set| set.records_without_rrsigs().count())
                .sum();
            if read == records {
                return Ok(());
            }
            format!("the name server reads {read} records of {records}")
        }
        Err(error) => format!("the name server cannot read this zone: {error}"),
    };
    Err(Diagnostic::new(&source.file, message))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use proptest::prelude::*;

    use super::*;
    use crate::limits::MAX_SET_RECORDS;

    fn parse(text: String) -> Result<Zone, Vec<Diagnostic>> {
        let file = "content/example.org.zone".into();
        Zone::parse(&Source { file, text })
    }

    /// All of them took longer than anybody waits.
    #[test]
    fn records_and_faults_may_be_many() {
        let started = Instant::now();
        let head = "$TTL 1h\n@ SOA a b 1 2 3 4 5\n@ NS a\na A 192.0.2.1\n";
        let hosts: String = (0..20_000)
            .map(|host| format!("h{host} A 192.0.2.2\n"))
            .collect();
        assert_eq!(
            parse(format!("{head}{hosts}")).unwrap().records.len(),
            20_003
        );
        let set: String = (0..=MAX_SET_RECORDS)
            .map(|number| format!("b A 192.0.{}.{}\n", number / 256, number % 256))
            .collect();
        let (whole, _) = set.trim_end().rsplit_once('\n').unwrap();
        assert!(parse(format!("{head}{whole}\n")).is_ok());
        assert_eq!(parse(format!("{head}{set}")).unwrap_err().len(), 1);
        for piece in [
            "b A 1\n",
            "b TXT x\n",
            "b\n",
            "(\n",
            "b CNAME a\nb A 192.0.2.1\n",
        ] {
            let faults = parse(format!("{head}{}", piece.repeat(20_000))).unwrap_err();
            assert!(faults.len() <= 2 * MAX_DIAGNOSTICS, "{piece}");
        }
        assert!(started.elapsed().as_secs() < 30, "{:?}", started.elapsed());
    }

    proptest! {
        /// Neither our splitter nor hickory's parsers of record data may panic.
        #[test]
        fn nothing_panics(
            record_type in prop::sample::select(types::NAMES.to_vec()),
            data in "([0-9]{1,3}|[a-zA-Z0-9.:/=+\\-_,]{1,12}|\"[ -~é]{0,8}\"|@|\\(|\\)|;| |\n ){0,12}",
        ) {
            let text = format!("$TTL 1h\n@ SOA a b 1 2 3 4 5\n@ NS a\na A 192.0.2.1\nx {record_type} {data}\n");
            if let Ok(zone) = parse(text) {
                prop_assert!(zone.records.len() >= 4);
            }
        }
    }
}
