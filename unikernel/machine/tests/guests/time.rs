//! Clocks, timers, and waiting without using the CPU.

use std::time::{Duration, Instant, SystemTime};

use crate::qemu::{Guest, MACHINES};

#[test]
fn waits_take_as_long_as_they_should() {
    for machine in MACHINES {
        let mut guest = Guest::new(machine, "waits").start();
        guest.expect("second begins");
        let start = Instant::now();
        guest.expect("second ends");
        let took = start.elapsed();
        guest.end().assert_ok();
        // By the clock of the host, which reads the lines a little later.
        assert!((950..1500).contains(&took.as_millis()), "{took:?} for 1 s");
    }
}

#[test]
fn an_idle_guest_uses_no_cpu() {
    for machine in MACHINES {
        let mut guest = Guest::new(machine, "idle").start();
        guest.expect("idle");
        std::thread::sleep(Duration::from_millis(200));
        let before = guest.cpu_time();
        std::thread::sleep(Duration::from_secs(2));
        let used = guest.cpu_time() - before;
        guest.end().assert_ok();
        assert!(used <= Duration::from_millis(40), "{used:?} of CPU in 2 s");
    }
}

#[test]
fn no_interrupt_is_slept_through() {
    for machine in MACHINES {
        Guest::new(machine, "window").run().assert_ok();
    }
}

#[test]
fn input_wakes_an_idle_guest() {
    for machine in MACHINES {
        let mut guest = Guest::new(machine, "input").start();
        guest.expect("listening");
        for byte in [b'a', 3, b'\r', b'z'] {
            std::thread::sleep(Duration::from_millis(50));
            guest.send(&[byte]);
            guest.expect(&format!("{:?}", char::from(byte)).replace('\'', ""));
        }
        // More than the FIFO holds.
        guest.send(&[b'b'; 100]);
        guest.send(b".");
        let ended = guest.end();
        ended.assert_ok();
        let bs = ended.text.matches('b').count();
        assert!(bs >= 100, "{}", ended.text);
    }
}

#[test]
fn the_wall_clock_is_the_hosts() {
    for machine in MACHINES {
        let mut guest = Guest::new(machine, "wall").start();
        guest.expect("wall ");
        let now = SystemTime::now().duration_since(SystemTime::UNIX_EPOCH);
        let now = now.expect("after 1970").as_millis() as i64;
        let ended = guest.end();
        ended.assert_ok();
        let shown = ended
            .text
            .split("wall ")
            .nth(1)
            .and_then(|text| text.lines().next());
        let shown: i64 = shown.expect("a time").parse().expect("a number");
        assert!((now - shown).abs() <= 2000, "{shown} at {now}");
    }
}
