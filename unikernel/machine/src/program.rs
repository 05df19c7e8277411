//! The program above the system call line: starting it, and calling into it.

/// Jumps to the program's entry point, the C runtime's `_start`, with the
/// stack pointer at `stack_pointer` (where argc is). Never returns.
pub fn start(stack_pointer: usize) -> ! {
    let _ = stack_pointer;
    unimplemented!()
}

/// The program headers of the image, for the auxiliary vector: their address,
/// the size of one, and their number. And the entry point.
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
    unimplemented!()
}

/// Sets the FS base, the thread pointer (`arch_prctl(ARCH_SET_FS)`).
pub fn set_thread_pointer(address: usize) {
    let _ = address;
    unimplemented!()
}

/// Calls the program's handler for signal number `signal`, as a function with
/// the arguments of a `SA_SIGINFO` handler, on the current stack. May be used
/// only where a system call is about to return and no lock is held.
pub fn call_handler(handler: usize, signal: i32) {
    let _ = (handler, signal);
    unimplemented!()
}

/// The first address after the image in memory: where `brk` starts on Linux.
pub fn image_end() -> usize {
    unimplemented!()
}
