//! How a guest ended.

use std::fmt;
use std::os::unix::process::ExitStatusExt as _;
use std::process::ExitStatus;

/// Why a booted guest says it stopped. The numbers are those of the crate
/// `machine`, which no host program can link.
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
    /// The platform lacks something else.
    Platform = 0x17,
}

impl Failure {
    /// All of them.
    pub const ALL: [Self; 8] = [
        Self::Program,
        Self::Panic,
        Self::Exception,
        Self::Memory,
        Self::Entropy,
        Self::Network,
        Self::Parameter,
        Self::Platform,
    ];

    fn meaning(self) -> &'static str {
        match self {
            Self::Program => "its program gave up",
            Self::Panic => "it panicked",
            Self::Exception => "it caused a CPU exception",
            Self::Memory => "it has too little memory (--memory gives it more)",
            Self::Entropy => "it has no source of entropy",
            Self::Network => "it has no network device that works",
            Self::Parameter => "a boot parameter makes no sense",
            Self::Platform => "the machine lacks something it needs",
        }
    }
}

/// How a guest ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exit {
    /// It powered off, or exited with status 0.
    Clean,
    /// It powered off and said why.
    Failed(Failure),
    /// The virtual machine monitor gave up, with this status.
    Monitor(i32),
    /// The process exited with this status.
    Process(i32),
    /// It was killed by this signal.
    Killed(i32),
}

impl Exit {
    /// What a monitor's exit status says.
    pub(super) fn of_monitor(status: ExitStatus) -> Self {
        let Some(code) = status.code() else {
            return Self::killed(status);
        };
        // QEMU's `isa-debug-exit`: a guest that writes n makes it exit with
        // 2n + 1.
        let failure = Failure::ALL.into_iter().find(|&f| 2 * f as i32 + 1 == code);
        match (code, failure) {
            (0, _) => Self::Clean,
            (_, Some(failure)) => Self::Failed(failure),
            (code, None) => Self::Monitor(code),
        }
    }

    /// What a process's exit status says.
    pub(super) fn of_process(status: ExitStatus) -> Self {
        match status.code() {
            Some(0) => Self::Clean,
            Some(code) => Self::Process(code),
            None => Self::killed(status),
        }
    }

    fn killed(status: ExitStatus) -> Self {
        Self::Killed(status.signal().unwrap_or_default())
    }

    /// The exit status of a `fata` whose guest ended like this.
    pub fn status(self) -> u8 {
        match self {
            Self::Clean => 0,
            Self::Failed(failure) => failure as u8,
            Self::Process(code) | Self::Monitor(code) => u8::try_from(code).unwrap_or(1),
            Self::Killed(_) => 1,
        }
    }
}

impl fmt::Display for Exit {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Clean => f.write_str("the guest powered off"),
            Self::Failed(failure) => write!(
                f,
                "the guest stopped: {} (status {:#x}, {failure:?})",
                failure.meaning(),
                *failure as u8
            ),
            Self::Monitor(code) => write!(f, "QEMU gave up (status {code})"),
            Self::Process(code) => write!(f, "the process exited with status {code}"),
            Self::Killed(signal) => write!(f, "the guest was killed (signal {signal})"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_the_guest_wrote_is_told_from_what_the_monitor_says() {
        let exit = |code: i32| Exit::of_monitor(ExitStatus::from_raw(code << 8));
        assert_eq!(exit(0), Exit::Clean);
        assert_eq!(exit(1), Exit::Monitor(1));
        assert_eq!(exit(0x27), Exit::Failed(Failure::Memory));
        assert_eq!(exit(0x27).status(), 0x13);
        assert_eq!(exit(0x28), Exit::Monitor(0x28));
        let killed = Exit::of_monitor(ExitStatus::from_raw(9));
        assert_eq!(killed, Exit::Killed(9));
    }
}
