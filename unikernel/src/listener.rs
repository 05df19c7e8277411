//! TCP listeners: opening one, and a loop of `accept` that nothing ends but
//! the shutdown.

use std::fmt;
use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr};
use std::sync::Arc;

use tokio::net::{TcpListener, TcpSocket, TcpStream, UdpSocket};

use crate::admission::{Admission, Permit};
use crate::limits;
use crate::shutdown::Shutdown;

/// Ports to try when any port would do, before giving up on finding one that
/// is free for TCP and for UDP.
const PORT_ATTEMPTS: usize = 16;

/// A socket that could not be opened.
#[derive(Debug)]
pub struct BindError {
    service: &'static str,
    address: SocketAddr,
    error: io::Error,
}

impl fmt::Display for BindError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self {
            service,
            address,
            error,
        } = self;
        write!(f, "cannot listen on {address} for {service}: {error}")
    }
}

impl std::error::Error for BindError {}

/// Listens at `address` on behalf of `service`.
///
/// # Errors
///
/// When the address cannot be listened at.
pub fn bind(service: &'static str, address: SocketAddr) -> Result<TcpListener, BindError> {
    let mut result = listen(address);
    if let (Err(error), Some(address)) = (&result, ipv4_instead(address))
        && no_ipv6(error)
    {
        result = listen(address);
    }
    result.map_err(|error| BindError {
        service,
        address,
        error,
    })
}

fn listen(address: SocketAddr) -> io::Result<TcpListener> {
    let socket = match address {
        SocketAddr::V4(_) => TcpSocket::new_v4()?,
        SocketAddr::V6(_) => TcpSocket::new_v6()?,
    };
    // A server that starts again does not wait for the connections of the last
    // one to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(limits::BACKLOG)
}

/// Listens for TCP and for UDP at the same port.
///
/// # Errors
///
/// When one of them cannot be listened at.
pub async fn bind_both(
    service: &'static str,
    address: SocketAddr,
) -> Result<(TcpListener, UdpSocket), BindError> {
    let fail = |error| BindError {
        service,
        address,
        error,
    };
    let mut attempts = if address.port() == 0 {
        PORT_ATTEMPTS
    } else {
        1
    };
    loop {
        let listener = bind(service, address)?;
        let same = listener.local_addr().map_err(fail)?;
        attempts -= 1;
        match UdpSocket::bind(same).await {
            Ok(socket) => return Ok((listener, socket)),
            Err(error) if error.kind() == io::ErrorKind::AddrInUse && attempts > 0 => {}
            Err(error) => return Err(fail(error)),
        }
    }
}

/// The IPv4 address for "everywhere", where `address` says so for IPv6.
fn ipv4_instead(address: SocketAddr) -> Option<SocketAddr> {
    let everywhere = address.is_ipv6() && address.ip().is_unspecified();
    everywhere.then(|| SocketAddr::new(IpAddr::V4(Ipv4Addr::UNSPECIFIED), address.port()))
}

/// Whether IPv6 is switched off here. Only `[::]` has something to fall back
/// to, and it means "everywhere".
fn no_ipv6(error: &io::Error) -> bool {
    const EAFNOSUPPORT: i32 = 97;
    const EADDRNOTAVAIL: i32 = 99;
    matches!(error.raw_os_error(), Some(EAFNOSUPPORT | EADDRNOTAVAIL))
}

/// A connection that was let in.
#[derive(Debug)]
pub struct Arrival {
    /// The connection.
    pub stream: TcpStream,
    /// Its place; to be dropped with the connection.
    pub permit: Permit,
    /// The task's part of the shutdown.
    pub shutdown: Shutdown,
}

/// Accepts connections until the shutdown, and spawns `serve` for each one
/// that is admitted. The others are closed.
pub async fn accept<F>(
    listener: TcpListener,
    admission: Arc<Admission>,
    mut shutdown: Shutdown,
    serve: impl Fn(Arrival) -> F,
) where
    F: Future<Output = ()> + Send + 'static,
{
    loop {
        let accepted = tokio::select! {
            biased;
            () = shutdown.begun() => return,
            accepted = listener.accept() => accepted,
        };
        match accepted {
            Ok((stream, peer)) => {
                if let Some(permit) = admission.admit(peer.ip()) {
                    let shutdown = shutdown.clone();
                    tokio::spawn(serve(Arrival {
                        stream,
                        permit,
                        shutdown,
                    }));
                }
            }
            Err(error) if of_the_connection(&error) => {}
            // Out of file descriptors or memory: connections that end will
            // bring some back. Trying at once would only burn the CPU.
            Err(_) => tokio::time::sleep(limits::ACCEPT_PAUSE).await,
        }
    }
}

/// Errors that belong to the connection that was to be accepted (accept(2),
/// "Error handling"), not to the listener.
fn of_the_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        io::ErrorKind::ConnectionAborted
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionRefused
            | io::ErrorKind::Interrupted
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_port_that_is_taken_is_named() {
        let first = bind("test", ([127, 0, 0, 1], 0).into()).unwrap();
        let address = first.local_addr().unwrap();
        let message = bind("HTTPS", address).unwrap_err().to_string();
        let expected = format!("cannot listen on {address} for HTTPS: ");
        assert!(message.starts_with(&expected), "{message}");
    }

    #[tokio::test]
    async fn both_protocols_share_a_port() {
        let (tcp, udp) = bind_both("DNS", ([127, 0, 0, 1], 0).into()).await.unwrap();
        assert_eq!(tcp.local_addr().unwrap(), udp.local_addr().unwrap());
        let taken = bind_both("DNS", udp.local_addr().unwrap()).await;
        assert!(taken.is_err());
    }

    #[test]
    fn only_everywhere_has_a_second_choice() {
        let second = |text: &str| ipv4_instead(text.parse().unwrap());
        assert_eq!(second("[::]:443"), Some(([0, 0, 0, 0], 443).into()));
        assert_eq!(second("[::1]:443"), None);
        assert_eq!(second("0.0.0.0:443"), None);
    }
}
