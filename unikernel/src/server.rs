//! The server as a whole: [`Server::bind`] opens every socket, [`Server::run`]
//! serves until it is told to stop.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use tokio::net::{TcpListener, UdpSocket};
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::ServerConfig;

use crate::admission::Admission;
use crate::arguments::Options;
use crate::dns::{self, Zones};
use crate::listener::{self, BindError, accept};
use crate::site::Site;
use crate::{https, limits, shutdown};

/// A server with its sockets open.
#[derive(Debug)]
pub struct Server {
    https: TcpListener,
    http: TcpListener,
    dns_tcp: TcpListener,
    dns_udp: UdpSocket,
    https_port: u16,
    connections: usize,
}

/// Where a server listens.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Addresses {
    /// HTTPS.
    pub https: SocketAddr,
    /// Redirects to HTTPS.
    pub http: SocketAddr,
    /// DNS, over UDP and TCP.
    pub dns: SocketAddr,
}

impl Server {
    /// Opens the sockets that `options` asks for.
    ///
    /// # Errors
    ///
    /// When an address cannot be listened at.
    pub async fn bind(options: &Options) -> Result<Self, BindError> {
        let (dns_tcp, dns_udp) = listener::bind_both("DNS", options.dns).await?;
        Ok(Self {
            https: listener::bind("HTTPS", options.https)?,
            http: listener::bind("HTTP", options.http)?,
            dns_tcp,
            dns_udp,
            https_port: options.public_https_port,
            connections: options.connections,
        })
    }

    /// Where it listens, with the real ports where any would do.
    ///
    /// # Errors
    ///
    /// When the system does not say.
    pub fn addresses(&self) -> io::Result<Addresses> {
        Ok(Addresses {
            https: self.https.local_addr()?,
            http: self.http.local_addr()?,
            dns: self.dns_tcp.local_addr()?,
        })
    }

    /// Serves until `stop` is done, and then for a moment more, so that what
    /// is being served can be finished.
    pub async fn run(
        self,
        site: Site,
        zones: Zones,
        tls: Arc<ServerConfig>,
        stop: impl Future<Output = ()>,
    ) {
        let (switch, task) = shutdown::channel();
        let (site, zones) = (Arc::new(site), Arc::new(zones));
        tokio::spawn(dns::serve::udp(
            self.dns_udp,
            Arc::clone(&zones),
            task.clone(),
        ));
        tokio::spawn(accept(
            self.dns_tcp,
            Admission::new("DNS", limits::DNS_CONNECTIONS),
            task.clone(),
            move |arrival| dns::serve::tcp(arrival, Arc::clone(&zones)),
        ));
        let (redirected, https_port) = (Arc::clone(&site), self.https_port);
        tokio::spawn(accept(
            self.http,
            Admission::new("HTTP", limits::HTTP_CONNECTIONS),
            task.clone(),
            move |arrival| https::serve_redirects(arrival, Arc::clone(&redirected), https_port),
        ));
        let acceptor = TlsAcceptor::from(tls);
        tokio::spawn(accept(
            self.https,
            Admission::new("HTTPS", self.connections),
            task,
            move |arrival| https::serve_site(arrival, acceptor.clone(), Arc::clone(&site)),
        ));
        stop.await;
        switch.end(limits::SHUTDOWN).await;
    }
}
