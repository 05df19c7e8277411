//! A machine that does what its command line says, for the tests in
//! `tests/guests`: the first word of the line names a case.
//!
//! A case that must not survive does one forbidden thing; if it survives, the
//! machine powers off as if all were well, which the test takes for a failure.
//! The other cases assert, print what the test is to compare, and power off.
#![expect(
    unsafe_code,
    reason = "the kernel of a guest, which does what must not be done"
)]

mod faults;
mod memory;
mod registers;
mod time;

use std::fmt::Write as _;

use machine::console::Console;
use machine::power::{self, Failure};

machine::bootable!();

#[global_allocator]
static HEAP: machine::Heap = machine::Heap::new();

fn main() {
    println!("This program is meant to be booted.");
    // What is referred to is linked.
    std::hint::black_box(machine::boot::command_line());
}

/// Prints a line on the console.
fn say(line: std::fmt::Arguments<'_>) {
    let _ = writeln!(Console, "{line}");
}

#[unsafe(no_mangle)]
extern "C" fn fata_main() -> ! {
    std::panic::set_hook(Box::new(|info| power::panicked(format_args!("{info}"))));
    let line = machine::boot::command_line();
    let (case, rest) = line.split_once(' ').unwrap_or((line, ""));
    say(format_args!(
        "up after {} us",
        machine::boot::since_entry().as_micros()
    ));
    match case {
        "off" => {}
        "fail" => fail(rest),
        "entropy" => entropy(),
        "handover" => handover(),
        "line" => machine::interrupt::route(rest.parse().expect("a number")),
        "panic" => faults::panic(),
        "panic-in-report" => faults::panic_in_report(),
        "panic-in-message" => faults::panic_in_message(),
        "lock-twice" => faults::lock_twice(),
        "fault" => faults::commit(rest),
        "waits" => time::waits(),
        "idle" => time::idle(),
        "window" => time::window(),
        "input" => time::input(),
        "wall" => time::wall(),
        "registers" => registers::survive_system_calls(),
        "program-memory" => memory::program(),
        "access" => memory::access(),
        "relocated-data" => memory::relocated_data(),
        "heap" => memory::heap(),
        "high-memory" => memory::high(),
        "stacks" => memory::stacks(),
        _ => panic!("unknown case {case:?}"),
    }
    power::off()
}

/// The system calls of the C library that a panic makes, and those of
/// [`registers`].
#[unsafe(no_mangle)]
extern "C" fn fata_syscall(number: u64, arguments: &[u64; 6]) -> i64 {
    const WRITE: u64 = 1;
    const TGKILL: u64 = 234;
    const NO_SUCH_CALL: i64 = -38;
    match number {
        WRITE => {
            let [_, address, length, ..] = arguments.map(|argument| argument as usize);
            // SAFETY: the C library wants this slice written.
            let bytes = unsafe { std::slice::from_raw_parts(address as *const u8, length) };
            machine::console::write(bytes);
            length as i64
        }
        TGKILL => power::panicked(format_args!("aborted")),
        registers::CALL => registers::answer(arguments),
        registers::SIGNAL_CALL => registers::answer_by_signal(arguments),
        _ => NO_SUCH_CALL,
    }
}

fn fail(number: &str) -> ! {
    let all = [
        Failure::Program,
        Failure::Panic,
        Failure::Exception,
        Failure::Memory,
        Failure::Entropy,
        Failure::Network,
        Failure::Parameter,
        Failure::Platform,
    ];
    let wanted = number.parse::<u8>();
    let failure = all
        .into_iter()
        .find(|&failure| Ok(failure as u8) == wanted)
        .expect("the number of a failure");
    power::fail(failure, format_args!("failing as {failure:?}"))
}

fn entropy() {
    if !machine::entropy::is_seeded() {
        power::fail(Failure::Entropy, format_args!("no entropy"));
    }
    let mut numbers = [[0_u8; 32]; 100];
    for number in &mut numbers {
        machine::entropy::fill(number);
    }
    numbers.sort_unstable();
    assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]));
    let ones: u32 = numbers
        .as_flattened()
        .iter()
        .map(|byte| byte.count_ones())
        .sum();
    assert!((12_300..13_300).contains(&ones), "{ones} of 25600 bits");
}

/// Prints what the monitor handed over.
fn handover() {
    say(format_args!(
        "command line {:?}",
        machine::boot::command_line()
    ));
    match machine::boot::initrd() {
        None => say(format_args!("no initrd")),
        Some(bytes) => {
            let hash = bytes.iter().fold(0xcbf2_9ce4_8422_2325_u64, |hash, &byte| {
                (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
            });
            say(format_args!("initrd {} bytes {hash:016x}", bytes.len()));
            let first = bytes.as_ptr() as usize;
            assert!(machine::paging::readable(first, bytes.len()));
            assert!(!machine::paging::writable(first, 1));
        }
    }
    // All of the machine's memory can be taken without touching it.
    let before = machine::boot::initrd().map(<[u8]>::to_vec);
    let mut taken = Vec::new();
    while machine::free_bytes() > 1 << 20 {
        taken.push(vec![0xa5_u8; 1 << 18]);
    }
    assert_eq!(machine::boot::initrd(), before.as_deref());
}
