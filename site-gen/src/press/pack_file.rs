//! The pack, in a file: larger than what a build should hold in memory.
//!
//! An [`Assembly`] takes payloads one after the other and has the pack at its
//! end. It works in one of two ways, with the same bytes in the end:
//!
//! * **Written**: into an empty file, each payload as it comes. Payloads of an
//!   earlier pack are copied.
//! * **Patched**: over the pack of the build before the last, or a copy of the last,
//!   which differ in few payloads: these are written, and what is between them is
//!   copied from the last where a length changed. The last pack stays whole for those who read it.
//!
//! What a patch costs does not grow with the pack: what moves is the rest of a run
//! ([`site_pack`]).
//!
//! The files have no name and are gone with the process.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _, Seek as _, SeekFrom, Write};
use std::os::unix::fs::FileExt as _;
use std::sync::Arc;

use site_pack::WriteError;
use site_pack::limits::PAYLOAD_ALIGN;
use site_pack::plan::{Digest, Payload, Payloads, Placed, Plan};

use crate::body::OnDisk;
use crate::limits::COPY_BYTES;

/// Why there is no pack.
#[derive(Debug)]
pub(crate) enum PackError {
    /// Its file cannot be written, or an earlier one cannot be read.
    File(io::Error),
    /// It cannot hold what it should.
    Content(WriteError),
}

impl From<io::Error> for PackError {
    fn from(error: io::Error) -> Self {
        Self::File(error)
    }
}

impl From<WriteError> for PackError {
    fn from(error: WriteError) -> Self {
        Self::Content(error)
    }
}

impl fmt::Display for PackError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(error) => error.fmt(f),
            Self::Content(error) => error.fmt(f),
        }
    }
}

/// A whole pack.
#[derive(Debug)]
pub(crate) struct PackFile {
    file: File,
    length: u64,
    /// Where payloads are, by their hash.
    payloads: Payloads,
}

/// A range of a file, in bytes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Extent {
    pub(crate) offset: u64,
    pub(crate) length: u64,
}

impl Extent {
    /// With what fills it up to where the next payload may begin: zeros.
    fn padded(self) -> u64 {
        self.length.next_multiple_of(PAYLOAD_ALIGN as u64)
    }
}

impl PackFile {
    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Whether it has a payload.
    pub(crate) fn has(&self, digest: &Digest) -> bool {
        self.payloads.find(digest).is_some()
    }

    /// Reads a range of it.
    pub(crate) fn read(&self, extent: Extent) -> io::Result<Vec<u8>> {
        let length = usize::try_from(extent.length).map_err(io::Error::other)?;
        let mut bytes = vec![0; length];
        self.file.read_exact_at(&mut bytes, extent.offset)?;
        Ok(bytes)
    }

    /// Writes a range of it to somewhere else.
    pub(crate) fn write(&self, extent: Extent, to: &mut impl Write) -> io::Result<()> {
        let mut buffer = vec![0; (extent.length as usize).min(COPY_BYTES)];
        let Extent { mut offset, length } = extent;
        let end = offset + length;
        while offset < end {
            let length = (end - offset).min(COPY_BYTES as u64) as usize;
            self.file.read_exact_at(&mut buffer[..length], offset)?;
            to.write_all(&buffer[..length])?;
            offset += length as u64;
        }
        Ok(())
    }

    /// Reads a payload of it.
    pub(crate) fn read_payload(&self, digest: &Digest) -> io::Result<Vec<u8>> {
        let (offset, length) = self.payloads.find(digest).ok_or_else(missing)?;
        self.read(Extent { offset, length })
    }

    /// Another one like it.
    fn copy(&self) -> io::Result<Self> {
        let file = tempfile::tempfile()?;
        let all = Run {
            from: 0,
            to: 0,
            length: self.length,
        };
        all.copy(&self.file, &file)?;
        Ok(Self {
            file,
            length: self.length,
            payloads: self.payloads.clone(),
        })
    }

    /// Writes all of it to somewhere else.
    pub(crate) fn copy_to(&self, to: &mut impl Write) -> io::Result<()> {
        let (offset, length) = (0, self.length);
        self.write(Extent { offset, length }, to)
    }
}

fn missing() -> io::Error {
    io::Error::other("a payload that was to be kept is gone")
}

/// A pack that is being made.
pub(crate) struct Assembly {
    pub(crate) plan: Plan,
    file: File,
    /// What kept payloads are taken from.
    last: Option<Arc<PackFile>>,
    way: Way,
    /// Where the last payload ends, with what fills it up.
    end: u64,
}

enum Way {
    Written,
    Patched {
        /// Where payloads are in the file now.
        now: Payloads,
        copies: Vec<Run>,
        writes: Vec<(Extent, New)>,
        /// Between runs there are zeros.
        gaps: Vec<Extent>,
    },
}

impl Way {
    /// Does all that was put off.
    fn carry_out(&mut self, file: &File, last: Option<&PackFile>) -> io::Result<()> {
        let Self::Patched {
            copies,
            writes,
            gaps,
            ..
        } = self
        else {
            return Ok(());
        };
        let last = last.ok_or_else(missing)?;
        for run in copies.drain(..) {
            run.copy(&last.file, file)?;
        }
        for (extent, new) in writes.drain(..) {
            new.write(file, extent)?;
        }
        for gap in gaps.drain(..) {
            let zeros = vec![0; gap.length as usize];
            file.write_all_at(&zeros, gap.offset)?;
        }
        Ok(())
    }
}

/// What a payload is taken from.
enum New {
    Bytes(Vec<u8>),
    File(Arc<OnDisk>),
}

impl New {
    fn read(&self) -> io::Result<Vec<u8>> {
        match self {
            Self::Bytes(bytes) => Ok(bytes.clone()),
            Self::File(file) => file.read(),
        }
    }

    /// Writes it, and zeros up to where the next payload may begin.
    fn write(&self, to: &File, extent: Extent) -> io::Result<()> {
        match self {
            Self::Bytes(bytes) => to.write_all_at(bytes, extent.offset)?,
            Self::File(file) => file.copy_to(to, extent.offset)?,
        }
        let zeros = vec![0; (extent.padded() - extent.length) as usize];
        to.write_all_at(&zeros, extent.offset + extent.length)
    }
}

impl Assembly {
    /// Begins a pack in an empty file. Kept payloads are those of `last`.
    pub(crate) fn written(last: Option<Arc<PackFile>>) -> io::Result<Self> {
        Ok(Self {
            plan: Plan::new(),
            file: tempfile::tempfile()?,
            last,
            way: Way::Written,
            end: 0,
        })
    }

    /// Begins a pack over an old one that nobody reads any more, or over a copy of
    /// the last.
    pub(crate) fn patched(old: Option<PackFile>, last: Arc<PackFile>) -> io::Result<Self> {
        let old = old.map_or_else(|| last.copy(), Ok)?;
        Ok(Self {
            plan: Plan::with_capacity(last.payloads.count()),
            file: old.file,
            last: Some(last),
            way: Way::Patched {
                now: old.payloads,
                copies: Vec::new(),
                writes: Vec::new(),
                gaps: Vec::new(),
            },
            end: 0,
        })
    }

    /// Takes a payload.
    pub(crate) fn add(&mut self, digest: Digest, bytes: Vec<u8>) -> io::Result<(Payload, Extent)> {
        let (payload, extent, placed) = self.place(digest, bytes.len() as u64);
        if placed == Placed::New && !self.is_there(&digest, extent) {
            self.write(extent, New::Bytes(bytes))?;
        }
        Ok((payload, extent))
    }

    /// Takes a file that is a payload as it is.
    pub(crate) fn copy(&mut self, file: &Arc<OnDisk>) -> io::Result<(Payload, Extent)> {
        let (payload, extent, placed) = self.place(*file.digest(), file.length());
        if placed == Placed::New && !self.is_there(file.digest(), extent) {
            self.write(extent, New::File(Arc::clone(file)))?;
        }
        Ok((payload, extent))
    }

    /// Takes a payload that the last pack has.
    pub(crate) fn keep(&mut self, digest: Digest) -> io::Result<(Payload, Extent)> {
        let last = self.last.clone().ok_or_else(missing)?;
        let (offset, length) = last.payloads.find(&digest).ok_or_else(missing)?;
        let before = Extent { offset, length };
        let (payload, extent, placed) = self.place(digest, before.length);
        if placed == Placed::New && !self.is_there(&digest, extent) {
            match &mut self.way {
                Way::Written if extent.length > COPY_BYTES as u64 => {
                    let (from, to, length) = (before.offset, extent.offset, before.padded());
                    Run { from, to, length }.copy(&last.file, &self.file)?;
                }
                Way::Written => self.write(extent, New::Bytes(last.read(before)?))?,
                Way::Patched { copies, .. } => Run::add(copies, before, extent.offset),
            }
        }
        Ok((payload, extent))
    }

    /// Reads a payload that was added or kept.
    pub(crate) fn read_payload(&self, digest: &Digest) -> io::Result<Vec<u8>> {
        let payload = self.plan.placed(*digest).ok_or_else(missing)?;
        let (offset, length) = (payload.offset(), payload.length());
        if let (Way::Patched { writes, .. }, Some(last)) = (&self.way, &self.last) {
            if last.has(digest) {
                return last.read_payload(digest);
            }
            // Payloads are placed one behind the other.
            if let Ok(index) = writes.binary_search_by_key(&offset, |(to, _)| to.offset) {
                return writes[index].1.read();
            }
        }
        let mut bytes = vec![0; length as usize];
        self.file.read_exact_at(&mut bytes, offset)?;
        Ok(bytes)
    }

    /// The whole pack.
    pub(crate) fn finish(mut self) -> Result<PackFile, PackError> {
        // Tables take as long as what moves.
        let (way, file, last) = (&mut self.way, &self.file, self.last.as_deref());
        let (moved, tables) = rayon::join(|| way.carry_out(file, last), || self.plan.finish());
        moved?;
        let tables = tables?;
        self.skip_to(tables.offset);
        self.way.carry_out(&self.file, self.last.as_deref())?;
        let length = tables.offset + tables.bytes.len() as u64;
        self.file.write_all_at(&tables.bytes, tables.offset)?;
        self.file.write_all_at(&tables.header, 0)?;
        self.file.set_len(length)?;
        Ok(PackFile {
            file: self.file,
            length,
            payloads: self.plan.into_payloads(),
        })
    }

    fn place(&mut self, digest: Digest, length: u64) -> (Payload, Extent, Placed) {
        let (payload, placed) = self.plan.payload(digest, length as usize);
        let extent = Extent {
            offset: payload.offset(),
            length,
        };
        if placed == Placed::New {
            self.skip_to(extent.offset);
            self.end = extent.offset + extent.padded();
        }
        (payload, extent, placed)
    }

    /// Takes note of what is free before the next run, where there may be something
    /// of another pack.
    fn skip_to(&mut self, offset: u64) {
        // In a pack that will be refused, as it is too long, there is nonsense.
        let length = offset.saturating_sub(self.end);
        if let (Way::Patched { gaps, .. }, 1..) = (&mut self.way, length) {
            let offset = self.end;
            gaps.push(Extent { offset, length });
        }
    }

    /// Whether the file has this payload where it belongs.
    fn is_there(&self, digest: &Digest, to: Extent) -> bool {
        let Way::Patched { now, .. } = &self.way else {
            return false;
        };
        now.find(digest) == Some((to.offset, to.length))
    }

    /// Writes a payload: now, or at the end.
    fn write(&mut self, to: Extent, new: New) -> io::Result<()> {
        match &mut self.way {
            Way::Written => new.write(&self.file, to),
            Way::Patched { writes, .. } => {
                writes.push((to, new));
                Ok(())
            }
        }
    }
}

/// Payloads that stand one after the other in the last pack, and do in this.
#[derive(Clone, Copy)]
struct Run {
    from: u64,
    to: u64,
    length: u64,
}

impl Run {
    /// Adds a payload to the last run, if it goes on there, or begins another.
    fn add(runs: &mut Vec<Self>, from: Extent, to: u64) {
        match runs.last_mut() {
            Some(run) if from.offset == run.from + run.length && to == run.to + run.length => {
                run.length += from.padded();
            }
            _ => runs.push(Self {
                from: from.offset,
                to,
                length: from.padded(),
            }),
        }
    }

    /// The kernel copies from file to file by itself.
    fn copy(self, mut from: &File, mut to: &File) -> io::Result<()> {
        from.seek(SeekFrom::Start(self.from))?;
        to.seek(SeekFrom::Start(self.to))?;
        let copied = io::copy(&mut from.take(self.length), &mut to)?;
        if copied < self.length {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use std::sync::LazyLock;

    use proptest::collection::vec;
    use proptest::prelude::*;
    use site_pack::limits::{LARGE_PAYLOAD, RUN_ALIGN};
    use site_pack::plan::{digest, ends_run};

    use super::*;

    /// Payloads that end their run.
    static LAST: LazyLock<Vec<Vec<u8>>> = LazyLock::new(|| {
        let numbers = (0..u64::MAX).map(|number| number.to_le_bytes().to_vec());
        let last = numbers.filter(|bytes| ends_run(&digest(bytes)));
        last.take(4).collect()
    });

    /// A payload: told by a number, of a length; some end their run.
    fn payload((number, length): (u8, u16)) -> Vec<u8> {
        if let Some(last) = LAST.get(usize::from(number)) {
            return last.clone();
        }
        let mut bytes = vec![number; usize::from(length)];
        bytes.extend([number, 1]);
        bytes
    }

    fn fill(mut assembly: Assembly, payloads: &[Vec<u8>]) -> PackFile {
        for bytes in payloads {
            assembly.add(digest(bytes), bytes.clone()).unwrap();
        }
        assembly.finish().unwrap()
    }

    fn bytes(pack: &PackFile) -> Vec<u8> {
        let mut bytes = Vec::new();
        pack.copy_to(&mut bytes).unwrap();
        bytes
    }

    fn written(payloads: &[Vec<u8>]) -> PackFile {
        fill(Assembly::written(None).unwrap(), payloads)
    }

    #[test]
    fn what_grows_moves_no_other_run() {
        let page = |number: u8| vec![number; 1000];
        let mut payloads: Vec<_> = (0..40).map(page).collect();
        payloads[20].clone_from(&LAST[0]);
        let large = vec![60; LARGE_PAYLOAD];
        payloads.push(large.clone());
        let before = written(&payloads);
        payloads[10].extend([0; 5000]);
        payloads.insert(15, page(50));
        let after = written(&payloads);
        let place = |pack: &PackFile, payload: &[u8]| {
            let place = pack.payloads.find(&digest(payload));
            place.unwrap().0
        };
        let has_moved = |payload: &[u8]| place(&before, payload) != place(&after, payload);
        assert!(!has_moved(&page(9)));
        assert!(has_moved(&page(11)));
        assert!(has_moved(&LAST[0]));
        let second = (21..40).map(page);
        assert_eq!(second.filter(|payload| has_moved(payload)).count(), 0);
        assert!(!has_moved(&large));
        assert_eq!(place(&after, &page(21)), RUN_ALIGN as u64);
        assert_eq!(place(&after, &large), 2 * RUN_ALIGN as u64);
    }

    proptest! {
        #[test]
        fn patched_or_written_the_pack_is_the_same(
            old in vec((0..20_u8, 0..900_u16), 0..20),
            edits in vec((any::<prop::sample::Index>(), 0..4_u8, (0..20_u8, 0..900_u16)), 0..8),
            reused: bool,
        ) {
            let old: Vec<Vec<u8>> = old.into_iter().map(payload).collect();
            let mut new = old.clone();
            for (at, edit, other) in edits {
                let at = at.index(new.len() + 1);
                match edit {
                    0 => new.insert(at, payload(other)),
                    1 if at < new.len() => _ = new.remove(at),
                    2 if at < new.len() => new[at] = payload(other),
                    _ if at < new.len() => { let bytes = new.remove(at); new.push(bytes) },
                    _ => {}
                }
            }
            let expected = bytes(&written(&new));
            let last = Arc::new(written(&old));
            let old = reused.then(|| written(&old));
            let mut assembly = Assembly::patched(old, Arc::clone(&last)).unwrap();
            for payload in &new {
                // Kept where it can be, as a build does it.
                let digest = digest(payload);
                if last.has(&digest) {
                    assembly.keep(digest).unwrap();
                } else {
                    assembly.add(digest, payload.clone()).unwrap();
                }
            }
            for payload in &new {
                prop_assert_eq!(&assembly.read_payload(&digest(payload)).unwrap(), payload);
            }
            prop_assert_eq!(bytes(&assembly.finish().unwrap()), expected);
        }
    }
}
