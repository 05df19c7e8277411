//! Random bytes fit for keys.

/// Fills `buffer`. Cannot fail: without a source the machine does not boot.
pub fn fill(buffer: &mut [u8]) {
    let _ = buffer;
    unimplemented!()
}
