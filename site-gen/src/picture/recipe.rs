//! One picture made of another: which part of it, in which size, in which
//! encoding. The same recipe and the same file always give the same bytes, so
//! that a name which both are hashed into is one for ever.

use site_pack::plan::Digest;

use super::encode::Encoding;
use super::pixels::Pixels;
use super::scale::scale;
use crate::diagnostic::Reason;
use crate::fingerprint::fingerprint;

/// Tells what was made in other ways, or by other encoders.
pub(super) const VERSION: &[u8] = b"pictures 1";

/// What is made of a picture.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Recipe {
    pub(crate) part: Option<Part>,
    /// In pixels.
    pub(crate) width: u32,
    pub(crate) height: u32,
    pub(crate) encoding: Encoding,
}

/// A part of a picture, in its own pixels.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Part {
    pub(crate) left: u32,
    pub(crate) top: u32,
    pub(crate) width: u32,
    pub(crate) height: u32,
}

impl Recipe {
    /// Where the result is served: beside the picture, under a name with a
    /// fingerprint.
    pub(crate) fn path(&self, of: &str, digest: &Digest) -> String {
        let (directory, name) = of.rsplit_once('/').unwrap_or(("", of));
        let stem = name.rsplit_once('.').map_or(name, |(stem, _)| stem);
        let fingerprint = fingerprint(&self.key(digest).concat());
        let extension = self.encoding.format().extensions()[0];
        let (width, height) = (self.width, self.height);
        format!("{directory}/{stem}-{width}x{height}.{fingerprint}.{extension}")
    }

    /// All that the result depends on.
    pub(super) fn key(&self, digest: &Digest) -> [Vec<u8>; 3] {
        [
            VERSION.to_vec(),
            digest.to_vec(),
            format!("{self:?}").into_bytes(),
        ]
    }

    /// Makes it of pixels.
    pub(super) fn make(&self, pixels: &Pixels) -> Result<Vec<u8>, Reason> {
        let part = self.part.map(|part| part.of(pixels));
        let pixels = part.as_ref().unwrap_or(pixels);
        if (pixels.width, pixels.height) == (self.width, self.height) {
            return self.encoding.encode(pixels);
        }
        self.encoding
            .encode(&scale(pixels, self.width, self.height))
    }
}

impl Part {
    fn of(self, pixels: &Pixels) -> Pixels {
        let stride = pixels.width as usize * 4;
        let rows = pixels.rgba.chunks_exact(stride);
        let rows = rows.skip(self.top as usize).take(self.height as usize);
        let (start, length) = (self.left as usize * 4, self.width as usize * 4);
        Pixels {
            width: self.width,
            height: self.height,
            rgba: rows
                .flat_map(|row| &row[start..start + length])
                .copied()
                .collect(),
            colors: pixels.colors,
        }
    }
}
