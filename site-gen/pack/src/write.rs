//! Writes a pack in memory. See [`plan`](crate::plan) for where things go.

use alloc::borrow::ToOwned;
use alloc::collections::BTreeMap;
use alloc::string::String;
use alloc::vec::Vec;

use crate::error::WriteError;
use crate::plan::{Payload, Placed, Plan, digest};
use crate::{Caching, Encoding};

/// A file to be packed.
#[derive(Clone, Debug)]
pub struct NewFile {
    /// The value of `content-type`.
    pub content_type: String,
    /// How long a client may keep it.
    pub caching: Caching,
    /// The content.
    pub body: Vec<u8>,
    /// The content in other encodings, those that are worth keeping.
    pub encoded: Vec<(Encoding, Vec<u8>)>,
}

/// Collects files, redirects and parts, and makes a pack of them.
#[derive(Clone, Debug, Default)]
pub struct Builder {
    entries: BTreeMap<String, NewEntry>,
    parts: BTreeMap<String, Vec<u8>>,
}

#[derive(Clone, Debug)]
enum NewEntry {
    File(NewFile),
    Redirect(String),
}

impl Builder {
    /// An empty pack.
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds a file that is served under a path.
    ///
    /// # Errors
    ///
    /// Refuses a path that is taken.
    pub fn file(&mut self, path: &str, file: NewFile) -> Result<&mut Self, WriteError> {
        self.entry(path, NewEntry::File(file))
    }

    /// Adds a redirect from a path to another path or URL.
    ///
    /// # Errors
    ///
    /// Refuses a path that is taken.
    pub fn redirect(&mut self, from: &str, to: &str) -> Result<&mut Self, WriteError> {
        self.entry(from, NewEntry::Redirect(to.to_owned()))
    }

    /// Adds something that the server needs but does not serve.
    ///
    /// # Errors
    ///
    /// Refuses a name that is taken.
    pub fn part(&mut self, name: &str, bytes: Vec<u8>) -> Result<&mut Self, WriteError> {
        match self.parts.insert(name.to_owned(), bytes) {
            None => Ok(self),
            Some(_) => Err(WriteError::Twice(name.to_owned())),
        }
    }

    /// The pack.
    ///
    /// # Errors
    ///
    /// When it would break one of the [limits](crate::limits), or a path does
    /// not begin with `/`.
    pub fn finish(&self) -> Result<Vec<u8>, WriteError> {
        let mut pack = InMemory {
            plan: Plan::new(),
            bytes: Vec::new(),
        };
        for (path, entry) in &self.entries {
            match entry {
                NewEntry::Redirect(target) => pack.plan.redirect(path, target)?,
                NewEntry::File(file) => pack.file(path, file)?,
            }
        }
        for (name, bytes) in &self.parts {
            let payload = pack.payload(bytes);
            pack.plan.part(name, payload)?;
        }
        let tables = pack.plan.finish()?;
        pack.bytes.resize(tables.offset as usize, 0);
        pack.bytes.extend_from_slice(&tables.bytes);
        pack.bytes[..tables.header.len()].copy_from_slice(&tables.header);
        Ok(pack.bytes)
    }

    fn entry(&mut self, path: &str, entry: NewEntry) -> Result<&mut Self, WriteError> {
        match self.entries.insert(path.to_owned(), entry) {
            None => Ok(self),
            Some(_) => Err(WriteError::Twice(path.to_owned())),
        }
    }
}

struct InMemory {
    plan: Plan,
    bytes: Vec<u8>,
}

impl InMemory {
    fn file(&mut self, path: &str, file: &NewFile) -> Result<(), WriteError> {
        let body = self.payload(&file.body);
        let encoded: Vec<_> = file
            .encoded
            .iter()
            .map(|(encoding, bytes)| (*encoding, self.payload(bytes)))
            .collect();
        self.plan.file(
            path,
            file.content_type.clone(),
            file.caching,
            body,
            &encoded,
        )
    }

    fn payload(&mut self, bytes: &[u8]) -> Payload {
        let (payload, placed) = self.plan.payload(digest(bytes), bytes.len());
        if placed == Placed::New {
            self.bytes.resize(payload.offset() as usize, 0);
            self.bytes.extend_from_slice(bytes);
        }
        payload
    }
}
