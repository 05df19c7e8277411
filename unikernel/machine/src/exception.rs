//! Exceptions: they are fatal. The report says what, where, and by which calls.

use core::arch::global_asm;
use core::fmt::Write as _;
use core::sync::atomic::{AtomicUsize, Ordering};

use crate::console::Console;
use crate::cpu::{self, EXCEPTION_STACK, INTERRUPT_STACK};
use crate::power::{self, Failure};
use crate::{Lock, apic, image, limits, paging, stack};

global_asm!(include_str!("exception.s"));

unsafe extern "C" {
    static fata_exception_stubs: u8;
    fn fata_interrupt_xapic();
    fn fata_interrupt_x2apic();
    fn fata_interrupt_spurious();
}

const VECTORS: usize = 256;
const EXCEPTIONS: usize = 32;
/// Distance between two stubs in `exception.s`.
const STUB_SIZE: usize = 16;

static INTERRUPT_TABLE: Lock<[u128; VECTORS]> = Lock::new([0; VECTORS]);

/// Names of the exceptions, SDM volume 3, table 6-1.
const NAMES: [&str; 22] = [
    "division by zero",
    "debug exception",
    "non-maskable interrupt",
    "breakpoint",
    "overflow",
    "bound range exceeded",
    "invalid instruction",
    "no floating-point unit",
    "double fault",
    "coprocessor segment overrun",
    "invalid task state",
    "segment not present",
    "stack segment fault",
    "general protection fault",
    "page fault",
    "reserved exception",
    "floating-point error",
    "alignment check",
    "machine check",
    "SIMD floating-point error",
    "virtualisation exception",
    "control protection exception",
];

/// What `exception.s` leaves on the stack.
#[repr(C)]
struct Frame {
    rax: u64,
    rbx: u64,
    rcx: u64,
    rdx: u64,
    rsi: u64,
    rdi: u64,
    rbp: u64,
    r8_to_r15: [u64; 8],
    vector: u64,
    error_code: u64,
    rip: u64,
    _cs: u64,
    _flags: u64,
    rsp: u64,
    _ss: u64,
}

/// Loads the table, before anything could go wrong. Until [`move_stacks`],
/// handlers run on the stack that is in use.
pub(crate) fn init() {
    fill_table(0, 0);
}

/// Gives exceptions and interrupts stacks of their own: with them, the overflow
/// of any other stack is still reported, and an interrupt does not write below
/// the stack pointer of the code it ends the wait of (the red zone).
pub(crate) fn move_stacks() {
    for index in [EXCEPTION_STACK, INTERRUPT_STACK] {
        let Ok(stack) = stack::allocate(limits::EXCEPTION_STACK) else {
            power::fail(
                Failure::Memory,
                format_args!("too little memory for the exception stacks"),
            );
        };
        cpu::set_interrupt_stack(index, stack.as_ptr_range().end as u64);
    }
    fill_table(EXCEPTION_STACK + 1, INTERRUPT_STACK + 1);
}

/// Writes all gates. The numbers name stack table entries, 0 the current stack.
fn fill_table(exception_stack: usize, interrupt_stack: usize) {
    let mut table = INTERRUPT_TABLE.lock();
    let stubs = &raw const fata_exception_stubs as usize;
    let interrupt = if apic::is_x2apic() {
        fata_interrupt_x2apic
    } else {
        fata_interrupt_xapic
    };
    for (vector, entry) in table.iter_mut().enumerate() {
        *entry = if vector < EXCEPTIONS {
            gate(stubs + vector * STUB_SIZE, exception_stack)
        } else {
            gate(interrupt as *const () as usize, interrupt_stack)
        };
    }
    table[usize::from(apic::SPURIOUS_VECTOR)] = gate(
        fata_interrupt_spurious as *const () as usize,
        interrupt_stack,
    );
    // SAFETY: every gate was just written, and the table is static.
    unsafe {
        cpu::load_interrupt_table(table.as_ptr(), VECTORS);
    }
}

/// A 64-bit interrupt gate, SDM volume 3, 6.14.1: present, type 14.
fn gate(handler: usize, stack: usize) -> u128 {
    let handler = handler as u128;
    (handler & 0xffff)
        | u128::from(cpu::CODE_SELECTOR) << 16
        | (stack as u128) << 32
        | 0x8e << 40
        | (handler >> 16 & 0xffff) << 48
        | (handler >> 32) << 64
}

/// Called by `exception.s`. An exception in the report of another one is
/// reported in a line; one in that line is not reported at all.
#[unsafe(no_mangle)]
extern "C" fn fata_exception(frame: &Frame) -> ! {
    static REPORTS: AtomicUsize = AtomicUsize::new(0);
    let reports = REPORTS.fetch_add(1, Ordering::Relaxed);
    if reports < 2 {
        print_what(frame);
    }
    if reports == 0 {
        print_registers(frame);
        print_backtrace(frame.rip, frame.rbp);
    }
    power::stop(Failure::Exception)
}

fn print_what(frame: &Frame) {
    let vector = frame.vector as usize;
    let name = NAMES.get(vector).copied().unwrap_or("reserved exception");
    let mut out = Console;
    let _ = write!(out, "\nfata: exception: {name} (vector {vector}");
    if frame.error_code != 0 {
        let _ = write!(out, ", error code {:#x}", frame.error_code);
    }
    let _ = write!(out, ") at {:#x}", frame.rip);
    const PAGE_FAULT: usize = 14;
    if vector == PAGE_FAULT {
        let address = cpu::fault_address();
        let what = match (frame.error_code & 0x10 != 0, frame.error_code & 2 != 0) {
            (true, _) => "execution",
            (_, true) => "write",
            _ => "read",
        };
        let why = if stack::is_guard_page(address as usize) {
            " (the guard page of a stack: stack overflow)"
        } else if address < paging::PAGE_SIZE as u64 {
            " (a null pointer)"
        } else {
            ""
        };
        let _ = write!(out, ": {what} at {address:#x}{why}");
    }
    let _ = writeln!(out);
}

fn print_registers(frame: &Frame) {
    let mut out = Console;
    let _ = writeln!(
        out,
        "  rip {:016x} rsp {:016x} rbp {:016x} rax {:016x}\n  rbx {:016x} rcx {:016x} rdx {:016x} rsi {:016x} rdi {:016x}",
        frame.rip,
        frame.rsp,
        frame.rbp,
        frame.rax,
        frame.rbx,
        frame.rcx,
        frame.rdx,
        frame.rsi,
        frame.rdi
    );
    for (number, value) in (8..).zip(frame.r8_to_r15) {
        let _ = write!(
            out,
            "{}r{number:<2} {value:016x}",
            if number == 12 {
                "\n  "
            } else if number == 8 {
                "  "
            } else {
                " "
            }
        );
    }
    let _ = writeln!(out);
}

/// Prints the chain of calls that led to `address`, following frame pointers. A
/// call that repeats is printed once, with a count: a stack that overflows has
/// thousands.
pub(crate) fn print_backtrace(address: u64, frame_pointer: u64) {
    let mut out = Console;
    let _ = writeln!(out, "backtrace, innermost call first:");
    let (mut lines, mut current, mut repeats) = (0, address, 0_u64);
    for return_address in return_addresses(frame_pointer as usize) {
        if return_address == current {
            repeats += 1;
            continue;
        }
        print_call(current, repeats);
        (current, repeats) = (return_address, 0);
        lines += 1;
        if lines == limits::BACKTRACE_LINES {
            let _ = writeln!(out, "  ...");
            return;
        }
    }
    print_call(current, repeats);
}

/// The return addresses on the stack. Each frame starts with the address of the
/// next one, which is above it, and a return address; the outermost is marked by
/// a zero. A broken chain ends the walk: it is followed only through readable
/// memory, and only upwards.
fn return_addresses(frame_pointer: usize) -> impl Iterator<Item = u64> {
    let mut frame = frame_pointer;
    core::iter::from_fn(move || {
        if frame == 0 || !frame.is_multiple_of(8) || !paging::probe_readable(frame, 16) {
            return None;
        }
        // SAFETY: 16 readable bytes, aligned.
        let [next, return_address] = unsafe { *(frame as *const [usize; 2]) };
        frame = if next > frame { next } else { 0 };
        (return_address != 0).then_some(return_address as u64)
    })
}

fn print_call(address: u64, repeats: u64) {
    let mut out = Console;
    let _ = match image::symbol(address) {
        Some((name, offset)) => write!(out, "  {address:#018x} {name} + {offset:#x}"),
        None => write!(out, "  {address:#018x}"),
    };
    let _ = match repeats {
        0 => writeln!(out),
        _ => writeln!(out, " (and {repeats} more times)"),
    };
}
