//! DNS as resolvers speak it.

use hickory_server::proto::op::{Message, MessageType, OpCode, Query, ResponseCode};
use hickory_server::proto::rr::{Name, RecordType};
use hickory_server::proto::serialize::binary::BinEncodable;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};

use crate::support::{Running, start};

fn query(id: u16, name: &str, kind: RecordType) -> Vec<u8> {
    let mut message = Message::new(id, MessageType::Query, OpCode::Query);
    message.add_query(Query::query(Name::from_ascii(name).unwrap(), kind));
    message.to_bytes().unwrap()
}

async fn over_udp(server: &Running, query: &[u8]) -> Message {
    let socket = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    socket.send_to(query, server.at.dns).await.unwrap();
    let mut buffer = [0; 2048];
    let length = socket.recv(&mut buffer).await.unwrap();
    Message::from_vec(&buffer[..length]).unwrap()
}

async fn send(stream: &mut TcpStream, query: &[u8]) {
    let length = u16::try_from(query.len()).unwrap();
    stream.write_u16(length).await.unwrap();
    stream.write_all(query).await.unwrap();
}

async fn receive(stream: &mut TcpStream) -> Message {
    let length = stream.read_u16().await.unwrap();
    let mut buffer = vec![0; length.into()];
    stream.read_exact(&mut buffer).await.unwrap();
    Message::from_vec(&buffer).unwrap()
}

#[tokio::test]
async fn every_record_of_the_zone_is_found_over_udp_and_tcp() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.at.dns).await.unwrap();
    for (name, kind, data) in [
        ("example.org.", RecordType::NS, "ns.example.org."),
        ("example.org.", RecordType::A, "192.0.2.1"),
        ("example.org.", RecordType::AAAA, "2001:db8::1"),
        ("example.org.", RecordType::MX, "10 mail.example.org."),
        ("example.org.", RecordType::TXT, "a site"),
        ("ns.example.org.", RecordType::A, "192.0.2.2"),
        ("mail.example.org.", RecordType::A, "192.0.2.3"),
        ("www.example.org.", RecordType::CNAME, "example.org."),
    ] {
        let query = query(1, name, kind);
        send(&mut stream, &query).await;
        for response in [over_udp(&server, &query).await, receive(&mut stream).await] {
            assert_eq!(response.metadata.response_code, ResponseCode::NoError);
            assert!(response.metadata.authoritative);
            assert_eq!(response.answers.len(), 1, "{name} {kind}");
            assert_eq!(response.answers[0].ttl, 300);
            assert_eq!(response.answers[0].data.to_string(), data);
        }
    }
}

#[tokio::test]
async fn what_is_missing_is_said_with_the_soa() {
    let server = start().await;
    for (name, kind, code) in [
        (
            "nothing.example.org.",
            RecordType::A,
            ResponseCode::NXDomain,
        ),
        ("mail.example.org.", RecordType::AAAA, ResponseCode::NoError),
    ] {
        let response = over_udp(&server, &query(2, name, kind)).await;
        assert_eq!(response.metadata.response_code, code);
        assert!(response.metadata.authoritative && response.answers.is_empty());
        assert_eq!(response.authorities[0].record_type(), RecordType::SOA);
        assert_eq!(response.authorities[0].ttl, 60);
    }
    let response = over_udp(&server, &query(3, "example.com.", RecordType::A)).await;
    assert_eq!(response.metadata.response_code, ResponseCode::Refused);
}

#[tokio::test]
async fn queries_may_follow_each_other_without_waiting() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.at.dns).await.unwrap();
    for id in 0..50 {
        send(&mut stream, &query(id, "example.org.", RecordType::A)).await;
    }
    for id in 0..50 {
        assert_eq!(receive(&mut stream).await.metadata.id, id);
    }
}

#[tokio::test]
async fn garbage_does_not_stop_the_answers() {
    let server = start().await;
    let garbage = UdpSocket::bind("127.0.0.1:0").await.unwrap();
    let mut state = 1u32;
    for length in 0..600 {
        let mut bytes = Vec::new();
        for _ in 0..length {
            // A small generator: the same garbage every time.
            state = state.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
            bytes.push(state.to_be_bytes()[0]);
        }
        garbage.send_to(&bytes, server.at.dns).await.unwrap();
        let mut stream = TcpStream::connect(server.at.dns).await.unwrap();
        let _ = stream.write_all(&bytes).await;
    }
    for _ in 0..3 {
        let response = over_udp(&server, &query(4, "example.org.", RecordType::A)).await;
        assert_eq!(response.answers.len(), 1);
    }
    // Connections with half a query do not keep others out.
    let mut stream = TcpStream::connect(server.at.dns).await.unwrap();
    send(&mut stream, &query(5, "example.org.", RecordType::A)).await;
    assert_eq!(receive(&mut stream).await.answers.len(), 1);
}

#[tokio::test]
async fn a_connection_that_says_nothing_is_closed() {
    let server = start().await;
    for beginning in [&b""[..], &[0, 40, 1, 2, 3]] {
        let mut stream = TcpStream::connect(server.at.dns).await.unwrap();
        stream.write_all(beginning).await.unwrap();
        tokio::time::sleep(std::time::Duration::from_millis(20)).await;
        tokio::time::pause();
        assert_eq!(stream.read(&mut [0]).await.unwrap_or(0), 0);
        tokio::time::resume();
    }
}
