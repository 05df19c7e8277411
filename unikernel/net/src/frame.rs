//! Whose frame is it? Just enough parsing to find the socket.
//!
//! What is nobody's goes to smoltcp with an empty set, and is answered or
//! dropped by the rules. Some frames it must not get, because it would answer
//! them wrongly: fragments (it is built without reassembly, and would take one
//! for a whole packet), segments behind extension headers (found in no set, they
//! would be answered with a reset), and addresses that nobody may have (RFC 1122,
//! section 3.2.1.3; RFC 4291, section 2.5.2 and following). Among those is
//! 0.0.0.0: a DHCP server that says it is there would later be written to.

use smoltcp::wire::{
    EthernetAddress, EthernetFrame, EthernetProtocol, Icmpv6Message, Icmpv6Packet, IpAddress,
    IpEndpoint, IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket, UdpPacket,
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
    /// A UDP datagram.
    Datagram {
        /// To this endpoint.
        to: IpEndpoint,
        /// From this address.
        from: IpAddress,
    },
    /// News of a neighbour: ARP, or neighbour discovery.
    Neighbour,
    /// A router advertisement.
    Router,
    /// Anything else that is to be processed.
    Other,
    /// Not to be processed at all.
    Unwanted,
}

/// Looks at a frame.
pub(crate) fn classify(frame: &[u8]) -> Destination {
    parse(frame).unwrap_or(Destination::Other)
}

fn parse(frame: &[u8]) -> Option<Destination> {
    let frame = EthernetFrame::new_checked(frame).ok()?;
    let to_all = is_group(frame.dst_addr());
    match frame.ethertype() {
        EthernetProtocol::Arp => Some(Destination::Neighbour),
        EthernetProtocol::Ipv4 => {
            let packet = Ipv4Packet::new_checked(frame.payload()).ok()?;
            if packet.more_frags() || packet.frag_offset() != 0 {
                return Some(Destination::Unwanted);
            }
            let addresses = (packet.src_addr().into(), packet.dst_addr().into());
            transport(packet.next_header(), addresses, to_all, packet.payload())
        }
        EthernetProtocol::Ipv6 => {
            let packet = Ipv6Packet::new_checked(frame.payload()).ok()?;
            let addresses = (packet.src_addr().into(), packet.dst_addr().into());
            transport(packet.next_header(), addresses, to_all, packet.payload())
        }
        _ => Some(Destination::Unwanted),
    }
}

fn transport(
    protocol: IpProtocol,
    (from, to): (IpAddress, IpAddress),
    to_all: bool,
    payload: &[u8],
) -> Option<Destination> {
    if !is_plausible_source(from) || is_confined(to) {
        return Some(Destination::Unwanted);
    }
    match protocol {
        // TCP is between two: RFC 1122, section 4.2.3.10.
        IpProtocol::Tcp if to_all || !to.is_unicast() => Some(Destination::Unwanted),
        IpProtocol::Tcp => {
            let segment = TcpPacket::new_checked(payload).ok()?;
            let flow = Flow {
                local: IpEndpoint::new(to, segment.dst_port()),
                remote: IpEndpoint::new(from, segment.src_port()),
            };
            let opens = segment.syn() && !segment.ack() && !segment.rst() && !segment.fin();
            Some(Destination::Segment { flow, opens })
        }
        IpProtocol::Udp => {
            let datagram = UdpPacket::new_checked(payload).ok()?;
            Some(Destination::Datagram {
                to: IpEndpoint::new(to, datagram.dst_port()),
                from,
            })
        }
        IpProtocol::Icmpv6 => match Icmpv6Packet::new_checked(payload).ok()?.msg_type() {
            Icmpv6Message::NeighborAdvert | Icmpv6Message::NeighborSolicit => {
                Some(Destination::Neighbour)
            }
            Icmpv6Message::RouterAdvert => Some(Destination::Router),
            _ => None,
        },
        IpProtocol::HopByHop
        | IpProtocol::Ipv6Route
        | IpProtocol::Ipv6Frag
        | IpProtocol::Ipv6Opts => Some(Destination::Unwanted),
        _ => None,
    }
}

fn is_group(address: EthernetAddress) -> bool {
    address.is_broadcast() || address.is_multicast()
}

/// Whether a packet from outside can have come from there.
fn is_plausible_source(address: IpAddress) -> bool {
    address.is_unicast() && !is_confined(address)
}

/// Whether an address is never to be seen on a wire.
fn is_confined(address: IpAddress) -> bool {
    match address {
        IpAddress::Ipv4(address) => address.is_loopback(),
        IpAddress::Ipv6(address) => address.is_loopback() || address.to_ipv4_mapped().is_some(),
    }
}

/// Whether a frame that is being sent looks for a neighbour, or answers one who
/// does.
pub(crate) fn is_discovery(frame: &[u8]) -> bool {
    classify(frame) == Destination::Neighbour
}
