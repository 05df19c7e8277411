//! What the program does with UDP sockets.

use smoltcp::socket::udp::{SendError, UdpMetadata};
use smoltcp::wire::{IpAddress, IpEndpoint};

use crate::datagram::DatagramSocket;
use crate::device::Link;
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
        if local
            .address
            .is_some_and(|address| !self.interface.has_ip_addr(address))
        {
            return Err(Error::AddressNotAvailable);
        }
        let local = match local.port {
            0 => Endpoint {
                port: self.free_datagram_port()?,
                ..local
            },
            _ => local,
        };
        let overlaps = |other: Endpoint| {
            other.port == local.port
                && (other.address.is_none()
                    || local.address.is_none()
                    || other.address == local.address)
        };
        if self.datagrams.iter().any(|(other, _)| overlaps(*other)) {
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
    /// [`Error::WouldBlock`] when there is no room.
    pub fn udp_send(
        &mut self,
        id: SocketId,
        bytes: &[u8],
        remote: IpEndpoint,
        from: Option<IpAddress>,
    ) -> Result<(), Error> {
        let Some(Socket::Datagram(socket)) = self.sockets.get_mut(id) else {
            return Err(Error::NoSuchSocket);
        };
        // Datagrams are not fragmented: the largest that fits one packet.
        const HEADERS: usize = 40 + 8;
        if bytes.len() + HEADERS > self.device.mtu() {
            return Err(Error::MessageTooLong);
        }
        if from
            .or_else(|| self.interface.get_source_address(&remote.addr))
            .is_none()
        {
            return Err(Error::Unreachable);
        }
        let mut metadata = UdpMetadata::from(remote);
        metadata.local_address = from;
        socket
            .socket_mut()
            .send_slice(bytes, metadata)
            .map_err(|error| match error {
                SendError::BufferFull => Error::WouldBlock,
                SendError::Unaddressable => Error::Unreachable,
            })?;
        self.advance_datagrams(id);
        self.device.flush();
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

    /// Sends what waits in a UDP socket.
    pub(crate) fn advance_datagrams(&mut self, id: SocketId) {
        let Some(Socket::Datagram(socket)) = self.sockets.get_mut(id) else {
            return;
        };
        let was_full = !socket.socket().can_send();
        let sent_before = self.device.sent;
        let mut turns = 0;
        while turns < limits::BATCH && self.device.link.can_transmit() {
            self.counters.socket_polls += 1;
            let result = self
                .interface
                .poll_egress(self.now, &mut self.device, &mut socket.set);
            if result == smoltcp::iface::PollResult::None {
                break;
            }
            turns += 1;
        }
        let has_more = socket.socket().send_queue() > 0;
        if has_more && (turns == limits::BATCH || !self.device.link.can_transmit()) {
            if !socket.waits_for_room {
                socket.waits_for_room = true;
                self.waiting_for_room.push_back(id);
            }
        } else if has_more && self.device.sent == sent_before && !socket.waits_for_neighbour {
            socket.waits_for_neighbour = true;
            self.waiting_for_neighbour.push(id);
        }
        let deadline = self
            .interface
            .poll_at(self.now, &socket.set)
            .filter(|_| has_more && !socket.waits_for_room)
            .map(|at| at.max(self.now + limits::DEVICE_RETRY));
        self.timers.replace(id, socket.deadline, deadline);
        socket.deadline = deadline;
        if was_full && socket.socket().can_send() {
            self.mark_changed(id);
        }
    }

    pub(crate) fn close_datagrams(&mut self, id: SocketId) {
        self.datagrams.retain(|(_, other)| *other != id);
        if let Some(Socket::Datagram(socket)) = self.sockets.remove(id) {
            self.timers.replace(id, socket.deadline, None);
        }
    }
}
