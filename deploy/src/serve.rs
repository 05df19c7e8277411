//! `fata serve`: the site in a browser while it is written.
//!
//! Three threads: `watch` tells of edits, this one builds, and one serves
//! (`server`). What is shown is a [`Shown`], replaced as a whole after each
//! build; those who wait for news of it are the open pages (`live.js`).

mod answer;
mod events;
mod server;
mod shown;

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver};
use std::time::{Duration, Instant};

use anyhow::{Context as _, Result};
use serde_json::{Value, json};
use site_gen::{Diagnostic, Told};

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
    faults: Option<Told>,
    /// What was told last.
    told: Option<Told>,
    /// The site that has these faults, if it can be shown all the same.
    despite: Option<Made>,
    /// How many different sites there were.
    number: u64,
}

/// A site, and how long it took to make it.
struct Made {
    site: site_gen::Built,
    took: Duration,
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
            faults: None,
            told: None,
            despite: None,
            number: 0,
        }
    }

    fn run(&mut self, inbox: &Receiver<Event>, watch: &mut Watch) -> Result<()> {
        let mut edited = Edited::default();
        loop {
            // Faults are held back for a moment: the edit may not be over.
            let patience = self.faults.as_ref().map(|_| FAULT_SETTLED);
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
                    if self.faults.is_none() {
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

    /// Builds, and shows what came of it unless it has faults.
    fn build(&mut self, edited: Edited) {
        let started = Instant::now();
        self.building.store(true, Ordering::Relaxed);
        let preview = self.options.site.preview(&self.generate);
        self.building.store(false, Ordering::Relaxed);
        let took = started.elapsed();
        let (built, faults) = match preview {
            Ok(preview) => (preview.built, preview.faults),
            Err(error) => {
                let told = Told {
                    diagnostics: vec![Diagnostic::new("", format!("{error:#}"))],
                    ..Told::default()
                };
                (None, Some(told))
            }
        };
        self.faults = faults;
        self.despite = built.map(|site| Made { site, took });
        // What is known to be wrong is no edit that is not over.
        if (self.faults.is_none() || self.faults == self.told)
            && let Some(made) = self.despite.take()
        {
            self.told = self.faults.take();
            let faults = self.told.clone().unwrap_or_default();
            self.publish(made, edited, &faults);
        }
    }

    fn publish(&mut self, Made { site, took }: Made, edited: Edited, faults: &Told) {
        let site = Arc::new(site);
        let change = match &self.site {
            Some(last) => Change::between(last, &site, edited),
            None => Some(Change::Everything),
        };
        let before = self.number;
        self.number += u64::from(change.is_some());
        self.server.show(Shown {
            number: self.number,
            before,
            change: change.unwrap_or(Change::Style),
            site: Some(Arc::clone(&site)),
            faults: self.to_json(faults),
            more: faults.more.errors,
            is_stale: false,
        });
        self.site = Some(Arc::clone(&site));
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
        let Some(faults) = self.faults.take() else {
            return false;
        };
        let despite = self.despite.take();
        let is_new = despite.is_some();
        match despite {
            Some(made) => self.publish(made, edited, &faults),
            None => self.server.show(Shown {
                number: self.number,
                before: self.number,
                change: Change::Style,
                site: self.site.clone(),
                faults: self.to_json(&faults),
                more: faults.more.errors,
                is_stale: true,
            }),
        }
        let format = self.options.format;
        format.show(self.options.site.directory(), &faults);
        self.told = Some(faults);
        format.remark(match self.site {
            Some(_) if is_new => "the site is in the browser with these",
            Some(_) => "the last good site stays in the browser",
            None => "waiting for an edit",
        });
        is_new
    }

    fn to_json(&self, faults: &Told) -> Vec<Value> {
        let directory = self.options.site.directory();
        let all = faults.diagnostics.iter();
        all.map(|fault| diagnostics::to_json(directory, fault))
            .collect()
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
