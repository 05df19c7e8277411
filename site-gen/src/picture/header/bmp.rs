//! Bitmaps (Microsoft, "Bitmap Storage"): a header that says where the pixels begin, a
//! second one that says how many there are, and the pixels.

use super::bytes::Bytes;

/// The length of the first header, and the shortest second one (`BITMAPCOREHEADER`).
const FILE_HEADER: usize = 14;
const CORE_HEADER: u32 = 12;

/// Pixels that are not compressed.
const PLAIN: u32 = 0;

/// Whether all of a bitmap is there.
pub(super) fn is_whole(bytes: &[u8]) -> bool {
    read(bytes).is_some()
}

fn read(bytes: &[u8]) -> Option<()> {
    let mut header = Bytes(bytes);
    // "BM", the length of the file, and what is reserved.
    header.take(FILE_HEADER - 4)?;
    let pixels = usize::try_from(header.u32_little()?).ok()?;
    let length = header.u32_little()?;
    let (width, height, bits, compression) = match length {
        CORE_HEADER => {
            let (width, height) = (header.u16_little()?, header.u16_little()?);
            header.u16_little()?;
            (width.into(), height.into(), header.u16_little()?, PLAIN)
        }
        0..CORE_HEADER => return None,
        _ => {
            let width = u32::try_from(header.u32_little()?.cast_signed()).ok()?;
            // Of one that begins at the top, the height is negative.
            let height = header.u32_little()?.cast_signed();
            header.u16_little()?;
            let bits = header.u16_little()?;
            (width, height.unsigned_abs(), bits, header.u32_little()?)
        }
    };
    let rest = bytes.get(pixels..)?;
    // A row ends at a multiple of four bytes.
    let row = (u64::from(width) * u64::from(bits)).div_ceil(32) * 4;
    let needed = match compression {
        PLAIN => row.saturating_mul(u64::from(height)),
        _ => 1,
    };
    (width > 0 && height > 0 && rest.len() as u64 >= needed).then_some(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// A bitmap of 24 bits a pixel.
    fn bitmap(width: u32, height: i32) -> Vec<u8> {
        let mut bytes = b"BM".to_vec();
        bytes.extend([0; 8]);
        for word in [54_u32, 40, width, height.cast_unsigned()] {
            bytes.extend(word.to_le_bytes());
        }
        bytes.extend([1, 0, 24, 0]);
        bytes.extend([0; 24]);
        let row = (width * 3).next_multiple_of(4);
        bytes.resize(54 + (row * height.unsigned_abs()) as usize, 0);
        bytes
    }

    #[test]
    fn a_bitmap_has_all_its_pixels() {
        for bytes in [bitmap(3, 2), bitmap(1, -1)] {
            assert!(is_whole(&bytes));
            for length in 0..bytes.len() {
                assert!(!is_whole(&bytes[..length]), "{length}");
            }
        }
        assert!(!is_whole(&bitmap(0, 1)));
        for side in [0x7f, 0x80, 0xff] {
            let mut endless = bitmap(1, 1);
            endless[18..26].fill(side);
            assert!(!is_whole(&endless), "{side}");
        }
    }
}
