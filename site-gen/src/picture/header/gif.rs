//! GIF (CompuServe, version 89a): a screen, and blocks. With a second picture
//! among them, it moves.

use super::bytes::Bytes;
use super::{Header, UseAs};
use crate::picture::Format;

pub(super) fn read(bytes: &[u8]) -> Option<Header> {
    let mut bytes = Bytes(bytes);
    bytes.take(6)?;
    let size = (bytes.u16_little()?.into(), bytes.u16_little()?.into());
    let flags = bytes.u8()?;
    bytes.take(2 + color_table(flags))?;
    let use_as = match count_pictures(bytes) {
        // None that is whole is told when it is decoded.
        0 | 1 => UseAs::LosslessSource,
        _ => UseAs::Itself,
    };
    Some(Header::upright(Format::Gif, size, use_as))
}

/// The pictures in a file, up to two (section 17 and later).
fn count_pictures(mut bytes: Bytes<'_>) -> usize {
    let mut pictures = 0;
    while pictures < 2 && block(&mut bytes, &mut pictures).is_some() {}
    pictures
}

fn block(bytes: &mut Bytes<'_>, pictures: &mut usize) -> Option<()> {
    match bytes.u8()? {
        // An extension: a label, and blocks.
        0x21 => _ = bytes.u8()?,
        // A picture: its place, its colours, how its codes begin, and blocks.
        0x2c => {
            *pictures += 1;
            bytes.take(8)?;
            let flags = bytes.u8()?;
            bytes.take(color_table(flags) + 1)?;
        }
        _ => return None,
    }
    loop {
        match bytes.u8()? {
            0 => return Some(()),
            length => _ = bytes.take(length.into())?,
        }
    }
}

/// The length of the table of colours that follows such flags.
fn color_table(flags: u8) -> usize {
    if flags & 0x80 == 0 {
        0
    } else {
        3 << ((flags & 7) + 1)
    }
}
