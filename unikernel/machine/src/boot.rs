//! From the PVH entry to the kernel above: what the virtual machine monitor
//! hands over, and the order in which the machine is brought up.
//!
//! The structures are those of the Xen HVM direct boot ABI
//! (`xen/include/public/arch-x86/hvm/start_info.h`).

use core::arch::global_asm;
use core::fmt::Write as _;
use core::sync::atomic::Ordering;

use crate::power::{Failure, fail};
use crate::{BOOTED, Lock, apic, clock, console, cpu, entropy, exception, limits, memory, paging};

global_asm!(include_str!("entry.s"));

/// Makes the file bootable. The crate that says this is the kernel: it defines
/// the two functions that this crate calls, `fata_main` when the machine is up,
/// and `fata_syscall` for each system call of the program:
///
/// ```ignore
/// #[unsafe(no_mangle)]
/// extern "C" fn fata_main() -> !;
/// #[unsafe(no_mangle)]
/// extern "C" fn fata_syscall(number: u64, arguments: &[u64; 6]) -> i64;
/// ```
///
/// What it makes is an ELF note, "Xen", `XEN_ELFNOTE_PHYS32_ENTRY`. The linker
/// keeps notes and all they refer to; that is why it is not simply in `entry.s`:
/// this crate is also linked into tests, which have no kernel.
#[macro_export]
macro_rules! bootable {
    () => {
        ::core::arch::global_asm!(
            ".section .note.Xen, \"a\", @note",
            ".balign 4",
            ".long 2f - 1f", // size of the name
            ".long 4f - 3f", // size of the descriptor
            ".long 18",      // XEN_ELFNOTE_PHYS32_ENTRY
            "1: .asciz \"Xen\"",
            "2: .balign 4",
            "3: .quad pvh_entry", // 8 bytes: QEMU reads as many
            "4: .balign 4",
            ".text",
        );
    };
}

/// `hvm_start_info`, version 1.
#[repr(C)]
#[derive(Clone, Copy)]
struct StartInfo {
    magic: u32,
    version: u32,
    _flags: u32,
    module_count: u32,
    modules: u64,
    command_line: u64,
    rsdp: u64,
    memory_map: u64,
    memory_map_entries: u32,
    _reserved: u32,
}

/// `XEN_HVM_START_MAGIC_VALUE`
const START_MAGIC: u32 = 0x336e_c578;

/// `hvm_modlist_entry`
#[repr(C)]
#[derive(Clone, Copy)]
struct Module {
    address: u64,
    size: u64,
    _command_line: u64,
    _reserved: u64,
}

/// `hvm_memmap_table_entry`
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct MemoryMapEntry {
    pub(crate) address: u64,
    pub(crate) size: u64,
    pub(crate) kind: u32,
    _reserved: u32,
}

/// `XEN_HVM_MEMMAP_TYPE_RAM`
pub(crate) const MEMORY_RAM: u32 = 1;

/// What is kept of the start info.
struct Handover {
    command_line: [u8; limits::COMMAND_LINE],
    command_line_length: usize,
    initrd: Option<(u64, u64)>,
    rsdp: u64,
    entered_tsc: u64,
}

static HANDOVER: Lock<Handover> = Lock::new(Handover {
    command_line: [0; limits::COMMAND_LINE],
    command_line_length: 0,
    initrd: None,
    rsdp: 0,
    entered_tsc: 0,
});

/// The kernel command line, empty when there is none or it is not UTF-8.
pub fn command_line() -> &'static str {
    let handover = HANDOVER.lock();
    let bytes = &raw const handover.command_line;
    // SAFETY: the bytes are in a static and were last written before anything
    // could ask for them.
    let bytes: &'static [u8] = unsafe { &*bytes };
    core::str::from_utf8(&bytes[..handover.command_line_length]).unwrap_or("")
}

/// The first module of the boot protocol (the initrd), if there is one.
pub fn initrd() -> Option<&'static [u8]> {
    let (address, size) = HANDOVER.lock().initrd?;
    // SAFETY: the monitor put the module there; `memory` keeps its frames from
    // being handed out, so nothing writes to them.
    Some(unsafe { core::slice::from_raw_parts(address as *const u8, size as usize) })
}

/// Where ACPI begins, 0 when there is none.
pub(crate) fn rsdp() -> u64 {
    HANDOVER.lock().rsdp
}

/// How long ago the monitor entered the image.
pub fn since_entry() -> core::time::Duration {
    let entered = HANDOVER.lock().entered_tsc;
    clock::ticks_to_time(cpu::read_tsc().saturating_sub(entered))
}

/// Called by `entry.s` on the boot stack, with the physical address of the
/// start info. After it comes `fata_main`, which `linux` defines.
#[unsafe(no_mangle)]
extern "C" fn fata_machine_start(start_info: u64) {
    let entered_tsc = cpu::read_tsc();
    BOOTED.store(true, Ordering::Relaxed);
    cpu::prepare_thread_pointer();
    console::init();
    // SAFETY: the boot protocol puts the address of the structure in %ebx, and
    // the first 4 GiB are mapped.
    let info = unsafe { (start_info as *const StartInfo).read_unaligned() };
    if info.magic != START_MAGIC || info.version < 1 {
        fail(
            Failure::Platform,
            format_args!(
                "boot protocol: expected PVH start info {START_MAGIC:#x} version 1, found {:#x} version {}",
                info.magic, info.version
            ),
        );
    }
    receive(&info, entered_tsc);
    cpu::init();
    exception::init();
    let initrd = HANDOVER.lock().initrd;
    memory::init(memory_map(&info), initrd);
    paging::init(memory_map(&info), initrd);
    memory::require_enough();
    exception::move_stacks();
    apic::init();
    clock::init();
    entropy::init();
}

/// Copies what is needed later: the monitor's structures lie in memory that
/// belongs to nobody.
fn receive(info: &StartInfo, entered_tsc: u64) {
    let mut handover = HANDOVER.lock();
    handover.entered_tsc = entered_tsc;
    handover.rsdp = info.rsdp;
    if info.module_count > 0 {
        // SAFETY: the boot protocol says that `modules` points to
        // `module_count` entries.
        let module = unsafe { (info.modules as *const Module).read_unaligned() };
        handover.initrd = Some((module.address, module.size));
    }
    if info.command_line == 0 {
        return;
    }
    for index in 0..limits::COMMAND_LINE {
        // SAFETY: the command line is terminated by a zero byte, which has not
        // been reached yet.
        let byte = unsafe { ((info.command_line as usize + index) as *const u8).read() };
        if byte == 0 {
            handover.command_line_length = index;
            return;
        }
        handover.command_line[index] = byte;
    }
    let _ = writeln!(
        console::Console,
        "fata: the command line is longer than {} bytes: the rest is ignored",
        limits::COMMAND_LINE
    );
    handover.command_line_length = limits::COMMAND_LINE;
}

/// The monitor's memory map.
fn memory_map(info: &StartInfo) -> impl Iterator<Item = MemoryMapEntry> + Clone + use<> {
    let first = info.memory_map as usize;
    (0..info.memory_map_entries as usize).map(move |index| {
        // SAFETY: the boot protocol says that `memory_map` points to
        // `memory_map_entries` entries; nothing writes to them before the real
        // page tables are built.
        unsafe {
            let entry = first + index * size_of::<MemoryMapEntry>();
            (entry as *const MemoryMapEntry).read_unaligned()
        }
    })
}
