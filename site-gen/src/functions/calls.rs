//! What templates asked, and what they were told: the calls of functions while
//! a page or a shortcode is rendered.
//!
//! A rendering is used again in the next build if it would see the same; what
//! functions answer is part of that. So every call is remembered with its
//! answer, each different one once, and every rendering keeps the numbers of
//! the calls that it made ([`record`]). The next build asks again.
//!
//! The only effect a function may have is to want something to be made, as a
//! file under a name with a fingerprint ([`want`]). Wants belong to the call,
//! so that a rendering that is used again wants what it wanted before.

use std::cell::{Cell, RefCell};
use std::collections::{BTreeSet, HashMap};
use std::fmt::Write as _;
use std::sync::{Mutex, MutexGuard, PoisonError};

use foldhash::fast::RandomState;
use tera::{Kwargs, Map, TeraResult, Value};

use crate::functions::Wanted;

/// The number of a call.
pub(crate) type CallId = u32;

/// A call that was answered.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    pub(crate) function: &'static str,
    pub(crate) arguments: Map,
    pub(crate) answer: Value,
    pub(crate) wants: Vec<Wanted>,
}

/// All calls of a build.
#[derive(Debug, Default)]
pub(crate) struct Calls(Mutex<Table>);

#[derive(Debug, Default)]
struct Table {
    calls: Vec<Call>,
    /// Numbers by function and arguments, as text.
    numbers: HashMap<String, CallId, RandomState>,
}

thread_local! {
    /// The calls of the rendering that this thread is at.
    static MADE: RefCell<Vec<CallId>> = const { RefCell::new(Vec::new()) };
    /// Whether one of them would perhaps have had another answer, were nothing at
    /// fault.
    static DOUBTED: Cell<bool> = const { Cell::new(false) };
    /// What is wrong with files that it read: it goes on, as there may be others.
    static OF_FILES: RefCell<Vec<String>> = const { RefCell::new(Vec::new()) };
    /// What the function that this thread is in wants.
    static WANTS: RefCell<Vec<Wanted>> = const { RefCell::new(Vec::new()) };
}

/// Renders something; says which calls that made, each of them once.
pub(crate) fn record<T>(render: impl FnOnce() -> T) -> (T, Vec<CallId>) {
    // Renderings are nested where a shortcode has a body.
    let outer = MADE.take();
    let result = render();
    let mut made = MADE.replace(outer);
    made.sort_unstable();
    made.dedup();
    (result, made)
}

/// Takes note of calls that were made on another thread.
pub(crate) fn made(calls: &[CallId]) {
    MADE.with_borrow_mut(|made| made.extend(calls));
}

/// Takes note of an answer that may be another one without what is at fault.
pub(crate) fn doubt(may_differ: bool) {
    DOUBTED.with(|doubted| doubted.set(doubted.get() || may_differ));
}

/// Whether what was rendered is what it would be if nothing were at fault.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Certainty {
    Sure,
    InDoubt,
}

/// Renders something; says whether an answer that it got is in doubt.
pub(crate) fn note_doubt<T>(render: impl FnOnce() -> T) -> (T, Certainty) {
    let outer = DOUBTED.replace(false);
    let result = render();
    let certainty = match DOUBTED.replace(outer) {
        true => Certainty::InDoubt,
        false => Certainty::Sure,
    };
    (result, certainty)
}

/// Takes note of a file that has faults: what is rendered is not used.
pub(crate) fn fault(told: String) {
    OF_FILES.with_borrow_mut(|all| all.push(told));
}

/// Renders something; says what was told of files with faults. If that is anything,
/// all else that is wrong may be so because of it.
pub(crate) fn collect_faults<T>(render: impl FnOnce() -> T) -> (T, String) {
    let outer = OF_FILES.take();
    let result = render();
    let mut told = OF_FILES.replace(outer);
    told.sort_unstable();
    told.dedup();
    (result, told.join("; "))
}

/// Takes note of what a function wants to be made.
pub(crate) fn want(wanted: Wanted) {
    WANTS.with_borrow_mut(|wants| wants.push(wanted));
}

impl Calls {
    /// Answers a call: as before, if it was made before in this build. Meanwhile no
    /// template is stopped, as others need what is locked here.
    pub(crate) fn answer(
        &self,
        function: &'static str,
        arguments: &Kwargs,
        compute: impl FnOnce() -> TeraResult<Value>,
    ) -> TeraResult<Value> {
        budget::outside(|| self.find_or_compute(function, arguments, compute))
    }

    fn find_or_compute(
        &self,
        function: &'static str,
        arguments: &Kwargs,
        compute: impl FnOnce() -> TeraResult<Value>,
    ) -> TeraResult<Value> {
        let name = name(function, arguments);
        let known = {
            let table = self.lock();
            let id = table.numbers.get(&name).copied();
            id.map(|id| (id, table.calls[id as usize].answer.clone()))
        };
        let (id, answer) = match known {
            Some(known) => known,
            None => {
                let (answer, wants) = collect_wants(compute);
                let answer = answer?;
                let arguments = arguments
                    .iter()
                    .map(|(key, value)| (key.clone(), value.clone()))
                    .collect();
                let call = Call {
                    function,
                    arguments,
                    answer: answer.clone(),
                    wants,
                };
                (self.add(name, call), answer)
            }
        };
        MADE.with_borrow_mut(|made| made.push(id));
        Ok(answer)
    }

    /// What some calls want.
    pub(crate) fn wants(&self, calls: impl IntoIterator<Item = CallId>) -> BTreeSet<Wanted> {
        let table = self.lock();
        let calls: BTreeSet<CallId> = calls.into_iter().collect();
        calls
            .into_iter()
            .filter_map(|id| table.calls.get(id as usize))
            .flat_map(|call| call.wants.iter().cloned())
            .collect()
    }

    /// All calls, by number.
    pub(crate) fn all(&self) -> Vec<Call> {
        self.lock().calls.clone()
    }

    fn add(&self, name: String, call: Call) -> CallId {
        let mut table = self.lock();
        let next = table.calls.len() as CallId;
        // Two threads may have asked for the first time at once.
        let id = *table.numbers.entry(name).or_insert(next);
        if id == next {
            table.calls.push(call);
        }
        id
    }

    fn lock(&self) -> MutexGuard<'_, Table> {
        // A panic elsewhere cannot have left the table half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A text that is another one for each function with other arguments.
fn name(function: &str, arguments: &Kwargs) -> String {
    let mut name = function.to_owned();
    // Writing to a string cannot fail.
    for (key, value) in arguments.iter() {
        name.push('\0');
        match key.as_str() {
            Some(key) => name.push_str(key),
            None => _ = write!(name, "{key:?}"),
        }
        // Most are texts, and need no look at each letter. Where one ends is told first;
        // one that is not escaped in HTML is another.
        match value.as_str().filter(|_| !value.is_safe()) {
            Some(text) => {
                _ = write!(name, "\0{}\0", text.len());
                name.push_str(text);
            }
            None => _ = write!(name, "\0{value:?}"),
        }
    }
    name
}

fn collect_wants<T>(compute: impl FnOnce() -> T) -> (T, Vec<Wanted>) {
    let outer = WANTS.take();
    let result = compute();
    (result, WANTS.replace(outer))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn calls_have_one_name_if_nothing_can_tell_them_apart() {
        let arguments: [&[(&str, Value)]; 9] = [
            &[],
            &[("a", "b".into())],
            &[("a", Value::safe_string("b"))],
            &[("a", "".into()), ("b", "c".into())],
            &[("a", "\0b\u{0}1\0c".into())],
            &[("a", 1.into())],
            &[("a", "1".into())],
            &[("a", vec![Value::from("1")].into())],
            &[("a", true.into())],
        ];
        let names = arguments.map(|all| {
            let all = all
                .iter()
                .map(|(key, value)| ((*key).into(), value.clone()));
            name("f", &Kwargs::new(all.collect::<Map>().into()))
        });
        let different: BTreeSet<&String> = names.iter().collect();
        assert_eq!(different.len(), names.len(), "{names:?}");
        assert_ne!(name("f", &Kwargs::default()), name("g", &Kwargs::default()));
    }
}
