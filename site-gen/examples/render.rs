//! Renders a site into a directory, to look at:
//! `cargo run -p site-gen --example render -- SITE_DIR OUT_DIR`.

use std::env;
use std::path::Path;
use std::process::ExitCode;
use std::time::Instant;

use site_gen::{Compression, Options};

fn main() -> ExitCode {
    let arguments: Vec<String> = env::args().skip(1).collect();
    let [site, out] = arguments.as_slice() else {
        eprintln!("usage: render SITE_DIR OUT_DIR");
        return ExitCode::from(2);
    };
    let start = Instant::now();
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let built = match site_gen::build(Path::new(site), &options) {
        Ok(built) => built,
        Err(faults) => {
            for fault in &faults {
                eprintln!("{fault}");
            }
            eprintln!("{} faults; nothing was written", faults.len());
            return ExitCode::FAILURE;
        }
    };
    if let Err(error) = built.write_site(Path::new(out)) {
        eprintln!("cannot write {out}: {error}");
        return ExitCode::FAILURE;
    }
    println!(
        "{} files, {} redirects, {:?}",
        built.files.len(),
        built.redirects.len(),
        start.elapsed()
    );
    ExitCode::SUCCESS
}
