//! What the program does with UDP sockets.

use smoltcp::socket::udp::{SendError, UdpMetadata};
use smoltcp::wire::{IpAddress, IpEndpoint, IpVersion};

use crate::datagram::DatagramSocket;
use crate::device::Link;
use crate::outbox::Posted;
use crate::stack::{Socket, Stack};
use crate::{Endpoint, Error, SocketId, limits};

/// A datagram that has come.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Datagram {
    /// Bytes in the caller's buffer.
    pub length: usize,
    /// Bytes that it had: more, when the buffer was too small.
    pub original_length: usize,
    /// Who sent it.
    pub remote: IpEndpoint,
    /// To which of our addresses.
    pub local: Option<IpAddress>,
}

impl<L: Link> Stack<L> {
    /// Binds a socket; with port 0, to a free port.
    ///
    /// # Errors
    /// When another socket has the endpoint, the address is not ours, or there
    /// are too many sockets.
    pub fn udp_bind(&mut self, local: Endpoint) -> Result<SocketId, Error> {
        if self.datagrams.len() >= limits::BOUND_SOCKETS {
            return Err(Error::LimitReached);
        }
        if !self.may_bind(&local) {
            return Err(Error::AddressNotAvailable);
        }
        let local = match local.port {
            0 => Endpoint {
                port: self.free_datagram_port()?,
                ..local
            },
            _ => local,
        };
        if self
            .datagrams
            .iter()
            .any(|(other, _)| other.overlaps(&local))
        {
            return Err(Error::AddressInUse);
        }
        let socket = DatagramSocket::new(local).ok_or(Error::AddressNotAvailable)?;
        let id = self.sockets.insert(Socket::Datagram(socket));
        self.datagrams.push((local, id));
        Ok(id)
    }

    fn free_datagram_port(&mut self) -> Result<u16, Error> {
        let count = limits::EPHEMERAL_PORTS.len() as u16;
        let start = self.next_port();
        (0..count)
            .map(|step| limits::EPHEMERAL_PORTS.start() + (start.wrapping_add(step)) % count)
            .find(|&port| self.datagrams.iter().all(|(local, _)| local.port != port))
            .ok_or(Error::LimitReached)
    }

    /// Sends one datagram, from `from` if that is given.
    ///
    /// # Errors
    /// [`Error::WouldBlock`] when there is no room in the device;
    /// [`Error::MessageTooLong`] when it does not fit one packet: datagrams are
    /// not fragmented.
    pub fn udp_send(
        &mut self,
        id: SocketId,
        bytes: &[u8],
        remote: IpEndpoint,
        from: Option<IpAddress>,
    ) -> Result<(), Error> {
        let Some(Socket::Datagram(socket)) = self.sockets.get(id) else {
            return Err(Error::NoSuchSocket);
        };
        const UDP_HEADER: usize = 8;
        let headers = UDP_HEADER
            + match remote.addr.version() {
                IpVersion::Ipv4 => 20,
                IpVersion::Ipv6 => 40,
            };
        if bytes.len() + headers > self.device.mtu() {
            return Err(Error::MessageTooLong);
        }
        let local = socket.local;
        let source = from
            .filter(|from| !from.is_unspecified())
            .or(local.specific());
        let source = self.source(source, remote.addr)?;
        if !self.device.link.can_transmit() {
            self.wait_for_turn(id);
            return Err(Error::WouldBlock);
        }
        let mut metadata = UdpMetadata::from(remote);
        metadata.local_address = Some(source);
        self.counters.socket_polls += 1;
        let discoveries = self.device.discoveries;
        let posted = self.outbox.post(
            &mut self.interface,
            &mut self.device,
            (local, bytes, metadata),
            self.now,
        );
        if self.device.discoveries == discoveries && posted != Ok(Posted::Sent) {
            self.ask_for_neighbour(remote.addr);
        }
        self.device.flush();
        match posted {
            Ok(Posted::HeldForAnother) => self.counters.datagrams_dropped += 1,
            Ok(Posted::Sent | Posted::Held) => {}
            Err(SendError::BufferFull) => return Err(Error::MessageTooLong),
            Err(SendError::Unaddressable) => return Err(Error::Unreachable),
        }
        Ok(())
    }

    /// Takes the oldest datagram that has come.
    ///
    /// # Errors
    /// [`Error::WouldBlock`] when none has.
    pub fn udp_recv(&mut self, id: SocketId, buffer: &mut [u8]) -> Result<Datagram, Error> {
        let Some(Socket::Datagram(socket)) = self.sockets.get_mut(id) else {
            return Err(Error::NoSuchSocket);
        };
        let (bytes, metadata) = socket.socket_mut().recv().map_err(|_| Error::WouldBlock)?;
        let length = bytes.len().min(buffer.len());
        buffer[..length].copy_from_slice(&bytes[..length]);
        Ok(Datagram {
            length,
            original_length: bytes.len(),
            remote: metadata.endpoint,
            local: metadata.local_address,
        })
    }

    pub(crate) fn close_datagrams(&mut self, id: SocketId) {
        self.datagrams.retain(|(_, other)| *other != id);
        self.sockets.remove(id);
    }
}
