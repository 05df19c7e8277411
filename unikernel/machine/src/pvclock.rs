//! KVM's paravirtual clock: time as the host tells it.
//!
//! `Documentation/virt/kvm/x86/msr.rst` and `cpuid.rst` of Linux. The host
//! writes how to turn the time stamp counter into nanoseconds, and rewrites it
//! when the guest has been moved or the counter's frequency has changed.

use core::cell::UnsafeCell;
use core::sync::atomic::{Ordering, fence};

use crate::cpu;

const MSR_WALL_CLOCK: u32 = 0x4b56_4d00;
const MSR_SYSTEM_TIME: u32 = 0x4b56_4d01;
const ENABLE: u64 = 1;
const FEATURE_CLOCKSOURCE_2: u32 = 1 << 3;

/// `pvclock_vcpu_time_info`
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct TimeInfo {
    version: u32,
    _pad: u32,
    tsc_timestamp: u64,
    system_time: u64,
    tsc_to_system_mul: u32,
    tsc_shift: i8,
    _flags: u8,
    _pad_2: [u8; 2],
}

/// `pvclock_wall_clock`
#[repr(C, align(64))]
#[derive(Clone, Copy)]
struct WallClock {
    version: u32,
    seconds: u32,
    nanoseconds: u32,
}

/// A structure that the host writes.
struct Shared<T>(UnsafeCell<T>);

// SAFETY: it is only read, and by volatile reads that are repeated until the
// version is even and has not changed.
unsafe impl<T> Sync for Shared<T> {}

static TIME_INFO: Shared<TimeInfo> = Shared(UnsafeCell::new(TimeInfo {
    version: 0,
    _pad: 0,
    tsc_timestamp: 0,
    system_time: 0,
    tsc_to_system_mul: 0,
    tsc_shift: 0,
    _flags: 0,
    _pad_2: [0; 2],
}));

static WALL_CLOCK: Shared<WallClock> = Shared(UnsafeCell::new(WallClock {
    version: 0,
    seconds: 0,
    nanoseconds: 0,
}));

/// The leaf that says how the hypervisor is called; features are in the next.
const HYPERVISOR: u32 = 0x4000_0000;

/// Asks KVM to keep the clock. False when there is none.
pub(crate) fn init() -> bool {
    let name = cpu::cpuid(HYPERVISOR);
    let signature = [name.ebx, name.ecx, name.edx].map(u32::to_le_bytes);
    if signature.as_flattened() != b"KVMKVMKVM\0\0\0"
        || cpu::cpuid(HYPERVISOR + 1).eax & FEATURE_CLOCKSOURCE_2 == 0
    {
        return false;
    }
    cpu::write_msr(MSR_SYSTEM_TIME, TIME_INFO.0.get() as u64 | ENABLE);
    read_time_info().tsc_to_system_mul != 0
}

/// Nanoseconds since the host started to count.
pub(crate) fn nanoseconds() -> u64 {
    let info = read_time_info();
    let ticks = cpu::read_tsc().saturating_sub(info.tsc_timestamp);
    info.system_time + scale(ticks, info.tsc_to_system_mul, info.tsc_shift)
}

/// Ticks of the time stamp counter in a second.
pub(crate) fn tsc_frequency() -> u64 {
    let info = read_time_info();
    const SECOND: u128 = 1_000_000_000 << 32;
    let ticks = SECOND / u128::from(info.tsc_to_system_mul.max(1));
    let ticks = if info.tsc_shift >= 0 {
        ticks >> info.tsc_shift
    } else {
        ticks << -info.tsc_shift
    };
    ticks as u64
}

/// Nanoseconds since the Unix epoch at which monotonic time was 0, as the host
/// sees it now; `monotonic` is what it is now. None when the host does not say.
pub(crate) fn wall_clock(monotonic: u64) -> Option<u64> {
    // Each write of the register makes the host write the structure: what
    // wall-clock time was when `nanoseconds` was 0.
    cpu::write_msr(MSR_WALL_CLOCK, WALL_CLOCK.0.get() as u64);
    // SAFETY: the host has written it, and does so only when asked.
    let clock = unsafe { WALL_CLOCK.0.get().read_volatile() };
    if clock.version & 1 != 0 || clock.seconds == 0 {
        return None;
    }
    let epoch = u64::from(clock.seconds) * 1_000_000_000 + u64::from(clock.nanoseconds);
    (epoch + nanoseconds()).checked_sub(monotonic)
}

fn read_time_info() -> TimeInfo {
    let pointer = TIME_INFO.0.get();
    loop {
        // SAFETY: see `Shared`. The version is the first field.
        let before = unsafe { pointer.cast::<u32>().read_volatile() };
        fence(Ordering::Acquire);
        // SAFETY: see `Shared`.
        let info = unsafe { pointer.read_volatile() };
        fence(Ordering::Acquire);
        // SAFETY: see `Shared`.
        let after = unsafe { pointer.cast::<u32>().read_volatile() };
        if before == after && before & 1 == 0 {
            return info;
        }
    }
}

fn scale(ticks: u64, multiplier: u32, shift: i8) -> u64 {
    let shifted = if shift >= 0 {
        ticks << shift
    } else {
        ticks >> -shift
    };
    ((u128::from(shifted) * u128::from(multiplier)) >> 32) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn scaling_follows_the_documentation() {
        // 2.8 GHz: multiplier 0xb6db6db7 with shift -1 is 5/14 ns a tick.
        assert_eq!(scale(28_000_000, 0xb6db_6db7, -1), 10_000_000);
        assert_eq!(scale(500, 1 << 31, 2), 1000);
    }
}
