//! HTTPS and HTTP connections: TLS, then HTTP/2 or HTTP/1.1 as agreed in the
//! handshake (ALPN, RFC 7301), each within its limits.

use std::convert::Infallible;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::{http1, http2};
use hyper::service::service_fn;
use hyper_util::rt::{TokioExecutor, TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncWrite};
use tokio::time::{Instant, sleep_until, timeout};
use tokio_rustls::TlsAcceptor;

use crate::http::{Answer, answer, redirect};
use crate::limits;
use crate::listener::Arrival;
use crate::patience::Patient;
use crate::shutdown::Shutdown;
use crate::site::Site;

/// Serves one connection on the HTTPS port until it ends.
pub async fn serve_site(arrival: Arrival, tls: TlsAcceptor, site: Arc<Site>) {
    let Arrival {
        stream,
        permit: _permit,
        mut shutdown,
    } = arrival;
    // Responses are written whole, so waiting for more to send gains nothing.
    let _ = stream.set_nodelay(true);
    let handshake = tls.accept_with(Patient::new(stream), |connection| {
        connection.set_buffer_limit(Some(limits::TLS_BUFFER));
    });
    // What does not speak TLS, or not in time, is closed.
    let stream = tokio::select! {
        () = shutdown.begun() => return,
        handshake = timeout(limits::TLS_HANDSHAKE, handshake) => match handshake {
            Ok(Ok(stream)) => stream,
            Ok(Err(_)) | Err(_) => return,
        },
    };
    let is_http2 = stream.get_ref().1.alpn_protocol() == Some(b"h2");
    let respond = move |request: &Request<Incoming>| answer::respond(&site, request);
    if is_http2 {
        serve_http2(stream, shutdown, respond).await;
    } else {
        serve_http1(stream, shutdown, limits::HTTP1_REQUEST, respond).await;
    }
}

/// Serves one connection on the HTTP port until it ends.
pub async fn serve_redirects(arrival: Arrival, site: Arc<Site>, https_port: u16) {
    let stream = Patient::new(arrival.stream);
    let respond =
        move |request: &Request<Incoming>| redirect::respond(site.hosts(), https_port, request);
    serve_http1(stream, arrival.shutdown, limits::REDIRECT_REQUEST, respond).await;
    drop(arrival.permit);
}

async fn serve_http1(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    shutdown: Shutdown,
    request_timeout: Duration,
    respond: impl Fn(&Request<Incoming>) -> Answer,
) {
    let service = service_fn(|request| {
        let answer = respond(&request);
        async { Ok::<Answer, Infallible>(answer) }
    });
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(request_timeout)
        .max_headers(limits::HEADER_FIELDS)
        .max_header_size(limits::HEADER_BYTES)
        .max_buf_size(limits::HTTP1_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let finish = http1::Connection::graceful_shutdown;
    // hyper itself ends the connection when the next request is late.
    let idle = std::future::pending();
    drive(pin!(connection), finish, idle, shutdown).await;
}

async fn serve_http2(
    stream: impl AsyncRead + AsyncWrite + Unpin,
    shutdown: Shutdown,
    respond: impl Fn(&Request<Incoming>) -> Answer,
) {
    let clock = RequestClock::new();
    let service = service_fn(|request| {
        clock.request();
        let answer = respond(&request);
        std::future::ready(Ok::<Answer, Infallible>(answer))
    });
    let connection = http2::Builder::new(TokioExecutor::new())
        .timer(TokioTimer::new())
        .max_concurrent_streams(limits::HTTP2_STREAMS)
        .max_pending_accept_reset_streams(limits::HTTP2_PENDING_RESETS)
        .max_local_error_reset_streams(limits::HTTP2_OWN_RESETS)
        .max_header_list_size(limits::HEADER_BYTES_HTTP2)
        .initial_stream_window_size(limits::HTTP2_RECEIVE_WINDOW)
        .initial_connection_window_size(limits::HTTP2_RECEIVE_WINDOW)
        .max_frame_size(limits::HTTP2_FRAME)
        .max_send_buf_size(limits::HTTP2_SEND_BUFFER)
        .serve_connection(TokioIo::new(stream), service);
    let finish = http2::Connection::graceful_shutdown;
    drive(pin!(connection), finish, clock.idle(), shutdown).await;
}

/// Runs a connection to its end. When it is idle, or the shutdown has begun,
/// it is told to `finish` what is being served; when it is too old, it is cut.
async fn drive<C, T>(
    mut connection: Pin<&mut C>,
    finish: fn(Pin<&mut C>),
    idle: impl Future<Output = ()>,
    mut shutdown: Shutdown,
) where
    C: Future<Output = hyper::Result<T>>,
{
    let too_old = sleep_until(Instant::now() + limits::CONNECTION_AGE);
    let mut too_old = pin!(too_old);
    // What goes wrong on a connection is its client's affair.
    tokio::select! {
        _ = connection.as_mut() => return,
        () = too_old.as_mut() => return,
        () = idle => {}
        () = shutdown.begun() => {}
    }
    finish(connection.as_mut());
    tokio::select! {
        _ = connection => {}
        () = too_old => {}
    }
}

/// When the last request came, so that an HTTP/2 connection which only
/// exchanges pings is seen to be idle.
struct RequestClock {
    start: Instant,
    /// Milliseconds after the start.
    last: AtomicU64,
}

impl RequestClock {
    fn new() -> Self {
        Self {
            start: Instant::now(),
            last: AtomicU64::new(0),
        }
    }

    fn request(&self) {
        let elapsed = self.start.elapsed().as_millis();
        let elapsed = u64::try_from(elapsed).unwrap_or(u64::MAX);
        self.last.store(elapsed, Ordering::Relaxed);
    }

    /// Returns when there has been no request for a while.
    async fn idle(&self) {
        loop {
            let last = Duration::from_millis(self.last.load(Ordering::Relaxed));
            let deadline = self.start + last + limits::HTTP2_IDLE;
            if deadline <= Instant::now() {
                return;
            }
            sleep_until(deadline).await;
        }
    }
}
