//! The end: power off, and with which status.

use core::arch::asm;
use core::fmt::{self, Write as _};
use core::sync::atomic::{AtomicBool, Ordering};

use crate::console::Console;
use crate::{acpi, cpu, exception, port};

/// Why the machine stops. The number is the exit status that the monitor
/// reports where it can (QEMU's `isa-debug-exit`: twice the number plus one).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub enum Failure {
    /// The program exited with a status other than 0.
    Program = 0x10,
    /// A panic.
    Panic = 0x11,
    /// A CPU exception.
    Exception = 0x12,
    /// Too little memory.
    Memory = 0x13,
    /// No entropy source.
    Entropy = 0x14,
    /// No network device, or one that does not work.
    Network = 0x15,
    /// A boot parameter that makes no sense.
    Parameter = 0x16,
    /// The platform lacks something else (a clock, a CPU feature).
    Platform = 0x17,
}

/// Where `isa-debug-exit` listens by convention. A machine without it ignores
/// the write.
const DEBUG_EXIT: u16 = 0xf4;

/// Powers off: all is well.
pub fn off() -> ! {
    // Whatever goes wrong from here on ends here again: ACPI is tried once.
    static STOPPING: AtomicBool = AtomicBool::new(false);
    if !STOPPING.swap(true, Ordering::Relaxed) {
        acpi::power_off();
    }
    reset()
}

/// Prints one line that says why, and powers off with a status of its own.
pub fn fail(failure: Failure, why: fmt::Arguments<'_>) -> ! {
    let _ = writeln!(Console, "fata: {why}");
    stop(failure)
}

/// Reports a panic with its calls, and powers off. A panic while one is being
/// reported ends at once.
pub fn panicked(what: fmt::Arguments<'_>) -> ! {
    static REPORTING: AtomicBool = AtomicBool::new(false);
    if !REPORTING.swap(true, Ordering::Relaxed) {
        let _ = writeln!(Console, "\nfata: {what}");
        let (address, frame): (u64, u64);
        // SAFETY: reads two registers.
        unsafe {
            asm!("lea {}, [rip]", "mov {}, rbp", out(reg) address, out(reg) frame,
                options(nomem, nostack, preserves_flags));
        }
        exception::print_backtrace(address, frame);
    }
    stop(Failure::Panic)
}

/// Powers off with a status.
pub(crate) fn stop(failure: Failure) -> ! {
    port::write8(DEBUG_EXIT, failure as u8);
    off()
}

/// The way out where there is no ACPI: a reset, by the keyboard controller or
/// by a triple fault. Monitors for small machines exit on it; QEMU does with
/// `-no-reboot`.
fn reset() -> ! {
    const KEYBOARD_CONTROLLER: u16 = 0x64;
    const PULSE_RESET: u8 = 0xfe;
    port::write8(KEYBOARD_CONTROLLER, PULSE_RESET);
    // SAFETY: an empty table makes the next exception a triple fault.
    unsafe {
        cpu::load_interrupt_table([0_u128].as_ptr(), 1);
    }
    // SAFETY: never returns; that is the purpose.
    unsafe {
        asm!("ud2");
    }
    cpu::halt_for_ever()
}
