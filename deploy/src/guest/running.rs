//! A guest that was started: waiting until it answers, stopping it.
//!
//! One thread starts the child, reads its console to the end and waits for it;
//! what it learns stands in [`State`], which everyone else watches.

use std::io::{self, PipeReader, Write as _};
use std::os::fd::OwnedFd;
use std::os::unix::process::CommandExt as _;
use std::path::Path;
use std::process::{ChildStdin, Command, Stdio};
use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError, mpsc};
use std::time::{Duration, Instant};
use std::{fmt, thread};

use anyhow::{Context as _, Result, anyhow, bail};
use rustix::process::{Pid, PidfdFlags, Signal, pidfd_open, pidfd_send_signal};

use super::console::read_lines;
use super::{Console, Exit, Life, Ports, Settings, process, qemu};
use crate::limits::{PORT_ATTEMPTS, PROBE_PAUSE, PROBE_TIMEOUT, STOP_PATIENCE};
use crate::probe::{Https, dns};

/// The byte that Ctrl-C sends on a serial line.
const INTERRUPT: u8 = 0x03;

/// Someone who wants to know what a guest does while it does it. Called from
/// the guest's own thread.
pub trait Observer: Send {
    /// The guest printed a line.
    fn line(&mut self, line: &str);
    /// The guest is gone.
    fn exited(&mut self, exit: Exit);
}

/// A running image. Dropping it kills it.
pub struct Guest {
    state: Arc<Shared>,
    life: Life,
    ports: Ports,
    handle: Handle,
    started: Instant,
}

/// A guest that has answered.
#[derive(Clone, Debug)]
pub struct Ready {
    /// The fingerprint of its certificate, as its console said and its TLS
    /// handshake proved.
    pub fingerprint: [u8; 32],
    /// From the start of the monitor to the first byte of the first answer.
    pub first_byte: Duration,
}

#[derive(Default)]
struct State {
    console: Console,
    exit: Option<Exit>,
}

#[derive(Default)]
struct Shared {
    state: Mutex<State>,
    changed: Condvar,
}

impl Shared {
    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn update(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.lock());
        self.changed.notify_all();
    }

    /// Waits until `wanted` has something to say, or the time is over.
    fn wait<T>(&self, deadline: Instant, wanted: impl Fn(&State) -> Option<T>) -> Option<T> {
        let mut state = self.lock();
        loop {
            if let Some(found) = wanted(&state) {
                return Some(found);
            }
            let left = deadline.checked_duration_since(Instant::now())?;
            (state, _) = self
                .changed
                .wait_timeout(state, left)
                .unwrap_or_else(PoisonError::into_inner);
        }
    }
}

impl Guest {
    /// Starts `image`. The ports that `settings` leave open are chosen here.
    ///
    /// # Errors
    ///
    /// When a port cannot be used, or the program cannot be started.
    pub fn start(image: &Path, settings: &Settings, observer: Box<dyn Observer>) -> Result<Self> {
        let held = settings.ports.hold().map_err(|taken| {
            anyhow!(
                "port {} on 127.0.0.1 cannot be used ({}): choose another one with {} PORT, \
                 0 picks a free one",
                taken.port,
                taken.error,
                taken.option
            )
        })?;
        let ports = held.ports;
        let command = match &settings.life {
            Life::Process => process::command(settings, image, ports),
            Life::Boot(hardware) => qemu::command(settings, hardware, image, ports),
        };
        drop(held);

        let state = Arc::new(Shared::default());
        let (sender, receiver) = mpsc::channel();
        let keeper = Keeper {
            life: settings.life.clone(),
            state: state.clone(),
            observer,
        };
        let started = Instant::now();
        thread::spawn(move || keeper.keep(command, &sender));
        let handle = receiver
            .recv()
            .context("the guest's thread ended before it began")?
            .with_context(|| format!("cannot start {}", settings.guard.display()))?;
        Ok(Self {
            state,
            life: settings.life.clone(),
            ports,
            handle,
            started,
        })
    }

    /// Starts `image` on free ports, again when another program was quicker to
    /// take one, and waits until it serves.
    ///
    /// # Errors
    ///
    /// As [`start`](Self::start) and [`wait_ready`](Self::wait_ready).
    pub fn start_ready(
        image: &Path,
        settings: &Settings,
        domain: &str,
        timeout: Duration,
        observer: impl Fn() -> Box<dyn Observer>,
    ) -> Result<(Self, Ready)> {
        let mut attempt = 1;
        loop {
            let guest = Self::start(image, settings, observer())?;
            match guest.wait_ready(domain, timeout) {
                Ok(ready) => return Ok((guest, ready)),
                Err(_)
                    if settings.ports.are_open()
                        && attempt < PORT_ATTEMPTS
                        && guest.lost_a_port() =>
                {
                    attempt += 1;
                }
                Err(error) => return Err(error),
            }
        }
    }

    /// The local ports.
    pub fn ports(&self) -> Ports {
        self.ports
    }

    /// The process of the guest, or of its monitor.
    pub fn pid(&self) -> u32 {
        self.handle.pid
    }

    /// What the guest has said so far.
    pub fn console(&self) -> Console {
        self.state.lock().console.clone()
    }

    /// How it ended, when it has.
    pub fn exit(&self) -> Option<Exit> {
        self.state.lock().exit
    }

    /// Waits until the guest says that it listens and has really answered: `/`
    /// over HTTPS, with the certificate whose fingerprint it printed, and the
    /// SOA record of `domain`.
    ///
    /// # Errors
    ///
    /// [`Ended`], or why there was no such answer within `timeout`.
    pub fn wait_ready(&self, domain: &str, timeout: Duration) -> Result<Ready> {
        let deadline = Instant::now() + timeout;
        let listens = |state: &State| match (state.exit, state.console.listening()) {
            (Some(exit), _) => Some(Err(exit)),
            (None, Some(_)) => Some(Ok(state.console.fingerprint())),
            (None, None) => None,
        };
        let fingerprint = match self.state.wait(deadline, listens) {
            Some(Ok(fingerprint)) => {
                fingerprint.context("the guest listens, but printed no certificate fingerprint")?
            }
            Some(Err(exit)) => return Err(Ended(exit).into()),
            None => bail!("the guest did not start to listen within {timeout:?}"),
        };
        let https = Https::new(self.ports.https, domain, fingerprint)?;
        let first_byte = self.retry(deadline, "HTTPS", || {
            let answer = https.connect(PROBE_TIMEOUT)?.get("/")?;
            // A site below a path has a redirect there.
            if !matches!(answer.status, 200 | 308) {
                bail!(
                    "expected status 200 or 308 for GET /, the guest answered {}",
                    answer.status
                );
            }
            Ok(answer.first_byte.duration_since(self.started))
        })?;
        self.retry(deadline, "DNS", || {
            dns::ask_soa(self.ports.dns, domain, PROBE_TIMEOUT)
        })?;
        Ok(Ready {
            fingerprint,
            first_byte,
        })
    }

    /// Tries until it works, the guest is gone, or the time is over.
    fn retry<T>(
        &self,
        deadline: Instant,
        what: &str,
        mut attempt: impl FnMut() -> Result<T>,
    ) -> Result<T> {
        loop {
            let error = match attempt() {
                Ok(answer) => return Ok(answer),
                Err(error) => error,
            };
            if let Some(exit) = self.exit() {
                return Err(Ended(exit).into());
            }
            if Instant::now() >= deadline {
                return Err(error.context(format!("the guest does not answer over {what}")));
            }
            thread::sleep(PROBE_PAUSE);
        }
    }

    /// Whether it ended because another program took one of its ports between
    /// their choice and its start.
    pub fn lost_a_port(&self) -> bool {
        const SIGNS: [&str; 2] = ["host forwarding rule", "in use"];
        let said = |sign| move |line: &str| line.contains(sign);
        self.exit().is_some()
            && SIGNS
                .into_iter()
                .any(|sign| self.console().lines().any(said(sign)))
    }

    /// Waits until the guest has ended by itself; none when it has not.
    pub fn wait_exit(&self, timeout: Duration) -> Option<Exit> {
        self.state
            .wait(Instant::now() + timeout, |state| state.exit)
    }

    /// Asks the guest to power off, and kills it when it has not done so after
    /// `patience`.
    ///
    /// One that does not serve yet has nothing to finish, and may not hear us
    /// (firmware and kernel reset the serial line): it is just ended.
    pub fn stop(&self, patience: Duration) -> Exit {
        if self.console().listening().is_none() && self.exit().is_none() {
            self.kill();
            return Exit::Clean;
        }
        self.interrupt();
        self.wait_exit(patience).unwrap_or_else(|| self.kill())
    }

    /// Ctrl-C: a byte on the serial line, a signal to a process.
    fn interrupt(&self) {
        // A guest that has just ended needs none: errors do not matter.
        match self.life {
            Life::Process => self.signal(Signal::INT),
            Life::Boot(_) => {
                (&self.handle.input)
                    .write_all(&[INTERRUPT])
                    .unwrap_or_default();
            }
        }
    }

    fn signal(&self, signal: Signal) {
        pidfd_send_signal(&self.handle.process, signal).unwrap_or_default();
    }

    fn kill(&self) -> Exit {
        self.signal(Signal::KILL);
        // What was killed is gone at once.
        self.wait_exit(STOP_PATIENCE)
            .unwrap_or(Exit::Killed(Signal::KILL.as_raw()))
    }
}

impl Drop for Guest {
    fn drop(&mut self) {
        if self.exit().is_none() {
            self.kill();
        }
    }
}

/// The guest ended where it should have served.
#[derive(Clone, Copy, Debug)]
pub struct Ended(pub Exit);

impl fmt::Display for Ended {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.fmt(f)
    }
}

impl std::error::Error for Ended {}

/// A child that was started, as its guest knows it.
struct Handle {
    process: OwnedFd,
    pid: u32,
    input: ChildStdin,
}

/// What the guest's thread owns.
struct Keeper {
    life: Life,
    state: Arc<Shared>,
    observer: Box<dyn Observer>,
}

impl Keeper {
    /// From start to end. The thread lives as long as the child, which dies
    /// with it.
    fn keep(mut self, command: Command, started: &mpsc::Sender<io::Result<Handle>>) {
        let (mut child, console) = match spawn(command) {
            Ok((handle, child, console)) => {
                drop(started.send(Ok(handle)));
                (child, console)
            }
            Err(error) => return drop(started.send(Err(error))),
        };
        // A console that cannot be read is one that has ended.
        drop(read_lines(console, |line| {
            self.observer.line(&line);
            self.state.update(|state| state.console.add(line));
        }));
        let exit = match (child.wait(), &self.life) {
            (Ok(status), Life::Process) => Exit::of_process(status),
            (Ok(status), Life::Boot(_)) => Exit::of_monitor(status),
            (Err(_), _) => Exit::Killed(0),
        };
        self.state.update(|state| state.exit = Some(exit));
        self.observer.exited(exit);
    }
}

/// Starts the child in a process group of its own, which Ctrl-C on the terminal
/// does not reach, with all it says in one pipe.
fn spawn(mut command: Command) -> io::Result<(Handle, std::process::Child, PipeReader)> {
    let (console, output) = io::pipe()?;
    let mut child = command
        .stdin(Stdio::piped())
        .stdout(output.try_clone()?)
        .stderr(output)
        .process_group(0)
        .spawn()?;
    // Until the child is waited for, its number is its own.
    let process = pidfd_open(Pid::from_child(&child), PidfdFlags::empty())?;
    let handle = Handle {
        process,
        pid: child.id(),
        input: child.stdin.take().ok_or(io::ErrorKind::BrokenPipe)?,
    };
    Ok((handle, child, console))
}
