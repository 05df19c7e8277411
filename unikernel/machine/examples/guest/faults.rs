//! Things that end a machine.

use std::arch::asm;
use std::fmt;
use std::hint::black_box;
use std::sync::atomic::AtomicU64;

use crate::say;

static READ_ONLY: [u8; 64] = [7; 64];
/// `ret`, in writable data.
static DATA: AtomicU64 = AtomicU64::new(0xc3c3_c3c3_c3c3_c3c3);

/// Does one forbidden thing.
pub(crate) fn commit(what: &str) {
    match what {
        "write-text" => write(commit as *const () as usize),
        "write-read-only" => write((&raw const READ_ONLY) as usize),
        "write-null" => write(0),
        "read-page-zero" => read(0xff8),
        "read-nowhere" => read(0x5fff_ffff_f000),
        "read-not-canonical" => read(0x8000_0000_0000_0000),
        "execute-data" => execute((&raw const DATA) as usize),
        "execute-stack" => execute((&raw const *black_box(&[0xc3_u8; 64])) as usize),
        "execute-heap" => execute(vec![0xc3_u8; 64].leak().as_ptr() as usize),
        "execute-null" => execute(0),
        "overflow" => drop(black_box(overflow(0))),
        "overflow-allocated" => overflow_allocated(),
        _ => instruction(what),
    }
}

#[expect(
    clippy::multiple_unsafe_ops_per_block,
    reason = "one of them is executed, and it is the last"
)]
fn instruction(what: &str) {
    // SAFETY: none of them returns; that is what they are for.
    unsafe {
        match what {
            "divide" => asm!("xor edx, edx", "mov eax, 1", "xor ecx, ecx", "div ecx",
                out("eax") _, out("ecx") _, out("edx") _),
            "invalid" => asm!("ud2"),
            "breakpoint" => asm!("int3"),
            "reserved" => asm!("int 22"),
            "not-maskable" => asm!("int 2"),
            "no-stack" => asm!("mov rsp, 0x10", "push rax", options(noreturn)),
            // Chains of frames that lead nowhere, into devices, or in circles.
            "bad-frame" => asm!("mov rbp, 0x7fffffffffffffff", "ud2", options(noreturn)),
            "high-frame" => asm!("mov rbp, -8", "ud2", options(noreturn)),
            "circular-frame" => asm!(
                "sub rsp, 64",
                "mov rbp, rsp",
                "mov [rbp], rbp",
                "mov [rbp + 8], rbp",
                "ud2",
                options(noreturn)
            ),
            _ => panic!("unknown fault {what:?}"),
        }
    }
}

fn write(address: usize) {
    // SAFETY: the CPU stops it.
    unsafe { asm!("mov byte ptr [{}], 1", in(reg) address) }
}

fn read(address: usize) {
    // SAFETY: the CPU stops it.
    unsafe { asm!("mov {0}, [{0}]", inout(reg) address => _) }
}

fn execute(address: usize) {
    // SAFETY: the CPU stops it; if it does not, there is a `ret`.
    unsafe { asm!("call {}", in(reg) address, clobber_abi("C")) }
}

fn overflow(depth: u64) -> u64 {
    let frame = black_box([depth; 100]);
    if frame[1] == u64::MAX {
        return depth;
    }
    overflow(depth + 1) + frame[3]
}

fn overflow_allocated() {
    let stack = machine::stack::allocate(64 << 10).expect("memory for a stack");
    // SAFETY: the stack belongs to nobody else.
    unsafe {
        asm!("mov rsp, {}", "call {}", in(reg) stack.as_ptr_range().end,
            in(reg) on_new_stack as *const (), options(noreturn));
    }
}

extern "C" fn on_new_stack() {
    black_box(overflow(0));
}

#[inline(never)]
pub(crate) fn panic() {
    say(format_args!(
        "panic() is at {:#x}",
        panic as *const () as usize
    ));
    panic!("the answer is {}", black_box(42));
}

/// What cannot be printed.
struct Bomb;

impl fmt::Display for Bomb {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        panic!("the second panic")
    }
}

pub(crate) fn panic_in_report() {
    machine::power::panicked(format_args!("the first panic: {Bomb}"));
}

pub(crate) fn panic_in_message() {
    panic!("{Bomb}");
}

pub(crate) fn lock_twice() {
    let lock = machine::Lock::new(1);
    let guard = lock.lock();
    say(format_args!("{}", *guard + *lock.lock()));
}
