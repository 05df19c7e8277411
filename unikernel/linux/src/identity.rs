//! Who and where the program is: identifiers, limits, the name and the size of
//! the system. There is one process, with one thread, and it is root.

use crate::errno::{Answer, Errno};
use crate::kernel::Kernel;
use crate::limits;
use crate::platform::Platform;
use crate::user;

/// The number of the process, and of its thread.
pub(crate) const PROCESS: i64 = 1;

/// `struct utsname`: six fields.
const NAME_FIELD: usize = 65;

/// What `uname` says. The release is what a C library compares with the oldest
/// kernel that it works with.
const NAMES: [&str; 6] = ["Linux", "fata", "6.12.0", "#1 Fata", "x86_64", "(none)"];

const UNLIMITED: u64 = u64::MAX;

impl<P: Platform> Kernel<P> {
    /// `uname(2)`.
    pub(crate) fn uname(&mut self, address: u64) -> Answer {
        let mut fields = [0; 6 * NAME_FIELD];
        for (field, name) in fields.chunks_exact_mut(NAME_FIELD).zip(NAMES) {
            field[..name.len()].copy_from_slice(name.as_bytes());
        }
        user::store(address, &fields)?;
        Ok(0)
    }

    /// `sched_getaffinity(2)`: one CPU, number 0.
    pub(crate) fn sched_getaffinity(&mut self, thread: u64, size: u64, mask: u64) -> Answer {
        let thread = i64::from(thread as i32);
        if thread != 0 && thread != PROCESS {
            return Err(Errno::ESRCH);
        }
        if size < 8 || !size.is_multiple_of(8) {
            return Err(Errno::EINVAL);
        }
        user::store(mask, &1_u64.to_le_bytes())?;
        Ok(8)
    }

    /// `getcwd(2)`: the root, with its end.
    pub(crate) fn getcwd(&mut self, address: u64, size: u64) -> Answer {
        if size < 2 {
            return Err(Errno::ERANGE);
        }
        user::store(address, b"/\0")?;
        Ok(2)
    }

    /// `prlimit64(2)`: what there is; it cannot be changed, which is not an
    /// error as long as nobody asks for more.
    pub(crate) fn prlimit(&mut self, process: u64, resource: u64, new: u64, old: u64) -> Answer {
        let process = i64::from(process as i32);
        if process != 0 && process != PROCESS {
            return Err(Errno::ESRCH);
        }
        let limit = limit_of(resource)?;
        if new != 0 && user::load_u64(new)? > limit {
            return Err(Errno::EPERM);
        }
        if old != 0 {
            store_limit(old, limit)?;
        }
        Ok(0)
    }

    /// `getrlimit(2)`.
    pub(crate) fn getrlimit(&mut self, resource: u64, address: u64) -> Answer {
        store_limit(address, limit_of(resource)?)?;
        Ok(0)
    }

    /// `getrusage(2)`: nothing is accounted for, except time.
    pub(crate) fn getrusage(&mut self, address: u64) -> Answer {
        let time = self.platform.monotonic();
        let mut usage = [0; 144];
        usage[..8].copy_from_slice(&time.as_secs().to_le_bytes());
        usage[8..16].copy_from_slice(&u64::from(time.subsec_micros()).to_le_bytes());
        user::store(address, &usage)?;
        Ok(0)
    }

    /// `sysinfo(2)`: the uptime, one process, and memory in units of a byte.
    pub(crate) fn sysinfo(&mut self, address: u64) -> Answer {
        let mut info = [0; 112];
        info[..8].copy_from_slice(&self.platform.monotonic().as_secs().to_le_bytes());
        let (total, free) = self.platform.memory();
        info[32..40].copy_from_slice(&total.to_le_bytes());
        info[40..48].copy_from_slice(&free.to_le_bytes());
        info[80..82].copy_from_slice(&1_u16.to_le_bytes());
        info[104..108].copy_from_slice(&1_u32.to_le_bytes());
        user::store(address, &info)?;
        Ok(0)
    }

    /// `prctl(2)`: a name may be given to the thread; nobody will ask for it.
    pub(crate) fn prctl(&mut self, option: u64) -> Answer {
        const PR_SET_NAME: u32 = 15;
        match option as u32 {
            PR_SET_NAME => Ok(0),
            _ => Err(Errno::EINVAL),
        }
    }

    /// `arch_prctl(2)`: the thread pointer.
    pub(crate) fn arch_prctl(&mut self, code: u64, address: u64) -> Answer {
        const ARCH_SET_FS: u32 = 0x1002;
        match code as u32 {
            ARCH_SET_FS => {
                let is_set = self.platform.set_thread_pointer(address as usize);
                if is_set { Ok(0) } else { Err(Errno::EPERM) }
            }
            _ => Err(Errno::EINVAL),
        }
    }
}

fn limit_of(resource: u64) -> Result<u64, Errno> {
    const CORE: u32 = 4;
    const STACK: u32 = 3;
    const PROCESSES: u32 = 6;
    const FILES: u32 = 7;
    const LAST: u32 = 15;
    match resource as u32 {
        STACK => Ok(limits::STACK as u64),
        CORE => Ok(0),
        PROCESSES => Ok(1),
        FILES => Ok(limits::DESCRIPTORS as u64),
        0..=LAST => Ok(UNLIMITED),
        _ => Err(Errno::EINVAL),
    }
}

fn store_limit(address: u64, limit: u64) -> Result<(), Errno> {
    let mut both = [0; 16];
    both[..8].copy_from_slice(&limit.to_le_bytes());
    both[8..].copy_from_slice(&limit.to_le_bytes());
    user::store(address, &both)
}
