//! An allocator with which a thread can be held to an amount of memory.
//!
//! A template can double a string a hundred times, and tera has no limit on
//! values. What is refused by an allocator ends the process, and an allocator must
//! not unwind; but it need not return. So a thread that takes more than it may
//! ([`within`]) stops there for good, and whoever waits for it is told. What it has
//! is not given back.
//!
//! This is the one place with unsafe code that is not part of the image: the trait
//! that allocators have is unsafe, and a thread can leave nothing behind but by a
//! pointer.

use std::alloc::{GlobalAlloc, Layout, System};
use std::cell::Cell;
use std::ptr;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread;
use std::time::Duration;

/// The system's allocator, which counts what threads take.
#[derive(Debug)]
pub struct Budgeted;

/// More than any thread takes: one that is held to nothing.
const UNLIMITED: isize = isize::MAX / 2;

thread_local! {
    /// The bytes that this thread may take yet. What it gives back counts, whoever
    /// took it.
    static LEFT: Cell<isize> = const { Cell::new(UNLIMITED) };
    /// What is set when there are no more; null where nothing is.
    static OVER: Cell<*const AtomicBool> = const { Cell::new(ptr::null()) };
}

/// Does something that may take so many bytes, beyond what it gives back. If it
/// takes more, `over` becomes true and this never returns: nobody may need again
/// what the thread holds then. What holds a lock has to be [`outside`].
///
/// It holds only where [`Budgeted`] is the global allocator.
pub fn within<T>(bytes: usize, over: &AtomicBool, work: impl FnOnce() -> T) -> T {
    let bytes = isize::try_from(bytes).unwrap_or(UNLIMITED).min(UNLIMITED);
    let _before = Before {
        unspent: LEFT.replace(bytes) - bytes,
        over: OVER.replace(over),
    };
    work()
}

/// What this thread has taken of a budget of so many bytes, beyond what it gave back:
/// 0 if it gave back more.
#[must_use]
pub fn spent(bytes: usize) -> usize {
    let left = usize::try_from(LEFT.get()).unwrap_or_default();
    bytes.saturating_sub(left)
}

/// Does something that is not stopped in the middle: what it takes counts, and the
/// thread is stopped when it asks for memory afterwards.
pub fn outside<T>(work: impl FnOnce() -> T) -> T {
    let _before = Before {
        unspent: 0,
        over: OVER.replace(ptr::null()),
    };
    work()
}

/// What was, and is again afterwards, also after a panic.
struct Before {
    /// What is left, beyond what was given.
    unspent: isize,
    over: *const AtomicBool,
}

impl Drop for Before {
    fn drop(&mut self) {
        LEFT.set(LEFT.get().wrapping_add(self.unspent));
        OVER.set(self.over);
    }
}

/// Counts bytes before they are taken.
fn take(bytes: usize) {
    let left = LEFT.get().wrapping_sub_unsigned(bytes);
    LEFT.set(left);
    if left < 0 && !OVER.get().is_null() {
        stop();
    }
}

fn give_back(bytes: usize) {
    LEFT.set(LEFT.get().wrapping_add_unsigned(bytes));
}

/// Says that the thread is over its budget, and waits for the process to end. No
/// lock of the allocator is held here.
#[cold]
fn stop() -> ! {
    // SAFETY: it was made of a reference that `within` has for as long as it runs,
    // and it runs below here.
    #[expect(unsafe_code, reason = "see the head of this file")]
    let over = unsafe { &*OVER.get() };
    over.store(true, Ordering::Release);
    loop {
        thread::sleep(Duration::MAX);
    }
}

// SAFETY: the system's allocator does everything, with the same arguments; counting
// neither allocates nor unwinds, and variables of threads that need not be dropped
// are there for as long as the thread is.
#[expect(unsafe_code, reason = "see the head of this file")]
unsafe impl GlobalAlloc for Budgeted {
    unsafe fn alloc(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: the caller's promise is the one that is asked for.
        unsafe { System.alloc(layout) }
    }

    unsafe fn alloc_zeroed(&self, layout: Layout) -> *mut u8 {
        take(layout.size());
        // SAFETY: as above.
        unsafe { System.alloc_zeroed(layout) }
    }

    unsafe fn realloc(&self, block: *mut u8, layout: Layout, size: usize) -> *mut u8 {
        match size.checked_sub(layout.size()) {
            Some(more) => take(more),
            None => give_back(layout.size() - size),
        }
        // SAFETY: as above.
        unsafe { System.realloc(block, layout, size) }
    }

    unsafe fn dealloc(&self, block: *mut u8, layout: Layout) {
        give_back(layout.size());
        // SAFETY: as above.
        unsafe { System.dealloc(block, layout) }
    }
}

#[cfg(test)]
mod tests {
    use std::sync::mpsc;
    use std::sync::{Arc, Mutex};

    use super::*;

    #[global_allocator]
    static ALLOCATOR: Budgeted = Budgeted;

    const MIB: usize = 1 << 20;

    /// Whether the work ends within a budget of a mebibyte.
    fn ends(work: impl FnOnce() + Send + 'static) -> bool {
        let over = Arc::new(AtomicBool::new(false));
        let (sender, receiver) = mpsc::channel();
        let told = Arc::clone(&over);
        thread::spawn(move || {
            within(MIB, &told, work);
            let _ = sender.send(());
        });
        loop {
            if receiver.recv_timeout(Duration::from_millis(1)).is_ok() {
                assert!(!over.load(Ordering::Acquire));
                return true;
            }
            if over.load(Ordering::Acquire) {
                return false;
            }
        }
    }

    #[test]
    fn a_thread_over_its_budget_stops() {
        assert!(!ends(|| drop(Vec::<u8>::with_capacity(MIB + 1))));
        assert!(!ends(|| drop(vec![0_u8; MIB + 1])), "zeroed");
        let grow = || {
            let mut grown = vec![0_u8; MIB / 2];
            grown.reserve_exact(MIB);
        };
        assert!(!ends(grow), "grown");
        let many = || drop((0..100).map(|_| vec![0_u8; MIB / 50]).collect::<Vec<_>>());
        assert!(!ends(many), "in pieces");
    }

    #[test]
    fn what_is_given_back_counts() {
        assert!(ends(|| (0..100).for_each(|_| drop(vec![0_u8; MIB / 2]))));
        let shrink = || {
            for _ in 0..100 {
                let mut shrunk = vec![0_u8; MIB / 2];
                shrunk.truncate(1);
                shrunk.shrink_to_fit();
            }
        };
        assert!(ends(shrink));
    }

    #[test]
    fn what_is_spent_is_known() {
        let over = AtomicBool::new(false);
        assert_eq!(spent(MIB), 0);
        within(MIB, &over, || {
            let before = spent(MIB);
            let kept = vec![0_u8; MIB / 2];
            assert_eq!(spent(MIB) - before, kept.len());
            drop(kept);
            assert_eq!(spent(MIB), before);
        });
    }

    /// Whoever waits for a lock that a stopped thread has waits for ever.
    #[test]
    fn nothing_is_stopped_outside() {
        let lock = Arc::new(Mutex::new(0));
        let locked = Arc::clone(&lock);
        let take = move || {
            outside(|| {
                let mut count = locked.lock().unwrap();
                let kept = vec![0_u8; 2 * MIB];
                *count = kept.len();
                kept
            });
            let kept = outside(|| vec![0_u8; 2 * MIB]);
            drop(Box::new(kept.len()));
        };
        assert!(!ends(take), "it is stopped afterwards");
        assert_eq!(*lock.lock().unwrap(), 2 * MIB);
    }

    #[test]
    fn what_is_taken_within_a_budget_is_taken_from_the_one_around() {
        let take = || {
            let inner = AtomicBool::new(false);
            let first = within(4 * MIB, &inner, || vec![0_u8; MIB - 1000]);
            drop(vec![first; 1]);
        };
        assert!(ends(take));
        let take = || {
            let inner = AtomicBool::new(false);
            let first = within(4 * MIB, &inner, || vec![0_u8; MIB]);
            drop(vec![first; 1]);
        };
        assert!(!ends(take));
    }

    #[test]
    fn a_budget_ends_with_its_work() {
        let over = AtomicBool::new(false);
        within(MIB, &over, || ());
        drop(vec![0_u8; 2 * MIB]);
        let inner = AtomicBool::new(false);
        within(4 * MIB, &over, || {
            within(MIB, &inner, || ());
            drop(vec![0_u8; 2 * MIB]);
        });
        assert!(!over.load(Ordering::Acquire));
    }
}
