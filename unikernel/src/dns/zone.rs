//! Zones: [`Zones`] holds a table of names for each origin, made from the text
//! of a zone file (RFC 1035 section 5).

use std::collections::HashMap;
use std::fmt;

use hickory_server::proto::rr::{DNSClass, LowerName, Name, RData, Record, RecordType};
use hickory_server::proto::serialize::txt::{ParseError, Parser};

use super::origin;

/// All zones that we answer for.
#[derive(Debug, Default)]
pub struct Zones {
    zones: HashMap<LowerName, Zone>,
}

/// One zone, checked: it has a SOA record and name servers at its origin, all
/// its records are within it and of class IN, and no alias has other records.
#[derive(Debug)]
pub struct Zone {
    origin: LowerName,
    /// The SOA record for negative answers.
    pub(super) negative: Record,
    names: HashMap<LowerName, Node>,
}

/// What there is at one name. A name without records exists because there is
/// one below it (RFC 8020).
#[derive(Debug, Default)]
pub struct Node {
    sets: Vec<Set>,
}

/// The records of one type at one name.
#[derive(Debug)]
pub struct Set {
    /// Their type.
    pub kind: RecordType,
    /// The records, in the order of the zone file.
    pub records: Vec<Record>,
}

/// A zone that cannot be served.
#[derive(Debug)]
pub struct ZoneError {
    origin: String,
    fault: Fault,
}

#[derive(Debug)]
enum Fault {
    Origin,
    Syntax(ParseError),
    Outside(Name),
    Class(Name, DNSClass),
    Soa(usize),
    NameServers,
    Alias(Name),
}

impl fmt::Display for ZoneError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "zone {}: ", self.origin)?;
        match &self.fault {
            Fault::Origin => write!(f, "its name is no domain name"),
            Fault::Syntax(error) => write!(f, "{error}"),
            Fault::Outside(name) => write!(f, "{name} is not within the zone"),
            Fault::Class(name, class) => write!(f, "{name} is of class {class}; expected IN"),
            Fault::Soa(count) => write!(f, "expected one SOA record at the origin, found {count}"),
            Fault::NameServers => write!(f, "expected NS records at the origin, found none"),
            Fault::Alias(name) => write!(f, "{name} has a CNAME record next to others"),
        }
    }
}

impl std::error::Error for ZoneError {}

impl Zones {
    /// Adds the zone of `origin`, whose file holds `text`.
    ///
    /// # Errors
    ///
    /// What is wrong with the text, or with the zone that it describes.
    pub fn add(&mut self, origin: &str, text: &str) -> Result<(), ZoneError> {
        let zone = Zone::parse(origin, text).map_err(|fault| ZoneError {
            origin: origin.into(),
            fault,
        })?;
        self.zones.insert(zone.origin.clone(), zone);
        Ok(())
    }

    /// The zone that `name` belongs to: the one with the longest origin.
    pub fn find(&self, name: &LowerName) -> Option<&Zone> {
        ancestors(name).find_map(|name| self.zones.get(&name))
    }
}

impl Zone {
    fn parse(origin: &str, text: &str) -> Result<Self, Fault> {
        let mut origin = Name::from_ascii(origin).map_err(|_| Fault::Origin)?;
        origin.set_fqdn(true);
        let text = origin::write_out(text, &origin.to_string());
        let (_, sets) = Parser::new(text, None, Some(origin.clone()))
            .parse()
            .map_err(Fault::Syntax)?;

        let origin = LowerName::new(&origin);
        let mut names: HashMap<LowerName, Node> = HashMap::new();
        for (key, set) in sets {
            let records: Vec<Record> = set.records_without_rrsigs().cloned().collect();
            let Some(first) = records.first() else {
                continue;
            };
            if !origin.zone_of(&key.name) {
                return Err(Fault::Outside(first.name.clone()));
            }
            if let Some(record) = records.iter().find(|r| r.dns_class != DNSClass::IN) {
                return Err(Fault::Class(record.name.clone(), record.dns_class));
            }
            for name in ancestors(&key.name).take_while(|name| *name != origin) {
                names.entry(name).or_default();
            }
            let kind = key.record_type;
            let node = names.entry(key.name).or_default();
            node.sets.push(Set { kind, records });
        }
        Self::check(origin, names)
    }

    fn check(origin: LowerName, names: HashMap<LowerName, Node>) -> Result<Self, Fault> {
        let apex = names.get(&origin).ok_or(Fault::Soa(0))?;
        let negative = match apex.set(RecordType::SOA) {
            Some([record]) => negative(record),
            records => return Err(Fault::Soa(records.map_or(0, <[_]>::len))),
        };
        if apex.set(RecordType::NS).is_none() {
            return Err(Fault::NameServers);
        }
        for node in names.values() {
            // RFC 1034 section 3.6.2; RFC 2181 section 10.1.
            if let Some(alias) = node.set(RecordType::CNAME)
                && (node.sets.len() > 1 || alias.len() > 1)
            {
                return Err(Fault::Alias(alias[0].name.clone()));
            }
        }
        Ok(Self {
            origin,
            negative,
            names,
        })
    }

    /// The name at the top of the zone.
    pub fn origin(&self) -> &LowerName {
        &self.origin
    }

    /// What there is at `name`, if it exists.
    pub fn node(&self, name: &LowerName) -> Option<&Node> {
        self.names.get(name)
    }
}

impl Node {
    /// The records of type `kind`, if there are any.
    pub fn set(&self, kind: RecordType) -> Option<&[Record]> {
        let set = self.sets.iter().find(|set| set.kind == kind)?;
        Some(&set.records)
    }

    /// All records by type.
    pub fn sets(&self) -> &[Set] {
        &self.sets
    }
}

/// `name`, and all names above it, up to the root.
pub(super) fn ancestors(name: &LowerName) -> impl Iterator<Item = LowerName> {
    std::iter::successors(Some(name.clone()), |name| {
        (!name.is_root()).then(|| name.base_name())
    })
}

/// A negative answer is kept as long as the SOA record's own TTL and its last
/// field allow (RFC 2308 section 3).
fn negative(soa: &Record) -> Record {
    let mut negative = soa.clone();
    if let RData::SOA(data) = &soa.data {
        negative.ttl = soa.ttl.min(data.minimum);
    }
    negative
}

#[cfg(test)]
mod tests {
    use super::*;

    const HEAD: &str = "$TTL 300\n@ SOA ns hostmaster 1 2 3 4 60\n@ NS ns\nns A 192.0.2.1\n";

    fn fault(origin: &str, text: &str) -> String {
        let error = Zones::default().add(origin, text).unwrap_err();
        error.to_string()
    }

    #[test]
    fn what_cannot_be_served_is_refused_with_a_reason() {
        for (text, reason) in [
            ("", "expected one SOA record"),
            ("$TTL 1\n@ SOA ns h 1 2 3 4 5\n", "expected NS records"),
            (
                &format!("{HEAD}a.example.com. A 192.0.2.1\n"),
                "not within the zone",
            ),
            (
                &format!("{HEAD}www CNAME ns\nwww A 192.0.2.1\n"),
                "next to others",
            ),
            (&format!("{HEAD}www A 192.0.2.256\n"), "invalid IPv4"),
            (&format!("{HEAD}www CH A 192.0.2.1\n"), "expected IN"),
        ] {
            let message = fault("example.org", text);
            assert!(message.starts_with("zone example.org: "), "{message}");
            assert!(message.contains(reason), "{message} for {text}");
        }
        assert!(fault("a..b", HEAD).contains("no domain name"));
    }

    #[test]
    fn names_above_records_exist() {
        let mut zones = Zones::default();
        zones
            .add("example.org", &format!("{HEAD}a.b.c TXT x\n"))
            .unwrap();
        let name = |text: &str| LowerName::new(&Name::from_ascii(text).unwrap());
        let zone = zones.find(&name("nothing.at.example.org.")).unwrap();
        assert!(
            zone.node(&name("b.c.example.org."))
                .unwrap()
                .sets()
                .is_empty()
        );
        assert!(zone.node(&name("c.example.org.")).is_some());
        assert!(zone.node(&name("org.")).is_none());
        assert!(zones.find(&name("example.com.")).is_none());
        assert_eq!(zone.negative.ttl, 60);
    }

    #[test]
    fn the_longest_origin_wins() {
        let mut zones = Zones::default();
        zones.add("example.org", HEAD).unwrap();
        zones.add("sub.example.org", HEAD).unwrap();
        let name = LowerName::new(&Name::from_ascii("x.SUB.example.org.").unwrap());
        let origin = zones.find(&name).unwrap().origin().to_string();
        assert_eq!(origin, "sub.example.org.");
    }
}
