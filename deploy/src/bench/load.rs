//! How much a guest serves: a few clients that ask as fast as they are answered,
//! for a few seconds.
//!
//! The clients run on the host's own CPUs, beside the guest; booted, all goes
//! through QEMU's user network. Both take their share of what is measured.

use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Result, anyhow, bail};

use crate::guest::Guest;
use crate::limits::PROBE_TIMEOUT;
use crate::probe::Https;

const LASTS: Duration = Duration::from_secs(3);
/// Connections that stay open and ask for page after page.
const READERS: usize = 8;
/// Clients that connect, and connect again. QEMU's user network takes few new
/// connections at a time.
const NEWCOMERS: usize = 2;

/// Requests for the home page on open connections.
pub(super) fn requests_per_second(
    guest: &Guest,
    domain: &str,
    fingerprint: [u8; 32],
) -> Result<f64> {
    let server = Https::new(guest.ports().https, domain, fingerprint)?;
    rate(READERS, || {
        let mut connection = server.connect(PROBE_TIMEOUT)?;
        Ok(move || match connection.get("/")?.status {
            200 => Ok(()),
            status => bail!("expected status 200 for /, got {status}"),
        })
    })
}

/// New connections, each with a full TLS handshake and nothing after it.
pub(super) fn handshakes_per_second(
    guest: &Guest,
    domain: &str,
    fingerprint: [u8; 32],
) -> Result<f64> {
    let server = Https::new(guest.ports().https, domain, fingerprint)?;
    rate(NEWCOMERS, || Ok(|| server.connect(PROBE_TIMEOUT).map(drop)))
}

/// How often in a second `clients` threads do what `client` makes for each.
fn rate<C, A>(clients: usize, client: C) -> Result<f64>
where
    C: Fn() -> Result<A> + Sync,
    A: FnMut() -> Result<()>,
{
    let count_of_one = || -> Result<(u64, Duration)> {
        let mut act = client()?;
        let started = Instant::now();
        let mut count = 0;
        while started.elapsed() < LASTS {
            act()?;
            count += 1;
        }
        Ok((count, started.elapsed()))
    };
    thread::scope(|scope| {
        let threads: Vec<_> = (0..clients).map(|_| scope.spawn(count_of_one)).collect();
        let mut total = 0.0;
        for thread in threads {
            let (count, took) = thread.join().map_err(|_| anyhow!("a client panicked"))??;
            total += count as f64 / took.as_secs_f64();
        }
        Ok(total)
    })
}
