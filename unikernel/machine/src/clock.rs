//! Monotonic and wall-clock time.
//!
//! Under KVM both come from the paravirtual clock. Elsewhere monotonic time is
//! the time stamp counter, whose frequency the CPU states (CPUID 0x15, or the
//! hypervisor's leaf) or which is measured against the PIT; and wall-clock time
//! is what the CMOS clock shows (see [`wall`]). Without a clock the machine does
//! not start: time is never guessed.

mod wall;

use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use core::time::Duration;

use crate::power::{Failure, fail};
use crate::{Life, apic, cpu, life, limits, pit, pvclock};

pub use wall::wall;

/// Nanoseconds in 2^32 ticks of the time stamp counter.
static TICK_SCALE: AtomicU64 = AtomicU64::new(0);
/// What the clock showed when the machine started, in nanoseconds.
static ORIGIN: AtomicU64 = AtomicU64::new(0);
/// Whether KVM keeps the clock.
static PARAVIRTUAL: AtomicBool = AtomicBool::new(false);

/// Time since boot. Never goes back, whatever a host that moves the guest does
/// to its clock.
pub fn monotonic() -> Duration {
    static LATEST: AtomicU64 = AtomicU64::new(0);
    let now = clock().saturating_sub(ORIGIN.load(Ordering::Relaxed));
    let latest = LATEST.fetch_max(now, Ordering::Relaxed);
    Duration::from_nanos(now.max(latest))
}

/// Nanoseconds, from some time on.
fn clock() -> u64 {
    if PARAVIRTUAL.load(Ordering::Relaxed) {
        return pvclock::nanoseconds();
    }
    scale(cpu::read_tsc())
}

fn scale(ticks: u64) -> u64 {
    let scale = u128::from(TICK_SCALE.load(Ordering::Relaxed));
    ((u128::from(ticks) * scale) >> 32) as u64
}

/// How long so many ticks of the time stamp counter last.
pub(crate) fn ticks_to_time(ticks: u64) -> Duration {
    Duration::from_nanos(scale(ticks))
}

/// How many ticks of the time stamp counter that is.
pub(crate) fn time_to_ticks(time: Duration) -> u64 {
    let scale = u128::from(TICK_SCALE.load(Ordering::Relaxed).max(1));
    u64::try_from((time.as_nanos() << 32) / scale).unwrap_or(u64::MAX)
}

/// Finds the clocks. Needs the local APIC, whose timer is measured too.
pub(crate) fn init() {
    debug_assert_eq!(life(), Life::Boot);
    apic::run_timer();
    let start = Mark::set();
    let is_paravirtual = pvclock::init();
    let hertz = if is_paravirtual {
        pvclock::tsc_frequency()
    } else {
        stated_tsc_frequency().unwrap_or_else(measured_tsc_frequency)
    };
    const NANOSECONDS: u64 = 1_000_000_000;
    TICK_SCALE.store((NANOSECONDS << 32) / hertz.max(1), Ordering::Relaxed);
    PARAVIRTUAL.store(is_paravirtual, Ordering::Relaxed);
    ORIGIN.store(clock(), Ordering::Relaxed);
    if !apic::takes_tsc_deadlines() {
        apic::set_timer_period(timer_period(start));
    }
    wall::init(is_paravirtual);
}

/// The frequency of the time stamp counter, where the CPU states it.
fn stated_tsc_frequency() -> Option<u64> {
    const HYPERVISOR: u32 = 0x4000_0000;
    const HYPERVISOR_FREQUENCY: u32 = 0x4000_0010;
    const CRYSTAL: u32 = 0x15;
    const HYPERVISOR_PRESENT: u32 = 1 << 31;
    if cpu::cpuid(1).ecx & HYPERVISOR_PRESENT != 0
        && (HYPERVISOR_FREQUENCY..HYPERVISOR + 0x100).contains(&cpu::cpuid(HYPERVISOR).eax)
    {
        let kilohertz = cpu::cpuid(HYPERVISOR_FREQUENCY).eax;
        if kilohertz != 0 {
            return Some(u64::from(kilohertz) * 1000);
        }
    }
    if cpu::cpuid(0).eax < CRYSTAL {
        return None;
    }
    let leaf = cpu::cpuid_count(CRYSTAL, 0);
    let known = leaf.eax != 0 && leaf.ebx != 0 && leaf.ecx != 0;
    known.then(|| u64::from(leaf.ecx) * u64::from(leaf.ebx) / u64::from(leaf.eax))
}

fn measured_tsc_frequency() -> u64 {
    let why = match pit::measure_tsc() {
        Ok(hertz) => return hertz,
        Err(pit::Error::Absent) => "the CPU states none and there is no PIT",
        Err(pit::Error::Unsteady) => "the PIT and the time stamp counter do not agree",
    };
    fail(
        Failure::Platform,
        format_args!("no clock of known frequency: {why}"),
    );
}

/// What the APIC timer showed at a time.
struct Mark {
    tsc: u64,
    timer: u32,
}

impl Mark {
    /// The best of a few readings: the one that took the least time.
    fn set() -> Self {
        const READINGS: usize = 8;
        let (mut mark, mut shortest) = (Self { tsc: 0, timer: 0 }, u64::MAX);
        for _ in 0..READINGS {
            let before = cpu::read_tsc();
            let timer = apic::timer_elapsed();
            let width = cpu::read_tsc() - before;
            if width < shortest {
                let tsc = before + width / 2;
                (mark, shortest) = (Self { tsc, timer }, width);
            }
        }
        mark
    }
}

/// How long 2^32 ticks of the APIC timer last, in nanoseconds.
fn timer_period(mut start: Mark) -> u64 {
    let least = time_to_ticks(Duration::from_micros(limits::CALIBRATION_SHORTEST_US));
    loop {
        while cpu::read_tsc() - start.tsc < least {
            core::hint::spin_loop();
        }
        let end = Mark::set();
        let elapsed = ticks_to_time(end.tsc - start.tsc);
        // It counts 32 bits, and stops.
        if elapsed < Duration::from_secs(1) {
            apic::disarm_timer();
            let ticks = u128::from((end.timer - start.timer).max(1));
            return ((elapsed.as_nanos() << 32) / ticks) as u64;
        }
        apic::run_timer();
        start = Mark::set();
    }
}
