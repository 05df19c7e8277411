//! Asking a guest, as a visitor would: over HTTPS and DNS.

pub mod dns;
mod https;
mod tls;

pub use https::{Answer, Connection, Https};
pub use tls::pinned;
