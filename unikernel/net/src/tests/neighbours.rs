//! Hardware addresses: nobody waits longer than it takes to learn one, and a
//! neighbour that does not exist holds up nobody else.

use super::frames::{Segment, datagram, segment};
use super::*;

#[test]
fn who_waits_for_a_neighbour_goes_on_when_it_answers() {
    for remote in [server(), server_v6()] {
        let mut net = Net::pair(1);
        let listener = net.listen();
        let began = net.now;
        let client = net.hosts[1].tcp_connect(None, remote).unwrap();
        net.run_until(seconds(5), |net| net.hosts[0].tcp_accept(listener).is_ok());
        // Two frames to find the neighbour and three to connect, not a second.
        assert!(net.now - began < Duration::from_millis(2));
        net.run_for(seconds(1));
        assert!(net.readiness(1, client).writable);
    }
}

#[test]
fn many_neighbours_are_found_at_the_same_time() {
    let configs: Vec<Config> = (1..=10).map(config).collect();
    let mut net = Net::with(&configs, 1);
    let from = net.hosts[0].udp_bind(ANY).unwrap();
    let mut sockets = Vec::new();
    for host in 1..10 {
        sockets.push(net.hosts[host].udp_bind(ANY).unwrap());
        for address in [v4(1 + host as u8).into(), v6(1 + host as u8).into()] {
            let remote = IpEndpoint::new(address, PORT);
            net.hosts[0].udp_send(from, b"hello", remote, None).unwrap();
        }
    }
    net.run_for(Duration::from_millis(2));
    for (index, socket) in sockets.iter().enumerate() {
        let mut buffer = [0; 8];
        for _ in 0..2 {
            net.hosts[1 + index].udp_recv(*socket, &mut buffer).unwrap();
        }
    }
}

#[test]
fn a_neighbour_that_is_not_there_holds_up_nobody() {
    let mut net = Net::pair(1);
    let service = net.hosts[0].udp_bind(ANY).unwrap();
    let client = net.hosts[1].udp_bind(ANY).unwrap();
    let mut buffer = [0; 64];
    net.hosts[1]
        .udp_send(client, b"hello", server(), None)
        .unwrap();
    net.run_for(seconds(1));
    net.hosts[0].udp_recv(service, &mut buffer).unwrap();
    for round in 0..200_u8 {
        // A question from nowhere, which the service answers.
        let nowhere = IpEndpoint::new(IpAddress::v4(10, 0, 0, 50 + round), 53);
        let question = datagram(nowhere, server(), b"?");
        net.hosts[0].link_mut().arrived.push_back(question);
        net.settle();
        let datagram = net.hosts[0].udp_recv(service, &mut buffer).unwrap();
        assert_eq!(datagram.remote, nowhere);
        net.hosts[0].udp_send(service, b"!", nowhere, None).unwrap();
        // And one that is answered.
        net.hosts[1].udp_send(client, b"?", server(), None).unwrap();
        net.run_for(Duration::from_millis(5));
        let remote = net.hosts[0].udp_recv(service, &mut buffer).unwrap().remote;
        net.hosts[0].udp_send(service, b"!", remote, None).unwrap();
        net.run_for(Duration::from_millis(5));
        net.hosts[1].udp_recv(client, &mut buffer).unwrap();
    }
    assert!(net.hosts[0].counters().datagrams_dropped > 100);
    net.run_for(seconds(10));
    assert_eq!(net.hosts[0].counters().datagrams_dropped, 200);
    assert_eq!(net.hosts[0].deadline(), None);
}

#[test]
fn a_neighbour_is_found_while_others_are_looked_for_in_vain() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    let mut random = Random(3);
    for round in 0..20_u64 {
        for _ in 0..30 {
            let nowhere = IpAddress::v4(10, 0, 0, 50 + random.below(200) as u8);
            let syn = segment(Segment {
                from: IpEndpoint::new(nowhere, 1024 + random.below(9999) as u16),
                syn: true,
                ..Segment::default()
            });
            net.hosts[0].link_mut().arrived.push_back(syn);
            net.run_for(Duration::from_millis(10));
        }
        // What was known of the client has expired, every time.
        net.run_for(seconds(61));
        let began = net.now;
        net.connect(listener);
        assert!(net.now - began < Duration::from_millis(5), "round {round}");
    }
}

#[test]
fn an_open_connection_asks_for_its_neighbour_and_goes_on_at_once() {
    for remote in [server(), server_v6()] {
        let mut net = Net::pair(1);
        let listener = net.listen();
        let client = net.hosts[1].tcp_connect(None, remote).unwrap();
        net.run_for(seconds(1));
        let (accepted, ..) = net.hosts[0].tcp_accept(listener).unwrap();
        for _ in 0..3 {
            // What was known of each other has expired.
            net.run_for(seconds(100));
            let began = net.now;
            net.send_all(0, accepted, b"hello");
            assert!(net.run_until(seconds(5), |net| net.readiness(1, client).readable));
            assert!(net.now - began < Duration::from_millis(1), "{remote}");
            assert_eq!(net.read(1, client).unwrap(), b"hello");
            net.run_for(seconds(1));
            assert_eq!(net.hosts[0].deadline(), None);
        }
    }
}
