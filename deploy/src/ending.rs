//! How `fata` ends when it is told to: at once, and nothing half-made is left.

use std::thread;

use anyhow::Result;
use signal_hook::consts::{SIGHUP, SIGINT, SIGTERM};
use signal_hook::iterator::Signals;
use signal_hook::low_level::emulate_default_handler;
use site_gen::Scratch;

/// What asks `fata` to end.
pub(crate) const SIGNALS: [i32; 3] = [SIGHUP, SIGINT, SIGTERM];

/// For commands that need not be told of a signal: one ends them as it ends any
/// program, but for what they would leave behind.
///
/// # Errors
///
/// When signals cannot be listened for.
pub fn leave_nothing_behind() -> Result<()> {
    let mut signals = Signals::new(SIGNALS)?;
    thread::spawn(move || {
        for signal in signals.forever() {
            Scratch::abandon_all();
            // It ends the process; a shell sees by what.
            _ = emulate_default_handler(signal);
        }
    });
    Ok(())
}

/// Ends `fata` in the middle of a build, with a status that says all is well:
/// nobody waits for it.
pub(crate) fn leave() -> ! {
    Scratch::abandon_all();
    std::process::exit(0);
}
