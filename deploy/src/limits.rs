//! How long `fata` waits, and how much it takes in.

use std::time::Duration;

/// How long a guest may take to answer its first requests. Generous: it may
/// be emulated on a machine that is busy with other things.
pub const READY_TIMEOUT: Duration = Duration::from_secs(60);

/// How long one probe of a guest that says it listens may take.
pub const PROBE_TIMEOUT: Duration = Duration::from_secs(5);

/// How long to wait before a failed probe is tried again.
pub const PROBE_PAUSE: Duration = Duration::from_millis(20);

/// How long a guest that was asked to power off may take before it is killed.
pub const STOP_PATIENCE: Duration = Duration::from_secs(3);

/// The same when a new image waits for its ports: visitors of an edit loop are
/// its author.
pub const RELOAD_PATIENCE: Duration = Duration::from_millis(300);

/// How long the files must have been left alone before an edit is built.
/// Editors write in several steps.
pub const EDIT_SETTLED: Duration = Duration::from_millis(25);

/// The longest line of a console that is shown whole, in bytes.
pub const CONSOLE_LINE: usize = 4096;

/// How many of the last lines of a console are kept for messages.
pub const CONSOLE_HISTORY: usize = 200;

/// The most bytes of an HTTP response head, and of its body.
pub const RESPONSE_HEAD: usize = 64 * 1024;
/// See [`RESPONSE_HEAD`].
pub const RESPONSE_BODY: usize = 64 * 1024 * 1024;

/// The largest DNS answer taken over UDP: what the query offers (RFC 6891).
pub const DNS_ANSWER: usize = 1232;

/// The memory of a guest when none was asked for, in MiB.
pub const DEFAULT_MEMORY_MIB: u32 = 64;

/// How often a guest is started anew when a port that was free a moment ago is
/// taken.
pub const PORT_ATTEMPTS: u32 = 5;

const _: () = assert!(PROBE_TIMEOUT.as_millis() < READY_TIMEOUT.as_millis());
const _: () = assert!(RELOAD_PATIENCE.as_millis() < STOP_PATIENCE.as_millis());
