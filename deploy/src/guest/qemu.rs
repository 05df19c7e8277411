//! The image in QEMU: which program, which command line.
//!
//! Two boards: `q35`, a PC with PCI and ACPI, and `microvm`, which has neither
//! and starts faster. Both load the image by its PVH note.

use std::fmt;
use std::fs::{self, OpenOptions};
use std::path::Path;
use std::process::Command;
use std::str::FromStr;

use super::{Hardware, Ports, Settings, guard};

/// The program.
pub const PROGRAM: &str = "qemu-system-x86_64";

/// A board of QEMU's.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Machine {
    /// A PC with PCI: the network device is `virtio-pci`.
    Q35,
    /// A board made for virtual machines: the device is `virtio-mmio`.
    Microvm,
}

impl FromStr for Machine {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        match text {
            "q35" => Ok(Self::Q35),
            "microvm" => Ok(Self::Microvm),
            _ => Err("expected `q35` or `microvm`".to_owned()),
        }
    }
}

/// Who executes the guest's instructions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accelerator {
    /// The CPU, supervised by Linux.
    Kvm,
    /// QEMU, translating them.
    Tcg,
}

impl Accelerator {
    /// KVM where it works, and if not, why.
    pub fn choose() -> (Self, Option<&'static str>) {
        let device = OpenOptions::new().read(true).write(true).open("/dev/kvm");
        let cpu = fs::read_to_string("/proc/cpuinfo").unwrap_or_default();
        let mut features = cpu.split_whitespace();
        if device.is_err() {
            (Self::Tcg, Some("/dev/kvm cannot be opened"))
        } else if !features.any(|word| word == "vmx" || word == "svm") {
            // The device may exist all the same: some hosts emulate the
            // guest's kernel, and stop at its first SSE instruction.
            let why = "/dev/kvm is there, but the CPU has neither vmx nor svm";
            (Self::Tcg, Some(why))
        } else {
            (Self::Kvm, None)
        }
    }
}

impl fmt::Display for Accelerator {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Kvm => "kvm",
            Self::Tcg => "tcg",
        })
    }
}

/// What a machine has beside CPU, memory and console. Less than everything is
/// for tests of how the image fails.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Devices {
    /// Everything the image needs.
    All,
    /// No network device.
    NoNetwork,
    /// Neither `RDRAND` and `RDSEED`, nor a `virtio-rng` device.
    NoEntropy,
}

/// The command that boots `image` with `ports` forwarded to it.
pub(super) fn command(
    settings: &Settings,
    hardware: &Hardware,
    image: &Path,
    ports: Ports,
) -> Command {
    let mut command = guard::command(&settings.guard, Path::new(PROGRAM));
    let cpu = match hardware.devices {
        Devices::NoEntropy => "max,-rdrand,-rdseed",
        Devices::All | Devices::NoNetwork => "max",
    };
    command
        .args(["-nodefaults", "-no-user-config", "-no-reboot"])
        .args(["-display", "none"])
        .args(["-accel", &hardware.accelerator.to_string()])
        .args(["-cpu", cpu])
        .args(["-m", &format!("{}M", hardware.memory_mib)])
        .args(["-chardev", "stdio,id=console,signal=off"])
        .args(["-serial", "chardev:console"])
        .args(["-device", "isa-debug-exit,iobase=0xf4,iosize=4"])
        .arg("-kernel")
        .arg(image)
        .arg("-append")
        .arg(kernel_command_line(settings, hardware, ports));
    match hardware.machine {
        Machine::Q35 => command.args(["-machine", "q35"]),
        Machine::Microvm => command
            .args(["-machine", "microvm,acpi=off,rtc=on"])
            .args(["-global", "virtio-mmio.force-legacy=false"]),
    };
    if hardware.devices != Devices::NoNetwork {
        command
            .args(["-netdev", &network(ports)])
            .args(["-device", network_device(hardware.machine)]);
    }
    command
}

/// The kernel's parameters, and after `--` the program's.
fn kernel_command_line(settings: &Settings, hardware: &Hardware, ports: Ports) -> String {
    let https = ports.https.to_string();
    let own = [&hardware.ip, "--", "--public-https-port", &https];
    let more = settings.arguments.iter().map(String::as_str);
    own.into_iter().chain(more).collect::<Vec<_>>().join(" ")
}

/// A network of the guest's own, behind which the host stands at 10.0.2.2, and
/// the ports of the host that lead into it.
fn network(ports: Ports) -> String {
    let Ports { https, http, dns } = ports;
    let mut network = "user,id=net".to_owned();
    for (transport, local, guest) in [
        ("tcp", https, 443),
        ("tcp", http, 80),
        ("tcp", dns, 53),
        ("udp", dns, 53),
    ] {
        let forward = format!(",hostfwd={transport}:127.0.0.1:{local}-:{guest}");
        network.push_str(&forward);
    }
    network
}

fn network_device(machine: Machine) -> &'static str {
    match machine {
        Machine::Q35 => "virtio-net-pci,netdev=net,disable-legacy=on",
        Machine::Microvm => "virtio-net-device,netdev=net",
    }
}
