//! Resets: who sends them when, and which are believed.

use super::closing::{connections, open};
use super::frames::{Segment, segment};
use super::*;
use crate::{Error, Peek};

#[test]
fn closing_with_unread_bytes_is_a_reset() {
    let (mut net, _, accepted, client) = open();
    net.send_all(1, client, b"never read");
    net.run_for(seconds(1));
    net.hosts[0].close(accepted);
    net.run_for(seconds(1));
    let readiness = net.readiness(1, client);
    assert!(readiness.error && readiness.hung_up && readiness.readable);
    assert_eq!(net.read(1, client), Err(Error::ConnectionReset));
    assert_eq!(net.read(1, client).unwrap(), b"", "told once");
    assert_eq!(net.hosts[1].tcp_send(client, b"x"), Err(Error::BrokenPipe));
    assert!(!net.readiness(1, client).error);
    net.hosts[1].close(client);
    assert_eq!(connections(&net), (0, 0));
}

#[test]
fn bytes_that_come_after_close_are_answered_with_a_reset() {
    let (mut net, _, accepted, client) = open();
    net.hosts[0].close(accepted);
    net.run_for(seconds(1));
    net.send_all(1, client, b"too late");
    net.run_for(seconds(1));
    assert_eq!(
        net.hosts[1].take_error(client),
        Some(Error::ConnectionReset)
    );
    assert_eq!(net.hosts[1].take_error(client), None);
    assert_eq!(net.hosts[0].counters().connections, 0);
}

#[test]
fn bytes_that_came_before_a_reset_can_be_read() {
    let (mut net, _, accepted, client) = open();
    net.send_all(1, client, b"last words");
    net.run_for(seconds(1));
    net.hosts[1].tcp_abort(client);
    net.run_for(seconds(1));
    assert_eq!(net.read(0, accepted).unwrap(), b"last words");
    assert_eq!(net.read(0, accepted), Err(Error::ConnectionReset));
    assert_eq!(net.read(0, accepted).unwrap(), b"");
}

#[test]
fn a_connection_that_was_reset_before_accept_is_still_accepted() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let client = net.hosts[1].tcp_connect(None, server()).unwrap();
    net.run_for(seconds(1));
    net.send_all(1, client, b"x");
    net.run_for(seconds(1));
    let local = net.hosts[1].local(client).unwrap();
    net.hosts[1].tcp_abort(client);
    net.run_for(seconds(1));
    let (accepted, _, remote) = net.hosts[0].tcp_accept(listener).unwrap();
    assert_eq!(remote, local);
    assert_eq!(net.hosts[0].remote(accepted), Some(local));
    let mut buffer = [0; 8];
    let mut read = || net.hosts[0].tcp_recv(accepted, &mut buffer, Peek::No);
    assert_eq!(
        (read(), read(), read()),
        (Ok(1), Err(Error::ConnectionReset), Ok(0))
    );
}

/// A reset that is in the window, but not what the peer would send.
#[test]
fn a_forged_reset_ends_nothing() {
    let (mut net, _, accepted, client) = open();
    net.record = Some(Vec::new());
    net.send_all(1, client, b"some bytes");
    net.run_for(seconds(1));
    assert_eq!(net.read(0, accepted).unwrap(), b"some bytes");
    let from = net.hosts[1].local(client).unwrap();
    let record = net.record.take().unwrap();
    let frame = record.iter().find(|frame| frame.len() == 64).unwrap();
    let number = i32::from_be_bytes(frame[38..42].try_into().unwrap());
    for ahead in [11, 100, 1000, 16_000] {
        let forged = segment(Segment {
            from,
            reset: true,
            sequence: number.wrapping_add(ahead),
            ..Segment::default()
        });
        net.hosts[0].link_mut().arrived.push_back(forged);
        net.settle();
    }
    net.run_for(seconds(1));
    assert!(!net.readiness(0, accepted).hung_up);
    // The true one does.
    net.hosts[1].tcp_abort(client);
    net.run_for(seconds(1));
    assert_eq!(net.read(0, accepted), Err(Error::ConnectionReset));
}

/// Also when it comes with bytes that were not acknowledged yet.
#[test]
fn a_reset_right_after_the_last_bytes_counts() {
    let (mut net, _, accepted, client) = open();
    net.send_all(1, client, b"first");
    net.run_for(seconds(1));
    net.send_all(1, client, b"last");
    net.hosts[1].tcp_abort(client);
    net.run_for(LATENCY * 4);
    assert_eq!(net.read(0, accepted).unwrap(), b"firstlast");
    assert_eq!(net.read(0, accepted), Err(Error::ConnectionReset));
}
