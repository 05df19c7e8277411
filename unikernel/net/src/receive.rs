//! The way of a frame from the device to its socket.

use smoltcp::socket::tcp::State;
use smoltcp::wire::{IpAddress, IpEndpoint};

use crate::connection::{Cause, Stage};
use crate::device::Link;
use crate::frame::{self, Destination, Flow};
use crate::listener::Admission;
use crate::stack::{Socket, Stack};

impl<L: Link> Stack<L> {
    /// One frame, from the device to its socket. False when there is none, or
    /// no room for an answer to it.
    pub(crate) fn receive(&mut self) -> bool {
        if !self.device.link.can_transmit() {
            return false;
        }
        let Some(frame) = self.device.fetch() else {
            return false;
        };
        self.counters.frames += 1;
        match frame::classify(frame) {
            Destination::Segment { flow, opens } => self.receive_segment(flow, opens),
            Destination::Datagram { to, from } => self.receive_datagram(to, from),
            Destination::Neighbour => {
                self.process_for_nobody();
                self.waiting.has_neighbour_news = true;
            }
            Destination::Router => {
                self.addresses
                    .advertisement(frame, &mut self.interface, self.now);
                self.process_for_nobody();
                self.waiting.has_neighbour_news = true;
            }
            Destination::Other => self.process_for_nobody(),
            Destination::Unwanted => self.drop_frame(),
        }
        true
    }

    fn receive_segment(&mut self, flow: Flow, opens: bool) {
        if !self.is_between_us(flow.local.addr, flow.remote.addr) {
            return self.drop_frame();
        }
        let mut known = self.flows.get(&flow).copied();
        // A new connection from a port that an old one has just left (RFC 6191).
        // What has come by the old one can still be read.
        if opens
            && let Some(id) = known
            && let Some(Socket::Connection(connection)) = self.sockets.get(id)
            && connection.seen.state == State::TimeWait
        {
            match connection.stage {
                Stage::Closing(_) => self.abandon(id),
                _ => self.unlink(id),
            }
            known = None;
        }
        let admission = match known {
            Some(id) => Admission::Admitted(id),
            None if opens => self.admit(flow),
            None => self.redeem_cookie(flow),
        };
        let id = match admission {
            Admission::Admitted(id) => id,
            Admission::NoListener => return self.process_for_nobody(),
            Admission::Unremembered => {
                self.give_cookie(flow);
                return self.device.drop_frame();
            }
            // No answer, so that the peer tries again.
            Admission::Refused => {
                self.counters.refused += 1;
                return self.device.drop_frame();
            }
        };
        if let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) {
            self.counters.socket_polls += 1;
            self.device.readdress(&mut connection.sequence);
            self.device.sequence = Some(connection.sequence);
            self.interface
                .poll_ingress_single(self.now, &mut self.device, &mut connection.set);
            if let Some(sequence) = self.device.sequence.take() {
                connection.sequence = sequence;
            }
        }
        self.advance(id, Cause::Segment);
        // A cookie lets in beyond the limit, but only who completes the handshake.
        if self.half_open.len() > self.limits.half_open {
            self.forget_half_open(id);
        }
    }

    fn receive_datagram(&mut self, to: IpEndpoint, from: IpAddress) {
        const DHCP_CLIENT: u16 = 68;
        if to.port == DHCP_CLIENT
            && let Some(set) = self.addresses.dhcp_sockets()
        {
            self.interface
                .poll_ingress_single(self.now, &mut self.device, set);
            return self.poll_addresses_now();
        }
        if !self.is_between_us(to.addr, from) {
            return self.drop_frame();
        }
        let receiver = self.datagrams.iter().find(|(local, _)| local.accepts(to));
        let Some(&(_, id)) = receiver else {
            return self.process_for_nobody();
        };
        let Some(Socket::Datagram(socket)) = self.sockets.get_mut(id) else {
            return self.drop_frame();
        };
        self.counters.socket_polls += 1;
        let before = socket.socket().recv_queue();
        self.interface
            .poll_ingress_single(self.now, &mut self.device, &mut socket.set);
        if socket.socket().can_recv() && before < socket.socket().recv_queue() {
            self.mark_changed(id);
        } else {
            self.counters.datagrams_dropped += 1;
        }
    }

    /// Whether a packet is to us, and from somebody else.
    fn is_between_us(&self, to: IpAddress, from: IpAddress) -> bool {
        self.interface.has_ip_addr(to) && !self.interface.has_ip_addr(from)
    }

    /// smoltcp answers what is nobody's: ARP, neighbour discovery, echo
    /// requests, and resets and "unreachable" for ports that nobody has.
    fn process_for_nobody(&mut self) {
        self.interface
            .poll_ingress_single(self.now, &mut self.device, &mut self.nobody);
    }

    fn drop_frame(&mut self) {
        self.counters.frames_dropped += 1;
        self.device.drop_frame();
    }
}
