//! What is in a file that is served and is no page: in memory, if a build made it; or
//! in a file of the site or its theme, from where it goes to the pack without ever
//! being in memory as a whole.
//!
//! Who looks into such a file reads it, and lets go of it. What that told is kept with
//! it ([`OnDisk`]): its hash, and what the header of a picture says. The next build has
//! the same one if the file's stamp is the same (`cache`), and does not read it.

use std::fmt;
use std::fs::File;
use std::io::{self, Read as _};
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};

use sha2::{Digest as _, Sha256, Sha384};
use site_pack::plan::{self, Digest};

use crate::diagnostic::Diagnostic;
use crate::diagnostic::Reason;
use crate::limits::{COPY_BYTES, MAX_STATIC_BYTES};
use crate::picture::Header;
use crate::source::{open_static, read_plain};

/// What is in a file.
#[derive(Clone, Debug)]
pub(crate) enum Body {
    Made(Arc<Vec<u8>>),
    OnDisk(Arc<OnDisk>),
}

/// A file that is served as it is, and what is known of it.
#[derive(Debug)]
pub(crate) struct OnDisk {
    /// Where it is, for the machine.
    path: PathBuf,
    /// Where it is, relative to the site.
    file: PathBuf,
    digest: Digest,
    length: u64,
    sha384: OnceLock<Vec<u8>>,
    header: OnceLock<Result<Option<Header>, Reason>>,
}

/// A file has changed since it was found: the next build finds it so.
#[derive(Debug)]
pub(crate) struct Changed(PathBuf);

impl From<Vec<u8>> for Body {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Made(Arc::new(bytes))
    }
}

impl Body {
    /// What is in it.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or is another than it was.
    pub(crate) fn read(&self) -> io::Result<Arc<Vec<u8>>> {
        match self {
            Self::Made(bytes) => Ok(Arc::clone(bytes)),
            Self::OnDisk(file) => Ok(Arc::new(file.read()?)),
        }
    }

    /// The same, told as what is wrong with a picture.
    pub(crate) fn read_picture(&self) -> Result<Arc<Vec<u8>>, Reason> {
        self.read().map_err(|error| Reason {
            message: format!("this picture cannot be read: {error}"),
            expected: "a file that stays as it is while the site is built".to_owned(),
        })
    }

    pub(crate) fn length(&self) -> u64 {
        match self {
            Self::Made(bytes) => bytes.len() as u64,
            Self::OnDisk(file) => file.length,
        }
    }

    /// The hash of it, SHA-256.
    pub(crate) fn digest(&self) -> Digest {
        match self {
            Self::Made(bytes) => plan::digest(bytes),
            Self::OnDisk(file) => file.digest,
        }
    }

    /// What browsers are usually told of it in `integrity`.
    ///
    /// # Errors
    ///
    /// When it has to be read, and cannot be.
    pub(crate) fn sha384(&self) -> io::Result<Vec<u8>> {
        let known = match self {
            Self::Made(_) => None,
            Self::OnDisk(file) => file.sha384.get(),
        };
        if let Some(known) = known {
            return Ok(known.clone());
        }
        let sum = Sha384::digest(&*self.read()?).to_vec();
        if let Self::OnDisk(file) = self {
            _ = file.sha384.set(sum.clone());
        }
        Ok(sum)
    }

    /// What it says as a picture that is served under a path.
    pub(crate) fn header(&self, path: &str) -> Result<Option<Header>, Reason> {
        let known = match self {
            Self::Made(_) => None,
            Self::OnDisk(file) => file.header.get(),
        };
        if let Some(known) = known {
            return known.clone();
        }
        let header = Header::read(path, &self.read_picture()?);
        if let Self::OnDisk(file) = self {
            _ = file.header.set(header.clone());
        }
        header
    }
}

impl OnDisk {
    /// A file of a site, which is read once for its hash.
    ///
    /// # Errors
    ///
    /// When it cannot be read, or is too long.
    pub(crate) fn find(site: &Path, file: &Path) -> Result<Self, Diagnostic> {
        let (digest, length) = open_static(site, file, |opened| walk(opened, |_, _| Ok(())))?;
        Ok(Self {
            path: site.join(file),
            file: file.to_owned(),
            digest,
            length,
            sha384: OnceLock::new(),
            header: OnceLock::new(),
        })
    }

    /// Whether it is in this site.
    pub(crate) fn is_in(&self, site: &Path) -> bool {
        self.path == site.join(&self.file)
    }

    pub(crate) fn digest(&self) -> &Digest {
        &self.digest
    }

    pub(crate) fn length(&self) -> u64 {
        self.length
    }

    /// Copies it to a place in another file. Bytes that are other ones than were found
    /// are not left there: the pack is not finished.
    ///
    /// # Errors
    ///
    /// When either cannot be done, or it has changed.
    pub(crate) fn copy_to(&self, to: &File, offset: u64) -> io::Result<()> {
        let from = File::open(&self.path)?;
        let found = walk(&from, |bytes, at| {
            // What grew must not be written over what stands behind it.
            match at + bytes.len() as u64 <= self.length {
                true => to.write_all_at(bytes, offset + at),
                false => Err(self.changed()),
            }
        })?;
        match found == (self.digest, self.length) {
            true => Ok(()),
            false => Err(self.changed()),
        }
    }

    pub(crate) fn read(&self) -> io::Result<Vec<u8>> {
        let bytes = read_plain(&self.path, MAX_STATIC_BYTES)?;
        match plan::digest(&bytes) == self.digest {
            true => Ok(bytes),
            false => Err(self.changed()),
        }
    }

    fn changed(&self) -> io::Error {
        io::Error::other(Changed(self.file.clone()))
    }
}

/// Reads a file from its beginning, so much at a time; gives its hash and its length.
fn walk(
    mut file: &File,
    mut act: impl FnMut(&[u8], u64) -> io::Result<()>,
) -> io::Result<(Digest, u64)> {
    let mut buffer = vec![0; COPY_BYTES];
    let (mut hash, mut at) = (Sha256::new(), 0);
    loop {
        let length = match file.read(&mut buffer) {
            Ok(length) => length,
            Err(error) if error.kind() == io::ErrorKind::Interrupted => continue,
            Err(error) => return Err(error),
        };
        if length == 0 {
            return Ok((hash.finalize().into(), at));
        }
        if at + length as u64 > MAX_STATIC_BYTES {
            return Err(io::ErrorKind::FileTooLarge.into());
        }
        hash.update(&buffer[..length]);
        act(&buffer[..length], at)?;
        at += length as u64;
    }
}

impl Changed {
    /// What is told if an error is this one.
    pub(crate) fn told(error: &io::Error) -> Option<Diagnostic> {
        let Self(file) = error.get_ref()?.downcast_ref()?;
        let fault = Diagnostic::new(file, "this file changed while the site was built");
        Some(fault.expected("one that stays as it is until then"))
    }
}

impl fmt::Display for Changed {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} changed while the site was built", self.0.display())
    }
}

impl std::error::Error for Changed {}

#[cfg(test)]
mod tests {
    use std::fs;

    use super::*;

    fn copied(file: &OnDisk) -> io::Result<Vec<u8>> {
        let mut to = tempfile::tempfile()?;
        file.copy_to(&to, 3)?;
        let mut bytes = Vec::new();
        io::Seek::rewind(&mut to)?;
        to.read_to_end(&mut bytes)?;
        Ok(bytes)
    }

    #[test]
    fn a_file_goes_elsewhere_as_it_was_found_or_not_at_all() {
        let site = tempfile::tempdir().unwrap();
        let write = |bytes: &[u8]| fs::write(site.path().join("a.bin"), bytes).unwrap();
        let long = vec![7; COPY_BYTES + 5];
        write(&long);
        let file = OnDisk::find(site.path(), Path::new("a.bin")).unwrap();
        assert_eq!(
            (file.length(), *file.digest()),
            (long.len() as u64, plan::digest(&long))
        );
        assert_eq!(copied(&file).unwrap(), [&[0; 3][..], &long].concat());
        assert_eq!(file.read().unwrap(), long);
        for other in [
            &long[1..],
            &[&long[..], b"x"].concat(),
            &vec![8; long.len()],
        ] {
            write(other);
            for error in [copied(&file).unwrap_err(), file.read().unwrap_err()] {
                let fault = Changed::told(&error).unwrap();
                assert_eq!(fault.file, Path::new("a.bin"));
            }
        }
        let fault = OnDisk::find(site.path(), Path::new("b.bin")).unwrap_err();
        assert!(fault.message.contains("cannot read"), "{fault}");
    }

    #[test]
    fn hashes_are_those_of_what_is_in_it() {
        let site = tempfile::tempdir().unwrap();
        fs::write(site.path().join("a.css"), b"a{}").unwrap();
        let found = OnDisk::find(site.path(), Path::new("a.css")).unwrap();
        let (made, found) = (Body::from(b"a{}".to_vec()), Body::OnDisk(Arc::new(found)));
        for _ in 0..2 {
            assert_eq!(made.sha384().unwrap(), found.sha384().unwrap());
            assert_eq!(made.digest(), found.digest());
        }
    }
}
