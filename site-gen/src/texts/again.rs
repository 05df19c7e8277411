//! What shortcodes asked in the last build, asked again.

use std::collections::HashMap;
use std::sync::Arc;

use super::{Kept, Text};
use crate::functions::Knowledge;
use crate::functions::calls::{Call, CallId};
use crate::texts::sorted::Sorted;

/// The calls of the last build's shortcodes: what they are called now, if the
/// answer is the same.
pub(super) struct AskAgain(HashMap<CallId, Option<CallId>>);

impl AskAgain {
    pub(super) fn new(calls: &[Call], known: &Sorted<Kept>, knowledge: &Knowledge) -> Self {
        let mut asked: Vec<CallId> = known
            .iter()
            .flat_map(|kept| kept.text.calls.iter().copied())
            .collect();
        asked.sort_unstable();
        asked.dedup();
        let again = |id: CallId| {
            let call = calls.get(id as usize)?;
            knowledge.ask_again(call)
        };
        Self(asked.into_iter().map(|id| (id, again(id))).collect())
    }

    /// The text, with the numbers that its calls have now.
    pub(super) fn text(&self, text: &Arc<Text>) -> Option<Arc<Text>> {
        let calls: Vec<CallId> = text
            .calls
            .iter()
            .map(|id| self.0.get(id).copied().flatten())
            .collect::<Option<_>>()?;
        if calls == text.calls {
            return Some(Arc::clone(text));
        }
        Some(Arc::new(Text {
            calls,
            ..Text::clone(text)
        }))
    }
}
