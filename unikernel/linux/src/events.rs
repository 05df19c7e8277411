//! What can happen to a descriptor, as bits: `poll(2)` and `epoll_ctl(2)`.
//! The low bits mean the same in both (`include/uapi/linux/eventpoll.h`).

/// There is something to read, or the end.
pub(crate) const IN: u32 = 0x001;
/// There is room to write.
pub(crate) const OUT: u32 = 0x004;
/// An error waits. Reported whether asked for or not.
pub(crate) const ERR: u32 = 0x008;
/// Both directions are over. Reported whether asked for or not.
pub(crate) const HUP: u32 = 0x010;
/// Not an open descriptor (`poll` only).
pub(crate) const NVAL: u32 = 0x020;
/// The same as [`IN`] for everything there is here.
pub(crate) const RDNORM: u32 = 0x040;
/// The same as [`OUT`] for everything there is here.
pub(crate) const WRNORM: u32 = 0x100;
/// Like [`WRNORM`], for sockets.
pub(crate) const WRBAND: u32 = 0x200;
/// The peer will send no more.
pub(crate) const RDHUP: u32 = 0x2000;

/// Not an event: of several waiting epolls, one is enough.
pub(crate) const EXCLUSIVE: u32 = 1 << 28;
/// Not an event: keeps a machine from going to sleep.
pub(crate) const WAKEUP: u32 = 1 << 29;
/// Not an event: report once, then be silent until `EPOLL_CTL_MOD`.
pub(crate) const ONESHOT: u32 = 1 << 30;
/// Not an event: report each thing that happens once.
pub(crate) const EDGE: u32 = 1 << 31;

/// The bits that are not events.
pub(crate) const FLAGS: u32 = EXCLUSIVE | WAKEUP | ONESHOT | EDGE;

/// Something to read.
pub(crate) const READABLE: u32 = IN | RDNORM;
/// Room to write.
pub(crate) const WRITABLE: u32 = OUT | WRNORM | WRBAND;
/// Everyone who waits should look.
pub(crate) const ANY: u32 = !FLAGS;
