//! What is known about a file: `fstat(2)`, `stat(2)`, `statx(2)`.

use crate::errno::{Answer, Errno};
use crate::file::{DIRECTORY, Node};
use crate::kernel::Kernel;
use crate::object::Object;
use crate::platform::Platform;
use crate::user;

/// The block size that programs are advised to read and write with.
const BLOCK: u32 = 4096;

/// The unit of `st_blocks`.
const SECTOR: u64 = 512;

const CHARACTER_DEVICE: u32 = 0o020000;
const FIFO: u32 = 0o010000;
const SOCKET: u32 = 0o140000;

/// What there is to say.
struct Facts {
    mode: u32,
    size: u64,
    modified: u32,
    /// Major and minor number of a device.
    device: (u32, u32),
}

impl Facts {
    fn special(mode: u32, device: (u32, u32)) -> Self {
        Self {
            mode,
            size: 0,
            modified: 0,
            device,
        }
    }

    fn of_node(node: Node) -> Self {
        match node {
            Node::File(file) => Self {
                mode: file.mode,
                size: file.content.len() as u64,
                modified: file.modified,
                device: (0, 0),
            },
            Node::Directory => Self::special(DIRECTORY | 0o755, (0, 0)),
            Node::Console => Self::special(CHARACTER_DEVICE | 0o600, (5, 1)),
            Node::Null => Self::special(CHARACTER_DEVICE | 0o666, (1, 3)),
            Node::Random => Self::special(CHARACTER_DEVICE | 0o666, (1, 9)),
        }
    }

    fn of_object(object: &Object) -> Self {
        match object {
            Object::Console => Self::of_node(Node::Console),
            Object::Null => Self::of_node(Node::Null),
            Object::Random => Self::of_node(Node::Random),
            Object::File(open) => Self::of_node(Node::File(open.file)),
            Object::PipeReader(_) | Object::PipeWriter(_) => Self::special(FIFO | 0o600, (0, 0)),
            Object::Pair(_) | Object::Tcp(_) | Object::Udp(_) => {
                Self::special(SOCKET | 0o777, (0, 0))
            }
            Object::Counter(_) | Object::Epoll(_) => Self::special(0o600, (0, 0)),
        }
    }

    /// `struct stat` of x86-64.
    fn to_stat(&self) -> [u8; 144] {
        let (major, minor) = self.device;
        let modified = u64::from(self.modified);
        let mut stat = [0; 144];
        let mut put = |offset: usize, bytes: &[u8]| {
            stat[offset..offset + bytes.len()].copy_from_slice(bytes);
        };
        put(8, &1_u64.to_le_bytes()); // st_ino
        put(16, &1_u64.to_le_bytes()); // st_nlink
        put(24, &self.mode.to_le_bytes());
        put(40, &u64::from(major << 8 | minor).to_le_bytes()); // st_rdev
        put(48, &self.size.to_le_bytes());
        put(56, &u64::from(BLOCK).to_le_bytes());
        put(64, &self.size.div_ceil(SECTOR).to_le_bytes());
        for time in [72, 88, 104] {
            put(time, &modified.to_le_bytes());
        }
        stat
    }

    /// `struct statx`.
    fn to_statx(&self) -> [u8; 256] {
        /// `STATX_BASIC_STATS`.
        const FILLED: u32 = 0x7ff;
        let (major, minor) = self.device;
        let modified = u64::from(self.modified);
        let mut statx = [0; 256];
        let mut put = |offset: usize, bytes: &[u8]| {
            statx[offset..offset + bytes.len()].copy_from_slice(bytes);
        };
        put(0, &FILLED.to_le_bytes());
        put(4, &BLOCK.to_le_bytes());
        put(16, &1_u32.to_le_bytes()); // stx_nlink
        put(28, &(self.mode as u16).to_le_bytes());
        put(32, &1_u64.to_le_bytes()); // stx_ino
        put(40, &self.size.to_le_bytes());
        put(48, &self.size.div_ceil(SECTOR).to_le_bytes());
        for time in [64, 96, 112] {
            put(time, &modified.to_le_bytes());
        }
        put(128, &major.to_le_bytes());
        put(132, &minor.to_le_bytes());
        statx
    }
}

impl<P: Platform> Kernel<P> {
    /// `fstat(2)`.
    pub(crate) fn fstat(&mut self, fd: u64, address: u64) -> Answer {
        let id = self.description(fd)?;
        let facts = Facts::of_object(&self.descriptions[id].object);
        user::store(address, &facts.to_stat())?;
        Ok(0)
    }

    /// `stat(2)`, `lstat(2)`: there are no links to follow.
    pub(crate) fn stat(&mut self, path: u64, address: u64) -> Answer {
        let node = self.files.find(&user::load_path(path)?)?;
        user::store(address, &Facts::of_node(node).to_stat())?;
        Ok(0)
    }

    /// `newfstatat(2)`.
    pub(crate) fn fstatat(&mut self, fd: u64, path: u64, address: u64, flags: u64) -> Answer {
        let facts = self.facts(fd, path, flags)?;
        user::store(address, &facts.to_stat())?;
        Ok(0)
    }

    /// `statx(2)`.
    pub(crate) fn statx(&mut self, fd: u64, path: u64, flags: u64, address: u64) -> Answer {
        let facts = self.facts(fd, path, flags)?;
        user::store(address, &facts.to_statx())?;
        Ok(0)
    }

    /// By path, or by descriptor when the path is empty and that is wanted.
    fn facts(&self, fd: u64, path: u64, flags: u64) -> Result<Facts, Errno> {
        const EMPTY_PATH: u32 = 0x1000;
        let by_descriptor = flags as u32 & EMPTY_PATH != 0;
        // Linux takes no path at all for an empty one.
        let path = match path {
            0 if by_descriptor => alloc::vec::Vec::new(),
            address => user::load_path(address)?,
        };
        if !path.is_empty() {
            return self.files.find(&path).map(Facts::of_node);
        }
        if !by_descriptor {
            return Err(Errno::ENOENT);
        }
        let id = self.description(fd)?;
        Ok(Facts::of_object(&self.descriptions[id].object))
    }
}
