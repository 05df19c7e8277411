//! Steps: where a template repeats itself, or keeps something, it tells where it is.
//! So one that has no end can be ended, and it is known which loop that was.
//!
//! tera asks nobody while it renders. So each loop and component is given a tag to
//! begin with, and each `set` one behind it ([`with_steps`]). Its filter is ours
//! ([`step`]); it writes nothing, and names the template and the place. What the
//! engine says about places is then put right ([`without_steps`]).
//!
//! A value that has itself in it over and over needs a stack to be dropped, and who
//! overflows that ends the process. A value gets deeper only where a variable is set to
//! one that has others in it, so these are counted.
//!
//! * [`Watch`]: what is known of a thread that renders.

use std::cell::RefCell;
use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::sync::{Arc, LazyLock};
use std::time::{Duration, Instant};

use tera::{Error, Kwargs, State, Tera, TeraResult, Value};

use crate::limits::{MAX_LEVELS, MAX_RENDER_BYTES, MAX_STEP_BYTES, MAX_TEXT_BYTES};

/// What the filter is called.
const FILTER: &str = "fata_step";

/// What the test is called that counts how deep a variable may be.
const TEST: &str = "fata_kept";

/// Numbers of steps have as many digits as this one, so that all tags are as long.
const FIRST: u64 = 1 << 44;

/// Bytes of a template are counted up to this.
const PLACES: u64 = MAX_TEXT_BYTES;

/// How many templates have steps: all, as there are no more files.
const TEMPLATES: u64 = FIRST / PLACES;

/// Adds the filter and the test to an engine.
pub(crate) fn register(engine: &mut Tera) {
    engine.register_filter(FILTER, |at: &Value, _: Kwargs, _: &State| {
        let first = at.as_array().and_then(|with_test| with_test.first());
        step(first.unwrap_or(at))
    });
    engine.register_test(TEST, |kept: &Value, levels: Kwargs, _: &State| {
        let has_others = kept.is_array() || kept.is_map();
        deepen(if has_others {
            levels.must_get("levels")?
        } else {
            0
        })
    });
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

/// Whether a tag is a step.
pub(crate) fn is_step(tag: &str) -> bool {
    tag.starts_with("{{") && tag.contains(FILTER)
}

/// A place in a template with steps, in the same without them. What is said of a step
/// is said of the tag that has it.
pub(crate) fn without_steps(text: &str, place: &Range<usize>) -> Range<usize> {
    let mut shift = 0;
    for tag in stepping(text) {
        let step = tag.end + shift;
        if place.start < step {
            break;
        }
        shift += step_tag(FIRST, &text[tag.clone()]).len();
        if place.start < tag.end + shift {
            return tag;
        }
    }
    place.start - shift..place.end.max(place.start) - shift
}

/// The tag of a step, behind another: it trims what follows if that one does.
fn step_tag(number: u64, behind: &str) -> String {
    let trim = if behind.ends_with("-%}") { "-" } else { "" };
    match deepening(behind) {
        None => format!("{{{{ {number} | {FILTER} {trim}}}}}"),
        Some((name, levels)) => {
            format!("{{{{ [{number}, {name} is {TEST}(levels={levels})] | {FILTER} {trim}}}}}")
        }
    }
}

/// The variable that a tag sets, and how much deeper it may be than all that are in
/// it: nothing adds a level without one of these signs.
fn deepening(tag: &str) -> Option<(&str, usize)> {
    let (before, value) = tag.split_once('=')?;
    let word = first_word(tag);
    let name = before
        .trim_ascii_end()
        .rsplit(|c: char| c.is_ascii_whitespace());
    let name = name
        .into_iter()
        .next()
        .filter(|_| word.starts_with("set"))?;
    let levels = value.matches(['[', '{', '(', '|']).count();
    (levels > 0).then_some((name, levels))
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
    tags(text).filter(|tag| STEPPING.contains(&first_word(&text[tag.clone()])))
}

/// All tags of a template, `{{ … }}` and `{% … %}`.
pub(crate) fn tags(text: &str) -> impl Iterator<Item = Range<usize>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let start = at + text[at..].find('{')?;
            let rest = &text[start..];
            at = start + 1;
            let end = match rest.as_bytes().get(1)? {
                b'#' => rest.find("#}")? + 2,
                b'{' => end_of_tag(rest, "}}")?,
                // The engine refuses one that has no end.
                b'%' if first_word(rest) == "raw" => {
                    at = start + end_of_raw(rest)?;
                    continue;
                }
                b'%' => end_of_tag(rest, "%}")?,
                _ => continue,
            };
            at = start + end;
            if !rest.starts_with("{#") {
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
        let is_it = first_word(rest) == word;
        is_it.then(|| end_of_tag(rest, "%}")).flatten()
    };
    let inside = of_word(rest, "raw")?;
    let mut ends = rest[inside..].match_indices("{%");
    ends.find_map(|(at, _)| {
        let at = inside + at;
        Some(at + of_word(&rest[at..], "endraw")?)
    })
}

/// What a tag is, if it is no expression: its first word.
pub(crate) fn first_word(tag: &str) -> &str {
    let Some(inside) = tag.strip_prefix("{%") else {
        return "";
    };
    let inside = inside.strip_prefix('-').unwrap_or(inside);
    let inside = inside.trim_ascii_start();
    let end = inside.find(|c: char| !c.is_ascii_alphanumeric() && c != '_');
    &inside[..end.unwrap_or(inside.len())]
}

/// What is known of a thread that renders.
#[derive(Debug, Default)]
pub(crate) struct Watch {
    /// Nobody waits for it any more.
    is_left_behind: AtomicBool,
    /// Since when it is at a template, as [`now`] has it; 0 if it is at none.
    since: AtomicU64,
    /// It takes too much memory, and was stopped for good, or at a step.
    is_parked: AtomicBool,
    is_heavy: AtomicBool,
    /// The number of the last step; none is below the first.
    last: AtomicU64,
    /// How deep a value may be by now.
    levels: AtomicUsize,
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
        self.levels.store(0, Ordering::Relaxed);
        self.since.store(now(), Ordering::Relaxed);
        let _outer = Outer(OWN.replace(Some(Arc::clone(self))));
        budget::within(MAX_RENDER_BYTES, &self.is_parked, render)
    }

    /// Whether the thread has been at one template for so long.
    pub(crate) fn is_at_it_for(&self, longest: Duration) -> bool {
        let since = self.since.load(Ordering::Relaxed);
        let longest = u64::try_from(longest.as_micros()).unwrap_or(u64::MAX);
        since > 0 && now().saturating_sub(since) > longest
    }

    pub(crate) fn leave_behind(&self) {
        self.is_left_behind.store(true, Ordering::Relaxed);
    }

    fn is_left_behind(&self) -> bool {
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
        let own = OWN.replace(self.0.take());
        if let Some(own) = own {
            own.since.store(0, Ordering::Relaxed);
        }
    }
}

/// Microseconds since about when the program began, and at least one.
fn now() -> u64 {
    static BEGIN: LazyLock<Instant> = LazyLock::new(Instant::now);
    u64::try_from(BEGIN.elapsed().as_micros())
        .unwrap_or(u64::MAX)
        .max(1)
}

/// Takes note of a step; an error ends the template.
fn step(number: &Value) -> TeraResult<Value> {
    let number = number
        .as_i128()
        .and_then(|number| u64::try_from(number).ok());
    OWN.with_borrow(|own| {
        let Some(watch) = own else {
            return Ok(nothing());
        };
        watch
            .last
            .store(number.unwrap_or_default(), Ordering::Relaxed);
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

/// Takes note of a variable that is so much deeper than others may be.
fn deepen(levels: usize) -> TeraResult<bool> {
    OWN.with_borrow(|own| {
        let before = own
            .as_ref()
            .map_or(0, |watch| watch.levels.fetch_add(levels, Ordering::Relaxed));
        if before + levels > MAX_LEVELS {
            return Err(Error::message(format!(
                "values are put into one another too often; expected at most {MAX_LEVELS} times"
            )));
        }
        Ok(true)
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
        // As deep as the engine allows.
        let (open, close) = ("{% if true %}".repeat(39), "{% endif %}".repeat(39));
        let deep = format!("{open}{{% set a = [1] %}}{{{{ a }}}}{close}");
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
            ("{% set a = [1] -%} x {%- set b = a | length %}{{ b }}", 2),
            ("{% set a = {\"b\": 1} -%} {% if a %} x {% endif %}", 1),
            (
                "{% set a = {} %}{% set b = a?[\"c\"] -%} {% if b %} x {% endif %}",
                2,
            ),
            (&deep, 1),
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
                let original = without_steps(&text, &(place..place + c.len_utf8()));
                if original.start == at {
                    prop_assert_eq!(&text[original.clone()], &c.to_string());
                    at = original.end;
                } else {
                    prop_assert!(original.end == at && stepping(&text).any(|tag| tag == original));
                }
            }
            prop_assert_eq!(at, text.len());
        }
    }
}
