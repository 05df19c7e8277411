//! The command `fata`.
pub mod image;
