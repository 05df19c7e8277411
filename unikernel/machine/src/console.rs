//! The serial console.

/// Writes all of `bytes`; `\n` becomes `\r\n`.
pub fn write(bytes: &[u8]) {
    let _ = bytes;
    unimplemented!()
}

/// Reads what has arrived, without waiting; 0 when nothing has.
pub fn read(buffer: &mut [u8]) -> usize {
    let _ = buffer;
    unimplemented!()
}

/// Whether `read` would return something.
pub fn pending() -> bool {
    unimplemented!()
}
