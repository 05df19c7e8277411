//! Whose frame is it? Just enough parsing to find the socket.
//!
//! What is odd (options, extension headers, fragments, truncation) is nobody's:
//! smoltcp gets it with an empty set, and answers or drops it by the rules.

use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, Icmpv6Message, Icmpv6Packet, IpAddress, IpEndpoint,
    IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket, UdpPacket,
};

/// The two ends of a TCP connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Flow {
    pub(crate) local: IpEndpoint,
    pub(crate) remote: IpEndpoint,
}

/// Whose frame it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Destination {
    /// A TCP segment.
    Segment {
        flow: Flow,
        /// It asks for a connection: SYN, and neither ACK nor RST.
        opens: bool,
    },
    /// A UDP datagram to this endpoint.
    Datagram(IpEndpoint),
    /// News of a neighbour: ARP, or neighbour discovery.
    Neighbour,
    /// A router advertisement.
    Router,
    /// Anything else.
    Other,
}

/// Looks at a frame.
pub(crate) fn classify(frame: &[u8]) -> Destination {
    parse(frame).unwrap_or(Destination::Other)
}

fn parse(frame: &[u8]) -> Option<Destination> {
    let frame = EthernetFrame::new_checked(frame).ok()?;
    match frame.ethertype() {
        EthernetProtocol::Arp => Some(Destination::Neighbour),
        EthernetProtocol::Ipv4 => {
            let packet = Ipv4Packet::new_checked(frame.payload()).ok()?;
            if packet.more_frags() || packet.frag_offset() != 0 {
                return None;
            }
            let (from, to) = (packet.src_addr().into(), packet.dst_addr().into());
            transport(packet.next_header(), from, to, packet.payload())
        }
        EthernetProtocol::Ipv6 => {
            let packet = Ipv6Packet::new_checked(frame.payload()).ok()?;
            let (from, to) = (packet.src_addr().into(), packet.dst_addr().into());
            transport(packet.next_header(), from, to, packet.payload())
        }
        _ => None,
    }
}

fn transport(
    protocol: IpProtocol,
    from: IpAddress,
    to: IpAddress,
    payload: &[u8],
) -> Option<Destination> {
    match protocol {
        IpProtocol::Tcp => {
            let segment = TcpPacket::new_checked(payload).ok()?;
            let flow = Flow {
                local: IpEndpoint::new(to, segment.dst_port()),
                remote: IpEndpoint::new(from, segment.src_port()),
            };
            let opens = segment.syn() && !segment.ack() && !segment.rst();
            Some(Destination::Segment { flow, opens })
        }
        IpProtocol::Udp => {
            let datagram = UdpPacket::new_checked(payload).ok()?;
            Some(Destination::Datagram(IpEndpoint::new(
                to,
                datagram.dst_port(),
            )))
        }
        IpProtocol::Icmpv6 => match Icmpv6Packet::new_checked(payload).ok()?.msg_type() {
            Icmpv6Message::NeighborAdvert | Icmpv6Message::NeighborSolicit => {
                Some(Destination::Neighbour)
            }
            Icmpv6Message::RouterAdvert => Some(Destination::Router),
            _ => None,
        },
        _ => None,
    }
}

/// Whether a frame that is being sent looks for a neighbour, or answers one who
/// does.
pub(crate) fn is_discovery(frame: &[u8]) -> bool {
    classify(frame) == Destination::Neighbour
}
