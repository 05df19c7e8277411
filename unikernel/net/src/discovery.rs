//! Asking for neighbours and routers: ARP (RFC 826) and neighbour discovery
//! (RFC 4861).
//!
//! smoltcp asks for neighbours, too, but for one in a second: who sends to many
//! that do not exist would keep us from the router. The stack asks for those
//! whose turn smoltcp says it is not: each once in a second.

use alloc::vec;
use alloc::vec::Vec;

use smoltcp::phy::ChecksumCapabilities;
use smoltcp::time::Instant;
use smoltcp::wire::{
    ArpOperation, ArpPacket, ArpRepr, EthernetAddress, EthernetFrame, EthernetProtocol,
    EthernetRepr, HardwareAddress, Icmpv6Packet, Icmpv6Repr, IpAddress, IpProtocol, Ipv4Address,
    Ipv6Address, Ipv6Packet, Ipv6Repr, NdiscRepr,
};

use crate::device::Link;
use crate::limits;
use crate::stack::Stack;

/// Neighbour discovery never leaves the link: RFC 4861, section 3.1.
pub(crate) const HOP_LIMIT: u8 = 255;
const ALL_ROUTERS: Ipv6Address = Ipv6Address::new(0xff02, 0, 0, 0, 0, 0, 0, 2);

/// Whom the stack has asked for, and when: not more than a second ago.
#[derive(Debug)]
pub(crate) struct Asked(Vec<(IpAddress, Instant)>);

impl Asked {
    pub(crate) const fn new() -> Self {
        Self(Vec::new())
    }

    /// Whether to ask for this neighbour now; if so, that is noted.
    fn may_ask(&mut self, neighbour: IpAddress, now: Instant) -> bool {
        self.0
            .retain(|(_, at)| now < *at + limits::NEIGHBOUR_INTERVAL);
        let may_ask = self.0.len() < limits::NEIGHBOURS_ASKED
            && self.0.iter().all(|(asked, _)| *asked != neighbour);
        if may_ask {
            self.0.push((neighbour, now));
        }
        may_ask
    }
}

impl<L: Link> Stack<L> {
    /// Asks for the neighbour through whom packets to `remote` go.
    pub(crate) fn ask_for_neighbour(&mut self, remote: IpAddress) {
        let routes = self.interface.routes();
        let is_near = |own: &smoltcp::wire::IpCidr| own.contains_addr(&remote);
        let next = if self.interface.ip_addrs().iter().any(is_near) {
            Some(remote)
        } else {
            match remote {
                IpAddress::Ipv4(_) => routes.get_default_ipv4_route(),
                IpAddress::Ipv6(_) => routes.get_default_ipv6_route(),
            }
            .map(|route| route.via_router)
        };
        let Some(next) = next.filter(|next| self.asked.may_ask(*next, self.now)) else {
            return;
        };
        let mac = EthernetAddress(self.device.link.mac());
        match (self.interface.get_source_address(&next), next) {
            (Some(IpAddress::Ipv4(source)), IpAddress::Ipv4(target)) => {
                self.device.send(&arp_request(mac, source, target));
            }
            (Some(IpAddress::Ipv6(source)), IpAddress::Ipv6(target)) => {
                self.device
                    .send(&neighbour_solicitation(mac, source, target));
            }
            _ => {}
        }
    }
}

/// Who has this address?
fn arp_request(mac: EthernetAddress, source: Ipv4Address, target: Ipv4Address) -> Vec<u8> {
    let request = ArpRepr::EthernetIpv4 {
        operation: ArpOperation::Request,
        source_hardware_addr: mac,
        source_protocol_addr: source,
        target_hardware_addr: EthernetAddress::BROADCAST,
        target_protocol_addr: target,
    };
    let ethernet = EthernetRepr {
        src_addr: mac,
        dst_addr: EthernetAddress::BROADCAST,
        ethertype: EthernetProtocol::Arp,
    };
    let mut bytes = vec![0; ethernet.buffer_len() + request.buffer_len()];
    let mut frame = EthernetFrame::new_unchecked(&mut bytes);
    ethernet.emit(&mut frame);
    request.emit(&mut ArpPacket::new_unchecked(frame.payload_mut()));
    bytes
}

/// RFC 4861, section 4.3.
fn neighbour_solicitation(
    mac: EthernetAddress,
    source: Ipv6Address,
    target: Ipv6Address,
) -> Vec<u8> {
    let [.., a, b, c] = target.octets();
    let group = [0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0xff, a, b, c];
    let message = NdiscRepr::NeighborSolicit {
        target_addr: target,
        lladdr: Some(HardwareAddress::Ethernet(mac).into()),
    };
    discovery_frame(mac, source, Ipv6Address::from(group), message)
}

/// RFC 4861, section 4.1.
pub(crate) fn router_solicitation(mac: EthernetAddress, source: Ipv6Address) -> Vec<u8> {
    let message = NdiscRepr::RouterSolicit {
        lladdr: Some(HardwareAddress::Ethernet(mac).into()),
    };
    discovery_frame(mac, source, ALL_ROUTERS, message)
}

/// A frame to a group: its hardware address is that of RFC 2464, section 7.
fn discovery_frame(
    mac: EthernetAddress,
    source: Ipv6Address,
    group: Ipv6Address,
    message: NdiscRepr<'_>,
) -> Vec<u8> {
    let message = Icmpv6Repr::Ndisc(message);
    let packet = Ipv6Repr {
        src_addr: source,
        dst_addr: group,
        next_header: IpProtocol::Icmpv6,
        payload_len: message.buffer_len(),
        hop_limit: HOP_LIMIT,
    };
    let [.., a, b, c, d] = group.octets();
    let ethernet = EthernetRepr {
        src_addr: mac,
        dst_addr: EthernetAddress([0x33, 0x33, a, b, c, d]),
        ethertype: EthernetProtocol::Ipv6,
    };
    let length = ethernet.buffer_len() + packet.buffer_len() + message.buffer_len();
    let mut bytes = vec![0; length];
    let mut frame = EthernetFrame::new_unchecked(&mut bytes);
    ethernet.emit(&mut frame);
    let mut ip = Ipv6Packet::new_unchecked(frame.payload_mut());
    packet.emit(&mut ip);
    message.emit(
        &source,
        &group,
        &mut Icmpv6Packet::new_unchecked(ip.payload_mut()),
        &ChecksumCapabilities::default(),
    );
    bytes
}
