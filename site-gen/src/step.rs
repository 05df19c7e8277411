//! Steps: where a template repeats itself, or keeps something, it tells where it is.
//! So one that has no end can be ended, and it is known which loop that was.
//!
//! tera asks nobody while it renders. So each loop and component is given a tag to
//! begin with, and each `set` one behind it ([`with_steps`]). Its filter is ours
//! ([`step`]); it writes nothing, and names the template and the place. What the
//! engine says about places is then put right ([`without_steps`]).
//!
//! * [`Watch`]: what is known of a thread that renders.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::limits::{MAX_RENDER_BYTES, MAX_STEP_BYTES, MAX_TEXT_BYTES};

/// What the filter is called.
const FILTER: &str = "fata_step";

/// Numbers of steps have as many digits as this one, so that all tags are as long.
const FIRST: u64 = 1 << 44;

/// Bytes of a template are counted up to this.
const PLACES: u64 = MAX_TEXT_BYTES;

/// How many templates have steps: all, as there are no more files.
const TEMPLATES: u64 = FIRST / PLACES;

/// Adds the filter to an engine.
pub(crate) fn register(engine: &mut Tera) {
    engine.register_filter(FILTER, |at: i64, _: Kwargs, _: &State| step(at));
}

/// A template with steps; `number` tells it from others.
pub(crate) fn with_steps(text: &str, number: usize) -> String {
    let number = number as u64;
    if number >= TEMPLATES {
        return text.to_owned();
    }
    let mut stepped = String::with_capacity(text.len());
    let mut copied = 0;
    for tag in stepping(text) {
        stepped.push_str(&text[copied..tag.end]);
        stepped.push_str(&step_tag(
            Step::number(number, tag.start),
            &text[tag.clone()],
        ));
        copied = tag.end;
    }
    stepped.push_str(&text[copied..]);
    stepped
}

/// A place in a template with steps, in the same without them.
pub(crate) fn without_steps(text: &str, place: &Range<usize>) -> Range<usize> {
    let length = step_tag(FIRST, "").len();
    let original = |at: usize| {
        let mut shift = 0;
        for tag in stepping(text) {
            if at <= tag.end + shift {
                break;
            }
            shift = (shift + length).min(at - tag.end);
        }
        at - shift
    };
    original(place.start)..original(place.end)
}

/// The tag of a step, behind another: it trims what follows if that one does.
fn step_tag(number: u64, behind: &str) -> String {
    let trim = if behind.ends_with("-%}") { '-' } else { ' ' };
    format!("{{{{ {number} | {FILTER} {trim}}}}}")
}

/// A place in a template.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Step {
    /// The number of the template.
    pub(crate) template: usize,
    /// Where the tag begins that has it.
    pub(crate) start: usize,
}

impl Step {
    fn number(template: u64, start: usize) -> u64 {
        FIRST + template * PLACES + start as u64
    }

    fn of(number: u64) -> Option<Self> {
        let place = number.checked_sub(FIRST)?;
        Some(Self {
            template: usize::try_from(place / PLACES).ok()?,
            start: usize::try_from(place % PLACES).ok()?,
        })
    }

    /// The whole tag.
    pub(crate) fn tag(self, text: &str) -> Option<Range<usize>> {
        stepping(text).find(|tag| tag.start == self.start)
    }
}

/// The words of the tags that have steps.
const STEPPING: [&str; 4] = ["for", "component", "set", "set_global"];

/// The tags of a template that have steps.
fn stepping(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find('{')?;
            let rest = &text[start..];
            at = start + 1;
            let end = match rest.as_bytes().get(1)? {
                b'#' => rest.find("#}")? + 2,
                b'{' => end_of_tag(rest, "}}")?,
                b'%' => match end_of_raw(rest) {
                    Some(end) => end,
                    None => end_of_tag(rest, "%}")?,
                },
                _ => continue,
            };
            at = start + end;
            if rest.starts_with("{%") && STEPPING.contains(&first_word(rest)) {
                return Some(start..at);
            }
        }
    })
}

/// Where a tag ends: a text in it may have anything in it.
fn end_of_tag(rest: &str, close: &str) -> Option<usize> {
    let mut at = 2;
    loop {
        at += rest[at..].find(['"', '\'', '`', '}', '%'])?;
        if rest[at..].starts_with(close) {
            return Some(at + close.len());
        }
        let sign = char::from(rest.as_bytes()[at]);
        at += 1;
        if matches!(sign, '"' | '\'' | '`') {
            at = end_of_text(rest, at, sign)?;
        }
    }
}

/// Where a text ends whose inside begins at a place.
fn end_of_text(rest: &str, mut at: usize, quote: char) -> Option<usize> {
    loop {
        at += rest[at..].find([quote, '\\'])? + 1;
        if rest[..at].ends_with(quote) {
            return Some(at);
        }
        at += rest[at..].chars().next()?.len_utf8();
    }
}

/// Where a raw section ends that begins here.
fn end_of_raw(rest: &str) -> Option<usize> {
    let of_word = |rest: &str, word: &str| -> Option<usize> {
        let is_it = rest.starts_with("{%") && first_word(rest) == word;
        is_it.then(|| end_of_tag(rest, "%}")).flatten()
    };
    let inside = of_word(rest, "raw")?;
    let mut ends = rest[inside..].match_indices("{%");
    ends.find_map(|(at, _)| {
        let at = inside + at;
        Some(at + of_word(&rest[at..], "endraw")?)
    })
}

/// What a tag is: its first word.
fn first_word(tag: &str) -> &str {
    let inside = tag[2..].strip_prefix('-').unwrap_or(&tag[2..]);
    let inside = inside.trim_ascii_start();
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &inside[..end.unwrap_or(inside.len())]
}

/// What is known of a thread that renders.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Nobody waits for it any more.
    is_left_behind: AtomicBool,
    /// It takes too much memory, and was stopped for good, or at a step.
    is_parked: AtomicBool,
    is_heavy: AtomicBool,
    /// The number of the last step; none is below the first.
    last: AtomicU64,
}

thread_local! {
    /// The watch over this thread.
    static OWN: RefCell<Option<Arc<Watch>>> = const { RefCell::new(None) };
}

impl Watch {
    /// Renders something, which ends at the next step once it is left behind or
    /// takes too much memory.
    pub(crate) fn over<T>(self: &Arc<Self>, render: impl FnOnce() -> T) -> T {
        self.is_heavy.store(false, Ordering::Relaxed);
        self.last.store(0, Ordering::Relaxed);
        let _outer = Outer(OWN.replace(Some(Arc::clone(self))));
        budget::within(MAX_RENDER_BYTES, &self.is_parked, render)
    }

    pub(crate) fn leave_behind(&self) {
        self.is_left_behind.store(true, Ordering::Relaxed);
    }

    pub(crate) fn is_left_behind(&self) -> bool {
        self.is_left_behind.load(Ordering::Relaxed)
    }

    /// Whether the thread was stopped, and will not come back.
    pub(crate) fn is_parked(&self) -> bool {
        self.is_parked.load(Ordering::Acquire)
    }

    /// Whether what was rendered last ended because it took too much memory.
    pub(crate) fn is_heavy(&self) -> bool {
        self.is_heavy.load(Ordering::Relaxed)
    }

    /// Where the template is, or was at last.
    pub(crate) fn last(&self) -> Option<Step> {
        Step::of(self.last.load(Ordering::Relaxed))
    }
}

/// The watch that was, and is again.
struct Outer(Option<Arc<Watch>>);

impl Drop for Outer {
    fn drop(&mut self) {
        OWN.set(self.0.take());
    }
}

/// Takes note of a step; an error ends the template.
fn step(number: i64) -> TeraResult<Value> {
    OWN.with_borrow(|own| {
        let Some(watch) = own else {
            return Ok(nothing());
        };
        watch.last.store(number.unsigned_abs(), Ordering::Relaxed);
        if watch.is_left_behind() {
            return Err(Error::message("nobody waits for this any more"));
        }
        if budget::spent(MAX_RENDER_BYTES) > MAX_STEP_BYTES {
            watch.is_heavy.store(true, Ordering::Relaxed);
            return Err(Error::message("this takes more and more memory"));
        }
        Ok(nothing())
    })
}

/// What a step writes.
fn nothing() -> Value {
    Value::from("")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn engine(text: &str) -> Tera {
        let mut engine = Tera::new();
        register(&mut engine);
        engine.add_raw_template("a.html", text).unwrap();
        engine
    }

    #[test]
    fn what_repeats_has_steps_and_makes_the_same() {
        for (text, steps) in [
            ("a {% for x in [1, 2] %} b{{ x }} {% endfor %} c", 1),
            ("a {%- for x in [1, 2] -%} b {%- endfor -%} c", 1),
            ("{% for x in [1] -%}{# y #} b {% endfor %}", 1),
            ("{% for x in [1] -%}{% if x %} b {% endif %}{% endfor %}", 1),
            ("{%for x in [\"%}\", '\\'%}', `%}`]%}{{ x }}{%endfor%}", 1),
            ("{% for x in [] %}a{% else %}b{% endfor %}", 1),
            ("{# {% for x in y %} #}{{ \"{% for x in y %}\" }}", 0),
            ("{% raw %}{% for x in y %}{{ x }}{% endraw %}b", 0),
            ("{%- raw -%} {% for x in y %} {%- endraw -%} b", 0),
            ("{% component a(b=1) %} {{ b }} {% endcomponent %}", 1),
            ("{% component a(b=1) -%} x {% endcomponent %}{{ <a/> }}", 1),
            ("{% set a = 1 -%} x {%- set_global b = a %}{{ b }}", 2),
            ("{% set a %} x {% endset %}{{ a }}", 1),
            ("{ {% for x in [{\"a\": 1}] %}{ä}{% endfor %}%}", 1),
        ] {
            assert_eq!(stepping(text).count(), steps, "{text}");
            let made = |text: &str| engine(text).render("a.html", &tera::Context::new());
            let stepped = with_steps(text, 7);
            assert_eq!(made(&stepped).unwrap(), made(text).unwrap(), "{text}");
        }
        for unfinished in [
            "{",
            "{%",
            "{{ \"",
            "{% for x in '\\",
            "{% raw %}{% for",
            "{#",
        ] {
            assert_eq!(with_steps(unfinished, 0), unfinished);
        }
    }

    #[test]
    fn the_last_step_is_known() {
        let text = "ä{% for x in [1] %}{% for y in [2] %}{% endfor %}{{ x }}{% endfor %}";
        let engine = engine(&with_steps(text, 7));
        let watch = Arc::new(Watch::default());
        assert_eq!(watch.last(), None);
        let made = watch.over(|| engine.render("a.html", &tera::Context::new()));
        assert_eq!(made.unwrap(), "ä1");
        let step = watch.last().unwrap();
        assert_eq!(step.template, 7);
        assert_eq!(&text[step.tag(text).unwrap()], "{% for y in [2] %}");
        watch.leave_behind();
        let made = watch.over(|| engine.render("a.html", &tera::Context::new()));
        assert!(made.is_err());
        // Without a watch nobody is told.
        assert!(engine.render("a.html", &tera::Context::new()).is_ok());
    }

    proptest! {
        #[test]
        fn places_are_what_they_were(
            text in "([a ä\n]|\\{%-? for x in y -?%\\}|\\{\\{ [xy] \\}\\}|\\{% component c\\(\\) %\\}){0,12}",
        ) {
            let stepped = with_steps(&text, 3);
            let mut at = 0;
            for (place, c) in stepped.char_indices() {
                // Signs of the steps themselves are at the place of their tag.
                let original = without_steps(&text, &(place..place + c.len_utf8()));
                prop_assert!(original.start == at);
                if original.end > original.start {
                    prop_assert_eq!(&text[original.clone()], &c.to_string());
                    at = original.end;
                }
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
