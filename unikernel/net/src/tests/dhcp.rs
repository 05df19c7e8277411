//! DHCP, against a small server that may also lie.

use smoltcp::wire::{
    DhcpMessageType, DhcpPacket, DhcpRepr, EthernetAddress, EthernetFrame, IpProtocol, Ipv4Packet,
    UdpPacket,
};

use super::*;

/// A DHCP server that is only a function from frames to frames.
pub(crate) struct DhcpServer {
    /// From where it answers.
    source: Ipv4Address,
    address: Ipv4Address,
    router: Option<Ipv4Address>,
    mask: Ipv4Address,
    lease_seconds: u32,
    is_silent: bool,
    /// What it was asked, and from which address.
    log: Vec<(DhcpMessageType, Ipv4Address)>,
}

const ROUTER: u8 = 254;

impl DhcpServer {
    pub(crate) fn new() -> Self {
        Self {
            source: v4(ROUTER),
            address: v4(1),
            router: Some(v4(ROUTER)),
            mask: Ipv4Address::new(255, 255, 255, 0),
            lease_seconds: 1000,
            is_silent: false,
            log: Vec::new(),
        }
    }

    /// An offer that answers no question.
    pub(crate) fn offer_for_tests(&self) -> Vec<u8> {
        self.answer(DhcpMessageType::Offer, 1)
    }

    fn answer(&self, message_type: DhcpMessageType, transaction_id: u32) -> Vec<u8> {
        let unspecified = Ipv4Address::UNSPECIFIED;
        let answer = DhcpRepr {
            message_type,
            transaction_id,
            secs: 0,
            client_hardware_address: EthernetAddress(mac(1)),
            client_ip: unspecified,
            your_ip: self.address,
            server_ip: self.source,
            router: self.router,
            subnet_mask: Some(self.mask),
            relay_agent_ip: unspecified,
            broadcast: false,
            requested_ip: None,
            client_identifier: None,
            server_identifier: Some(v4(ROUTER)),
            parameter_request_list: None,
            dns_servers: None,
            max_size: None,
            lease_duration: Some(self.lease_seconds),
            renew_duration: None,
            rebind_duration: None,
            additional_options: &[],
        };
        let mut bytes = vec![0; answer.buffer_len()];
        answer
            .emit(&mut DhcpPacket::new_unchecked(&mut bytes[..]))
            .unwrap();
        frames::datagram(
            IpEndpoint::new(self.source.into(), 67),
            IpEndpoint::new(Ipv4Address::BROADCAST.into(), 68),
            &bytes,
        )
    }

    /// What it answers to a frame, if it is for a DHCP server.
    fn handle(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        let frame = EthernetFrame::new_checked(frame).ok()?;
        let packet = Ipv4Packet::new_checked(frame.payload()).ok()?;
        if packet.next_header() != IpProtocol::Udp {
            return None;
        }
        let datagram = UdpPacket::new_checked(packet.payload()).ok()?;
        if datagram.dst_port() != 67 {
            return None;
        }
        let message = DhcpPacket::new_checked(datagram.payload()).ok()?;
        let question = DhcpRepr::parse(&message).ok()?;
        self.log.push((question.message_type, packet.src_addr()));
        if self.is_silent {
            return None;
        }
        let message_type = match question.message_type {
            DhcpMessageType::Discover => DhcpMessageType::Offer,
            DhcpMessageType::Request => DhcpMessageType::Ack,
            _ => return None,
        };
        Some(self.answer(message_type, question.transaction_id))
    }
}

/// A machine that asks, the server, and a router that answers ARP.
struct Lan {
    stack: Stack<Port>,
    server: DhcpServer,
    now: Instant,
    arp_requests: usize,
}

impl Lan {
    fn new(server: DhcpServer) -> Self {
        let now = Instant::from_secs(1);
        let config = Config {
            ipv4: Ipv4Config::Dhcp,
            ..config(1)
        };
        Self {
            stack: Stack::new(Port::new(1), &config, now),
            server,
            now,
            arp_requests: 0,
        }
    }

    fn run_for(&mut self, time: Duration) {
        let end = self.now + time;
        loop {
            while self.stack.poll(self.now) == More::Yes {}
            let sent = core::mem::take(&mut self.stack.link_mut().sent);
            for frame in &sent {
                let answer = self.server.handle(frame).or_else(|| self.answer_arp(frame));
                self.stack.link_mut().arrived.extend(answer);
            }
            if !sent.is_empty() {
                continue;
            }
            match self.stack.deadline() {
                Some(at) if at <= end => {
                    assert!(at > self.now, "it would spin");
                    self.now = at;
                }
                _ => break,
            }
        }
        self.now = end;
    }

    fn answer_arp(&mut self, frame: &[u8]) -> Option<Vec<u8>> {
        if frame[12..14] != [8, 6] || frame[21] != 1 || frame[38..42] != v4(ROUTER).octets() {
            return None;
        }
        self.arp_requests += 1;
        let mut answer = frame.to_vec();
        answer[..6].copy_from_slice(&mac(1));
        answer[6..12].copy_from_slice(&mac(ROUTER));
        answer[21] = 2;
        answer[22..28].copy_from_slice(&mac(ROUTER));
        answer[28..32].copy_from_slice(&v4(ROUTER).octets());
        answer[32..38].copy_from_slice(&mac(1));
        answer[38..42].copy_from_slice(&frame[28..32]);
        Some(answer)
    }

    fn ipv4(&self) -> Vec<IpCidr> {
        let all = self.stack.addresses().iter().copied();
        all.filter(|cidr| matches!(cidr, IpCidr::Ipv4(_))).collect()
    }
}

fn leased(number: u8) -> Vec<IpCidr> {
    vec![IpCidr::new(v4(number).into(), 24)]
}

#[test]
fn an_address_and_a_route() {
    let mut lan = Lan::new(DhcpServer::new());
    assert_eq!(lan.ipv4(), []);
    lan.run_for(Duration::from_millis(1));
    assert_eq!(lan.ipv4(), leased(1));
    let types: Vec<_> = lan.server.log.iter().map(|(kind, _)| *kind).collect();
    assert_eq!(types, [DhcpMessageType::Discover, DhcpMessageType::Request]);
    // What is far away goes to the router.
    let far = IpEndpoint::new(IpAddress::v4(192, 0, 2, 1), 80);
    let client = lan.stack.tcp_connect(None, far).unwrap();
    lan.run_for(Duration::from_millis(1));
    assert_eq!(lan.arp_requests, 1);
    assert_eq!(lan.stack.local(client).unwrap().addr, v4(1).into());
}

#[test]
fn the_lease_is_renewed_in_time_and_nothing_else_is_sent() {
    let mut lan = Lan::new(DhcpServer::new());
    lan.run_for(seconds(10));
    lan.run_for(seconds(10_000));
    assert_eq!(lan.ipv4(), leased(1));
    let renewals = &lan.server.log[2..];
    assert!((18..=22).contains(&renewals.len()), "{}", renewals.len());
    for renewal in renewals {
        assert_eq!(*renewal, (DhcpMessageType::Request, v4(1)));
    }
}

#[test]
fn a_server_that_is_late_is_asked_again() {
    let mut lan = Lan::new(DhcpServer::new());
    lan.server.is_silent = true;
    lan.run_for(seconds(20));
    assert_eq!(lan.server.log.len(), 7);
    lan.server.is_silent = false;
    lan.run_for(seconds(4));
    assert_eq!(lan.ipv4(), leased(1));
}

#[test]
fn without_renewal_the_address_is_given_up_and_its_connections_end() {
    let mut lan = Lan::new(DhcpServer::new());
    lan.run_for(seconds(1));
    let far = IpEndpoint::new(IpAddress::v4(192, 0, 2, 1), 80);
    lan.server.is_silent = true;
    lan.run_for(seconds(950));
    assert_eq!(lan.ipv4(), leased(1));
    let client = lan.stack.tcp_connect(None, far).unwrap();
    lan.run_for(seconds(55));
    assert_eq!(lan.ipv4(), []);
    assert!(lan.stack.readiness(client).error);
    assert_eq!(
        lan.stack.tcp_connect(None, far),
        Err(crate::Error::Unreachable)
    );
    lan.server.is_silent = false;
    lan.server.address = v4(7);
    lan.run_for(seconds(5));
    assert_eq!(lan.ipv4(), leased(7));
    assert!(lan.stack.tcp_connect(None, far).is_ok());
}

#[test]
fn a_server_that_lies_does_no_harm() {
    let all_ones = Ipv4Address::BROADCAST;
    let group = Ipv4Address::new(224, 0, 0, 1);
    let none = Ipv4Address::UNSPECIFIED;
    for address in [v4(1), v4(255), v4(0), none, group, all_ones] {
        for router in [None, Some(none), Some(group), Some(all_ones), Some(v4(1))] {
            for source in [v4(ROUTER), none, group, all_ones, v4(1)] {
                for mask in [none, Ipv4Address::new(255, 0, 255, 0), all_ones] {
                    let mut lan = Lan::new(DhcpServer {
                        source,
                        address,
                        router,
                        mask,
                        lease_seconds: 120,
                        ..DhcpServer::new()
                    });
                    lan.run_for(seconds(1));
                    let far = IpEndpoint::new(IpAddress::v4(192, 0, 2, 1), 80);
                    let _ = lan.stack.tcp_connect(None, far);
                    lan.run_for(seconds(300));
                }
            }
        }
    }
}
