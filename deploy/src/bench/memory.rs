//! How little memory is enough.

use std::fs;
use std::path::Path;

use anyhow::{Context as _, Result};

use super::Silent;
use crate::guest::{Guest, Hardware, Life, Settings};
use crate::limits::{DEFAULT_MEMORY_MIB, READY_TIMEOUT, STOP_PATIENCE};

/// The smallest memory, in MiB, with which a guest answers a request and a
/// query. Found by halving: with more memory it serves, too.
pub(super) fn smallest_that_serves(
    image: &Path,
    settings: &Settings,
    hardware: &Hardware,
    domain: &str,
) -> Result<u32> {
    let (mut too_little, mut enough) = (1, DEFAULT_MEMORY_MIB);
    while enough - too_little > 1 {
        let memory_mib = too_little.midpoint(enough);
        let life = Life::Boot(Hardware {
            memory_mib,
            ..hardware.clone()
        });
        let settings = Settings {
            life,
            ..settings.clone()
        };
        let started =
            Guest::start_ready(image, &settings, domain, READY_TIMEOUT, || Box::new(Silent));
        match started {
            Ok((guest, _)) => {
                guest.stop(STOP_PATIENCE);
                enough = memory_mib;
            }
            Err(_) => too_little = memory_mib,
        }
    }
    Ok(enough)
}

/// The most memory that a process had resident, in MiB: `VmHWM` in `proc(5)`.
pub(super) fn peak_resident_mib(pid: u32) -> Result<f64> {
    let status = fs::read_to_string(format!("/proc/{pid}/status"))?;
    let kibibytes: f64 = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:")?.trim().strip_suffix(" kB"))
        .context("expected a line VmHWM in /proc/PID/status")?
        .trim()
        .parse()?;
    Ok(kibibytes / 1024.0)
}
