//! A guest in QEMU: started, listened to, and never left behind.

use std::io::{Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::LazyLock;
use std::sync::mpsc::{Receiver, RecvTimeoutError, channel};
use std::thread;
use std::time::{Duration, Instant, SystemTime};

/// How long a guest may take for one case, on a busy machine.
const PATIENCE: Duration = Duration::from_secs(30);

/// The machines of QEMU that the image is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Machine {
    /// A PC with PCI, ACPI and a BIOS.
    Q35,
    /// As little as Linux needs.
    Microvm,
}

/// Both of them.
pub(crate) const MACHINES: [Machine; 2] = [Machine::Q35, Machine::Microvm];

/// How a guest is to be started.
pub(crate) struct Guest {
    machine: Machine,
    machine_options: &'static str,
    command_line: String,
    cpu: &'static str,
    memory: &'static str,
    initrd: Option<PathBuf>,
}

/// A guest that runs.
pub(crate) struct Running {
    child: Child,
    output: Receiver<Vec<u8>>,
    bytes: Vec<u8>,
    text: String,
    /// How much of `text` has been waited for.
    seen: usize,
    deadline: Instant,
}

/// How a guest ended, and what it said.
#[derive(Debug)]
pub(crate) struct Ended {
    pub(crate) status: Option<i32>,
    pub(crate) text: String,
}

impl Guest {
    /// A guest that does `case`, see `examples/guest`.
    pub(crate) fn new(machine: Machine, case: &str) -> Self {
        Self {
            machine,
            machine_options: "",
            command_line: case.to_owned(),
            cpu: "max",
            memory: "64",
            initrd: None,
        }
    }

    /// With other features of the CPU.
    pub(crate) fn cpu(self, cpu: &'static str) -> Self {
        Self { cpu, ..self }
    }

    /// With so much memory, as QEMU reads it.
    pub(crate) fn memory(self, memory: &'static str) -> Self {
        Self { memory, ..self }
    }

    /// With more options of the machine.
    pub(crate) fn options(self, machine_options: &'static str) -> Self {
        Self {
            machine_options,
            ..self
        }
    }

    /// With this file as the initrd.
    pub(crate) fn initrd(self, path: &Path) -> Self {
        let initrd = Some(path.to_owned());
        Self { initrd, ..self }
    }

    /// Starts it.
    pub(crate) fn start(self) -> Running {
        let machine = match self.machine {
            Machine::Q35 => "q35",
            Machine::Microvm => "microvm,acpi=off",
        };
        let mut command = Command::new("qemu-system-x86_64");
        command
            .args(["-accel", "tcg", "-cpu", self.cpu, "-m", self.memory])
            .arg("-machine")
            .arg(format!("{machine}{}", self.machine_options))
            .args(["-nodefaults", "-no-user-config", "-display", "none"])
            .args(["-no-reboot", "-serial", "stdio"])
            .args(["-device", "isa-debug-exit,iobase=0xf4,iosize=4"])
            .arg("-kernel")
            .arg(&*GUEST_FILE)
            .args(["-append", &self.command_line])
            .stdin(Stdio::piped())
            .stdout(Stdio::piped());
        if let Some(path) = &self.initrd {
            command.arg("-initrd").arg(path);
        }
        let mut child = command.spawn().unwrap_or_else(|error| {
            panic!("starting qemu-system-x86_64 (Debian package qemu-system-x86): {error}")
        });
        let mut console = child.stdout.take().expect("stdout is piped");
        let (sender, output) = channel();
        thread::spawn(move || {
            let mut bytes = [0; 4096];
            while let Ok(length @ 1..) = console.read(&mut bytes) {
                if sender.send(bytes[..length].to_vec()).is_err() {
                    return;
                }
            }
        });
        Running {
            child,
            output,
            bytes: Vec::new(),
            text: String::new(),
            seen: 0,
            deadline: Instant::now() + PATIENCE,
        }
    }

    /// Runs it to its end.
    pub(crate) fn run(self) -> Ended {
        self.start().end()
    }
}

impl Running {
    /// Waits until the guest has said `text`, after what was waited for before.
    pub(crate) fn expect(&mut self, text: &str) {
        loop {
            if let Some(place) = self.text[self.seen..].find(text) {
                self.seen += place + text.len();
                return;
            }
            assert!(
                self.hear(),
                "the guest ended without saying {text:?}:\n{}",
                self.text
            );
        }
    }

    /// Types on the guest's console.
    pub(crate) fn send(&mut self, bytes: &[u8]) {
        let console = self.child.stdin.as_mut().expect("stdin is piped");
        console.write_all(bytes).expect("QEMU reads");
        console.flush().expect("QEMU reads");
    }

    /// How much of a CPU QEMU has used so far: fields 14 and 15 of
    /// `/proc/PID/stat`, in hundredths of a second.
    pub(crate) fn cpu_time(&self) -> Duration {
        let path = format!("/proc/{}/stat", self.child.id());
        let stat = std::fs::read_to_string(path).expect("QEMU runs");
        let after_name = stat.rsplit(')').next().expect("a name in parentheses");
        let fields: Vec<&str> = after_name.split_whitespace().collect();
        let ticks: u64 = fields[11..13]
            .iter()
            .map(|field| field.parse::<u64>().expect("a number"))
            .sum();
        Duration::from_millis(ticks * 10)
    }

    /// Waits for its end.
    pub(crate) fn end(mut self) -> Ended {
        while self.hear() {}
        let status = self.child.wait().expect("QEMU can be waited for").code();
        Ended {
            status,
            text: std::mem::take(&mut self.text),
        }
    }

    /// Waits for something to be said; false when nothing ever will.
    fn hear(&mut self) -> bool {
        let left = self.deadline.saturating_duration_since(Instant::now());
        match self.output.recv_timeout(left) {
            Ok(bytes) => {
                self.bytes.extend(bytes);
                self.text = String::from_utf8_lossy(&self.bytes).replace('\r', "");
                true
            }
            Err(RecvTimeoutError::Disconnected) => false,
            Err(RecvTimeoutError::Timeout) => {
                panic!("the guest hangs after:\n{}", self.text)
            }
        }
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        // Ended already, or hanging: an error means the former.
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Ended {
    /// It powered off as if all were well.
    #[track_caller]
    pub(crate) fn assert_ok(&self) {
        assert_eq!(self.status, Some(0), "{}", self.text);
        assert!(self.text.contains("up after"), "{}", self.text);
    }

    /// It ended with the number of a `machine::power::Failure`.
    #[track_caller]
    pub(crate) fn assert_failed(&self, number: u8) {
        let expected = Some(2 * i32::from(number) + 1);
        assert_eq!(self.status, expected, "{}", self.text);
    }

    /// It said so.
    #[track_caller]
    pub(crate) fn assert_said(&self, text: &str) {
        assert!(
            self.text.contains(text),
            "expected {text:?} in:\n{}",
            self.text
        );
    }
}

/// The example that `cargo test` has built before this test, beside it. Asked for
/// this test alone, cargo does not build it.
static GUEST_FILE: LazyLock<PathBuf> = LazyLock::new(guest_file);

fn guest_file() -> PathBuf {
    let test = std::env::current_exe().expect("this file");
    let path = test
        .ancestors()
        .nth(2)
        .expect("target/…/deps/guests")
        .join("examples/guest");
    let package = Path::new(env!("CARGO_MANIFEST_DIR"));
    let sources = newest(&package.join("src")).max(newest(&package.join("examples")));
    let built = path.metadata().and_then(|data| data.modified());
    assert!(
        built.is_ok_and(|built| built >= sources),
        "{} is missing or old: cargo build -p machine --example guest",
        path.display()
    );
    path
}

/// When the newest file below `directory` was written.
fn newest(directory: &Path) -> SystemTime {
    let entries = directory.read_dir().expect("a directory of this package");
    let times = entries.map(|entry| {
        let entry = entry.expect("an entry");
        let data = entry.metadata().expect("what it is");
        if data.is_dir() {
            newest(&entry.path())
        } else {
            data.modified().expect("a time")
        }
    });
    times.max().unwrap_or(SystemTime::UNIX_EPOCH)
}
