//! The limits of the machine, and how they relate.

use crate::paging::PAGE_SIZE;

/// Bytes of the kernel command line that are kept. Linux has 2048 on x86.
pub(crate) const COMMAND_LINE: usize = 4096;

/// Ranges of RAM in the monitor's memory map.
pub(crate) const RAM_RANGES: usize = 32;

/// Ranges that the free list of physical memory can hold. More fragments than
/// this are lost, and counted.
pub(crate) const FREE_RANGES: usize = 512;

/// The first physical address that is handed out: below are the monitor's
/// structures, the BIOS data area and the video memory hole.
pub(crate) const LOWEST_FRAME: u64 = 0x10_0000;

/// Free memory, after the page tables, below which the machine does not start:
/// what the program needs to serve one visitor.
pub(crate) const LEAST_FREE_BYTES: u64 = 6 << 20;

/// The stacks of exceptions and of interrupts.
pub(crate) const EXCEPTION_STACK: usize = 32 << 10;

/// How many different calls a backtrace shows.
pub(crate) const BACKTRACE_LINES: usize = 48;

/// For how long the time stamp counter is measured against the PIT: the shortest
/// time is doubled until the result is good enough, up to the longest, in which
/// the PIT's counter does not turn.
pub(crate) const CALIBRATION_SHORTEST_US: u64 = 1000;
pub(crate) const CALIBRATION_LONGEST_US: u64 = 40_000;

/// When the result is good enough: how far its bounds may be from each other in
/// millionths, and how far after the longest time.
pub(crate) const CALIBRATION_PPM: u64 = 700;
pub(crate) const CALIBRATION_WORST_PPM: u64 = 5000;

/// How often the measurement is begun again because the host took the CPU away.
pub(crate) const CALIBRATION_ATTEMPTS: u32 = 100;

/// How often wall-clock time is compared with the platform's clock.
pub(crate) const WALL_CLOCK_LOOK_NS: u64 = 64_000_000_000;

/// How long reading the CMOS clock may take for the reading to be of use.
pub(crate) const WALL_CLOCK_READING_NS: u64 = 20_000_000;

/// Attempts at one random word before the CPU's generator counts as broken.
/// Intel recommends 10 for RDRAND; RDSEED may need more under load.
pub(crate) const ENTROPY_ATTEMPTS: usize = 256;

/// Random bytes given out before the generator is seeded again.
pub(crate) const RESEED_BYTES: u64 = 1 << 20;

const _: () = {
    assert!(EXCEPTION_STACK.is_multiple_of(PAGE_SIZE));
    assert!(LOWEST_FRAME.is_multiple_of(PAGE_SIZE as u64));
};
