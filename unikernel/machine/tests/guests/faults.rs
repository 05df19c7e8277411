//! Guests that do what must not be done, each expected to end in the right way.

use machine::power::Failure;

use crate::qemu::{Ended, Guest, MACHINES, Machine};

fn exception(what: &str, said: &[&str]) {
    for machine in MACHINES {
        let ended = Guest::new(machine, &format!("fault {what}")).run();
        ended.assert_failed(Failure::Exception as u8);
        for text in said {
            ended.assert_said(text);
        }
        ended.assert_said("\n  rip ");
        ended.assert_said("backtrace, innermost call first:\n  0x0000");
        assert_eq!(ended.text.matches("fata: ").count(), 1, "{}", ended.text);
    }
}

#[test]
fn text_is_not_writable() {
    exception(
        "write-text",
        &["page fault (vector 14, error code 0x3)", "write at 0x"],
    );
}

#[test]
fn constants_are_not_writable() {
    exception("write-read-only", &["error code 0x3", "write at 0x"]);
}

#[test]
fn data_is_not_executable() {
    exception("execute-data", &["error code 0x11", "execution at 0x"]);
}

#[test]
fn stacks_are_not_executable() {
    exception("execute-stack", &["error code 0x11", "execution at 0x"]);
}

#[test]
fn the_heap_is_not_executable() {
    exception("execute-heap", &["error code 0x11", "execution at 0x"]);
}

#[test]
fn page_zero_is_not_there() {
    exception("read-page-zero", &["read at 0xff8 (a null pointer)"]);
    exception("write-null", &["write at 0x0 (a null pointer)"]);
    exception("execute-null", &["execution at 0x0 (a null pointer)"]);
}

#[test]
fn what_is_not_mapped_is_not_there() {
    exception(
        "read-nowhere",
        &["page fault (vector 14)", "read at 0x5ffffffff000\n"],
    );
    exception(
        "read-not-canonical",
        &["general protection fault (vector 13)"],
    );
}

#[test]
fn a_stack_that_overflows_is_named() {
    let guard = "(the guard page of a stack: stack overflow)";
    exception("overflow", &[guard, "more times)"]);
    exception("overflow-allocated", &[guard, "more times)"]);
}

#[test]
fn every_exception_has_a_name() {
    exception("divide", &["exception: division by zero (vector 0) at 0x"]);
    exception(
        "invalid",
        &["exception: invalid instruction (vector 6) at 0x"],
    );
    exception("breakpoint", &["exception: breakpoint (vector 3) at 0x"]);
    exception(
        "reserved",
        &["exception: reserved exception (vector 22) at 0x"],
    );
    exception(
        "not-maskable",
        &["exception: non-maskable interrupt (vector 2)"],
    );
}

/// The report survives whatever state the CPU is in.
#[test]
fn broken_stacks_and_frames_are_reported() {
    exception(
        "no-stack",
        &["write at 0x8 (a null pointer)", "rsp 0000000000000010"],
    );
    exception("bad-frame", &["rbp 7fffffffffffffff"]);
    exception("high-frame", &["rbp fffffffffffffff8"]);
    exception("circular-frame", &["invalid instruction"]);
}

/// Whether one of the addresses of the backtrace is in the function at `start`.
fn has_call_in(ended: &Ended, start: u64) -> bool {
    let backtrace = ended.text.split("innermost call first:").nth(1);
    backtrace
        .expect("a backtrace")
        .lines()
        .filter_map(|line| line.trim().strip_prefix("0x"))
        .filter_map(|line| u64::from_str_radix(line.split(' ').next()?, 16).ok())
        .any(|address| (start..start + 0x200).contains(&address))
}

#[test]
fn a_panic_says_what_and_where_and_by_which_calls() {
    for machine in MACHINES {
        let ended = Guest::new(machine, "panic").run();
        ended.assert_failed(Failure::Panic as u8);
        ended.assert_said("fata: panicked at unikernel/machine/examples/guest/faults.rs:");
        ended.assert_said("the answer is 42");
        let function = ended.text.split("panic() is at 0x").nth(1);
        let function = function.and_then(|text| text.lines().next());
        let start = u64::from_str_radix(function.expect("an address"), 16).expect("hexadecimal");
        assert!(has_call_in(&ended, start), "{}", ended.text);
    }
}

#[test]
fn a_panic_while_one_is_reported_ends_it() {
    for machine in MACHINES {
        let ended = Guest::new(machine, "panic-in-report").run();
        ended.assert_failed(Failure::Panic as u8);
        ended.assert_said("fata: the first panic: ");
        let ended = Guest::new(machine, "panic-in-message").run();
        ended.assert_failed(Failure::Panic as u8);
    }
}

#[test]
fn a_lock_taken_twice_is_a_panic() {
    let ended = Guest::new(Machine::Q35, "lock-twice").run();
    ended.assert_failed(Failure::Panic as u8);
    ended.assert_said("a lock was taken twice");
}
