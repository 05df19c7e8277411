//! Templates that make a part of a text while that is read: those of shortcodes,
//! and that of links of headings.
//!
//! As with pages, one that repeats itself and gets nowhere can only be left behind.
//! So what may do or make more than is written in it runs on another thread, within
//! a budget, and is waited for; most does not, and runs where the text is read.

use std::cell::Cell;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc::{self, Receiver, SyncSender};
use std::thread;
use std::time::Duration;

use tera::{Context, Tera};

use super::Limited;
use super::wait::{self, Lost};
use crate::calls::{self, CallId};
use crate::diagnostic::Diagnostic;
use crate::limits::{MAX_PAGE_BYTES, MAX_RENDER_BYTES, MAX_RENDER_TIME};
use crate::theme::Theme;

/// How long each template of a part may take, and whether one took longer: then
/// there will be no site, and no other is waited for.
pub(crate) struct Patience {
    longest: Duration,
    is_over: AtomicBool,
}

impl Default for Patience {
    fn default() -> Self {
        Self::of(MAX_RENDER_TIME)
    }
}

impl Patience {
    pub(crate) fn of(longest: Duration) -> Self {
        Self {
            longest,
            is_over: AtomicBool::new(false),
        }
    }
}

/// Renders a template that makes a part of a text; none if what it makes is not
/// known, as it was answered what may be another thing without what is at fault.
pub(crate) fn render_part(
    engine: &Arc<Tera>,
    theme: &Theme,
    template: &str,
    seen: Context,
    patience: &Patience,
) -> Result<Option<String>, Vec<Diagnostic>> {
    let source = theme.template(template);
    let run = match source.is_none_or(|source| may_multiply(&source.text)) {
        false => Run::of(engine, template, &seen, &AtomicBool::new(false)),
        true if patience.is_over.load(Ordering::Relaxed) => return Ok(None),
        true => match run_aside(engine, template, seen, patience.longest) {
            Ok(run) => run,
            Err(lost) => {
                patience.is_over.store(true, Ordering::Relaxed);
                let at = |message: &str| theme.whole(template, message);
                return Err(vec![lost.fault("what this makes", at)]);
            }
        },
    };
    calls::made(&run.calls);
    match run.made {
        _ if !run.of_files.is_empty() => {
            Err(theme.fault(template, &tera::Error::message(run.of_files)))
        }
        _ if !run.is_sure => Ok(None),
        Ok(()) => {
            let html = String::from_utf8(run.html);
            Ok(Some(html.expect("templates make text of text")))
        }
        Err(_) if run.html.len() >= MAX_PAGE_BYTES => {
            let fault = theme.whole(template, "what this makes grows without end");
            Err(vec![
                fault.expected(format!("at most {MAX_PAGE_BYTES} bytes")),
            ])
        }
        Err(error) => Err(theme.fault(template, &error)),
    }
}

/// What a template made, and what it asked.
struct Run {
    html: Vec<u8>,
    made: Result<(), tera::Error>,
    calls: Vec<CallId>,
    /// Whether no answer that it got is in doubt.
    is_sure: bool,
    /// What is wrong with files that it read.
    of_files: String,
}

impl Run {
    fn of(engine: &Tera, template: &str, seen: &Context, is_left_behind: &AtomicBool) -> Self {
        let mut html = Limited {
            html: Vec::new(),
            is_left_behind,
        };
        let render = || engine.render_to(template, seen, &mut html);
        let render = || calls::record(|| calls::without_doubt(render));
        let (((made, is_sure), calls), of_files) = calls::despite_faults(render);
        Self {
            html: html.html,
            made,
            calls,
            is_sure,
            of_files,
        }
    }
}

/// Another thread that renders for this one: most who have one use it again.
struct Aside {
    tasks: SyncSender<Task>,
    runs: Receiver<Run>,
    state: Arc<State>,
}

struct Task {
    engine: Arc<Tera>,
    template: String,
    seen: Context,
}

/// What is known of a thread that renders.
#[derive(Default)]
struct State {
    /// Nobody waits for it any more.
    is_left_behind: AtomicBool,
    /// It takes too much memory, and was stopped.
    is_over: AtomicBool,
}

thread_local! {
    static ASIDE: Cell<Option<Aside>> = const { Cell::new(None) };
}

impl Aside {
    fn start() -> Option<Self> {
        let (tasks, todo) = mpsc::sync_channel::<Task>(1);
        let (done, runs) = mpsc::sync_channel(1);
        let state = Arc::new(State::default());
        let own = Arc::clone(&state);
        let thread = thread::Builder::new().name("template".to_owned());
        let started = thread.spawn(move || {
            for task in todo {
                let Task {
                    engine,
                    template,
                    seen,
                } = &task;
                let run = || Run::of(engine, template, seen, &own.is_left_behind);
                let run = budget::within(MAX_RENDER_BYTES, &own.is_over, run);
                drop(task);
                // Nobody listens any more if it was left behind.
                if done.send(run).is_err() {
                    return;
                }
            }
        });
        started.is_ok().then_some(Self { tasks, runs, state })
    }
}

/// Renders on another thread, for as long as anybody waits.
fn run_aside(
    engine: &Arc<Tera>,
    template: &str,
    seen: Context,
    longest: Duration,
) -> Result<Run, Lost> {
    let aside = ASIDE.take().or_else(Aside::start);
    let aside = aside.ok_or(Lost::NoThread)?;
    let task = Task {
        engine: Arc::clone(engine),
        template: template.to_owned(),
        seen,
    };
    let sent = aside.tasks.send(task);
    sent.map_err(|_| Lost::Panicked)?;
    let is_over = || aside.state.is_over.load(Ordering::Acquire);
    let run = wait::next(&aside.runs, longest, is_over);
    match &run {
        Ok(_) => ASIDE.set(Some(aside)),
        Err(_) => aside.state.is_left_behind.store(true, Ordering::Relaxed),
    }
    run
}

/// Words with which a template does so.
const MULTIPLYING: [&str; 5] = ["for", "include", "extends", "set", "set_global"];

/// Filters that make no more than they are given.
const HARMLESS: [&str; 2] = ["safe", "escape"];

/// Whether a template may do or make more than is written in it, or than it is given:
/// by a loop, by another template, by what a function answers or a filter makes.
fn may_multiply(text: &str) -> bool {
    let code = text.find('{').zip(text.rfind('}'));
    let code = code.map_or("", |(start, end)| text.get(start..end).unwrap_or_default());
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut filters = code.split('|').skip(1).map(|after| {
        let name = after.trim_start();
        &name[..name.find(|c| !of_word(c)).unwrap_or(name.len())]
    });
    code.contains(['~', '('])
        || code
            .split(|c| !of_word(c))
            .any(|word| MULTIPLYING.contains(&word))
        || filters.any(|name| !HARMLESS.contains(&name))
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::*;

    /// Not quite without end: its thread must not outlive the tests by much.
    const ENDLESS: &str =
        "{% for a in range(end=90000) %}{% for b in range(end=400) %}{% endfor %}{% endfor %}";

    fn part(text: &str, patience: &Patience) -> Result<Option<String>, Vec<Diagnostic>> {
        let theme = Theme::of_templates(&[("a.html", text)]);
        let engine = Arc::new(theme.compile(&Tera::default()).unwrap());
        render_part(&engine, &theme, "a.html", Context::new(), patience)
    }

    #[test]
    fn a_template_without_end_is_left_behind_and_no_other_is_waited_for() {
        let patience = Patience::of(Duration::from_millis(100));
        let faults = part(ENDLESS, &patience).unwrap_err();
        assert_eq!(faults[0].message, "what this makes does not come to an end");
        let started = Instant::now();
        assert_eq!(part(ENDLESS, &patience).unwrap(), None);
        assert!(started.elapsed() < Duration::from_millis(90));
        assert_eq!(part("x", &patience).unwrap().as_deref(), Some("x"));
    }

    /// It ends where it writes, and another thread takes its place.
    #[test]
    fn what_follows_a_template_without_end_is_rendered() {
        let patience = || Patience::of(Duration::from_millis(100));
        assert!(part(ENDLESS, &patience()).is_err());
        let twice = "{% for a in [1, 2] %}{{ a }}{% endfor %}";
        for _ in 0..3 {
            let made = part(twice, &Patience::default()).unwrap();
            assert_eq!(made.as_deref(), Some("12"));
        }
    }

    #[test]
    fn a_template_that_takes_ever_more_memory_is_stopped() {
        let without_loop = "{% set a = a ~ a %}".repeat(60);
        let without_loop = format!("{{% set a = \"x\" %}}{without_loop}");
        for text in [super::super::tests::DOUBLING, &without_loop] {
            let patience = Patience::of(Duration::from_secs(60));
            let faults = part(text, &patience).unwrap_err();
            let message = "what this makes takes more and more memory";
            assert_eq!(faults[0].message, message);
        }
    }

    #[test]
    fn what_may_multiply_is_known() {
        for text in [
            "{%- for a in b %}",
            "{% include \"x.html\" %}",
            "{{ <ui.card(a=1) /> }}",
            "{% < card (a=1) %}{% </card> %}",
            "{% set a = b %}",
            "{{ a ~ a }}",
            "{{ load_data(path=\"a.bib\") }}",
            "{{ a | replace(from=\"a\", to=a) }}",
            "{{ a | safe | repeated }}",
        ] {
            assert!(may_multiply(text), "{text}");
        }
        let harmless = "<b class=\"x\">({{ a }})</b>(for ~){% if a %}{{ b | safe }}{% endif %}";
        let (before, after) = harmless.split_once("(for ~)").unwrap();
        for text in [
            "for ~ (a | b)",
            &format!("for ~ ({before}) for ~"),
            &format!("{before}{after}"),
        ] {
            assert!(!may_multiply(text), "{text}");
        }
    }
}
