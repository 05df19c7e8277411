//! What `take_changed` tells: all that is new, and not much else.

use super::*;
use crate::Error;

fn open() -> (Net, SocketId, SocketId, SocketId) {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let (accepted, client) = net.connect(listener);
    net.run_for(seconds(1));
    net.changed(0);
    net.changed(1);
    (net, listener, accepted, client)
}

#[test]
fn a_connection_is_news_to_the_listener_and_to_the_client() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let client = net.hosts[1].tcp_connect(None, server()).unwrap();
    assert_eq!(net.changed(1), [], "the program knows what it did");
    net.run_for(seconds(1));
    assert_eq!(net.changed(0), [listener]);
    assert!(net.readiness(0, listener).readable);
    assert_eq!(net.changed(1), [client]);
    assert!(net.readiness(1, client).writable);
    assert_eq!(net.changed(0), []);
    net.hosts[0].tcp_accept(listener).unwrap();
    assert!(!net.readiness(0, listener).readable);
    assert_eq!(net.hosts[0].tcp_accept(listener), Err(Error::WouldBlock));
}

#[test]
fn each_arrival_is_news_though_the_last_was_not_read() {
    let (mut net, _, accepted, client) = open();
    for _ in 0..3 {
        net.send_all(1, client, b"more");
        net.run_for(seconds(1));
        assert_eq!(net.changed(0), [accepted]);
        assert_eq!(net.changed(1), [], "an acknowledgement is no news");
    }
}

#[test]
fn many_arrivals_are_told_once() {
    let (mut net, _, accepted, client) = open();
    for _ in 0..5 {
        net.send_all(1, client, &[0; 2000]);
        net.run_for(Duration::from_millis(50));
    }
    assert_eq!(net.changed(0), [accepted]);
    assert_eq!(net.changed(0), []);
}

#[test]
fn room_is_news_when_it_is_worth_it() {
    let (mut net, _, accepted, client) = open();
    let mut written = 0;
    loop {
        match net.hosts[0].tcp_send(accepted, &[1; 8192]) {
            Ok(count) => written += count,
            Err(error) => {
                assert_eq!(error, Error::WouldBlock);
                break;
            }
        }
    }
    assert!(!net.readiness(0, accepted).writable);
    net.run_for(seconds(1));
    // 16 KiB have gone into the peer's buffer: half of ours is free.
    assert_eq!(net.changed(0), [accepted]);
    assert!(net.readiness(0, accepted).writable);
    assert_eq!(net.changed(0), []);
    let mut got = 0;
    net.run_until(seconds(10), |net| {
        while let Ok(bytes) = net.read(1, client) {
            got += bytes.len();
        }
        got == written
    });
    assert_eq!(got, written);
    assert_eq!(net.changed(0), [], "it was writable all the time");
}

#[test]
fn ends_are_news() {
    let (mut net, _, accepted, client) = open();
    net.hosts[1].tcp_shutdown_write(client);
    net.run_for(seconds(1));
    assert_eq!(net.changed(0), [accepted]);
    assert!(net.readiness(0, accepted).read_closed);
    net.hosts[1].tcp_abort(client);
    net.run_for(seconds(1));
    assert_eq!(net.changed(0), [accepted]);
    assert!(net.readiness(0, accepted).hung_up);
    net.hosts[0].close(accepted);
    assert_eq!(net.changed(0), []);
}

#[test]
fn datagrams_are_news() {
    let mut net = Net::pair(1);
    let socket = net.hosts[0].udp_bind(ANY).unwrap();
    let other = net.hosts[1]
        .udp_bind(Endpoint {
            address: None,
            port: 0,
        })
        .unwrap();
    for _ in 0..2 {
        for remote in [server(), server_v6()] {
            net.hosts[1].udp_send(other, b"?", remote, None).unwrap();
            net.run_for(seconds(1));
            assert_eq!(net.changed(0), [socket]);
        }
    }
    let mut buffer = [0; 8];
    for local in [server(), server_v6(), server(), server_v6()] {
        let datagram = net.hosts[0].udp_recv(socket, &mut buffer).unwrap();
        assert_eq!(datagram.local, Some(local.addr));
        assert_eq!((datagram.length, datagram.original_length), (1, 1));
    }
    assert_eq!(
        net.hosts[0].udp_recv(socket, &mut buffer),
        Err(Error::WouldBlock)
    );
}

#[test]
fn a_datagram_that_does_not_fit_is_cut_and_one_that_is_too_long_is_not_sent() {
    let mut net = Net::pair(1);
    let socket = net.hosts[0].udp_bind(ANY).unwrap();
    let other = net.hosts[1].udp_bind(ANY).unwrap();
    let send = |net: &mut Net, length: usize, remote| {
        net.hosts[1].udp_send(other, &vec![9; length], remote, None)
    };
    assert_eq!(send(&mut net, 1473, server()), Err(Error::MessageTooLong));
    assert_eq!(
        send(&mut net, 1453, server_v6()),
        Err(Error::MessageTooLong)
    );
    send(&mut net, 1472, server()).unwrap();
    send(&mut net, 1452, server_v6()).unwrap();
    send(&mut net, 0, server()).unwrap();
    net.run_for(seconds(1));
    let mut buffer = [0; 100];
    for length in [1472, 1452, 0] {
        let datagram = net.hosts[0].udp_recv(socket, &mut buffer).unwrap();
        assert_eq!(datagram.original_length, length);
        assert_eq!(datagram.length, length.min(100));
    }
}

#[test]
fn endpoints_are_had_by_one_socket() {
    let mut net = Net::pair(1);
    let at = |address: Option<IpAddress>| Endpoint {
        address,
        port: PORT,
    };
    let all_v4 = Some(IpAddress::Ipv4(Ipv4Address::UNSPECIFIED));
    let all_v6 = Some(IpAddress::Ipv6(Ipv6Address::UNSPECIFIED));
    let host = &mut net.hosts[0];
    let foreign = at(Some(IpAddress::Ipv4(v4(9))));
    assert_eq!(host.tcp_listen(foreign, 1), Err(Error::AddressNotAvailable));
    assert_eq!(host.udp_bind(foreign), Err(Error::AddressNotAvailable));
    let first = host.tcp_listen(at(all_v4), 1).unwrap();
    let second = host.tcp_listen(at(all_v6), 1).unwrap();
    for address in [None, all_v4, all_v6, Some(server().addr)] {
        let refused = host.tcp_listen(at(address), 1);
        assert_eq!(refused, Err(Error::AddressInUse));
    }
    assert_eq!(host.local(first).map(|local| local.addr), all_v4);
    // Each family comes to its own listener.
    for (listener, remote) in [(first, server()), (second, server_v6())] {
        let client = net.hosts[1].tcp_connect(None, remote).unwrap();
        net.run_for(seconds(1));
        let (_, local, from) = net.hosts[0].tcp_accept(listener).unwrap();
        assert_eq!(local, remote);
        assert_eq!(Some(from), net.hosts[1].local(client));
    }
}
