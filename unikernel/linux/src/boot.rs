//! From the command line to the first instruction of the program.
//!
//! 1. Read the command line.
//! 2. See to it that there is entropy.
//! 3. Find the network card and put the stack on it.
//! 4. Find the files of the initrd.
//! 5. Lay out the program's stack, and jump.
//!
//! Whatever fails ends the machine with one line that says why.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::fmt::Write as _;

use machine::console::Console;
use machine::power::{Failure, fail};
use net::{Config, Ipv4Config, Ipv6Config, Limits, Stack};
use virtio::net::Device;

use crate::command_line::{self, CommandLine};
use crate::file::{EXECUTABLE, Files};
use crate::kernel::Kernel;
use crate::platform::Booted;
use crate::process::{self, Start};
use crate::{KERNEL, limits, time};

/// Starts the program.
pub(crate) fn main() -> ! {
    let line = machine::boot::command_line();
    let parsed = match command_line::parse(line) {
        Ok(parsed) => parsed,
        Err(error) => fail(Failure::Parameter, format_args!("{error}")),
    };
    ensure_entropy(line);
    let CommandLine {
        ipv4,
        ipv6,
        arguments,
        environment,
    } = parsed;
    let mut kernel = Kernel::new(Booted, start_network(line, ipv4, ipv6), load_files());
    if kernel.open_console().is_err() {
        fail(
            Failure::Memory,
            format_args!("no descriptor for the console"),
        );
    }
    *KERNEL.lock() = Some(kernel);
    let stack_pointer = lay_out_stack(arguments, environment);
    machine::console::enable_interrupt();
    report();
    machine::program::start(stack_pointer)
}

/// Keys are made from it: without, nothing starts.
fn ensure_entropy(line: &str) {
    if !machine::entropy::is_seeded()
        && let Some(mut device) = virtio::entropy::probe(line)
    {
        let mut seed = [0; 32];
        if device.fill(&mut seed).is_ok() {
            machine::entropy::add_seed(&seed);
        }
    }
    if !machine::entropy::is_seeded() {
        fail(
            Failure::Entropy,
            format_args!(
                "no entropy: the CPU has neither RDSEED nor RDRAND, and there is no virtio-rng device"
            ),
        );
    }
}

/// The stack is large, and so is what it takes to make one: the boot stack is
/// not, and has it only while this runs.
#[inline(never)]
fn start_network(line: &str, ipv4: Ipv4Config, ipv6: Ipv6Config) -> Box<Stack<Device>> {
    let device = match Device::probe(line) {
        Ok(device) => device,
        Err(error) => fail(Failure::Network, format_args!("network: {error}")),
    };
    let mut seed = [0; 8];
    machine::entropy::fill(&mut seed);
    let config = Config {
        ipv4,
        ipv6,
        limits: Limits::for_memory(machine::free_bytes()),
        seed: u64::from_le_bytes(seed),
    };
    let now = time::to_instant(machine::clock::monotonic());
    Box::new(Stack::new(device, &config, now))
}

fn load_files() -> Files {
    let Some(archive) = machine::boot::initrd() else {
        return Files::new();
    };
    match Files::load(archive) {
        Ok(files) => files,
        Err(error) => fail(Failure::Parameter, format_args!("initrd: {error}")),
    }
}

fn lay_out_stack(arguments: Vec<String>, environment: Vec<String>) -> usize {
    let mut random = [0; 16];
    machine::entropy::fill(&mut random);
    let mut all = alloc::vec![String::from(EXECUTABLE)];
    all.extend(arguments);
    let start = Start {
        arguments: all,
        environment,
        headers: machine::program::headers(),
        random,
        hardware: core::arch::x86_64::__cpuid(1).edx,
    };
    let Ok(stack) = machine::stack::allocate(limits::STACK) else {
        fail(
            Failure::Memory,
            format_args!(
                "too little memory for the program's stack of {} bytes",
                limits::STACK
            ),
        );
    };
    let base = stack.as_ptr().addr();
    match process::lay_out(stack, base, &start) {
        Ok(stack_pointer) => stack_pointer,
        Err(error) => fail(
            Failure::Parameter,
            format_args!(
                "the command line has {} bytes of arguments, and the limit is {}",
                error.length,
                limits::ARGUMENTS
            ),
        ),
    }
}

/// One line about the machine, before the program says its own.
fn report() {
    let mut guard = KERNEL.lock();
    let Some(kernel) = guard.as_mut() else {
        return;
    };
    let [a, b, c, d, e, f] = net::Link::mac(kernel.stack.link_mut());
    let elapsed = machine::boot::since_entry().as_micros();
    let memory = machine::free_bytes() >> 10;
    let total = machine::total_bytes() >> 10;
    let _ = writeln!(
        Console,
        "boot {}.{:03} ms, {memory} of {total} KiB free, network card {a:02x}:{b:02x}:{c:02x}:{d:02x}:{e:02x}:{f:02x}",
        elapsed / 1000,
        elapsed % 1000,
    );
}
