//! The program above the system call line: starting it, and calling into it.

use core::arch::global_asm;

use crate::cpu::{self, msr};
use crate::{image, paging};

global_asm!(include_str!("syscall.s"));

unsafe extern "C" {
    fn fata_enter_program(entry: usize, stack_pointer: usize) -> !;
    fn fata_call_handler(handler: usize, signal: i32, information: *mut u8, context: *mut u8);
}

/// Where the program headers are, for the auxiliary vector.
#[derive(Clone, Copy, Debug)]
pub struct Headers {
    /// `AT_PHDR`
    pub address: usize,
    /// `AT_PHENT`
    pub entry_size: usize,
    /// `AT_PHNUM`
    pub count: usize,
    /// `AT_ENTRY`
    pub entry_point: usize,
}

/// Where the program headers are.
pub fn headers() -> Headers {
    image::headers()
}

/// Jumps to the program's entry point, the C runtime's `_start`, with the
/// stack pointer at `stack_pointer` (where argc is). Never returns.
pub fn start(stack_pointer: usize) -> ! {
    assert!(
        stack_pointer.is_multiple_of(16),
        "the ABI wants 16, not {stack_pointer:#x}"
    );
    assert!(
        paging::writable(stack_pointer, 8),
        "no stack at {stack_pointer:#x}"
    );
    // SAFETY: the image's own entry point, on a stack that is mapped.
    unsafe { fata_enter_program(image::headers().entry_point, stack_pointer) }
}

/// Sets the FS base, the thread pointer (`arch_prctl(ARCH_SET_FS)`). False when
/// no thread control block can be there.
pub fn set_thread_pointer(address: usize) -> bool {
    if !paging::readable(address, 8) {
        return false;
    }
    cpu::write_msr(msr::FS_BASE, address as u64);
    true
}

/// Size of `siginfo_t` and more than that of `ucontext_t`. They are zeroed:
/// what a handler may read of them is the signal number.
const SIGNAL_INFORMATION: usize = 128;
const SIGNAL_CONTEXT: usize = 1024;

/// Calls the program's handler for signal number `signal`, as a function with
/// the arguments of a `SA_SIGINFO` handler, on the current stack. May be used
/// only where a system call is about to return and no lock is held.
///
/// A handler is code of the program: what it does is as safe as the program is.
///
/// # Panics
/// When there is no code at `handler`.
pub fn call_handler(handler: usize, signal: i32) {
    assert!(
        paging::executable(handler),
        "no signal handler at {handler:#x}"
    );
    let mut information = [0_u64; SIGNAL_INFORMATION / 8];
    let mut context = [0_u64; SIGNAL_CONTEXT / 8];
    information[0] = signal as u32 as u64;
    // SAFETY: the program registered `handler` as a function with this
    // signature (rt_sigaction); it is called where it would be on Linux.
    unsafe {
        fata_call_handler(
            handler,
            signal,
            information.as_mut_ptr().cast(),
            context.as_mut_ptr().cast(),
        );
    }
}

/// The first address after the image in memory: where `brk` starts on Linux.
pub fn image_end() -> usize {
    image::range().end
}
