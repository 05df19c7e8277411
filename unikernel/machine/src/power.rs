//! The end: power off, and with which status.

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

/// Powers off: all is well.
pub fn off() -> ! {
    unimplemented!()
}

/// Prints one line that says why, and powers off with a status of its own.
pub fn fail(failure: Failure, why: core::fmt::Arguments<'_>) -> ! {
    let _ = (failure, why);
    unimplemented!()
}
