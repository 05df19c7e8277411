//! The image itself: its segments, and what is attached to it.
//!
//! The whole file is in memory at the addresses it was linked for, so its own
//! ELF header (`__ehdr_start`, defined by the linker) tells everything.

use core::ops::Range;
use core::sync::atomic::{AtomicUsize, Ordering};

use attachment::Attachment;

use crate::paging::{Access, PAGE_SIZE};
use crate::program::Headers;

/// `Elf64_Ehdr` (System V ABI, chapter 4).
#[repr(C)]
struct FileHeader {
    _identification: [u8; 16],
    _kind: u16,
    _machine: u16,
    _version: u32,
    entry: u64,
    program_headers: u64,
    _section_headers: u64,
    _flags: u32,
    _header_size: u16,
    program_header_size: u16,
    program_header_count: u16,
    _section_header_size: u16,
    _section_header_count: u16,
    _section_names: u16,
}

/// `Elf64_Phdr` (System V ABI, chapter 5).
#[repr(C)]
#[derive(Clone, Copy)]
pub(crate) struct Segment {
    kind: u32,
    flags: u32,
    _offset: u64,
    address: u64,
    _physical: u64,
    _file_size: u64,
    memory_size: u64,
    _alignment: u64,
}

const PT_LOAD: u32 = 1;
const PF_X: u32 = 1;
const PF_W: u32 = 2;

unsafe extern "C" {
    #[link_name = "__ehdr_start"]
    static FILE_HEADER: FileHeader;
    #[link_name = "boot_stack_guard"]
    static BOOT_STACK_GUARD: u8;
}

impl Segment {
    pub(crate) fn addresses(&self) -> Range<usize> {
        let start = self.address as usize;
        start..start + self.memory_size as usize
    }

    /// A segment that asks to be writable and executable gets to be writable.
    pub(crate) fn access(&self) -> Access {
        match (self.flags & PF_W != 0, self.flags & PF_X != 0) {
            (true, _) => Access::ReadWrite,
            (false, true) => Access::ReadExecute,
            (false, false) => Access::Read,
        }
    }
}

fn file_header() -> &'static FileHeader {
    // SAFETY: the linker places the symbol at the header, which is loaded.
    unsafe { &FILE_HEADER }
}

fn program_headers() -> &'static [Segment] {
    let header = file_header();
    let first = (&raw const *header)
        .cast::<u8>()
        .wrapping_add(header.program_headers as usize);
    // SAFETY: the program headers follow the file header in the first segment.
    unsafe { core::slice::from_raw_parts(first.cast(), usize::from(header.program_header_count)) }
}

/// The loaded segments.
pub(crate) fn segments() -> impl Iterator<Item = Segment> {
    program_headers()
        .iter()
        .copied()
        .filter(|segment| segment.kind == PT_LOAD)
}

/// All addresses of the image, from its first page to the end of its last.
pub(crate) fn range() -> Range<usize> {
    let start = segments()
        .map(|segment| segment.addresses().start)
        .min()
        .unwrap_or(0);
    let end = segments()
        .map(|segment| segment.addresses().end)
        .max()
        .unwrap_or(0);
    start..end.next_multiple_of(PAGE_SIZE)
}

/// The addresses of the writable segments.
pub(crate) fn writable_data() -> Range<usize> {
    let writable = || segments().filter(|segment| segment.access() == Access::ReadWrite);
    let start = writable()
        .map(|segment| segment.addresses().start)
        .min()
        .unwrap_or(0);
    let end = writable()
        .map(|segment| segment.addresses().end)
        .max()
        .unwrap_or(0);
    start - start % PAGE_SIZE..end.next_multiple_of(PAGE_SIZE)
}

/// The page under the stack on which the machine starts.
pub(crate) fn boot_stack_guard() -> usize {
    &raw const BOOT_STACK_GUARD as usize
}

/// What the auxiliary vector says of the program headers.
pub(crate) fn headers() -> Headers {
    let header = file_header();
    Headers {
        address: program_headers().as_ptr() as usize,
        entry_size: usize::from(header.program_header_size),
        count: usize::from(header.program_header_count),
        entry_point: header.entry as usize,
    }
}

/// What was attached to the image after it was linked: the site, and the names
/// of its functions. None when nothing was.
pub fn attachment() -> Option<Attachment<'static>> {
    segments().find_map(|segment| {
        let range = segment.addresses();
        let first = range.start as *const u8;
        if segment.access() != Access::Read || range.len() < attachment::MAGIC.len() {
            return None;
        }
        // SAFETY: a loaded, read-only segment of this length.
        let bytes: &'static [u8] = unsafe { core::slice::from_raw_parts(first, range.len()) };
        bytes
            .starts_with(&attachment::MAGIC)
            .then(|| Attachment::parse(bytes).ok())
            .flatten()
    })
}

/// The function that `address` is in, and how far in. None while a search is
/// under way: if the names themselves are what faults, the report must not
/// fault again.
pub(crate) fn symbol(address: u64) -> Option<(&'static str, u64)> {
    static DEPTH: AtomicUsize = AtomicUsize::new(0);
    if DEPTH.fetch_add(1, Ordering::Relaxed) > 0 {
        return None;
    }
    let found = attachment().and_then(|attachment| attachment.symbol(address));
    DEPTH.fetch_sub(1, Ordering::Relaxed);
    found
}
