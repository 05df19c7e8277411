//! IPv6 addresses from router advertisements.

use smoltcp::phy::ChecksumCapabilities;
use smoltcp::wire::{
    Icmpv6Packet, Icmpv6Repr, IpProtocol, NdiscPrefixInfoFlags, NdiscPrefixInformation, NdiscRepr,
    NdiscRouterFlags,
};

use super::*;

const ROUTER: Ipv6Address = Ipv6Address::new(0xfe80, 0, 0, 0, 0, 0, 0, 1);
const ALL_NODES: Ipv6Address = Ipv6Address::new(0xff02, 0, 0, 0, 0, 0, 0, 1);
const PREFIX: Ipv6Address = Ipv6Address::new(0x2001, 0xdb8, 1, 2, 0, 0, 0, 0);

/// A router advertisement: the router's lifetime, and that of the prefix.
pub(crate) fn advertisement(prefix: Ipv6Address, router_seconds: u64, seconds: u64) -> Vec<u8> {
    let message = Icmpv6Repr::Ndisc(NdiscRepr::RouterAdvert {
        hop_limit: 64,
        flags: NdiscRouterFlags::empty(),
        router_lifetime: Duration::from_secs(router_seconds),
        reachable_time: Duration::ZERO,
        retrans_time: Duration::ZERO,
        lladdr: None,
        mtu: None,
        prefix_info: Some(NdiscPrefixInformation {
            prefix_len: 64,
            flags: NdiscPrefixInfoFlags::ADDRCONF | NdiscPrefixInfoFlags::ON_LINK,
            valid_lifetime: Duration::from_secs(seconds),
            preferred_lifetime: Duration::from_secs(seconds),
            prefix,
        }),
    });
    let (from, to) = (IpAddress::Ipv6(ROUTER), IpAddress::Ipv6(ALL_NODES));
    frames::packet(
        from,
        to,
        IpProtocol::Icmpv6,
        message.buffer_len(),
        |bytes| {
            message.emit(
                &ROUTER,
                &ALL_NODES,
                &mut Icmpv6Packet::new_unchecked(bytes),
                &ChecksumCapabilities::default(),
            );
        },
    )
}

fn machine() -> Net {
    let config = Config {
        ipv4: Ipv4Config::None,
        ipv6: Ipv6Config::Automatic,
        ..config(1)
    };
    Net::with(&[config], 1)
}

fn hear(net: &mut Net, frame: Vec<u8>) {
    net.hosts[0].link_mut().arrived.push_back(frame);
    net.settle();
}

fn solicitations(net: &mut Net, time: Duration) -> usize {
    let mut count = 0;
    let end = net.now + time;
    loop {
        while net.hosts[0].poll(net.now) == More::Yes {}
        for frame in core::mem::take(&mut net.hosts[0].link_mut().sent) {
            // ICMPv6, type 133, to all routers, with the greatest hop limit.
            assert_eq!(frame[..6], [0x33, 0x33, 0, 0, 0, 2]);
            assert_eq!((frame[20], frame[21], frame[54]), (58, 255, 133));
            count += 1;
        }
        match net.hosts[0].deadline() {
            Some(at) if at <= end => net.now = at,
            _ => break,
        }
    }
    net.now = end;
    count
}

fn own(prefix: Ipv6Address) -> IpCidr {
    let [a, b, c, d, ..] = prefix.segments();
    let address = Ipv6Address::new(a, b, c, d, 0, 0x00ff, 0xfe00, 1);
    IpCidr::new(address.into(), 64)
}

const LINK_LOCAL: Ipv6Address = Ipv6Address::new(0xfe80, 0, 0, 0, 0, 0, 0, 0);

#[test]
fn routers_are_asked_three_times_and_then_there_is_silence() {
    let mut net = machine();
    assert_eq!(net.hosts[0].addresses(), [own(LINK_LOCAL)]);
    assert_eq!(solicitations(&mut net, seconds(100)), 3);
    assert_eq!(net.hosts[0].deadline(), None);
}

#[test]
fn an_advertisement_gives_an_address_and_a_route() {
    let mut net = machine();
    assert_eq!(solicitations(&mut net, Duration::from_millis(1)), 1);
    let far = IpEndpoint::new(IpAddress::v6(0x2600, 0, 0, 0, 0, 0, 0, 1), 80);
    let without = net.hosts[0].tcp_connect(None, far);
    assert_eq!(without, Err(crate::Error::Unreachable));
    hear(&mut net, advertisement(PREFIX, 1800, 7200));
    assert_eq!(net.hosts[0].addresses(), [own(LINK_LOCAL), own(PREFIX)]);
    assert_eq!(solicitations(&mut net, seconds(100)), 0);
    net.settle();
    let client = net.hosts[0].tcp_connect(None, far).unwrap();
    let local = net.hosts[0].local(client).unwrap();
    assert_eq!(local.addr, own(PREFIX).address());
    // It asks for the router now: a neighbour solicitation.
    net.hosts[0].poll(net.now);
    let sent = &net.hosts[0].link_mut().sent;
    assert_eq!((sent.len(), sent[0][54]), (1, 135));
    assert_eq!(sent[0][62..78], ROUTER.octets());
}

#[test]
fn what_was_advertised_expires() {
    let mut net = machine();
    hear(&mut net, advertisement(PREFIX, 1800, 7200));
    net.run_for(seconds(1700));
    let far = IpEndpoint::new(IpAddress::v6(0x2600, 0, 0, 0, 0, 0, 0, 1), 80);
    assert!(net.hosts[0].tcp_connect(None, far).is_ok());
    net.run_for(seconds(200));
    assert!(net.hosts[0].tcp_connect(None, far).is_err());
    assert_eq!(net.hosts[0].addresses().len(), 2);
    net.run_for(seconds(6000));
    assert_eq!(net.hosts[0].addresses(), [own(LINK_LOCAL)]);
}

#[test]
fn renewed_in_time_nothing_expires() {
    let mut net = machine();
    for _ in 0..100 {
        hear(&mut net, advertisement(PREFIX, 1800, 7200));
        net.run_for(seconds(600));
    }
    assert_eq!(net.hosts[0].addresses(), [own(LINK_LOCAL), own(PREFIX)]);
}

#[test]
fn a_router_cannot_take_an_address_away_at_once() {
    let mut net = machine();
    hear(&mut net, advertisement(PREFIX, 1800, 100_000));
    hear(&mut net, advertisement(PREFIX, 1800, 0));
    net.run_for(seconds(7000));
    assert_eq!(net.hosts[0].addresses().len(), 2);
    net.run_for(seconds(300));
    assert_eq!(net.hosts[0].addresses().len(), 1);
}

#[test]
fn a_router_that_lies_does_no_harm() {
    for prefix in [
        Ipv6Address::new(0xff02, 0, 0, 0, 0, 0, 0, 0),
        Ipv6Address::new(0xff0e, 1, 2, 3, 0, 0, 0, 0),
        LINK_LOCAL,
    ] {
        let mut net = machine();
        hear(&mut net, advertisement(prefix, 1800, 7200));
        assert_eq!(net.hosts[0].addresses(), [own(LINK_LOCAL)], "{prefix}");
        net.run_for(seconds(10_000));
    }
    // Many prefixes leave room for other addresses.
    let mut net = machine();
    for number in 0..100 {
        let prefix = Ipv6Address::new(0x2001, 0xdb8, number, 0, 0, 0, 0, 0);
        hear(&mut net, advertisement(prefix, 1800, 7200));
    }
    assert_eq!(net.hosts[0].addresses().len(), 5);
}

#[test]
fn a_router_that_goes_takes_its_route_along() {
    let mut net = machine();
    let far = IpEndpoint::new(IpAddress::v6(0x2600, 0, 0, 0, 0, 0, 0, 1), 80);
    hear(&mut net, advertisement(PREFIX, 1800, 7200));
    let id = net.hosts[0].tcp_connect(None, far).unwrap();
    hear(&mut net, advertisement(PREFIX, 0, 7200));
    let without = net.hosts[0].tcp_connect(None, far);
    assert_eq!(without, Err(crate::Error::Unreachable));
    // The address stays, and who has it.
    assert_eq!(net.hosts[0].addresses(), [own(LINK_LOCAL), own(PREFIX)]);
    assert!(!net.readiness(0, id).error);
    hear(&mut net, advertisement(PREFIX, 1800, 7200));
    assert!(net.hosts[0].tcp_connect(None, far).is_ok());
}

#[test]
fn an_advertisement_from_elsewhere_is_not_believed() {
    let heard = |change: fn(&mut Vec<u8>)| {
        let mut net = machine();
        let mut frame = advertisement(PREFIX, 1800, 7200);
        change(&mut frame);
        hear(&mut net, frame);
        net.hosts[0].addresses().len()
    };
    assert_eq!(heard(|_| {}), 2);
    // A hop limit below 255: it has been through a router.
    assert_eq!(heard(|frame| frame[21] = 254), 1);
    // Not from a link-local address: 2e80::1, with the checksum mended.
    assert_eq!(
        heard(|frame| {
            frame[22] = 0x2e;
            let sum = u16::from_be_bytes([frame[56], frame[57]]);
            let (sum, carry) = sum.overflowing_add(0xd000);
            frame[56..58].copy_from_slice(&(sum + u16::from(carry)).to_be_bytes());
        }),
        1
    );
    // A wrong checksum.
    assert_eq!(heard(|frame| frame[57] ^= 1), 1);
}

#[test]
fn connections_end_with_their_address() {
    let mut net = machine();
    hear(&mut net, advertisement(PREFIX, 9000, 7200));
    let far = IpEndpoint::new(IpAddress::v6(0x2600, 0, 0, 0, 0, 0, 0, 1), 80);
    net.run_for(seconds(7190));
    let id = net.hosts[0].tcp_connect(None, far).unwrap();
    net.run_for(seconds(9));
    assert!(!net.readiness(0, id).error);
    net.run_for(seconds(2));
    assert!(net.readiness(0, id).error);
    assert!(net.changed(0).contains(&id));
}
