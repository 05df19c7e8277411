//! Socket addresses, `struct sockaddr_in` and `struct sockaddr_in6`: `ip(7)`,
//! `ipv6(7)`.
//!
//! Inside, an IPv4 address is an IPv4 address. A program with an IPv6 socket
//! sees it as `::ffff:a.b.c.d` (RFC 4291 section 2.5.5.2).

use core::net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr};

use crate::errno::Errno;
use crate::user::{self, UserSlice};

pub(crate) const AF_UNSPEC: u16 = 0;
pub(crate) const AF_INET: u16 = 2;
pub(crate) const AF_INET6: u16 = 10;

/// `struct sockaddr_in`: family, port, address, and eight bytes of nothing.
const LENGTH_V4: usize = 16;
/// `struct sockaddr_in6`: family, port, flow, address, scope.
const LENGTH_V6: usize = 28;
/// Without the scope, as RFC 2133 had it.
const OLD_LENGTH_V6: usize = 24;
/// `struct sockaddr_storage`.
const LENGTH_MOST: u64 = 128;

/// The interface that a link-local address belongs to: the only one.
pub(crate) const INTERFACE: u32 = 2;

/// The address family of a socket.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Family {
    V4,
    V6,
}

/// What `connect` and `sendto` take: `AF_UNSPEC` takes a connection away.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Unspecified,
    Address(SocketAddr),
}

impl Family {
    pub(crate) fn number(self) -> u16 {
        match self {
            Self::V4 => AF_INET,
            Self::V6 => AF_INET6,
        }
    }

    /// The address that stands for all of the socket's addresses.
    pub(crate) fn any(self) -> IpAddr {
        match self {
            Self::V4 => IpAddr::V4(Ipv4Addr::UNSPECIFIED),
            Self::V6 => IpAddr::V6(Ipv6Addr::UNSPECIFIED),
        }
    }
}

/// The address at `address` for a socket of this family.
pub(crate) fn load(family: Family, address: u64, length: u64) -> Result<Name, Errno> {
    let length = length as u32 as u64;
    if length > LENGTH_MOST {
        return Err(Errno::EINVAL);
    }
    parse(family, UserSlice::new(address, length).bytes()?)
}

fn parse(family: Family, bytes: &[u8]) -> Result<Name, Errno> {
    let (number, rest) = bytes.split_first_chunk().ok_or(Errno::EINVAL)?;
    match (u16::from_ne_bytes(*number), family) {
        (AF_UNSPEC, _) => return Ok(Name::Unspecified),
        (AF_INET, Family::V4) if bytes.len() >= LENGTH_V4 => {}
        (AF_INET6, Family::V6) if bytes.len() >= OLD_LENGTH_V6 => {}
        (AF_INET, Family::V4) | (AF_INET6, Family::V6) => return Err(Errno::EINVAL),
        _ => return Err(Errno::EAFNOSUPPORT),
    }
    let (port, rest) = rest.split_first_chunk().ok_or(Errno::EINVAL)?;
    let address = match family {
        Family::V4 => rest.first_chunk::<4>().copied().map(IpAddr::from),
        Family::V6 => rest[4..].first_chunk::<16>().copied().map(IpAddr::from),
    };
    let address = address.ok_or(Errno::EINVAL)?.to_canonical();
    let port = u16::from_be_bytes(*port);
    Ok(Name::Address(SocketAddr::new(address, port)))
}

/// An address as the program gets it, and its length.
pub(crate) fn format(family: Family, name: SocketAddr) -> ([u8; LENGTH_V6], usize) {
    let mut bytes = [0; LENGTH_V6];
    bytes[..2].copy_from_slice(&family.number().to_ne_bytes());
    bytes[2..4].copy_from_slice(&name.port().to_be_bytes());
    match family {
        Family::V4 => {
            let address = match name.ip() {
                IpAddr::V4(address) => address,
                // An IPv4 socket has no IPv6 peer; all it can have is none.
                IpAddr::V6(_) => Ipv4Addr::UNSPECIFIED,
            };
            bytes[4..8].copy_from_slice(&address.octets());
            (bytes, LENGTH_V4)
        }
        Family::V6 => {
            let address = to_v6(name.ip());
            bytes[8..24].copy_from_slice(&address.octets());
            if address.is_unicast_link_local() {
                bytes[24..].copy_from_slice(&INTERFACE.to_ne_bytes());
            }
            (bytes, LENGTH_V6)
        }
    }
}

/// An address on an IPv6 socket. "All" is the same in both.
pub(crate) fn to_v6(address: IpAddr) -> Ipv6Addr {
    match address {
        IpAddr::V4(Ipv4Addr::UNSPECIFIED) => Ipv6Addr::UNSPECIFIED,
        IpAddr::V4(address) => address.to_ipv6_mapped(),
        IpAddr::V6(address) => address,
    }
}

/// Gives an address to the program: as much as it has room for, and the
/// length it would have had.
pub(crate) fn store(
    family: Family,
    name: SocketAddr,
    address: u64,
    length_address: u64,
) -> Result<(), Errno> {
    if address == 0 {
        return Ok(());
    }
    let (bytes, length) = format(family, name);
    store_bytes(&bytes[..length], address, length_address)
}

/// The same, of an address that is bytes already.
pub(crate) fn store_bytes(bytes: &[u8], address: u64, length_address: u64) -> Result<(), Errno> {
    let room = user::load_u32(length_address)?;
    if room > i32::MAX as u32 {
        return Err(Errno::EINVAL);
    }
    let copied = bytes.len().min(room as usize);
    user::store(address, &bytes[..copied])?;
    user::store(length_address, &(bytes.len() as u32).to_le_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn an_address_comes_back(address: IpAddr, port: u16) {
            let address = address.to_canonical();
            for family in [Family::V4, Family::V6] {
                if family == Family::V4 && address.is_ipv6() || address == Family::V4.any() {
                    continue;
                }
                let name = SocketAddr::new(address, port);
                let (bytes, length) = format(family, name);
                let read = parse(family, &bytes[..length]);
                prop_assert_eq!(read, Ok(Name::Address(name)));
            }
        }

        #[test]
        fn any_bytes_are_an_address_or_an_error(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
            for family in [Family::V4, Family::V6] {
                let needed = match family { Family::V4 => LENGTH_V4, Family::V6 => OLD_LENGTH_V6 };
                let named = matches!(parse(family, &bytes), Ok(Name::Address(_)));
                prop_assert!(!named || bytes.len() >= needed);
            }
        }
    }

    #[test]
    fn an_ipv4_address_on_an_ipv6_socket_is_mapped() {
        let name: SocketAddr = "192.0.2.1:443".parse().unwrap();
        let (bytes, _) = format(Family::V6, name);
        let expected: Ipv6Addr = "::ffff:192.0.2.1".parse().unwrap();
        assert_eq!(bytes[8..24], expected.octets());
        assert_eq!(parse(Family::V6, &bytes), Ok(Name::Address(name)));
        let (all, _) = format(Family::V6, "0.0.0.0:443".parse().unwrap());
        assert_eq!(all[8..24], [0; 16]);
    }

    #[test]
    fn the_family_has_to_be_the_sockets() {
        let (v4, length) = format(Family::V4, "192.0.2.1:1".parse().unwrap());
        assert_eq!(parse(Family::V6, &v4[..length]), Err(Errno::EAFNOSUPPORT));
        assert_eq!(parse(Family::V4, &v4[..length - 1]), Err(Errno::EINVAL));
        assert_eq!(parse(Family::V4, &[0; 16]), Ok(Name::Unspecified));
    }

    #[test]
    fn a_link_local_address_has_a_scope() {
        let (bytes, _) = format(Family::V6, "[fe80::1]:53".parse().unwrap());
        assert_eq!(bytes[24..], INTERFACE.to_ne_bytes());
    }
}
