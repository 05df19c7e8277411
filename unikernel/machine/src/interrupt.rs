//! Interrupts: they end the wait of an idle CPU and do nothing else.

/// Where a message-signalled interrupt is to be written, and what.
#[derive(Clone, Copy, Debug)]
pub struct Message {
    /// Address of the local APIC.
    pub address: u64,
    /// The vector, edge triggered, fixed delivery.
    pub data: u32,
}

/// The message that wakes this CPU. Devices may share it: handlers only end
/// the wait.
pub fn message() -> Message {
    unimplemented!()
}

/// Routes interrupt line `gsi` (global system interrupt), edge triggered, to
/// this CPU.
pub fn route(gsi: u32) {
    let _ = gsi;
    unimplemented!()
}
