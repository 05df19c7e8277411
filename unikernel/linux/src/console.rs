//! The serial console as stdin, stdout and stderr.
//!
//! Input is taken as it comes, without line editing; Return is a line feed, as
//! a terminal makes it, and Ctrl-C is `SIGINT` (`termios(3)`: `ICRNL`, `ISIG`).

use alloc::collections::VecDeque;

use crate::descriptor::Description;
use crate::errno::Errno;
use crate::events;
use crate::kernel::Kernel;
use crate::limits;
use crate::object::Object;
use crate::platform::Platform;
use crate::signal;

/// Ctrl-C.
const INTERRUPT: u8 = 0x03;

/// What was typed and not yet read.
pub(crate) type Input = VecDeque<u8>;

/// Takes what was typed.
pub(crate) fn read(input: &mut Input, buffer: &mut [u8]) -> Result<usize, Errno> {
    if input.is_empty() && !buffer.is_empty() {
        return Err(Errno::EAGAIN);
    }
    let length = buffer.len().min(input.len());
    for (place, byte) in buffer.iter_mut().zip(input.drain(..length)) {
        *place = byte;
    }
    Ok(length)
}

/// The console can always be written to.
pub(crate) fn poll(input: &Input) -> u32 {
    let writable = events::OUT | events::WRNORM;
    if input.is_empty() {
        writable
    } else {
        writable | events::READABLE
    }
}

impl<P: Platform> Kernel<P> {
    /// Moves what has arrived to the input, and Ctrl-C to the signals.
    pub(crate) fn listen_to_console(&mut self) {
        let mut buffer = [0; 64];
        let length = self.platform.console_read(&mut buffer);
        let mut typed = false;
        for &byte in &buffer[..length] {
            if byte == INTERRUPT {
                self.signals.raise(signal::SIGINT);
            } else if self.console.len() < limits::CONSOLE_INPUT {
                self.console
                    .push_back(if byte == b'\r' { b'\n' } else { byte });
                typed = true;
            }
        }
        if typed && let Some(console) = self.console_description {
            self.wake(console, events::READABLE);
        }
    }

    /// Opens descriptors 0, 1 and 2.
    pub(crate) fn open_console(&mut self) -> Result<(), Errno> {
        let fd = self.open(Object::Console, crate::descriptor::READ_WRITE)?;
        let id: crate::arena::Id<Description> = self.description(fd as u64)?;
        self.dup(fd as u64)?;
        self.dup(fd as u64)?;
        self.console_description = Some(id);
        Ok(())
    }
}
