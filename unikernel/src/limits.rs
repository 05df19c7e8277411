//! Every limit of the server, in one place. Reaching one refuses the
//! newcomer and harms nobody who is being served.
//!
//! The numbers are chosen for a machine of 32 MiB. An HTTPS connection costs
//! the server 24 KiB when it is idle and 37 KiB in the middle of a large
//! response (measured over 500 of them), and the network stack its buffers.
//! A larger machine can serve more: `--connections`.

use std::time::Duration;

/// HTTPS connections open at once, unless `--connections` says otherwise.
pub const HTTPS_CONNECTIONS: usize = 256;
/// Plain HTTP connections open at once. They only carry redirects.
pub const HTTP_CONNECTIONS: usize = 64;
/// DNS over TCP connections open at once.
pub const DNS_CONNECTIONS: usize = 64;

/// How many of a service's connections one client address may have (one /64
/// with IPv6). Many visitors may come from one address, behind a proxy or a
/// forwarded port, but one address alone must not shut out all others.
pub const fn per_client(connections: usize) -> usize {
    connections - connections / 8
}

/// Connections that the system completes for us before we accept them.
pub const BACKLOG: u32 = 512;

/// From the TCP connection to the end of the TLS handshake.
pub const TLS_HANDSHAKE: Duration = Duration::from_secs(10);
/// Waiting for the first or the next HTTP/1.1 request: from the connection, or
/// from the end of the last response, to the end of the request's header.
pub const HTTP1_REQUEST: Duration = Duration::from_secs(30);
/// The same on port 80, where a client has one thing to say.
pub const REDIRECT_REQUEST: Duration = Duration::from_secs(10);
/// An HTTP/2 connection without a new request is told to go away after this.
pub const HTTP2_IDLE: Duration = Duration::from_secs(60);
/// A connection on which no byte moves in either direction is closed.
pub const SILENCE: Duration = Duration::from_secs(60);
/// A peer that takes nothing of what we are sending is cut off.
pub const WRITE_STALL: Duration = Duration::from_secs(20);
/// The longest that one connection may live, whatever it does.
pub const CONNECTION_AGE: Duration = Duration::from_secs(60 * 60);
/// A DNS over TCP connection without a complete query is closed
/// (RFC 7766 section 6.2.3 asks for a few seconds).
pub const DNS_IDLE: Duration = Duration::from_secs(10);
/// From the signal to the end, for connections that are being served.
pub const SHUTDOWN: Duration = Duration::from_millis(900);

/// How many directories above a path that leads nowhere, from the root on, are asked for
/// a page that says so. A path may be all slashes.
pub const NOT_FOUND_DEPTH: usize = 8;

/// Bytes of the header of one request, names and values together.
pub const HEADER_BYTES: usize = 16 * 1024;
/// The same for HTTP/2.
pub const HEADER_BYTES_HTTP2: u32 = 16 * 1024;
/// Header fields of one HTTP/1.1 request.
pub const HEADER_FIELDS: usize = 64;
/// Bytes that hyper buffers of one HTTP/1.1 connection.
pub const HTTP1_BUFFER: usize = 2 * HEADER_BYTES;
/// Bytes that rustls buffers for one connection that reads slowly.
pub const TLS_BUFFER: usize = 32 * 1024;

/// Requests at once on one HTTP/2 connection. A page here has a handful of
/// files; each request that waits costs memory that a small machine has not.
pub const HTTP2_STREAMS: u32 = 32;
/// Streams that a peer may reset before we have answered them
/// (CVE-2023-44487, "rapid reset").
pub const HTTP2_PENDING_RESETS: usize = 20;
/// Streams that we may have to reset because the peer broke the protocol.
pub const HTTP2_OWN_RESETS: usize = 64;
/// Bytes that a peer may send us on one stream, or on all streams together,
/// before we ask for more: nobody has anything to upload.
pub const HTTP2_RECEIVE_WINDOW: u32 = 64 * 1024 - 1;
/// Bytes of a response that wait in one HTTP/2 stream.
pub const HTTP2_SEND_BUFFER: usize = 16 * 1024;
/// The HTTP/2 frame size (RFC 9113 section 6.5.2: not under 2^14).
pub const HTTP2_FRAME: u32 = 16 * 1024;

/// After an error of `accept` (too many open files, for example).
pub const ACCEPT_PAUSE: Duration = Duration::from_millis(50);
/// Between two reports of refused connections.
pub const REPORT_PAUSE: Duration = Duration::from_secs(10);

/// Bytes of a DNS message over UDP, whatever more the client would take:
/// larger ones are fragmented, and fragments are forged or lost
/// (the DNS flag day 2020; RFC 9715).
pub const DNS_UDP_PAYLOAD: u16 = 1232;
/// Bytes of a query; longer ones are not read to their end.
pub const DNS_QUERY: usize = 4096;
/// Records in a query next to the question: EDNS, and at most a signature.
pub const DNS_ADDITIONAL: u16 = 2;
/// Links of one CNAME chain that are followed within a zone.
pub const DNS_ALIASES: usize = 8;

const _: () = assert!(per_client(DNS_CONNECTIONS) < DNS_CONNECTIONS);
const _: () = assert!(HEADER_BYTES_HTTP2 as usize == HEADER_BYTES);
// hyper refuses a smaller buffer, and a header has to fit in it.
const _: () = assert!(HTTP1_BUFFER >= 8192 && HTTP1_BUFFER > HEADER_BYTES);
const _: () = assert!(HTTP2_FRAME >= 1 << 14);
const _: () = assert!(WRITE_STALL.as_secs() < SILENCE.as_secs());
const _: () = assert!(DNS_UDP_PAYLOAD >= 512 && DNS_QUERY <= u16::MAX as usize);
