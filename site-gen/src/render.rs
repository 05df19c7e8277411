//! Step 9: templates make pages. Every page is one job; threads take them in
//! order, so that what is done can go on to where it is kept.
//!
//! A template may repeat itself without end. What it writes and what it keeps have
//! limits; how long it takes is known to those who wait for it. So templates run on
//! threads of their own, and one that gets nowhere is left behind: it ends where it
//! repeats itself ([`step`](crate::theme::step)).
//!
//! * `template` renders one of them within its limits, on the thread that asks;
//! * `wait` waits for another thread;
//! * `part` makes parts of texts, which are shortcodes and links of headings.

pub(crate) mod failures;
mod part;
mod template;
mod wait;

use std::collections::BTreeMap;
use std::panic::{self, AssertUnwindSafe};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::mpsc::{self, SyncSender};
use std::sync::{Arc, Condvar, Mutex, PoisonError};
use std::thread;
use std::time::Duration;

use tera::Tera;

pub(crate) use part::{Patience, render_part};

use crate::diagnostic::Diagnostic;
use crate::functions::calls::CallId;
use crate::jobs::Job;
use crate::limits::MAX_WAITING_PAGES;
use crate::theme::Theme;
use crate::theme::step::{Step, Watch};
use failures::Failures;
use template::{End, Made};
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
/// Some of the jobs, by number, are done `first`; `see` sees their pages as they come.
///
/// `patience` is how long a template may take.
pub(crate) fn render<T: Send + 'static>(
    (jobs, first): (Vec<Arc<Job>>, &[usize]),
    (engine, theme): (&Arc<Tera>, &Theme),
    patience: Duration,
    finish: impl Fn(&Job, Vec<u8>) -> T + Send + Sync + 'static,
    mut see: impl FnMut(&Page<T>),
    mut take: impl FnMut(Page<T>),
) -> Result<(), Failures> {
    let count = jobs.len();
    let threads = thread::available_parallelism()
        .map_or(1, usize::from)
        .min(count);
    let others = (0..count).filter(|index| !first.contains(index));
    let work = Arc::new(Work {
        order: first.iter().copied().chain(others).collect(),
        first: first.len(),
        jobs,
        next: AtomicUsize::new(0),
        engine: Arc::clone(engine),
        threads: (0..threads).map(|_| OfThread::default()).collect(),
        taken: Mutex::default(),
        moved: Condvar::new(),
        finish,
    });
    let _ended = Ended(&work);
    let watches: Vec<Arc<Watch>> = work
        .threads
        .iter()
        .map(|thread| Arc::clone(&thread.watch))
        .collect();
    let receiver = start(&work).map_err(Failures::of)?;
    let mut waiting: BTreeMap<usize, Page<T>> = BTreeMap::new();
    let mut expected = 0;
    let mut failures = Failures::default();
    for _ in 0..count {
        match wait::next(&receiver, patience, &watches) {
            Ok((index, Done::Page(page))) => {
                if first.contains(&index) {
                    see(&page);
                }
                waiting.insert(index, page);
            }
            Ok((_, Done::Lost(job, lost, step))) => {
                failures.add_fault(fault_of_page(&job, lost, step, theme));
            }
            Ok((_, Done::Failed(job, error, step))) => failures.add(&job, (&error, step), theme),
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
    /// In which they are done: the numbers of the first ones, and then the others.
    order: Vec<usize>,
    first: usize,
    next: AtomicUsize,
    engine: Arc<Tera>,
    threads: Vec<OfThread>,
    /// How many pages were taken, in order.
    taken: Mutex<usize>,
    moved: Condvar,
    finish: F,
}

/// What is known of a thread.
#[derive(Default)]
struct OfThread {
    /// The number of the job that it is at.
    job: Mutex<Option<usize>>,
    watch: Arc<Watch>,
}

/// When it goes, nobody takes pages any more.
struct Ended<'a, F>(&'a Work<F>);

impl<F> Drop for Ended<'_, F> {
    fn drop(&mut self) {
        self.0.move_to(usize::MAX);
        for thread in &self.0.threads {
            thread.watch.leave_behind();
        }
    }
}

enum Done<T> {
    Page(Page<T>),
    Failed(Arc<Job>, tera::Error, Option<Step>),
    Lost(Arc<Job>, Lost, Option<Step>),
}

fn start<T: Send + 'static, F: Fn(&Job, Vec<u8>) -> T + Send + Sync + 'static>(
    work: &Arc<Work<F>>,
) -> Result<mpsc::Receiver<(usize, Done<T>)>, Diagnostic> {
    let (sender, receiver) = mpsc::sync_channel(MAX_WAITING_PAGES);
    for number in 0..work.threads.len() {
        let (work, sender) = (Arc::clone(work), sender.clone());
        let started = template::thread().spawn(move || work.run(&work.threads[number], &sender));
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

    /// Why no page came.
    fn faults(&self, lost: Lost, theme: &Theme) -> Vec<Diagnostic> {
        let is_lost = |thread: &&OfThread| match lost {
            Lost::TooLarge => thread.watch.is_parked(),
            Lost::TooLong(patience) => thread.watch.is_at_it_for(patience),
            Lost::TooMuch | Lost::Panicked | Lost::NoThread => false,
        };
        let fault = |thread: &OfThread| {
            let job = *thread.job.lock().unwrap_or_else(PoisonError::into_inner);
            let step = thread.watch.last();
            Some(fault_of_page(&self.jobs[job?], lost, step, theme))
        };
        let threads = self.threads.iter().filter(is_lost);
        let mut faults: Vec<Diagnostic> = threads.filter_map(fault).collect();
        if faults.is_empty() {
            let at = |message: &str| Diagnostic::new("themes", message);
            faults.push(lost.fault("a template", at));
        }
        faults
    }

    fn run<T>(&self, own: &OfThread, sender: &SyncSender<(usize, Done<T>)>)
    where
        F: Fn(&Job, Vec<u8>) -> T,
    {
        loop {
            let turn = self.next.fetch_add(1, Ordering::Relaxed);
            let Some(&index) = self.order.get(turn) else {
                return;
            };
            let job = &self.jobs[index];
            if turn >= self.first {
                self.wait_for(index.saturating_sub(MAX_WAITING_PAGES));
            }
            let at = |job| *own.job.lock().unwrap_or_else(PoisonError::into_inner) = job;
            at(Some(index));
            let done = self.render(job, &own.watch);
            at(None);
            // Nobody listens any more if the run was left behind.
            if sender.send((index, done)).is_err() {
                return;
            }
        }
    }

    fn render<T>(&self, job: &Arc<Job>, watch: &Arc<Watch>) -> Done<T>
    where
        F: Fn(&Job, Vec<u8>) -> T,
    {
        let made = || {
            let made = template::render(&self.engine, &job.template, &job.context(), watch);
            let Made { html, calls, .. } = made;
            html.map(|html| ((self.finish)(job, html), calls))
        };
        // A panic is this page's fault, and not the end of `fata serve`.
        let made = panic::catch_unwind(AssertUnwindSafe(made));
        let job = Arc::clone(job);
        match made.unwrap_or(Err(End::Lost(Lost::Panicked))) {
            Ok((made, calls)) => Done::Page(Page { job, made, calls }),
            Err(End::Fault(error)) => Done::Failed(job, error, watch.last()),
            Err(End::OfFiles(error)) => Done::Failed(job, error, None),
            Err(End::Lost(lost)) => Done::Lost(job, lost, watch.last()),
        }
    }
}

/// Why a page was not made.
fn fault_of_page(job: &Job, lost: Lost, step: Option<Step>, theme: &Theme) -> Diagnostic {
    let page = format!("the page {}", job.path);
    lost.fault(&page, |message| theme.at_step(&job.template, step, message))
}

#[cfg(test)]
mod tests {
    use std::cell::Cell;

    use super::*;
    use crate::jobs::Seen;
    use crate::limits::MAX_LEVELS;

    /// More than any machine has time for. It writes nothing.
    pub(super) const ENDLESS: &str = "\n {% for a in range(end=90000) %}\
         {% for b in range(end=90000) %}{% for c in range(end=90000) %}\
         {% endfor %}{% endfor %}{% endfor %}";

    /// More than any machine has memory for.
    pub(super) const DOUBLING: &str = "{% set_global s = 'xyz' %}\n{% for a in range(end=60) %}\
         {% set_global s = s ~ s %}{% endfor %}";

    /// Components that call others, as deep as the engine allows.
    fn calling() -> String {
        let component = |n: usize| {
            let call = format!("{{{{ <c{}/> }}}}", n + 1).repeat(20);
            format!("{{% component c{n}() %}}{call}{{% endcomponent %}}")
        };
        let components: String = (0..18).map(component).collect();
        format!("{{{{ <c0/> }}}}\n{components}{{% component c18() %}}{{% endcomponent %}}")
    }

    fn pages(
        templates: &[(&str, &str)],
        patience: Duration,
    ) -> Result<Vec<Vec<u8>>, Vec<Diagnostic>> {
        let theme = Theme::of_templates(templates);
        let engine = Arc::new(theme.compile(&Tera::default()).unwrap());
        let job = |(template, _): &(&str, &str)| {
            Arc::new(Job {
                path: format!("/{template}/").into(),
                template: (*template).into(),
                config: None,
                seen: Seen::Other(Vec::new()),
            })
        };
        let mut done = Vec::new();
        let rendered = render(
            (templates.iter().map(job).collect(), &[]),
            (&engine, &theme),
            patience,
            |_, html| html,
            |_| {},
            |page| done.push(page.made),
        );
        // All threads end, and give back what they have.
        let is_alone = || {
            thread::sleep(Duration::from_millis(20));
            Arc::strong_count(&engine) == 1
        };
        assert!((0..500).any(|_| is_alone()));
        rendered.map(|()| done).map_err(Failures::told)
    }

    /// The message of the only fault, and what it is about.
    fn fault(text: &str, patience: Duration) -> (String, String) {
        let mut faults = pages(&[("a.html", text), ("b.html", "good")], patience).unwrap_err();
        assert_eq!(faults.len(), 1, "{faults:?}");
        let fault = faults.remove(0);
        let place = fault.place.expect("a place");
        let shown = place.text.chars().skip(place.column - 1 - place.skipped);
        (fault.message, shown.take(place.length).collect())
    }

    /// Those that are done first are seen while others wait, and are taken in order.
    #[test]
    fn pages_that_are_looked_at_are_the_first() {
        let long = "{% for i in range(end=20000) %}{{ i }}{% endfor %}";
        let theme = Theme::of_templates(&[("a.html", long)]);
        let engine = Arc::new(theme.compile(&Tera::default()).unwrap());
        let count = 2 * MAX_WAITING_PAGES;
        let first = [count - 1, count / 2];
        let job = |number: usize| {
            Arc::new(Job {
                path: format!("/{number}/").into(),
                template: "a.html".into(),
                config: None,
                seen: Seen::Other(Vec::new()),
            })
        };
        let (mut seen, taken) = (Vec::new(), Cell::new(0));
        let rendered = render(
            ((0..count).map(job).collect(), &first),
            (&engine, &theme),
            Duration::from_secs(60),
            |_, _| (),
            |page| seen.push((page.job.path.to_string(), taken.get())),
            |page| {
                assert_eq!(*page.job.path, *format!("/{}/", taken.get()));
                taken.set(taken.get() + 1);
            },
        );
        assert!(rendered.is_ok());
        assert_eq!(taken.get(), count);
        assert!(seen.iter().all(|(_, taken)| *taken < count / 2), "{seen:?}");
        let mut seen: Vec<_> = seen.into_iter().map(|(path, _)| path).collect();
        seen.sort();
        let expected = first.map(|number| format!("/{number}/"));
        assert_eq!(seen, [&*expected[1], &*expected[0]]);
    }

    #[test]
    fn a_template_without_end_is_left_behind_and_ends() {
        let calling = calling();
        for (text, tag) in [(ENDLESS, "{% for "), (&calling, "{% component c")] {
            let (message, shown) = fault(text, Duration::from_millis(300));
            assert_eq!(message, "the page /a.html/ does not come to an end");
            assert!(shown.starts_with(tag), "{shown}");
        }
        let good = pages(&[("a.html", "good")], Duration::from_secs(60));
        assert_eq!(good.unwrap(), [b"good"]);
    }

    #[test]
    fn a_template_that_takes_ever_more_memory_ends() {
        let (message, shown) = fault(DOUBLING, Duration::from_secs(60));
        assert_eq!(message, "the page /a.html/ takes more and more memory");
        assert_eq!(shown, "{% set_global s = s ~ s %}");
    }

    #[test]
    fn a_template_that_makes_ever_more_ends() {
        let more = "{% for a in range(end=90000) %}{% for b in range(end=90000) %}long enough\
             {% endfor %}{% endfor %}";
        let (message, shown) = fault(more, Duration::from_secs(60));
        assert_eq!(message, "the page /a.html/ grows without end");
        assert_eq!(shown, "{% for b in range(end=90000) %}");
    }

    /// What is deep needs stack, in each thing that is done with it.
    #[test]
    fn a_template_that_puts_values_into_one_another_ends() {
        for more in ["[a]", "{\"x\": a}", "[a] | reverse", "[[{\"x\": a}]]"] {
            let text = format!(
                "{{% set a = [] %}}\n{{% for i in range(end=400) %}}{{% for k in range(end=400) %}}\
                 {{% set_global a = {more} %}}{{% endfor %}}{{% endfor %}}"
            );
            let (message, shown) = fault(&text, Duration::from_secs(60));
            assert!(message.starts_with("values are put into one another too often"));
            assert_eq!(shown, format!("{{% set_global a = {more} %}}"));
        }
        let most = MAX_LEVELS / 2;
        let deep = format!(
            "{{% set a = [] %}}{{% set b = [] %}}{{% for i in range(end={most}) %}}\
             {{% set_global a = [a] %}}{{% endfor %}}"
        );
        for used in [
            "",
            "{{ a }}",
            "{{ a == b }}",
            "{{ [a, a] | unique | length }}",
            "{{ {\"x\": a} }}",
        ] {
            let made = pages(
                &[("a.html", &format!("{deep}{used}"))],
                Duration::from_secs(60),
            );
            assert!(made.is_ok(), "{made:?}");
        }
    }

    #[test]
    fn components_that_call_each_other_without_end_are_placed() {
        let text = "{% component a() %}{{ <b/> }}{% endcomponent %}\n\
                    {% component b() %}{{ <a/> }}{% endcomponent %}{{ <a/> }}";
        let (message, shown) = fault(text, Duration::from_secs(60));
        assert!(message.starts_with("Maximum render recursion depth"));
        assert!(shown.starts_with("{% component "), "{shown}");
    }

    /// Places are those in the file, though the engine sees steps in it.
    #[test]
    fn faults_behind_loops_are_where_they_are() {
        let text = "{% for a in [1] %}ä{% for b in [2] %}{% endfor %}{{ a.x }}{% endfor %}";
        let (_, shown) = fault(text, Duration::from_secs(60));
        assert_eq!(shown, "x");
    }
}
