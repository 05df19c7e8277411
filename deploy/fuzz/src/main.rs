//! What the fuzzer runs: one target of [`deploy::fuzz`], again and again, with
//! whatever bytes lead to code that was not reached before.
//!
//! `cargo fata fuzz` builds it with what the fuzzer needs, and runs it.
#![cfg_attr(fuzzing, no_main)]

#[cfg(fuzzing)]
mod fuzzed {
    use std::sync::LazyLock;

    use deploy::fuzz::Target;

    static TARGET: LazyLock<Target> = LazyLock::new(Target::of_this_process);

    libfuzzer_sys::fuzz_target!(|bytes: &[u8]| TARGET.run(bytes));
}

#[cfg(not(fuzzing))]
fn main() {
    eprintln!("`cargo fata fuzz` builds this for the fuzzer, and runs it");
}
