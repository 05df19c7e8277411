//! Sequence numbers as the peer sees them, and its acknowledgements as smoltcp
//! sees them. Four things are done on the way to and from the device.
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
mod tests {
    use super::*;
    use crate::tests::frames::{Segment, segment};
    use proptest::prelude::*;

    fn is_right(frame: &[u8]) -> bool {
        let frame = EthernetFrame::new_checked(frame).unwrap();
        let packet = Ipv4Packet::new_checked(frame.payload()).unwrap();
        let segment = TcpPacket::new_checked(packet.payload()).unwrap();
        segment.verify_checksum(&packet.src_addr().into(), &packet.dst_addr().into())
    }

    fn numbers(frame: &mut [u8]) -> (i32, i32) {
        let mut numbers = (0, 0);
        with_segment(frame, |segment| {
            numbers = (segment.seq_number().0, segment.ack_number().0);
        });
        numbers
    }

    proptest! {
        #[test]
        fn shifted_segments_are_valid(
            distance: u32, sequence: i32, acknowledged: i32, damage in 0..2_u8,
        ) {
            let mut frame = segment(Segment {
                sequence,
                acknowledges: Some(acknowledged),
                ..Segment::default()
            });
            // A wrong checksum must not become a right one.
            frame[48] ^= damage;
            let mut connection = Sequence::new(distance);
            connection.outgoing(&mut frame);
            prop_assert_eq!(is_right(&frame), damage == 0);
            prop_assert_eq!(
                numbers(&mut frame),
                (sequence.wrapping_add_unsigned(distance), acknowledged)
            );
            connection.incoming(&mut frame);
            prop_assert_eq!(is_right(&frame), damage == 0);
            prop_assert_eq!(
                numbers(&mut frame).1,
                acknowledged.wrapping_sub_unsigned(distance)
            );
        }
    }

    #[test]
    fn windows_do_not_hide_duplicates() {
        let acknowledgement = |acknowledged, window, selects| {
            segment(Segment {
                acknowledges: Some(acknowledged),
                window,
                selects,
                ..Segment::default()
            })
        };
        let gap = Some((2000, 3000));
        let mut connection = Sequence::new(77);
        for (acknowledged, window, selects, seen) in [
            (1000, 100, None, 100),
            // An update of the window is one.
            (1000, 200, None, 200),
            (1000, 300, gap, 200),
            (1000, 400, gap, 200),
            (1000, 150, gap, 150),
            (1500, 500, gap, 500),
            (1500, 600, gap, 500),
            (3000, 700, None, 700),
        ] {
            let mut frame = acknowledgement(acknowledged, window, selects);
            connection.incoming(&mut frame);
            assert!(is_right(&frame));
            with_segment(&mut frame, |segment| {
                assert_eq!(segment.window_len(), seen);
            });
        }
    }

    #[test]
    fn probes_of_a_closed_window_do_not_count_as_sent() {
        let sent = |sequence, payload| {
            segment(Segment {
                sequence,
                payload,
                acknowledges: Some(9),
                ..Segment::default()
            })
        };
        let mut connection = Sequence::new(0);
        let mut shown = |sequence, payload| {
            let mut frame = sent(sequence, payload);
            connection.outgoing(&mut frame);
            let mut heard = segment(Segment {
                acknowledges: Some(104),
                window: 0,
                ..Segment::default()
            });
            connection.incoming(&mut heard);
            numbers(&mut frame).0
        };
        assert_eq!(shown(100, b"data"), 100);
        assert_eq!(shown(104, b"?"), 104);
        assert_eq!(shown(104, b""), 104);
    }

    #[test]
    fn resets_have_the_number_that_the_peer_expects() {
        let reset = |sequence, acknowledges| {
            segment(Segment {
                sequence,
                acknowledges,
                reset: true,
                ..Segment::default()
            })
        };
        let mut connection = Sequence::new(0);
        connection.outgoing(&mut segment(Segment {
            sequence: 100,
            payload: b"data",
            acknowledges: Some(9),
            ..Segment::default()
        }));
        // smoltcp went back to 100; and it answers a segment that acknowledged 7.
        for (mut frame, shown) in [(reset(100, Some(9)), 104), (reset(7, None), 7)] {
            connection.outgoing(&mut frame);
            assert_eq!(numbers(&mut frame).0, shown);
        }
    }

    #[test]
    fn more_and_more_may_be_in_flight_until_something_is_lost() {
        let mut connection = Sequence::new(5);
        let mut shown = 0;
        let send = |connection: &mut Sequence, sequence| {
            connection.outgoing(&mut segment(Segment {
                sequence,
                payload: &[0; 1000],
                acknowledges: Some(9),
                ..Segment::default()
            }));
        };
        let hear = |connection: &mut Sequence, acknowledged: i32| {
            connection.incoming(&mut segment(Segment {
                acknowledges: Some(acknowledged + 5),
                ..Segment::default()
            }));
        };
        hear(&mut connection, 0);
        for flight in [15, 30, 33, 33] {
            let begin = shown;
            while connection.pace() == Pace::Free {
                send(&mut connection, shown);
                shown += 1000;
            }
            assert_eq!(shown - begin, flight * 1000);
            hear(&mut connection, shown);
        }
        send(&mut connection, shown);
        assert_eq!(connection.pace(), Pace::Free);
        send(&mut connection, shown);
        assert_eq!(connection.pace(), Pace::Controlled);
        hear(&mut connection, shown + 1000);
        assert_eq!(connection.pace(), Pace::Controlled);
    }

    #[test]
    fn acknowledgements_do_not_go_back() {
        let sent = |sequence, syn| {
            segment(Segment {
                sequence,
                syn,
                acknowledges: Some(9),
                ..Segment::default()
            })
        };
        let mut connection = Sequence::new(1000);
        for (sequence, syn, shown) in [
            (i32::MAX, true, i32::MAX),
            (i32::MIN, false, i32::MIN),
            (i32::MAX, true, i32::MAX),
            (i32::MAX, false, i32::MIN),
            (i32::MIN + 5, false, i32::MIN + 5),
            (i32::MIN, false, i32::MIN + 5),
        ] {
            let mut frame = sent(sequence, syn);
            connection.outgoing(&mut frame);
            assert_eq!(numbers(&mut frame).0, shown.wrapping_add(1000));
            assert!(is_right(&frame));
        }
    }
}
