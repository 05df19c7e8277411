//! Exclusive access to a global: a spin lock.

use core::cell::UnsafeCell;
use core::marker::PhantomData;
use core::ops::{Deref, DerefMut};
use core::sync::atomic::{AtomicBool, Ordering};

/// A value that one caller at a time may use.
///
/// A booted image has one CPU and no code is ever interrupted, so the lock is
/// free whenever it is asked for, unless the caller already holds it: a bug,
/// which would spin for ever and is therefore reported as a panic.
pub struct Lock<T> {
    held: AtomicBool,
    value: UnsafeCell<T>,
}

// SAFETY: `held` lets one caller at a time reach the value.
unsafe impl<T: Send> Sync for Lock<T> {}

/// Access to the value of a [`Lock`], given back when dropped.
pub struct Guard<'a, T> {
    lock: &'a Lock<T>,
    // Without it a guard could be shared between threads whose value may not.
    value: PhantomData<&'a mut T>,
}

impl<T> Lock<T> {
    /// A lock around `value`, not held.
    pub const fn new(value: T) -> Self {
        Self {
            held: AtomicBool::new(false),
            value: UnsafeCell::new(value),
        }
    }

    /// Waits for the value and takes it.
    pub fn lock(&self) -> Guard<'_, T> {
        loop {
            if let Some(guard) = self.try_lock() {
                return guard;
            }
            assert!(crate::life() == crate::Life::Run, "a lock was taken twice");
            core::hint::spin_loop();
        }
    }

    /// Takes the value if nobody has it.
    pub fn try_lock(&self) -> Option<Guard<'_, T>> {
        let was_held = self.held.swap(true, Ordering::Acquire);
        (!was_held).then_some(Guard {
            lock: self,
            value: PhantomData,
        })
    }
}

impl<T> Deref for Guard<'_, T> {
    type Target = T;
    fn deref(&self) -> &T {
        // SAFETY: the guard is proof that nobody else holds the lock.
        unsafe { &*self.lock.value.get() }
    }
}

impl<T> DerefMut for Guard<'_, T> {
    fn deref_mut(&mut self) -> &mut T {
        // SAFETY: the guard is proof that nobody else holds the lock.
        unsafe { &mut *self.lock.value.get() }
    }
}

impl<T> Drop for Guard<'_, T> {
    fn drop(&mut self) {
        self.lock.held.store(false, Ordering::Release);
    }
}
