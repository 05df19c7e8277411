use super::*;
use hickory_server::proto::op::{Message, MessageType, OpCode, Query};
use hickory_server::proto::rr::{Name, RData};
use hickory_server::proto::serialize::binary::BinEncodable;
use proptest::prelude::*;

const HEAD: &str = "$TTL 300\n@ SOA ns hostmaster 1 2 3 4 60\n@ NS ns\nns A 192.0.2.1\n";

fn zones() -> Zones {
    let mut text = String::from(HEAD);
    for index in 0..40 {
        text += &format!("many A 192.0.2.{index}\n");
        text += &format!("huge TXT \"{index} {}\"\n", "x".repeat(200));
    }
    // The answer fits into 512 bytes, the addresses next to it do not.
    for index in 0..20 {
        text += &format!("@ MX {index} mx{index}\n");
        text += &format!("mx{index} A 192.0.2.1\nmx{index} AAAA 2001:db8::1\n");
    }
    let mut zones = Zones::default();
    zones.add("example.org", &text).unwrap();
    zones
}

fn query(name: &str, kind: RecordType) -> Message {
    let mut message = Message::new(77, MessageType::Query, OpCode::Query);
    message.metadata.recursion_desired = true;
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message
}

fn with_payload(mut message: Message, payload: u16) -> Message {
    let mut edns = Edns::new();
    edns.set_max_payload(payload);
    edns.set_dnssec_ok(true);
    message.edns = Some(edns);
    message
}

fn send(bytes: &[u8], protocol: Protocol) -> Option<Vec<u8>> {
    respond(&zones(), bytes, ([192, 0, 2, 9], 53).into(), protocol)
}

fn ask(message: &Message, protocol: Protocol) -> (Message, usize) {
    let response = send(&message.to_bytes().unwrap(), protocol).unwrap();
    (Message::from_vec(&response).unwrap(), response.len())
}

#[test]
fn an_answer_repeats_the_question_and_is_authoritative() {
    let (response, _) = ask(&query("NS.example.ORG.", RecordType::A), Protocol::Udp);
    assert_eq!(response.metadata.id, 77);
    assert_eq!(response.metadata.message_type, MessageType::Response);
    assert!(response.metadata.authoritative && response.metadata.recursion_desired);
    assert!(!response.metadata.recursion_available && !response.metadata.truncation);
    assert_eq!(response.queries[0].name().to_string(), "NS.example.ORG.");
    assert_eq!(
        response.answers[0].data,
        RData::A("192.0.2.1".parse().unwrap())
    );
    assert!(response.edns.is_none());
}

#[test]
fn there_is_no_recursion_and_no_transfer() {
    for message in [
        query("example.com.", RecordType::A),
        query("org.", RecordType::A),
        query(".", RecordType::NS),
        query("example.org.", RecordType::AXFR),
        query("example.org.", RecordType::IXFR),
    ] {
        let (response, _) = ask(&message, Protocol::Tcp);
        assert_eq!(response.metadata.response_code, ResponseCode::Refused);
        assert!(!response.metadata.authoritative);
    }
    let mut chaos = query("example.org.", RecordType::TXT);
    chaos.queries[0].set_query_class(DNSClass::CH);
    let (response, _) = ask(&chaos, Protocol::Udp);
    assert_eq!(response.metadata.response_code, ResponseCode::Refused);
}

#[test]
fn what_does_not_fit_is_asked_again_over_tcp() {
    let message = query("huge.example.org.", RecordType::TXT);
    for (message, limit) in [
        (message.clone(), 512),
        (with_payload(message.clone(), 100), 512),
        (with_payload(message.clone(), 600), 600),
        (with_payload(message.clone(), 65000), 1232),
    ] {
        let (response, length) = ask(&message, Protocol::Udp);
        assert!(response.metadata.truncation && response.answers.is_empty());
        assert!(length <= limit);
        assert_eq!(response.edns.is_some(), message.edns.is_some());
    }
    let (response, _) = ask(&message, Protocol::Tcp);
    assert!(!response.metadata.truncation);
    assert_eq!(response.answers.len(), 40);
}

#[test]
fn additional_records_are_given_up_first() {
    let message = query("example.org.", RecordType::MX);
    let (response, length) = ask(&message, Protocol::Udp);
    assert!(length <= 512 && !response.metadata.truncation);
    assert_eq!(
        (response.answers.len(), response.additionals.len()),
        (20, 0)
    );
    let (response, _) = ask(&message, Protocol::Tcp);
    assert_eq!(
        (response.answers.len(), response.additionals.len()),
        (20, 40)
    );
}

#[test]
fn edns_is_answered_with_edns() {
    let message = with_payload(query("ns.example.org.", RecordType::A), 4096);
    let (response, _) = ask(&message, Protocol::Udp);
    let edns = response.edns.unwrap();
    assert_eq!((edns.version(), edns.max_payload()), (0, 1232));
    assert!(edns.flags().dnssec_ok);

    let mut newer = message;
    newer.edns.as_mut().unwrap().set_version(1);
    let (response, _) = ask(&newer, Protocol::Udp);
    // hickory gives the number 16 the name it has in signatures.
    let number = u16::from(response.metadata.response_code);
    assert_eq!(number, u16::from(ResponseCode::BADVERS));
    assert_eq!(response.edns.unwrap().version(), 0);
}

#[test]
fn other_operations_and_odd_messages_are_refused_by_a_header() {
    let code = |bytes: &[u8]| {
        let response = send(bytes, Protocol::Udp).unwrap();
        assert_eq!(response.len(), HEADER);
        assert_eq!(response[..2], bytes[..2]);
        Message::from_vec(&response).unwrap().metadata.response_code
    };
    let plain = query("ns.example.org.", RecordType::A).to_bytes().unwrap();

    let mut update = plain.clone();
    update[2] |= 5 << 3;
    assert_eq!(code(&update), ResponseCode::NotImp);

    // A count of questions that would need megabytes.
    for count in [[0, 0], [0, 2], [0xFF, 0xFF]] {
        let mut odd = plain.clone();
        odd[4..6].copy_from_slice(&count);
        assert_eq!(code(&odd), ResponseCode::FormErr);
    }
    assert_eq!(code(&plain[..plain.len() - 1]), ResponseCode::FormErr);
    // A name that points to itself.
    let mut circle = plain[..HEADER].to_vec();
    circle.extend([0xC0, 12, 0, 1, 0, 1]);
    assert_eq!(code(&circle), ResponseCode::FormErr);
}

#[test]
fn responses_and_scraps_are_not_answered() {
    let mut response = query("ns.example.org.", RecordType::A).to_bytes().unwrap();
    response[2] |= 0x80;
    assert_eq!(send(&response, Protocol::Udp), None);
    assert_eq!(send(&response[..HEADER - 1], Protocol::Udp), None);
    assert_eq!(send(&[], Protocol::Tcp), None);
}

proptest! {
    #[test]
    fn any_bytes_are_survived(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
        let _ = send(&bytes, Protocol::Udp);
    }

    #[test]
    fn damaged_queries_get_small_responses(
        name in "([a-z]{1,9}\\.){0,3}example\\.org\\.",
        kind in 0u16..300,
        damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..4),
    ) {
        let message = query(&name, RecordType::from(kind));
        let mut bytes = with_payload(message, 4096).to_bytes().unwrap();
        for (index, value) in damage {
            let index = index.index(bytes.len());
            bytes[index] = value;
        }
        if let Some(response) = send(&bytes, Protocol::Udp) {
            prop_assert!(response.len() <= usize::from(limits::DNS_UDP_PAYLOAD));
        }
    }
}
