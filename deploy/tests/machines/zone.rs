//! Every record of the zone, over both transports, compared with the zone file
//! as hickory's own parser reads it.

use std::collections::BTreeMap;
use std::str::FromStr as _;
use std::time::Duration;

use hickory_proto::op::{Edns, Message, Query, ResponseCode};
use hickory_proto::rr::{Name, RData, RecordType};
use hickory_proto::serialize::txt::Parser;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::harness::{Running, fixture, local};

/// A datagram may be lost: it is asked again after this.
const PATIENCE: Duration = Duration::from_secs(5);
const ATTEMPTS: usize = 5;

/// What a zone says of one name and type.
type Records = BTreeMap<(Name, RecordType), Vec<(u32, String)>>;

fn zone() -> (Name, Records) {
    let pack = fixture().pack();
    let origin = Name::from_str(&fixture().built.site.domain).unwrap();
    let text = pack
        .part(&format!("zone/{}", fixture().built.site.domain))
        .unwrap();
    let text = std::str::from_utf8(text).unwrap();
    let (origin, sets) = Parser::new(text, None, Some(origin)).parse().unwrap();
    let mut records = Records::new();
    for record in sets.values().flat_map(|set| set.records_without_rrsigs()) {
        let key = (record.name.clone(), record.record_type());
        let value = (record.ttl, record.data.to_string());
        records.entry(key).or_default().push(value);
    }
    records.values_mut().for_each(|values| values.sort());
    (origin, records)
}

/// Asks one question.
trait Transport {
    async fn ask(&mut self, message: &Message) -> Message;
}

struct Udp(UdpSocket);

impl Udp {
    async fn new(running: &Running) -> Self {
        let socket = UdpSocket::bind(local(0)).await.unwrap();
        socket.connect(local(running.ports().dns)).await.unwrap();
        Self(socket)
    }
}

impl Transport for Udp {
    async fn ask(&mut self, message: &Message) -> Message {
        let mut buffer = [0; 4096];
        for _ in 0..ATTEMPTS {
            self.0.send(&message.to_vec().unwrap()).await.unwrap();
            if let Ok(length) = timeout(PATIENCE, self.0.recv(&mut buffer)).await {
                return Message::from_vec(&buffer[..length.unwrap()]).unwrap();
            }
        }
        panic!("no answer to {ATTEMPTS} datagrams");
    }
}

struct Tcp(TcpStream);

impl Tcp {
    async fn new(running: &Running) -> Self {
        Self(
            TcpStream::connect(local(running.ports().dns))
                .await
                .unwrap(),
        )
    }
}

impl Transport for Tcp {
    async fn ask(&mut self, message: &Message) -> Message {
        let bytes = message.to_vec().unwrap();
        let length = u16::try_from(bytes.len()).unwrap().to_be_bytes();
        self.0
            .write_all(&[&length[..], &bytes].concat())
            .await
            .unwrap();
        let length = self.0.read_u16().await.unwrap();
        let mut answer = vec![0; length.into()];
        self.0.read_exact(&mut answer).await.unwrap();
        Message::from_vec(&answer).unwrap()
    }
}

async fn ask(transport: &mut impl Transport, name: &Name, kind: RecordType) -> Message {
    let mut message = Message::query();
    message.add_query(Query::query(name.clone(), kind));
    let mut edns = Edns::new();
    edns.set_max_payload(1232);
    message.set_edns(edns);
    let answer = transport.ask(&message).await;
    assert_eq!(answer.metadata.id, message.metadata.id);
    assert_eq!(answer.queries, message.queries);
    assert!(!answer.metadata.truncation, "{name} {kind}");
    answer
}

async fn every_record(transport: &mut impl Transport) {
    let (_, records) = zone();
    assert!(
        records.len() >= 8,
        "the zone should hold more than {}",
        records.len()
    );
    for ((name, kind), expected) in &records {
        let answer = ask(transport, name, *kind).await;
        let context = format!("{name} {kind}");
        assert_eq!(
            answer.metadata.response_code,
            ResponseCode::NoError,
            "{context}"
        );
        assert!(answer.metadata.authoritative, "{context}");
        let found = answer.answers.iter().map(|record| {
            assert_eq!((&record.name, record.record_type()), (name, *kind));
            (record.ttl, record.data.to_string())
        });
        let mut found: Vec<_> = found.collect();
        found.sort();
        assert_eq!(&found, expected, "{context}");
    }
}

pub(crate) async fn every_record_over_udp(running: &'static Running) {
    every_record(&mut Udp::new(running).await).await;
}

pub(crate) async fn every_record_over_tcp(running: &'static Running) {
    every_record(&mut Tcp::new(running).await).await;
}

pub(crate) async fn names_that_do_not_exist(running: &'static Running) {
    let (origin, _) = zone();
    let mut udp = Udp::new(running).await;
    let below = |label: &str| Name::from_str(&format!("{label}.{origin}")).unwrap();
    let cases = [
        // No such name; a name without such records; nobody's business.
        (below("no-such-name"), RecordType::A, ResponseCode::NXDomain),
        (below("www"), RecordType::MX, ResponseCode::NoError),
        (
            Name::from_str("example.org.").unwrap(),
            RecordType::A,
            ResponseCode::Refused,
        ),
    ];
    for (name, kind, expected) in cases {
        let answer = ask(&mut udp, &name, kind).await;
        assert_eq!(answer.metadata.response_code, expected, "{name} {kind}");
        assert!(answer.answers.is_empty(), "{name} {kind}");
        if expected != ResponseCode::Refused {
            // How long the answer may be remembered (RFC 2308).
            let soa = |record: &RData| matches!(record, RData::SOA(_));
            assert!(
                answer.authorities.iter().any(|r| soa(&r.data)),
                "{name} {kind}"
            );
        }
    }
}
