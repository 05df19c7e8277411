//! Who may connect: a limit on all connections of a service together, and one
//! for each client. An [`Admission`] hands out a [`Permit`] for each
//! connection; dropping the permit frees the place.
//!
//! Whoever comes when the house is full is refused and counted.

use std::collections::HashMap;
use std::net::{IpAddr, Ipv6Addr};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Instant;

use crate::limits;

/// The limits of one service, and how far they are used.
#[derive(Debug)]
pub struct Admission {
    service: &'static str,
    total: usize,
    per_client: usize,
    state: Mutex<State>,
}

#[derive(Debug, Default)]
struct State {
    open: usize,
    clients: HashMap<IpAddr, usize>,
    refused: u64,
    reported: Option<Instant>,
}

/// A place among the connections of a service.
#[derive(Debug)]
pub struct Permit {
    admission: Arc<Admission>,
    client: IpAddr,
}

impl Admission {
    /// Admits `total` connections to `service`, and most of them to any one
    /// client.
    pub fn new(service: &'static str, total: usize) -> Arc<Self> {
        Arc::new(Self {
            service,
            total,
            per_client: limits::per_client(total),
            state: Mutex::default(),
        })
    }

    /// A place for a connection from `address`, if there is one.
    pub fn admit(self: &Arc<Self>, address: IpAddr) -> Option<Permit> {
        let client = client_of(address);
        let mut state = self.state();
        let of_client = state.clients.get(&client).copied().unwrap_or(0);
        if state.open >= self.total || of_client >= self.per_client {
            self.refuse(&mut state);
            return None;
        }
        state.open += 1;
        state.clients.insert(client, of_client + 1);
        Some(Permit {
            admission: Arc::clone(self),
            client,
        })
    }

    /// Connections that are open now.
    pub fn open(&self) -> usize {
        self.state().open
    }

    /// Connections that were refused since the start.
    pub fn refused(&self) -> u64 {
        self.state().refused
    }

    /// Counts, and says so on the console, but not for each one: a flood of
    /// connections must not become a flood of lines.
    fn refuse(&self, state: &mut State) {
        state.refused += 1;
        let now = Instant::now();
        let due = |last: Instant| now.duration_since(last) >= limits::REPORT_PAUSE;
        if state.reported.is_none_or(due) {
            state.reported = Some(now);
            eprintln!(
                "{}: {} connections are open, {} were refused since the start",
                self.service, state.open, state.refused
            );
        }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // The numbers are right after every statement, so a panic elsewhere
        // leaves nothing half done here.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for Permit {
    fn drop(&mut self) {
        let mut state = self.admission.state();
        state.open -= 1;
        match state.clients.get_mut(&self.client) {
            Some(count) if *count > 1 => *count -= 1,
            _ => {
                state.clients.remove(&self.client);
            }
        }
    }
}

/// Whom an address belongs to: a host with IPv4 (also as `::ffff:a.b.c.d`, as
/// a dual-stack socket shows it), a subnet with IPv6, where every host has
/// 2^64 addresses (RFC 4291 section 2.5.1).
fn client_of(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(address) => {
            let subnet = u128::from(address) & !u128::from(u64::MAX);
            IpAddr::V6(Ipv6Addr::from(subnet))
        }
        address => address,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(text: &str) -> IpAddr {
        text.parse().unwrap()
    }

    #[test]
    fn a_client_has_its_own_limit_and_all_share_one() {
        let admission = Admission::new("test", 8);
        let admit = |text| admission.admit(address(text));
        let mut of_one: Vec<_> = (0..7).map(|_| admit("192.0.2.1").unwrap()).collect();
        assert!(admit("::ffff:192.0.2.1").is_none());
        let _last = admit("192.0.2.2").unwrap();
        assert!(admit("192.0.2.3").is_none());
        assert_eq!((admission.open(), admission.refused()), (8, 2));

        of_one.pop();
        assert!(admit("192.0.2.1").is_some());
    }

    #[test]
    fn a_subnet_is_one_client() {
        assert_eq!(
            client_of(address("2001:db8:1:2:aaaa::1")),
            client_of(address("2001:db8:1:2:bbbb::2"))
        );
        assert_ne!(
            client_of(address("2001:db8:1:2::1")),
            client_of(address("2001:db8:1:3::1"))
        );
    }

    #[test]
    fn nothing_is_kept_of_clients_that_left() {
        let admission = Admission::new("test", 10);
        for last in 0..=255 {
            drop(admission.admit(IpAddr::from([192, 0, 2, last])));
        }
        assert_eq!(admission.open(), 0);
        assert!(admission.state().clients.is_empty());
    }
}
