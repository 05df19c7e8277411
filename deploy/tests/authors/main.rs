//! The commands for authors, as authors use them: a site is begun, written,
//! served, checked and built by the real `fata`.
#![expect(clippy::unwrap_used, reason = "tests")]

mod begin;
mod checking;
mod client;
mod harness;
mod searching;
mod serving;
mod writing;
