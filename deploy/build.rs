//! Tells `fata` which compiler it was built with.
//!
//! The unikernel is built with the same one. When the toolchain is updated,
//! cargo rebuilds `fata`, the version in it changes, and with it the stamp that
//! says whether the prebuilt unikernel is stale: so `fata` need not run the
//! compiler to ask.

use std::process::Command;

fn main() {
    let compiler = std::env::var_os("RUSTC").expect("cargo names the compiler");
    let output = Command::new(compiler)
        .arg("-vV")
        .output()
        .expect("the compiler runs");
    let version = String::from_utf8_lossy(&output.stdout).replace('\n', "; ");
    println!("cargo::rerun-if-changed=build.rs");
    println!("cargo::rustc-env=FATA_COMPILER={version}");
}
