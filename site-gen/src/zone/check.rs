//! What can only be checked on a whole zone: that it has an authority, that
//! names are used as they may be, that its name servers can be found.

use std::collections::{BTreeMap, HashMap, HashSet};

use hickory_proto::rr::{Name, RData, RecordType};

use super::record::Line;
use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_DIAGNOSTICS, MAX_SET_RECORDS};
use crate::source::Source;

/// All that is wrong with a zone whose lines are right, each by itself.
pub(super) fn check(source: &Source, zone: &Name, lines: &[Line]) -> Vec<Diagnostic> {
    let check = Check {
        source,
        zone,
        lines,
    };
    let mut faults = check.authority();
    faults.extend(check.owners());
    faults.extend(check.glue());
    faults
}

struct Check<'a> {
    source: &'a Source,
    zone: &'a Name,
    lines: &'a [Line],
}

impl<'a> Check<'a> {
    /// One SOA record and an NS record, at the zone's own name (RFC 1035 §5.2).
    fn authority(&self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        match self.of_type(RecordType::SOA).collect::<Vec<_>>()[..] {
            [] => {
                let fault = self.whole("this zone has no SOA record");
                faults.push(fault.expected("one, as in `@ SOA ns hostmaster 1 1h 15m 1w 1h`"));
            }
            [only] if only.record.name != *self.zone => {
                let fault = self.at(only, "the SOA record is not at the zone's own name");
                faults.push(fault.expected("`@` as its owner"));
            }
            [_] => {}
            [_, second, ..] => {
                faults.push(
                    self.at(second, "a second SOA record")
                        .expected("one in each zone"),
                );
            }
        }
        if !self
            .of_type(RecordType::NS)
            .any(|line| line.record.name == *self.zone)
        {
            let fault = self.whole("this zone has no NS record");
            faults.push(fault.expected("one for each name server, as in `@ NS ns1`"));
        }
        faults
    }

    /// An alias stands alone, and nothing is said twice.
    fn owners(&self) -> Vec<Diagnostic> {
        let mut faults = Vec::new();
        for lines in self.by_owner().values() {
            let alias = lines
                .iter()
                .find(|line| line.record.record_type() == RecordType::CNAME);
            let many = lines.len() > 1 && faults.len() < MAX_DIAGNOSTICS;
            if let Some(alias) = alias.filter(|_| many) {
                let fault = self.at(alias, "this name has a CNAME record and others");
                faults.push(fault.expected("the CNAME alone (RFC 1034 §3.6.2)"));
            }
            let mut seen = HashSet::new();
            let mut sets: HashMap<RecordType, usize> = HashMap::new();
            for line in lines {
                let set = sets.entry(line.record.record_type()).or_default();
                *set += 1;
                if *set == MAX_SET_RECORDS + 1 {
                    let fault = self.at(line, "too many records of this name and type");
                    faults.push(fault.expected(format!("at most {MAX_SET_RECORDS}")));
                }
                if !seen.insert(&line.record.data) && faults.len() < MAX_DIAGNOSTICS {
                    faults.push(
                        self.at(line, "this record is there twice")
                            .expected("it once"),
                    );
                }
            }
        }
        faults
    }

    /// A name server inside the zone has an address in it (RFC 1034 §4.2.1).
    fn glue(&self) -> Vec<Diagnostic> {
        let owners = self.by_owner();
        let has_address = |name: &Name| {
            let lines = owners.get(name).into_iter().flatten();
            lines
                .into_iter()
                .any(|line| matches!(line.record.data, RData::A(_) | RData::AAAA(_)))
        };
        let mut faults = Vec::new();
        for line in self.of_type(RecordType::NS) {
            if faults.len() >= MAX_DIAGNOSTICS {
                break;
            }
            let RData::NS(server) = &line.record.data else {
                continue;
            };
            if self.zone.zone_of(&server.0) && !has_address(&server.0) {
                let message = format!("the name server {} has no address in this zone", server.0);
                let expected = format!("an A or AAAA record of {}", server.0);
                faults.push(self.at(line, message).expected(expected));
            }
        }
        faults
    }

    fn of_type(&self, wanted: RecordType) -> impl Iterator<Item = &'a Line> {
        self.lines
            .iter()
            .filter(move |line| line.record.record_type() == wanted)
    }

    fn by_owner(&self) -> BTreeMap<&'a Name, Vec<&'a Line>> {
        let mut owners: BTreeMap<&Name, Vec<&Line>> = BTreeMap::new();
        for line in self.lines {
            owners.entry(&line.record.name).or_default().push(line);
        }
        owners
    }

    fn at(&self, line: &Line, message: impl Into<String>) -> Diagnostic {
        self.source.at(line.span.clone(), message)
    }

    fn whole(&self, message: &str) -> Diagnostic {
        Diagnostic::new(&self.source.file, message)
    }
}
