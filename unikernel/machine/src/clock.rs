//! Monotonic and wall-clock time.
//!
//! Under KVM both come from the paravirtual clock. Elsewhere monotonic time is
//! the time stamp counter, whose frequency the CPU states (CPUID 0x15, or the
//! hypervisor's leaf) or which is measured against the PIT; and wall-clock time
//! is what the CMOS clock showed at boot, plus monotonic time. Without a clock
//! the machine does not start: time is never guessed.

use core::sync::atomic::{AtomicU64, Ordering};
use core::time::Duration;

use crate::pit::Stopwatch;
use crate::power::{Failure, fail};
use crate::{Life, apic, cpu, life, limits, pvclock, rtc};

const NANOSECONDS: u64 = 1_000_000_000;

/// Nanoseconds in 2^32 ticks of the time stamp counter.
static TICK_SCALE: AtomicU64 = AtomicU64::new(0);
/// The time stamp counter, or KVM's clock, when the machine started.
static ORIGIN: AtomicU64 = AtomicU64::new(0);
/// Nanoseconds between the Unix epoch and the start of the machine.
static EPOCH: AtomicU64 = AtomicU64::new(0);
/// 1 when KVM keeps the clock.
static PARAVIRTUAL: AtomicU64 = AtomicU64::new(0);

/// Time since boot. Never goes back.
pub fn monotonic() -> Duration {
    let origin = ORIGIN.load(Ordering::Relaxed);
    if PARAVIRTUAL.load(Ordering::Relaxed) == 1 {
        // A host that moves the guest may set the clock back a little.
        static LATEST: AtomicU64 = AtomicU64::new(0);
        let now = pvclock::nanoseconds().saturating_sub(origin);
        let latest = LATEST.fetch_max(now, Ordering::Relaxed);
        return Duration::from_nanos(now.max(latest));
    }
    ticks_to_time(cpu::read_tsc().saturating_sub(origin))
}

/// Time since the Unix epoch, from the platform.
pub fn wall() -> Duration {
    Duration::from_nanos(EPOCH.load(Ordering::Relaxed)) + monotonic()
}

/// How long so many ticks of the time stamp counter last.
pub(crate) fn ticks_to_time(ticks: u64) -> Duration {
    let scale = u128::from(TICK_SCALE.load(Ordering::Relaxed));
    Duration::from_nanos(((u128::from(ticks) * scale) >> 32) as u64)
}

/// How many ticks of the time stamp counter that is.
pub(crate) fn time_to_ticks(time: Duration) -> u64 {
    let scale = u128::from(TICK_SCALE.load(Ordering::Relaxed).max(1));
    u64::try_from((time.as_nanos() << 32) / scale).unwrap_or(u64::MAX)
}

/// Finds the clocks. Needs the local APIC, whose timer is measured too.
pub(crate) fn init() {
    debug_assert_eq!(life(), Life::Boot);
    if pvclock::init() {
        PARAVIRTUAL.store(1, Ordering::Relaxed);
        set_tsc_frequency(pvclock::tsc_frequency());
        let origin = pvclock::nanoseconds();
        ORIGIN.store(origin, Ordering::Relaxed);
        EPOCH.store(pvclock::epoch() + origin, Ordering::Relaxed);
        if !apic::takes_tsc_deadlines() {
            measure();
        }
        return;
    }
    match stated_tsc_frequency() {
        Some(hertz) if apic::takes_tsc_deadlines() => set_tsc_frequency(hertz),
        Some(hertz) => {
            measure();
            set_tsc_frequency(hertz);
        }
        None => measure(),
    }
    let Some(seconds) = rtc::unix_time() else {
        fail(
            Failure::Platform,
            format_args!("no wall clock: neither KVM's nor a CMOS clock"),
        );
    };
    ORIGIN.store(cpu::read_tsc(), Ordering::Relaxed);
    EPOCH.store(seconds * NANOSECONDS, Ordering::Relaxed);
}

fn set_tsc_frequency(hertz: u64) {
    TICK_SCALE.store((NANOSECONDS << 32) / hertz.max(1), Ordering::Relaxed);
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

/// Measures the time stamp counter and the APIC timer against the PIT.
fn measure() {
    let Some(mut pit) = Stopwatch::start() else {
        fail(
            Failure::Platform,
            format_args!("no clock of known frequency: the CPU states none and there is no PIT"),
        );
    };
    apic::timer_run();
    let first = (cpu::read_tsc(), apic::timer_elapsed(), pit.nanoseconds());
    let mut last = first;
    while last.2 - first.2 < u64::from(limits::CALIBRATION_US) * 1000 {
        last = (cpu::read_tsc(), apic::timer_elapsed(), pit.nanoseconds());
    }
    apic::disarm_timer();
    let nanoseconds = last.2 - first.2;
    let scale = |ticks: u64| ((u128::from(nanoseconds) << 32) / u128::from(ticks.max(1))) as u64;
    TICK_SCALE.store(scale(last.0 - first.0), Ordering::Relaxed);
    apic::set_timer_period(scale(u64::from(last.1 - first.1)));
}
