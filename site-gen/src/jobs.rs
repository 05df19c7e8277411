//! Step 8: planned pages meet values. A [`Job`] is a page to be rendered, and what
//! its template sees.

use std::sync::Arc;

use rayon::prelude::*;
use tera::{Context, Value};

use crate::config::Config;
use crate::config::value::ConfigValues;
use crate::plan::{Planned, Shows};
use crate::values::Values;

/// A page to be rendered.
#[derive(Debug)]
pub(crate) struct Job {
    /// The path it is served under.
    pub(crate) path: Arc<str>,
    pub(crate) template: Arc<str>,
    /// The configuration in the language of the page, if that is not the default
    /// one. If it changes, all pages are rendered again.
    pub(crate) config: Option<Value>,
    pub(crate) seen: Seen,
}

/// What a template sees besides what all see.
#[derive(Debug, PartialEq)]
pub(crate) enum Seen {
    /// A page, which knows its own address and language: most jobs are no more.
    Page(Value),
    Other(Vec<(&'static str, Value)>),
}

impl Job {
    /// What the page is made from, for people: a file, if there is one.
    pub(crate) fn origin(&self) -> String {
        let of = |value: &Value| {
            let file = value.get_from_path("relative_path")?;
            Some(format!("content/{}", file.as_str()?))
        };
        let file = match &self.seen {
            Seen::Page(page) => of(page),
            Seen::Other(seen) => {
                let mut seen = seen.iter();
                let section = seen.find(|(name, _)| *name == "section");
                section.and_then(|(_, section)| of(section))
            }
        };
        file.unwrap_or_else(|| self.path.to_string())
    }

    /// What the template sees.
    pub(crate) fn context(&self) -> Context {
        let mut context = Context::new();
        if let Some(config) = &self.config {
            context.insert_value("config", config.clone());
        }
        match &self.seen {
            Seen::Page(page) => {
                let known = [
                    ("lang", "lang"),
                    ("current_url", "permalink"),
                    ("current_path", "path"),
                ];
                for (name, of_page) in known {
                    if let Some(value) = page.get_from_path(of_page) {
                        context.insert_value(name, value.clone());
                    }
                }
                context.insert_value("page", page.clone());
            }
            Seen::Other(seen) => {
                for (name, value) in seen {
                    context.insert_value(*name, value.clone());
                }
            }
        }
        context
    }
}

/// Gives each page what it shows.
pub(crate) fn jobs(
    pages: Vec<Planned>,
    values: &Values,
    (config, config_values): (&Config, &ConfigValues),
) -> Vec<Arc<Job>> {
    let job = |page: Planned| {
        Arc::new(Job {
            seen: seen(&page, values, config),
            config: config_values.instead(&page.lang),
            path: page.path,
            template: page.template,
        })
    };
    pages.into_par_iter().map(job).collect()
}

fn seen(page: &Planned, values: &Values, config: &Config) -> Seen {
    if let Shows::Page(index) = page.shows {
        return Seen::Page(values.pages[index].clone());
    }
    let mut seen = shown(&page.shows, values, config);
    seen.push(("lang", (&*page.lang).into()));
    seen.push(("current_url", config.permalink(&page.path).into()));
    seen.push(("current_path", (&*page.path).into()));
    Seen::Other(seen)
}

/// What there is to see of what is no page.
fn shown(shows: &Shows, values: &Values, config: &Config) -> Vec<(&'static str, Value)> {
    let mut seen = Vec::with_capacity(5);
    let paginator = match shows {
        Shows::Nothing | Shows::Page(_) => None,
        Shows::Section(section, paginator) => {
            // What another part lists is no reason to make this one again.
            let whole = &values.sections[*section];
            let section = match paginator {
                Some(_) => without_pages(whole),
                None => whole.clone(),
            };
            seen.push(("section", section));
            paginator.as_ref()
        }
        Shows::Taxonomy(taxonomy) => {
            let taxonomy = &values.taxonomies[*taxonomy];
            seen.push(("taxonomy", taxonomy.about.clone()));
            seen.push(("terms", taxonomy.terms.clone()));
            None
        }
        Shows::Term(taxonomy, term, paginator) => {
            let taxonomy = &values.taxonomies[*taxonomy];
            seen.push(("taxonomy", taxonomy.about.clone()));
            seen.push(("term", taxonomy.term(*term)));
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

/// A section whose pages are listed in parts: as in Zola, it has none itself.
fn without_pages(section: &Value) -> Value {
    let mut map = section.as_map().cloned().unwrap_or_default();
    map.insert("pages".into(), Vec::<Value>::new().into());
    map.into()
}
