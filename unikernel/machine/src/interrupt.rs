//! Interrupts: they end the wait of an idle CPU and do nothing else.

use crate::apic;

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
pub fn message() -> Message {
    const LOCAL_APIC: u64 = 0xfee0_0000;
    Message {
        address: LOCAL_APIC | u64::from(apic::id()) << 12,
        data: u32::from(apic::WAKE_VECTOR),
    }
}

/// Routes interrupt line `gsi` (global system interrupt), edge triggered, to
/// this CPU.
pub fn route(gsi: u32) {
    apic::route(gsi);
}
