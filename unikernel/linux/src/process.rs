//! The first stack of a new program, as Linux lays it out: System V ABI, AMD64
//! supplement, section 3.4.1; `getauxval(3)`.
//!
//! ```text
//! stack pointer → argc
//!                 argv[0] … argv[argc - 1], 0
//!                 envp[0] … , 0
//!                 auxiliary vector: pairs, the last one (0, 0)
//!                 random bytes, platform name, the strings themselves
//! end of stack  → 0
//! ```

use alloc::string::String;
use alloc::vec::Vec;

use machine::program::Headers;

use crate::limits;

/// What the program is started with.
pub(crate) struct Start {
    pub(crate) arguments: Vec<String>,
    pub(crate) environment: Vec<String>,
    pub(crate) headers: Headers,
    pub(crate) random: [u8; 16],
    /// The features of the CPU: `edx` of CPUID leaf 1 (`AT_HWCAP` of x86).
    pub(crate) hardware: u32,
}

/// The arguments and the environment are too long.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct TooLong {
    /// Bytes that they have.
    pub(crate) length: usize,
}

const AT_PHDR: u64 = 3;
const AT_PHENT: u64 = 4;
const AT_PHNUM: u64 = 5;
const AT_PAGESZ: u64 = 6;
const AT_BASE: u64 = 7;
const AT_FLAGS: u64 = 8;
const AT_ENTRY: u64 = 9;
const AT_UID: u64 = 11;
const AT_EUID: u64 = 12;
const AT_GID: u64 = 13;
const AT_EGID: u64 = 14;
const AT_PLATFORM: u64 = 15;
const AT_HWCAP: u64 = 16;
const AT_CLKTCK: u64 = 17;
const AT_SECURE: u64 = 23;
const AT_RANDOM: u64 = 25;
const AT_EXECFN: u64 = 31;

const PLATFORM: &str = "x86_64";
const CLOCK_TICKS: u64 = 100;
const WORD: usize = 8;
/// The stack pointer is a multiple of this.
const ALIGNMENT: usize = 16;

/// A stack that is filled from its end.
struct Builder<'a> {
    stack: &'a mut [u8],
    base: usize,
    top: usize,
}

impl Builder<'_> {
    fn push(&mut self, bytes: &[u8]) -> u64 {
        self.top -= bytes.len();
        self.stack[self.top..][..bytes.len()].copy_from_slice(bytes);
        (self.base + self.top) as u64
    }

    fn push_string(&mut self, text: &str) -> u64 {
        self.push(&[0]);
        self.push(text.as_bytes())
    }
}

/// Lays out `stack`, which the program will see at address `base`; gives the
/// address that the stack pointer has to have.
pub(crate) fn lay_out(stack: &mut [u8], base: usize, start: &Start) -> Result<usize, TooLong> {
    let strings = start.arguments.iter().chain(&start.environment);
    let length = strings.map(|text| text.len() + 1 + WORD).sum::<usize>();
    if length > limits::ARGUMENTS {
        return Err(TooLong { length });
    }
    let mut builder = Builder {
        top: stack.len(),
        stack,
        base,
    };
    builder.push(&[0; WORD]);
    let file_name = builder.push_string(crate::file::EXECUTABLE);
    let mut push_all = |texts: &[String]| -> Vec<u64> {
        let texts = texts.iter();
        texts.map(|text| builder.push_string(text)).collect()
    };
    let environment = push_all(&start.environment);
    let arguments = push_all(&start.arguments);
    let platform = builder.push_string(PLATFORM);
    let random = builder.push(&start.random);

    let mut words = Vec::new();
    words.push(arguments.len() as u64);
    words.extend(arguments);
    words.push(0);
    words.extend(environment);
    words.push(0);
    for (kind, value) in auxiliary(start, file_name, platform, random) {
        words.extend([kind, value]);
    }
    let end = builder.base + builder.top;
    let pointer = (end - words.len() * WORD) / ALIGNMENT * ALIGNMENT;
    builder.top = pointer - builder.base;
    for (place, word) in builder.stack[builder.top..]
        .chunks_exact_mut(WORD)
        .zip(words)
    {
        place.copy_from_slice(&word.to_le_bytes());
    }
    Ok(pointer)
}

fn auxiliary(start: &Start, file_name: u64, platform: u64, random: u64) -> [(u64, u64); 18] {
    [
        (AT_PHDR, start.headers.address as u64),
        (AT_PHENT, start.headers.entry_size as u64),
        (AT_PHNUM, start.headers.count as u64),
        (AT_PAGESZ, machine::paging::PAGE_SIZE as u64),
        (AT_BASE, 0),
        (AT_FLAGS, 0),
        (AT_ENTRY, start.headers.entry_point as u64),
        (AT_UID, 0),
        (AT_EUID, 0),
        (AT_GID, 0),
        (AT_EGID, 0),
        (AT_SECURE, 0),
        (AT_CLKTCK, CLOCK_TICKS),
        (AT_HWCAP, start.hardware.into()),
        (AT_RANDOM, random),
        (AT_EXECFN, file_name),
        (AT_PLATFORM, platform),
        (0, 0),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::collections::BTreeMap;
    use std::vec;

    fn start(arguments: &[&str], environment: &[&str]) -> Start {
        let own = |texts: &[&str]| texts.iter().map(|text| String::from(*text)).collect();
        Start {
            arguments: own(arguments),
            environment: own(environment),
            headers: Headers {
                address: 0x20_0040,
                entry_size: 56,
                count: 9,
                entry_point: 0x21_0000,
            },
            random: *b"sixteen bytes!!!",
            hardware: 0x178b_fbff,
        }
    }

    /// A reader of the stack, as the C library's `_start` is one.
    struct Reader<'a> {
        stack: &'a [u8],
        base: usize,
        at: usize,
    }

    impl Reader<'_> {
        fn word(&mut self) -> u64 {
            let bytes = &self.stack[self.at - self.base..][..WORD];
            self.at += WORD;
            u64::from_le_bytes(bytes.try_into().unwrap())
        }

        fn string(&self, address: u64) -> &str {
            let bytes = &self.stack[address as usize - self.base..];
            let end = bytes.iter().position(|&byte| byte == 0).unwrap();
            core::str::from_utf8(&bytes[..end]).unwrap()
        }

        fn strings(&mut self) -> Vec<String> {
            let mut strings = Vec::new();
            loop {
                match self.word() {
                    0 => return strings,
                    address => strings.push(self.string(address).into()),
                }
            }
        }
    }

    #[test]
    fn a_program_finds_what_it_was_given() {
        for count in 0..4 {
            let arguments = &["/fata", "--https", "[::]:443"][..count.min(3)];
            let environment = &["HOME=/", "RUST_BACKTRACE=1"][..count.min(2)];
            let start = start(arguments, environment);
            let (mut stack, base) = (vec![0xaa; 64 * 1024], 0x7000_0000_1000);
            let pointer = lay_out(&mut stack, base, &start).unwrap();
            assert_eq!(pointer % ALIGNMENT, 0);

            let at = pointer;
            let mut reader = Reader {
                stack: &stack,
                base,
                at,
            };
            assert_eq!(reader.word(), arguments.len() as u64);
            assert_eq!(reader.strings(), arguments);
            assert_eq!(reader.strings(), environment);
            let mut vector = BTreeMap::new();
            loop {
                match (reader.word(), reader.word()) {
                    (0, _) => break,
                    (kind, value) => vector.insert(kind, value),
                };
            }
            assert_eq!(vector[&AT_PHDR], 0x20_0040);
            assert_eq!(vector[&AT_PHNUM], 9);
            assert_eq!(vector[&AT_ENTRY], 0x21_0000);
            assert_eq!(vector[&AT_PAGESZ], 4096);
            assert_eq!(reader.string(vector[&AT_PLATFORM]), "x86_64");
            assert_eq!(reader.string(vector[&AT_EXECFN]), "/fata");
            let random = vector[&AT_RANDOM] as usize - base;
            assert_eq!(stack[random..][..16], start.random);
        }
    }

    #[test]
    fn too_many_arguments_are_refused() {
        let long = "x".repeat(limits::ARGUMENTS);
        let mut stack = vec![0; limits::STACK];
        let result = lay_out(&mut stack, 0x1000, &start(&["/fata", &long], &[]));
        assert_eq!(
            result,
            Err(TooLong {
                length: long.len() + 6 + 2 * (1 + WORD) - 1
            })
        );
    }
}
