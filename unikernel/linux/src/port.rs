//! Ports that nobody chose.

use alloc::collections::BTreeSet;

use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::platform::Platform;

impl<P: Platform> Kernel<P> {
    /// A port that no other TCP socket of the program has (RFC 6335 section 6:
    /// the dynamic ones), at random, as Linux picks them.
    pub(crate) fn free_port(&mut self) -> Result<u16, Errno> {
        const FIRST: u16 = 49152;
        const COUNT: u16 = u16::MAX - FIRST + 1;

        let taken: BTreeSet<u16> = self.tcp_ports().collect();
        let mut random = [0; 2];
        self.platform.entropy(&mut random);
        let start = u16::from_le_bytes(random) % COUNT;
        (0..COUNT)
            .map(|step| FIRST + (start + step) % COUNT)
            .find(|port| !taken.contains(port))
            .ok_or(Errno::EADDRINUSE)
    }

    fn tcp_ports(&self) -> impl Iterator<Item = u16> {
        self.descriptions.iter().filter_map(|description| {
            let Object::Tcp(tcp) = &description.object else {
                return None;
            };
            Some(tcp.local(&self.stack)?.port())
        })
    }
}
