//! The walk over all buses: bus 0, and those that bridges lead to.
//!
//! PCI Local Bus Specification 3.0, 6.2.1; PCI-to-PCI Bridge Architecture
//! Specification 1.2, 3.2.5.4. A port access is an exit to the monitor, so
//! looking at all 256 buses would take longer than the rest of the boot.

use super::{Access, Function, identity};

/// Offset of the register whose third byte is the header type.
const HEADER: u8 = 0x0c;
const HEADER_TYPE_BRIDGE: u8 = 1;
const HEADER_MULTIPLE_FUNCTIONS: u8 = 1 << 7;
/// Offset of a bridge's bus numbers: primary, secondary, subordinate, timer.
const BRIDGE_BUSES: u8 = 0x18;

const DEVICES: u8 = 32;
const FUNCTIONS: u8 = 8;

/// An iterator over the functions that answer. Each bus is looked at once,
/// whatever the bridges say.
pub(super) struct Walk<A> {
    access: A,
    next: Option<Function>,
    known: Buses,
    waiting: Buses,
}

impl<A: Access> Walk<A> {
    pub(super) fn new(access: A) -> Self {
        let mut known = Buses([0; 4]);
        known.insert(0);
        let next = Some(Function {
            bus: 0,
            device: 0,
            function: 0,
        });
        Self {
            access,
            next,
            known,
            waiting: Buses([0; 4]),
        }
    }

    /// The place to look at after `function`, whose header type is given if it
    /// answered.
    fn after(&mut self, function: Function, header_type: Option<u8>) -> Option<Function> {
        let Function {
            bus,
            device,
            function,
        } = function;
        let several = |header_type| header_type & HEADER_MULTIPLE_FUNCTIONS != 0;
        let more = function > 0 || header_type.is_some_and(several);
        if more && function + 1 < FUNCTIONS {
            return Some(Function {
                bus,
                device,
                function: function + 1,
            });
        }
        if device + 1 < DEVICES {
            return Some(Function {
                bus,
                device: device + 1,
                function: 0,
            });
        }
        let bus = self.waiting.take_first()?;
        Some(Function {
            bus,
            device: 0,
            function: 0,
        })
    }

    fn note_bridge(&mut self, bridge: Function) {
        let secondary = (self.access.read(bridge, BRIDGE_BUSES) >> 8) as u8;
        if self.known.insert(secondary) {
            self.waiting.insert(secondary);
        }
    }
}

impl<A: Access> Iterator for Walk<A> {
    type Item = Function;

    fn next(&mut self) -> Option<Function> {
        while let Some(function) = self.next {
            if identity(&self.access, function).is_none() {
                self.next = self.after(function, None);
                continue;
            }
            let header_type = (self.access.read(function, HEADER) >> 16) as u8;
            if header_type & !HEADER_MULTIPLE_FUNCTIONS == HEADER_TYPE_BRIDGE {
                self.note_bridge(function);
            }
            self.next = self.after(function, Some(header_type));
            return Some(function);
        }
        None
    }
}

/// A set of bus numbers.
struct Buses([u64; 4]);

impl Buses {
    /// False when it was already there.
    fn insert(&mut self, bus: u8) -> bool {
        let word = &mut self.0[usize::from(bus / 64)];
        let bit = 1 << (bus % 64);
        let new = *word & bit == 0;
        *word |= bit;
        new
    }

    fn take_first(&mut self) -> Option<u8> {
        let index = self.0.iter().position(|&word| word != 0)?;
        let bit = self.0[index].trailing_zeros();
        self.0[index] &= !(1 << bit);
        Some((index as u32 * 64 + bit) as u8)
    }
}

#[cfg(test)]
mod tests {
    extern crate std;
    use super::*;
    use crate::pci::fake::Fake;
    use std::string::{String, ToString};
    use std::vec::Vec;

    fn names(fake: &Fake) -> Vec<String> {
        Walk::new(fake)
            .map(|function| function.to_string())
            .collect()
    }

    #[test]
    fn an_empty_bus_ends() {
        assert!(names(&Fake::new()).is_empty());
    }

    #[test]
    fn functions_of_devices_with_several_are_found() {
        let mut fake = Fake::new();
        fake.add(0, 0, 0);
        fake.add(0, 1, 3); // Device 1 has no function 0: it does not exist.
        fake.add(0, 31, 0)[0x0e] = HEADER_MULTIPLE_FUNCTIONS;
        fake.add(0, 31, 2);
        fake.add(0, 31, 7);
        assert_eq!(names(&fake), ["00:00.0", "00:1f.0", "00:1f.2", "00:1f.7"]);
    }

    #[test]
    fn bridges_lead_to_buses_and_never_in_circles() {
        let mut fake = Fake::new();
        let bridge = fake.add(0, 2, 0);
        bridge[0x0e] = HEADER_TYPE_BRIDGE;
        bridge[0x19] = 200;
        let back = fake.add(200, 0, 0);
        back[0x0e] = HEADER_TYPE_BRIDGE;
        back[0x19] = 0;
        let own = fake.add(200, 1, 0);
        own[0x0e] = HEADER_TYPE_BRIDGE;
        own[0x19] = 200;
        fake.add(200, 3, 0);
        fake.add(7, 0, 0);
        assert_eq!(names(&fake), ["00:02.0", "c8:00.0", "c8:01.0", "c8:03.0"]);
    }
}
