//! `fata serve`: the site in a browser while it is written.
//!
//! Three threads: `watch` tells of edits, this one builds, and one serves
//! (`server`). What is shown is a [`Shown`], replaced as a whole after each
//! build; those who wait for news of it are the open pages (`live.js`).

mod answer;
mod events;
mod server;
mod shown;
mod visitors;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use site_gen::{Diagnostic, Preview, Told};

use crate::build::pages;
use crate::diagnostics;
use crate::ending;
use crate::limits::{FAULT_SETTLED, SERVE_PATIENCE, SERVE_SETTLED};
use crate::report::{Format, answer};
use crate::site::{Compression, Drafts, Indexing, Mode, Pictures, Site};
use crate::watch::{self, Watch};
use server::Server;
use shown::{Change, Edited, Shown};

/// What to show, and where.
#[derive(Debug)]
pub struct Options {
    /// The site.
    pub site: Site,
    /// The address to listen on.
    pub address: SocketAddr,
    /// With drafts, or without.
    pub drafts: Drafts,
    /// How the terminal, or a program, is told what happens.
    pub format: Format,
}

/// What the loop takes in.
enum Event {
    /// Someone wants it to end.
    Signal,
    /// These files changed; or any, if none are named.
    Edit(Vec<PathBuf>),
}

/// Serves until a signal comes; gives `fata`'s exit status.
///
/// # Errors
///
/// When the address cannot be listened on, or the site's files cannot be watched.
/// Faults of the site are shown, and are no error.
pub fn serve(options: Options) -> Result<u8> {
    let (events, inbox) = mpsc::channel();
    let signals = events.clone();
    let building = Arc::new(AtomicBool::new(true));
    let is_building = Arc::clone(&building);
    watch::on_signal(move || {
        // A build may take long; nobody needs it now.
        if is_building.load(Ordering::Relaxed) {
            ending::leave();
        }
        signals.send(Event::Signal).is_ok()
    })?;
    let server = Server::listen(options.address)?;
    let mut watch = Watch::start(&options.site, move |paths| {
        // The loop may have ended first.
        events.send(Event::Edit(paths)).unwrap_or_default();
    })?;
    let mut workshop = Workshop::new(options, server, building);
    workshop.build_and_watch(Edited::default(), &mut watch);
    workshop.publish_faults(Edited::default());
    workshop.announce();
    workshop.run(&inbox, &mut watch)?;
    Ok(0)
}

/// Where the site is built, again and again.
struct Workshop {
    options: Options,
    generate: site_gen::Options,
    server: Server,
    /// Whether it is at work.
    building: Arc<AtomicBool>,
    /// The last site that could be shown.
    site: Option<Arc<site_gen::Built>>,
    /// What is wrong, and was not told yet.
    untold: Option<Untold>,
    /// What is told to be wrong.
    told: Option<Told>,
    /// How many different sites there were.
    number: u64,
    /// Whether pages may be open that were shown early, and are of none of them.
    is_astray: bool,
}

/// A site, and how long it took to make it.
struct Made {
    site: site_gen::Built,
    took: Duration,
}

/// Faults, and the site that has them, if it can be shown all the same.
struct Untold {
    faults: Told,
    made: Option<Made>,
}

impl Workshop {
    fn new(options: Options, server: Server, building: Arc<AtomicBool>) -> Self {
        let mut generate = options.site.options(Compression::None);
        generate.pictures = Pictures::Originals;
        generate.mode = Mode::Serve;
        generate.drafts = options.drafts;
        generate.indexing = Indexing::OnDemand;
        generate.origin = Some(server.origin());
        Self {
            options,
            generate,
            server,
            building,
            site: None,
            untold: None,
            told: None,
            number: 0,
            is_astray: false,
        }
    }

    fn run(&mut self, inbox: &Receiver<Event>, watch: &mut Watch) -> Result<()> {
        let mut edited = Edited::default();
        loop {
            // Faults are held back for a moment: the edit may not be over.
            let patience = self.untold.as_ref().map(|_| FAULT_SETTLED);
            match receive(inbox, patience)? {
                Some(Event::Signal) => return Ok(()),
                Some(Event::Edit(paths)) => {
                    edited.add(&paths);
                    if settle(inbox, &mut edited)? {
                        return Ok(());
                    }
                    if let Err(error) = watch.refresh() {
                        self.options.format.remark(&format!("{error:#}"));
                    }
                    self.build_and_watch(edited, watch);
                    if self.untold.is_none() {
                        edited = Edited::default();
                    }
                }
                None => {
                    // What was edited since the last site that was shown still counts.
                    if self.publish_faults(edited) {
                        edited = Edited::default();
                    }
                }
            }
        }
    }

    /// Builds, and watches what it has read, or looked for, outside of the site. What
    /// was edited there meanwhile was heard by nobody.
    fn build_and_watch(&mut self, edited: Edited, watch: &mut Watch) {
        self.build(edited);
        match watch.files(self.options.site.take_outside()) {
            // All that it can ask for is watched, or will be with the next edit.
            Ok(true) => self.build(edited),
            Ok(false) => {}
            Err(error) => self.options.format.remark(&format!("{error:#}")),
        }
    }

    /// Builds, and shows what came of it, unless it has faults that were not told yet.
    fn build(&mut self, edited: Edited) {
        let started = Instant::now();
        self.building.store(true, Ordering::Relaxed);
        self.generate.viewers = self.server.viewers(edited);
        let preview = self.options.site.preview(&self.generate);
        self.building.store(false, Ordering::Relaxed);
        let took = started.elapsed();
        let Preview { built, faults } = preview.unwrap_or_else(|error| Preview {
            built: None,
            faults: Some(Told {
                diagnostics: vec![Diagnostic::new("", format!("{error:#}"))],
                ..Told::default()
            }),
        });
        let made = built.map(|site| Made { site, took });
        // What is known to be wrong is no edit that is not over.
        let is_known = faults.is_none() || faults == self.told;
        self.untold = match made {
            Some(made) if is_known => {
                self.told = faults;
                self.publish(made, edited);
                None
            }
            made => {
                if let Some(number) = self.server.early() {
                    self.number = number;
                    self.is_astray = true;
                }
                faults.map(|faults| Untold { faults, made })
            }
        };
    }

    /// Shows a site, with what is told of it.
    fn publish(&mut self, Made { site, took }: Made, edited: Edited) {
        let site = Arc::new(site);
        let change = match &self.site {
            Some(last) if !self.is_astray => Change::between(last, &site, edited),
            _ => Some(Change::Everything),
        };
        self.is_astray = false;
        let before = self.number;
        self.number += u64::from(change.is_some());
        self.site = Some(Arc::clone(&site));
        self.show(before, change.unwrap_or(Change::Style), false);
        let (pages, took) = (pages(&site), took.as_millis() as u64);
        let event = json!({ "kind": "built", "pages": pages, "rendered": site.rendered,
            "files": site.files.len(), "bytes": site.pack_length(),
            "milliseconds": took, "out": Value::Null });
        let text = format!("{pages} pages, {} of them made in {took} ms", site.rendered);
        self.options.format.say(&text, &event);
    }

    /// Shows what is wrong: beside the site that has it, or over the last page that could
    /// be shown. Tells whether it was the former.
    fn publish_faults(&mut self, edited: Edited) -> bool {
        let Some(Untold { faults, made }) = self.untold.take() else {
            return false;
        };
        let is_new = made.is_some();
        self.told = Some(faults.clone());
        match made {
            Some(made) => self.publish(made, edited),
            // Who has a part of the site that has them keeps that until there is another.
            None => {
                let before = self.number - u64::from(self.is_astray);
                self.show(before, Change::Pages(Vec::new()), true);
            }
        }
        let format = self.options.format;
        format.show(self.options.site.directory(), &faults);
        format.remark(match self.site {
            Some(_) if is_new => "the site is in the browser with these",
            Some(_) => "the last good site stays in the browser",
            None => "waiting for an edit",
        });
        is_new
    }

    /// Puts the site before those who look, and what is told to be wrong.
    fn show(&self, before: u64, change: Change, is_stale: bool) {
        let directory = self.options.site.directory();
        let to_json = |fault| diagnostics::to_json(directory, fault);
        let told = self.told.iter();
        self.server.show(Shown {
            number: self.number,
            before,
            change,
            site: self.site.clone(),
            faults: told
                .clone()
                .flat_map(|told| &told.diagnostics)
                .map(to_json)
                .collect(),
            more: told.map(|told| told.more.errors).sum(),
            is_stale,
            early: None,
        });
    }

    fn announce(&self) {
        let origin = self.server.origin();
        let root = self.site.as_ref().map_or("", |site| site.root.as_str());
        let address = match root {
            "" => origin,
            root => format!("{origin}{root}/"),
        };
        let event = json!({ "kind": "serving", "address": address });
        self.options
            .format
            .say(&format!("look at {address} (Ctrl-C ends)"), &event);
        if self.options.format == Format::Text {
            answer(format_args!("ready http={}", self.server.address()));
        }
    }
}

/// The next event; none if there was none for so long.
fn receive(inbox: &Receiver<Event>, patience: Option<Duration>) -> Result<Option<Event>> {
    let lost = "the event loop lost its senders";
    match patience {
        None => inbox.recv().map(Some).context(lost),
        Some(patience) => match inbox.recv_timeout(patience) {
            Ok(event) => Ok(Some(event)),
            Err(mpsc::RecvTimeoutError::Timeout) => Ok(None),
            Err(error) => Err(error).context(lost),
        },
    }
}

/// Takes in edits until no more come; tells whether a signal did.
fn settle(inbox: &Receiver<Event>, edited: &mut Edited) -> Result<bool> {
    let began = Instant::now();
    while began.elapsed() < SERVE_PATIENCE {
        match receive(inbox, Some(SERVE_SETTLED))? {
            Some(Event::Signal) => return Ok(true),
            Some(Event::Edit(paths)) => edited.add(&paths),
            None => break,
        }
    }
    Ok(false)
}
