//! The command line, as scripts use it: `fata` is started, read and signalled.
//!
//! The guests run as processes; what is tested here is `fata`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod building;
mod harness;
mod up;
