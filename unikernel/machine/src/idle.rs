//! Waiting, with the CPU halted.
use core::time::Duration;

/// Halts until an interrupt arrives or `deadline` (on the monotonic clock) has
/// passed. `ready` is asked once after the timer has been armed and before the
/// CPU halts: what it sees is not missed. Spurious returns are allowed.
pub fn wait(deadline: Option<Duration>, ready: impl FnMut() -> bool) {
    let _ = (deadline, ready);
    unimplemented!()
}
