//! The interrupt controllers: local APIC (xAPIC or x2APIC) and I/O APIC.
//!
//! Intel SDM volume 3, chapter 10; 82093AA I/O APIC data sheet.

use core::arch::asm;
use core::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use crate::cpu::{self, msr};
use crate::port;
use crate::power::{Failure, fail};

/// The vector of every interrupt that is not spurious.
pub(crate) const WAKE_VECTOR: u8 = 0x40;
/// The vector of spurious interrupts.
pub(crate) const SPURIOUS_VECTOR: u8 = 0xff;

/// Physical address of the local APIC, where it is after reset.
const LOCAL_APIC: u64 = 0xfee0_0000;
/// Physical address of the first I/O APIC, on every PC-like machine.
const IO_APIC: u64 = 0xfec0_0000;

/// Local APIC registers, by their offset in the page.
const ID: u32 = 0x20;
const TASK_PRIORITY: u32 = 0x80;
const SPURIOUS: u32 = 0xf0;
const TIMER: u32 = 0x320;
const TIMER_INITIAL: u32 = 0x380;
const TIMER_CURRENT: u32 = 0x390;
const TIMER_DIVIDE: u32 = 0x3e0;

const SOFTWARE_ENABLE: u32 = 1 << 8;
const TIMER_ONE_SHOT: u32 = 0;
const TIMER_TSC_DEADLINE: u32 = 0b10 << 17;
const DIVIDE_BY_1: u32 = 0b1011;

/// Nanoseconds for 2^32 ticks of the APIC timer; 0 when the timer takes TSC
/// deadlines.
static TIMER_PERIOD: AtomicU64 = AtomicU64::new(0);
/// Whether the timer is armed with a TSC value.
static TSC_DEADLINES: AtomicBool = AtomicBool::new(false);
/// What [`is_x2apic`] said: asking costs a call of the hypervisor.
static X2APIC: AtomicBool = AtomicBool::new(false);

/// Whether the local APIC is in x2APIC mode (registers are MSRs).
pub(crate) fn is_x2apic() -> bool {
    const X2APIC_ENABLED: u64 = 1 << 10;
    cpu::read_msr(msr::APIC_BASE) & X2APIC_ENABLED != 0
}

fn x2apic_register(offset: u32) -> u32 {
    0x800 + (offset >> 4)
}

fn write(offset: u32, value: u32) {
    if X2APIC.load(Ordering::Relaxed) {
        cpu::write_msr(x2apic_register(offset), u64::from(value));
    } else {
        // SAFETY: a register of the local APIC, mapped uncached.
        unsafe { ((LOCAL_APIC + u64::from(offset)) as *mut u32).write_volatile(value) }
    }
}

fn read(offset: u32) -> u32 {
    if X2APIC.load(Ordering::Relaxed) {
        cpu::read_msr(x2apic_register(offset)) as u32
    } else {
        // SAFETY: a register of the local APIC, mapped uncached.
        unsafe { ((LOCAL_APIC + u64::from(offset)) as *const u32).read_volatile() }
    }
}

/// Enables the local APIC, its timer still off. The old interrupt controller
/// (8259A) is masked: a BIOS leaves its timer interrupt on, at the vector of the
/// double fault.
pub(crate) fn init() {
    const TSC_DEADLINE: u32 = 1 << 24;
    const OLD_CONTROLLER_MASKS: [u16; 2] = [0x21, 0xa1];
    for mask in OLD_CONTROLLER_MASKS {
        port::write8(mask, 0xff);
    }
    X2APIC.store(is_x2apic(), Ordering::Relaxed);
    write(SPURIOUS, SOFTWARE_ENABLE | u32::from(SPURIOUS_VECTOR));
    write(TASK_PRIORITY, 0);
    let takes_deadlines = cpu::cpuid(1).ecx & TSC_DEADLINE != 0;
    TSC_DEADLINES.store(takes_deadlines, Ordering::Relaxed);
    let mode = if takes_deadlines {
        TIMER_TSC_DEADLINE
    } else {
        write(TIMER_DIVIDE, DIVIDE_BY_1);
        TIMER_ONE_SHOT
    };
    write(TIMER, mode | u32::from(WAKE_VECTOR));
    // A later write of the deadline must find the new mode (SDM volume 3,
    // 10.5.4.1).
    // SAFETY: a fence.
    unsafe {
        asm!("mfence", options(nostack, preserves_flags));
    }
}

/// Whether the timer is armed with a TSC value; otherwise it must be calibrated.
pub(crate) fn takes_tsc_deadlines() -> bool {
    TSC_DEADLINES.load(Ordering::Relaxed)
}

/// Lets the timer run, to be measured with [`timer_elapsed`].
pub(crate) fn run_timer() {
    write(TIMER_INITIAL, u32::MAX);
}

/// Ticks since [`run_timer`].
pub(crate) fn timer_elapsed() -> u32 {
    u32::MAX - read(TIMER_CURRENT)
}

/// Says how long 2^32 ticks of the timer last.
pub(crate) fn set_timer_period(nanoseconds: u64) {
    TIMER_PERIOD.store(nanoseconds.max(1), Ordering::Relaxed);
}

/// Makes the timer interrupt once: when the TSC has reached `tsc`, or about
/// `nanoseconds` from now, whichever the timer understands. Never too early by
/// more than a tick; a wait longer than the timer can count ends early.
pub(crate) fn arm_timer(tsc: u64, nanoseconds: u64) {
    if takes_tsc_deadlines() {
        cpu::write_msr(msr::TSC_DEADLINE, tsc.max(1));
        return;
    }
    let period = u128::from(TIMER_PERIOD.load(Ordering::Relaxed).max(1));
    let ticks = (u128::from(nanoseconds) << 32) / period + 1;
    write(TIMER_INITIAL, u32::try_from(ticks).unwrap_or(u32::MAX));
}

/// Stops the timer.
pub(crate) fn disarm_timer() {
    if takes_tsc_deadlines() {
        cpu::write_msr(msr::TSC_DEADLINE, 0);
    } else {
        write(TIMER_INITIAL, 0);
    }
}

/// Sends this CPU the wake interrupt.
pub(crate) fn interrupt_self() {
    const COMMAND: u32 = 0x300;
    const TO_SELF: u32 = 0b01 << 18;
    write(COMMAND, TO_SELF | u32::from(WAKE_VECTOR));
}

/// The identifier of this CPU's local APIC.
pub(crate) fn id() -> u8 {
    let id = read(ID);
    if X2APIC.load(Ordering::Relaxed) {
        id as u8
    } else {
        (id >> 24) as u8
    }
}

/// Routes line `gsi` of the I/O APICs to this CPU, edge triggered, active high.
/// A second I/O APIC follows the first by 64 KiB (QEMU's `microvm`).
pub(crate) fn route(gsi: u32) {
    const VERSION: u32 = 1;
    const REDIRECTION: u32 = 0x10;
    const NEXT_IO_APIC: u64 = 0x1_0000;
    // Where there is none, reads are all ones or all zeroes.
    let lines = |base| match io_read(base, VERSION) {
        0 | u32::MAX => 0,
        version => (version >> 16 & 0xff) + 1,
    };
    let first = lines(IO_APIC);
    let (base, line) = if gsi < first {
        (IO_APIC, gsi)
    } else {
        (IO_APIC + NEXT_IO_APIC, gsi - first)
    };
    if line >= lines(base) {
        fail(
            Failure::Parameter,
            format_args!("there is no interrupt line {gsi}: the first I/O APIC has {first}"),
        );
    }
    io_write(base, REDIRECTION + 2 * line + 1, u32::from(id()) << 24);
    io_write(base, REDIRECTION + 2 * line, u32::from(WAKE_VECTOR));
}

fn io_select(base: u64, register: u32) -> *mut u32 {
    const WINDOW: u64 = 0x10;
    // SAFETY: the register selector of an I/O APIC, mapped uncached.
    unsafe { (base as *mut u32).write_volatile(register) }
    (base + WINDOW) as *mut u32
}

fn io_read(base: u64, register: u32) -> u32 {
    let window = io_select(base, register);
    // SAFETY: the window on the selected register.
    unsafe { window.read_volatile() }
}

fn io_write(base: u64, register: u32, value: u32) {
    let window = io_select(base, register);
    // SAFETY: the window on the selected register.
    unsafe { window.write_volatile(value) }
}
