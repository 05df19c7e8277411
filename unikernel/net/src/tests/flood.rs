//! At the limits: newcomers are refused and counted, and those who are being
//! served notice nothing.

use super::frames::{Segment, segment};
use super::*;
use crate::Error;

fn small(number: u8) -> Config {
    Config {
        limits: Limits {
            connections: 20,
            half_open: 8,
            closing: 4,
        },
        ..config(number)
    }
}

/// A SYN from an address that answers nothing.
fn forged_syn(random: &mut Random) -> Vec<u8> {
    let from = IpAddress::v4(10, 0, 0, 100 + random.below(100) as u8);
    let port = 1024 + random.below(60_000) as u16;
    segment(Segment {
        from: IpEndpoint::new(from, port),
        to: server(),
        syn: true,
        sequence: random.next() as i32,
        ..Segment::default()
    })
}

#[test]
fn a_flood_of_forged_syns_harms_nobody_who_is_served() {
    let mut net = Net::with(&[small(1), config(2)], 5);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    let mut random = Random(9);
    let (mut sent, mut got) = (0, 0);
    for round in 0..3000 {
        for _ in 0..20 {
            let syn = forged_syn(&mut random);
            net.hosts[0].link_mut().arrived.push_back(syn);
        }
        if round % 10 == 0 {
            net.send_all(1, client, b"served");
            sent += 6;
        }
        net.run_for(Duration::from_millis(2));
        while let Ok(bytes) = net.read(0, accepted) {
            got += bytes.len();
        }
        let counters = net.hosts[0].counters();
        assert!(counters.half_open <= 8 && counters.connections <= 9);
    }
    assert_eq!(sent, got);
    let counters = net.hosts[0].counters();
    // Each was refused, or begun and given up; a few came twice.
    let counted = counters.refused + counters.half_open_evicted + 8;
    assert!((59_900..=60_000).contains(&counted), "{counters:?}");
    assert!(counters.half_open_evicted > 100);
    // After the flood all is as before.
    net.run_for(seconds(15));
    let counters = net.hosts[0].counters();
    assert_eq!((counters.half_open, counters.connections), (0, 1));
    net.connect(listener);
}

#[test]
fn a_slow_flood_keeps_nobody_out() {
    let mut net = Net::with(&[small(1), config(2)], 5);
    let listener = net.listen();
    let mut random = Random(9);
    for _ in 0..10 {
        for _ in 0..20 {
            let syn = forged_syn(&mut random);
            net.hosts[0].link_mut().arrived.push_back(syn);
            net.run_for(Duration::from_millis(50));
        }
        let began = net.now;
        let (accepted, client) = net.connect(listener);
        assert!(net.now - began < Duration::from_millis(100));
        net.hosts[1].close(client);
        net.hosts[0].close(accepted);
    }
}

#[test]
fn the_limit_of_connections_refuses_and_recovers() {
    let mut net = Net::with(&[small(1), config(2)], 5);
    let listener = net.listen();
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(net.connect(listener));
    }
    assert_eq!(
        net.hosts[0].tcp_connect(None, IpEndpoint::new(v4(2).into(), 1)),
        Err(Error::LimitReached)
    );
    let late = net.hosts[1].tcp_connect(None, server()).unwrap();
    net.run_for(seconds(3));
    assert!(!net.readiness(1, late).writable);
    assert!(net.hosts[0].counters().refused >= 2);
    for (accepted, client) in &open {
        net.send_all(1, *client, b"x");
        net.run_for(Duration::from_millis(20));
        assert_eq!(net.read(0, *accepted).unwrap(), b"x");
    }
    // One ends, and the one that asked again and again has its place.
    let (accepted, client) = open.remove(0);
    net.hosts[1].close(client);
    net.run_for(Duration::from_millis(10));
    net.hosts[0].close(accepted);
    assert!(net.run_until(seconds(10), |net| net.readiness(1, late).writable));
}

#[test]
fn those_in_time_wait_give_way() {
    let mut net = Net::with(&[small(1), config(2)], 5);
    let listener = net.listen();
    for round in 0..100 {
        let (accepted, client) = net.connect(listener);
        net.hosts[0].close(accepted);
        net.run_for(Duration::from_millis(5));
        assert_eq!(net.read(1, client).unwrap(), b"", "round {round}");
        net.hosts[1].close(client);
        net.run_for(Duration::from_millis(5));
        assert_eq!(net.hosts[1].take_error(client), None);
        assert!(net.hosts[0].counters().closing <= 4);
    }
    assert_eq!(net.hosts[0].counters().closing_evicted, 96);
}

#[test]
fn the_backlog_holds_back_newcomers() {
    let mut net = Net::pair(1);
    let listener = net.hosts[0].tcp_listen(ANY, 3).unwrap();
    let clients: Vec<SocketId> = (0..6)
        .map(|_| net.hosts[1].tcp_connect(None, server()).unwrap())
        .collect();
    net.run_for(Duration::from_millis(500));
    let open = |net: &Net| {
        let is_open = |id: &&SocketId| net.readiness(1, **id).writable;
        clients.iter().filter(is_open).count()
    };
    assert_eq!(open(&net), 3);
    let mut accepted = 0;
    net.run_until(seconds(20), |net| {
        while net.hosts[0].tcp_accept(listener).is_ok() {
            accepted += 1;
        }
        accepted == 6
    });
    assert_eq!((accepted, open(&net)), (6, 6));
}

#[test]
fn a_listener_that_nobody_accepts_from_does_not_fill_the_machine() {
    let mut net = Net::with(&[small(1), config(2)], 5);
    net.hosts[0].tcp_listen(ANY, 1000).unwrap();
    for _ in 0..60 {
        net.hosts[1].tcp_connect(None, server()).unwrap();
    }
    net.run_for(seconds(50));
    assert_eq!(net.hosts[0].counters().connections, 20);
}
