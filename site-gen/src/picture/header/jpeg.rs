//! JPEG (ITU-T T.81, annex B): segments, each with a marker and a length. The
//! size is in the frame header (B.2.2); which way up the picture is, in Exif
//! data (CIPA DC-008, 4.5.4) in the segment APP1.

use super::bytes::Bytes;
use super::{Header, UseAs};
use crate::picture::Format;

/// Before the Exif data in its segment.
const EXIF_MARK: &[u8] = b"Exif\0\0";

/// Gray, and colours as browsers have them; four are for printing.
const COMPONENTS: [u8; 2] = [1, 3];

pub(super) fn read(bytes: &[u8]) -> Option<Header> {
    let mut bytes = Bytes(bytes);
    bytes.take(2)?;
    let mut exif = None;
    loop {
        // Markers may have more than one byte 0xff in front (B.1.1.2).
        while bytes.u8()? != 0xff {}
        let mut marker = bytes.u8()?;
        while marker == 0xff {
            marker = bytes.u8()?;
        }
        match marker {
            // Alone, without a segment.
            0x00 | 0x01 | 0xd0..=0xd8 => continue,
            // The pixels, or the end, and no frame header before it.
            0xd9 | 0xda => return None,
            _ => {}
        }
        let length = bytes.u16()?.checked_sub(2)?;
        let mut segment = Bytes(bytes.take(length.into())?);
        match marker {
            0xe1 if exif.is_none() => exif = segment.0.strip_prefix(EXIF_MARK),
            0xc0..=0xcf if !matches!(marker, 0xc4 | 0xc8 | 0xcc) => {
                let precision = segment.u8()?;
                let (height, width) = (segment.u16()?, segment.u16()?);
                let known = precision == 8 && COMPONENTS.contains(&segment.u8()?);
                let use_as = if known { UseAs::Source } else { UseAs::Itself };
                let size = (width.into(), height.into());
                if !has_end(bytes.0) {
                    return None;
                }
                return Some(Header::upright(Format::Jpeg, size, use_as).turned(exif));
            }
            _ => {}
        }
    }
}

/// Whether the marker of the end follows (B.1.1.3). Decoders make something up
/// for what is missing; the author should know. In the pixels themselves these
/// two bytes cannot stand together.
fn has_end(rest: &[u8]) -> bool {
    let mut pairs = rest.windows(2).rev();
    pairs.any(|pair| pair == [0xff, 0xd9])
}
