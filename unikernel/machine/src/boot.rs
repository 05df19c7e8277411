//! What the virtual machine monitor handed over.

/// The kernel command line, empty when there is none.
pub fn command_line() -> &'static str {
    unimplemented!()
}

/// The first module of the boot protocol (the initrd), if there is one.
pub fn initrd() -> Option<&'static [u8]> {
    unimplemented!()
}
