//! One connection, its server end made of system calls: on our kernel over the
//! wire, and on the Linux under the tests over its loopback. Both must give the
//! same bytes, errors and events.
//!
//! Not compared: `SHUT_RD`. Linux answers data that comes after it, once both
//! directions are shut, with a reset; here it is acknowledged and forgotten.

use alloc::vec;
use alloc::vec::Vec;
use core::time::Duration;

use net::{Endpoint, IpEndpoint, Peek, SocketId};
use proptest::prelude::*;

use crate::descriptor::NONBLOCK;
use crate::errno::Errno;
use crate::events::*;
use crate::number::*;
use crate::testing::real::Real;
use crate::testing::{Calls, KERNEL_V4, Ours, System, at, at_mut};

const STREAM: u64 = 1;
const AF_INET: u64 = 2;
const EPOLL_INTEREST: u32 = IN | OUT | RDHUP | EDGE;

#[derive(Clone, Debug)]
enum Step {
    ClientSends(u8),
    ClientReads,
    ClientShutsDown,
    ClientResets,
    Send(u8),
    Receive,
    ShutDown,
    Error,
    Poll,
    Events,
}

#[derive(Debug, PartialEq, Eq)]
enum Outcome {
    Done(Result<i64, Errno>),
    Events(Vec<u32>),
    Nothing,
}

/// A server's end, and somebody who plays the client.
trait Stage {
    type System: System;
    fn system(&mut self) -> &mut Self::System;
    fn server(&self) -> i64;
    fn epoll(&self) -> i64;
    /// What the client does, if it still can.
    fn client(&mut self, step: &Step);
    /// Waits until all packets have arrived.
    fn settle(&mut self);
}

fn run(stage: &mut impl Stage, script: &[Step]) -> Vec<Outcome> {
    let play = |step: &Step| {
        let outcome = one(stage, step);
        stage.settle();
        outcome
    };
    script.iter().map(play).collect()
}

fn one<S: Stage>(stage: &mut S, step: &Step) -> Outcome {
    let (fd, epoll) = (stage.server(), stage.epoll());
    let system = stage.system();
    Outcome::Done(match step {
        Step::Send(length) => {
            let bytes = [7; 256];
            system
                .write(fd, &bytes[..usize::from(*length)])
                .map(|sent| sent as i64)
        }
        Step::Receive => {
            let mut buffer = [0; 65536];
            system.read(fd, &mut buffer).map(|length| length as i64)
        }
        Step::ShutDown => system.call(SHUTDOWN, [fd as u64, 1, 0, 0, 0, 0]),
        Step::Error => {
            let (mut value, mut length) = (0_u32, 4_u32);
            let arguments = [fd as u64, 1, 4, at_mut(&mut value), at_mut(&mut length), 0];
            system.call(GETSOCKOPT, arguments).map(|_| i64::from(value))
        }
        Step::Poll => {
            let mut entry = [0; 8];
            entry[..4].copy_from_slice(&(fd as i32).to_le_bytes());
            let wanted = (IN | OUT | RDHUP | RDNORM | WRNORM) as u16;
            entry[4..6].copy_from_slice(&wanted.to_le_bytes());
            let count = system.call(POLL, [at_mut(&mut entry), 1, 0, 0, 0, 0]);
            count.map(|_| i64::from(u16::from_le_bytes([entry[6], entry[7]])))
        }
        Step::Events => {
            let events = system.wait(epoll, 8, 0).unwrap();
            return Outcome::Events(events.iter().map(|(events, _)| *events).collect());
        }
        step => {
            stage.client(step);
            return Outcome::Nothing;
        }
    })
}

/// Opens, binds and listens; the port that it got.
fn listen(system: &mut impl Calls, address: [u8; 4]) -> (i64, u16) {
    let fd = system.call(SOCKET, [AF_INET, STREAM, 0, 0, 0, 0]).unwrap();
    let mut name = [0; 16];
    name[0] = AF_INET as u8;
    name[4..8].copy_from_slice(&address);
    system
        .call(BIND, [fd as u64, at(&name), 16, 0, 0, 0])
        .unwrap();
    system.call(LISTEN, [fd as u64, 8, 0, 0, 0, 0]).unwrap();
    let mut length = 16_u32;
    let arguments = [fd as u64, at_mut(&mut name), at_mut(&mut length), 0, 0, 0];
    system.call(GETSOCKNAME, arguments).unwrap();
    (fd, u16::from_be_bytes([name[2], name[3]]))
}

/// Accepts without waiting afterwards, and watches with an epoll.
fn accept(system: &mut impl Calls, listener: i64) -> (i64, i64) {
    let arguments = [listener as u64, 0, 0, NONBLOCK.into(), 0, 0];
    let server = system.call(ACCEPT4, arguments).unwrap();
    system.close(listener).unwrap();
    let epoll = system.epoll().unwrap();
    system.control(epoll, 1, server, EPOLL_INTEREST, 0).unwrap();
    (server, epoll)
}

struct OurStage {
    ours: Ours,
    server: i64,
    epoll: i64,
    client: Option<SocketId>,
}

impl OurStage {
    fn new() -> Self {
        let mut ours = Ours::ignoring_sigpipe();
        let (listener, port) = listen(&mut ours, KERNEL_V4.octets());
        let remote = IpEndpoint::new(KERNEL_V4.into(), port);
        let local = Some(Endpoint {
            address: None,
            port: 5000,
        });
        let client = ours.peer.borrow_mut().tcp_connect(local, remote).unwrap();
        ours.peer.borrow_mut().set_nodelay(client, net::Nagle::Off);
        ours.advance(Duration::from_secs(2));
        let (server, epoll) = accept(&mut ours, listener);
        Self {
            ours,
            server,
            epoll,
            client: Some(client),
        }
    }
}

impl Stage for OurStage {
    type System = Ours;

    fn system(&mut self) -> &mut Ours {
        &mut self.ours
    }

    fn server(&self) -> i64 {
        self.server
    }

    fn epoll(&self) -> i64 {
        self.epoll
    }

    fn client(&mut self, step: &Step) {
        let Some(client) = self.client else {
            return;
        };
        let mut peer = self.ours.peer.borrow_mut();
        if let Step::ClientResets = step {
            self.client = None;
        }
        match step {
            Step::ClientSends(length) => {
                // It may be over: then nothing is sent, on either stage.
                let _ = peer.tcp_send(client, &vec![1; usize::from(*length)]);
            }
            Step::ClientReads => {
                let _ = peer.tcp_recv(client, &mut vec![0; 65536], Peek::No);
            }
            Step::ClientShutsDown => peer.tcp_shutdown_write(client),
            Step::ClientResets => peer.tcp_abort(client),
            _ => {}
        }
    }

    fn settle(&mut self) {
        self.ours.advance(Duration::from_millis(100));
    }
}

struct RealStage {
    real: Real,
    server: i64,
    epoll: i64,
    client: Option<std::net::TcpStream>,
}

impl RealStage {
    fn new() -> Self {
        let mut real = Real;
        let (listener, port) = listen(&mut real, [127, 0, 0, 1]);
        let client = std::net::TcpStream::connect(("127.0.0.1", port)).unwrap();
        client.set_nonblocking(true).unwrap();
        client.set_nodelay(true).unwrap();
        let (server, epoll) = accept(&mut real, listener);
        Self {
            real,
            server,
            epoll,
            client: Some(client),
        }
    }
}

impl Stage for RealStage {
    type System = Real;

    fn system(&mut self) -> &mut Real {
        &mut self.real
    }

    fn server(&self) -> i64 {
        self.server
    }

    fn epoll(&self) -> i64 {
        self.epoll
    }

    fn client(&mut self, step: &Step) {
        use std::io::{Read, Write};
        use std::os::fd::AsRawFd;
        let Some(client) = &mut self.client else {
            return;
        };
        match step {
            Step::ClientSends(length) => {
                let _ = client.write(&vec![1; usize::from(*length)]);
            }
            Step::ClientReads => {
                let _ = client.read(&mut vec![0; 65536]);
            }
            Step::ClientShutsDown => {
                let _ = client.shutdown(std::net::Shutdown::Write);
            }
            Step::ClientResets => {
                let linger = [1_u32, 0];
                let fd = client.as_raw_fd() as u64;
                let arguments = [fd, 1, 13, at(&linger), 8, 0];
                self.real.call(SETSOCKOPT, arguments).unwrap();
                self.client = None;
            }
            _ => {}
        }
    }

    fn settle(&mut self) {
        // The loopback delivers in the call that sends.
        std::thread::sleep(Duration::from_micros(200));
    }
}

impl Drop for RealStage {
    fn drop(&mut self) {
        for fd in [self.server, self.epoll] {
            let _ = self.real.close(fd);
        }
    }
}

fn steps() -> impl Strategy<Value = Step> {
    prop_oneof![
        4 => (1..100_u8).prop_map(Step::ClientSends),
        2 => Just(Step::ClientReads),
        1 => Just(Step::ClientShutsDown),
        1 => Just(Step::ClientResets),
        3 => (1..100_u8).prop_map(Step::Send),
        3 => Just(Step::Receive),
        1 => Just(Step::ShutDown),
        1 => Just(Step::Error),
        2 => Just(Step::Poll),
        5 => Just(Step::Events),
    ]
}

proptest! {
    #![proptest_config(ProptestConfig {
        cases: 200,
        failure_persistence: None,
        ..ProptestConfig::default()
    })]
    #[test]
    fn a_connection_is_what_it_is_on_linux(script in prop::collection::vec(steps(), 1..24)) {
        let ours = run(&mut OurStage::new(), &script);
        let real = run(&mut RealStage::new(), &script);
        let mut has_news = false;
        for (index, (ours, real)) in ours.iter().zip(&real).enumerate() {
            let step = &script[index];
            match step {
                Step::ClientReads => {}
                Step::ClientSends(_) | Step::ClientShutsDown => has_news = true,
                Step::ClientResets => has_news = true,
                // Without news either system may report once more what it has
                // reported before: Linux when its FIN is acknowledged, ours
                // when anything is while there is something to read.
                Step::Events if !has_news => continue,
                Step::Events => has_news = false,
                _ => {}
            }
            prop_assert_eq!(ours, real, "step {}: {:?}", index, step);
        }
    }
}
