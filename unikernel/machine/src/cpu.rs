//! The CPU: features, control registers, descriptor tables, MSRs.
//!
//! Intel SDM volume 3 throughout; numbers of registers and bits as there.

use core::arch::asm;
use core::arch::x86_64::{__cpuid, __cpuid_count, CpuidResult};

use crate::Lock;
use crate::power::{Failure, fail};

/// Model-specific registers (SDM volume 4).
pub(crate) mod msr {
    pub(crate) const APIC_BASE: u32 = 0x1b;
    pub(crate) const TSC_DEADLINE: u32 = 0x6e0;
    pub(crate) const STAR: u32 = 0xc000_0081;
    pub(crate) const LSTAR: u32 = 0xc000_0082;
    pub(crate) const SFMASK: u32 = 0xc000_0084;
    pub(crate) const FS_BASE: u32 = 0xc000_0100;
}

const CR4_OSXSAVE: u64 = 1 << 18;
/// x87, SSE, AVX. Not AVX-512: its upper registers would have to be kept too.
const XCR0: u64 = 0b111;
/// Flags that SYSCALL clears: TF, IF, DF, NT, AC.
const SYSCALL_FLAGS: u64 = 0x4_4700;

/// Selectors in the table below.
pub(crate) const CODE_SELECTOR: u16 = 0x08;
const TASK_SELECTOR: u16 = 0x18;

/// Interrupt stack table entries: index + 1 is the number in a gate.
pub(crate) const EXCEPTION_STACK: usize = 0;
pub(crate) const INTERRUPT_STACK: usize = 1;

/// Task state segment, SDM volume 3, 8.7.
#[repr(C, packed(4))]
struct TaskState {
    _reserved: u32,
    _rsp: [u64; 3],
    _reserved_2: u64,
    stacks: [u64; 7],
    _reserved_3: u64,
    _reserved_4: u16,
    io_map: u16,
}

#[repr(C, packed)]
struct TablePointer {
    limit: u16,
    base: u64,
}

static TASK: Lock<TaskState> = Lock::new(TaskState {
    _reserved: 0,
    _rsp: [0; 3],
    _reserved_2: 0,
    stacks: [0; 7],
    _reserved_3: 0,
    _reserved_4: 0,
    io_map: size_of::<TaskState>() as u16,
});

/// Null, code, data, and the two words of the task descriptor.
static GDT: Lock<[u64; 5]> = Lock::new([0, 0x00af_9b00_0000_ffff, 0x00cf_9300_0000_ffff, 0, 0]);

unsafe extern "C" {
    fn fata_syscall_entry();
}

/// What the thread pointer shows until the C runtime sets its own. A panic
/// before that counts itself in a thread-local variable, which is at a negative
/// offset from a pointer to itself (ELF TLS, variant II).
#[repr(C, align(64))]
struct EarlyThread {
    variables: [u64; 1024],
    pointer: u64,
}

static EARLY_THREAD: Lock<EarlyThread> = Lock::new(EarlyThread {
    variables: [0; 1024],
    pointer: 0,
});

/// Gives code that runs before the C runtime a place for thread-local variables.
pub(crate) fn prepare_thread_pointer() {
    let mut early = EARLY_THREAD.lock();
    early.variables[0] = 0;
    let address = &raw const early.pointer as u64;
    early.pointer = address;
    write_msr(msr::FS_BASE, address);
}

/// Brings the CPU from what `entry.s` left to what the program expects.
pub(crate) fn init() {
    let features = cpuid(1);
    const XSAVE: u32 = 1 << 26;
    if features.ecx & XSAVE == 0 {
        fail(Failure::Platform, format_args!("the CPU lacks XSAVE"));
    }
    const AVX: u32 = 1 << 28;
    let state = if features.ecx & AVX != 0 {
        XCR0
    } else {
        XCR0 & 0b011
    };
    // SAFETY: CR4.OSXSAVE is allowed, the CPU has XSAVE.
    unsafe {
        asm!("mov {t}, cr4", "or {t}, {bit}", "mov cr4, {t}", t = out(reg) _, bit = in(reg) CR4_OSXSAVE);
    }
    // SAFETY: the CPU has these components.
    unsafe {
        asm!("xsetbv", in("ecx") 0, in("eax") state as u32, in("edx") 0);
    }
    init_descriptors();
    // SYSCALL loads CS from bits 47:32 and SS from the selector after it.
    write_msr(msr::STAR, u64::from(CODE_SELECTOR) << 32);
    write_msr(msr::LSTAR, fata_syscall_entry as *const () as u64);
    write_msr(msr::SFMASK, SYSCALL_FLAGS);
}

fn init_descriptors() {
    let base = &raw const *TASK.lock() as u64;
    let limit = size_of::<TaskState>() as u64 - 1;
    let mut gdt = GDT.lock();
    // Task descriptor: base scattered, type 9 (available), present.
    gdt[3] = limit | (base & 0xff_ffff) << 16 | 0x89 << 40 | (base >> 24 & 0xff) << 56;
    gdt[4] = base >> 32;
    let pointer = TablePointer {
        limit: size_of_val(&*gdt) as u16 - 1,
        base: &raw const *gdt as u64,
    };
    // SAFETY: the table is static and its code and data entries are those that
    // are in use.
    unsafe {
        asm!("lgdt [{}]", in(reg) &raw const pointer);
    }
    // SAFETY: the selector names the task descriptor written above.
    unsafe {
        asm!("ltr {:x}", in(reg) TASK_SELECTOR);
    }
}

/// Sets where the stack of an interrupt stack table entry begins (its top).
pub(crate) fn set_interrupt_stack(index: usize, top: u64) {
    TASK.lock().stacks[index] = top;
}

/// Loads the interrupt descriptor table.
///
/// # Safety
/// `table` must hold valid gates and live for ever.
pub(crate) unsafe fn load_interrupt_table(table: *const u128, entries: usize) {
    let pointer = TablePointer {
        limit: (entries * 16 - 1) as u16,
        base: table as u64,
    };
    // SAFETY: by the caller's word.
    unsafe {
        asm!("lidt [{}]", in(reg) &raw const pointer);
    }
}

/// The CPUID leaf, sub-leaf 0.
pub(crate) fn cpuid(leaf: u32) -> CpuidResult {
    __cpuid(leaf)
}

/// The CPUID leaf and sub-leaf.
pub(crate) fn cpuid_count(leaf: u32, sub_leaf: u32) -> CpuidResult {
    __cpuid_count(leaf, sub_leaf)
}

/// The time stamp counter, not moved before earlier instructions.
pub(crate) fn read_tsc() -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: reads a counter.
    unsafe {
        asm!("lfence", "rdtsc", out("eax") low, out("edx") high, options(nomem, nostack));
    }
    u64::from(high) << 32 | u64::from(low)
}

/// Reads a model-specific register that this CPU has.
pub(crate) fn read_msr(register: u32) -> u64 {
    let (low, high): (u32, u32);
    // SAFETY: reading one of the registers above has no effect on memory.
    unsafe {
        asm!("rdmsr", in("ecx") register, out("eax") low, out("edx") high, options(nomem, nostack));
    }
    u64::from(high) << 32 | u64::from(low)
}

/// Writes a model-specific register that this CPU has.
pub(crate) fn write_msr(register: u32, value: u64) {
    // SAFETY: the callers, all in this crate, write the registers above and
    // those of the APIC and of the paravirtual clock, with values that are right
    // for them.
    unsafe {
        asm!("wrmsr", in("ecx") register, in("eax") value as u32, in("edx") (value >> 32) as u32,
            options(nostack));
    }
}

/// The address whose access faulted last.
pub(crate) fn fault_address() -> u64 {
    let address: u64;
    // SAFETY: reads a register.
    unsafe {
        asm!("mov {}, cr2", out(reg) address, options(nomem, nostack, preserves_flags));
    }
    address
}

/// Installs the page tables whose root is at physical address `root`.
///
/// # Safety
/// They must map everything that is in use, with the access it needs.
pub(crate) unsafe fn set_page_tables(root: u64) {
    // SAFETY: by the caller's word.
    unsafe {
        asm!("mov cr3, {}", in(reg) root, options(nostack, preserves_flags));
    }
}

/// Forgets the translation of the page at `address`.
pub(crate) fn invalidate_page(address: usize) {
    // SAFETY: only makes the CPU look the translation up again.
    unsafe {
        asm!("invlpg [{}]", in(reg) address, options(nostack, preserves_flags));
    }
}

/// Enables interrupts and halts; returns, with interrupts disabled, after one.
///
/// STI takes effect after the instruction that follows it (SDM volume 2B), so
/// an interrupt that is already pending ends the HLT and is not lost before it.
pub(crate) fn halt_until_interrupt() {
    // SAFETY: handlers run on a stack of their own and change nothing.
    unsafe {
        asm!("sti", "hlt", "cli", options(nostack));
    }
}

/// Stops for ever.
pub(crate) fn halt_for_ever() -> ! {
    loop {
        // SAFETY: interrupts are disabled; nothing ends it but a reset.
        unsafe {
            asm!("cli", "hlt", options(nomem, nostack));
        }
    }
}
