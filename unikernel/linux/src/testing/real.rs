//! The Linux under the tests.
#![expect(
    unsafe_code,
    reason = "asks the real Linux what it would answer; tests only"
)]

use core::arch::asm;

use super::System;
use crate::errno::Errno;

/// The process that the tests run in.
pub(crate) struct Real;

impl System for Real {
    fn call(&mut self, number: u64, arguments: [u64; 6]) -> Result<i64, Errno> {
        let [a, b, c, d, e, f] = arguments;
        let answer: i64;
        // SAFETY: the tests make calls that touch only descriptors and the
        // buffers they pass, which live as long as the call.
        unsafe {
            asm!(
                "syscall",
                inlateout("rax") number => answer,
                in("rdi") a,
                in("rsi") b,
                in("rdx") c,
                in("r10") d,
                in("r8") e,
                in("r9") f,
                lateout("rcx") _,
                lateout("r11") _,
                options(nostack),
            );
        }
        match answer {
            -4095..=-1 => Err(Errno::from_number((-answer) as u16)),
            answer => Ok(answer),
        }
    }
}
