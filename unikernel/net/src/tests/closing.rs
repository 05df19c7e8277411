//! Ends of connections: as Linux has them.

use super::*;
use crate::Error;

pub(super) fn open() -> (Net, SocketId, SocketId, SocketId) {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.run_for(seconds(1));
    (net, listener, accepted, client)
}

pub(super) fn connections(net: &Net) -> (usize, usize) {
    let count = |host: usize| net.hosts[host].counters().connections;
    (count(0), count(1))
}

#[test]
fn a_half_closed_connection_still_carries_bytes_the_other_way() {
    let (mut net, _, accepted, client) = open();
    net.send_all(1, client, b"question");
    net.hosts[1].tcp_shutdown_write(client);
    assert_eq!(net.hosts[1].tcp_send(client, b"x"), Err(Error::BrokenPipe));
    net.run_for(seconds(1));
    let readiness = net.readiness(0, accepted);
    assert!(readiness.readable && readiness.read_closed && readiness.writable);
    assert!(!readiness.hung_up && !readiness.write_closed);
    assert_eq!(net.read(0, accepted).unwrap(), b"question");
    assert_eq!(net.read(0, accepted).unwrap(), b"");
    assert_eq!(net.read(0, accepted).unwrap(), b"");
    // However long the answer takes.
    net.run_for(seconds(1000));
    net.send_all(0, accepted, b"answer");
    net.run_for(seconds(1));
    assert_eq!(net.read(1, client).unwrap(), b"answer");
    net.hosts[0].close(accepted);
    net.run_for(seconds(1));
    assert_eq!(net.read(1, client).unwrap(), b"");
    assert!(net.readiness(1, client).hung_up);
    net.hosts[1].close(client);
    net.run_for(seconds(30));
    assert_eq!(connections(&net), (0, 0));
}

#[test]
fn what_was_written_before_close_still_arrives() {
    let (mut net, _, accepted, client) = open();
    let bytes = vec![7; 30_000];
    net.send_all(0, accepted, &bytes);
    net.hosts[0].close(accepted);
    assert_eq!(
        net.hosts[0].tcp_send(accepted, b"x"),
        Err(Error::NoSuchSocket)
    );
    assert!(net.hosts[0].is_closing());
    let mut got = Vec::new();
    net.run_until(seconds(5), |net| {
        while let Ok(bytes) = net.read(1, client) {
            if bytes.is_empty() {
                return true;
            }
            got.extend(bytes);
        }
        false
    });
    assert_eq!(got, bytes);
    net.run_for(seconds(1));
    assert!(!net.hosts[0].is_closing());
    net.hosts[1].close(client);
    net.run_for(seconds(30));
    assert_eq!(connections(&net), (0, 0));
}

#[test]
fn nobody_listens_there() {
    let mut net = Net::pair(1);
    for remote in [server(), server_v6()] {
        let client = net.hosts[1].tcp_connect(None, remote).unwrap();
        let readiness = net.readiness(1, client);
        assert_eq!(readiness, Readiness::default());
        assert_eq!(net.hosts[1].tcp_send(client, b"x"), Err(Error::WouldBlock));
        assert_eq!(net.read(1, client), Err(Error::WouldBlock));
        net.run_for(seconds(1));
        assert_eq!(net.changed(1), [client]);
        let readiness = net.readiness(1, client);
        assert!(readiness.error && readiness.hung_up && !readiness.writable);
        assert_eq!(
            net.hosts[1].take_error(client),
            Some(Error::ConnectionRefused)
        );
        net.run_for(seconds(100));
        assert_eq!(net.hosts[1].take_error(client), None);
        net.hosts[1].close(client);
    }
    assert_eq!(connections(&net), (0, 0));
}

#[test]
fn nobody_is_there() {
    let mut net = Net::pair(1);
    let nobody = IpEndpoint::new(IpAddress::Ipv4(v4(77)), PORT);
    let client = net.hosts[1].tcp_connect(None, nobody).unwrap();
    net.run_for(seconds(61));
    assert_eq!(net.hosts[1].take_error(client), Some(Error::TimedOut));
    net.hosts[1].close(client);
    let elsewhere = IpEndpoint::new(IpAddress::v4(192, 0, 2, 1), PORT);
    let refused = net.hosts[1].tcp_connect(None, elsewhere);
    assert_eq!(refused, Err(Error::Unreachable));
    for address in [
        IpAddress::Ipv4(Ipv4Address::UNSPECIFIED),
        IpAddress::Ipv6(Ipv6Address::UNSPECIFIED),
        IpAddress::v4(255, 255, 255, 255),
        IpAddress::v6(0xff02, 0, 0, 0, 0, 0, 0, 1),
    ] {
        let nowhere = IpEndpoint::new(address, PORT);
        assert_eq!(
            net.hosts[1].tcp_connect(None, nowhere),
            Err(Error::Unreachable)
        );
    }
    assert_eq!(connections(&net), (0, 0));
}

#[test]
fn a_connection_may_be_idle_for_hours() {
    let (mut net, _, accepted, client) = open();
    net.run_for(seconds(10_000));
    // And nobody was woken for it.
    assert!(net.hosts.iter().all(|host| host.deadline().is_none()));
    net.send_all(0, accepted, b"still there?");
    net.run_for(seconds(1));
    assert_eq!(net.read(1, client).unwrap(), b"still there?");
    net.run_for(seconds(10_000));
    net.hosts[0].close(accepted);
    net.run_for(seconds(1));
    assert_eq!(net.read(1, client).unwrap(), b"", "a FIN, not a reset");
}

#[test]
fn a_peer_that_vanishes_while_it_owes_an_answer_is_given_up() {
    let (mut net, _, accepted, client) = open();
    net.cut.push(1);
    net.run_for(seconds(500));
    assert!(!net.readiness(0, accepted).error, "it owes nothing");
    net.changed(0);
    net.send_all(0, accepted, b"hello?");
    let began = net.now;
    assert!(net.run_until(seconds(100), |net| net.readiness(0, accepted).error));
    assert_eq!(net.now - began, seconds(60));
    assert_eq!(net.changed(0), [accepted]);
    assert_eq!(net.read(0, accepted), Err(Error::TimedOut));
    net.hosts[0].close(accepted);
    assert_eq!(connections(&net).0, 0);
    net.hosts[1].close(client);
}

#[test]
fn a_closed_connection_ends_though_the_peer_has_vanished() {
    let (mut net, _, accepted, _) = open();
    net.send_all(0, accepted, b"goodbye");
    net.cut.push(1);
    net.hosts[0].close(accepted);
    net.run_for(seconds(59));
    assert_eq!(connections(&net).0, 1);
    net.run_for(seconds(3));
    assert_eq!(connections(&net).0, 0);
}

#[test]
fn a_peer_that_never_closes_is_forgotten() {
    let (mut net, _, accepted, client) = open();
    net.hosts[0].close(accepted);
    net.run_for(seconds(30));
    assert_eq!(net.read(1, client).unwrap(), b"");
    assert_eq!(connections(&net).0, 1, "FIN-WAIT-2");
    net.run_for(seconds(40));
    assert_eq!(connections(&net).0, 0);
}

#[test]
fn a_peer_that_reads_nothing_cannot_keep_what_is_closed() {
    let (mut net, _, accepted, _client) = open();
    while net.hosts[0].tcp_send(accepted, &[1; 4096]).is_ok() {
        net.run_for(Duration::from_millis(100));
    }
    // While it is open the peer may take its time.
    net.run_for(seconds(500));
    assert!(!net.readiness(0, accepted).error);
    net.hosts[0].close(accepted);
    net.run_for(seconds(70));
    assert_eq!(connections(&net).0, 0);
}

#[test]
fn bytes_are_not_lost_while_time_wait_passes() {
    let (mut net, _, accepted, client) = open();
    net.hosts[0].tcp_shutdown_write(accepted);
    net.run_for(seconds(1));
    net.send_all(1, client, b"read me late");
    net.hosts[1].tcp_shutdown_write(client);
    net.run_for(seconds(100));
    assert_eq!(net.read(0, accepted).unwrap(), b"read me late");
    assert_eq!(net.read(0, accepted).unwrap(), b"");
    net.run_for(seconds(30));
    assert_eq!(net.read(0, accepted).unwrap(), b"");
    assert_eq!(net.hosts[0].take_error(accepted), None);
    assert!(net.readiness(0, accepted).hung_up);
    net.hosts[0].close(accepted);
    net.hosts[1].close(client);
    net.run_for(seconds(30));
    assert_eq!(connections(&net), (0, 0));
}

#[test]
fn a_port_can_be_used_again_while_the_old_connection_is_in_time_wait() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let local = Some(Endpoint {
        address: None,
        port: 50_000,
    });
    for round in 0..3 {
        let client = net.hosts[1].tcp_connect(local, server()).unwrap();
        let mut accepted = None;
        net.run_until(seconds(1), |net| {
            accepted = net.hosts[0].tcp_accept(listener).ok();
            accepted.is_some()
        });
        let (accepted, _, remote) = accepted.unwrap_or_else(|| panic!("round {round}"));
        assert_eq!(remote.port, 50_000);
        // The server closes first, so TIME-WAIT is on its side.
        net.hosts[0].close(accepted);
        net.run_for(Duration::from_millis(100));
        net.hosts[1].close(client);
        net.run_for(Duration::from_millis(100));
        assert_eq!(connections(&net), (1, 0));
    }
}

#[test]
fn a_port_can_be_used_again_though_the_program_has_not_closed_the_old_connection() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let local = Some(Endpoint {
        address: None,
        port: 50_000,
    });
    let mut old = Vec::new();
    for _ in 0..3 {
        let client = net.hosts[1].tcp_connect(local, server()).unwrap();
        net.run_for(Duration::from_millis(100));
        let (accepted, ..) = net.hosts[0].tcp_accept(listener).unwrap();
        net.hosts[0].tcp_shutdown_write(accepted);
        net.run_for(Duration::from_millis(100));
        net.send_all(1, client, b"last words");
        net.hosts[1].close(client);
        net.run_for(Duration::from_millis(100));
        old.push(accepted);
    }
    for accepted in old {
        assert_eq!(net.read(0, accepted).unwrap(), b"last words");
        assert_eq!(net.read(0, accepted).unwrap(), b"");
    }
}

#[test]
fn simultaneous_close() {
    let (mut net, _, accepted, client) = open();
    net.hosts[0].close(accepted);
    net.hosts[1].close(client);
    net.run_for(seconds(30));
    assert_eq!(connections(&net), (0, 0));
}

#[test]
fn reading_can_be_shut() {
    let (mut net, _, accepted, client) = open();
    net.send_all(1, client, b"before");
    net.run_for(seconds(1));
    net.hosts[0].tcp_shutdown_read(accepted);
    let readiness = net.readiness(0, accepted);
    assert!(readiness.read_closed && readiness.readable && !readiness.hung_up);
    assert_eq!(net.read(0, accepted).unwrap(), b"before");
    assert_eq!(net.read(0, accepted).unwrap(), b"");
}

#[test]
fn closing_a_listener_resets_those_who_wait() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let waiting = net.hosts[1].tcp_connect(None, server()).unwrap();
    net.run_for(seconds(1));
    let opening = net.hosts[1].tcp_connect(None, server_v6()).unwrap();
    net.settle();
    assert_eq!(net.hosts[0].counters().connections, 1);
    net.hosts[0].close(listener);
    net.run_for(seconds(1));
    assert_eq!(
        net.hosts[1].take_error(waiting),
        Some(Error::ConnectionReset)
    );
    assert_eq!(
        net.hosts[1].take_error(opening),
        Some(Error::ConnectionRefused)
    );
    assert_eq!(connections(&net).0, 0);
    assert_eq!(net.hosts[0].tcp_accept(listener), Err(Error::NoSuchSocket));
    net.listen();
}

#[test]
fn a_name_of_the_past_is_nobody() {
    let (mut net, _, accepted, client) = open();
    net.hosts[0].tcp_abort(accepted);
    assert_eq!(net.read(0, accepted), Err(Error::NoSuchSocket));
    assert!(net.readiness(0, accepted).hung_up);
    assert_eq!(net.hosts[0].local(accepted), None);
    net.hosts[0].close(accepted);
    net.hosts[0].tcp_abort(accepted);
    net.hosts[0].tcp_shutdown_write(accepted);
    net.run_for(seconds(1));
    net.hosts[1].close(client);
    assert_eq!(connections(&net), (0, 0));
}
