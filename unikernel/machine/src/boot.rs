//! From the PVH entry to the kernel above: what the virtual machine monitor
//! hands over, and the order in which the machine is brought up.
//!
//! The structures are those of the Xen HVM direct boot ABI
//! (`xen/include/public/arch-x86/hvm/start_info.h`).

use core::arch::global_asm;
use core::sync::atomic::{AtomicU64, Ordering};

use crate::power::{Failure, fail};
use crate::{BOOTED, Lock, apic, clock, console, cpu, entropy, exception, limits, memory, paging};

global_asm!(include_str!("entry.s"));

/// Makes the file bootable. The crate that says this is the kernel: it defines
/// the two functions that this crate calls, `fata_main` when the machine is up,
/// and `fata_syscall` for each system call of the program:
///
/// ```text
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
    pub(crate) reserved: u32,
}

/// `XEN_HVM_MEMMAP_TYPE_RAM`
pub(crate) const MEMORY_RAM: u32 = 1;

/// What is kept of the start info.
struct Handover {
    command_line: [u8; limits::COMMAND_LINE],
    command_line_length: usize,
    initrd: Option<(u64, u64)>,
    entered_tsc: u64,
}

static HANDOVER: Lock<Handover> = Lock::new(Handover {
    command_line: [0; limits::COMMAND_LINE],
    command_line_length: 0,
    initrd: None,
    entered_tsc: 0,
});

/// Where ACPI begins. Not in the handover: it is asked for when all else fails,
/// with whatever lock held.
static RSDP: AtomicU64 = AtomicU64::new(0);

/// The kernel command line, empty when there is none.
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
    RSDP.load(Ordering::Relaxed)
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
    exception::init();
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
    RSDP.store(info.rsdp, Ordering::Relaxed);
    cpu::init();
    let initrd = module(&info);
    memory::init(memory_map(&info), initrd);
    receive(&info, initrd, entered_tsc);
    paging::init(initrd);
    memory::require_enough();
    exception::move_stacks();
    apic::init();
    clock::init();
    entropy::init();
}

/// What the boot page tables map: the monitor's structures have to be in it.
const REACH: u64 = 1 << 32;

/// Checks that `length` bytes of something are where they can be read.
fn require_in_reach(what: &str, address: u64, length: u64) {
    let end = address.checked_add(length);
    if address == 0 || end.is_none_or(|end| end > REACH) {
        fail(
            Failure::Platform,
            format_args!(
                "boot protocol: expected the {what} in the first 4 GiB, found {length} bytes at {address:#x}"
            ),
        );
    }
}

/// Address and size of the first module, if there is one.
fn module(info: &StartInfo) -> Option<(u64, u64)> {
    if info.module_count == 0 {
        return None;
    }
    require_in_reach("list of modules", info.modules, size_of::<Module>() as u64);
    // SAFETY: the boot protocol says that `modules` points to `module_count`
    // entries; the first is mapped.
    let module = unsafe { (info.modules as *const Module).read_unaligned() };
    (module.size > 0).then_some((module.address, module.size))
}

/// Copies what is needed later: the monitor's structures lie in memory that
/// belongs to nobody.
fn receive(info: &StartInfo, initrd: Option<(u64, u64)>, entered_tsc: u64) {
    let mut handover = HANDOVER.lock();
    handover.entered_tsc = entered_tsc;
    handover.initrd = initrd;
    if info.command_line == 0 {
        return;
    }
    let length = copy_command_line(info.command_line, &mut handover.command_line);
    let line = &handover.command_line[..length];
    if let Err(error) = core::str::from_utf8(line) {
        fail(
            Failure::Parameter,
            format_args!(
                "the command line should be UTF-8, but is not after {} bytes",
                error.valid_up_to()
            ),
        );
    }
    handover.command_line_length = length;
}

/// Copies the command line to `copy`; its length. Half a command line is none:
/// one that is too long stops the machine.
fn copy_command_line(address: u64, copy: &mut [u8; limits::COMMAND_LINE]) -> usize {
    require_in_reach("command line", address, limits::COMMAND_LINE as u64 + 1);
    let first = address as *const u8;
    for (index, place) in copy.iter_mut().enumerate() {
        // SAFETY: mapped, and the zero byte that ends the command line has not
        // been reached yet.
        *place = unsafe { first.wrapping_add(index).read() };
        if *place == 0 {
            return index;
        }
    }
    // SAFETY: as above.
    let last = unsafe { first.wrapping_add(limits::COMMAND_LINE).read() };
    if last != 0 {
        fail(
            Failure::Parameter,
            format_args!(
                "the command line is longer than {} bytes",
                limits::COMMAND_LINE
            ),
        );
    }
    limits::COMMAND_LINE
}

/// The monitor's memory map. To be read before any memory is given out.
fn memory_map(info: &StartInfo) -> impl Iterator<Item = MemoryMapEntry> + use<> {
    const ENTRY: usize = size_of::<MemoryMapEntry>();
    let count = info.memory_map_entries as usize;
    require_in_reach("memory map", info.memory_map, (count * ENTRY) as u64);
    let first = info.memory_map as *const u8;
    (0..count).map(move |index| {
        let entry = first.wrapping_add(index * ENTRY);
        // SAFETY: the boot protocol says that `memory_map` points to
        // `memory_map_entries` entries; they are mapped.
        unsafe { entry.cast::<MemoryMapEntry>().read_unaligned() }
    })
}
