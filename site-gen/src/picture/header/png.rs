//! PNG (W3C, third edition): a signature, and chunks. What is wanted is before
//! the pixels.

use super::bytes::Bytes;
use super::{Header, UseAs};
use crate::picture::Format;

/// The gamma of sRGB, times 100000; files round it in several ways (11.3.2.1).
const SRGB_GAMMA: std::ops::RangeInclusive<u32> = 45_000..=46_000;

pub(super) fn read(bytes: &[u8]) -> Option<Header> {
    let mut bytes = Bytes(bytes);
    bytes.take(8)?;
    let mut size = None;
    let (mut exif, mut gamma, mut profiled, mut itself) = (None, None, false, false);
    loop {
        let length = bytes.u32()?;
        let name = bytes.array::<4>()?;
        if &name == b"IDAT" {
            break;
        }
        let mut data = Bytes(bytes.counted(length)?);
        bytes.take(4)?;
        match &name {
            b"IHDR" => size = Some((data.u32()?, data.u32()?)),
            b"eXIf" => exif = Some(data.0),
            // It moves.
            b"acTL" => itself = true,
            // Its colours are those of a film, not of a page.
            b"cICP" => itself = true,
            b"gAMA" => gamma = data.u32(),
            b"sRGB" | b"iCCP" => profiled = true,
            _ => {}
        }
    }
    // A gamma of its own counts where nothing else tells the colours (4.3).
    let strange = gamma.is_some_and(|gamma| !profiled && !SRGB_GAMMA.contains(&gamma));
    let use_as = if itself || strange {
        UseAs::Itself
    } else {
        UseAs::LosslessSource
    };
    Some(Header::upright(Format::Png, size?, use_as).turned(exif))
}
