//! `fata up`: the site on the air, until it is told to stop.
//!
//! One loop takes in all that happens: signals, edits, and what the guest does.
//! The guest's console goes to standard error; standard output is for scripts
//! and has one line, `ready …`, once the guest has really answered.

use std::io::Write as _;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread;
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};

use crate::ending;
use crate::guest::{Ended, Exit, Guest, Observer, Ports, Ready, Settings};
use crate::limits::{EDIT_SETTLED, PORT_ATTEMPTS, READY_TIMEOUT, RELOAD_PATIENCE, STOP_PATIENCE};
use crate::report::tell;
use crate::site::{Built, Compression, Pictures, Site};
use crate::watch::{self, Watch};

/// What to put on the air, and how.
#[derive(Clone, Debug)]
pub struct Options {
    /// The site.
    pub site: Site,
    /// Where its image is written.
    pub out: PathBuf,
    /// How the image is started.
    pub settings: Settings,
    /// Whether edits are followed.
    pub edits: Edits,
}

/// What is done about edits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Edits {
    /// Nothing: the site stays as it was at the start.
    Ignore,
    /// The site is built and booted again. Nothing is compressed.
    Follow,
}

/// What the loop takes in.
enum Event {
    /// Someone wants it to end.
    Signal,
    /// A file of the site changed.
    Edit,
    /// The guest of this number has answered, or will not.
    Ready(u32, Result<Ready>),
    /// The guest of this number ended.
    Exit(u32, Exit),
}

/// Runs until a signal comes or the guest ends; gives `fata`'s exit status.
///
/// # Errors
///
/// When the first image cannot be built, unless edits are followed; when a guest
/// cannot be started, or ends before it has answered.
pub fn up(options: Options) -> Result<u8> {
    let (events, inbox) = mpsc::channel();
    let building = Arc::new(AtomicBool::new(true));
    listen_for_signals(events.clone(), building.clone())?;
    let watch = match options.edits {
        Edits::Ignore => None,
        Edits::Follow => {
            let events = events.clone();
            let changed = move |_| events.send(Event::Edit).unwrap_or_default();
            Some(Watch::start(&options.site, changed)?)
        }
    };
    let mut air = Air {
        options,
        events,
        watch,
        guest: None,
        built: None,
        number: 0,
        attempts: 0,
        edited: None,
        announced: false,
    };
    match (air.rebuild(), air.options.edits) {
        (Ok(_), _) => {}
        (Err(error), Edits::Ignore) => return Err(error),
        (Err(error), Edits::Follow) => {
            tell(format_args!("{error:#}\nfata: waiting for an edit"));
        }
    }
    building.store(false, Ordering::Relaxed);
    air.boot()?;
    air.run(&inbox)
}

/// What is on the air.
struct Air {
    options: Options,
    events: Sender<Event>,
    /// Who tells of edits, if anyone does.
    watch: Option<Watch>,
    guest: Option<Arc<Guest>>,
    built: Option<(Built, PathBuf)>,
    /// Of the guest; older ones are of no interest any more.
    number: u32,
    /// How often this image was started.
    attempts: u32,
    /// When the edit was seen that is being put on the air.
    edited: Option<Instant>,
    announced: bool,
}

impl Air {
    fn run(&mut self, inbox: &Receiver<Event>) -> Result<u8> {
        let mut settles = None;
        loop {
            let event = match settles {
                None => inbox.recv().ok(),
                Some(deadline) => match receive_until(inbox, deadline) {
                    Ok(event) => Some(event),
                    Err(RecvTimeoutError::Disconnected) => None,
                    Err(RecvTimeoutError::Timeout) => {
                        settles = None;
                        self.edit()?;
                        continue;
                    }
                },
            };
            match event.context("the event loop lost its senders")? {
                Event::Signal => return Ok(self.stop()),
                Event::Edit => {
                    self.edited.get_or_insert_with(Instant::now);
                    settles = Some(Instant::now() + EDIT_SETTLED);
                }
                Event::Ready(number, ready) if number == self.number => self.ready(ready)?,
                Event::Exit(number, exit) if number == self.number => {
                    if let Some(status) = self.ended(exit)? {
                        return Ok(status);
                    }
                }
                Event::Ready(..) | Event::Exit(..) => {}
            }
        }
    }

    /// Builds the site; tells whether the image is another one than before.
    fn rebuild(&mut self) -> Result<bool> {
        let site = &self.options.site;
        let (compression, pictures) = match self.options.edits {
            Edits::Ignore => (Compression::Full, Pictures::Variants),
            Edits::Follow => (Compression::None, Pictures::Originals),
        };
        let mut generate = site.options(compression);
        generate.pictures = pictures;
        let built = site.build(&generate);
        let outside = site.take_outside();
        match self.watch.as_mut().map(|watch| watch.files(outside)) {
            // The loop may have ended first.
            Some(Ok(true)) => self.events.send(Event::Edit).unwrap_or_default(),
            Some(Err(error)) => tell(format_args!("fata: {error:#}")),
            Some(Ok(false)) | None => {}
        }
        let built = built?;
        if matches!(&self.built, Some((old, _)) if old.image == built.image) {
            return Ok(false);
        }
        let path = built.write_image(&self.options.out)?;
        self.built = Some((built, path));
        Ok(true)
    }

    /// Starts the image; what becomes of it arrives as events.
    fn boot(&mut self) -> Result<()> {
        let Some((built, image)) = &self.built else {
            return Ok(());
        };
        self.number += 1;
        self.attempts += 1;
        let number = self.number;
        let observer = Terminal {
            number,
            events: self.events.clone(),
        };
        let guest = Arc::new(Guest::start(
            image,
            &self.options.settings,
            Box::new(observer),
        )?);
        let (waiter, events) = (guest.clone(), self.events.clone());
        let domain = built.site.domain.clone();
        thread::spawn(move || {
            let ready = waiter.wait_ready(&domain, READY_TIMEOUT);
            // The loop may have ended first.
            events.send(Event::Ready(number, ready)).unwrap_or_default();
        });
        self.guest = Some(guest);
        Ok(())
    }

    fn edit(&mut self) -> Result<()> {
        if let Some(Err(error)) = self.watch.as_mut().map(Watch::refresh) {
            tell(format_args!("fata: {error:#}"));
        }
        match self.rebuild() {
            Ok(true) => {
                if let Some(old) = self.guest.take() {
                    self.number += 1;
                    old.stop(RELOAD_PATIENCE);
                }
                self.attempts = 0;
                self.boot()
            }
            Ok(false) => {
                self.edited = None;
                Ok(())
            }
            Err(error) => {
                self.edited = None;
                tell(format_args!("{error:#}"));
                if self.guest.is_some() {
                    tell(format_args!("fata: the last good site stays on the air"));
                }
                Ok(())
            }
        }
    }

    fn ready(&mut self, ready: Result<Ready>) -> Result<()> {
        let ready = match ready {
            Ok(ready) => ready,
            // The exit is an event of its own, and says more.
            Err(error) if error.is::<Ended>() => return Ok(()),
            Err(error) => return Err(error),
        };
        let (Some(guest), Some((built, _))) = (&self.guest, &self.built) else {
            return Ok(());
        };
        let ports = guest.ports();
        // What was chosen once is kept over reboots: addresses stay.
        self.options.settings.ports = ports;
        if let Some(edited) = self.edited.take() {
            let took = edited.elapsed().as_millis();
            tell(format_args!("fata: the edit is on the air after {took} ms"));
        }
        if !self.announced {
            self.announced = true;
            announce(ports, &built.site.domain, ready.first_byte)?;
        }
        Ok(())
    }

    /// The guest ended by itself: the exit status, unless it is started again.
    fn ended(&mut self, exit: Exit) -> Result<Option<u8>> {
        let unlucky = self.guest.as_ref().is_some_and(|guest| guest.lost_a_port());
        if unlucky && self.options.settings.ports.are_open() && self.attempts < PORT_ATTEMPTS {
            self.boot()?;
            return Ok(None);
        }
        match exit {
            Exit::Clean => tell(format_args!("fata: {exit}")),
            _ => tell(format_args!("error: {exit}")),
        }
        Ok(Some(exit.status()))
    }

    /// Powers the guest off. One that has to be killed for it is a failure.
    fn stop(&mut self) -> u8 {
        let Some(guest) = self.guest.take() else {
            return 0;
        };
        self.number += 1;
        match guest.stop(STOP_PATIENCE) {
            Exit::Clean => 0,
            exit => {
                tell(format_args!("error: asked to power off, but {exit}"));
                exit.status().max(1)
            }
        }
    }
}

fn receive_until(inbox: &Receiver<Event>, deadline: Instant) -> Result<Event, RecvTimeoutError> {
    inbox.recv_timeout(deadline.saturating_duration_since(Instant::now()))
}

/// Says where to look, to people and to scripts.
fn announce(ports: Ports, domain: &str, first_byte: Duration) -> Result<()> {
    let Ports { https, http, dns } = ports;
    let took = first_byte.as_millis();
    tell(format_args!(
        "fata: the first answer came {took} ms after the start; try"
    ));
    tell(format_args!(
        "    curl --insecure https://127.0.0.1:{https}/"
    ));
    tell(format_args!("    dig @127.0.0.1 -p {dns} {domain} SOA"));
    let mut stdout = std::io::stdout();
    writeln!(
        stdout,
        "ready https=127.0.0.1:{https} http=127.0.0.1:{http} dns=127.0.0.1:{dns}"
    )
    .and_then(|()| stdout.flush())
    .context("cannot write to standard output")
}

/// While the first image is built there is nothing to power off, and a compiler
/// may be at work for minutes: a signal then ends `fata` at once.
fn listen_for_signals(events: Sender<Event>, building: Arc<AtomicBool>) -> Result<()> {
    watch::on_signal(move || {
        if building.load(Ordering::Relaxed) {
            ending::leave();
        }
        events.send(Event::Signal).is_ok()
    })
}

/// Shows the guest's console, and passes its end on.
struct Terminal {
    number: u32,
    events: Sender<Event>,
}

impl Observer for Terminal {
    fn line(&mut self, line: &str) {
        // A closed standard error is no reason to stop the guest.
        writeln!(std::io::stderr(), "| {line}").unwrap_or_default();
    }

    fn exited(&mut self, exit: Exit) {
        let event = Event::Exit(self.number, exit);
        self.events.send(event).unwrap_or_default();
    }
}
