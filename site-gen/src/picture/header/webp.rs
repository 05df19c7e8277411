//! WebP (RFC 9649): a RIFF file of one picture, or of chunks in the extended
//! format, which says in front what they are.

use super::bytes::Bytes;
use super::{Header, UseAs};
use crate::picture::Format;

/// Flags of the extended header (2.7.1).
const ANIMATION: u8 = 0x02;

/// Before the Exif data, where writers have taken over JPEG's custom.
const EXIF_MARK: &[u8] = b"Exif\0\0";

pub(super) fn read(bytes: &[u8]) -> Option<Header> {
    let mut bytes = Bytes(bytes);
    bytes.take(12)?;
    let (name, data) = chunk(&mut bytes)?;
    if &name != b"VP8X" {
        return simple(name, data);
    }
    let mut data = Bytes(data);
    let flags = data.u8()?;
    data.take(3)?;
    let size = (data.u24_little()? + 1, data.u24_little()? + 1);
    let (mut exif, mut use_as) = (None, UseAs::Source);
    while let Some((name, data)) = chunk(&mut bytes) {
        match &name {
            b"EXIF" => exif = Some(data.strip_prefix(EXIF_MARK).unwrap_or(data)),
            b"VP8L" => use_as = UseAs::LosslessSource,
            _ => {}
        }
    }
    if flags & ANIMATION != 0 {
        use_as = UseAs::Itself;
    }
    Some(Header::upright(Format::Webp, size, use_as).turned(exif))
}

/// A name and data, which are padded to an even length (2.3).
fn chunk<'a>(bytes: &mut Bytes<'a>) -> Option<([u8; 4], &'a [u8])> {
    let name = bytes.array()?;
    let length = bytes.u32_little()?;
    let data = bytes.counted(length)?;
    if length % 2 == 1 {
        bytes.take(1);
    }
    Some((name, data))
}

fn simple(name: [u8; 4], data: &[u8]) -> Option<Header> {
    let mut data = Bytes(data);
    match &name {
        // RFC 6386, 9.1: three bytes, a start code, and 14 bits for each side.
        b"VP8 " => {
            data.take(6)?;
            let side = |value: u16| u32::from(value & 0x3fff);
            let size = (side(data.u16_little()?), side(data.u16_little()?));
            Some(Header::upright(Format::Webp, size, UseAs::Source))
        }
        // RFC 9649, 3.4: a mark, and 14 bits for each side less one.
        b"VP8L" => {
            data.take(1)?;
            let bits = data.u32_little()?;
            let size = ((bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
            Some(Header::upright(Format::Webp, size, UseAs::LosslessSource))
        }
        _ => None,
    }
}
