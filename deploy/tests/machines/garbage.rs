//! Nonsense on every port, and then a visitor who must notice nothing.

use std::time::Duration;

use deploy::limits::PROBE_TIMEOUT;
use deploy::probe::dns;
use rand_chacha::ChaCha8Rng;
use rand_chacha::rand_core::{Rng, SeedableRng as _};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use crate::harness::{Running, fixture, local};

/// How many times each kind of nonsense is sent.
const ROUNDS: usize = 8;
/// The same nonsense each time.
const SEED: u64 = 0x00fa_7a00;

pub(crate) async fn garbage_on_any_port_harms_nobody(running: &'static Running) {
    let mut random = ChaCha8Rng::seed_from_u64(SEED);
    let ports = running.ports();
    // Those who connect, send a little or nothing, and stay.
    let mut lingering = Vec::new();
    for round in 0..ROUNDS {
        for port in [ports.https, ports.http, ports.dns] {
            for nonsense in nonsense(&mut random) {
                send(port, &nonsense).await;
            }
            let mut silent = TcpStream::connect(local(port)).await.unwrap();
            silent
                .write_all(&b"\x16\x03\x01"[..round % 4])
                .await
                .unwrap();
            lingering.push(silent);
        }
        let socket = UdpSocket::bind(local(0)).await.unwrap();
        for nonsense in nonsense(&mut random) {
            let length = nonsense.len().min(1400);
            socket
                .send_to(&nonsense[..length], local(ports.dns))
                .await
                .unwrap();
        }
    }
    still_serves(running).await;
    drop(lingering);
    still_serves(running).await;
    assert_eq!(running.guest.exit(), None);
}

/// Random bytes, and things that begin as they should.
fn nonsense(random: &mut impl Rng) -> Vec<Vec<u8>> {
    let mut noise = vec![0; 3000];
    random.fill_bytes(&mut noise);
    let after = |start: &[u8]| [start, &noise[..]].concat();
    vec![
        noise.clone(),
        Vec::new(),
        // A TLS record that promises a ClientHello of 16 KiB.
        after(b"\x16\x03\x01\x40\x00\x01\x00\x3f\xfc\x03\x03"),
        // A request without an end, and one that makes no sense.
        [b"GET / HTTP/1.1\r\nx: ".to_vec(), vec![b'a'; 40_000]].concat(),
        b"\r\n\r\n\0\0 HTTP/9.9\r\nhost\r\n\r\n".to_vec(),
        // A DNS message with 65535 questions, as long as it gets.
        after(b"\xff\xff\x12\x34\x01\x00\xff\xff\xff\xff\xff\xff\xff\xff"),
        // A name that points to itself.
        b"\x00\x12\x12\x34\x01\x00\x00\x01\x00\x00\x00\x00\x00\x00\xc0\x0c\x00\x01\x00\x01"
            .to_vec(),
    ]
}

/// Sends, and reads for a moment what comes back. Being cut off is fine.
async fn send(port: u16, bytes: &[u8]) {
    let Ok(mut socket) = TcpStream::connect(local(port)).await else {
        return;
    };
    let exchange = async {
        socket.write_all(bytes).await?;
        socket.read_to_end(&mut Vec::new()).await
    };
    drop(timeout(Duration::from_millis(50), exchange).await);
}

async fn still_serves(running: &'static Running) {
    let mut client = running.http2().await;
    assert_eq!(client.get("/", &[]).await.status(), 200);
    dns::ask_soa(
        running.ports().dns,
        &fixture().built.site.domain,
        PROBE_TIMEOUT,
    )
    .unwrap();
}
