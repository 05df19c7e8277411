//! Step 8: planned pages meet values. A [`Job`] is a page to be rendered, and what
//! its template sees.

use std::sync::Arc;

use tera::{Context, Value};

use crate::config::Config;
use crate::plan::{Planned, Shows};
use crate::values::Values;

/// A page to be rendered.
#[derive(Debug)]
pub(crate) struct Job {
    /// The path it is served under.
    pub(crate) path: Arc<str>,
    pub(crate) template: Arc<str>,
    /// What its template sees besides what all see.
    pub(crate) seen: Vec<(&'static str, Value)>,
}

impl Job {
    /// What the template sees.
    pub(crate) fn context(&self) -> Context {
        let mut context = Context::new();
        for (name, value) in &self.seen {
            context.insert_value(*name, value.clone());
        }
        context
    }
}

/// Gives each page what it shows.
pub(crate) fn jobs(pages: Vec<Planned>, values: &Values, config: &Config) -> Vec<Arc<Job>> {
    let job = |page: Planned| {
        let mut seen = shown(&page.shows, values, config);
        seen.push(("lang", (&*page.lang).into()));
        let (url, path) = match &page.shows {
            // The page has them already.
            Shows::Page(index) => {
                let of_page = |name| values.pages[*index].get_from_path(name).cloned();
                of_page("permalink").zip(of_page("path"))
            }
            _ => None,
        }
        .unwrap_or_else(|| (config.permalink(&page.path).into(), (&*page.path).into()));
        seen.push(("current_url", url));
        seen.push(("current_path", path));
        seen.shrink_to_fit();
        Arc::new(Job {
            path: page.path,
            template: page.template,
            seen,
        })
    };
    pages.into_iter().map(job).collect()
}

fn shown(shows: &Shows, values: &Values, config: &Config) -> Vec<(&'static str, Value)> {
    let mut seen = Vec::with_capacity(5);
    let paginator = match shows {
        Shows::Nothing => None,
        Shows::Page(page) => {
            seen.push(("page", values.pages[*page].clone()));
            None
        }
        Shows::Section(section, paginator) => {
            seen.push(("section", values.sections[*section].clone()));
            paginator.as_ref()
        }
        Shows::Taxonomy(taxonomy) => {
            let taxonomy = &values.taxonomies[*taxonomy];
            seen.push(("taxonomy", taxonomy.about.clone()));
            seen.push(("terms", taxonomy.terms.clone().into()));
            None
        }
        Shows::Term(taxonomy, term, paginator) => {
            let taxonomy = &values.taxonomies[*taxonomy];
            seen.push(("taxonomy", taxonomy.about.clone()));
            seen.push(("term", taxonomy.terms[*term].clone()));
            paginator.as_ref()
        }
        Shows::Feed(sight) => {
            seen = sight.seen(values, config);
            None
        }
        Shows::Sitemap(entries) => {
            seen.push(("entries", entries.clone()));
            None
        }
    };
    let part = paginator.map(|part| ("paginator", values.paginator(part, config)));
    seen.extend(part);
    seen
}
