//! How far a connection has sent, and the acknowledgements that say so.
//!
//! When smoltcp has waited too long for an acknowledgement it goes back to the
//! first byte that is not acknowledged, and forgets that it had been further.
//! From then on its own acknowledgements carry sequence numbers that the peer
//! has passed: it must not believe them (RFC 9293, section 3.10.7.4). Two peers
//! that both do so never hear of each other again. So here the frontier is
//! remembered, and a segment without content gets SND.NXT as the RFC has it.

use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, IpAddress, IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket,
    TcpSeqNumber,
};

/// The sequence number after the last that a connection has sent, once it has
/// sent anything.
pub(crate) type Frontier = Option<TcpSeqNumber>;

/// Looks at a frame that a connection sends: moves the frontier, or puts it into
/// a segment that only acknowledges.
pub(crate) fn pass(frame: &mut [u8], frontier: &mut Frontier) {
    let mut frame = EthernetFrame::new_unchecked(frame);
    match frame.ethertype() {
        EthernetProtocol::Ipv4 => {
            let mut packet = Ipv4Packet::new_unchecked(frame.payload_mut());
            if packet.next_header() == IpProtocol::Tcp {
                let ends = (packet.src_addr().into(), packet.dst_addr().into());
                pass_segment(packet.payload_mut(), ends, frontier);
            }
        }
        EthernetProtocol::Ipv6 => {
            let mut packet = Ipv6Packet::new_unchecked(frame.payload_mut());
            if packet.next_header() == IpProtocol::Tcp {
                let ends = (packet.src_addr().into(), packet.dst_addr().into());
                pass_segment(packet.payload_mut(), ends, frontier);
            }
        }
        _ => {}
    }
}

fn pass_segment(segment: &mut [u8], ends: (IpAddress, IpAddress), frontier: &mut Frontier) {
    let mut segment = TcpPacket::new_unchecked(segment);
    if segment.rst() {
        return;
    }
    let start = segment.seq_number();
    let Some(reached) = *frontier else {
        *frontier = Some(start + segment.segment_len());
        return;
    };
    if segment.segment_len() > 0 {
        let end = start + segment.segment_len();
        if end > reached {
            *frontier = Some(end);
        }
    } else if start < reached {
        segment.set_seq_number(reached);
        segment.fill_checksum(&ends.0, &ends.1);
    }
}
