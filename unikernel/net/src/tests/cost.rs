//! What a packet costs must not depend on how many connections are open.

use super::*;

/// How often sockets are looked at while one of `count` connections echoes.
fn polls_of_an_echo(count: usize) -> u64 {
    let large = |number| Config {
        limits: Limits {
            connections: 4000,
            ..LIMITS
        },
        ..config(number)
    };
    let mut net = Net::with(&[large(1), large(2)], 1);
    let listener = net.listen();
    let mut open = Vec::new();
    for _ in 0..count {
        open.push(net.connect(listener));
    }
    net.run_for(seconds(1));
    let (accepted, client) = open[count / 2];
    let before = net.hosts[0].counters().socket_polls;
    for _ in 0..10 {
        net.send_all(1, client, b"echo");
        net.run_for(Duration::from_millis(100));
        let bytes = net.read(0, accepted).unwrap();
        net.send_all(0, accepted, &bytes);
        net.run_for(Duration::from_millis(100));
        assert_eq!(net.read(1, client).unwrap(), b"echo");
    }
    net.hosts[0].counters().socket_polls - before
}

#[test]
fn a_packet_costs_the_same_with_one_connection_and_with_thousands() {
    let alone = polls_of_an_echo(1);
    assert_eq!(polls_of_an_echo(2000), alone);
    // Per echo: a segment, a read, a write, an acknowledgement, a timer.
    assert!(alone <= 10 * 10, "{alone}");
}

#[test]
fn idle_connections_cost_nothing() {
    let mut net = Net::pair(1);
    let listener = net.listen();
    for _ in 0..100 {
        net.connect(listener);
    }
    net.run_for(seconds(10));
    let before = net.hosts[0].counters();
    assert_eq!(net.hosts[0].deadline(), None);
    net.run_for(seconds(10_000));
    assert_eq!(net.hosts[0].counters(), before);
}
