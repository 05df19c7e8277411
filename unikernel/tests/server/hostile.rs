//! Peers that mean no good, or are broken: none of them may keep others from
//! being served.

use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::time::{Instant, pause, resume, sleep};
use unikernel::limits;

use crate::support::start;

/// Time enough for the server to have seen what was sent to it.
const A_MOMENT: Duration = Duration::from_millis(50);

/// Waits, with the clock jumping ahead, until the server has closed the
/// connection; says how long that took on the jumping clock.
async fn closed(stream: &mut (impl tokio::io::AsyncRead + Unpin)) -> Duration {
    sleep(A_MOMENT).await;
    pause();
    let start = Instant::now();
    let mut buffer = [0; 4096];
    while let Ok(length) = stream.read(&mut buffer).await {
        if length == 0 {
            break;
        }
    }
    let elapsed = start.elapsed();
    resume();
    elapsed
}

#[tokio::test]
async fn garbage_on_the_https_port_is_closed_at_once() {
    let server = start().await;
    for garbage in [
        &b"GET / HTTP/1.1\r\nhost: localhost\r\n\r\n"[..],
        &[0xFF; 5000],
        &[0; 5000],
        b"\x16\x03\x01\xFF\xFF\x01",
        b"SSH-2.0-x\r\n",
    ] {
        let mut stream = TcpStream::connect(server.at.https).await.unwrap();
        let _ = stream.write_all(garbage).await;
        assert!(closed(&mut stream).await <= limits::TLS_HANDSHAKE);
    }
    assert!(server.is_well().await);
}

#[tokio::test]
async fn who_does_not_finish_the_handshake_is_closed() {
    let server = start().await;
    let mut stream = TcpStream::connect(server.at.https).await.unwrap();
    let taken = closed(&mut stream).await;
    assert!(taken <= limits::TLS_HANDSHAKE && taken > limits::TLS_HANDSHAKE / 2);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_request_that_never_ends_is_closed() {
    let server = start().await;
    let mut stream = server.tls("localhost", &["http/1.1"]).await;
    stream
        .write_all(b"GET / HTTP/1.1\r\nhost: loc")
        .await
        .unwrap();
    let taken = closed(&mut stream).await;
    assert!(taken <= limits::HTTP1_REQUEST && taken > limits::HTTP1_REQUEST / 2);

    // A byte from time to time does not help.
    let stream = server.tls("localhost", &["http/1.1"]).await;
    let (mut reader, mut writer) = tokio::io::split(stream);
    let drip = tokio::spawn(async move {
        while writer.write_all(b"x").await.is_ok() && writer.flush().await.is_ok() {
            sleep(Duration::from_secs(1)).await;
        }
    });
    assert!(closed(&mut reader).await <= limits::HTTP1_REQUEST);
    drip.abort();
    assert!(server.is_well().await);
}

#[tokio::test]
async fn who_asks_nothing_more_is_closed() {
    let server = start().await;
    let ask = b"GET /digits HTTP/1.1\r\nhost: localhost\r\n\r\n";
    let mut stream = server.tls("localhost", &["http/1.1"]).await;
    stream.write_all(ask).await.unwrap();
    assert!(closed(&mut stream).await <= limits::HTTP1_REQUEST);

    let mut stream = server.tls("localhost", &["h2"]).await;
    stream.write_all(&h2::opening()).await.unwrap();
    stream.write_all(&h2::request(1)).await.unwrap();
    assert!(closed(&mut stream).await <= limits::HTTP2_IDLE + limits::SILENCE);

    let mut stream = TcpStream::connect(server.at.http).await.unwrap();
    assert!(closed(&mut stream).await <= limits::REDIRECT_REQUEST);
}

#[tokio::test]
async fn who_takes_nothing_of_a_response_is_cut_off() {
    let server = start().await;
    let mut stream = server.tls("localhost", &["http/1.1"]).await;
    let ask = b"GET /big HTTP/1.1\r\nhost: localhost\r\n\r\n";
    stream.write_all(ask).await.unwrap();
    sleep(A_MOMENT * 4).await;
    pause();
    sleep(limits::WRITE_STALL * 2).await;
    resume();
    let mut all = Vec::new();
    let _ = stream.read_to_end(&mut all).await;
    assert!(all.len() < crate::support::BIG);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn headers_have_limits() {
    let server = start().await;
    let large = format!("x: {}\r\n", "y".repeat(limits::HEADER_BYTES));
    let many: String = (0..=limits::HEADER_FIELDS)
        .map(|i| format!("x{i}: y\r\n"))
        .collect();
    for fields in [large, many] {
        let mut stream = server.tls("localhost", &["http/1.1"]).await;
        let request = format!("GET / HTTP/1.1\r\nhost: localhost\r\n{fields}\r\n");
        let _ = stream.write_all(request.as_bytes()).await;
        let mut answer = Vec::new();
        let _ = stream.read_to_end(&mut answer).await;
        assert!(answer.starts_with(b"HTTP/1.1 431 "));
    }
    // A target that never ends.
    let mut stream = server.tls("localhost", &["http/1.1"]).await;
    let request = format!("GET /{}", "a".repeat(2 * limits::HTTP1_BUFFER));
    let _ = stream.write_all(request.as_bytes()).await;
    assert!(closed(&mut stream).await < limits::HTTP1_REQUEST / 2);
    assert!(server.is_well().await);
}

#[tokio::test]
async fn one_client_cannot_take_every_place() {
    let server = start().await;
    let mut streams = Vec::new();
    for _ in 0..limits::per_client(limits::HTTPS_CONNECTIONS) {
        streams.push(TcpStream::connect(server.at.https).await.unwrap());
    }
    sleep(A_MOMENT).await;
    let mut refused = TcpStream::connect(server.at.https).await.unwrap();
    let start = Instant::now();
    assert_eq!(refused.read(&mut [0]).await.unwrap_or(0), 0);
    assert!(start.elapsed() < limits::TLS_HANDSHAKE / 2);
    // Another address has places left, and so have the other ports.
    let other = tokio::net::TcpSocket::new_v4().unwrap();
    other.bind("127.0.0.2:0".parse().unwrap()).unwrap();
    let mut other = other.connect(server.at.https).await.unwrap();
    let read = tokio::time::timeout(A_MOMENT, other.read_u8()).await;
    assert!(read.is_err(), "the server waits for the handshake");

    drop(streams);
    sleep(A_MOMENT).await;
    assert!(server.is_well().await);
}

#[tokio::test]
async fn a_flood_of_resets_harms_nobody() {
    let server = start().await;
    let stream = server.tls("localhost", &["h2"]).await;
    let (mut reader, mut writer) = tokio::io::split(stream);
    let drain = tokio::spawn(async move {
        let mut all = Vec::new();
        let _ = reader.read_to_end(&mut all).await;
    });
    let flood = async {
        writer.write_all(&h2::opening()).await?;
        for index in 0..20_000 {
            let stream_id = 2 * index + 1;
            let mut frames = h2::request(stream_id);
            frames.extend(h2::reset(stream_id));
            writer.write_all(&frames).await?;
        }
        std::io::Result::Ok(())
    };
    let (_, is_well) = tokio::join!(flood, server.is_well());
    assert!(is_well && server.is_well().await);
    drain.abort();
}

#[tokio::test]
async fn broken_frames_harm_nobody() {
    let server = start().await;
    for frames in [
        h2::frame(0x4, 0, 0, &[0; 5]),
        h2::frame(0x1, 0x4, 1, &[0xFF; 100]),
        h2::frame(0x9, 0, 1, &[]),
        h2::frame(0x8, 0, 0, &[0xFF; 4]),
        vec![0xFF; 100],
        // A header block that never ends.
        [
            h2::frame(0x1, 0, 1, &[0x82]),
            h2::frame(0x9, 0, 1, &[0x84; 1000]).repeat(200),
        ]
        .concat(),
    ] {
        let mut stream = server.tls("localhost", &["h2"]).await;
        let _ = stream.write_all(&[h2::opening(), frames].concat()).await;
        assert!(closed(&mut stream).await <= limits::HTTP2_IDLE + limits::SILENCE);
        assert!(server.is_well().await);
    }
}

/// Frames of HTTP/2 (RFC 9113 section 4.1), made by hand.
mod h2 {
    pub(super) fn frame(kind: u8, flags: u8, stream_id: u32, payload: &[u8]) -> Vec<u8> {
        let length = u32::try_from(payload.len()).unwrap().to_be_bytes();
        let mut frame = length[1..].to_vec();
        frame.extend([kind, flags]);
        frame.extend(stream_id.to_be_bytes());
        frame.extend(payload);
        frame
    }

    pub(super) fn opening() -> Vec<u8> {
        let mut bytes = b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n".to_vec();
        bytes.extend(frame(0x4, 0, 0, &[]));
        bytes
    }

    /// GET / of localhost, in HPACK (RFC 7541).
    pub(super) fn request(stream_id: u32) -> Vec<u8> {
        let block = [&[0x82, 0x87, 0x84, 0x41, 9], &b"localhost"[..]].concat();
        frame(0x1, 0x4 | 0x1, stream_id, &block)
    }

    pub(super) fn reset(stream_id: u32) -> Vec<u8> {
        frame(0x3, 0, stream_id, &8u32.to_be_bytes())
    }
}
