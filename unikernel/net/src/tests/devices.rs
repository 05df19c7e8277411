//! Devices that are slow, full, or lose what they were given: nothing is lost,
//! and nobody spins.

use super::*;
use crate::Error;

/// How often a host wants to be polled while nothing comes.
fn polls(net: &mut Net, host: usize, time: Duration) -> usize {
    let end = net.now + time;
    let mut count = 0;
    loop {
        assert_eq!(net.hosts[host].poll(net.now), More::No);
        match net.hosts[host].deadline() {
            Some(at) if at <= end => {
                assert!(at > net.now);
                net.now = at;
                count += 1;
            }
            _ => break,
        }
    }
    net.now = end;
    count
}

#[test]
fn a_device_without_room_is_asked_again_a_thousand_times_a_second_at_most() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let mut open = Vec::new();
    for _ in 0..20 {
        open.push(net.connect(listener));
    }
    let socket = net.hosts[0].udp_bind(ANY).unwrap();
    net.run_for(seconds(1));
    net.changed(0);
    net.hosts[0].link_mut().room = 0;
    for (accepted, _) in &open {
        net.send_all(0, *accepted, &[3; 20_000]);
    }
    let remote = IpEndpoint::new(v4(2).into(), 53);
    let refused = net.hosts[0].udp_send(socket, b"?", remote, None);
    assert_eq!(refused, Err(Error::WouldBlock));
    assert!(!net.readiness(0, socket).writable);
    let count = polls(&mut net, 0, seconds(2));
    assert!(count <= 2000, "{count}");
    // There is room again, and all goes out.
    net.hosts[0].link_mut().room = 256;
    let mut left = 20 * 20_000;
    net.run_until(seconds(20), |net| {
        for (_, client) in &open {
            left -= net.read(1, *client).map_or(0, |bytes| bytes.len());
        }
        left == 0
    });
    assert_eq!(left, 0);
    assert!(net.changed(0).contains(&socket));
    assert!(net.readiness(0, socket).writable);
}

#[test]
fn frames_wait_in_a_device_that_has_no_room_for_the_answers() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.run_for(seconds(1));
    net.hosts[0].link_mut().room = 0;
    net.send_all(1, client, b"question");
    net.run_for(Duration::from_millis(100));
    assert_eq!(net.read(0, accepted), Err(Error::WouldBlock));
    assert!(!net.hosts[0].link_mut().arrived.is_empty());
    net.hosts[0].link_mut().room = 1;
    net.settle();
    assert_eq!(net.read(0, accepted).unwrap(), b"question");
}

#[test]
fn what_a_device_loses_is_sent_again() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.run_for(seconds(1));
    net.hosts[0].link_mut().is_broken = true;
    net.send_all(0, accepted, b"hello");
    net.run_for(Duration::from_millis(100));
    net.hosts[0].link_mut().is_broken = false;
    net.run_for(seconds(3));
    assert_eq!(net.read(1, client).unwrap(), b"hello");
}

/// A peer that keeps its window closed costs a packet now and then.
#[test]
fn a_closed_window_is_asked_seldom() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.send_all(0, accepted, &[1; 30_000]);
    net.run_for(seconds(10));
    let before = net.hosts[0].counters();
    net.run_for(seconds(3600));
    let after = net.hosts[0].counters();
    assert!(after.frames - before.frames <= 3600, "{after:?}");
    assert!(
        after.socket_polls - before.socket_polls <= 5 * 3600,
        "{after:?}"
    );
    assert!(!net.readiness(0, accepted).error);
    let mut left = 30_000;
    net.run_until(seconds(120), |net| {
        left -= net.read(1, client).map_or(0, |bytes| bytes.len());
        left == 0
    });
    assert_eq!(left, 0);
}

/// What is read bit by bit opens the window by jumps: not each read sends.
#[test]
fn reading_sends_only_what_helps_the_peer() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.send_all(1, client, &[1; 16_384]);
    net.run_for(seconds(1));
    let mut buffer = [0; 16];
    let mut sent = 0;
    for _ in 0..1024 {
        let got = net.hosts[0].tcp_recv(accepted, &mut buffer, crate::Peek::No);
        assert_eq!(got, Ok(16));
        sent += core::mem::take(&mut net.hosts[0].link_mut().sent).len();
    }
    assert!((1..=12).contains(&sent), "{sent}");
}
