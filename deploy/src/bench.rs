//! `fata bench`: the figures. It measures and prints, and judges nothing.
//!
//! [`generator`] is the site generator beside others. The rest is of the image:
//! each figure is taken in each of its lives, as a process, and booted on each
//! board. What is emulated is slow, and a busy host makes it slower: figures of
//! one run can be compared with each other, and with nothing else.

mod copy;
mod edit;
mod figure;
pub mod generator;
mod load;
mod memory;

use std::path::{Path, PathBuf};
use std::time::Instant;

use anyhow::{Context as _, Result};
use serde_json::{Map, Value};

use crate::guest::{Accelerator, Exit, Guest, Hardware, Life, Machine, Observer, Ports, Settings};
use crate::install::{self, QEMU};
use crate::limits::{DEFAULT_MEMORY_MIB, READY_TIMEOUT, STOP_PATIENCE};
use crate::report::Format;
use crate::site::{Built, Compression, Site};
use figure::{Figure, Figures, Unit};

/// What to measure, and how to print it.
#[derive(Debug)]
pub struct Options {
    /// Of the site generator.
    pub generator: Option<generator::Options>,
    /// Of the image of this site.
    pub image: Option<Site>,
    /// As a table, or for programs.
    pub format: Format,
}

/// Measures, and prints.
///
/// # Errors
///
/// When something cannot be built, started or measured.
pub fn run(options: &Options) -> Result<()> {
    let mut all = Map::new();
    let mut print = |table: String, name: &str, json: Value| match options.format {
        Format::Text => print!("{table}"),
        Format::Json => _ = all.insert(name.to_owned(), json),
    };
    // The generator first: its children begin with the memory of this process.
    if let Some(generator) = &options.generator {
        if let Some(directory) = &generator.keep {
            return generator::write(generator, directory);
        }
        let report = generator::run(generator)?;
        print(report.table(), "generator", report.json());
    }
    if let Some(site) = &options.image {
        let figures = image(site)?;
        print(figures.table(), "image", figures.json());
    }
    if options.format == Format::Json {
        println!("{}", Value::Object(all));
    }
    Ok(())
}

/// All figures of the image.
fn image(site: &Site) -> Result<Figures> {
    let built = site.build(&site.options(Compression::Full))?;
    let directory = tempfile::tempdir()?;
    let image = built.write_image(directory.path())?;
    let mut figures = Figures::default();
    let without_content = built.image.len() - built.site.pack_length() as usize;
    figures.add(
        "all",
        Figure::new("image without content", without_content as f64, Unit::Bytes),
    );
    let (accelerator, _) = Accelerator::choose();
    for (name, life) in lives(accelerator)? {
        eprintln!("fata: measuring {name}");
        for figure in measure(site, &built, &image, &life)? {
            figures.add(&name, figure);
        }
    }
    Ok(figures)
}

/// The lives that can be had here, by name.
fn lives(accelerator: Accelerator) -> Result<Vec<(String, Life)>> {
    let mut lives = vec![("process".to_owned(), Life::Process)];
    match install::ensure(QEMU) {
        Ok(()) => {
            for (name, machine) in [("q35", Machine::Q35), ("microvm", Machine::Microvm)] {
                let hardware = Hardware::new(machine, accelerator, DEFAULT_MEMORY_MIB);
                lives.push((format!("{name}-{accelerator}"), Life::Boot(hardware)));
            }
        }
        Err(missing) => eprintln!(
            "fata: {} is missing, nothing is booted; this installs it:\n    {}",
            QEMU.name,
            missing.command()
        ),
    }
    Ok(lives)
}

/// All figures of one life.
fn measure(site: &Site, built: &Built, image: &Path, life: &Life) -> Result<Vec<Figure>> {
    let domain = &built.site.domain;
    let settings = settings(life.clone())?;
    let started = Instant::now();
    let (guest, ready) =
        Guest::start_ready(image, &settings, domain, READY_TIMEOUT, || Box::new(Silent))?;
    let console = guest.console();
    let listening = match life {
        Life::Boot(_) => console.boot_time(),
        Life::Process => console.listened().map(|at| at - started),
    };
    let listening = listening.context("the guest did not say when it was up")?;
    let requests = load::requests_per_second(&guest, domain, ready.fingerprint)?;
    let handshakes = load::handshakes_per_second(&guest, domain, ready.fingerprint)?;
    let resident = memory::peak_resident_mib(guest.pid())?;
    guest.stop(STOP_PATIENCE);
    drop(guest);
    let memory = match life {
        Life::Boot(hardware) => {
            let smallest = memory::smallest_that_serves(image, &settings, hardware, domain)?;
            Figure::new(
                "smallest memory that serves",
                f64::from(smallest),
                Unit::Mebibytes,
            )
        }
        Life::Process => Figure::new("most memory resident under load", resident, Unit::Mebibytes),
    };
    let edit = edit::to_served(site, life, domain)?;
    Ok(vec![
        Figure::seconds("entry to listening", listening),
        Figure::seconds("start to first HTTPS byte", ready.first_byte),
        memory,
        Figure::seconds("edit to served", edit),
        Figure::new("requests", requests, Unit::PerSecond),
        Figure::new("handshakes", handshakes, Unit::PerSecond),
    ])
}

fn settings(life: Life) -> Result<Settings> {
    Ok(Settings {
        guard: own_program()?,
        ports: Ports::ANY,
        life,
        arguments: Vec::new(),
    })
}

fn own_program() -> Result<PathBuf> {
    std::env::current_exe().context("cannot find my own program")
}

/// Nobody looks at the console.
struct Silent;

impl Observer for Silent {
    fn line(&mut self, _: &str) {}
    fn exited(&mut self, _: Exit) {}
}
