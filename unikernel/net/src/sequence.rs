//! Sequence numbers as the peer sees them, and its acknowledgements as smoltcp
//! sees them. Five things are done on the way to and from the device.
//!
//! **They start elsewhere.** smoltcp's initial numbers come from a generator
//! whose state can be told from what it gave out. Who can tell the next one can
//! speak for an address that is not his. So each connection's numbers are
//! shifted by a secret distance (RFC 6528).
//!
//! **They do not go back.** When smoltcp has waited too long for an
//! acknowledgement it goes back to the first byte that is not acknowledged, and
//! forgets that it had been further. From then on its own acknowledgements carry
//! numbers that the peer has passed: it must not believe them (RFC 9293, section
//! 3.10.7.4). Two peers that both do so never hear of each other again. So here
//! the frontier is remembered, and a segment without content gets SND.NXT as the
//! RFC has it. A reset, too: one with a number of the past resets nothing.
//!
//! **Duplicates look like duplicates.** smoltcp sends a lost segment again after
//! three acknowledgements that are the same, window and all (RFC 5681, section
//! 2). Linux opens its window with each of them; to smoltcp none is like another,
//! and each loss costs a second. An acknowledgement that selects what came after
//! the gap (RFC 2018) is a duplicate whatever its window: it gets that of the
//! one before. The next that acknowledges more brings the window.
//!
//! **Resets are exact.** smoltcp lets any reset in its window end a connection:
//! who knows the two ends has it after some hundred thousand guesses. Here only
//! the number that was acknowledged last counts. For another one in the window
//! the peer is asked: if it has no connection, its answer is exact (RFC 5961,
//! section 3.2).
//!
//! **A beginning is not slow.** smoltcp begins with two segments in flight, and
//! a page takes four times as long as need be. So until the first loss its
//! congestion control is only called when as much is in flight as RFC 6928 and
//! slow start (RFC 5681, section 3.1) allow: [`Pace`]. From then on it has its
//! way.

use crate::limits;
use smoltcp::wire::{
    EthernetFrame, EthernetProtocol, IpProtocol, Ipv4Packet, Ipv6Packet, TcpPacket, TcpSeqNumber,
};

/// The sequence numbers of one connection.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sequence {
    /// From smoltcp's numbers to the peer's.
    distance: u32,
    /// The number after the last that was sent, once anything was: smoltcp's.
    frontier: Option<TcpSeqNumber>,
    /// The last acknowledgement of the peer, and its window.
    heard: Option<(TcpSeqNumber, u16)>,
    /// The last acknowledgement that was sent in an open connection.
    told: Option<TcpSeqNumber>,
    /// Bytes that may be in flight.
    allowed: u32,
    /// Something had to be sent again.
    has_lost: bool,
}

/// How fast a connection may send.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Pace {
    /// As fast as it can.
    Free,
    /// As smoltcp's congestion control says.
    Controlled,
}

impl Sequence {
    pub(crate) const fn new(distance: u32) -> Self {
        Self {
            distance,
            frontier: None,
            heard: None,
            told: None,
            allowed: limits::INITIAL_WINDOW,
            has_lost: false,
        }
    }

    /// How fast to send now.
    pub(crate) fn pace(&self) -> Pace {
        if self.has_lost || self.in_flight() >= self.allowed {
            Pace::Controlled
        } else {
            Pace::Free
        }
    }

    fn in_flight(&self) -> u32 {
        match (self.frontier, self.heard) {
            (Some(reached), Some((shown, _))) => {
                let behind = reached.0.wrapping_sub(self.own(shown).0);
                u32::try_from(behind).unwrap_or(0)
            }
            _ => 0,
        }
    }

    fn own(&self, shown: TcpSeqNumber) -> TcpSeqNumber {
        TcpSeqNumber(shown.0.wrapping_sub_unsigned(self.distance))
    }

    /// Changes a frame that the connection sends: its number before.
    pub(crate) fn outgoing(&mut self, frame: &mut [u8]) -> Option<TcpSeqNumber> {
        with_segment(frame, |mut segment| {
            let start = segment.seq_number();
            let length = segment.segment_len();
            let mut shown = start;
            // A reset without ACK has the number that the peer asked for.
            if !segment.rst() || segment.ack() {
                let end = if self.probes(&segment) {
                    start
                } else {
                    start + length
                };
                self.has_lost |= length > 0 && self.frontier.is_some_and(|reached| start < reached);
                let reached = self.frontier.map_or(end, |reached| reached.max(end));
                self.frontier = Some(reached);
                if length == 0 {
                    shown = reached;
                }
            }
            if segment.ack() && !segment.syn() {
                self.told = Some(segment.ack_number());
            }
            let shown = TcpSeqNumber(shown.0.wrapping_add_unsigned(self.distance));
            segment.set_seq_number(shown);
            mend_checksum(&mut segment, number(start), number(shown));
            start
        })
    }

    /// Whether a segment only asks if the peer's window is still closed. The
    /// byte in it is not sent yet, as far as the peer cares (RFC 9293, section
    /// 3.8.6.1): an acknowledgement with the number after it would be outside of
    /// the closed window, and not be believed.
    fn probes(&self, segment: &TcpPacket<&mut [u8]>) -> bool {
        let control = usize::from(segment.syn()) + usize::from(segment.fin());
        matches!(self.heard, Some((_, 0))) && segment.segment_len() > control
    }

    /// Changes a frame that has come for the connection.
    pub(crate) fn incoming(&mut self, frame: &mut [u8]) {
        with_segment(frame, |mut segment| {
            if self.is_doubtful(&segment) {
                return self.make_question(&mut segment);
            }
            if !segment.ack() {
                return;
            }
            let shown = segment.ack_number();
            let own = self.own(shown);
            segment.set_ack_number(own);
            mend_checksum(&mut segment, number(shown), number(own));
            let before = self.in_flight();
            let window = segment.window_len();
            match self.heard {
                Some((last, narrow)) if last == shown && narrow <= window && selects(&segment) => {
                    segment.set_window_len(narrow);
                    mend_checksum(&mut segment, window.into(), narrow.into());
                }
                _ => self.heard = Some((shown, window)),
            }
            let acknowledged = before.saturating_sub(self.in_flight());
            self.allowed = (self.allowed + acknowledged).min(limits::TRANSMIT_BUFFER as u32);
        });
    }

    /// Whether it is a reset that may be forged.
    fn is_doubtful(&self, segment: &TcpPacket<&mut [u8]>) -> bool {
        let Some(told) = self.told.filter(|_| segment.rst()) else {
            return false;
        };
        let ahead = segment.seq_number().0.wrapping_sub(told.0);
        (1..limits::RECEIVE_BUFFER as i32).contains(&ahead)
    }

    /// Makes a reset an acknowledgement of what was never sent. All that smoltcp
    /// does about it is to say where it stands, once in a second.
    fn make_question(&self, segment: &mut TcpPacket<&mut [u8]>) {
        const RST: u32 = 1 << 2;
        const ACK: u32 = 1 << 4;
        const NEVER_SENT: i32 = 1 << 30;
        let before = if segment.ack() { RST | ACK } else { RST };
        segment.set_rst(false);
        segment.set_ack(true);
        mend_checksum(segment, before, ACK);
        let acknowledged = segment.ack_number();
        let reached = self.frontier.unwrap_or_default();
        let wrong = TcpSeqNumber(reached.0.wrapping_add(NEVER_SENT));
        segment.set_ack_number(wrong);
        mend_checksum(segment, number(acknowledged), number(wrong));
    }
}

/// Whether a segment does nothing but tell what came after a gap.
fn selects(segment: &TcpPacket<&mut [u8]>) -> bool {
    let ranges = segment.selective_ack_ranges();
    segment.segment_len() == 0 && !segment.rst() && ranges.is_ok_and(|ranges| ranges[0].is_some())
}

fn number(sequence: TcpSeqNumber) -> u32 {
    sequence.0.cast_unsigned()
}

/// Calls `change` with the TCP segment in a frame, if there is one.
fn with_segment<T>(frame: &mut [u8], change: impl FnOnce(TcpPacket<&mut [u8]>) -> T) -> Option<T> {
    let mut frame = EthernetFrame::new_checked(frame).ok()?;
    match frame.ethertype() {
        EthernetProtocol::Ipv4 => {
            let mut packet = Ipv4Packet::new_checked(frame.payload_mut()).ok()?;
            let is_tcp = packet.next_header() == IpProtocol::Tcp;
            let segment = TcpPacket::new_checked(packet.payload_mut()).ok()?;
            is_tcp.then(|| change(segment))
        }
        EthernetProtocol::Ipv6 => {
            let mut packet = Ipv6Packet::new_checked(frame.payload_mut()).ok()?;
            let is_tcp = packet.next_header() == IpProtocol::Tcp;
            let segment = TcpPacket::new_checked(packet.payload_mut()).ok()?;
            is_tcp.then(|| change(segment))
        }
        _ => None,
    }
}

/// Makes a checksum right after `old` became `new`: RFC 1624. One that was wrong
/// stays wrong.
fn mend_checksum(segment: &mut TcpPacket<&mut [u8]>, old: u32, new: u32) {
    let halves = |number: u32| (number >> 16) + (number & 0xffff);
    let mut sum = u32::from(!segment.checksum()) + halves(!old) + halves(new);
    while sum > 0xffff {
        sum = halves(sum);
    }
    segment.set_checksum(!(sum as u16));
}

#[cfg(test)]
mod tests;
