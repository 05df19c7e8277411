//! Local ports, and finding free ones.

use std::io;
use std::net::{Ipv4Addr, TcpListener, UdpSocket};

/// The local ports of a guest, all on 127.0.0.1.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Ports {
    /// HTTPS, over TCP.
    pub https: u16,
    /// HTTP, over TCP.
    pub http: u16,
    /// DNS, over UDP and TCP.
    pub dns: u16,
}

/// A port that cannot be had.
#[derive(Debug)]
pub(super) struct Taken {
    pub(super) option: &'static str,
    pub(super) port: u16,
    pub(super) error: io::Error,
}

/// Ports that are held until the guest is about to take them.
pub(super) struct Held {
    pub(super) ports: Ports,
    _sockets: (TcpListener, TcpListener, (TcpListener, UdpSocket)),
}

impl Ports {
    /// Three free ports.
    pub const ANY: Self = Self {
        https: 0,
        http: 0,
        dns: 0,
    };

    /// Whether one of them is still to be chosen.
    pub fn are_open(&self) -> bool {
        [self.https, self.http, self.dns].contains(&0)
    }

    /// Chooses a free port where the port is 0, and makes sure that the others
    /// are free.
    pub(super) fn hold(&self) -> Result<Held, Taken> {
        let taken = |option, port| {
            move |error| Taken {
                option,
                port,
                error,
            }
        };
        let https = tcp(self.https).map_err(taken("--https", self.https))?;
        let http = tcp(self.http).map_err(taken("--http", self.http))?;
        let dns = both(self.dns).map_err(taken("--dns", self.dns))?;
        let port = |socket: &TcpListener| socket.local_addr().map(|address| address.port());
        let ports = Self {
            https: port(&https).map_err(taken("--https", self.https))?,
            http: port(&http).map_err(taken("--http", self.http))?,
            dns: port(&dns.0).map_err(taken("--dns", self.dns))?,
        };
        Ok(Held {
            ports,
            _sockets: (https, http, dns),
        })
    }
}

fn tcp(port: u16) -> io::Result<TcpListener> {
    TcpListener::bind((Ipv4Addr::LOCALHOST, port))
}

/// One port that is free in both transports.
fn both(port: u16) -> io::Result<(TcpListener, UdpSocket)> {
    const ATTEMPTS: usize = 100;
    let mut last = None;
    for _ in 0..if port == 0 { ATTEMPTS } else { 1 } {
        let tcp = tcp(port)?;
        match UdpSocket::bind(tcp.local_addr()?) {
            Ok(udp) => return Ok((tcp, udp)),
            Err(error) => last = Some(error),
        }
    }
    Err(last.unwrap_or_else(|| io::ErrorKind::AddrInUse.into()))
}
