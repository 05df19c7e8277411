//! One template, rendered by the thread that asks for it, within all limits.

use std::io::{self, Write};
use std::sync::Arc;
use std::thread;

use tera::{Context, Tera};

use super::wait::Lost;
use crate::functions::calls::{self, CallId, Certainty};
use crate::limits::{MAX_PAGE_BYTES, TEMPLATE_STACK_BYTES};
use crate::theme::step::Watch;

/// What a template made, and what it asked.
pub(super) struct Made {
    pub(super) html: Result<Vec<u8>, End>,
    pub(super) calls: Vec<CallId>,
    /// Whether no answer that it got is in doubt.
    pub(super) is_sure: bool,
}

/// Why a template did not come to its end.
pub(super) enum End {
    Fault(tera::Error),
    /// What is wrong with files that it read.
    OfFiles(tera::Error),
    Lost(Lost),
}

/// What a thread has that renders templates.
pub(super) fn thread() -> thread::Builder {
    let thread = thread::Builder::new().name("template".to_owned());
    thread.stack_size(TEMPLATE_STACK_BYTES)
}

/// Renders a template under a watch.
pub(super) fn render(engine: &Tera, template: &str, seen: &Context, watch: &Arc<Watch>) -> Made {
    watch.over(|| {
        let mut html = Limited(Vec::new());
        let render = || engine.render_to(template, seen, &mut html);
        let render = || calls::record(|| calls::note_doubt(render));
        let (((made, certainty), calls), of_files) = calls::collect_faults(render);
        let html = match made {
            _ if !of_files.is_empty() => Err(End::OfFiles(tera::Error::message(of_files))),
            Ok(()) => Ok(html.0),
            Err(_) if watch.is_heavy() => Err(End::Lost(Lost::TooLarge)),
            Err(_) if html.0.len() >= MAX_PAGE_BYTES => Err(End::Lost(Lost::TooMuch)),
            Err(error) => Err(End::Fault(error)),
        };
        Made {
            html,
            calls,
            is_sure: certainty == Certainty::Sure,
        }
    })
}

/// Takes the output of a template, up to a limit.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        let room = MAX_PAGE_BYTES - self.0.len();
        self.0.extend_from_slice(&bytes[..bytes.len().min(room)]);
        if self.0.len() == MAX_PAGE_BYTES {
            Err(io::ErrorKind::StorageFull.into())
        } else {
            Ok(bytes.len())
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}
