//! The lookup: which records answer a question (RFC 1034 section 4.3.2).

use std::borrow::Cow;

use hickory_server::proto::op::ResponseCode;
use hickory_server::proto::rr::{LowerName, Name, RData, Record, RecordType};

use super::zone::{Node, Zone, ancestors};
use crate::limits;

/// What a zone says to a question.
#[derive(Debug)]
pub struct Answer<'a> {
    /// No error, or no such name.
    pub code: ResponseCode,
    /// Whether the answer is ours to give, or the zone below must be asked.
    pub authority: Authority,
    /// The answer section; records of a wildcard have the name that was asked.
    pub answers: Vec<Cow<'a, Record>>,
    /// The authority section.
    pub authorities: Vec<&'a Record>,
    /// The additional section, which may be left out.
    pub additionals: Vec<&'a Record>,
}

/// Who has the last word on a name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Authority {
    /// We have.
    Ours,
    /// The name servers in the authority section.
    Delegated,
}

/// What a name leads to in a zone.
enum Found<'a> {
    /// To a name that exists.
    Node(&'a Node),
    /// To the wildcard that stands for it (RFC 4592).
    Wildcard(&'a Node),
    /// Below or at a zone cut, to these name servers.
    Cut(&'a [Record]),
    /// To nothing.
    Nothing,
}

impl Zone {
    /// Answers a question about `name`, which is within the zone.
    pub fn answer<'a>(&'a self, name: &LowerName, kind: RecordType) -> Answer<'a> {
        let mut answer = Answer {
            code: ResponseCode::NoError,
            authority: Authority::Ours,
            answers: Vec::new(),
            authorities: Vec::new(),
            additionals: Vec::new(),
        };
        let mut name = name.clone();
        for _ in 0..limits::DNS_ALIASES {
            let (node, owner) = match self.find(&name, kind) {
                Found::Node(node) => (node, None),
                Found::Wildcard(node) => (node, Some(Name::from(&name))),
                Found::Cut(servers) => {
                    self.refer(&mut answer, servers);
                    return answer;
                }
                Found::Nothing => {
                    // RFC 6604 section 3: the code is about the last name.
                    answer.code = ResponseCode::NXDomain;
                    answer.authorities.push(&self.negative);
                    return answer;
                }
            };
            let Some(target) = alias(node, kind) else {
                self.take(&mut answer, node, kind, owner.as_ref());
                return answer;
            };
            push(&mut answer.answers, target.0, owner.as_ref());
            name = LowerName::new(target.1);
            if !self.origin().zone_of(&name) {
                return answer;
            }
        }
        answer
    }

    /// Walks from the origin down to `name`. The first zone cut on the way
    /// wins; where the way ends early, only a wildcard at its very end counts.
    fn find(&self, name: &LowerName, kind: RecordType) -> Found<'_> {
        let mut way: Vec<LowerName> = ancestors(name)
            .take_while(|ancestor| ancestor != self.origin())
            .collect();
        let mut encloser = self.origin().clone();
        while let Some(next) = way.pop() {
            let Some(node) = self.node(&next) else {
                let wildcard = Name::from(&encloser).prepend_label("*").ok();
                let node = wildcard.and_then(|name| self.node(&LowerName::new(&name)));
                return node.map_or(Found::Nothing, Found::Wildcard);
            };
            // The parent's side of a cut holds the DS record (RFC 4035
            // section 3.1.4.1).
            let is_parents = kind == RecordType::DS && next == *name;
            if let Some(servers) = node.set(RecordType::NS)
                && !is_parents
            {
                return Found::Cut(servers);
            }
            encloser = next;
        }
        self.node(name).map_or(Found::Nothing, Found::Node)
    }

    /// Takes the records of type `kind`, or says that there are none.
    fn take<'a>(
        &'a self,
        answer: &mut Answer<'a>,
        node: &'a Node,
        kind: RecordType,
        owner: Option<&Name>,
    ) {
        let records = match kind {
            // RFC 8482 section 4.1: one set is enough.
            RecordType::ANY => node.sets().first().map(|set| set.records.as_slice()),
            kind => node.set(kind),
        };
        let Some(records) = records else {
            answer.authorities.push(&self.negative);
            return;
        };
        for record in records {
            push(&mut answer.answers, record, owner);
            self.add_addresses(answer, record);
        }
    }

    /// Refers to the name servers of a zone below.
    fn refer<'a>(&'a self, answer: &mut Answer<'a>, servers: &'a [Record]) {
        // After an alias of ours, the beginning of the answer is still ours.
        if answer.answers.is_empty() {
            answer.authority = Authority::Delegated;
        }
        for record in servers {
            answer.authorities.push(record);
            self.add_addresses(answer, record);
        }
    }

    /// Adds the addresses of the name that `record` points to, if the zone
    /// has them.
    fn add_addresses<'a>(&'a self, answer: &mut Answer<'a>, record: &Record) {
        let target = match &record.data {
            RData::NS(server) => &server.0,
            RData::MX(mail) => &mail.exchange,
            RData::SRV(service) => &service.target,
            _ => return,
        };
        let Some(node) = self.node(&LowerName::new(target)) else {
            return;
        };
        let addresses = [RecordType::A, RecordType::AAAA];
        let sets = addresses.into_iter().filter_map(|kind| node.set(kind));
        answer.additionals.extend(sets.flatten());
    }
}

/// The alias at a node, and where it leads, unless the alias itself is wanted.
fn alias(node: &Node, kind: RecordType) -> Option<(&Record, &Name)> {
    if matches!(kind, RecordType::CNAME | RecordType::ANY) {
        return None;
    }
    let record = node.set(RecordType::CNAME)?.first()?;
    match &record.data {
        RData::CNAME(target) => Some((record, &target.0)),
        _ => None,
    }
}

fn push<'a>(answers: &mut Vec<Cow<'a, Record>>, record: &'a Record, owner: Option<&Name>) {
    answers.push(match owner {
        None => Cow::Borrowed(record),
        Some(owner) => {
            let mut record = record.clone();
            record.name = owner.clone();
            Cow::Owned(record)
        }
    });
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::dns::Zones;

    const ZONE: &str = "\
$TTL 300
@           SOA   ns hostmaster 1 2 3 4 60
@           NS    ns
@           NS    ns.elsewhere.example.
@           MX    10 mail
@           A     192.0.2.1
ns          A     192.0.2.2
mail        A     192.0.2.3
mail        AAAA  2001:db8::3
www         CNAME @
away        CNAME www.example.com.
lost        CNAME nowhere
one         CNAME two
two         CNAME one
deep.er     TXT   \"x\"
*.wild      TXT   \"any\"
*.wild      MX    5 mail
set.wild    A     192.0.2.4
*.alias     CNAME www
sub         NS    ns.sub
sub         NS    ns.sub.deeper
ns.sub      A     192.0.2.5
ns.sub.deeper A   192.0.2.6
secret.sub  A     192.0.2.7
";

    /// The answer in a few words: code, answers, authorities, additionals.
    fn ask(name: &str, kind: RecordType) -> String {
        let mut zones = Zones::default();
        zones.add("example.org", ZONE).unwrap();
        let name = LowerName::new(&Name::from_ascii(name).unwrap());
        let answer = zones.find(&name).unwrap().answer(&name, kind);
        let show = |record: &Record| {
            let name = record.name.to_string();
            let name = name.strip_suffix("example.org.").unwrap();
            format!("{name}{}", record.record_type())
        };
        let authority = match answer.authority {
            Authority::Ours => "aa",
            Authority::Delegated => "--",
        };
        let code = match answer.code {
            ResponseCode::NoError => "ok",
            ResponseCode::NXDomain => "nx",
            code => panic!("{code}"),
        };
        let sections = [
            answer.answers.iter().map(|r| show(r)).collect::<Vec<_>>(),
            answer.authorities.iter().map(|r| show(r)).collect(),
            answer.additionals.iter().map(|r| show(r)).collect(),
        ];
        let [answers, authorities, additionals] = sections.map(|s| s.join(" "));
        format!("{authority} {code}: {answers} | {authorities} | {additionals}")
    }

    #[test]
    fn every_kind_of_question_has_its_answer() {
        use RecordType as T;
        for (name, kind, expected) in [
            // What there is.
            ("example.org.", T::A, "aa ok: A |  | "),
            ("EXAMPLE.org.", T::NS, "aa ok: NS NS |  | ns.A"),
            ("example.org.", T::MX, "aa ok: MX |  | mail.A mail.AAAA"),
            ("example.org.", T::SOA, "aa ok: SOA |  | "),
            // Other types, and other names.
            ("example.org.", T::TXT, "aa ok:  | SOA | "),
            ("er.example.org.", T::TXT, "aa ok:  | SOA | "),
            ("none.example.org.", T::A, "aa nx:  | SOA | "),
            ("below.ns.example.org.", T::A, "aa nx:  | SOA | "),
            // Aliases.
            ("www.example.org.", T::A, "aa ok: www.CNAME A |  | "),
            ("www.example.org.", T::TXT, "aa ok: www.CNAME | SOA | "),
            ("www.example.org.", T::CNAME, "aa ok: www.CNAME |  | "),
            ("away.example.org.", T::A, "aa ok: away.CNAME |  | "),
            ("lost.example.org.", T::A, "aa nx: lost.CNAME | SOA | "),
            // Wildcards: RFC 4592 section 2.2.1.
            ("x.wild.example.org.", T::TXT, "aa ok: x.wild.TXT |  | "),
            ("x.y.wild.example.org.", T::TXT, "aa ok: x.y.wild.TXT |  | "),
            (
                "x.wild.example.org.",
                T::MX,
                "aa ok: x.wild.MX |  | mail.A mail.AAAA",
            ),
            ("x.wild.example.org.", T::A, "aa ok:  | SOA | "),
            ("set.wild.example.org.", T::TXT, "aa ok:  | SOA | "),
            ("x.set.wild.example.org.", T::TXT, "aa nx:  | SOA | "),
            ("wild.example.org.", T::TXT, "aa ok:  | SOA | "),
            ("*.wild.example.org.", T::TXT, "aa ok: *.wild.TXT |  | "),
            (
                "x.alias.example.org.",
                T::A,
                "aa ok: x.alias.CNAME www.CNAME A |  | ",
            ),
            // Zone cuts.
            (
                "sub.example.org.",
                T::A,
                "-- ok:  | sub.NS sub.NS | ns.sub.A ns.sub.deeper.A",
            ),
            (
                "secret.sub.example.org.",
                T::A,
                "-- ok:  | sub.NS sub.NS | ns.sub.A ns.sub.deeper.A",
            ),
            ("sub.example.org.", T::DS, "aa ok:  | SOA | "),
            // RFC 8482.
            ("mail.example.org.", T::ANY, "aa ok: mail.A |  | "),
        ] {
            assert_eq!(ask(name, kind), expected, "{name} {kind}");
        }
    }

    #[test]
    fn a_loop_of_aliases_ends() {
        assert!(
            ask("one.example.org.", RecordType::A)
                .matches("CNAME")
                .count()
                <= limits::DNS_ALIASES
        );
    }
}
