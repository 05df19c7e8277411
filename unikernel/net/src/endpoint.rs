//! Where a socket listens or is bound.

use smoltcp::wire::{IpAddress, IpEndpoint, IpListenEndpoint};

/// Where a socket listens: an address, or all of them, and a port.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Endpoint {
    /// None for all addresses, of both families; the unspecified address of
    /// one family for all addresses of that family.
    pub address: Option<IpAddress>,
    /// In host order.
    pub port: u16,
}

impl Endpoint {
    /// The one address that it is for; None when it is for many.
    pub(crate) fn specific(&self) -> Option<IpAddress> {
        self.address.filter(|address| !address.is_unspecified())
    }

    /// Whether what is sent to `destination` is for it.
    pub(crate) fn accepts(&self, destination: IpEndpoint) -> bool {
        self.port == destination.port && self.covers(destination.addr)
    }

    /// Whether there are destinations that are for both.
    pub(crate) fn overlaps(&self, other: &Self) -> bool {
        self.port == other.port
            && match (self.address, other.address) {
                (Some(own), Some(others)) => self.covers(others) || other.covers(own),
                _ => true,
            }
    }

    fn covers(&self, address: IpAddress) -> bool {
        match self.address {
            None => true,
            Some(own) if own.is_unspecified() => own.version() == address.version(),
            Some(own) => own == address,
        }
    }
}

impl From<Endpoint> for IpListenEndpoint {
    /// smoltcp's wildcard is for both families: the stack has looked before.
    fn from(endpoint: Endpoint) -> Self {
        Self {
            addr: endpoint.specific(),
            port: endpoint.port,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use smoltcp::wire::{Ipv4Address, Ipv6Address};

    const V4: IpAddress = IpAddress::v4(10, 0, 0, 1);
    const V6: IpAddress = IpAddress::v6(0xfd00, 0, 0, 0, 0, 0, 0, 1);
    const ALL_V4: IpAddress = IpAddress::Ipv4(Ipv4Address::UNSPECIFIED);
    const ALL_V6: IpAddress = IpAddress::Ipv6(Ipv6Address::UNSPECIFIED);

    fn at(address: Option<IpAddress>) -> Endpoint {
        Endpoint { address, port: 80 }
    }

    #[test]
    fn wildcards_are_for_a_family_or_for_both() {
        for (address, takes_v4, takes_v6) in [
            (None, true, true),
            (Some(ALL_V4), true, false),
            (Some(ALL_V6), false, true),
            (Some(V4), true, false),
            (Some(V6), false, true),
        ] {
            assert_eq!(at(address).accepts(IpEndpoint::new(V4, 80)), takes_v4);
            assert_eq!(at(address).accepts(IpEndpoint::new(V6, 80)), takes_v6);
            assert!(!at(address).accepts(IpEndpoint::new(V4, 81)));
        }
    }

    #[test]
    fn overlap_is_symmetric_and_per_family() {
        let all = [None, Some(ALL_V4), Some(ALL_V6), Some(V4), Some(V6)];
        for one in all {
            for other in all {
                let expected = match (one, other) {
                    (Some(one), Some(other)) => one.version() == other.version(),
                    _ => true,
                };
                assert_eq!(at(one).overlaps(&at(other)), expected, "{one:?} {other:?}");
            }
        }
    }
}
