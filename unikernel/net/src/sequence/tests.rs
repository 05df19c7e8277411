//! What is done to segments leaves them valid, and does what the RFCs ask.

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
fn resets_that_may_be_forged_become_questions() {
    for (sequence, acknowledges, is_question) in [
        (1000, None, false),
        (1001, None, true),
        (1001, Some(5), true),
        (1000 + 16_383, Some(0), true),
        (1000 + 16_384, None, false),
        (999, None, false),
    ] {
        let mut connection = Sequence::new(7);
        connection.outgoing(&mut segment(Segment {
            acknowledges: Some(1000),
            ..Segment::default()
        }));
        let mut frame = segment(Segment {
            reset: true,
            sequence,
            acknowledges,
            ..Segment::default()
        });
        connection.incoming(&mut frame);
        assert!(is_right(&frame));
        with_segment(&mut frame, |segment| {
            assert_eq!(segment.rst(), !is_question, "{sequence}");
        });
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
