//! Files: those of the initrd, read-only, and the few devices that programs
//! expect. `open(2)`, `readlink(2)`, `lseek(2)`, `pread(2)`, `access(2)`.

use alloc::collections::BTreeMap;
use alloc::vec::Vec;

use crate::cpio;
use crate::descriptor::{ACCESS_MODE, CLOEXEC, NONBLOCK, READ_ONLY};
use crate::errno::{Answer, Errno};
use crate::kernel::Kernel;
use crate::limits;
use crate::object::Object;
use crate::platform::Platform;
use crate::user::{self, UserSlice};

/// What `/proc/self/exe` points to. There is no such file: nobody may read the
/// image through the file system.
pub(crate) const EXECUTABLE: &str = "/fata";

/// The type bits of `st_mode`, and two of the types.
pub(crate) const TYPE: u32 = 0o170000;
pub(crate) const DIRECTORY: u32 = 0o040000;
pub(crate) const REGULAR: u32 = 0o100000;

/// A file of the initrd.
#[derive(Clone, Copy)]
pub(crate) struct File {
    pub(crate) mode: u32,
    pub(crate) modified: u32,
    pub(crate) content: &'static [u8],
}

/// The files, by path, without the slash in front.
pub(crate) struct Files {
    by_path: BTreeMap<Vec<u8>, File>,
}

/// What a path names.
#[derive(Clone, Copy)]
pub(crate) enum Node {
    File(File),
    Directory,
    Console,
    Null,
    Random,
}

/// An open file of the initrd, and where the next read begins.
pub(crate) struct OpenFile {
    pub(crate) file: File,
    offset: usize,
}

impl Files {
    pub(crate) const fn new() -> Self {
        Self {
            by_path: BTreeMap::new(),
        }
    }

    /// The files of an initrd.
    pub(crate) fn load(archive: &'static [u8]) -> Result<Self, cpio::Error> {
        let mut files = Self::new();
        for entry in cpio::entries(archive).take(limits::FILES) {
            let entry = entry?;
            let file = File {
                mode: entry.mode,
                modified: entry.modified,
                content: entry.content,
            };
            files.by_path.insert(normal(entry.name), file);
        }
        Ok(files)
    }

    /// What is there at `path`, if anything is.
    pub(crate) fn find(&self, path: &[u8]) -> Result<Node, Errno> {
        let path = normal(path);
        match path.as_slice() {
            b"" | b"dev" | b"proc" => return Ok(Node::Directory),
            b"dev/console" | b"dev/tty" => return Ok(Node::Console),
            b"dev/null" => return Ok(Node::Null),
            b"dev/random" | b"dev/urandom" => return Ok(Node::Random),
            _ => {}
        }
        if let Some(file) = self.by_path.get(&path) {
            return match file.mode & TYPE {
                REGULAR => Ok(Node::File(*file)),
                DIRECTORY => Ok(Node::Directory),
                _ => Err(Errno::EACCES),
            };
        }
        // A directory that the archive does not mention by itself.
        let mut prefix = path;
        prefix.push(b'/');
        let below = self.by_path.range(prefix.clone()..).next();
        match below {
            Some((path, _)) if path.starts_with(&prefix) => Ok(Node::Directory),
            _ => Err(Errno::ENOENT),
        }
    }
}

/// The path from the root, which is also the working directory: no slash in
/// front, no empty part, no `.` and no `..`.
fn normal(path: &[u8]) -> Vec<u8> {
    let mut parts = Vec::new();
    for part in path.split(|&byte| byte == b'/') {
        match part {
            b"" | b"." => {}
            b".." => drop(parts.pop()),
            part => parts.push(part),
        }
    }
    parts.join(&b'/')
}

impl OpenFile {
    pub(crate) fn read(&mut self, buffer: &mut [u8]) -> usize {
        let length = self.read_at(self.offset, buffer);
        self.offset += length;
        length
    }

    fn read_at(&self, offset: usize, buffer: &mut [u8]) -> usize {
        let rest = self.file.content.get(offset..).unwrap_or_default();
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        length
    }
}

impl<P: Platform> Kernel<P> {
    /// `openat(2)`: the directory does not matter, since there is no
    /// descriptor of one.
    pub(crate) fn open_path(&mut self, path: u64, flags: u64) -> Answer {
        const CREATE: u32 = 0o100;
        const EXCLUSIVE: u32 = 0o200;
        const TRUNCATE: u32 = 0o1000;
        const DIRECTORY: u32 = 0o200000;

        let flags = flags as u32;
        let path = user::load_path(path)?;
        if path.is_empty() {
            return Err(Errno::ENOENT);
        }
        let node = match self.files.find(&path) {
            Err(Errno::ENOENT) if flags & CREATE != 0 => return Err(Errno::EROFS),
            Ok(_) if flags & (CREATE | EXCLUSIVE) == CREATE | EXCLUSIVE => {
                return Err(Errno::EEXIST);
            }
            node => node?,
        };
        let changes = flags & ACCESS_MODE != READ_ONLY || flags & TRUNCATE != 0;
        let object = match node {
            Node::Directory => return Err(Errno::EISDIR),
            _ if flags & DIRECTORY != 0 => return Err(Errno::ENOTDIR),
            Node::File(_) if changes => return Err(Errno::EROFS),
            Node::File(file) => Object::File(OpenFile { file, offset: 0 }),
            Node::Console => Object::Console,
            Node::Null => Object::Null,
            Node::Random => Object::Random,
        };
        let kept = flags & (ACCESS_MODE | NONBLOCK | CLOEXEC);
        Ok(self.open(object, kept)? as i64)
    }

    /// `readlink(2)`: there is one link.
    pub(crate) fn readlink(&mut self, path: u64, buffer: u64, size: u64) -> Answer {
        let path = normal(&user::load_path(path)?);
        if path != b"proc/self/exe" {
            self.files.find(&path)?;
            return Err(Errno::EINVAL);
        }
        if size as i32 <= 0 {
            return Err(Errno::EINVAL);
        }
        let length = EXECUTABLE.len().min(size as usize);
        user::store(buffer, &EXECUTABLE.as_bytes()[..length])?;
        Ok(length as i64)
    }

    /// `access(2)`: everybody may read, nobody may write.
    pub(crate) fn access(&mut self, path: u64, mode: u64) -> Answer {
        const WRITE: u64 = 2;
        match self.files.find(&user::load_path(path)?)? {
            Node::File(_) | Node::Directory if mode & WRITE != 0 => Err(Errno::EROFS),
            _ => Ok(0),
        }
    }

    /// `lseek(2)`.
    pub(crate) fn lseek(&mut self, fd: u64, offset: u64, whence: u64) -> Answer {
        const SET: u32 = 0;
        const CURRENT: u32 = 1;
        const END: u32 = 2;

        let id = self.description(fd)?;
        if whence as u32 > END {
            return Err(Errno::EINVAL);
        }
        let file = match &mut self.descriptions[id].object {
            Object::File(file) => file,
            Object::Null | Object::Random => return Ok(0),
            _ => return Err(Errno::ESPIPE),
        };
        let from = match whence as u32 {
            SET => 0,
            CURRENT => file.offset as i64,
            _ => file.file.content.len() as i64,
        };
        let target = from.checked_add(offset as i64).ok_or(Errno::EINVAL)?;
        file.offset = usize::try_from(target).map_err(|_| Errno::EINVAL)?;
        Ok(target)
    }

    /// `pread64(2)`.
    pub(crate) fn pread(&mut self, fd: u64, buffer: u64, length: u64, offset: u64) -> Answer {
        let id = self.description(fd)?;
        let mut buffer = UserSlice::new(buffer, length);
        let Object::File(file) = &self.descriptions[id].object else {
            return Err(Errno::ESPIPE);
        };
        let offset = usize::try_from(offset as i64).map_err(|_| Errno::EINVAL)?;
        Ok(file.read_at(offset, buffer.bytes_mut()?) as i64)
    }
}
