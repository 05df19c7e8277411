//! Frames made by hand.

use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    EthernetAddress, EthernetFrame, EthernetProtocol, EthernetRepr, IpProtocol, IpRepr, TcpControl,
    TcpPacket, TcpRepr, TcpSeqNumber, UdpPacket, UdpRepr,
};

use super::*;

/// A TCP segment to the server.
#[derive(Clone, Copy)]
pub(crate) struct Segment {
    pub(crate) from: IpEndpoint,
    pub(crate) to: IpEndpoint,
    pub(crate) syn: bool,
    pub(crate) reset: bool,
    pub(crate) sequence: i32,
    pub(crate) acknowledges: Option<i32>,
    pub(crate) window: u16,
    /// What came after a gap.
    pub(crate) selects: Option<(u32, u32)>,
    pub(crate) payload: &'static [u8],
}

impl Default for Segment {
    fn default() -> Self {
        Self {
            from: IpEndpoint::new(v4(2).into(), 1234),
            to: server(),
            syn: false,
            reset: false,
            sequence: 0,
            acknowledges: None,
            window: 8192,
            selects: None,
            payload: &[],
        }
    }
}

pub(crate) fn segment(segment: Segment) -> Vec<u8> {
    let tcp = TcpRepr {
        src_port: segment.from.port,
        dst_port: segment.to.port,
        control: match (segment.syn, segment.reset) {
            (true, _) => TcpControl::Syn,
            (_, true) => TcpControl::Rst,
            _ => TcpControl::None,
        },
        seq_number: TcpSeqNumber(segment.sequence),
        ack_number: segment.acknowledges.map(TcpSeqNumber),
        window_len: segment.window,
        window_scale: None,
        max_seg_size: segment.syn.then_some(1460),
        sack_permitted: false,
        sack_ranges: [segment.selects, None, None],
        timestamp: None,
        payload: segment.payload,
    };
    let (from, to) = (segment.from.addr, segment.to.addr);
    packet(from, to, IpProtocol::Tcp, tcp.buffer_len(), |payload| {
        tcp.emit(
            &mut TcpPacket::new_unchecked(payload),
            &from,
            &to,
            &ChecksumCapabilities::default(),
        );
    })
}

/// A datagram from the host with this number to host 1.
pub(crate) fn datagram(from: IpEndpoint, to: IpEndpoint, bytes: &[u8]) -> Vec<u8> {
    let udp = UdpRepr {
        src_port: from.port,
        dst_port: to.port,
    };
    let length = udp.header_len() + bytes.len();
    packet(from.addr, to.addr, IpProtocol::Udp, length, |payload| {
        udp.emit(
            &mut UdpPacket::new_unchecked(payload),
            &from.addr,
            &to.addr,
            bytes.len(),
            |place| place.copy_from_slice(bytes),
            &ChecksumCapabilities::default(),
        );
    })
}

/// An IP packet in a frame to host 1.
pub(crate) fn packet(
    from: IpAddress,
    to: IpAddress,
    protocol: IpProtocol,
    length: usize,
    fill: impl FnOnce(&mut [u8]),
) -> Vec<u8> {
    let hop_limit = if protocol == IpProtocol::Icmpv6 {
        255
    } else {
        64
    };
    let ip = IpRepr::new(from, to, protocol, length, hop_limit);
    let ethertype = match from {
        IpAddress::Ipv4(_) => EthernetProtocol::Ipv4,
        IpAddress::Ipv6(_) => EthernetProtocol::Ipv6,
    };
    let ethernet = EthernetRepr {
        src_addr: EthernetAddress(mac(9)),
        dst_addr: EthernetAddress(mac(1)),
        ethertype,
    };
    let mut bytes = vec![0; ethernet.buffer_len() + ip.buffer_len()];
    let mut frame = EthernetFrame::new_unchecked(&mut bytes);
    ethernet.emit(&mut frame);
    ip.emit(frame.payload_mut(), &ChecksumCapabilities::default());
    fill(&mut frame.payload_mut()[ip.header_len()..]);
    bytes
}
