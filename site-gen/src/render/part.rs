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
use std::time::Duration;

use tera::{Context, Tera};

use super::template::{self, End, Made};
use super::wait::{self, Lost};
use crate::diagnostic::Diagnostic;
use crate::functions::calls;
use crate::limits::MAX_RENDER_TIME;
use crate::theme::Theme;
use crate::theme::step::{self, Watch};

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
    let fault = |lost: Lost, watch: &Watch| {
        let at = |message: &str| theme.at_step(template, watch.last(), message);
        vec![lost.fault("what this makes", at)]
    };
    let (made, watch) = if !source.is_none_or(|source| may_multiply(&source.text)) {
        let watch = Arc::default();
        (template::render(engine, template, &seen, &watch), watch)
    } else if patience.is_over.load(Ordering::Relaxed) {
        return Ok(None);
    } else {
        let (made, watch) = render_aside(engine, template, seen, patience.longest);
        let made = made.map_err(|lost| {
            patience.is_over.store(true, Ordering::Relaxed);
            fault(lost, &watch)
        })?;
        (made, watch)
    };
    calls::made(&made.calls);
    match made.html {
        Err(End::OfFiles(error)) => Err(theme.fault(template, &error)),
        _ if !made.is_sure => Ok(None),
        Err(End::Fault(error)) => Err(theme.fault_at(template, &error, watch.last())),
        Err(End::Lost(lost)) => Err(fault(lost, &watch)),
        Ok(html) => {
            let html = String::from_utf8(html);
            Ok(Some(html.expect("templates make text of text")))
        }
    }
}

/// Another thread that renders for this one: most who have one use it again.
struct Aside {
    tasks: SyncSender<Task>,
    done: Receiver<Made>,
    watch: Arc<Watch>,
}

struct Task {
    engine: Arc<Tera>,
    template: String,
    seen: Context,
}

thread_local! {
    static ASIDE: Cell<Option<Aside>> = const { Cell::new(None) };
}

impl Aside {
    fn start() -> Option<Self> {
        let (tasks, todo) = mpsc::sync_channel::<Task>(1);
        let (sender, done) = mpsc::sync_channel(1);
        let watch = Arc::new(Watch::default());
        let own = Arc::clone(&watch);
        let started = template::thread().spawn(move || {
            for task in todo {
                let made = template::render(&task.engine, &task.template, &task.seen, &own);
                drop(task);
                // Nobody listens any more if it was left behind.
                if sender.send(made).is_err() {
                    return;
                }
            }
        });
        started.is_ok().then_some(Self { tasks, done, watch })
    }
}

/// Renders on another thread, for as long as anybody waits.
fn render_aside(
    engine: &Arc<Tera>,
    template: &str,
    seen: Context,
    longest: Duration,
) -> (Result<Made, Lost>, Arc<Watch>) {
    let Some(aside) = ASIDE.take().or_else(Aside::start) else {
        return (Err(Lost::NoThread), Arc::default());
    };
    let task = Task {
        engine: Arc::clone(engine),
        template: template.to_owned(),
        seen,
    };
    let watch = Arc::clone(&aside.watch);
    let made = match aside.tasks.send(task) {
        Ok(()) => wait::next(&aside.done, longest, std::slice::from_ref(&watch)),
        Err(_) => Err(Lost::Panicked),
    };
    match &made {
        Ok(_) => ASIDE.set(Some(aside)),
        Err(_) => watch.leave_behind(),
    }
    (made, watch)
}

/// Tags that only choose.
const CHOOSING: [&str; 4] = ["if", "elif", "else", "endif"];

/// Filters that make no more than they are given.
const HARMLESS: [&str; 2] = ["safe", "escape"];

/// Whether a template may do or make more than is written in it, or than it is given:
/// all may but those known not to.
fn may_multiply(text: &str) -> bool {
    step::tags(text).any(|tag| !is_harmless(&text[tag]))
}

/// Whether a tag only chooses, or writes something as it is.
fn is_harmless(tag: &str) -> bool {
    let word = step::first_word(tag);
    let is_word = |name: &str| {
        let name = name.trim_end_matches(['-', '}', '%']).trim_ascii();
        HARMLESS.contains(&name)
    };
    (tag.starts_with("{{") || CHOOSING.contains(&word))
        // Calls, components, texts in a row, and lists of the same one.
        && !tag.contains(['(', '<', '~', '['])
        && tag.split('|').skip(1).all(is_word)
}

#[cfg(test)]
mod tests {
    use std::time::Instant;

    use super::super::tests::{DOUBLING, ENDLESS};
    use super::*;
    use crate::config::Config;
    use crate::functions;

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
    fn a_template_that_takes_ever_more_memory_ends() {
        let without_loop = "{% set a = a ~ a %}".repeat(60);
        let without_loop = format!("{{% set a = \"xyz\" %}}{without_loop}");
        let as_argument = format!("{without_loop}{{{{ a }}}}");
        for text in [DOUBLING, &without_loop, &as_argument] {
            let patience = Patience::of(Duration::from_secs(60));
            let faults = part(text, &patience).unwrap_err();
            let message = "what this makes takes more and more memory";
            assert_eq!(faults[0].message, message);
            assert!(faults[0].place.is_some());
        }
    }

    /// Between two steps nobody can end it.
    #[test]
    fn a_template_that_takes_all_memory_at_once_is_stopped() {
        let patience = Patience::of(Duration::from_secs(60));
        let at_once = DOUBLING.replace("60", "25") + "{{ s ~ s ~ s ~ s ~ s ~ s ~ s ~ s }}";
        let faults = part(&at_once, &patience).unwrap_err();
        assert_eq!(
            faults[0].message,
            "what this makes takes more and more memory"
        );
        assert!(faults[0].place.is_some());
        assert!(patience.is_over.load(Ordering::Relaxed), "it is waited for");
    }

    #[test]
    fn what_may_multiply_is_known() {
        for text in [
            "{%- for a in b %}{% endfor %}",
            "{% include \"x.html\" %}",
            "{{ <card/> }}",
            "{{ <card a={1} /> }}",
            "{% <boxed> %}{% </boxed> %}",
            "{% filter upper %}a{% endfilter %}",
            "{% set a = b %}",
            "{{ a ~ a }}",
            "{{ [a, a] }}",
            "{{ load_data(path=\"a.bib\") }}",
            "{{ a | replace(from=\"a\", to=a) }}",
            "{{ a | safe | linebreaksbr }}",
        ] {
            assert!(may_multiply(text), "{text}");
            let card = "{% component card(a=1) %}{{ a }}{% endcomponent %}\
                 {% component boxed() %}{{ body }}{% endcomponent %}";
            let theme =
                Theme::of_templates(&[("x.html", ""), ("card.html", card), ("a.html", text)]);
            let engine =
                functions::engine(&Arc::default(), &Config::for_test(), tera::Value::none());
            let compiled = theme.compile(&engine);
            assert!(compiled.is_ok(), "{text}: {:?}", compiled.err());
        }
        for text in [
            "for ~ (a | b) <b>",
            "<b class=\"x\">({{ a }})</b>(for ~){% if a and b.c == 1 %}{{ b | safe }}{% endif %}",
            "{#- {{ a() }} -#}{%- if not a -%}{{- a -}}{% elif b %}{{ b|escape|safe -}}{% else %}{% endif %}",
            "{% raw %}{{ a() }}{% endraw %}",
        ] {
            assert!(!may_multiply(text), "{text}");
        }
    }
}
