//! Bytes arrive, all of them, in order, whatever the wire does.

use super::*;
use crate::{Error, Nagle, Peek};

/// What a side has to send, and what it has got.
struct Side {
    host: usize,
    id: SocketId,
    to_send: usize,
    sent: usize,
    got: usize,
    is_done: bool,
}

/// The byte at this place of what this host sends.
fn pattern(host: usize, place: usize) -> u8 {
    let mixed = (place as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15);
    (mixed >> 56) as u8 ^ host as u8
}

impl Side {
    fn new(host: usize, id: SocketId, to_send: usize) -> Self {
        Self {
            host,
            id,
            to_send,
            sent: 0,
            got: 0,
            is_done: false,
        }
    }

    /// Writes and reads as much as is possible now.
    fn work(&mut self, net: &mut Net) {
        let stack = &mut net.hosts[self.host];
        while self.sent < self.to_send {
            let end = self.to_send.min(self.sent + 3000);
            let bytes: Vec<u8> = (self.sent..end).map(|at| pattern(self.host, at)).collect();
            match stack.tcp_send(self.id, &bytes) {
                Ok(count) => self.sent += count,
                Err(Error::WouldBlock) => break,
                Err(error) => panic!("send: {error}"),
            }
            if self.sent == self.to_send {
                stack.tcp_shutdown_write(self.id);
            }
        }
        let mut buffer = [0; 2000];
        loop {
            match stack.tcp_recv(self.id, &mut buffer, Peek::No) {
                Ok(0) => {
                    self.is_done = true;
                    break;
                }
                Ok(count) => {
                    for (offset, byte) in buffer[..count].iter().enumerate() {
                        let expected = pattern(1 - self.host, self.got + offset);
                        assert_eq!(*byte, expected, "at {}", self.got + offset);
                    }
                    self.got += count;
                }
                Err(Error::WouldBlock) => break,
                Err(error) => panic!("recv: {error}"),
            }
        }
    }
}

fn transfer(faults: Faults, seed: u64, remote: IpEndpoint, size: usize) -> Duration {
    transfer_on(Net::pair(seed), faults, seed, remote, size)
}

fn transfer_on(
    mut net: Net,
    faults: Faults,
    seed: u64,
    remote: IpEndpoint,
    size: usize,
) -> Duration {
    let listener = net.listen();
    net.faults = faults;
    let client = net.hosts[1].tcp_connect(None, remote).unwrap();
    let mut sides = vec![Side::new(1, client, size)];
    let began = net.now;
    let is_done = net.run_until(seconds(3600), |net| {
        if sides.len() == 1
            && let Ok((id, local, _)) = net.hosts[0].tcp_accept(listener)
        {
            assert_eq!(local, remote);
            net.hosts[0].set_nodelay(id, Nagle::Off);
            sides.push(Side::new(0, id, size));
        }
        for side in &mut sides {
            side.work(net);
        }
        sides.len() == 2 && sides.iter().all(|side| side.is_done)
    });
    assert!(is_done, "seed {seed}");
    for side in &sides {
        assert_eq!((side.sent, side.got), (size, size), "seed {seed}");
    }
    net.now - began
}

#[test]
fn over_a_good_wire_at_full_speed() {
    for remote in [server(), server_v6()] {
        let time = transfer(Faults::default(), 1, remote, 1 << 20);
        // A window of 16 KiB each round trip of 0.4 ms would take 26 ms.
        assert!(time < Duration::from_millis(100), "{time}");
    }
}

#[test]
fn over_a_wire_that_loses_repeats_delays_and_damages() {
    // Among these are some in which both sides lose all acknowledgements.
    for seed in 0..24 {
        let faults = Faults {
            lost: 30,
            repeated: 20,
            delayed: 50,
            damaged: 10,
        };
        let remote = if seed % 2 == 0 { server() } else { server_v6() };
        transfer(faults, seed, remote, 128 << 10);
    }
}

#[test]
fn over_a_wire_that_loses_a_tenth() {
    for seed in 100..104 {
        let faults = Faults {
            lost: 100,
            ..Faults::default()
        };
        transfer(faults, seed, server(), 64 << 10);
    }
}

#[test]
fn by_a_cookie_over_a_bad_wire() {
    for seed in 200..216 {
        let faults = Faults {
            lost: 50,
            repeated: 20,
            delayed: 200,
            damaged: 10,
        };
        let forgetful = Config {
            limits: Limits {
                half_open: 0,
                ..LIMITS
            },
            ..config(1)
        };
        let net = Net::with(&[forgetful, config(2)], seed);
        let remote = if seed % 2 == 0 { server() } else { server_v6() };
        transfer_on(net, faults, seed, remote, 32 << 10);
    }
}

#[test]
fn hundreds_of_connections_at_once() {
    const COUNT: usize = 250;
    let mut net = Net::pair(7);
    let listener = net.hosts[0].tcp_listen(ANY, COUNT).unwrap();
    let clients: Vec<SocketId> = (0..COUNT)
        .map(|_| net.hosts[1].tcp_connect(None, server()).unwrap())
        .collect();
    let mut sides: Vec<Side> = clients.iter().map(|&id| Side::new(1, id, 5000)).collect();
    let is_done = net.run_until(seconds(60), |net| {
        while let Ok((id, ..)) = net.hosts[0].tcp_accept(listener) {
            sides.push(Side::new(0, id, 5000));
        }
        for side in &mut sides {
            if !side.is_done {
                side.work(net);
            }
        }
        sides.len() == 2 * COUNT && sides.iter().all(|side| side.is_done)
    });
    assert!(is_done);
    assert_eq!(net.hosts[0].counters().refused, 0);
    for side in &sides {
        net.hosts[side.host].close(side.id);
    }
    net.run_for(seconds(30));
    for host in &net.hosts {
        let counters = host.counters();
        assert_eq!((counters.connections, counters.closing), (0, 0));
    }
}

#[test]
fn a_device_with_room_for_one_frame_is_enough() {
    let mut net = Net::pair(3);
    for host in &mut net.hosts {
        host.link_mut().room = 1;
    }
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    let mut sides = [Side::new(0, accepted, 40_000), Side::new(1, client, 40_000)];
    let is_done = net.run_until(seconds(60), |net| {
        for side in &mut sides {
            side.work(net);
        }
        sides.iter().all(|side| side.is_done)
    });
    assert!(is_done);
}

/// How many segments with content arrive at host 1 within this time.
fn segments_within(net: &mut Net, time: Duration) -> usize {
    let end = net.now + time;
    let mut count = 0;
    loop {
        while net.hosts[0].poll(net.now) == More::Yes {}
        let sent = core::mem::take(&mut net.hosts[0].link_mut().sent);
        count += sent.iter().filter(|frame| frame.len() > 100).count();
        match net.hosts[0].deadline() {
            Some(at) if at <= end => net.now = at,
            _ => break,
        }
    }
    net.now = end;
    count
}

#[test]
fn the_first_flight_has_ten_segments_and_what_follows_a_loss_one() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, _) = net.connect(listener);
    net.send_all(0, accepted, &[1; 30_000]);
    assert_eq!(segments_within(&mut net, Duration::from_millis(100)), 10);
    // All of them are lost.
    assert_eq!(segments_within(&mut net, Duration::from_millis(1000)), 1);
    assert!(segments_within(&mut net, seconds(30)) < 10);
}

#[test]
fn a_page_takes_two_round_trips() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.run_for(seconds(1));
    let began = net.now;
    net.send_all(0, accepted, &[1; 30_000]);
    let mut left = 30_000;
    assert!(net.run_until(seconds(1), |net| {
        left -= net.read(1, client).map_or(0, |bytes| bytes.len());
        left == 0
    }));
    // And three halves of one: the window of the receiver has 16 KiB.
    assert!(net.now - began <= LATENCY * 5, "{}", net.now - began);
}

#[test]
fn a_side_that_does_not_read_can_still_send() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.send_all(0, accepted, &[1; 30_000]);
    let mut got = 0;
    for _ in 0..20 {
        // The server asks now and then whether there is room again.
        net.run_for(seconds(5));
        net.send_all(1, client, &[2; 10_000]);
        net.run_for(Duration::from_millis(100));
        got += net.read(0, accepted).unwrap().len();
    }
    assert_eq!(got, 200_000);
    assert_eq!(net.hosts[0].take_error(accepted), None);
    assert_eq!(net.hosts[1].take_error(client), None);
    let mut left = 30_000;
    net.run_until(seconds(100), |net| {
        left -= net.read(1, client).map_or(0, |bytes| bytes.len());
        left == 0
    });
    assert_eq!(left, 0);
}

#[test]
fn peeking_leaves_the_bytes() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.send_all(1, client, b"hello");
    net.run_for(seconds(1));
    let mut buffer = [0; 3];
    let peeked = net.hosts[0].tcp_recv(accepted, &mut buffer, Peek::Yes);
    assert_eq!((peeked, &buffer), (Ok(3), b"hel"));
    assert_eq!(net.read(0, accepted).unwrap(), b"hello");
    assert_eq!(net.read(0, accepted), Err(Error::WouldBlock));
}
