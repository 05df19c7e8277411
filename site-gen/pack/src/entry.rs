//! What a path leads to: a file with its variants, or a redirect.

use crate::layout::{CACHING_IMMUTABLE, EntryRecord, KIND_REDIRECT};

/// What is served under a path.
#[derive(Clone, Copy, Debug)]
pub enum Entry<'a> {
    /// A file.
    File(File<'a>),
    /// A redirect, to this path or URL.
    Redirect(&'a str),
}

impl<'a> Entry<'a> {
    pub(crate) fn read(bytes: &'a [u8], record: EntryRecord) -> Self {
        if record.kind == KIND_REDIRECT {
            Self::Redirect(record.about.text(bytes))
        } else {
            Self::File(File { bytes, record })
        }
    }
}

/// A file, and what an HTTP server says about it.
#[derive(Clone, Copy, Debug)]
pub struct File<'a> {
    bytes: &'a [u8],
    record: EntryRecord,
}

impl<'a> File<'a> {
    /// The value of `content-type`.
    pub fn content_type(&self) -> &'a str {
        self.record.about.text(self.bytes)
    }

    /// The hash of the body in hexadecimal, without quotes: what a strong
    /// entity tag is made of (RFC 9110 §8.8.3). Each encoding needs a tag of
    /// its own, so the server adds a suffix to it.
    pub fn etag(&self) -> &'a str {
        self.record.etag.text(self.bytes)
    }

    /// How long a client may keep it.
    pub fn caching(&self) -> Caching {
        if self.record.caching == CACHING_IMMUTABLE {
            Caching::Immutable
        } else {
            Caching::Revalidate
        }
    }

    /// The content as it is, without any encoding.
    pub fn body(&self) -> &'a [u8] {
        self.record.body.of(self.bytes).unwrap_or_default()
    }

    /// The content in an encoding; none if that would not have been smaller.
    pub fn encoded(&self, encoding: Encoding) -> Option<&'a [u8]> {
        let [brotli, zstd, gzip] = self.record.encoded;
        let span = match encoding {
            Encoding::Brotli => brotli,
            Encoding::Zstd => zstd,
            Encoding::Gzip => gzip,
        };
        if span.is_absent() {
            None
        } else {
            span.of(self.bytes)
        }
    }
}

/// An encoding a file may also be present in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Encoding {
    /// `br`, RFC 7932.
    Brotli,
    /// `zstd`, RFC 8878.
    Zstd,
    /// `gzip`, RFC 1952.
    Gzip,
}

impl Encoding {
    /// All of them; the order is that of preference.
    pub const ALL: [Self; 3] = [Self::Brotli, Self::Zstd, Self::Gzip];

    /// Its name in `content-encoding` and `accept-encoding`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Brotli => "br",
            Self::Zstd => "zstd",
            Self::Gzip => "gzip",
        }
    }
}

/// How long a client may keep a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Caching {
    /// It asks each time whether its copy is still good.
    Revalidate,
    /// For ever: the name carries a fingerprint of the content.
    Immutable,
}
