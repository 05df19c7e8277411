//! Monotonic and wall-clock time.
use core::time::Duration;

/// Time since boot. Never goes back.
pub fn monotonic() -> Duration {
    unimplemented!()
}

/// Time since the Unix epoch, from the platform.
pub fn wall() -> Duration {
    unimplemented!()
}
