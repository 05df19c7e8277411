//! Step 9: templates make pages. Every page is one job; threads take them in
//! order, so that what is done can go on to where it is kept.
//!
//! A template may repeat itself without end. If it makes output, that ends at a
//! limit; if it makes values, it is stopped when they take too much memory; if it
//! makes nothing, nothing can stop it. So templates run on threads of their own,
//! and one that gets nowhere is left behind.

mod part;
mod wait;

use std::collections::BTreeMap;
use std::io::{self, Write};
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tera::Tera;

pub(crate) use part::{Patience, render_part};

use crate::calls::{self, CallId};
use crate::diagnostic::Diagnostic;
use crate::failures::Failures;
use crate::jobs::Job;
use crate::limits::{MAX_PAGE_BYTES, MAX_RENDER_BYTES, MAX_WAITING_PAGES};
use crate::theme::Theme;
use wait::Lost;

/// A rendered page.
pub(crate) struct Page<T> {
    pub(crate) job: Arc<Job>,
    /// What became of its HTML.
    pub(crate) made: T,
    pub(crate) calls: Vec<CallId>,
}

/// Renders pages and gives them to `take`, in the order of the jobs. What is to
/// be done with the HTML of each is done by `finish`, in parallel.
///
/// `patience` is how long it may take until the next page is done.
pub(crate) fn render<T: Send + 'static>(
    jobs: Vec<Arc<Job>>,
    engine: &Arc<Tera>,
    theme: &Theme,
    patience: Duration,
    finish: impl Fn(&Job, Vec<u8>) -> T + Send + Sync + 'static,
    mut take: impl FnMut(Page<T>),
) -> Result<(), Failures> {
    let count = jobs.len();
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(count);
    let work = Arc::new(Work {
        jobs,
        next: AtomicUsize::new(0),
        engine: Arc::clone(engine),
        runs: (0..threads).map(|_| Run::default()).collect(),
        taken: Mutex::default(),
        moved: Condvar::new(),
        left_behind: AtomicBool::new(false),
        finish,
    });
    let _ended = Ended(&work);
    let receiver = start(&work, patience).map_err(Failures::of)?;
    let mut waiting: BTreeMap<usize, Page<T>> = BTreeMap::new();
    let mut expected = 0;
    let mut failures = Failures::default();
    for _ in 0..count {
        match wait::next(&receiver, patience, || work.over().next().is_some()) {
            Ok((index, Done::Page(page))) => _ = waiting.insert(index, page),
            Ok((_, Done::TooLong(job))) => failures.add_fault(too_long(&job, theme)),
            Ok((_, Done::Failed(job, error))) => failures.add(&job, &error, theme),
            Err(lost) => {
                for fault in work.faults(lost, theme) {
                    failures.add_fault(fault);
                }
                break;
            }
        }
        // With a fault there will be no site, but other pages may have others.
        while let Some(page) = waiting.remove(&expected) {
            expected += 1;
            if failures.is_empty() {
                take(page);
            }
        }
        if failures.is_empty() {
            work.move_to(expected);
        } else {
            // Pages that are at fault are not waited for.
            work.move_to(count);
        }
    }
    if failures.is_empty() {
        Ok(())
    } else {
        Err(failures)
    }
}

/// What the threads share.
struct Work<F> {
    jobs: Vec<Arc<Job>>,
    next: AtomicUsize,
    engine: Arc<Tera>,
    /// One of each thread.
    runs: Vec<Run>,
    /// How many pages were taken, in order.
    taken: Mutex<usize>,
    moved: Condvar,
    /// Whether templates that are still at it have to end.
    left_behind: AtomicBool,
    finish: F,
}

/// What a thread is at.
#[derive(Default)]
struct Run {
    /// The number of the job.
    job: Mutex<Option<usize>>,
    /// Whether it takes too much memory, and was stopped.
    is_over: AtomicBool,
}

/// When it goes, nobody takes pages any more.
struct Ended<'a, F>(&'a Work<F>);

impl<F> Drop for Ended<'_, F> {
    fn drop(&mut self) {
        self.0.move_to(usize::MAX);
        self.0.left_behind.store(true, Ordering::Relaxed);
    }
}

enum Done<T> {
    Page(Page<T>),
    TooLong(Arc<Job>),
    Failed(Arc<Job>, tera::Error),
}

fn start<T: Send + 'static, F: Fn(&Job, Vec<u8>) -> T + Send + Sync + 'static>(
    work: &Arc<Work<F>>,
    patience: Duration,
) -> Result<mpsc::Receiver<(usize, Done<T>)>, Diagnostic> {
    debug_assert!(!patience.is_zero());
    let (sender, receiver) = mpsc::sync_channel(MAX_WAITING_PAGES);
    for number in 0..work.runs.len() {
        let (work, sender) = (Arc::clone(work), sender.clone());
        let started = thread::Builder::new()
            .name("template".to_owned())
            .spawn(move || work.run(&work.runs[number], &sender));
        started.map_err(|error| {
            let message = format!("cannot start a thread: {error}");
            Diagnostic::new("themes", message)
        })?;
    }
    Ok(receiver)
}

impl<F> Work<F> {
    fn move_to(&self, taken: usize) {
        let mut known = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        *known = taken.max(*known);
        self.moved.notify_all();
    }

    /// Pages that are done wait in memory for those before them.
    fn wait_for(&self, taken: usize) {
        let known = self.taken.lock().unwrap_or_else(PoisonError::into_inner);
        let enough = self.moved.wait_while(known, |known| *known < taken);
        drop(enough);
    }

    /// The jobs whose templates were stopped.
    fn over(&self) -> impl Iterator<Item = &Arc<Job>> {
        let over = |run: &&Run| run.is_over.load(Ordering::Acquire);
        self.runs
            .iter()
            .filter(over)
            .filter_map(|run| self.job(run))
    }

    fn job(&self, run: &Run) -> Option<&Arc<Job>> {
        let job = *run.job.lock().unwrap_or_else(PoisonError::into_inner);
        job.map(|index| &self.jobs[index])
    }

    /// Why no page came.
    fn faults(&self, lost: Lost, theme: &Theme) -> Vec<Diagnostic> {
        let jobs: Vec<&Arc<Job>> = match lost {
            Lost::TooLarge => self.over().collect(),
            Lost::TooLong(_) => self.runs.iter().filter_map(|run| self.job(run)).collect(),
            Lost::Panicked | Lost::NoThread => {
                let at = |message: &str| Diagnostic::new("themes", message);
                return vec![lost.fault("a template", at)];
            }
        };
        let fault = |job: &Arc<Job>| {
            let who = format!("the page {}", job.path);
            lost.fault(&who, |message| theme.whole(&job.template, message))
        };
        jobs.into_iter().map(fault).collect()
    }

    fn run<T>(&self, own: &Run, sender: &SyncSender<(usize, Done<T>)>)
    where
        F: Fn(&Job, Vec<u8>) -> T,
    {
        loop {
            let index = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(job) = self.jobs.get(index) else {
                return;
            };
            self.wait_for(index.saturating_sub(MAX_WAITING_PAGES));
            let at = |job| *own.job.lock().unwrap_or_else(PoisonError::into_inner) = job;
            at(Some(index));
            let done = self.render(job, &own.is_over);
            at(None);
            // Nobody listens any more if the run was left behind.
            if sender.send((index, done)).is_err() {
                return;
            }
        }
    }

    fn render<T>(&self, job: &Arc<Job>, is_over: &AtomicBool) -> Done<T>
    where
        F: Fn(&Job, Vec<u8>) -> T,
    {
        let job = Arc::clone(job);
        let mut html = Limited {
            html: Vec::new(),
            is_left_behind: &self.left_behind,
        };
        let rendering = || {
            self.engine
                .render_to(&job.template, &job.context(), &mut html)
        };
        let rendering = || budget::within(MAX_RENDER_BYTES, is_over, rendering);
        let ((made, calls), of_files) = calls::despite_faults(|| calls::record(rendering));
        match (made, calls) {
            _ if !of_files.is_empty() => Done::Failed(job, tera::Error::message(of_files)),
            (Ok(()), calls) => Done::Page(Page {
                made: (self.finish)(&job, html.html),
                job,
                calls,
            }),
            (Err(_), _) if html.html.len() >= MAX_PAGE_BYTES => Done::TooLong(job),
            (Err(error), _) => Done::Failed(job, error),
        }
    }
}

fn too_long(job: &Job, theme: &Theme) -> Diagnostic {
    let message = format!("the page {} grows without end", job.path);
    let fault = theme.whole(&job.template, &message);
    fault.expected(format!("a page of at most {MAX_PAGE_BYTES} bytes"))
}

/// Takes the output of a template, up to a limit, and while anybody wants it: one
/// that is left behind would take a processor for as long as the process lives.
struct Limited<'a> {
    html: Vec<u8>,
    is_left_behind: &'a AtomicBool,
}

impl Write for Limited<'_> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.is_left_behind.load(Ordering::Relaxed) {
            return Err(io::ErrorKind::TimedOut.into());
        }
        self.html
            .extend_from_slice(&bytes[..bytes.len().min(MAX_PAGE_BYTES - self.html.len())]);
        if self.html.len() == MAX_PAGE_BYTES {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Seen;

    /// More than any machine has.
    pub(super) const DOUBLING: &str = "{% set_global s = 'x' %}{% for a in range(end=60) %}\
         {% set_global s = s ~ s %}{% endfor %}";

    fn pages(templates: &[&str], patience: Duration) -> Result<Vec<Vec<u8>>, Vec<Diagnostic>> {
        let mut engine = Tera::new();
        // Not quite without end: the thread must not outlive the tests by much.
        let endless =
            "{% for a in range(end=90000) %}{% for b in range(end=400) %}{% endfor %}{% endfor %}";
        engine
            .add_raw_templates([
                ("endless.html", endless),
                ("doubling.html", DOUBLING),
                ("good.html", "good"),
            ])
            .unwrap();
        let job = |template: &&str| {
            Arc::new(Job {
                path: format!("/{template}/").into(),
                template: (*template).into(),
                config: None,
                seen: Seen::Other(Vec::new()),
            })
        };
        let mut done = Vec::new();
        render(
            templates.iter().map(job).collect(),
            &Arc::new(engine),
            &Theme::default(),
            patience,
            |_, html| html,
            |page| done.push(page.made),
        )
        .map_err(Failures::told)?;
        Ok(done)
    }

    #[test]
    fn a_template_without_end_is_left_behind() {
        let faults = pages(&["good.html", "endless.html"], Duration::from_millis(100));
        let messages: Vec<_> = faults
            .unwrap_err()
            .into_iter()
            .map(|fault| fault.message)
            .collect();
        assert_eq!(
            messages,
            ["the page /endless.html/ does not come to an end"]
        );
        let good = pages(&["good.html"], Duration::from_secs(60));
        assert_eq!(good.unwrap(), [b"good"]);
    }

    #[test]
    fn a_template_that_takes_ever_more_memory_is_stopped() {
        let faults = pages(&["good.html", "doubling.html"], Duration::from_secs(60));
        let faults = faults.unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        let message = "the page /doubling.html/ takes more and more memory";
        assert_eq!(faults[0].message, message);
        let good = pages(&["good.html"], Duration::from_secs(60));
        assert_eq!(good.unwrap(), [b"good"]);
    }

    /// It wrote no more than fits, and went on for as long as the process lived.
    #[test]
    fn a_template_that_is_left_behind_ends_where_it_writes() {
        let written = Arc::new(AtomicUsize::new(0));
        let counted = Arc::clone(&written);
        let mut engine = Tera::new();
        engine.register_function("slow", move |_: tera::Kwargs, _: &tera::State<'_>| {
            counted.fetch_add(1, Ordering::Relaxed);
            thread::sleep(Duration::from_millis(1));
            "x"
        });
        let template = "{% for a in range(end=60000) %}{{ slow() }}{% endfor %}";
        engine.add_raw_template("slow.html", template).unwrap();
        let job = Job {
            path: "/".into(),
            template: "slow.html".into(),
            config: None,
            seen: Seen::Other(Vec::new()),
        };
        let rendered = render(
            vec![Arc::new(job)],
            &Arc::new(engine),
            &Theme::default(),
            Duration::from_millis(50),
            |_, html| html,
            |_| (),
        );
        assert!(rendered.is_err());
        let ended = || {
            let before = written.load(Ordering::Relaxed);
            thread::sleep(Duration::from_millis(100));
            written.load(Ordering::Relaxed) == before
        };
        assert!((0..50).any(|_| ended()));
    }
}
