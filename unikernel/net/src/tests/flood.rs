//! At the limits: newcomers are refused and counted, and those who are being
//! served notice nothing.

use super::frames::{Segment, segment};
use super::*;
use crate::{Error, Nagle};

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
    // Each began a handshake, or got a cookie; a few came twice.
    let counted = counters.refused + counters.cookies_given + 8;
    assert!((59_900..=60_000).contains(&counted), "{counters:?}");
    assert_eq!(counters.cookies_redeemed, 0);
    // After the flood all is as before.
    net.run_for(seconds(15));
    let counters = net.hosts[0].counters();
    assert_eq!((counters.half_open, counters.connections), (0, 1));
    net.connect(listener);
}

#[test]
fn a_flood_keeps_nobody_out() {
    for backlog in [4, 128] {
        let mut net = Net::with(&[small(1), config(2)], 5);
        let listener = net.hosts[0].tcp_listen(ANY, backlog).unwrap();
        let mut random = Random(9);
        let flood = |net: &mut Net, random: &mut Random| {
            for _ in 0..100 {
                let syn = forged_syn(random);
                net.hosts[0].link_mut().arrived.push_back(syn);
            }
        };
        // Hardware addresses are found before, and the places are taken.
        let pair = net.connect(listener);
        flood(&mut net, &mut random);
        net.run_for(Duration::from_millis(300));
        for round in 0..30 {
            flood(&mut net, &mut random);
            let remote = if round % 2 == 0 {
                server()
            } else {
                server_v6()
            };
            let client = net.hosts[1].tcp_connect(None, remote).unwrap();
            net.hosts[1].set_nodelay(client, Nagle::Off);
            let began = net.now;
            let mut accepted = None;
            assert!(net.run_until(seconds(1), |net| {
                accepted = accepted.or_else(|| net.hosts[0].tcp_accept(listener).ok());
                accepted.is_some() && net.readiness(1, client).writable
            }));
            let (accepted, local, from) = accepted.unwrap();
            // In the first round the neighbour is looked for, among all others.
            assert!(round < 2 || net.now - began < Duration::from_millis(10));
            assert_eq!((local, Some(from)), (remote, net.hosts[1].local(client)));
            for size in [1, 10_000] {
                flood(&mut net, &mut random);
                for (host, from, to) in [(0, accepted, client), (1, client, accepted)] {
                    net.send_all(host, from, &vec![round; size]);
                    let mut got = Vec::new();
                    assert!(net.run_until(seconds(5), |net| {
                        got.extend(net.read(1 - host, to).unwrap_or_default());
                        got.len() == size
                    }));
                    assert!(got.iter().all(|byte| *byte == round));
                }
            }
            net.hosts[1].close(client);
            net.run_for(Duration::from_millis(10));
            assert_eq!(net.read(0, accepted).unwrap(), b"");
            net.hosts[0].close(accepted);
        }
        let counters = net.hosts[0].counters();
        assert!(counters.cookies_redeemed >= 28, "{counters:?}");
        assert!(!net.readiness(0, pair.0).error);
    }
}

/// Who only guesses what a cookie may be gets a reset, and costs nothing.
#[test]
fn forged_cookies_open_nothing() {
    let mut net = Net::with(&[small(1), config(2)], 5);
    net.listen();
    let mut random = Random(9);
    for _ in 0..9 {
        let syn = forged_syn(&mut random);
        net.hosts[0].link_mut().arrived.push_back(syn);
    }
    net.settle();
    assert_eq!(net.hosts[0].counters().cookies_given, 1);
    let before = net.hosts[0].counters();
    for _ in 0..2000 {
        let guess = segment(Segment {
            sequence: random.next() as i32,
            acknowledges: Some(random.next() as i32),
            ..Segment::default()
        });
        net.hosts[0].link_mut().arrived.push_back(guess);
        net.settle();
    }
    let after = net.hosts[0].counters();
    assert_eq!(after.connections, before.connections);
    assert_eq!((after.refused, after.cookies_redeemed), (0, 0));
}

#[test]
fn a_cookie_is_no_good_after_a_while_nor_for_another() {
    let mut net = Net::with(&[small(1), config(2)], 5);
    let listener = net.listen();
    let other = net.hosts[1].udp_bind(ANY).unwrap();
    let mut random = Random(9);
    for late in [false, true] {
        net.run_for(seconds(20));
        for _ in 0..8 {
            let syn = forged_syn(&mut random);
            net.hosts[0].link_mut().arrived.push_back(syn);
        }
        let syn = Segment {
            syn: true,
            sequence: 77,
            ..Segment::default()
        };
        net.hosts[0].link_mut().arrived.push_back(segment(syn));
        while net.hosts[0].poll(net.now) == More::Yes {}
        let sent = core::mem::take(&mut net.hosts[0].link_mut().sent);
        let is_cookie = |frame: &&Vec<u8>| frame[12..14] == [8, 0] && frame[47] == 0x12;
        let answer = sent.iter().find(is_cookie).unwrap();
        let cookie = i32::from_be_bytes(answer[38..42].try_into().unwrap());
        let good = Segment {
            sequence: 78,
            acknowledges: Some(cookie.wrapping_add(1)),
            ..Segment::default()
        };
        let mut bad = good;
        bad.from.port += 1;
        let mut worse = good;
        worse.sequence += 1;
        for (segment_, is_good) in [(bad, false), (worse, false), (good, !late)] {
            if late {
                net.run_for(seconds(16));
            }
            // The server learns where its peer is.
            net.hosts[1].udp_send(other, b"", server(), None).unwrap();
            net.run_for(Duration::from_millis(10));
            net.hosts[0].link_mut().arrived.push_back(segment(segment_));
            net.run_for(Duration::from_millis(10));
            let accepted = net.hosts[0].tcp_accept(listener);
            assert_eq!(accepted.is_ok(), is_good, "late: {late}");
            if let Ok((id, ..)) = accepted {
                net.hosts[0].tcp_abort(id);
            }
        }
    }
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
