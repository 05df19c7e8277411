//! The initrd: a cpio archive in the "new" ASCII format, as the Linux kernel
//! takes it (`Documentation/driver-api/early-userspace/buffer-format.rst`).
//!
//! Whoever starts the machine gives it, so nothing in it is believed: lengths
//! are checked against what is there, and an error says where it is.

use core::fmt;

/// One entry.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Entry<'a> {
    /// The path, as the archive has it.
    pub(crate) name: &'a [u8],
    /// Type and permissions, as in `st_mode`.
    pub(crate) mode: u32,
    /// Time of last change, in seconds since 1970.
    pub(crate) modified: u32,
    /// The bytes of a file, the target of a symbolic link.
    pub(crate) content: &'a [u8],
}

/// Not an archive, or one that is damaged.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Error {
    /// Where, in bytes from the start.
    pub(crate) offset: usize,
    /// What should have been there.
    pub(crate) expected: &'static str,
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "expected {} at byte {}", self.expected, self.offset)
    }
}

const MAGIC: &[u8] = b"070701";
/// The same with a sum of the bytes of each file, which nobody checks.
const MAGIC_WITH_SUM: &[u8] = b"070702";
const FIELD: usize = 8;
const FIELDS: usize = 13;
const HEADER: usize = MAGIC.len() + FIELDS * FIELD;
const TRAILER: &[u8] = b"TRAILER!!!";
const ALIGNMENT: usize = 4;

/// The entries of an archive, or of several after each other. Ends after the
/// first error.
pub(crate) struct Entries<'a> {
    archive: &'a [u8],
    offset: usize,
}

/// The entries of `archive`.
pub(crate) fn entries(archive: &[u8]) -> Entries<'_> {
    Entries { archive, offset: 0 }
}

impl<'a> Iterator for Entries<'a> {
    type Item = Result<Entry<'a>, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            // Zeros stand between archives, and after the last one.
            while self.archive.get(self.offset) == Some(&0) {
                self.offset += 1;
            }
            if self.offset >= self.archive.len() {
                return None;
            }
            match self.entry() {
                Ok(entry) if entry.name == TRAILER => {}
                Ok(entry) => return Some(Ok(entry)),
                Err(error) => {
                    self.offset = self.archive.len();
                    return Some(Err(error));
                }
            }
        }
    }
}

impl<'a> Entries<'a> {
    fn entry(&mut self) -> Result<Entry<'a>, Error> {
        let header = self.take(HEADER, "a header of 110 bytes")?;
        let (magic, fields) = header.split_at(MAGIC.len());
        if magic != MAGIC && magic != MAGIC_WITH_SUM {
            return Err(self.error(HEADER, "the magic 070701 or 070702"));
        }
        let field = |index: usize| {
            let digits = &fields[index * FIELD..][..FIELD];
            hexadecimal(digits).ok_or(self.error(HEADER, "a header of hexadecimal digits"))
        };
        let (mode, modified) = (field(1)?, field(5)?);
        let (size, name_size) = (field(6)?, field(11)?);
        let name = self.take(name_size as usize, "a name of the length in the header")?;
        let Some((0, name)) = name.split_last() else {
            return Err(self.error(name.len(), "a name that ends with NUL"));
        };
        self.align();
        let content = self.take(size as usize, "a file of the length in the header")?;
        self.align();
        Ok(Entry {
            name,
            mode,
            modified,
            content,
        })
    }

    fn take(&mut self, length: usize, expected: &'static str) -> Result<&'a [u8], Error> {
        let rest = self.archive.get(self.offset..).unwrap_or_default();
        let bytes = rest.get(..length).ok_or(self.error(0, expected))?;
        self.offset += length;
        Ok(bytes)
    }

    /// The padding after the last file may be missing.
    fn align(&mut self) {
        self.offset = self.offset.next_multiple_of(ALIGNMENT);
    }

    fn error(&self, before: usize, expected: &'static str) -> Error {
        Error {
            offset: self.offset - before,
            expected,
        }
    }
}

fn hexadecimal(digits: &[u8]) -> Option<u32> {
    digits.iter().try_fold(0, |number, &digit| {
        let digit = char::from(digit).to_digit(16)?;
        Some(number << 4 | digit)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::format;
    use std::string::String;
    use std::vec::Vec;

    pub(super) fn archive(files: &[(String, Vec<u8>)]) -> Vec<u8> {
        let mut bytes = Vec::new();
        let trailer = (String::from("TRAILER!!!"), Vec::new());
        for (name, content) in files.iter().chain([&trailer]) {
            let (size, name_size) = (content.len(), name.len() + 1);
            let mut header = String::from("070701");
            let fields = [1, 0o100644, 0, 0, 1, 7, size, 0, 0, 0, 0, name_size, 0];
            for field in fields {
                header += &format!("{field:08x}");
            }
            bytes.extend_from_slice(header.as_bytes());
            bytes.extend_from_slice(name.as_bytes());
            bytes.push(0);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
            bytes.extend_from_slice(content);
            bytes.resize(bytes.len().next_multiple_of(4), 0);
        }
        bytes.resize(bytes.len().next_multiple_of(512), 0);
        bytes
    }

    fn files() -> impl Strategy<Value = Vec<(String, Vec<u8>)>> {
        let file = ("[a-z/]{1,9}", prop::collection::vec(any::<u8>(), 0..40));
        prop::collection::vec(file, 0..5)
    }

    proptest! {
        #[test]
        fn gives_what_was_put_in(files in files(), more in files()) {
            let mut bytes = archive(&files);
            bytes.extend(archive(&more));
            let read: Vec<_> = entries(&bytes).map(Result::unwrap).collect();
            prop_assert_eq!(read.len(), files.len() + more.len());
            for (entry, (name, content)) in read.iter().zip(files.iter().chain(&more)) {
                prop_assert_eq!(entry.name, name.as_bytes());
                prop_assert_eq!(entry.content, &content[..]);
                prop_assert_eq!((entry.mode, entry.modified), (0o100644, 7));
            }
        }

        #[test]
        fn survives_damage(
            files in files(),
            damage in prop::collection::vec((any::<prop::sample::Index>(), any::<u8>()), 0..8),
            cut in any::<prop::sample::Index>(),
        ) {
            let mut bytes = archive(&files);
            for (index, byte) in damage {
                let place = index.index(bytes.len());
                bytes[place] = byte;
            }
            bytes.truncate(cut.index(bytes.len()) + 1);
            let ended_after_error = entries(&bytes).skip_while(Result::is_ok).count() <= 1;
            prop_assert!(ended_after_error);
        }
    }

    #[test]
    fn a_length_that_lies_is_an_error_with_a_place() {
        let mut bytes = archive(&[("key.pem".into(), b"secret".to_vec())]);
        bytes[6 + 6 * 8..][..8].copy_from_slice(b"ffffffff");
        let error = entries(&bytes).next().unwrap().unwrap_err();
        assert_eq!(
            format!("{error}"),
            "expected a file of the length in the header at byte 120"
        );
        bytes[6 + 11 * 8..][..8].copy_from_slice(b"00000000");
        let error = entries(&bytes).next().unwrap().unwrap_err();
        assert_eq!(error.expected, "a name that ends with NUL");
        let error = entries(b"#!/bin/sh".repeat(20).as_slice())
            .next()
            .unwrap()
            .unwrap_err();
        assert_eq!(
            (error.offset, error.expected),
            (0, "the magic 070701 or 070702")
        );
    }
}
