//! The serial console: a 16550 at 0x3f8, as on every PC-like machine.

use core::fmt;

use crate::interrupt;
use crate::port::{read8, write8};

const BASE: u16 = 0x3f8;
/// Registers (16550 data sheet), relative to the base.
const DATA: u16 = BASE;
const INTERRUPT_ENABLE: u16 = BASE + 1;
const FIFO_CONTROL: u16 = BASE + 2;
const LINE_CONTROL: u16 = BASE + 3;
const MODEM_CONTROL: u16 = BASE + 4;
const LINE_STATUS: u16 = BASE + 5;

const FIFO_ENABLE_AND_CLEAR: u8 = 0b111;
const EIGHT_BITS: u8 = 0b11;
const DIVISOR_ACCESS: u8 = 1 << 7;
/// Data terminal ready, request to send, and OUT2, which lets interrupts out.
const READY: u8 = 0b1011;
const DATA_AVAILABLE: u8 = 1;
const TRANSMITTER_EMPTY: u8 = 1 << 5;
/// An absent device reads all ones.
const ABSENT: u8 = 0xff;
const FIFO_SIZE: usize = 16;
/// A transmitter that stays full longer than this is not waited for.
const PATIENCE: u32 = 100_000;
/// The interrupt line of the first serial port.
const LINE: u32 = 4;

/// The console as a formatter.
#[derive(Clone, Copy, Debug)]
pub struct Console;

impl fmt::Write for Console {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        write(text.as_bytes());
        Ok(())
    }
}

/// 115200 bits a second, 8 bits, no parity, FIFO, no interrupts.
pub(crate) fn init() {
    write8(INTERRUPT_ENABLE, 0);
    write8(LINE_CONTROL, DIVISOR_ACCESS);
    write8(DATA, 1);
    write8(INTERRUPT_ENABLE, 0);
    write8(LINE_CONTROL, EIGHT_BITS);
    write8(FIFO_CONTROL, FIFO_ENABLE_AND_CLEAR);
    write8(MODEM_CONTROL, READY);
}

/// Lets arriving bytes end the wait of an idle CPU. Needs the interrupt
/// controllers.
pub fn enable_interrupt() {
    interrupt::route(LINE);
    write8(INTERRUPT_ENABLE, DATA_AVAILABLE);
}

/// Writes all of `bytes`; `\n` becomes `\r\n`.
pub fn write(bytes: &[u8]) {
    let mut room = 0;
    let mut put = |byte| {
        if room == 0 {
            let is_empty = |_: &u32| read8(LINE_STATUS) & TRANSMITTER_EMPTY != 0;
            let _ = (0..PATIENCE).find(is_empty);
            room = FIFO_SIZE;
        }
        write8(DATA, byte);
        room -= 1;
    };
    for &byte in bytes {
        if byte == b'\n' {
            put(b'\r');
        }
        put(byte);
    }
}

/// Reads what has arrived, without waiting; 0 when nothing has.
pub fn read(buffer: &mut [u8]) -> usize {
    let mut length = 0;
    while length < buffer.len() && pending() {
        buffer[length] = read8(DATA);
        length += 1;
    }
    length
}

/// Whether `read` would return something.
pub fn pending() -> bool {
    let status = read8(LINE_STATUS);
    status != ABSENT && status & DATA_AVAILABLE != 0
}
