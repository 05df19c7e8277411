//! Control messages: `cmsg(3)`. One kind matters: to which of our addresses a
//! datagram was sent, and from which one the answer is to come (`IP_PKTINFO` in
//! `ip(7)`, RFC 3542 section 6).

use alloc::vec::Vec;
use core::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use crate::address::{Family, INTERFACE, to_v6};
use crate::errno::Errno;
use crate::limits;
use crate::user::UserSlice;

const IPPROTO_IP: u32 = 0;
const IP_PKTINFO: u32 = 8;
const IPPROTO_IPV6: u32 = 41;
const IPV6_PKTINFO: u32 = 50;

/// `struct cmsghdr`: length of it all (8), level (4), type (4).
const HEADER: usize = 16;
/// Messages begin at multiples of this.
const ALIGNMENT: usize = 8;

/// The address that `sendmsg` is to send from, if the control messages say.
pub(crate) fn load_source(address: u64, length: u64) -> Result<Option<IpAddr>, Errno> {
    if address == 0 || length == 0 {
        return Ok(None);
    }
    let slice = UserSlice::new(address, length.min(limits::CONTROL as u64));
    parse_source(slice.bytes()?)
}

fn parse_source(mut messages: &[u8]) -> Result<Option<IpAddr>, Errno> {
    let mut source = None;
    while messages.len() >= HEADER {
        let number = |at: usize| {
            let mut bytes = [0; 4];
            bytes.copy_from_slice(&messages[at..at + 4]);
            u32::from_le_bytes(bytes)
        };
        // The length has eight bytes; the upper half of a possible one is 0.
        let (length, level, kind) = (number(0) as usize, number(8), number(12));
        if number(4) != 0 || length < HEADER || length > messages.len() {
            return Err(Errno::EINVAL);
        }
        let data = &messages[HEADER..length];
        match (level, kind) {
            (IPPROTO_IP, IP_PKTINFO) => {
                // Interface, source, and what is filled in on receipt.
                let (_, rest) = data.split_first_chunk::<4>().ok_or(Errno::EINVAL)?;
                let address = rest.first_chunk::<4>().ok_or(Errno::EINVAL)?;
                source = Some(IpAddr::V4(Ipv4Addr::from(*address)));
            }
            (IPPROTO_IPV6, IPV6_PKTINFO) => {
                let address = data.first_chunk::<16>().ok_or(Errno::EINVAL)?;
                source = Some(IpAddr::V6(Ipv6Addr::from(*address)).to_canonical());
            }
            // Type of service, hop limit, segmentation: not for us.
            _ => {}
        }
        let next = length.next_multiple_of(ALIGNMENT).min(messages.len());
        messages = &messages[next..];
    }
    Ok(source.filter(|address| !address.is_unspecified()))
}

/// Adds a message that says to which address a datagram came.
pub(crate) fn append_packet_info(messages: &mut Vec<u8>, family: Family, local: IpAddr) {
    let (level, kind) = match family {
        Family::V4 => (IPPROTO_IP, IP_PKTINFO),
        Family::V6 => (IPPROTO_IPV6, IPV6_PKTINFO),
    };
    let mut data = Vec::new();
    match (family, local) {
        (Family::V4, IpAddr::V4(address)) => {
            data.extend(INTERFACE.to_le_bytes());
            data.extend(address.octets());
            data.extend(address.octets());
        }
        _ => {
            data.extend(to_v6(local).octets());
            data.extend(INTERFACE.to_le_bytes());
        }
    }
    messages.extend(((HEADER + data.len()) as u64).to_le_bytes());
    messages.extend(u32::to_le_bytes(level));
    messages.extend(u32::to_le_bytes(kind));
    messages.extend(data);
    messages.resize(messages.len().next_multiple_of(ALIGNMENT), 0);
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        /// A program answers with what it was told; so our own messages are
        /// read as the source they named.
        #[test]
        fn the_address_of_a_datagram_is_the_source_of_the_answer(local: IpAddr) {
            let local = local.to_canonical();
            for family in [Family::V4, Family::V6] {
                if family == Family::V4 && local.is_ipv6() || local.is_unspecified() {
                    continue;
                }
                let mut messages = Vec::new();
                append_packet_info(&mut messages, family, local);
                prop_assert_eq!(messages.len() % ALIGNMENT, 0);
                prop_assert_eq!(parse_source(&messages), Ok(Some(local)));
            }
        }

        #[test]
        fn any_bytes_are_read_or_refused(bytes in prop::collection::vec(any::<u8>(), 0..80)) {
            let _ = parse_source(&bytes);
        }
    }

    #[test]
    fn a_length_that_lies_is_refused() {
        let mut messages = Vec::new();
        append_packet_info(&mut messages, Family::V4, "192.0.2.1".parse().unwrap());
        for length in [0_u64, 15, 1000, 1 << 32, u64::MAX] {
            messages[..8].copy_from_slice(&length.to_le_bytes());
            assert_eq!(parse_source(&messages), Err(Errno::EINVAL));
        }
    }
}
