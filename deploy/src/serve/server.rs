//! The thread that serves, over plain HTTP/1.1.

use std::io;
use std::net::{IpAddr, Ipv4Addr, SocketAddr, TcpListener};
use std::sync::Arc;
use std::thread;

use anyhow::{Context as _, Result, anyhow};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use site_gen::Viewers;
use tokio::net::TcpStream;
use tokio::sync::{Semaphore, watch};

use super::answer::{Visit, answer};
use super::shown::{Edited, Shown};
use super::visitors::{OpenPages, Visitors};
use crate::limits::{REQUEST_PATIENCE, SERVE_CONNECTIONS};

/// What is shown now; nothing yet while the first site is built.
pub(super) type Stage = watch::Receiver<Option<Arc<Shown>>>;

/// A running server.
pub(super) struct Server {
    address: SocketAddr,
    stage: watch::Sender<Option<Arc<Shown>>>,
    pages: OpenPages,
}

impl Server {
    /// Listens, and answers from then on: after the first [`Server::show`].
    pub(super) fn listen(address: SocketAddr) -> Result<Self> {
        let listener = bind(address)?;
        let address = listener.local_addr()?;
        listener.set_nonblocking(true)?;
        let (stage, receiver) = watch::channel(None);
        let pages = OpenPages::default();
        let open = pages.clone();
        let runtime = tokio::runtime::Builder::new_current_thread()
            .enable_all()
            .build()
            .context("cannot start the server")?;
        thread::Builder::new()
            .name("serve".to_owned())
            .spawn(move || runtime.block_on(accept(listener, receiver, open)))?;
        Ok(Self {
            address,
            stage,
            pages,
        })
    }

    /// Where it listens.
    pub(super) fn address(&self) -> SocketAddr {
        self.address
    }

    /// The address as a browser on this machine may use it.
    pub(super) fn origin(&self) -> String {
        let mut address = self.address;
        if address.ip().is_unspecified() {
            address.set_ip(IpAddr::V4(Ipv4Addr::LOCALHOST));
        }
        format!("http://{address}")
    }

    /// From now on, this is what visitors see.
    pub(super) fn show(&self, shown: Shown) {
        self.stage.send_replace(Some(Arc::new(shown)));
    }

    /// Those who look, while what was edited is built.
    pub(super) fn viewers(&self, edited: Edited) -> Viewers {
        let (pages, stage) = (self.pages.clone(), self.stage.clone());
        Viewers::new(Arc::new(Visitors {
            pages,
            stage,
            edited,
        }))
    }

    /// Which site it is that visitors see a part of.
    pub(super) fn early(&self) -> Option<u64> {
        let shown = self.stage.borrow();
        let early = shown.as_deref().filter(|shown| shown.early.is_some());
        early.map(|shown| shown.number)
    }
}

fn bind(address: SocketAddr) -> Result<TcpListener> {
    TcpListener::bind(address).map_err(|error| match error.kind() {
        io::ErrorKind::AddrInUse => anyhow!(
            "port {} is taken on {}: expected a free one; \
             `fata serve --port 0` picks one",
            address.port(),
            address.ip()
        ),
        io::ErrorKind::AddrNotAvailable => anyhow!(
            "{} is no address of this machine: expected one for --listen",
            address.ip()
        ),
        io::ErrorKind::PermissionDenied => anyhow!(
            "port {} is for the administrator: expected one from 1024 on for --port",
            address.port()
        ),
        _ => anyhow!("cannot listen on {address}: {error}"),
    })
}

async fn accept(listener: TcpListener, stage: Stage, pages: OpenPages) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else {
        return;
    };
    let places = Arc::new(Semaphore::new(SERVE_CONNECTIONS));
    let local = listener
        .local_addr()
        .is_ok_and(|address| address.ip().is_loopback());
    loop {
        let Ok(place) = Arc::clone(&places).acquire_owned().await else {
            return;
        };
        // One that has gone already is no reason to stop.
        let Ok((stream, _)) = listener.accept().await else {
            continue;
        };
        let visit = Visit {
            stage: stage.clone(),
            pages: pages.clone(),
            local,
        };
        tokio::spawn(async move {
            converse(stream, visit).await;
            drop(place);
        });
    }
}

async fn converse(stream: TcpStream, visit: Visit) {
    // News is short and should not wait for more of it.
    stream.set_nodelay(true).unwrap_or_default();
    let service = service_fn(move |request| answer(visit.clone(), request));
    let connection = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(REQUEST_PATIENCE)
        .serve_connection(TokioIo::new(stream), service);
    // A browser that closes a connection in the middle is no error.
    connection.await.unwrap_or_default();
}
