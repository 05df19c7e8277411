//! The command `fata`.
fn main() {
    println!("fata {}", env!("CARGO_PKG_VERSION"));
}
