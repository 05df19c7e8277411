//! AVIF (AOMedia, 1.1.0) is HEIF (ISO/IEC 23008-12): boxes in boxes. A file has
//! several pictures, for transparency and previews; the largest is the one.

use image::metadata::Orientation;

use super::bytes::Bytes;
use super::{Header, UseAs};
use crate::picture::Format;

/// Whether a file says that it is AVIF, still or moving.
pub(super) fn is(bytes: &[u8]) -> bool {
    let mut bytes = Bytes(bytes);
    let Some((name, data)) = next(&mut bytes) else {
        return false;
    };
    // The second word is a version, not a brand (ISO/IEC 14496-12, 4.3).
    let mut words = data.chunks_exact(4).enumerate();
    &name == b"ftyp" && words.any(|(n, word)| n != 1 && matches!(word, b"avif" | b"avis"))
}

pub(super) fn read(bytes: &[u8]) -> Option<Header> {
    let meta = child(bytes, b"meta")?;
    // Only this box has a version and flags before its children.
    let properties = child(child(meta.get(4..)?, b"iprp")?, b"ipco")?;
    let mut properties = Bytes(properties);
    let (mut size, mut lies) = (None, false);
    while let Some((name, data)) = next(&mut properties) {
        let mut data = Bytes(data);
        match &name {
            b"ispe" => {
                data.take(4)?;
                size = size.max(Some((data.u32()?, data.u32()?)));
            }
            // Quarter turns (6.5.10).
            b"irot" => lies = data.u8()? & 1 == 1,
            _ => {}
        }
    }
    let size = size.map(|(width, height)| {
        if lies {
            (height, width)
        } else {
            (width, height)
        }
    });
    Some(Header {
        format: Format::Avif,
        size: Some(size?),
        orientation: Orientation::NoTransforms,
        use_as: UseAs::Itself,
    })
}

fn child<'a>(bytes: &'a [u8], wanted: &[u8; 4]) -> Option<&'a [u8]> {
    let mut bytes = Bytes(bytes);
    loop {
        let (name, data) = next(&mut bytes)?;
        if name == *wanted {
            return Some(data);
        }
    }
}

/// The next box: its name, and what is in it (ISO/IEC 14496-12, 4.2).
fn next<'a>(bytes: &mut Bytes<'a>) -> Option<([u8; 4], &'a [u8])> {
    let length = bytes.u32()?;
    let name = bytes.array()?;
    let data = match length {
        0 => bytes.take(bytes.0.len())?,
        // Eight bytes of length follow.
        1 => {
            let length = u64::from_be_bytes(bytes.array()?).checked_sub(16)?;
            bytes.take(usize::try_from(length).ok()?)?
        }
        length => bytes.counted(length.checked_sub(8)?)?,
    };
    Some((name, data))
}
