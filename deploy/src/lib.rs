//! What the command `fata` does, as a library: the command line and the
//! whole-machine tests are written on it.
//!
//! * [`args`] reads the command line, [`main`](../src/fata/main.rs.html) acts;
//!   [`report`] says what came of it, to people or to programs.
//! * [`new`] begins sites and pages, [`serve`](mod@serve) shows them while they
//!   are written, [`check`](mod@check) says what is wrong with them.
//! * [`site`] makes a site into an [`image`], on the prebuilt [`unikernel`];
//!   [`build`](mod@build) writes it.
//! * [`up`] keeps it on the air: a [`guest`] is started, and [`probe`]d.
//! * [`import`](mod@import) makes other generators' sites into ours.
//! * [`suite`] tests everything, [`bench`](mod@bench) measures it,
//!   [`fuzz`](mod@fuzz) looks for what breaks it.
pub mod args;
pub mod bench;
pub mod build;
pub mod check;
pub mod diagnostics;
pub mod ending;
pub mod fuzz;
pub mod guest;
pub mod image;
pub mod import;
pub mod install;
pub mod limits;
pub mod new;
mod output;
pub mod probe;
mod progress;
pub mod report;
pub mod serve;
pub mod site;
pub mod suite;
pub mod unikernel;
pub mod up;
mod watch;
pub mod workers;
pub mod workspace;
