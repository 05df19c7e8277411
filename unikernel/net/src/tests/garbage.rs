//! No bytes of a frame may stop the stack, or make it forget who it serves.

use proptest::prelude::*;
use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, Icmpv4Packet, Icmpv6Packet, IpAddress, IpProtocol, Ipv4Packet,
    Ipv6Packet, TcpPacket, UdpPacket,
};

use super::dhcp::DhcpServer;
use super::routers::advertisement;
use super::*;
use crate::frame;

/// Valid frames of all kinds to host 0, which has the addresses of `config(1)`.
fn valid_frames() -> Vec<Vec<u8>> {
    let mut net = Net::pair(1);
    net.record = Some(Vec::new());
    let listener = net.listen();
    for remote in [server(), server_v6()] {
        let socket = net.hosts[1]
            .udp_bind(Endpoint {
                address: None,
                port: 0,
            })
            .unwrap();
        net.hosts[1].udp_send(socket, b"?", remote, None).unwrap();
        let client = net.hosts[1].tcp_connect(None, remote).unwrap();
        net.run_for(seconds(1));
        let (accepted, ..) = net.hosts[0].tcp_accept(listener).unwrap();
        net.send_all(1, client, &[5; 3000]);
        net.send_all(0, accepted, &[5; 3000]);
        net.run_for(seconds(1));
        net.hosts[1].close(client);
        net.run_for(seconds(1));
    }
    let mut frames = net.record.take().unwrap();
    frames.push(advertisement(v6(0), 1800, 7200));
    frames.push(DhcpServer::new().offer_for_tests());
    for protocol in [
        IpProtocol::Icmp,
        IpProtocol::Igmp,
        IpProtocol::Unknown(0xfe),
    ] {
        let (from, to) = (v4(2).into(), v4(1).into());
        frames.push(frames::packet(from, to, protocol, 64, |bytes| bytes[0] = 8));
    }
    for protocol in [
        IpProtocol::HopByHop,
        IpProtocol::Ipv6Opts,
        IpProtocol::Icmpv6,
    ] {
        let (from, to) = (v6(2).into(), v6(1).into());
        frames.push(frames::packet(from, to, protocol, 64, |bytes| {
            bytes[0] = 128;
        }));
    }
    frames
}

/// Damages a frame here and there.
fn mutate(frame: &mut Vec<u8>, random: &mut Random) {
    for _ in 0..1 + random.below(4) {
        let end = if random.happens(700) {
            frame.len().min(80)
        } else {
            frame.len()
        };
        if end == 0 {
            return;
        }
        let at = random.below(end);
        match random.below(6) {
            0 => frame[at] ^= 1 << random.below(8),
            1 => frame[at] = random.next() as u8,
            2 => frame[at] = [0, 0xff, 0x7f, 0x80, 1][random.below(5)],
            3 => frame.truncate(at),
            4 => frame.resize(frame.len() + random.below(60), random.next() as u8),
            _ => {
                let length = random.below(9).min(end - at);
                let from = random.below(frame.len() - length + 1);
                frame.copy_within(from..from + length, at);
            }
        }
    }
}

/// Makes all checksums right, so that what follows them is looked at.
fn seal(frame: &mut [u8]) {
    let Ok(mut frame) = EthernetFrame::new_checked(frame) else {
        return;
    };
    match frame.ethertype() {
        EthernetProtocol::Ipv4 => {
            let Ok(mut packet) = Ipv4Packet::new_checked(frame.payload_mut()) else {
                return;
            };
            packet.fill_checksum();
            let ends = (packet.src_addr().into(), packet.dst_addr().into());
            seal_payload(packet.next_header(), ends, packet.payload_mut());
        }
        EthernetProtocol::Ipv6 => {
            let Ok(mut packet) = Ipv6Packet::new_checked(frame.payload_mut()) else {
                return;
            };
            let ends = (packet.src_addr().into(), packet.dst_addr().into());
            seal_payload(packet.next_header(), ends, packet.payload_mut());
        }
        _ => {}
    }
}

fn seal_payload(protocol: IpProtocol, ends: (IpAddress, IpAddress), payload: &mut [u8]) {
    match (protocol, ends) {
        (IpProtocol::Tcp, _) => {
            if let Ok(mut segment) = TcpPacket::new_checked(payload) {
                segment.fill_checksum(&ends.0, &ends.1);
            }
        }
        (IpProtocol::Udp, _) => {
            if let Ok(mut datagram) = UdpPacket::new_checked(payload) {
                datagram.fill_checksum(&ends.0, &ends.1);
            }
        }
        (IpProtocol::Icmp, _) => {
            if let Ok(mut message) = Icmpv4Packet::new_checked(payload) {
                message.fill_checksum();
            }
        }
        (IpProtocol::Icmpv6, (IpAddress::Ipv6(from), IpAddress::Ipv6(to))) => {
            if let Ok(mut message) = Icmpv6Packet::new_checked(payload) {
                message.fill_checksum(&from, &to);
            }
        }
        _ => {}
    }
}

/// Gives the frames to host 0 while it serves host 1, which notices nothing.
fn bombard(net: &mut Net, frames: impl Iterator<Item = Vec<u8>>) {
    let listener = net.listen();
    let socket = net.hosts[0].udp_bind(ANY).unwrap();
    let mut buffer = [0; 2000];
    for (count, frame) in frames.enumerate() {
        net.hosts[0].link_mut().arrived.push_back(frame);
        if count % 8 == 0 {
            net.run_for(Duration::from_millis(count as u64 % 50));
        }
        while let Ok((id, ..)) = net.hosts[0].tcp_accept(listener) {
            let _ = net.hosts[0].tcp_send(id, &[1; 100]);
            if count % 3 == 0 {
                net.hosts[0].close(id);
            }
        }
        while let Ok(datagram) = net.hosts[0].udp_recv(socket, &mut buffer) {
            let _ = net.hosts[0].udp_send(socket, b"!", datagram.remote, datagram.local);
        }
        for id in net.changed(0) {
            while let Ok(1..) = net.hosts[0].tcp_recv(id, &mut buffer, crate::Peek::No) {}
        }
    }
    net.run_for(seconds(200));
    let (accepted, client) = net.connect(listener);
    net.send_all(1, client, b"still there?");
    net.run_for(seconds(1));
    assert_eq!(net.read(0, accepted).unwrap(), b"still there?");
}

#[test]
fn valid_frames_are_known() {
    use frame::Destination;
    let frames = valid_frames();
    let kinds: Vec<Destination> = frames.iter().map(|frame| frame::classify(frame)).collect();
    let count = |test: fn(&Destination) -> bool| kinds.iter().filter(|kind| test(kind)).count();
    assert!(count(|kind| matches!(kind, Destination::Segment { .. })) > 10);
    assert!(count(|kind| matches!(kind, Destination::Datagram { .. })) > 2);
    assert!(count(|kind| *kind == Destination::Neighbour) > 1);
    assert_eq!(count(|kind| *kind == Destination::Router), 1);
    assert_eq!(count(|kind| *kind == Destination::Unwanted), 2);
}

#[test]
fn damaged_frames() {
    let originals = valid_frames();
    for (seed, ipv4, ipv6) in [
        (0, config(1).ipv4, config(1).ipv6),
        (1, config(1).ipv4, config(1).ipv6),
        (2, Ipv4Config::Dhcp, config(1).ipv6),
        (3, config(1).ipv4, Ipv6Config::Automatic),
    ] {
        let mut limits = LIMITS;
        if seed == 0 {
            // Almost all are answered by cookies.
            limits.half_open = 2;
        }
        let first = Config {
            ipv4,
            ipv6,
            limits,
            ..config(1)
        };
        let mut net = Net::with(&[first, config(2)], seed);
        let mut random = Random(seed);
        let frames = (0..12_000).map(|_| {
            let mut frame = originals[random.below(originals.len())].clone();
            mutate(&mut frame, &mut random);
            if random.happens(800) {
                seal(&mut frame);
            }
            frame
        });
        if matches!(ipv4, Ipv4Config::Dhcp) {
            // It has no IPv4 address that host 1 could connect to.
            for frame in frames {
                net.hosts[0].link_mut().arrived.push_back(frame);
                net.run_for(Duration::from_millis(5));
            }
        } else {
            bombard(&mut net, frames);
        }
    }
}

#[test]
fn random_bytes() {
    let mut random = Random(4);
    let frames = (0..10_000).map(|_| {
        let length = random.below(200);
        let mut frame: Vec<u8> = (0..length).map(|_| random.next() as u8).collect();
        if length > 40 {
            frame[..6].copy_from_slice(&mac(1));
            let types: [[u8; 2]; 3] = [[8, 0], [8, 6], [0x86, 0xdd]];
            frame[12..14].copy_from_slice(&types[random.below(3)]);
            frame[14] = [0x45, 0x60, 0][random.below(3)];
        }
        seal(&mut frame);
        frame
    });
    bombard(&mut Net::pair(1), frames);
}

proptest! {
    #[test]
    fn any_bytes_can_be_looked_at(frame in proptest::collection::vec(any::<u8>(), 0..128)) {
        frame::classify(&frame);
    }

    #[test]
    fn any_frame_can_be_received(
        kind in 0..3_usize,
        mut frame in proptest::collection::vec(any::<u8>(), 60..128),
    ) {
        frame[..6].copy_from_slice(&mac(1));
        frame[12..14].copy_from_slice(&[[8, 0], [8, 6], [0x86, 0xdd]][kind]);
        let mut net = Net::pair(1);
        net.hosts[0].link_mut().arrived.push_back(frame);
        net.run_for(seconds(2));
    }
}
