//! `setsockopt(2)`, `getsockopt(2)`: `socket(7)`, `tcp(7)`, `ip(7)`, `ipv6(7)`.
//!
//! An option is honoured, or it is harmless (its effect is one that this
//! machine has anyway, or that nobody can see) and remembered, or it does not
//! exist: `ENOPROTOOPT`.

use alloc::collections::BTreeMap;
use core::time::Duration;

use crate::address::Family;
use crate::descriptor::Description;
use crate::errno::{Answer, Errno};
use crate::io::Direction;
use crate::kernel::Kernel;
use crate::object::Object;
use crate::platform::Platform;
use crate::socket::{SOCK_DGRAM, SOCK_STREAM};
use crate::{arena::Id, time, user};

const SOL_SOCKET: u32 = 1;
const IPPROTO_IP: u32 = 0;
pub(crate) const IPPROTO_TCP: u32 = 6;
pub(crate) const IPPROTO_UDP: u32 = 17;
const IPPROTO_IPV6: u32 = 41;

/// The options that have an effect, of level `SOL_SOCKET`.
const SO_TYPE: u32 = 3;
const SO_ERROR: u32 = 4;
const SO_LINGER: u32 = 13;
const SO_RCVTIMEO: u32 = 20;
const SO_SNDTIMEO: u32 = 21;
const SO_ACCEPTCONN: u32 = 30;
const SO_PROTOCOL: u32 = 38;
const SO_DOMAIN: u32 = 39;
/// Of level `IPPROTO_TCP`.
const TCP_NODELAY: u32 = 1;
/// Of level `IPPROTO_IP`.
const IP_PKTINFO: u32 = 8;
/// Of level `IPPROTO_IPV6`.
const IPV6_V6ONLY: u32 = 26;
const IPV6_RECVPKTINFO: u32 = 49;

/// Accepted without effect, with the value that a program reads which has not
/// set it. `SOL_SOCKET`: `REUSEADDR`, `DONTROUTE`, `BROADCAST`, `SNDBUF`,
/// `RCVBUF`, `KEEPALIVE`, `OOBINLINE`, `PRIORITY`, `REUSEPORT`, `RCVLOWAT`,
/// `TIMESTAMP`, `MARK`, `BUSY_POLL`, `INCOMING_CPU`.
const HARMLESS_SOCKET: &[(u32, u32)] = &[
    (2, 0),
    (5, 0),
    (6, 0),
    (7, 65536),
    (8, 65536),
    (9, 0),
    (10, 0),
    (12, 0),
    (15, 0),
    (18, 1),
    (29, 0),
    (36, 0),
    (46, 0),
    (49, 0),
];

/// `IPPROTO_TCP`: `MAXSEG`, `CORK`, `KEEPIDLE`, `KEEPINTVL`, `KEEPCNT`,
/// `SYNCNT`, `LINGER2`, `DEFER_ACCEPT`, `WINDOW_CLAMP`, `QUICKACK`,
/// `USER_TIMEOUT`, `FASTOPEN`, `NOTSENT_LOWAT`.
const HARMLESS_TCP: &[(u32, u32)] = &[
    (2, 1460),
    (3, 0),
    (4, 7200),
    (5, 75),
    (6, 9),
    (7, 6),
    (8, 60),
    (9, 0),
    (10, 0),
    (12, 1),
    (18, 0),
    (23, 0),
    (25, u32::MAX),
];

/// `IPPROTO_IP`: `TOS`, `TTL`, `MTU_DISCOVER`, `RECVERR`, `RECVTTL`,
/// `RECVTOS`, `FREEBIND`, `BIND_ADDRESS_NO_PORT`, `MULTICAST_TTL`,
/// `MULTICAST_LOOP`.
const HARMLESS_IP: &[(u32, u32)] = &[
    (1, 0),
    (2, 64),
    (10, 1),
    (11, 0),
    (12, 0),
    (13, 0),
    (15, 0),
    (24, 0),
    (33, 1),
    (34, 1),
];

/// `IPPROTO_IPV6`: `UNICAST_HOPS`, `MULTICAST_HOPS`, `MULTICAST_LOOP`,
/// `MTU_DISCOVER`, `RECVERR`, `RECVHOPLIMIT`, `DONTFRAG`, `RECVTCLASS`,
/// `TCLASS`.
const HARMLESS_IPV6: &[(u32, u32)] = &[
    (16, 64),
    (18, 1),
    (19, 1),
    (23, 1),
    (25, 0),
    (51, 0),
    (62, 0),
    (66, 0),
    (67, 0),
];

/// The options of a socket.
#[derive(Clone, Default)]
pub(crate) struct Options {
    /// `IPV6_V6ONLY`.
    pub(crate) only_v6: bool,
    /// `TCP_NODELAY`.
    pub(crate) no_delay: bool,
    /// `SO_LINGER`: what `close` waits for; zero means that it resets.
    pub(crate) linger: Option<Duration>,
    /// `IP_PKTINFO`.
    pub(crate) packet_info_v4: bool,
    /// `IPV6_RECVPKTINFO`.
    pub(crate) packet_info_v6: bool,
    receive_timeout: Option<Duration>,
    send_timeout: Option<Duration>,
    /// The harmless ones that were set.
    remembered: BTreeMap<(u32, u32), u32>,
}

impl Options {
    /// How long a call in this direction waits at most.
    pub(crate) fn timeout(&self, direction: Direction) -> Option<Duration> {
        match direction {
            Direction::Receive => self.receive_timeout,
            Direction::Send => self.send_timeout,
        }
    }

    /// What a program reads of a harmless option.
    fn remembered(&self, level: u32, name: u32) -> Result<u32, Errno> {
        let default = harmless(level, name)?;
        let value = self.remembered.get(&(level, name)).copied();
        Ok(value.unwrap_or(default))
    }

    /// Sets an option that is a number. What is not honoured is remembered.
    fn set_number(&mut self, level: u32, name: u32, value: u32) -> Result<(), Errno> {
        const SO_SNDBUF: u32 = 7;
        const SO_RCVBUF: u32 = 8;
        let is_on = value != 0;
        match (level, name) {
            (IPPROTO_TCP, TCP_NODELAY) => self.no_delay = is_on,
            (IPPROTO_IP, IP_PKTINFO) => self.packet_info_v4 = is_on,
            (IPPROTO_IPV6, IPV6_RECVPKTINFO) => self.packet_info_v6 = is_on,
            (IPPROTO_IPV6, IPV6_V6ONLY) => self.only_v6 = is_on,
            (SOL_SOCKET, SO_SNDBUF | SO_RCVBUF) => {
                // Linux doubles it, for its own needs, and shows the double.
                let doubled = value.saturating_mul(2).min(i32::MAX as u32);
                self.remembered.insert((level, name), doubled);
            }
            _ => {
                harmless(level, name)?;
                self.remembered.insert((level, name), value);
            }
        }
        Ok(())
    }
}

/// The value of a harmless option that was not set.
fn harmless(level: u32, name: u32) -> Result<u32, Errno> {
    let options = match level {
        SOL_SOCKET => HARMLESS_SOCKET,
        IPPROTO_TCP => HARMLESS_TCP,
        IPPROTO_IP => HARMLESS_IP,
        IPPROTO_IPV6 => HARMLESS_IPV6,
        _ => &[],
    };
    let found = options.iter().find(|(number, _)| *number == name);
    found.map(|(_, default)| *default).ok_or(Errno::ENOPROTOOPT)
}

impl<P: Platform> Kernel<P> {
    fn options(&mut self, id: Id<Description>) -> Result<&mut Options, Errno> {
        match &mut self.descriptions[id].object {
            Object::Tcp(tcp) => Ok(&mut tcp.options),
            Object::Udp(udp) => Ok(&mut udp.options),
            Object::Pair(_) => Err(Errno::ENOPROTOOPT),
            _ => Err(Errno::ENOTSOCK),
        }
    }

    /// Whether a socket of this kind has options of this level at all.
    fn has_level(&self, id: Id<Description>, level: u32) -> bool {
        let (family, is_tcp) = match &self.descriptions[id].object {
            Object::Tcp(tcp) => (tcp.family, true),
            Object::Udp(udp) => (udp.family, false),
            _ => return true,
        };
        match level {
            IPPROTO_TCP => is_tcp,
            IPPROTO_IPV6 => family == Family::V6,
            _ => true,
        }
    }

    /// `setsockopt(2)`.
    pub(crate) fn setsockopt(
        &mut self,
        fd: u64,
        level: u64,
        name: u64,
        address: u64,
        length: u64,
    ) -> Answer {
        let id = self.description(fd)?;
        let (level, name, length) = (level as u32, name as u32, length as i32);
        let has_level = self.has_level(id, level);
        let options = self.options(id)?;
        if !has_level {
            return Err(Errno::ENOPROTOOPT);
        }
        match (level, name) {
            (SOL_SOCKET, SO_RCVTIMEO | SO_SNDTIMEO) => {
                require(length, 16)?;
                let timeout = Some(time::load_timeval(address)?).filter(|time| !time.is_zero());
                match name {
                    SO_RCVTIMEO => options.receive_timeout = timeout,
                    _ => options.send_timeout = timeout,
                }
            }
            (SOL_SOCKET, SO_LINGER) => {
                require(length, 8)?;
                let is_on = user::load_u32(address)? != 0;
                let seconds = user::load_u32(address.wrapping_add(4))?;
                options.linger = is_on.then(|| Duration::from_secs(seconds.into()));
            }
            (SOL_SOCKET, SO_TYPE | SO_ERROR | SO_ACCEPTCONN | SO_PROTOCOL | SO_DOMAIN) => {
                return Err(Errno::ENOPROTOOPT);
            }
            _ => {
                // IP options are also taken as a single byte.
                let value = if level == IPPROTO_IP && (1..4).contains(&length) {
                    u32::from(user::load::<1>(address)?[0])
                } else {
                    require(length, 4)?;
                    user::load_u32(address)?
                };
                options.set_number(level, name, value)?;
                if (level, name) == (IPPROTO_TCP, TCP_NODELAY) {
                    self.apply_no_delay(id);
                }
            }
        }
        Ok(0)
    }

    /// `getsockopt(2)`.
    pub(crate) fn getsockopt(
        &mut self,
        fd: u64,
        level: u64,
        name: u64,
        address: u64,
        length: u64,
    ) -> Answer {
        let id = self.description(fd)?;
        let (level, name) = (level as u32, name as u32);
        let room = user::load_u32(length)? as i32;
        if room < 0 {
            return Err(Errno::EINVAL);
        }
        let mut bytes = [0; 16];
        let size = match (level, name) {
            (SOL_SOCKET, SO_RCVTIMEO | SO_SNDTIMEO) => {
                let options = self.options(id)?;
                let timeout = match name {
                    SO_RCVTIMEO => options.receive_timeout,
                    _ => options.send_timeout,
                };
                let timeout = timeout.unwrap_or_default();
                bytes[..8].copy_from_slice(&timeout.as_secs().to_le_bytes());
                let micros = u64::from(timeout.subsec_micros());
                bytes[8..].copy_from_slice(&micros.to_le_bytes());
                16
            }
            (SOL_SOCKET, SO_LINGER) => {
                let linger = self.options(id)?.linger;
                let seconds = linger.unwrap_or_default().as_secs() as u32;
                bytes[..4].copy_from_slice(&u32::from(linger.is_some()).to_le_bytes());
                bytes[4..8].copy_from_slice(&seconds.to_le_bytes());
                8
            }
            _ => {
                let value = self.number_option(id, level, name)?;
                bytes[..4].copy_from_slice(&value.to_le_bytes());
                4
            }
        };
        let size = size.min(room as usize);
        user::store(address, &bytes[..size])?;
        user::store(length, &(size as u32).to_le_bytes())?;
        Ok(0)
    }

    fn number_option(&mut self, id: Id<Description>, level: u32, name: u32) -> Result<u32, Errno> {
        const AF_UNIX: u32 = 1;
        if level == SOL_SOCKET {
            let (domain, kind, protocol, listens) = match &self.descriptions[id].object {
                Object::Tcp(tcp) => {
                    let domain = u32::from(tcp.family.number());
                    (domain, SOCK_STREAM, IPPROTO_TCP, tcp.is_listening())
                }
                Object::Udp(udp) => {
                    let domain = u32::from(udp.family.number());
                    (domain, SOCK_DGRAM, IPPROTO_UDP, false)
                }
                Object::Pair(_) => (AF_UNIX, SOCK_STREAM, 0, false),
                _ => return Err(Errno::ENOTSOCK),
            };
            match name {
                SO_TYPE => return Ok(kind),
                SO_ERROR => return Ok(self.take_error(id).map_or(0, Errno::number)),
                SO_ACCEPTCONN => return Ok(u32::from(listens)),
                SO_PROTOCOL => return Ok(protocol),
                SO_DOMAIN => return Ok(domain),
                _ => {}
            }
        }
        let has_level = self.has_level(id, level);
        let options = self.options(id)?;
        match (level, name) {
            _ if !has_level => Err(Errno::ENOPROTOOPT),
            (IPPROTO_TCP, TCP_NODELAY) => Ok(options.no_delay.into()),
            (IPPROTO_IP, IP_PKTINFO) => Ok(options.packet_info_v4.into()),
            (IPPROTO_IPV6, IPV6_RECVPKTINFO) => Ok(options.packet_info_v6.into()),
            (IPPROTO_IPV6, IPV6_V6ONLY) => Ok(options.only_v6.into()),
            _ => options.remembered(level, name),
        }
    }

    /// The error that waits on a socket; it waits no longer.
    fn take_error(&mut self, id: Id<Description>) -> Option<Errno> {
        match &mut self.descriptions[id].object {
            Object::Tcp(_) => self.take_tcp_error(id),
            Object::Udp(_) => self.take_udp_error(id),
            Object::Pair(pair) => pair.error.take(),
            _ => None,
        }
    }
}

fn require(length: i32, needed: i32) -> Result<(), Errno> {
    if length < needed {
        Err(Errno::EINVAL)
    } else {
        Ok(())
    }
}
