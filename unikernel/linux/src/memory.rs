//! Memory: `mmap(2)`, `munmap(2)`, `mprotect(2)`, `madvise(2)`, `brk(2)`.
//!
//! ```text
//! PROGRAM.start        + BREAK                              PROGRAM.end
//!      | brk →            | mmap: first fit from below            |
//! ```
//!
//! A page is writable or executable, never both. Mapped pages have their frames
//! from the start: a machine that says yes here keeps its word later. What is
//! mapped `PROT_NONE` gets them when it becomes accessible.

use core::ops::Range;

use machine::paging::{Access, PAGE_SIZE, PROGRAM};

use crate::errno::{Answer, Errno};
use crate::kernel::Kernel;
use crate::limits;
use crate::platform::Platform;
use crate::space::{NoSpace, Piece, Space, State};

const PROT_READ: u32 = 1;
const PROT_WRITE: u32 = 2;
const PROT_EXEC: u32 = 4;

const MAP_TYPE: u32 = 0x0f;
const MAP_FIXED: u32 = 0x10;
const MAP_ANONYMOUS: u32 = 0x20;
const MAP_FIXED_NOREPLACE: u32 = 0x10_0000;

/// Where `brk` grows.
const BREAK: Range<usize> = PROGRAM.start..PROGRAM.start + limits::BREAK;

/// The memory of the program.
pub(crate) struct Memory {
    space: Space,
    /// The end of the data segment, as `brk` moves it.
    end: usize,
}

impl Memory {
    pub(crate) const fn new() -> Self {
        Self {
            space: Space::new(BREAK.end..PROGRAM.end),
            end: BREAK.start,
        }
    }
}

impl From<NoSpace> for Errno {
    fn from(NoSpace: NoSpace) -> Self {
        Self::ENOMEM
    }
}

impl<P: Platform> Kernel<P> {
    /// `mmap(2)` of anonymous memory; there is no file that can be mapped.
    pub(crate) fn mmap(&mut self, arguments: &[u64; 6]) -> Answer {
        let [address, length, protection, flags, fd, offset] = *arguments;
        let flags = flags as u32;
        let access = parse_access(protection)?;
        if flags & MAP_TYPE == 0 || flags & MAP_TYPE > 3 || !offset.is_multiple_of(PAGE_SIZE as u64)
        {
            return Err(Errno::EINVAL);
        }
        if flags & MAP_ANONYMOUS == 0 {
            self.description(fd)?;
            return Err(Errno::ENODEV);
        }
        let range = self.place(address as usize, length as usize, flags)?;
        let state = match access {
            Access::None => State::Reserved,
            access => State::Mapped(access),
        };
        // The bookkeeping first: it may refuse, and then nothing has changed.
        let replaced = self.memory.space.pieces(&range);
        self.memory.space.set(&range, state)?;
        self.unmap_pieces(&replaced);
        if access != Access::None {
            self.map_frames(&range, access)?;
        }
        Ok(range.start as i64)
    }

    /// Where a new mapping goes.
    fn place(&self, address: usize, length: usize, flags: u32) -> Result<Range<usize>, Errno> {
        let space = &self.memory.space;
        if length == 0 {
            return Err(Errno::EINVAL);
        }
        let length = length
            .checked_next_multiple_of(PAGE_SIZE)
            .ok_or(Errno::ENOMEM)?;
        let wanted = address..address.saturating_add(length);
        let free = space.covers(&wanted) && space.pieces(&wanted).is_empty();
        if flags & (MAP_FIXED | MAP_FIXED_NOREPLACE) != 0 {
            if !address.is_multiple_of(PAGE_SIZE) {
                return Err(Errno::EINVAL);
            }
            if !space.covers(&wanted) {
                return Err(Errno::ENOMEM);
            }
            if flags & MAP_FIXED_NOREPLACE != 0 && !free {
                return Err(Errno::EEXIST);
            }
            return Ok(wanted);
        }
        // A hint is followed where that is possible.
        if free && address.is_multiple_of(PAGE_SIZE) {
            return Ok(wanted);
        }
        Ok(space.find(length)?)
    }

    fn map_frames(&mut self, range: &Range<usize>, access: Access) -> Result<(), Errno> {
        let pages = range.len() / PAGE_SIZE;
        if self.platform.map(range.start, pages, access).is_err() {
            self.platform.unmap(range.start, pages);
            self.memory.space.clear(range)?;
            return Err(Errno::ENOMEM);
        }
        Ok(())
    }

    /// Gives the frames back; the bookkeeping is the caller's.
    fn unmap_pieces(&mut self, pieces: &[Piece]) {
        for (piece, state) in pieces {
            if let State::Mapped(_) = state {
                self.platform.unmap(piece.start, piece.len() / PAGE_SIZE);
            }
        }
    }

    /// `munmap(2)`.
    pub(crate) fn munmap(&mut self, address: u64, length: u64) -> Answer {
        let range = parse_range(address, length)?;
        if range.is_empty() || !self.memory.space.covers(&range) {
            return Err(Errno::EINVAL);
        }
        let pieces = self.memory.space.pieces(&range);
        self.memory.space.clear(&range)?;
        self.unmap_pieces(&pieces);
        Ok(0)
    }

    /// `mprotect(2)`.
    pub(crate) fn mprotect(&mut self, address: u64, length: u64, protection: u64) -> Answer {
        let access = parse_access(protection)?;
        let range = parse_range(address, length)?;
        if range.is_empty() {
            return Ok(0);
        }
        if !self.memory.space.covers(&range) {
            // The image's own data (read-only after relocation), or `brk`.
            let pages = range.len() / PAGE_SIZE;
            let changed = self.platform.protect(range.start, pages, access);
            return if changed { Ok(0) } else { Err(Errno::ENOMEM) };
        }
        if !self.memory.space.is_full(&range) {
            return Err(Errno::ENOMEM);
        }
        for (piece, state) in self.memory.space.pieces(&range) {
            self.change(&piece, state, access)?;
        }
        Ok(0)
    }

    fn change(&mut self, piece: &Range<usize>, from: State, to: Access) -> Result<(), Errno> {
        let pages = piece.len() / PAGE_SIZE;
        match from {
            State::Reserved if to == Access::None => return Ok(()),
            State::Reserved => {
                self.memory.space.set(piece, State::Mapped(to))?;
                if self.platform.map(piece.start, pages, to).is_err() {
                    self.platform.unmap(piece.start, pages);
                    self.memory.space.set(piece, State::Reserved)?;
                    return Err(Errno::ENOMEM);
                }
            }
            State::Mapped(access) if access == to => {}
            State::Mapped(_) => {
                self.memory.space.set(piece, State::Mapped(to))?;
                if !self.platform.protect(piece.start, pages, to) {
                    return Err(Errno::EACCES);
                }
            }
        }
        Ok(())
    }

    /// `madvise(2)`: only "I do not need what is in there" has an effect that
    /// a program can see; the others are good advice.
    pub(crate) fn madvise(&mut self, address: u64, length: u64, advice: u64) -> Answer {
        const MADV_DONTNEED: u32 = 4;
        /// Up to `MADV_POPULATE_WRITE`, and none of those that punch holes,
        /// poison or merge.
        const HARMLESS: [u32; 14] = [0, 1, 2, 3, 8, 10, 11, 14, 15, 16, 17, 20, 22, 23];

        let range = parse_range(address, length)?;
        match advice as u32 {
            MADV_DONTNEED => {}
            advice if HARMLESS.contains(&advice) => return Ok(0),
            _ => return Err(Errno::EINVAL),
        }
        if range.is_empty() {
            return Ok(0);
        }
        if !self.memory.space.covers(&range) || !self.memory.space.is_full(&range) {
            return Err(Errno::ENOMEM);
        }
        for (piece, state) in self.memory.space.pieces(&range) {
            if let State::Mapped(access) = state {
                self.platform.unmap(piece.start, piece.len() / PAGE_SIZE);
                self.map_frames(&piece, access)?;
            }
        }
        Ok(0)
    }

    /// `brk(2)`: gives the new end, or the old one when that cannot be.
    pub(crate) fn brk(&mut self, address: u64) -> Answer {
        let wanted = address as usize;
        let page = |end: usize| end.next_multiple_of(PAGE_SIZE);
        if !(BREAK.start..=BREAK.end).contains(&wanted) {
            return Ok(self.memory.end as i64);
        }
        let (from, to) = (page(self.memory.end), page(wanted));
        if to > from {
            let pages = (to - from) / PAGE_SIZE;
            if self.platform.map(from, pages, Access::ReadWrite).is_err() {
                self.platform.unmap(from, pages);
                return Ok(self.memory.end as i64);
            }
        } else if to < from {
            self.platform.unmap(to, (from - to) / PAGE_SIZE);
        }
        self.memory.end = wanted;
        Ok(wanted as i64)
    }
}

/// Write and execute exclude each other. Write alone means read, too, on this
/// hardware, and so does execute.
fn parse_access(protection: u64) -> Result<Access, Errno> {
    let protection = protection as u32;
    if protection & !(PROT_READ | PROT_WRITE | PROT_EXEC) != 0 {
        return Err(Errno::EINVAL);
    }
    match (protection & PROT_WRITE != 0, protection & PROT_EXEC != 0) {
        (true, true) => Err(Errno::EACCES),
        (true, false) => Ok(Access::ReadWrite),
        (false, true) => Ok(Access::ReadExecute),
        (false, false) if protection & PROT_READ != 0 => Ok(Access::Read),
        (false, false) => Ok(Access::None),
    }
}

fn parse_range(address: u64, length: u64) -> Result<Range<usize>, Errno> {
    let (start, length) = (address as usize, length as usize);
    if !start.is_multiple_of(PAGE_SIZE) {
        return Err(Errno::EINVAL);
    }
    let length = length.checked_next_multiple_of(PAGE_SIZE);
    let end = length.and_then(|length| start.checked_add(length));
    Ok(start..end.ok_or(Errno::ENOMEM)?)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::number::*;
    use crate::testing::{Ours, System};
    use proptest::prelude::*;
    use std::collections::BTreeMap;

    const PRIVATE: u64 = 0x22;
    const PAGE: u64 = PAGE_SIZE as u64;
    const READ_WRITE: u64 = 3;

    fn map(ours: &mut Ours, at: u64, pages: u64, access: u64, flags: u64) -> Answer {
        let arguments = [at, pages * PAGE, access, PRIVATE | flags, u64::MAX, 0];
        ours.call(MMAP, arguments)
    }

    #[derive(Clone, Debug)]
    enum Step {
        Map(u64, u64),
        MapAt(u64, u64, u64),
        Unmap(u64, u64),
        Protect(u64, u64, u64),
        Forget(u64, u64),
    }

    fn steps() -> impl Strategy<Value = Step> {
        let (page, pages, access) = (0..24_u64, 1..8_u64, 0..4_u64);
        let range = (page, pages.clone());
        prop_oneof![
            (pages, access.clone()).prop_map(|(pages, access)| Step::Map(pages, access)),
            (range.clone(), access.clone())
                .prop_map(|((page, pages), access)| Step::MapAt(page, pages, access)),
            range
                .clone()
                .prop_map(|(page, pages)| Step::Unmap(page, pages)),
            (range.clone(), access)
                .prop_map(|((page, pages), access)| Step::Protect(page, pages, access)),
            range.prop_map(|(page, pages)| Step::Forget(page, pages)),
        ]
    }

    proptest! {
        /// The page tables hold what the program has asked for, page by page:
        /// `Some(access)` where it has mapped, nothing where it has not, or
        /// where it has only reserved.
        #[test]
        fn page_tables_follow_the_calls(script in prop::collection::vec(steps(), 1..40)) {
            let mut ours = Ours::new();
            let base = BREAK.end as u64;
            // By page: what it was last made, and whether it ever had a frame.
            let mut model: BTreeMap<u64, (u64, bool)> = BTreeMap::new();
            for step in script {
                match step {
                    Step::Map(pages, access) => {
                        let start = map(&mut ours, 0, pages, access, 0).unwrap() as u64;
                        for page in 0..pages {
                            let before = model.insert(start + page * PAGE, (access, access != 0));
                            prop_assert_eq!(before, None);
                        }
                    }
                    Step::MapAt(page, pages, access) => {
                        let start = base + page * PAGE;
                        let fixed = u64::from(MAP_FIXED);
                        let answer = map(&mut ours, start, pages, access, fixed);
                        prop_assert_eq!(answer, Ok(start as i64));
                        for page in 0..pages {
                            model.insert(start + page * PAGE, (access, access != 0));
                        }
                    }
                    Step::Unmap(page, pages) => {
                        let start = base + page * PAGE;
                        let arguments = [start, pages * PAGE, 0, 0, 0, 0];
                        prop_assert_eq!(ours.call(MUNMAP, arguments), Ok(0));
                        model.retain(|at, _| !(start..start + pages * PAGE).contains(at));
                    }
                    Step::Protect(page, pages, access) => {
                        let start = base + page * PAGE;
                        let answer = ours.call(MPROTECT, [start, pages * PAGE, access, 0, 0, 0]);
                        let all = (0..pages).all(|page| model.contains_key(&(start + page * PAGE)));
                        prop_assert_eq!(answer, if all { Ok(0) } else { Err(Errno::ENOMEM) });
                        for page in (0..pages).filter(|_| all) {
                            let entry = model.get_mut(&(start + page * PAGE)).unwrap();
                            *entry = (access, entry.1 || access != 0);
                        }
                    }
                    Step::Forget(page, pages) => {
                        let start = base + page * PAGE;
                        let answer = ours.call(MADVISE, [start, pages * PAGE, 4, 0, 0, 0]);
                        let all = (0..pages).all(|page| model.contains_key(&(start + page * PAGE)));
                        prop_assert_eq!(answer, if all { Ok(0) } else { Err(Errno::ENOMEM) });
                    }
                }
                let expected: BTreeMap<usize, Access> = model
                    .iter()
                    .filter(|(_, (_, has_frame))| *has_frame)
                    .map(|(page, (access, _))| (*page as usize, parse_access(*access).unwrap()))
                    .collect();
                prop_assert_eq!(&ours.world.borrow().pages, &expected);
            }
        }
    }

    #[test]
    fn a_page_is_never_writable_and_executable() {
        let mut ours = Ours::new();
        assert_eq!(map(&mut ours, 0, 1, 7, 0), Err(Errno::EACCES));
        let page = map(&mut ours, 0, 1, READ_WRITE, 0).unwrap() as u64;
        assert_eq!(
            ours.call(MPROTECT, [page, PAGE, 6, 0, 0, 0]),
            Err(Errno::EACCES)
        );
    }

    #[test]
    fn when_memory_runs_out_nothing_has_happened() {
        let mut ours = Ours::new();
        ours.world.borrow_mut().page_limit = 4;
        let first = map(&mut ours, 0, 3, READ_WRITE, 0).unwrap();
        assert_eq!(map(&mut ours, 0, 2, READ_WRITE, 0), Err(Errno::ENOMEM));
        assert_eq!(ours.world.borrow().pages.len(), 3);
        let second = map(&mut ours, 0, 1, READ_WRITE, 0).unwrap();
        assert_eq!(second, first + 3 * PAGE as i64);
        // Address space costs no memory.
        let reserved = map(&mut ours, 0, 1 << 20, 0, 0).unwrap() as u64;
        assert_eq!(
            ours.call(MPROTECT, [reserved, PAGE, READ_WRITE, 0, 0, 0]),
            Err(Errno::ENOMEM)
        );
    }

    #[test]
    fn nonsense_is_refused() {
        let mut ours = Ours::new();
        assert_eq!(map(&mut ours, 0, 0, READ_WRITE, 0), Err(Errno::EINVAL));
        let fixed = u64::from(MAP_FIXED);
        for address in [0, PAGE, u64::MAX - PAGE + 1, PROGRAM.end as u64] {
            let answer = map(&mut ours, address, 1, READ_WRITE, fixed);
            assert_eq!(answer, Err(Errno::ENOMEM), "{address:#x}");
        }
        let huge = [0, u64::MAX, READ_WRITE, PRIVATE, 0, 0];
        assert_eq!(ours.call(MMAP, huge), Err(Errno::ENOMEM));
        for (address, length) in [(1, PAGE), (0, PAGE), (PROGRAM.start as u64, 0)] {
            let answer = ours.call(MUNMAP, [address, length, 0, 0, 0, 0]);
            assert_eq!(answer, Err(Errno::EINVAL));
        }
        let end = BREAK.end as u64;
        let answer = ours.call(MUNMAP, [end, u64::MAX, 0, 0, 0, 0]);
        assert_eq!(answer, Err(Errno::ENOMEM));
    }

    #[test]
    fn the_break_moves() {
        let mut ours = Ours::new();
        let start = ours.call(BRK, [0; 6]).unwrap() as u64;
        let mut move_to = |end: u64| {
            let answer = ours.call(BRK, [end, 0, 0, 0, 0, 0]).unwrap() as u64;
            let pages = ours.world.borrow().pages.len();
            (answer - start, pages)
        };
        assert_eq!(move_to(start + 1), (1, 1));
        assert_eq!(move_to(start + PAGE), (PAGE, 1));
        assert_eq!(move_to(start + 3 * PAGE + 1), (3 * PAGE + 1, 4));
        assert_eq!(move_to(start + 2 * PAGE), (2 * PAGE, 2));
        assert_eq!(move_to(u64::MAX), (2 * PAGE, 2));
        assert_eq!(move_to(start - 1), (2 * PAGE, 2));
        assert_eq!(move_to(start), (0, 0));
    }
}
