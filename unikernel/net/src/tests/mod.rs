//! Stacks joined by a wire that loses, repeats, delays, reorders and damages
//! frames, all by a seed; and the tests that play on it.

mod books;
mod closing;
mod cost;
mod datagrams;
mod devices;
mod dhcp;
mod edges;
mod flood;
pub(crate) mod frames;
mod garbage;
mod neighbours;
mod resets;
mod routers;
mod transfer;

use alloc::collections::{BTreeMap, VecDeque};
use alloc::vec;
use alloc::vec::Vec;

use smoltcp::time::Duration;

use crate::{
    Config, Endpoint, Instant, IpAddress, IpCidr, IpEndpoint, Ipv4Address, Ipv4Cidr, Ipv4Config,
    Ipv6Address, Ipv6Cidr, Ipv6Config, Limits, Link, More, Readiness, SocketId, Stack,
};

pub(crate) const PORT: u16 = 443;

/// SplitMix64: the same numbers for the same seed.
pub(crate) struct Random(pub(crate) u64);

impl Random {
    pub(crate) fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mut z = self.0;
        z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        z ^ (z >> 31)
    }

    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// True so many times of a thousand.
    pub(crate) fn happens(&mut self, per_mille: usize) -> bool {
        self.below(1000) < per_mille
    }
}

/// One end of the wire.
pub(crate) struct Port {
    mac: [u8; 6],
    pub(crate) arrived: VecDeque<Vec<u8>>,
    pub(crate) sent: Vec<Vec<u8>>,
    /// How many frames fit before they are taken away.
    pub(crate) room: usize,
    /// It takes frames and does nothing with them.
    pub(crate) is_broken: bool,
}

impl Port {
    pub(crate) fn new(number: u8) -> Self {
        Self {
            mac: mac(number),
            arrived: VecDeque::new(),
            sent: Vec::new(),
            room: 256,
            is_broken: false,
        }
    }
}

impl Link for Port {
    fn receive(&mut self, frame: &mut [u8]) -> Option<usize> {
        let arrived = self.arrived.pop_front()?;
        let length = arrived.len().min(frame.len());
        frame[..length].copy_from_slice(&arrived[..length]);
        Some(length)
    }

    fn can_transmit(&mut self) -> bool {
        self.sent.len() < self.room
    }

    fn transmit(&mut self, length: usize, fill: &mut dyn FnMut(&mut [u8])) {
        assert!(self.can_transmit());
        assert!(length <= 14 + self.mtu());
        if self.is_broken {
            return;
        }
        let mut frame = vec![0; length];
        fill(&mut frame);
        self.sent.push(frame);
    }

    fn flush(&mut self) {}

    fn mac(&self) -> [u8; 6] {
        self.mac
    }

    fn mtu(&self) -> usize {
        1500
    }
}

pub(crate) fn mac(number: u8) -> [u8; 6] {
    [2, 0, 0, 0, 0, number]
}

pub(crate) fn v4(number: u8) -> Ipv4Address {
    Ipv4Address::new(10, 0, 0, number)
}

pub(crate) fn v6(number: u8) -> Ipv6Address {
    Ipv6Address::new(0xfd00, 0, 0, 0, 0, 0, 0, u16::from(number))
}

pub(crate) const LIMITS: Limits = Limits {
    connections: 512,
    half_open: 256,
    closing: 256,
};

pub(crate) fn config(number: u8) -> Config {
    Config {
        ipv4: Ipv4Config::Static {
            cidr: Ipv4Cidr::new(v4(number), 24),
            gateway: None,
        },
        ipv6: Ipv6Config::Static {
            cidr: Ipv6Cidr::new(v6(number), 64),
            gateway: None,
        },
        limits: LIMITS,
        seed: 0x5eed_0000 + u64::from(number),
    }
}

/// What goes wrong on the wire, per mille of the frames.
#[derive(Clone, Copy, Default)]
pub(crate) struct Faults {
    pub(crate) lost: usize,
    pub(crate) repeated: usize,
    pub(crate) delayed: usize,
    pub(crate) damaged: usize,
}

/// Stacks on one wire, and the clock.
pub(crate) struct Net {
    pub(crate) hosts: Vec<Stack<Port>>,
    pub(crate) now: Instant,
    pub(crate) faults: Faults,
    /// Hosts whose frames do not arrive any more.
    pub(crate) cut: Vec<usize>,
    /// All frames that host 0 was sent, if they are kept.
    pub(crate) record: Option<Vec<Vec<u8>>>,
    /// Frames by arrival, in the order of their sending.
    flying: BTreeMap<(Instant, u64), (usize, Vec<u8>)>,
    random: Random,
    count: u64,
    steps: u64,
}

const LATENCY: Duration = Duration::from_micros(200);

impl Net {
    /// Host 0 is the server, with address 1, host 1 the client, with address 2.
    pub(crate) fn pair(seed: u64) -> Self {
        Self::with(&[config(1), config(2)], seed)
    }

    pub(crate) fn with(configs: &[Config], seed: u64) -> Self {
        let now = Instant::from_secs(10);
        let host = |(number, config)| Stack::new(Port::new(1 + number as u8), config, now);
        Self {
            hosts: configs.iter().enumerate().map(host).collect(),
            now,
            faults: Faults::default(),
            cut: Vec::new(),
            record: None,
            flying: BTreeMap::new(),
            random: Random(seed),
            count: 0,
            steps: 0,
        }
    }

    /// Lets the hosts work and what they send fly.
    pub(crate) fn settle(&mut self) {
        for sender in 0..self.hosts.len() {
            let mut polls = 0;
            loop {
                let more = self.hosts[sender].poll(self.now);
                for frame in core::mem::take(&mut self.hosts[sender].link_mut().sent) {
                    self.send(sender, &frame);
                }
                if more == More::No {
                    break;
                }
                polls += 1;
                assert!(polls < 10_000, "host {sender} never comes to rest");
            }
            let deadline = self.hosts[sender].deadline();
            assert!(
                deadline.is_none_or(|at| at > self.now),
                "host {sender} wants to be polled again at once: {deadline:?}, now {:?}",
                self.now
            );
        }
    }

    fn send(&mut self, sender: usize, frame: &[u8]) {
        if self.cut.contains(&sender) {
            return;
        }
        for receiver in (0..self.hosts.len()).filter(|&other| other != sender) {
            let copies = 1 + usize::from(self.random.happens(self.faults.repeated));
            for _ in 0..copies {
                if self.random.happens(self.faults.lost) {
                    continue;
                }
                let mut frame = frame.to_vec();
                if self.random.happens(self.faults.damaged) {
                    let bit = self.random.below(frame.len() * 8);
                    frame[bit / 8] ^= 1 << (bit % 8);
                }
                if let Some(record) = self.record.as_mut().filter(|_| receiver == 0) {
                    record.push(frame.clone());
                }
                let mut latency = LATENCY;
                if self.random.happens(self.faults.delayed) {
                    latency += Duration::from_micros(self.random.below(5000) as u64);
                }
                self.count += 1;
                self.flying
                    .insert((self.now + latency, self.count), (receiver, frame));
            }
        }
    }

    /// Goes on to the next moment at which something happens; false when
    /// nothing will before `end`.
    fn step(&mut self, end: Instant) -> bool {
        self.settle();
        let arrival = self.flying.keys().next().map(|(at, _)| *at);
        let deadlines = self.hosts.iter().map(Stack::deadline);
        let next = deadlines.chain([arrival]).flatten().min();
        let Some(next) = next.filter(|next| *next <= end) else {
            return false;
        };
        self.now = self.now.max(next);
        self.steps += 1;
        if self.steps.is_multiple_of(64) {
            self.hosts.iter().for_each(Stack::check_books);
        }
        while let Some(entry) = self.flying.first_entry()
            && entry.key().0 <= self.now
        {
            let (receiver, frame) = entry.remove();
            self.hosts[receiver].link_mut().arrived.push_back(frame);
        }
        self.settle();
        true
    }

    /// Until `done`, but no longer than `limit`.
    pub(crate) fn run_until(
        &mut self,
        limit: Duration,
        mut done: impl FnMut(&mut Self) -> bool,
    ) -> bool {
        let end = self.now + limit;
        while !done(self) {
            if !self.step(end) {
                self.now = end;
                self.settle();
                return done(self);
            }
        }
        true
    }

    /// Lets time pass.
    pub(crate) fn run_for(&mut self, time: Duration) {
        self.run_until(time, |_| false);
    }

    pub(crate) fn listen(&mut self) -> SocketId {
        self.hosts[0].tcp_listen(ANY, 128).unwrap()
    }

    /// A connection from host 1 to host 0: both its ends, the server's first.
    pub(crate) fn connect(&mut self, listener: SocketId) -> (SocketId, SocketId) {
        let client = self.hosts[1].tcp_connect(None, server()).unwrap();
        let mut accepted = None;
        let is_open = self.run_until(Duration::from_secs(30), |net| {
            if accepted.is_none() {
                accepted = net.hosts[0].tcp_accept(listener).ok();
            }
            accepted.is_some() && net.hosts[1].readiness(client).writable
        });
        assert!(is_open);
        (accepted.unwrap().0, client)
    }

    pub(crate) fn readiness(&self, host: usize, id: SocketId) -> Readiness {
        self.hosts[host].readiness(id)
    }

    pub(crate) fn send_all(&mut self, host: usize, id: SocketId, bytes: &[u8]) {
        assert_eq!(self.hosts[host].tcp_send(id, bytes), Ok(bytes.len()));
    }

    /// Reads what is there.
    pub(crate) fn read(&mut self, host: usize, id: SocketId) -> Result<Vec<u8>, crate::Error> {
        let mut buffer = vec![0; 65536];
        let length = self.hosts[host].tcp_recv(id, &mut buffer, crate::Peek::No)?;
        buffer.truncate(length);
        Ok(buffer)
    }

    pub(crate) fn changed(&mut self, host: usize) -> Vec<SocketId> {
        self.hosts[host].take_changed().collect()
    }
}

pub(crate) const ANY: Endpoint = Endpoint {
    address: None,
    port: PORT,
};

pub(crate) fn server() -> IpEndpoint {
    IpEndpoint::new(IpAddress::Ipv4(v4(1)), PORT)
}

pub(crate) fn server_v6() -> IpEndpoint {
    IpEndpoint::new(IpAddress::Ipv6(v6(1)), PORT)
}

pub(crate) fn seconds(count: u64) -> Duration {
    Duration::from_secs(count)
}
