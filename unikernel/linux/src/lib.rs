//! The Linux system call interface of x86-64, for one program with one thread.
//!
//! This crate is the kernel: it starts the machine's only program and answers
//! its system calls, over the network stack (`net`), the devices (`virtio`) and
//! the CPU (`machine`). The program is an ordinary static Linux executable; the
//! system calls are those that the C library, Rust's standard library and tokio
//! make, each as Linux answers it.
//!
//! 1. [`boot`]: from the kernel command line to the first instruction of the
//!    program.
//! 2. [`table`]: from the number of a system call to its function. Each family
//!    of calls has a file: [`memory`], [`file`], [`socket`], [`epoll`], ...
//! 3. [`kernel`]: the state that they share. [`descriptor`]s refer to
//!    [`object`]s; what happens to those wakes [`epoll`]; [`wait`] is where the
//!    CPU halts until something happens.
//! 4. [`user`]: where addresses that the program passes become memory.
//!
//! The kernel runs on the program's stack, with interrupts disabled, and
//! returns before anything else can happen; so one lock around all of its state
//! is never waited for. A system call made while it is held comes from the
//! kernel itself, from the report of a panic: see [`reentered`].
#![no_std]

extern crate alloc;
#[cfg(test)]
extern crate std;

mod address;
mod arena;
mod boot;
mod channel;
mod command_line;
mod connect;
mod console;
mod control;
mod cpio;
mod descriptor;
mod endpoint;
mod epoll;
mod errno;
mod eventfd;
mod events;
mod file;
mod futex;
mod identity;
mod io;
mod kernel;
mod limits;
mod memory;
mod message;
mod number;
mod object;
mod options;
mod pair;
mod platform;
mod poll;
mod port;
mod process;
mod random;
mod signal;
mod socket;
mod space;
mod stat;
mod table;
mod tcp;
#[cfg(test)]
mod testing;
mod time;
mod udp;
mod user;
mod wait;

use machine::Lock;
use machine::power::{self, Failure};

use crate::errno::{Answer, Errno};
use crate::kernel::{Ending, Kernel};
use crate::platform::Booted;
use crate::signal::Due;
use crate::user::UserSlice;

/// The kernel, from the start of the program on.
static KERNEL: Lock<Option<Kernel<Booted>>> = Lock::new(None);

mod entry {
    #![expect(
        unsafe_code,
        reason = "the machine calls these two by name; the note makes it boot the file"
    )]

    machine::bootable!();

    /// The machine is up: starts the program.
    #[unsafe(no_mangle)]
    extern "C" fn fata_main() -> ! {
        crate::boot::main()
    }

    /// The program made a system call.
    #[unsafe(no_mangle)]
    extern "C" fn fata_syscall(number: u64, arguments: &[u64; 6]) -> i64 {
        crate::answer(number, arguments)
    }
}

/// Answers a system call, and delivers the signals that are due.
fn answer(number: u64, arguments: &[u64; 6]) -> i64 {
    loop {
        let Some(mut guard) = KERNEL.try_lock() else {
            return to_return_value(reentered(number, arguments));
        };
        let Some(kernel) = guard.as_mut() else {
            return Errno::ENOSYS.to_return_value();
        };
        let answer = kernel.system_call(number, arguments);
        let due = kernel.next_due();
        drop(guard);
        let after = due.map_or(After::Restart, deliver);
        match (answer, after) {
            (Err(Errno::ERESTART), After::Restart) => {}
            (Err(Errno::ERESTART), After::Interrupt) => return Errno::EINTR.to_return_value(),
            (answer, _) => return to_return_value(answer),
        }
    }
}

fn to_return_value(answer: Answer) -> i64 {
    answer.unwrap_or_else(Errno::to_return_value)
}

/// What an interrupted call does after the handlers.
enum After {
    /// Is made again.
    Restart,
    /// Ends with `EINTR`.
    Interrupt,
}

/// Calls handlers until no signal is due. The kernel is not locked meanwhile,
/// so that they can make system calls.
fn deliver(first: Due) -> After {
    let mut after = After::Restart;
    let mut next = Some(first);
    while let Some(due) = next {
        let handler = match due {
            Due::Call(handler) => handler,
            Due::End(ending) => end(ending),
        };
        machine::program::call_handler(handler.address, handler.signal);
        if !handler.restarts {
            after = After::Interrupt;
        }
        let mut guard = KERNEL.lock();
        next = guard.as_mut().and_then(|kernel| {
            kernel.signals.returned(&handler);
            kernel.next_due()
        });
    }
    after
}

/// The end of the program is the end of the machine.
fn end(ending: Ending) -> ! {
    if let Some(kernel) = KERNEL.lock().as_mut() {
        kernel.settle();
    }
    match ending {
        Ending::Status(0) => power::off(),
        Ending::Status(status) => power::fail(
            Failure::Program,
            format_args!("the program exited with status {status}"),
        ),
        Ending::Signal(signal) => power::fail(
            Failure::Program,
            format_args!(
                "the program was ended by signal {signal}, status {}",
                128 + signal
            ),
        ),
        Ending::Deadlock => power::fail(
            Failure::Program,
            format_args!("the program's only thread waits for another one, for ever"),
        ),
    }
}

/// A system call while the kernel is locked: the kernel itself has panicked,
/// and the report is on its way to the console. What that needs works without
/// any state; nothing else does.
fn reentered(number: u64, arguments: &[u64; 6]) -> Answer {
    let [fd, buffer, count, ..] = *arguments;
    let print = |address, length| -> Answer {
        let bytes = UserSlice::new(address, length);
        machine::console::write(bytes.bytes()?);
        Ok(length as i64)
    };
    match number {
        number::WRITE if fd == 1 || fd == 2 => print(buffer, count),
        number::WRITEV if fd == 1 || fd == 2 => {
            let mut written = 0;
            for slice in io::load_iovecs(buffer, count)? {
                machine::console::write(slice.bytes()?);
                written += slice.length() as i64;
            }
            Ok(written)
        }
        number::GETPID | number::GETTID => Ok(identity::PROCESS),
        number::EXIT | number::EXIT_GROUP | number::TGKILL => {
            power::fail(Failure::Panic, format_args!("the kernel panicked"))
        }
        _ => Err(Errno::ENOSYS),
    }
}
