//! Interrupts: they end the wait of an idle CPU and do nothing else.

use crate::{Life, apic, life};

/// Where a message-signalled interrupt is to be written, and what.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Address of the local APIC.
    pub address: u64,
    /// The vector, edge triggered, fixed delivery.
    pub data: u32,
}

/// The message that wakes this CPU. Devices may share it: handlers only end
/// the wait. Intel SDM volume 3, 10.11.
///
/// # Panics
/// In a process.
pub fn message() -> Message {
    assert!(life() == Life::Boot, "a process has no interrupts");
    const LOCAL_APIC: u64 = 0xfee0_0000;
    Message {
        address: LOCAL_APIC | u64::from(apic::id()) << 12,
        data: u32::from(apic::WAKE_VECTOR),
    }
}

/// Interrupts this CPU: ends the wait that it is in or, as nothing else is ever
/// interrupted, the next one.
///
/// # Panics
/// In a process.
pub fn wake() {
    assert!(life() == Life::Boot, "a process has no interrupts");
    apic::interrupt_self();
}

/// Routes interrupt line `gsi` (global system interrupt), edge triggered, to
/// this CPU. A line that does not exist ends the machine: it was a boot
/// parameter that said so.
///
/// # Panics
/// In a process.
pub fn route(gsi: u32) {
    assert!(life() == Life::Boot, "a process has no interrupts");
    apic::route(gsi);
}
