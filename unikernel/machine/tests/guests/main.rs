//! Whole machines: the example `guest` in QEMU, one case each.
//!
//! QEMU emulates the CPU (TCG), so that the tests run anywhere. Every guest ends
//! with an exit status: 0 when it was powered off, or that of `isa-debug-exit`,
//! which tells the `Failure`.

mod faults;
mod qemu;
mod time;

use std::path::Path;

use machine::power::Failure;
use qemu::{Guest, MACHINES, Machine};

#[test]
fn power_goes_off() {
    for machine in MACHINES {
        Guest::new(machine, "off").run().assert_ok();
    }
}

#[test]
fn a_failure_has_a_line_and_a_status() {
    let failures = [
        Failure::Program,
        Failure::Panic,
        Failure::Exception,
        Failure::Memory,
        Failure::Entropy,
        Failure::Network,
        Failure::Parameter,
        Failure::Platform,
    ];
    for (failure, machine) in failures.into_iter().zip(MACHINES.into_iter().cycle()) {
        let number = failure as u8;
        let ended = Guest::new(machine, &format!("fail {number}")).run();
        ended.assert_failed(number);
        ended.assert_said(&format!("fata: failing as {failure:?}\n"));
    }
}

#[test]
fn too_little_memory_is_said() {
    for machine in MACHINES {
        // Not even the image fits; then it does, but not much more.
        let ended = Guest::new(machine, "off").memory("3M").run();
        ended.assert_failed(Failure::Memory as u8);
        ended.assert_said("fata: too little memory");
        let ended = Guest::new(machine, "off").memory("13M").run();
        ended.assert_failed(Failure::Memory as u8);
        ended.assert_said("fata: too little memory: ");
        ended.assert_said("KiB are needed");
    }
}

#[test]
fn memory_above_4_gib_is_used() {
    for machine in MACHINES {
        Guest::new(machine, "high-memory")
            .memory("5G")
            .run()
            .assert_ok();
    }
}

#[test]
fn entropy_comes_from_the_cpu_or_not_at_all() {
    for machine in MACHINES {
        Guest::new(machine, "entropy").run().assert_ok();
    }
    let guest = Guest::new(Machine::Q35, "entropy");
    let ended = guest.cpu("max,-rdrand,-rdseed").run();
    ended.assert_failed(Failure::Entropy as u8);
}

#[test]
fn a_platform_without_what_is_needed_is_refused() {
    let guest = || Guest::new(Machine::Microvm, "off");
    let ended = guest().options(",pit=off").run();
    ended.assert_failed(Failure::Platform as u8);
    ended.assert_said("fata: no clock of known frequency: the CPU states none and there is no PIT");
    let ended = guest().options(",rtc=off").run();
    ended.assert_failed(Failure::Platform as u8);
    ended.assert_said("fata: no wall clock");
    let ended = guest().cpu("max,-xsave").run();
    ended.assert_failed(Failure::Platform as u8);
    ended.assert_said("fata: the CPU lacks XSAVE");
}

/// Without AVX, and without other things that the CPU may lack.
#[test]
fn other_cpus_do() {
    for cpu in [
        "qemu64,+xsave,+xsaveopt",
        "SandyBridge,-x2apic,-tsc-deadline",
        "max,-avx",
    ] {
        Guest::new(Machine::Q35, "waits").cpu(cpu).run().assert_ok();
    }
}

#[test]
fn system_calls_keep_all_registers() {
    for machine in MACHINES {
        Guest::new(machine, "registers").run().assert_ok();
    }
}

#[test]
fn pages_are_mapped_protected_and_unmapped() {
    for machine in MACHINES {
        Guest::new(machine, "program-memory").run().assert_ok();
    }
}

#[test]
fn nothing_is_writable_and_executable() {
    for machine in MACHINES {
        let ended = Guest::new(machine, "access").run();
        ended.assert_ok();
        assert!(
            ended.text.matches("segment 0x").count() >= 3,
            "{}",
            ended.text
        );
    }
}

#[test]
fn relocated_data_becomes_read_only() {
    for machine in MACHINES {
        let ended = Guest::new(machine, "relocated-data").run();
        ended.assert_failed(Failure::Exception as u8);
        ended.assert_said("page fault (vector 14, error code 0x3) at 0x");
    }
}

#[test]
fn memory_comes_back() {
    for machine in MACHINES {
        Guest::new(machine, "heap").run().assert_ok();
        Guest::new(machine, "stacks").run().assert_ok();
    }
}

/// FNV-1a, as the guest computes it.
fn hash(bytes: &[u8]) -> u64 {
    bytes.iter().fold(0xcbf2_9ce4_8422_2325, |hash, &byte| {
        (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3)
    })
}

#[test]
fn the_command_line_and_the_initrd_are_handed_over() {
    let line = "handover  ünïcode \"quoted\" -- --a=b,c 'd'  ";
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR"));
    for (machine, length) in MACHINES.into_iter().zip([1_000_003, 4096]) {
        let byte = |index: u64| (index.wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 33) as u8;
        let bytes: Vec<u8> = (0..length).map(byte).collect();
        let path = directory.join(format!("initrd-{machine:?}"));
        std::fs::write(&path, &bytes).expect("a file in the target directory");
        let ended = Guest::new(machine, line).initrd(&path).run();
        ended.assert_ok();
        ended.assert_said(&format!("command line {line:?}\n"));
        ended.assert_said(&format!("initrd {length} bytes {:016x}\n", hash(&bytes)));
    }
    let ended = Guest::new(Machine::Q35, "handover").run();
    ended.assert_ok();
    ended.assert_said("no initrd\n");
}

#[test]
fn interrupt_lines_that_do_not_exist_are_refused() {
    for machine in MACHINES {
        Guest::new(machine, "line 23").run().assert_ok();
        for line in [24, 48, 255, u32::MAX] {
            let ended = Guest::new(machine, &format!("line {line}")).run();
            ended.assert_failed(Failure::Parameter as u8);
            ended.assert_said(&format!("fata: there is no interrupt line {line}"));
        }
    }
}

#[test]
fn half_a_command_line_is_none() {
    for machine in MACHINES {
        let line = |length: usize| format!("off {}", "x".repeat(length - 4));
        Guest::new(machine, &line(4096)).run().assert_ok();
        let ended = Guest::new(machine, &line(4097)).run();
        ended.assert_failed(Failure::Parameter as u8);
        ended.assert_said("fata: the command line is longer than 4096 bytes");
    }
}
