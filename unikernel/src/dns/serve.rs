//! DNS on the network: one task for UDP, one for each connection over TCP
//! (RFC 7766). Answers need no waiting, so a datagram needs no task.

use std::io;
use std::net::SocketAddr;
use std::sync::Arc;

use hickory_server::net::xfer::Protocol;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpStream, UdpSocket};
use tokio::time::timeout;

use super::Zones;
use super::respond::respond;
use crate::limits;
use crate::listener::Arrival;
use crate::shutdown::Shutdown;

/// Answers datagrams until the shutdown.
pub async fn udp(socket: UdpSocket, zones: Arc<Zones>, mut shutdown: Shutdown) {
    let mut buffer = vec![0; limits::DNS_QUERY];
    loop {
        let received = tokio::select! {
            biased;
            () = shutdown.begun() => return,
            received = socket.recv_from(&mut buffer) => received,
        };
        match received {
            Ok((length, client)) => {
                let query = buffer.get(..length).unwrap_or_default();
                if let Some(response) = respond(&zones, query, client, Protocol::Udp) {
                    // Where there is no room the response is lost, as
                    // datagrams are, and the client asks again.
                    let _ = socket.try_send_to(&response, client);
                }
            }
            // What comes back for an earlier response (ECONNREFUSED, say), or
            // a lack of memory. Not trying at once keeps the CPU free.
            Err(_) => tokio::time::sleep(limits::ACCEPT_PAUSE).await,
        }
    }
}

/// Answers the queries of one connection until it ends.
pub async fn tcp(mut arrival: Arrival, zones: Arc<Zones>) {
    let Ok(client) = arrival.stream.peer_addr() else {
        return;
    };
    // What goes wrong here is the client's affair.
    tokio::select! {
        () = arrival.shutdown.begun() => {}
        _ = converse(&mut arrival.stream, client, &zones) => {}
    }
}

async fn converse(stream: &mut TcpStream, client: SocketAddr, zones: &Zones) -> io::Result<()> {
    let mut query = Vec::new();
    loop {
        timeout(limits::DNS_IDLE, read_query(stream, &mut query)).await??;
        let Some(response) = respond(zones, &query, client, Protocol::Tcp) else {
            return Ok(());
        };
        let Ok(length) = u16::try_from(response.len()) else {
            return Ok(());
        };
        // One segment for both: RFC 7766 section 8.
        let message = [&length.to_be_bytes(), response.as_slice()].concat();
        timeout(limits::DNS_IDLE, stream.write_all(&message)).await??;
    }
}

async fn read_query(stream: &mut TcpStream, query: &mut Vec<u8>) -> io::Result<()> {
    let length = usize::from(stream.read_u16().await?);
    if length > limits::DNS_QUERY {
        return Err(io::ErrorKind::InvalidData.into());
    }
    query.resize(length, 0);
    stream.read_exact(query).await?;
    Ok(())
}
