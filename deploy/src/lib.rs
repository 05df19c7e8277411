//! What the command `fata` does, as a library: the command line and the
//! whole-machine tests are written on it.
//!
//! * [`args`] reads the command line, [`main`](../src/fata/main.rs.html) acts.
//! * [`site`] makes a site into an [`image`], on the prebuilt [`unikernel`].
//! * [`up`] keeps it on the air: a [`guest`] is started, and [`probe`]d.
//! * [`suite`] tests everything, [`bench`](mod@bench) measures it.
pub mod args;
pub mod bench;
mod diagnostics;
pub mod guest;
pub mod image;
pub mod install;
pub mod limits;
pub mod probe;
pub mod site;
pub mod suite;
pub mod unikernel;
pub mod up;
pub mod workspace;
