//! A guest that nobody asks anything costs nothing.

use std::fs;
use std::time::Duration;

use tokio::time::sleep;

use crate::harness::Running;

/// What earlier checks left behind is over after this.
const SETTLE: Duration = Duration::from_secs(3);
const MEASURED: Duration = Duration::from_secs(4);
/// `USER_HZ`: the unit of `/proc/PID/stat`, the same on every x86-64 Linux.
const TICKS_PER_SECOND: u64 = 100;
/// QEMU's own timers need a little.
const MOST_PERCENT: u64 = 5;

pub(crate) async fn an_idle_guest_uses_no_cpu(running: &'static Running) {
    sleep(SETTLE).await;
    let before = ticks(running.guest.pid());
    sleep(MEASURED).await;
    let used = ticks(running.guest.pid()) - before;
    let percent = used * 100 / (MEASURED.as_secs() * TICKS_PER_SECOND);
    assert!(
        percent <= MOST_PERCENT,
        "an idle guest uses {percent} % of a CPU"
    );
}

/// The CPU time of a process: `utime` and `stime` of proc_pid_stat(5).
fn ticks(pid: u32) -> u64 {
    let stat = fs::read_to_string(format!("/proc/{pid}/stat")).unwrap();
    let (_, fields) = stat.rsplit_once(')').unwrap();
    let fields: Vec<_> = fields.split_whitespace().collect();
    let field = |index: usize| fields[index].parse::<u64>().unwrap();
    field(11) + field(12)
}
