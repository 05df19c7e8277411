//! The server, started in the test's own process and asked by real clients.
//!
//! Where a test waits for a limit in time it pauses tokio's clock: the clock
//! then jumps to the next timer whenever nothing else is left to do.
#![expect(clippy::unwrap_used, reason = "a test may fail")]

mod dns;
mod hostile;
mod support;
mod web;
