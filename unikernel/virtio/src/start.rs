//! Bringing a device up: reset, features, queues, go.
//!
//! Section 3.1.1. [`negotiate`] does steps 1 to 6, the queues are step 7, and
//! [`go`] is step 8.

use crate::error::Problem;
use crate::limits;
use crate::queue::Events;
use crate::transport::Transport;

/// Bits of the device status field (2.1).
pub(crate) mod status {
    pub(crate) const ACKNOWLEDGE: u8 = 1;
    pub(crate) const DRIVER: u8 = 2;
    pub(crate) const DRIVER_OK: u8 = 4;
    pub(crate) const FEATURES_OK: u8 = 8;
    pub(crate) const NEEDS_RESET: u8 = 64;
    pub(crate) const FAILED: u8 = 128;
    /// Writing it resets the device.
    pub(crate) const RESET: u8 = 0;
}

/// Features of all kinds of devices (6).
pub(crate) mod feature {
    pub(crate) const EVENT_INDEX: u64 = 1 << 29;
    pub(crate) const VERSION_1: u64 = 1 << 32;
    /// Addresses are as the platform has them: physical, because no IOMMU is
    /// ever switched on here.
    pub(crate) const ACCESS_PLATFORM: u64 = 1 << 33;
}

/// Resets the device and agrees on features: all those of `wanted` that it
/// offers, and those that any device of ours uses. `wanted` is told what is
/// offered, and may look at the configuration. Gives what was agreed on.
pub(crate) fn negotiate(
    transport: &mut dyn Transport,
    wanted: impl FnOnce(&dyn Transport, u64) -> Result<u64, Problem>,
) -> Result<u64, Problem> {
    reset(transport)?;
    transport.set_status(status::ACKNOWLEDGE);
    transport.set_status(status::ACKNOWLEDGE | status::DRIVER);
    let offered = transport.offered_features();
    if offered & feature::VERSION_1 == 0 {
        return Err(give_up(transport, Problem::NoVersion1(offered)));
    }
    let wanted = match wanted(transport, offered) {
        Ok(wanted) => wanted,
        Err(problem) => return Err(give_up(transport, problem)),
    };
    let common = feature::VERSION_1 | feature::EVENT_INDEX | feature::ACCESS_PLATFORM;
    let accepted = offered & (wanted | common);
    transport.accept_features(accepted);
    let with_features = status::ACKNOWLEDGE | status::DRIVER | status::FEATURES_OK;
    transport.set_status(with_features);
    if transport.status() & status::FEATURES_OK == 0 {
        return Err(give_up(transport, Problem::FeaturesRefused(accepted)));
    }
    Ok(accepted)
}

/// The device may use its queues from now on.
pub(crate) fn go(transport: &mut dyn Transport) {
    let all = status::ACKNOWLEDGE | status::DRIVER | status::FEATURES_OK | status::DRIVER_OK;
    transport.set_status(all);
}

/// Tells the device that it will not be used; passes the reason on.
pub(crate) fn give_up(transport: &mut dyn Transport, problem: Problem) -> Problem {
    transport.set_status(status::FAILED);
    problem
}

/// Whether the device still works, by its own account.
pub(crate) fn check(transport: &dyn Transport) -> Result<(), Problem> {
    let status = transport.status();
    // One that is gone reads as all ones, one that was reset as 0.
    let works = status & status::NEEDS_RESET == 0 && status & status::DRIVER_OK != 0;
    works.then_some(()).ok_or(Problem::NeedsReset(status))
}

/// How the queues tell of news, by the features that were agreed on.
pub(crate) fn events(features: u64) -> Events {
    if features & feature::EVENT_INDEX != 0 {
        Events::Index
    } else {
        Events::Flags
    }
}

/// Reads fields of the configuration until nothing changed meanwhile (2.5.1).
pub(crate) fn configuration<T>(
    transport: &dyn Transport,
    read: impl Fn(&dyn Transport) -> Result<T, Problem>,
) -> Result<T, Problem> {
    for _ in 0..limits::CONFIGURATION_READS {
        let before = transport.configuration_generation();
        let value = read(transport)?;
        if transport.configuration_generation() == before {
            return Ok(value);
        }
    }
    Err(Problem::ConfigurationUnstable)
}

/// 4.1.4.3.2: a reset is over when the status reads as 0.
fn reset(transport: &mut dyn Transport) -> Result<(), Problem> {
    transport.set_status(status::RESET);
    let mut last = 0;
    for _ in 0..limits::RESET_READS {
        last = transport.status();
        if last == status::RESET {
            return Ok(());
        }
        core::hint::spin_loop();
    }
    Err(Problem::NoReset(last))
}
