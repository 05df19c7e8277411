//! How a machine ends: as it was asked to, or for a reason that it names.

use std::time::{Duration, Instant};

use deploy::guest::{Devices, Exit, Failure, Guest, Life, Settings};
use deploy::limits::STOP_PATIENCE;

use crate::harness::{Lived, Running, fixture, settings, start};

/// How long a machine that cannot work may take to say so, the monitor's start
/// included.
const PROMPTLY: Duration = Duration::from_secs(15);

pub(crate) fn powers_off_cleanly(life: Lived) {
    let running = Running::start(life);
    let asked = Instant::now();
    assert_eq!(running.guest.stop(STOP_PATIENCE), Exit::Clean);
    assert!(asked.elapsed() < STOP_PATIENCE);
}

pub(crate) fn too_little_memory(life: Lived) {
    fails(life, Failure::Memory, "memory", |settings| {
        hardware(settings).memory_mib = 8;
    });
}

pub(crate) fn no_network_device(life: Lived) {
    fails(life, Failure::Network, "network", |settings| {
        hardware(settings).devices = Devices::NoNetwork;
    });
}

pub(crate) fn no_entropy(life: Lived) {
    fails(life, Failure::Entropy, "entropy", |settings| {
        hardware(settings).devices = Devices::NoEntropy;
    });
}

pub(crate) fn bad_boot_parameter(life: Lived) {
    fails(life, Failure::Parameter, "boot parameter ip:", |settings| {
        hardware(settings).ip = "ip=not-an-address".to_owned();
    });
}

pub(crate) fn bad_program_argument(life: Lived) {
    fails(life, Failure::Program, "--no-such-option", |settings| {
        settings.arguments.push("--no-such-option".to_owned());
    });
}

fn hardware(settings: &mut Settings) -> &mut deploy::guest::Hardware {
    match &mut settings.life {
        Life::Boot(hardware) => hardware,
        Life::Process => panic!("a process has no hardware of its own"),
    }
}

/// Starts a machine that lacks something: it says so in one line and powers
/// off with a status of its own.
fn fails(life: Lived, expected: Failure, word: &str, spoil: impl FnOnce(&mut Settings)) {
    let mut settings = settings(life);
    spoil(&mut settings);
    let guest: Guest = start(&fixture().image, &settings);
    let exit = guest.wait_exit(PROMPTLY);
    assert_eq!(exit, Some(Exit::Failed(expected)));
    let console = guest.console();
    let saying: Vec<_> = console.lines().filter(|line| line.contains(word)).collect();
    assert_eq!(saying.len(), 1, "{:?}", console.lines().collect::<Vec<_>>());
}
