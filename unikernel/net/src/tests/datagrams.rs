//! UDP: from which address, to whom, how much, and what is nobody's.

use smoltcp::wire::{EthernetFrame, Icmpv4Packet, Icmpv6Packet, Ipv4Packet, Ipv6Packet};

use super::frames::datagram;
use super::*;
use crate::{Error, limits};

const ANY_PORT: Endpoint = Endpoint {
    address: None,
    port: 0,
};

#[test]
fn an_answer_comes_from_the_address_that_was_asked() {
    let mut net = Net::pair(1);
    let service = net.hosts[0].udp_bind(ANY).unwrap();
    let client = net.hosts[1].udp_bind(ANY_PORT).unwrap();
    let mut buffer = [0; 64];
    for asked in [server(), server_v6()] {
        net.hosts[1].udp_send(client, b"?", asked, None).unwrap();
        net.run_for(seconds(1));
        let question = net.hosts[0].udp_recv(service, &mut buffer).unwrap();
        assert_eq!(question.local, Some(asked.addr));
        net.hosts[0]
            .udp_send(service, b"answer", question.remote, question.local)
            .unwrap();
        net.run_for(seconds(1));
        let answer = net.hosts[1].udp_recv(client, &mut buffer).unwrap();
        assert_eq!(answer.remote, asked);
        assert_eq!(&buffer[..answer.length], b"answer");
    }
}

#[test]
fn nobody_sends_from_an_address_that_is_not_ours() {
    let mut net = Net::pair(1);
    let socket = net.hosts[0].udp_bind(ANY).unwrap();
    let to = IpEndpoint::new(v4(2).into(), 9);
    for foreign in [v4(7).into(), server_v6().addr, IpAddress::v4(127, 0, 0, 1)] {
        let sent = net.hosts[0].udp_send(socket, b"x", to, Some(foreign));
        assert_eq!(sent, Err(Error::AddressNotAvailable), "{foreign}");
    }
    for nowhere in [
        IpEndpoint::new(IpAddress::v4(192, 0, 2, 1), 9),
        IpEndpoint::new(IpAddress::v4(255, 255, 255, 255), 9),
        IpEndpoint::new(IpAddress::v4(0, 0, 0, 0), 9),
        IpEndpoint::new(IpAddress::v6(0xff02, 0, 0, 0, 0, 0, 0, 1), 9),
    ] {
        let sent = net.hosts[0].udp_send(socket, b"x", nowhere, None);
        assert_eq!(sent, Err(Error::Unreachable), "{nowhere}");
    }
}

#[test]
fn a_port_that_nobody_has_is_unreachable() {
    let mut net = Net::pair(1);
    let from = IpEndpoint::new(v4(2).into(), 1000);
    let from_v6 = IpEndpoint::new(v6(2).into(), 1000);
    // Both know each other's hardware addresses.
    let client = net.hosts[1].udp_bind(ANY_PORT).unwrap();
    for remote in [server(), server_v6()] {
        net.hosts[1].udp_send(client, b"?", remote, None).unwrap();
    }
    net.run_for(Duration::from_millis(100));
    let answer = |net: &mut Net, question: Vec<u8>| {
        net.hosts[0].link_mut().arrived.push_back(question);
        while net.hosts[0].poll(net.now) == More::Yes {}
        core::mem::take(&mut net.hosts[0].link_mut().sent)
    };
    let sent = answer(&mut net, datagram(from, server(), b"anybody?"));
    let frame = EthernetFrame::new_checked(&sent[0]).unwrap();
    let packet = Ipv4Packet::new_checked(frame.payload()).unwrap();
    assert_eq!(packet.dst_addr(), v4(2));
    let message = Icmpv4Packet::new_checked(packet.payload()).unwrap();
    assert_eq!(u8::from(message.msg_type()), 3);
    assert_eq!(message.msg_code(), 3);
    let sent = answer(&mut net, datagram(from_v6, server_v6(), b"anybody?"));
    let frame = EthernetFrame::new_checked(&sent[0]).unwrap();
    let packet = Ipv6Packet::new_checked(frame.payload()).unwrap();
    assert_eq!(packet.dst_addr(), v6(2));
    let message = Icmpv6Packet::new_checked(packet.payload()).unwrap();
    assert_eq!((u8::from(message.msg_type()), message.msg_code()), (1, 4));
    // But not for what was sent to all: RFC 1122, section 3.2.2.
    for group in [IpAddress::v4(10, 0, 0, 255), IpAddress::v4(224, 0, 0, 1)] {
        let mut question = datagram(from, IpEndpoint::new(group, PORT), b"anybody?");
        question[..6].copy_from_slice(&[0xff; 6]);
        assert!(answer(&mut net, question).is_empty(), "{group}");
    }
}

#[test]
fn when_there_is_no_room_the_newest_are_dropped() {
    let mut net = Net::pair(1);
    let service = net.hosts[0].udp_bind(ANY).unwrap();
    let from = IpEndpoint::new(v4(2).into(), 1000);
    for count in 0..1000_u32 {
        let question = datagram(from, server(), &count.to_be_bytes());
        net.hosts[0].link_mut().arrived.push_back(question);
        net.settle();
    }
    assert_eq!(net.changed(0), [service]);
    let dropped = 1000 - limits::DATAGRAMS;
    assert_eq!(net.hosts[0].counters().datagrams_dropped, dropped as u64);
    let mut buffer = [0; 64];
    for count in 0..limits::DATAGRAMS as u32 {
        net.hosts[0].udp_recv(service, &mut buffer).unwrap();
        assert_eq!(buffer[..4], count.to_be_bytes());
    }
    assert_eq!(
        net.hosts[0].udp_recv(service, &mut buffer),
        Err(Error::WouldBlock)
    );
    // And there is room again.
    let question = datagram(from, server(), b"again");
    net.hosts[0].link_mut().arrived.push_back(question);
    net.settle();
    assert_eq!(net.changed(0), [service]);
    assert_eq!(
        net.hosts[0].udp_recv(service, &mut buffer).unwrap().length,
        5
    );
}

#[test]
fn free_ports_are_found_and_come_to_an_end() {
    let mut net = Net::pair(1);
    let host = &mut net.hosts[0];
    let bound: Vec<SocketId> = (0..limits::BOUND_SOCKETS)
        .map(|_| host.udp_bind(ANY_PORT).unwrap())
        .collect();
    assert_eq!(host.udp_bind(ANY_PORT), Err(Error::LimitReached));
    let ports: alloc::collections::BTreeSet<u16> = bound
        .iter()
        .map(|&id| host.local(id).unwrap().port)
        .collect();
    assert_eq!(ports.len(), bound.len());
    assert!(
        ports
            .iter()
            .all(|port| limits::EPHEMERAL_PORTS.contains(port))
    );
    host.close(bound[0]);
    host.udp_bind(ANY_PORT).unwrap();
}
