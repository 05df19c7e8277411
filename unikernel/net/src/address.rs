//! The addresses of the machine: given by the operator, by DHCP (RFC 2131), or
//! made from router advertisements (RFC 4861, RFC 4862).
//!
//! Router advertisements are handled here and not by smoltcp, whose deadline
//! for them would be that of every connection.

use alloc::vec;
use alloc::vec::Vec;

use smoltcp::iface::{Interface, SocketHandle, SocketSet};
use smoltcp::phy::ChecksumCapabilities;
use smoltcp::socket::dhcpv4;
use smoltcp::time::{Duration, Instant};
use smoltcp::wire::{
    EthernetAddress, EthernetFrame, Icmpv6Packet, Icmpv6Repr, IpAddress, IpCidr, Ipv4Address,
    Ipv4Cidr, Ipv6Address, Ipv6Cidr, Ipv6Packet, NdiscPrefixInfoFlags, NdiscPrefixInformation,
    NdiscRepr,
};

use crate::config::{Config, Ipv4Config, Ipv6Config};
use crate::device::{Device, Link};
use crate::stack::Stack;
use crate::{Endpoint, Error, discovery, limits};

const LINK_LOCAL: Ipv6Cidr = Ipv6Cidr::new(Ipv6Address::new(0xfe80, 0, 0, 0, 0, 0, 0, 0), 64);
/// A lifetime of all ones does not end: RFC 4861, section 4.6.2.
const INFINITE: Duration = Duration::from_secs(u32::MAX as u64);
/// An unauthenticated advertisement cannot shorten a lifetime below this:
/// RFC 4862, section 5.5.3.
const TWO_HOURS: Duration = Duration::from_secs(2 * 60 * 60);

/// Where addresses come from, and until when they are good.
pub(crate) struct Addresses {
    dhcp: Option<Dhcp>,
    routers: Option<Routers>,
}

struct Dhcp {
    sockets: SocketSet<'static>,
    handle: SocketHandle,
    deadline: Option<Instant>,
    lease: Option<Ipv4Cidr>,
}

struct Routers {
    mac: EthernetAddress,
    solicitations_left: u8,
    next_solicitation: Instant,
    prefixes: Vec<Prefix>,
    default: Option<(Ipv6Address, Instant)>,
}

struct Prefix {
    address: Ipv6Cidr,
    valid_until: Option<Instant>,
}

impl Addresses {
    /// Gives the interface what is known now.
    pub(crate) fn new(
        config: &Config,
        mac: EthernetAddress,
        interface: &mut Interface,
        now: Instant,
    ) -> Self {
        if let Some(link_local) = address_in(&LINK_LOCAL, mac) {
            add_address(interface, IpCidr::Ipv6(link_local));
        }
        let dhcp = match config.ipv4 {
            Ipv4Config::Dhcp => Some(Dhcp::new(now)),
            Ipv4Config::Static { cidr, gateway } => {
                add_address(interface, IpCidr::Ipv4(cidr));
                if let Some(gateway) = gateway.filter(|&gateway| is_host(gateway)) {
                    let _ = interface.routes_mut().add_default_ipv4_route(gateway);
                }
                None
            }
            Ipv4Config::None => None,
        };
        let routers = match config.ipv6 {
            Ipv6Config::Automatic => Some(Routers {
                mac,
                solicitations_left: limits::ROUTER_SOLICITATIONS,
                next_solicitation: now,
                prefixes: Vec::new(),
                default: None,
            }),
            Ipv6Config::Static { cidr, gateway } => {
                add_address(interface, IpCidr::Ipv6(cidr));
                let gateway = gateway.filter(|gateway| IpAddress::Ipv6(*gateway).is_unicast());
                if let Some(gateway) = gateway {
                    let _ = interface.routes_mut().add_default_ipv6_route(gateway);
                }
                None
            }
        };
        Self { dhcp, routers }
    }

    /// The sockets that get what is sent to the DHCP client's port.
    pub(crate) fn dhcp_sockets(&mut self) -> Option<&mut SocketSet<'static>> {
        self.dhcp.as_mut().map(|dhcp| &mut dhcp.sockets)
    }

    /// When something is to be done.
    pub(crate) fn deadline(&self) -> Option<Instant> {
        let dhcp = self.dhcp.as_ref().and_then(|dhcp| dhcp.deadline);
        let routers = self.routers.as_ref().and_then(Routers::deadline);
        [dhcp, routers].into_iter().flatten().min()
    }

    /// A frame that may be a router advertisement.
    pub(crate) fn advertisement(&mut self, frame: &[u8], interface: &mut Interface, now: Instant) {
        if let Some(routers) = &mut self.routers
            && let Some(advertisement) = Advertisement::parse(frame)
        {
            routers.learn(&advertisement, interface, now);
        }
    }
}

impl<L: Link> Stack<L> {
    /// Does what is due for the addresses.
    pub(crate) fn poll_addresses(&mut self) {
        if self
            .addresses
            .deadline()
            .is_some_and(|deadline| deadline <= self.now)
        {
            self.poll_addresses_now();
        }
    }

    pub(crate) fn poll_addresses_now(&mut self) {
        let before = self.interface.ip_addrs().to_vec();
        if let Some(dhcp) = &mut self.addresses.dhcp {
            dhcp.poll(&mut self.interface, &mut self.device, self.now);
        }
        if let Some(routers) = &mut self.addresses.routers {
            routers.solicit(&mut self.device, self.now);
            routers.expire(&mut self.interface, self.now);
        }
        if self.interface.ip_addrs() != before {
            self.addresses_changed();
        }
    }

    /// Whether a socket may be bound there.
    pub(crate) fn may_bind(&self, local: &Endpoint) -> bool {
        local
            .specific()
            .is_none_or(|address| self.interface.has_ip_addr(address))
    }

    /// The address from which to send to `remote`: `wanted`, if that is one of
    /// ours.
    pub(crate) fn source(
        &self,
        wanted: Option<IpAddress>,
        remote: IpAddress,
    ) -> Result<IpAddress, Error> {
        if !remote.is_unicast() || !self.has_route(remote) {
            return Err(Error::Unreachable);
        }
        let source = match wanted {
            Some(wanted) if wanted.version() != remote.version() => None,
            Some(wanted) => Some(wanted),
            None => self.interface.get_source_address(&remote),
        };
        source
            .filter(|&source| self.interface.has_ip_addr(source))
            .ok_or(Error::AddressNotAvailable)
    }

    fn has_route(&self, remote: IpAddress) -> bool {
        let routes = self.interface.routes();
        let addresses = self.interface.ip_addrs();
        addresses.iter().any(|own| own.contains_addr(&remote))
            || match remote {
                IpAddress::Ipv4(_) => routes.get_default_ipv4_route().is_some(),
                IpAddress::Ipv6(_) => routes.get_default_ipv6_route().is_some(),
            }
    }
}

impl Dhcp {
    fn new(now: Instant) -> Self {
        let mut sockets = SocketSet::new(vec![]);
        let mut socket = dhcpv4::Socket::new();
        let mut retries = socket.get_retry_config();
        retries.discover_timeout = limits::DHCP_RETRY;
        retries.initial_request_timeout = limits::DHCP_RETRY;
        socket.set_retry_config(retries);
        let handle = sockets.add(socket);
        Self {
            sockets,
            handle,
            deadline: Some(now),
            lease: None,
        }
    }

    fn poll(&mut self, interface: &mut Interface, device: &mut Device<impl Link>, now: Instant) {
        interface.poll_egress(now, device, &mut self.sockets);
        let socket = self.sockets.get_mut::<dhcpv4::Socket<'_>>(self.handle);
        match socket.poll() {
            Some(dhcpv4::Event::Configured(config)) => {
                let (address, router) = (config.address, config.router);
                self.drop_lease(interface);
                self.lease = Some(address);
                add_address(interface, IpCidr::Ipv4(address));
                if let Some(router) = router.filter(|&router| is_host(router)) {
                    let _ = interface.routes_mut().add_default_ipv4_route(router);
                }
            }
            Some(dhcpv4::Event::Deconfigured) => self.drop_lease(interface),
            None => {}
        }
        let deadline = interface.poll_at(now, &self.sockets);
        self.deadline = deadline.map(|at| at.max(now + limits::DEVICE_RETRY));
    }

    fn drop_lease(&mut self, interface: &mut Interface) {
        if let Some(lease) = self.lease.take() {
            remove_address(interface, IpCidr::Ipv4(lease));
            interface.routes_mut().remove_default_ipv4_route();
        }
    }
}

impl Routers {
    fn deadline(&self) -> Option<Instant> {
        let solicitation = (self.solicitations_left > 0).then_some(self.next_solicitation);
        let prefixes = self.prefixes.iter().filter_map(|prefix| prefix.valid_until);
        let default = self.default.map(|(_, until)| until);
        prefixes.chain(solicitation).chain(default).min()
    }

    /// Asks for an advertisement, a few times at most.
    fn solicit(&mut self, device: &mut Device<impl Link>, now: Instant) {
        if self.solicitations_left == 0 || now < self.next_solicitation {
            return;
        }
        self.solicitations_left -= 1;
        self.next_solicitation = now + limits::SOLICITATION_INTERVAL;
        if let Some(source) = address_in(&LINK_LOCAL, self.mac) {
            device.send(&discovery::router_solicitation(self.mac, source.address()));
        }
    }

    /// RFC 4861, section 6.3.4, and RFC 4862, section 5.5.3.
    fn learn(&mut self, advertisement: &Advertisement, interface: &mut Interface, now: Instant) {
        self.solicitations_left = 0;
        let router = advertisement.router;
        if advertisement.lifetime > Duration::ZERO {
            let is_current = self.default.is_none_or(|(current, _)| current == router);
            if is_current
                && interface
                    .routes_mut()
                    .add_default_ipv6_route(router)
                    .is_ok()
            {
                self.default = Some((router, now + advertisement.lifetime));
            }
        } else if self.default.is_some_and(|(current, _)| current == router) {
            interface.routes_mut().remove_default_ipv6_route();
            self.default = None;
        }
        let Some(prefix) = advertisement.prefix else {
            return;
        };
        let is_for_hosts = prefix.flags.contains(NdiscPrefixInfoFlags::ADDRCONF)
            && prefix.prefix_len == LINK_LOCAL.prefix_len()
            && prefix.preferred_lifetime <= prefix.valid_lifetime
            && !prefix.prefix.is_unicast_link_local()
            && !prefix.prefix.is_multicast();
        if !is_for_hosts {
            return;
        }
        let cidr = Ipv6Cidr::new(prefix.prefix, prefix.prefix_len);
        let Some(address) = address_in(&cidr, self.mac) else {
            return;
        };
        self.keep_address(address, prefix.valid_lifetime, interface, now);
    }

    fn keep_address(
        &mut self,
        address: Ipv6Cidr,
        lifetime: Duration,
        interface: &mut Interface,
        now: Instant,
    ) {
        let valid_until = |lifetime: Duration| (lifetime < INFINITE).then(|| now + lifetime);
        if let Some(known) = self
            .prefixes
            .iter_mut()
            .find(|known| known.address == address)
        {
            let remaining = known.valid_until.map_or(INFINITE, |until| until - now);
            if lifetime > TWO_HOURS || lifetime > remaining {
                known.valid_until = valid_until(lifetime);
            } else if remaining > TWO_HOURS {
                known.valid_until = valid_until(TWO_HOURS);
            }
        } else if lifetime > Duration::ZERO
            && self.prefixes.len() < limits::ADVERTISED_ADDRESSES
            && add_address(interface, IpCidr::Ipv6(address))
        {
            self.prefixes.push(Prefix {
                address,
                valid_until: valid_until(lifetime),
            });
        }
    }

    fn expire(&mut self, interface: &mut Interface, now: Instant) {
        self.prefixes.retain(|prefix| {
            let is_valid = prefix.valid_until.is_none_or(|until| until > now);
            if !is_valid {
                remove_address(interface, IpCidr::Ipv6(prefix.address));
            }
            is_valid
        });
        if self.default.is_some_and(|(_, until)| until <= now) {
            interface.routes_mut().remove_default_ipv6_route();
            self.default = None;
        }
    }
}

/// A router advertisement that is to be believed: RFC 4861, section 6.1.2.
struct Advertisement {
    router: Ipv6Address,
    lifetime: Duration,
    prefix: Option<NdiscPrefixInformation>,
}

impl Advertisement {
    fn parse(frame: &[u8]) -> Option<Self> {
        let frame = EthernetFrame::new_checked(frame).ok()?;
        let packet = Ipv6Packet::new_checked(frame.payload()).ok()?;
        let (router, to) = (packet.src_addr(), packet.dst_addr());
        if packet.hop_limit() != discovery::HOP_LIMIT || !router.is_unicast_link_local() {
            return None;
        }
        let message = Icmpv6Packet::new_checked(packet.payload()).ok()?;
        let checksums = ChecksumCapabilities::default();
        match Icmpv6Repr::parse(&router, &to, &message, &checksums).ok()? {
            Icmpv6Repr::Ndisc(NdiscRepr::RouterAdvert {
                router_lifetime,
                prefix_info,
                ..
            }) => Some(Self {
                router,
                lifetime: router_lifetime,
                prefix: prefix_info,
            }),
            _ => None,
        }
    }
}

/// Our address in a prefix of 64 bits: RFC 4291, appendix A.
fn address_in(prefix: &Ipv6Cidr, mac: EthernetAddress) -> Option<Ipv6Cidr> {
    const HOST_BITS: u8 = 64;
    const UNIVERSAL: u8 = 0x02;
    if prefix.prefix_len() != HOST_BITS {
        return None;
    }
    let [a, b, c, d, e, f] = mac.0;
    let mut octets = prefix.address().octets();
    octets[8..].copy_from_slice(&[a ^ UNIVERSAL, b, c, 0xff, 0xfe, d, e, f]);
    Some(Ipv6Cidr::new(Ipv6Address::from(octets), HOST_BITS))
}

/// Whether an address can be that of one machine: smoltcp takes no other for a
/// router.
fn is_host(address: Ipv4Address) -> bool {
    IpAddress::Ipv4(address).is_unicast()
}

/// False when the interface has as many addresses as it can.
fn add_address(interface: &mut Interface, address: IpCidr) -> bool {
    let mut is_added = false;
    interface.update_ip_addrs(|addresses| {
        is_added = addresses.contains(&address) || addresses.push(address).is_ok();
    });
    is_added
}

fn remove_address(interface: &mut Interface, address: IpCidr) {
    interface.update_ip_addrs(|addresses| addresses.retain(|other| *other != address));
}
