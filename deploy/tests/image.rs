//! A segment is attached to a real program of this workspace's linker.

#![expect(clippy::unwrap_used, reason = "a test")]

use std::fs::Permissions;
use std::os::unix::fs::PermissionsExt as _;
use std::process::Command;

use attachment::Attachment;
use attachment::write::segment;
use deploy::image::{Elf, Error, symbols};
use object::LittleEndian;
use object::elf::{FileHeader64, PT_LOAD, PT_PHDR};
use object::read::elf::{FileHeader as _, ProgramHeader as _};

const LE: LittleEndian = LittleEndian;
const PROGRAM: &str = env!("CARGO_BIN_EXE_fata");

fn attached() -> Vec<u8> {
    let program = std::fs::read(PROGRAM).unwrap();
    let elf = Elf::parse(&program).unwrap();
    elf.attach(&segment(&symbols(&elf).unwrap(), b"the site"))
        .unwrap()
}

#[test]
fn the_program_still_runs() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("program");
    std::fs::write(&path, attached()).unwrap();
    std::fs::set_permissions(&path, Permissions::from_mode(0o755)).unwrap();
    let output = Command::new(path).arg("--version").output().unwrap();
    assert!(output.status.success(), "{output:?}");
    assert!(output.stdout.starts_with(b"fata "), "{output:?}");
}

#[test]
fn the_segment_is_the_last_one_and_names_functions() {
    let image = attached();
    let header = FileHeader64::<LittleEndian>::parse(&image[..]).unwrap();
    let segments = header.program_headers(LE, &image[..]).unwrap();
    assert!(segments.iter().all(|s| s.p_type(LE) != PT_PHDR));
    let loads: Vec<_> = segments
        .iter()
        .filter(|s| s.p_type(LE) == PT_LOAD)
        .collect();
    for pair in loads.windows(2) {
        assert!(pair[0].p_vaddr(LE) + pair[0].p_memsz(LE) <= pair[1].p_vaddr(LE));
    }
    let last = loads.last().unwrap();
    assert_eq!(last.p_vaddr(LE) % 4096, 0);
    assert_eq!(last.p_paddr(LE), last.p_vaddr(LE));
    let bytes = last.data(LE, &image[..]).unwrap();
    let attachment = Attachment::parse(bytes).unwrap();
    assert_eq!(attachment.pack(), b"the site");
    let (name, offset) = attachment.symbol(header.e_entry(LE)).unwrap();
    assert_eq!((name, offset), ("_start", 0));
    assert_eq!(header.e_shnum(LE), 0);
}

#[test]
fn the_same_program_and_site_give_the_same_image() {
    assert!(attached() == attached());
}

#[test]
fn a_program_that_cannot_boot_is_refused() {
    let program = std::fs::read(PROGRAM).unwrap();
    let error = deploy::image::assemble(&program, b"").unwrap_err();
    assert_eq!(error, Error::NoBootNote);
    assert!(matches!(Elf::parse(b"#!/bin/sh"), Err(Error::Damaged(_))));
    let truncated = &program[..program.len() / 3];
    assert!(
        Elf::parse(truncated)
            .and_then(|elf| elf.attach(b""))
            .is_err()
    );
}
