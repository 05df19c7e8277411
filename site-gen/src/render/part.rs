//! Templates that make a part of a text while that is read: those of shortcodes,
//! and that of links of headings.
//!
//! As with pages, one that repeats itself and gets nowhere can only be left behind. So what may repeat anything runs on a thread of its own, and is waited
//! for; most does not, and runs where the text is read.

use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::mpsc;
use std::thread;
use std::time::Duration;

use tera::{Context, Tera};

use super::Limited;
use super::wait::{self, Nothing};
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
    let source = theme.templates().get(template);
    let run = match source.is_none_or(|source| may_repeat(&source.text)) {
        false => Run::of(engine, template, &seen, &AtomicBool::new(false)),
        true if patience.is_over.load(Ordering::Relaxed) => return Ok(None),
        true => match aside(engine, template, seen, patience.longest) {
            Ok(run) => run,
            Err(nothing) => {
                patience.is_over.store(true, Ordering::Relaxed);
                let at = |message: &str| theme.whole(template, message);
                return Err(vec![nothing.fault("what this makes", at)]);
            }
        },
    };
    calls::made(&run.calls);
    match run.made {
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
}

impl Run {
    fn of(engine: &Tera, template: &str, seen: &Context, is_left_behind: &AtomicBool) -> Self {
        let mut html = Limited {
            html: Vec::new(),
            is_left_behind,
        };
        let render = || engine.render_to(template, seen, &mut html);
        let ((made, is_sure), calls) = calls::record(|| calls::without_doubt(render));
        Self {
            html: html.html,
            made,
            calls,
            is_sure,
        }
    }
}

/// Renders on another thread, for as long as anybody waits.
fn aside(
    engine: &Arc<Tera>,
    template: &str,
    seen: Context,
    longest: Duration,
) -> Result<Run, Nothing> {
    let (sender, receiver) = mpsc::sync_channel(1);
    let is_left_behind = Arc::new(AtomicBool::new(false));
    let (engine, name) = (Arc::clone(engine), template.to_owned());
    let is_over = Arc::new(AtomicBool::new(false));
    let (told, over) = (Arc::clone(&is_left_behind), Arc::clone(&is_over));
    let thread = thread::Builder::new().name("template".to_owned());
    let started = thread.spawn(move || {
        let run = || Run::of(&engine, &name, &seen, &told);
        let run = budget::within(MAX_RENDER_BYTES, &over, run);
        // Nobody listens any more if it was left behind.
        _ = sender.send(run);
    });
    // Without a thread nobody sends anything.
    drop(started);
    let run = wait::next(&receiver, longest, || is_over.load(Ordering::Acquire));
    is_left_behind.store(true, Ordering::Relaxed);
    run
}

/// Whether a template may do anything more often than it is written: by a loop, or by
/// another template.
fn may_repeat(text: &str) -> bool {
    let of_word = |c: char| c.is_ascii_alphanumeric() || c == '_';
    let mut words = text.split(|c| !of_word(c));
    // `<ui.card(title="x") />` is a component, which may have a loop.
    let mut components = text.split('<').skip(1).map(|after| {
        let name = after.trim_start();
        name.trim_start_matches(|c| of_word(c) || c == '.' || c == ' ')
    });
    words.any(|word| matches!(word, "for" | "include" | "extends"))
        || components.any(|after| after.starts_with('('))
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

    #[test]
    fn a_template_that_takes_ever_more_memory_is_stopped() {
        let patience = Patience::of(Duration::from_secs(60));
        let faults = part(super::super::tests::DOUBLING, &patience).unwrap_err();
        assert_eq!(
            faults[0].message,
            "what this makes takes more and more memory"
        );
    }

    #[test]
    fn what_may_repeat_something_is_known() {
        for text in [
            "{%- for a in b %}",
            "{% include \"x.html\" %}",
            "{{ <ui.card(a=1) /> }}",
            "{% < card (a=1) %}{% </card> %}",
        ] {
            assert!(may_repeat(text), "{text}");
        }
        for text in ["<b class=\"x\">({{ a }})</b>", "{{ before(a=1) }} < (b)"] {
            assert_eq!(may_repeat(text), text.contains("< ("), "{text}");
        }
    }
}
