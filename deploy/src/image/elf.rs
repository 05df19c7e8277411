//! A linked unikernel as an ELF file, and the one change made to it: a segment
//! is added.
//!
//! A program that is loaded at a fixed address does not use `PT_PHDR`, so the
//! new segment takes its place among the program headers and nothing in the
//! file has to move. The sections (symbols, strings, debug information) go: no
//! loader looks at them.

use std::fmt;

use object::elf::{
    EM_X86_64, ET_EXEC, FileHeader64, PF_R, PT_LOAD, PT_NOTE, PT_PHDR, ProgramHeader64, SHN_UNDEF,
};
use object::pod::{bytes_of, bytes_of_slice};
use object::read::elf::{ElfFile64, FileHeader as _, ProgramHeader as _};
use object::{LittleEndian, U32, U64};

/// Loaders map whole pages: a segment starts at the same place of a page in
/// the file and in memory.
const PAGE: u64 = 4096;

/// `XEN_ELFNOTE_PHYS32_ENTRY`: where a PVH loader jumps to.
const PHYS32_ENTRY: u32 = 18;

const LE: LittleEndian = LittleEndian;

type Header = FileHeader64<LittleEndian>;
type ProgramHeader = ProgramHeader64<LittleEndian>;

/// Why a file cannot be made into an image.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Error {
    /// It is no ELF file, or a damaged one.
    Damaged(String),
    /// It is for another machine, or for a dynamic loader.
    WrongKind(&'static str),
    /// Nothing says where a monitor should start it.
    NoBootNote,
    /// There is no program header to spare.
    NoFreeHeader,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Damaged(why) => write!(f, "the unikernel is not a sound ELF file: {why}"),
            Self::WrongKind(expected) => {
                write!(
                    f,
                    "the unikernel should be {expected}; was it linked by this workspace?"
                )
            }
            Self::NoBootNote => f.write_str(
                "the unikernel cannot boot: it has no PVH entry point \
                 (expected an ELF note `Xen` of type 18, XEN_ELFNOTE_PHYS32_ENTRY)",
            ),
            Self::NoFreeHeader => f.write_str(
                "there is no room for the site: expected a PT_PHDR program header to replace",
            ),
        }
    }
}

impl std::error::Error for Error {}

impl From<object::Error> for Error {
    fn from(error: object::Error) -> Self {
        Self::Damaged(error.to_string())
    }
}

/// A static x86-64 program.
#[derive(Debug)]
pub struct Elf<'a> {
    pub(super) file: ElfFile64<'a, LittleEndian>,
    bytes: &'a [u8],
}

impl<'a> Elf<'a> {
    /// Checks what kind of file it is.
    ///
    /// # Errors
    ///
    /// When it is not a static program for x86-64 at a fixed address.
    pub fn parse(bytes: &'a [u8]) -> Result<Self, Error> {
        let file = ElfFile64::parse(bytes)?;
        let header: &Header = file.elf_header();
        if header.e_machine(LE) != EM_X86_64 {
            return Err(Error::WrongKind("an x86-64 program"));
        }
        if header.e_type(LE) != ET_EXEC {
            return Err(Error::WrongKind("a static program at a fixed address"));
        }
        Ok(Self { file, bytes })
    }

    /// Looks for the note that tells a virtual machine monitor where to start.
    ///
    /// # Errors
    ///
    /// When there is none, or the file is damaged.
    pub fn check_boot_note(&self) -> Result<(), Error> {
        for header in self.headers().iter().filter(|h| h.p_type(LE) == PT_NOTE) {
            let Some(mut notes) = header.notes(LE, self.bytes)? else {
                continue;
            };
            while let Some(note) = notes.next()? {
                if note.name() == b"Xen" && note.n_type(LE).0 == PHYS32_ENTRY {
                    return Ok(());
                }
            }
        }
        Err(Error::NoBootNote)
    }

    /// The file without its sections, and with `segment` as one more read-only
    /// segment after the others, in the file and in memory.
    ///
    /// # Errors
    ///
    /// When no program header can be replaced, or the file is damaged.
    pub fn attach(&self, segment: &[u8]) -> Result<Vec<u8>, Error> {
        let headers = self.headers();
        let replaced = headers
            .iter()
            .position(|header| header.p_type(LE) == PT_PHDR)
            .ok_or(Error::NoFreeHeader)?;
        let (mut file_end, mut memory_end) = (0, 0);
        for header in headers.iter().filter(|h| h.p_type(LE) == PT_LOAD) {
            let end = |start: u64, length: u64| {
                start
                    .checked_add(length)
                    .ok_or_else(|| Error::Damaged("a segment ends beyond all memory".to_owned()))
            };
            file_end = end(header.p_offset(LE), header.p_filesz(LE))?.max(file_end);
            memory_end = end(header.p_vaddr(LE), header.p_memsz(LE))?.max(memory_end);
        }
        let added = program_header(
            file_end.next_multiple_of(PAGE),
            memory_end.next_multiple_of(PAGE),
            segment.len() as u64,
        );

        // Loaders want the PT_LOADs in the order of their addresses, and the
        // new one has the highest: it goes after the last.
        let mut headers = headers.to_vec();
        headers.remove(replaced);
        let last = headers.iter().rposition(|h| h.p_type(LE) == PT_LOAD);
        headers.insert(last.map_or(0, |last| last + 1), added);

        let kept = usize::try_from(file_end).ok();
        let kept = kept.and_then(|end| self.bytes.get(..end)).ok_or_else(|| {
            Error::Damaged(format!(
                "a segment ends at {file_end:#x}, after the end of the file"
            ))
        })?;
        let mut image = kept.to_vec();
        write_at(&mut image, 0, bytes_of(&self.header_without_sections()))?;
        let table = self.file.elf_header().e_phoff(LE);
        write_at(&mut image, table, bytes_of_slice(&headers))?;
        image.resize(image.len().next_multiple_of(PAGE as usize), 0);
        image.extend(segment);
        Ok(image)
    }

    fn headers(&self) -> &'a [ProgramHeader] {
        self.file.elf_program_headers()
    }

    fn header_without_sections(&self) -> Header {
        let mut header = *self.file.elf_header();
        header.e_shoff.set(LE, 0);
        header.e_shnum.set(LE, 0);
        header.e_shstrndx.set(LE, SHN_UNDEF);
        header
    }
}

fn program_header(offset: u64, address: u64, length: u64) -> ProgramHeader {
    ProgramHeader {
        p_type: U32::new(LE, PT_LOAD),
        p_flags: U32::new(LE, PF_R),
        p_offset: U64::new(LE, offset),
        p_vaddr: U64::new(LE, address),
        p_paddr: U64::new(LE, address),
        p_filesz: U64::new(LE, length),
        p_memsz: U64::new(LE, length),
        p_align: U64::new(LE, PAGE),
    }
}

fn write_at(image: &mut [u8], offset: u64, bytes: &[u8]) -> Result<(), Error> {
    let place = usize::try_from(offset)
        .ok()
        .and_then(|start| image.get_mut(start..start.checked_add(bytes.len())?))
        .ok_or_else(|| Error::Damaged("its headers are not in a segment".to_owned()))?;
    place.copy_from_slice(bytes);
    Ok(())
}
