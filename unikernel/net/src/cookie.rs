//! SYN cookies: handshakes that only the peer remembers (RFC 4987, section 3.6).
//!
//! A flood of SYNs with forged addresses fills any number of places. When there
//! are no more, a SYN is answered, and forgotten: the number in the answer is a
//! hash of both ends, of the peer's own number, and of the time. Who
//! acknowledges that number got the answer, so the address is not forged. Only
//! then there is a connection: smoltcp is told of a SYN that looks like the one
//! of then, its answer is kept from the device, and the distance of the
//! [sequence numbers](crate::sequence) leads from its numbers to the cookie.
//!
//! What does not fit into a cookie is lost: such a connection scales no windows
//! and selects no acknowledgements.

use alloc::vec;
use alloc::vec::Vec;
use core::hash::{Hash as _, Hasher as _};

use siphasher::sip::SipHasher13;
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::time::Instant;
use smoltcp::wire::{
    EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, IpProtocol, IpRepr, Ipv4Packet,
    Ipv4Repr, Ipv6Packet, TcpControl, TcpPacket, TcpRepr, TcpSeqNumber,
};

use crate::device::Link;
use crate::frame::Flow;
use crate::listener::Admission;
use crate::sequence::Sequence;
use crate::stack::{Socket, Stack};
use crate::{SocketId, limits};

/// Of the peer's segments. The largest that it allows is in the cookie.
const SEGMENT_SIZES: [u16; 8] = [64, 216, 536, 1220, 1340, 1400, 1440, 1460];
/// What is assumed when a SYN does not say: RFC 9293, section 3.7.1.
const DEFAULT_SEGMENT_SIZE: u16 = 536;
const SIZE_BITS: u32 = SEGMENT_SIZES.len().ilog2();

/// Makes cookies, and knows them again.
#[derive(Debug)]
pub(crate) struct Cookies {
    key: u64,
    last: Option<Instant>,
}

impl Cookies {
    pub(crate) const fn new(key: u64) -> Self {
        Self { key, last: None }
    }

    /// The cookie for a peer that began with the number `theirs`.
    fn give(&mut self, flow: &Flow, theirs: TcpSeqNumber, largest: u16, now: Instant) -> u32 {
        self.last = Some(now);
        let fits = |size: &u16| *size <= largest;
        let index = SEGMENT_SIZES.iter().rposition(fits).unwrap_or(0);
        self.cookie(flow, theirs, period(now), index as u32)
    }

    /// The size of segments in a cookie that was given not long ago.
    fn check(&self, flow: &Flow, theirs: TcpSeqNumber, cookie: u32, now: Instant) -> Option<u16> {
        let index = cookie & ((1 << SIZE_BITS) - 1);
        [0, 1]
            .iter()
            .any(|age| self.cookie(flow, theirs, period(now) - age, index) == cookie)
            .then(|| SEGMENT_SIZES[index as usize])
    }

    fn cookie(&self, flow: &Flow, theirs: TcpSeqNumber, period: i64, index: u32) -> u32 {
        let mut hasher = SipHasher13::new_with_keys(self.key, 0);
        flow.hash(&mut hasher);
        (theirs.0, period, index).hash(&mut hasher);
        (hasher.finish() as u32) << SIZE_BITS | index
    }

    /// Whether somebody may still come with one.
    fn may_come(&self, now: Instant) -> bool {
        let until = |last| last + limits::COOKIE_PERIOD * 2;
        self.last.is_some_and(|last| now < until(last))
    }
}

fn period(now: Instant) -> i64 {
    now.secs() / limits::COOKIE_PERIOD.secs() as i64
}

impl<L: Link> Stack<L> {
    /// Answers the SYN that waits in the device by a cookie.
    pub(crate) fn give_cookie(&mut self, flow: Flow) {
        let own = EthernetAddress(self.device.link.mac());
        let Some(syn) = self
            .device
            .waiting()
            .and_then(|frame| Opening::parse(frame, own))
        else {
            return;
        };
        let largest = syn.segment_size.unwrap_or(DEFAULT_SEGMENT_SIZE);
        let cookie = self.cookies.give(&flow, syn.number, largest, self.now);
        let mtu = self.device.mtu();
        self.counters.cookies_given += 1;
        self.device.send(&syn.answer(&flow, cookie, mtu));
    }

    /// A segment of no known connection waits in the device. If it brings a
    /// cookie the connection is made, as if its SYN had come now.
    pub(crate) fn redeem_cookie(&mut self, flow: Flow) -> Admission {
        let own = EthernetAddress(self.device.link.mac());
        if !self.cookies.may_come(self.now) {
            return Admission::NoListener;
        }
        let Some(segment) = self
            .device
            .waiting()
            .and_then(|frame| Opening::parse(frame, own))
        else {
            return Admission::NoListener;
        };
        let (Some(acknowledged), false) = (segment.acknowledged, segment.ends) else {
            return Admission::NoListener;
        };
        let theirs = TcpSeqNumber(segment.number.0.wrapping_sub(1));
        let cookie = acknowledged.0.wrapping_sub(1).cast_unsigned();
        let Some(size) = self.cookies.check(&flow, theirs, cookie, self.now) else {
            // Bytes may have come before those that bring the cookie.
            return match segment.carries_bytes {
                true => Admission::Refused,
                false => Admission::NoListener,
            };
        };
        let id = match self.admit_acknowledged(flow) {
            Admission::Admitted(id) => id,
            refusal => return refusal,
        };
        let frame = self.device.waiting().map(<[u8]>::to_vec);
        self.device.put(&segment.first(&flow, theirs, size));
        let is_begun = self.begin_at(id, cookie);
        if let Some(frame) = frame.filter(|_| is_begun) {
            self.device.put(&frame);
            self.counters.cookies_redeemed += 1;
            return Admission::Admitted(id);
        }
        // The peer's hardware address is not known: it will try again.
        self.forget_half_open(id);
        self.ask_for_neighbour(flow.remote.addr);
        Admission::Refused
    }

    /// Gives a new connection the SYN that waits in the device. Its answer goes
    /// nowhere: the peer has had one already, with this number.
    fn begin_at(&mut self, id: SocketId, number: u32) -> bool {
        let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
            return false;
        };
        self.counters.socket_polls += 1;
        self.interface
            .poll_ingress_single(self.now, &mut self.device, &mut connection.set);
        self.device.caught = Some(Vec::new());
        self.interface
            .poll_egress(self.now, &mut self.device, &mut connection.set);
        let mut answer = self.device.caught.take().unwrap_or_default();
        let Some(own) = Sequence::new(0).outgoing(&mut answer) else {
            return false;
        };
        connection.sequence = Sequence::new(number.wrapping_sub(own.0.cast_unsigned()));
        connection.sequence.outgoing(&mut answer);
        true
    }
}

/// What there is to know of a segment that may open a connection.
#[derive(Clone, Copy)]
struct Opening {
    own: EthernetAddress,
    peer: EthernetAddress,
    ethertype: EthernetProtocol,
    number: TcpSeqNumber,
    acknowledged: Option<TcpSeqNumber>,
    /// It is a SYN or a RST, too.
    ends: bool,
    carries_bytes: bool,
    window: u16,
    segment_size: Option<u16>,
}

impl Opening {
    /// None unless it is to us and all checksums are right.
    fn parse(frame: &[u8], own: EthernetAddress) -> Option<Self> {
        let checksums = ChecksumCapabilities::default();
        let ethernet = EthernetRepr::parse(&EthernetFrame::new_checked(frame).ok()?).ok()?;
        let payload = &frame[limits::ETHERNET_HEADER..];
        let (from, to, bytes) = match ethernet.ethertype {
            EthernetProtocol::Ipv4 => {
                let packet = Ipv4Packet::new_checked(payload).ok()?;
                let ip = Ipv4Repr::parse(&packet, &checksums).ok()?;
                (ip.src_addr.into(), ip.dst_addr.into(), packet.payload())
            }
            EthernetProtocol::Ipv6 => {
                let packet = Ipv6Packet::new_checked(payload).ok()?;
                let (from, to) = (packet.src_addr(), packet.dst_addr());
                (from.into(), to.into(), packet.payload())
            }
            _ => return None,
        };
        let segment = TcpPacket::new_checked(bytes).ok()?;
        let segment = TcpRepr::parse(&segment, &from, &to, &checksums).ok()?;
        (ethernet.dst_addr == own && ethernet.src_addr.is_unicast()).then_some(Self {
            own,
            peer: ethernet.src_addr,
            ethertype: ethernet.ethertype,
            number: segment.seq_number,
            acknowledged: segment.ack_number,
            ends: matches!(segment.control, TcpControl::Syn | TcpControl::Rst),
            carries_bytes: !segment.payload.is_empty(),
            window: segment.window_len,
            segment_size: segment.max_seg_size.filter(|size| *size != 0),
        })
    }

    /// SYN and ACK, with this number.
    fn answer(&self, flow: &Flow, number: u32, mtu: usize) -> Vec<u8> {
        const TCP_HEADER: usize = 20;
        let answer = TcpRepr {
            src_port: flow.local.port,
            dst_port: flow.remote.port,
            seq_number: TcpSeqNumber(number.cast_signed()),
            ack_number: Some(self.number + 1),
            window_len: limits::RECEIVE_BUFFER as u16,
            ..SYN
        };
        let ip = IpRepr::new(flow.local.addr, flow.remote.addr, IpProtocol::Tcp, 0, 64);
        let largest = mtu - ip.header_len() - TCP_HEADER;
        let answer = TcpRepr {
            max_seg_size: Some(largest as u16),
            ..answer
        };
        self.frame((self.own, self.peer), ip, &answer)
    }

    /// The SYN that came before, as far as a cookie remembers it.
    fn first(&self, flow: &Flow, number: TcpSeqNumber, segment_size: u16) -> Vec<u8> {
        let syn = TcpRepr {
            src_port: flow.remote.port,
            dst_port: flow.local.port,
            seq_number: number,
            window_len: self.window,
            max_seg_size: Some(segment_size),
            ..SYN
        };
        let ip = IpRepr::new(flow.remote.addr, flow.local.addr, IpProtocol::Tcp, 0, 64);
        self.frame((self.peer, self.own), ip, &syn)
    }

    fn frame(
        &self,
        (from, to): (EthernetAddress, EthernetAddress),
        mut ip: IpRepr,
        segment: &TcpRepr<'_>,
    ) -> Vec<u8> {
        let checksums = ChecksumCapabilities::default();
        let ethernet = EthernetRepr {
            src_addr: from,
            dst_addr: to,
            ethertype: self.ethertype,
        };
        ip.set_payload_len(segment.buffer_len());
        let mut bytes = vec![0; ethernet.buffer_len() + ip.buffer_len()];
        let mut frame = EthernetFrame::new_unchecked(&mut bytes);
        ethernet.emit(&mut frame);
        ip.emit(frame.payload_mut(), &checksums);
        segment.emit(
            &mut TcpPacket::new_unchecked(&mut frame.payload_mut()[ip.header_len()..]),
            &ip.src_addr(),
            &ip.dst_addr(),
            &checksums,
        );
        bytes
    }
}

/// A SYN with nothing in it.
const SYN: TcpRepr<'static> = TcpRepr {
    src_port: 0,
    dst_port: 0,
    control: TcpControl::Syn,
    seq_number: TcpSeqNumber(0),
    ack_number: None,
    window_len: 0,
    window_scale: None,
    max_seg_size: None,
    sack_permitted: false,
    sack_ranges: [None, None, None],
    timestamp: None,
    payload: &[],
};

#[cfg(test)]
mod tests {
    use super::*;
    use crate::IpEndpoint;
    use crate::tests::{server, server_v6};
    use proptest::prelude::*;

    fn flow(port: u16) -> Flow {
        let local = if port.is_multiple_of(2) {
            server()
        } else {
            server_v6()
        };
        Flow {
            local,
            remote: IpEndpoint::new(local.addr, port),
        }
    }

    proptest! {
        #[test]
        fn a_cookie_is_good_for_its_flow_and_for_a_while(
            key: u64, port: u16, number: i32, largest: u16, millis in 0..100_000_i64,
        ) {
            let number = TcpSeqNumber(number);
            let given = Instant::from_millis(millis);
            let mut cookies = Cookies::new(key);
            prop_assert!(!cookies.may_come(given));
            let cookie = cookies.give(&flow(port), number, largest, given);
            let soon = given + limits::COOKIE_PERIOD;
            prop_assert!(cookies.may_come(soon));
            let size = cookies.check(&flow(port), number, cookie, soon);
            prop_assert!(size.is_some_and(|size| size <= largest.max(64)));
            // Another flow, number, cookie or time.
            let other = flow(port.wrapping_add(2));
            prop_assert_eq!(cookies.check(&other, number, cookie, soon), None);
            prop_assert_eq!(cookies.check(&flow(port), number + 1, cookie, soon), None);
            let changed = cookie ^ 1;
            prop_assert_eq!(cookies.check(&flow(port), number, changed, soon), None);
            let late = given + limits::COOKIE_PERIOD * 2;
            prop_assert!(!cookies.may_come(late));
            prop_assert_eq!(cookies.check(&flow(port), number, cookie, late), None);
        }
    }
}
