//! `memcpy` and its kin, for the whole image: see `mem.s`.

core::arch::global_asm!(include_str!("mem.s"));

#[cfg(test)]
mod tests {
    unsafe extern "C" {
        fn memmove(to: *mut u8, from: *const u8, length: usize) -> *mut u8;
        fn memset(to: *mut u8, byte: i32, length: usize) -> *mut u8;
        fn memcmp(a: *const u8, b: *const u8, length: usize) -> i32;
    }

    const ROOM: usize = 700;

    const PATTERN: [u8; ROOM] = {
        let mut bytes = [0; ROOM];
        let mut index = 0;
        while index < ROOM {
            bytes[index] = (index * 7 + index / 251) as u8;
            index += 1;
        }
        bytes
    };

    /// Every length up to several loops, overlapping by every small distance in
    /// both directions; what lies around must stay.
    #[test]
    fn moves_every_length_and_overlap() {
        for length in 0..300 {
            for (from, to) in [
                (0, 350),
                (350, 0),
                (100, 101),
                (101, 100),
                (100, 116),
                (116, 100),
                (100, 163),
                (163, 100),
                (100, 100),
                (3, 299),
            ] {
                let mut bytes = PATTERN;
                let mut expected = PATTERN;
                // Byte by byte: `copy_from_slice` would call what is tested.
                for (place, byte) in expected[to..].iter_mut().zip(&PATTERN[from..]).take(length) {
                    *place = *byte;
                }
                let base = bytes.as_mut_ptr();
                // SAFETY: both ranges are inside `bytes`.
                let result =
                    unsafe { memmove(base.wrapping_add(to), base.wrapping_add(from), length) };
                assert_eq!(result, base.wrapping_add(to));
                assert!(bytes == expected, "{length} bytes from {from} to {to}");
            }
        }
    }

    #[test]
    fn sets_every_length_at_every_alignment() {
        for length in 0..200 {
            for start in 16..48 {
                let mut bytes = PATTERN;
                // SAFETY: the range is inside `bytes`.
                unsafe { memset(bytes.as_mut_ptr().wrapping_add(start), 0x1a5, length) };
                for (index, &byte) in bytes.iter().enumerate() {
                    let is_inside = (start..start + length).contains(&index);
                    assert_eq!(
                        byte,
                        if is_inside { 0xa5 } else { PATTERN[index] },
                        "{start} {length}"
                    );
                }
            }
        }
    }

    #[test]
    fn compares_by_the_first_difference() {
        let one = PATTERN;
        for length in 0..100_usize {
            for place in 0..=length {
                let mut other = PATTERN;
                other[place] = other[place].wrapping_add(0x80);
                // SAFETY: both are longer than `length`.
                let order = unsafe { memcmp(one.as_ptr(), other.as_ptr(), length) };
                let expected = one[..length].iter().cmp(other[..length].iter());
                assert_eq!(
                    order.cmp(&0),
                    expected,
                    "length {length}, difference at {place}"
                );
            }
        }
    }
}
