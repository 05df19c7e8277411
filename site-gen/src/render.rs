//! Step 7: values meet templates. Every page is one job; all of them run in
//! parallel.
//!
//! A template may repeat itself without end. If it makes output, that ends at a
//! limit; if it makes none, nothing can stop it. So templates run on threads of
//! their own, and a run that gets nowhere is left behind.

use std::collections::BTreeSet;
use std::io::{self, Write};
use std::path::PathBuf;
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rayon::prelude::*;
use tera::Tera;

use crate::diagnostic::Diagnostic;
use crate::jobs::Job;
use crate::limits::MAX_PAGE_BYTES;
use crate::theme::Theme;

/// A rendered page.
pub(crate) struct Output {
    pub(crate) path: String,
    pub(crate) source: PathBuf,
    pub(crate) html: Vec<u8>,
}

/// Renders all pages, in the order of the jobs.
///
/// `patience` is how long it may take until the next page is done.
pub(crate) fn render(
    jobs: Vec<Job>,
    engine: Tera,
    theme: &Theme,
    patience: Duration,
) -> Result<Vec<Output>, Vec<Diagnostic>> {
    let count = jobs.len();
    let running: Arc<Mutex<BTreeSet<(String, String)>>> = Arc::default();
    let (sender, receiver) = mpsc::channel();
    let pool = rayon::ThreadPoolBuilder::new().build().map_err(|error| {
        vec![Diagnostic::new(
            "themes",
            format!("cannot start threads: {error}"),
        )]
    })?;
    let started = Arc::clone(&running);
    pool.spawn(move || {
        jobs.into_par_iter()
            .enumerate()
            .for_each_with(sender, |sender, (index, job)| {
                let name = (job.path.clone(), job.template.clone());
                let lock = || started.lock().unwrap_or_else(PoisonError::into_inner);
                lock().insert(name.clone());
                let done = run(&engine, job);
                lock().remove(&name);
                // Nobody listens any more if the run was left behind.
                let _ = sender.send((index, done));
            });
    });

    let mut outputs = Vec::with_capacity(count);
    let mut faults = Vec::new();
    for _ in 0..count {
        match receiver.recv_timeout(patience) {
            Ok((index, Done::Page(output))) => outputs.push((index, output)),
            Ok((_, Done::TooLong(job))) => faults.push(too_long(&job)),
            Ok((_, Done::Failed(template, error))) => faults.extend(theme.fault(&template, &error)),
            Err(RecvTimeoutError::Timeout) => {
                let running = running.lock().unwrap_or_else(PoisonError::into_inner);
                faults.extend(
                    running
                        .iter()
                        .map(|(path, template)| stuck(path, template, patience)),
                );
                break;
            }
            Err(RecvTimeoutError::Disconnected) => {
                faults.push(Diagnostic::new(
                    "themes",
                    "a template made the generator panic",
                ));
                break;
            }
        }
    }
    if !faults.is_empty() {
        return Err(once_each(faults));
    }
    outputs.sort_by_key(|(index, _)| *index);
    Ok(outputs.into_iter().map(|(_, output)| output).collect())
}

enum Done {
    Page(Output),
    TooLong(Job),
    Failed(String, tera::Error),
}

fn run(engine: &Tera, job: Job) -> Done {
    let mut page = Limited(Vec::new());
    match engine.render_to(&job.template, &job.context, &mut page) {
        Ok(()) => Done::Page(Output {
            path: job.path,
            source: job.source,
            html: page.0,
        }),
        Err(_) if page.0.len() >= MAX_PAGE_BYTES => Done::TooLong(job),
        Err(error) => Done::Failed(job.template, error),
    }
}

fn too_long(job: &Job) -> Diagnostic {
    let message = format!("the page {} grows without end", job.path);
    let fault = Diagnostic::new(format!("template {}", job.template), message);
    fault.expected(format!("a page of at most {MAX_PAGE_BYTES} bytes"))
}

fn stuck(path: &str, template: &str, patience: Duration) -> Diagnostic {
    let message = format!("the page {path} does not come to an end");
    let fault = Diagnostic::new(format!("template {template}"), message);
    fault.expected(format!("a template that is done within {patience:?}"))
}

/// One fault of a template shows on every page that uses it; once is enough.
fn once_each(mut faults: Vec<Diagnostic>) -> Vec<Diagnostic> {
    faults.sort();
    faults.dedup();
    faults
}

/// Takes the output of a template, up to a limit.
struct Limited(Vec<u8>);

impl Write for Limited {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0
            .extend_from_slice(&bytes[..bytes.len().min(MAX_PAGE_BYTES - self.0.len())]);
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_template_without_end_is_left_behind() {
        let mut engine = Tera::new();
        // Not quite without end: the thread must not outlive the tests by much.
        let endless =
            "{% for a in range(end=90000) %}{% for b in range(end=400) %}{% endfor %}{% endfor %}";
        engine
            .add_raw_templates([("endless.html", endless), ("good.html", "good")])
            .unwrap();
        let job = |template: &str| Job {
            path: format!("/{template}/"),
            source: PathBuf::new(),
            template: template.to_owned(),
            context: tera::Context::new(),
        };
        let patience = Duration::from_millis(100);
        let theme = Theme::default();
        let faults = render(
            vec![job("good.html"), job("endless.html")],
            engine.clone(),
            &theme,
            patience,
        );
        let messages: Vec<_> = faults
            .err()
            .unwrap()
            .into_iter()
            .map(|fault| fault.message)
            .collect();
        assert_eq!(
            messages,
            ["the page /endless.html/ does not come to an end"]
        );
        let pages = render(
            vec![job("good.html")],
            engine,
            &theme,
            Duration::from_secs(60),
        );
        assert_eq!(pages.unwrap()[0].html, b"good");
    }
}
