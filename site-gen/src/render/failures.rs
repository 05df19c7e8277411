//! Pages that could not be made: which they are, and what else is wrong with them.
//!
//! The engine ends at the first fault of a page. So pages at fault are rendered again,
//! without the tags that have it, and all that depends on these
//! ([`remains`](crate::theme::remains)), as long as that leads to others.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;
use std::time::Duration;

use tera::{Error, ErrorKind, Tera};

use crate::diagnostic::{Cause, Diagnostic};
use crate::jobs::Job;
use crate::limits::{MAX_FAULTS_OF_TEMPLATE, MAX_PAGES_AGAIN};
use crate::render::render;
use crate::theme::Theme;
use crate::theme::remains::Remains;
use crate::theme::step::Step;

/// Most faults of one tag that are told.
const MAX_FAULTS_OF_TAG: usize = 10;

/// How long one of these may take until the next page is done.
const PATIENCE: Duration = Duration::from_secs(2);

/// Pages with faults.
#[derive(Debug, Default)]
pub(crate) struct Failures(Vec<Failure>);

#[derive(Debug)]
struct Failure {
    /// None, if the fault names it, or is no page's.
    job: Option<Arc<Job>>,
    fault: Diagnostic,
    /// What is at fault.
    tag: Option<Tag>,
}

/// A template, and a place in it, with steps: where that begins and ends.
type Tag = (String, (usize, usize));

impl Failures {
    /// What keeps all pages from being made.
    pub(crate) fn of(fault: Diagnostic) -> Self {
        let mut failures = Self::default();
        failures.add_fault(fault);
        failures
    }

    /// What is wrong with templates of pages of a site that has other faults: only what
    /// cannot come of these. Of each template some pages are rendered, and nothing is
    /// made of them.
    pub(crate) fn besides_others(
        mut jobs: Vec<Arc<Job>>,
        engine: &Arc<Tera>,
        theme: &Theme,
    ) -> Vec<Diagnostic> {
        let mut samples: BTreeMap<Arc<str>, usize> = BTreeMap::new();
        jobs.retain(|job| {
            let count = samples.entry(Arc::clone(&job.template)).or_default();
            *count += 1;
            *count <= MAX_PAGES_AGAIN
        });
        let mut failures = Self::of_pages(jobs, (engine, theme), PATIENCE);
        failures.0.retain(Failure::is_of_template);
        failures.look_further(engine, theme);
        failures.0.retain(Failure::is_of_template);
        failures.told()
    }

    /// What comes of pages of which nothing is made.
    fn of_pages(jobs: Vec<Arc<Job>>, with: (&Arc<Tera>, &Theme), patience: Duration) -> Self {
        let rendered = render((jobs, &[]), with, patience, |_, _| (), |_| {}, |_| ());
        rendered.err().unwrap_or_default()
    }

    pub(crate) fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// Adds a page whose template ended with an error.
    pub(crate) fn add(
        &mut self,
        job: &Arc<Job>,
        (error, step): (&Error, Option<Step>),
        theme: &Theme,
    ) {
        let tag = match error.kind() {
            ErrorKind::RenderingError(report) => {
                let place = &report.span().range;
                Some((report.filename().to_owned(), (place.start, place.end)))
            }
            _ => None,
        };
        let faults = theme.fault_at(&job.template, error, step).into_iter();
        self.0.extend(faults.map(|fault| Failure {
            job: Some(Arc::clone(job)),
            fault,
            tag: tag.clone(),
        }));
    }

    /// Adds a fault that names its page, or is no page's.
    pub(crate) fn add_fault(&mut self, fault: Diagnostic) {
        self.0.push(Failure {
            job: None,
            fault,
            tag: None,
        });
    }

    /// Looks for more faults of the same pages.
    pub(crate) fn look_further(&mut self, engine: &Tera, theme: &Theme) {
        let mut remains = Remains::new(theme.stepped());
        let mut last = self.samples(0);
        for _ in 0..MAX_FAULTS_OF_TEMPLATE {
            let jobs = without_faults(&last, &mut remains);
            let mut engine = engine.clone();
            if jobs.is_empty() || engine.add_raw_templates(remains.texts()).is_err() {
                return;
            }
            let more = Self::of_pages(jobs, (&Arc::new(engine), theme), PATIENCE);
            if more.is_empty() {
                return;
            }
            let from = self.0.len();
            let more = more.0.into_iter();
            self.0.extend(more.filter(|failure| failure.tag.is_some()));
            last = self.samples(from);
        }
    }

    /// Pages at fault, of those that were added behind a number of them: one for each
    /// fault, and more, up to a limit.
    fn samples(&self, from: usize) -> Vec<(Arc<Job>, Tag)> {
        let mut at_fault: Vec<(&Arc<Job>, &Tag)> = self.0[from..]
            .iter()
            .filter_map(|failure| Some((failure.job.as_ref()?, failure.tag.as_ref()?)))
            .collect();
        at_fault.sort_by(|a, b| a.0.path.cmp(&b.0.path));
        let (mut known, mut others) = (BTreeSet::new(), Vec::new());
        let mut samples = Vec::new();
        for (job, tag) in at_fault {
            let is_first = known.insert(tag.clone());
            let group = if is_first { &mut samples } else { &mut others };
            group.push((Arc::clone(job), tag.clone()));
        }
        samples.append(&mut others);
        samples.truncate(MAX_PAGES_AGAIN);
        samples
    }

    /// All faults, each once, with the pages that have it.
    pub(crate) fn told(self) -> Vec<Diagnostic> {
        let mut faults = self.0;
        faults.sort_by(|a, b| (&a.fault, a.path()).cmp(&(&b.fault, b.path())));
        let is_same = |a: &Failure, b: &Failure| {
            let (a, b) = (&a.fault, &b.fault);
            // Other things may be there to be used.
            (&a.file, &a.place, &a.message) == (&b.file, &b.place, &b.message)
        };
        let mut at_place = (None, 0);
        let same = faults.chunk_by(is_same).filter(|failures| {
            // Each page may have its own word for one mistake.
            let fault = &failures[0].fault;
            let place = Some((&fault.file, &fault.place));
            let count = if at_place.0 == place {
                at_place.1 + 1
            } else {
                1
            };
            at_place = (place, count);
            fault.place.is_none() || count <= MAX_FAULTS_OF_TAG
        });
        let told = same.map(|failures| {
            let pages: BTreeSet<&str> = failures.iter().filter_map(Failure::path).collect();
            let others = match pages.len().saturating_sub(1) {
                0 => String::new(),
                others => format!(" and {others} more"),
            };
            let mut fault = failures[0].fault.clone();
            if let Some(job) = &failures[0].job {
                fault
                    .message
                    .push_str(&format!(" (on {}{others})", job.origin()));
            }
            fault
        });
        told.collect()
    }
}

impl Failure {
    /// Whether it is a name that no site has, whatever its pages say: a variable, or a
    /// field of what has an address.
    fn is_of_template(&self) -> bool {
        let cause = self.fault.cause.as_deref();
        matches!(cause, Some(Cause::Variable { .. } | Cause::FieldOfPage))
    }

    fn path(&self) -> Option<&str> {
        Some(&self.job.as_ref()?.path)
    }
}

/// Leaves faults out of templates; gives the pages that may have others.
fn without_faults(faults: &[(Arc<Job>, Tag)], remains: &mut Remains) -> Vec<Arc<Job>> {
    let mut jobs: Vec<Arc<Job>> = Vec::new();
    for (job, (template, (start, end))) in faults {
        let Some(rest) = remains.without(template, &(*start..*end)) else {
            continue;
        };
        *remains = rest;
        if jobs.iter().all(|known| known.path != job.path) {
            jobs.push(Arc::clone(job));
        }
    }
    jobs
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::jobs::Seen;
    use crate::values::map;

    fn told(templates: &[(&str, &str)], pages: &[(&str, &str, &str)]) -> Vec<String> {
        let theme = Theme::of_templates(templates);
        let engine = Arc::new(theme.compile(&Tera::default()).unwrap());
        let jobs = pages.iter().map(|(path, template, title)| {
            Arc::new(Job {
                path: (*path).into(),
                template: (*template).into(),
                config: None,
                seen: Seen::Page(map([("title", (*title).into())])),
            })
        });
        let patience = Duration::from_secs(60);
        let mut failures = Failures::of_pages(jobs.collect(), (&engine, &theme), patience);
        failures.look_further(&engine, &theme);
        let shown = failures.told().into_iter().map(|fault| {
            let column = fault.place.map_or(0, |place| place.column);
            format!("{column} {}", fault.message)
        });
        shown.collect()
    }

    #[test]
    fn all_faults_of_a_page_are_told() {
        let template = "{{ page.titel }} {{ pgae.title }}\n{{ page.title + 1 }} \
                        {% if page.x %}{{ page.y }}{% endif %}{{ pgae.title }}";
        let found = told(
            &[("a.html", template)],
            &[("/b/", "a.html", "B"), ("/a/", "a.html", "A")],
        );
        assert_eq!(found.len(), 4, "{found:#?}");
        for (shown, start) in found.iter().zip([
            "9 Field `titel` is not defined (on /a/ and 1 more)",
            "21 Variable `pgae` is not defined (on /a/ and 1 more)",
            "4 `+` ",
            "63 Variable `pgae` is not defined (on /a/ and 1 more)",
        ]) {
            assert!(shown.starts_with(start), "{shown}");
        }
    }

    #[test]
    fn what_may_be_so_because_of_a_fault_is_not_told() {
        let template = "{% set day %}{{ page.day }}1{% endset %}{{ day | int + page.title }}\
                        {% for x in page.days %}{{ x }}{% endfor %}{{ page.x }}";
        let found = told(&[("a.html", template)], &[("/a/", "a.html", "A")]);
        // `for` and what is behind it have nothing to do with the day.
        let starts = [
            "22 Field `day` is not",
            "81 `for` cannot",
            "120 Field `x` is not",
        ];
        assert_eq!(found.len(), starts.len(), "{found:#?}");
        for (shown, start) in found.iter().zip(starts) {
            assert!(shown.starts_with(start), "{shown}");
        }
        let template = "{% set n %}{{ page.n }}{% endset %}{{ n | nth(n=n) }}";
        let found = told(&[("a.html", template)], &[("/a/", "a.html", "A")]);
        assert_eq!(found.len(), 1, "{found:#?}");
    }

    #[test]
    fn one_mistake_in_many_words_is_told_a_few_times() {
        let titles: Vec<String> = (0..100).map(|n| format!("/{n}/")).collect();
        let pages = titles
            .iter()
            .map(|title| (title.as_str(), "a.html", title.as_str()));
        let found = told(
            &[("a.html", "{{ throw(message=page.title) }}")],
            &pages.collect::<Vec<_>>(),
        );
        assert_eq!(found.len(), MAX_FAULTS_OF_TAG);
    }

    #[test]
    fn each_page_at_fault_has_its_own() {
        let template = "{% if page.title == \"A\" %}{{ page.a }}{% endif %}{{ page.b }}";
        let found = told(
            &[("a.html", template)],
            &[("/a/", "a.html", "A"), ("/b/", "a.html", "B")],
        );
        assert_eq!(found.len(), 2, "{found:#?}");
        assert!(found[0].ends_with("(on /a/)"));
        assert!(found[1].ends_with("(on /b/)"), "{found:#?}");
    }
}
