//! The server: HTTPS and DNS for one site.
//!
//! An ordinary async Rust program on one thread. It knows nothing of where it
//! runs, as a process or as a machine of its own; `main.rs` ties the two.
//!
//! 1. [`arguments`]: what was typed
//! 2. [`site`]: the pack, opened; its zones go to [`dns`]
//! 3. [`certificate`]: read, or made
//! 4. [`server`]: the sockets, and the tasks that serve them
//!
//! [`listener`] accepts within the limits of [`admission`], [`https`] and
//! [`dns::serve`] hold the conversations, [`http`] and [`dns`] know the
//! answers. Every limit is in [`limits`].

pub mod admission;
pub mod arguments;
pub mod certificate;
pub mod dns;
pub mod http;
pub mod https;
pub mod limits;
pub mod listener;
pub mod patience;
pub mod server;
pub mod shutdown;
pub mod site;
