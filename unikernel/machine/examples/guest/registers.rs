//! A system call keeps every register: see `registers.s`.

use std::arch::global_asm;
use std::hint::black_box;

global_asm!(include_str!("registers.s"));

/// Answered by [`answer`].
pub(crate) const CALL: u64 = 1000;
/// Answered by [`answer_by_signal`].
pub(crate) const SIGNAL_CALL: u64 = 1001;
const SIGNAL: i32 = 15;

/// Registers in the order of their numbers, but rsp; flags; the red zone.
#[repr(C)]
#[derive(Clone, Debug, PartialEq)]
struct State {
    /// rax, rbx, rcx, rdx, rsi, rdi, rbp, rsp, r8 to r15.
    general: [u64; 16],
    flags: u64,
    red_zone: [u64; 16],
    vector: [[u64; 4]; 16],
}

const RAX: usize = 0;
const RCX: usize = 2;
const RSP: usize = 7;
const R11: usize = 11;
/// rdi, rsi, rdx, r10, r8, r9.
const ARGUMENTS: [usize; 6] = [5, 4, 3, 10, 8, 9];

unsafe extern "C" {
    fn guest_probe(before: *const State, after: *mut State);
    fn guest_handler(signal: i32, information: *mut u8, context: *mut u8);
    #[link_name = "guest_signal"]
    static mut LAST_SIGNAL: [i32; 2];
}

/// Uses what a kernel uses: memory functions, formatting, floating point.
fn disturb(arguments: &[u64; 6]) {
    let text = format!("{arguments:x?} {:?}", black_box(1.5_f64) * 3.0);
    let copy = black_box(text.clone().into_bytes());
    assert_eq!(black_box(&copy[..]), text.as_bytes());
    let long = black_box(vec![7_u8; 3000]);
    assert_eq!(
        long.iter().map(|&byte| u64::from(byte)).sum::<u64>(),
        21_000
    );
    let floats: Vec<f32> = (0..100).map(|number| black_box(number) as f32).collect();
    assert!(floats.iter().sum::<f32>() > 4949.0);
}

/// The sum of the arguments.
pub(crate) fn answer(arguments: &[u64; 6]) -> i64 {
    disturb(arguments);
    arguments
        .iter()
        .fold(0, |sum: u64, &next| sum.wrapping_add(next)) as i64
}

/// The same, by way of a signal handler.
pub(crate) fn answer_by_signal(arguments: &[u64; 6]) -> i64 {
    disturb(arguments);
    machine::program::call_handler(guest_handler as *const () as usize, SIGNAL);
    answer(arguments)
}

/// Makes system calls with random registers and compares.
pub(crate) fn survive_system_calls() {
    assert!(
        is_x86_feature_detected!("avx2"),
        "a CPU with AVX2 is needed"
    );
    for (round, call) in [CALL, SIGNAL_CALL].repeat(40).into_iter().enumerate() {
        let before = random_state(call);
        let mut after = before.clone();
        // SAFETY: both are as `registers.s` expects.
        unsafe { guest_probe(&raw const before, &raw mut after) };
        let sum = ARGUMENTS.iter().fold(0, |sum: u64, &place| {
            sum.wrapping_add(before.general[place])
        });
        assert_eq!(after.general[RAX], sum, "the arguments of call {round}");
        assert_eq!(after.general[RSP], 0, "the stack pointer moved");
        let mut expected = before.clone();
        // Not stored, or by definition another.
        for place in [RAX, RCX, RSP, R11] {
            expected.general[place] = after.general[place];
        }
        assert_eq!(after.general, expected.general, "general, call {round}");
        assert_eq!(after.red_zone, expected.red_zone, "red zone, call {round}");
        assert_eq!(after.flags, expected.flags, "flags, call {round}");
        assert_eq!(after.vector, expected.vector, "vector, call {round}");
    }
    // SAFETY: nobody writes it any more.
    let signal = unsafe { LAST_SIGNAL };
    assert_eq!(signal, [SIGNAL; 2], "number, and number in siginfo_t");
}

fn random_state(call: u64) -> State {
    /// Carry, parity, adjust, zero, sign, direction, overflow, alignment check;
    /// and bit 1, which is always set.
    const FLAGS: u64 = 0x1 | 0x4 | 0x10 | 0x40 | 0x80 | 0x400 | 0x800 | 0x4_0000;
    const ALWAYS: u64 = 2;
    let mut bytes = [0_u8; size_of::<State>()];
    machine::entropy::fill(&mut bytes);
    let mut words = bytes
        .as_chunks::<8>()
        .0
        .iter()
        .map(|chunk| u64::from_le_bytes(*chunk));
    let mut next = || words.next().expect("as many as there are");
    let mut general = [0; 16].map(|_: u64| next());
    general[RAX] = call;
    general[RSP] = 0;
    State {
        general,
        flags: next() & FLAGS | ALWAYS,
        red_zone: [0; 16].map(|_: u64| next()),
        vector: [[0; 4]; 16].map(|row| row.map(|_: u64| next())),
    }
}
