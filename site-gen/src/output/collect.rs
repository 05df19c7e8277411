//! Step 7: everything that is served is gathered: pages, static files, feeds,
//! the sitemap, redirects.

use std::sync::Arc;

use site_pack::Caching;

use crate::assets::StaticFile;
use crate::config::Config;
use crate::faults::unsure::Unsure;
use crate::library::Library;
use crate::output::Output;
use crate::output::feed::{self, Feed, FeedMemory};
use crate::output::redirects;
use crate::output::sitemap;
use crate::plan::{FEED_KEYS, Planned};
use crate::site_layout::{NOT_FOUND, ROBOTS, SITEMAP};
use crate::url::escape;

/// Gathers a site. Of pages that share a path, the first stays; what is not
/// known to have a path is left out.
pub(crate) fn collect<'a>(
    library: &'a Library,
    config: &'a Config,
    pages: &mut Vec<Planned>,
    files: &'a [StaticFile],
    (unsure, feeds): (Unsure, &mut FeedMemory),
) -> Output<'a> {
    let mut output = Output::new(unsure, pages.len());
    // A site's own is not the template's.
    let own = |path: &str| files.iter().any(|(own, _, _)| own == path);
    let made = [ROBOTS, SITEMAP].map(|name| config.address(&format!("/{name}")));
    let languages = config.languages.iter();
    let not_found = languages.map(|own| format!("{}/{NOT_FOUND}", config.prefix(&own.code)));
    for path in made.into_iter().chain(not_found) {
        if own(&path) {
            pages.retain(|page| *page.path != path);
        }
    }
    let address = config.address(&format!("/{SITEMAP}"));
    let has_sitemap = own(&address) || pages.iter().any(|page| *page.path == *address);
    let is_made = config.generate_sitemap && !has_sitemap;
    let claim = || {
        pages.retain(|page| {
            let fault = |message| page.fault(message, library, config);
            output.claim_page(page, page.source(library, config), fault)
        });
    };
    // Each takes a while, and needs nothing of the other.
    let sitemap = || is_made.then(|| sitemap::sitemap(library, config));
    let (sitemap, ()) = rayon::join(sitemap, claim);
    for (path, body, file) in files {
        output.add(path.clone(), body.clone(), Caching::Revalidate, file);
    }
    add_feeds(&mut output, library, config, feeds);
    add_made(&mut output, sitemap, config);
    add_redirects(&mut output, library, config);
    redirects::add(&mut output, library, config);
    redirects::check(&mut output, library, config);
    let renderings = library.documents().map(|(_, rendered)| rendered);
    output.besides.calls = renderings
        .flat_map(|rendered| rendered.calls.iter().copied())
        .collect();
    output
}

/// Adds feeds, where the theme does not draw its own.
fn add_feeds<'a>(
    output: &mut Output<'a>,
    library: &Library,
    config: &'a Config,
    memory: &mut FeedMemory,
) {
    let wanted = feed::wanted(library, config);
    let feeds = wanted.iter().flat_map(|wanted| {
        let names = config.feed_filenames(wanted.lang).iter();
        names.map(|name| wanted.feed(name, config))
    });
    let feeds: Vec<Feed<'_>> = feeds
        .filter(|feed| !output.has_page(&feed.feed_path))
        .collect();
    for (feed, body) in feeds.iter().zip(memory.render(&feeds)) {
        output.add_made(&feed.feed_path, body, (config, &FEED_KEYS));
    }
}

/// Adds the sitemap, if one was made, `robots.txt` and a 404 page, where the site or its
/// theme does not have its own.
fn add_made<'a>(output: &mut Output<'a>, sitemap: Option<String>, config: &'a Config) {
    let made = |text: String| Arc::new(text.into_bytes());
    let address = |name: &str| config.address(&format!("/{name}"));
    let (robots, not_found) = (address(ROBOTS), address(NOT_FOUND));
    if let Some(sitemap) = sitemap.filter(|_| !output.serves(&address(SITEMAP))) {
        let keys: &[&str] = &["generate_sitemap"];
        output.add_made(&address(SITEMAP), made(sitemap), (config, keys));
    }
    if config.generate_robots_txt && !output.serves(&robots) {
        let body = made(sitemap::robots(config));
        output.add_made(&robots, body, (config, &["generate_robots_txt"]));
    }
    if !output.serves(&not_found) {
        let home = config.address("/");
        let page = format!(
            "<!doctype html>\n<html lang=\"en\"><meta charset=\"utf-8\"><title>Not found</title>\n\
             <h1>Not found</h1>\n<p>There is nothing here. <a href=\"{}\">Home</a></p>\n</html>\n",
            escape(&home)
        );
        output.add_made(&not_found, made(page), (config, &[]));
    }
}

fn add_redirects<'a>(output: &mut Output<'a>, library: &'a Library, config: &Config) {
    let rendered = library
        .documents()
        .filter(|(document, _)| document.front.is_rendered());
    for (document, _) in rendered {
        for (alias, span) in &document.front.aliases {
            let path = config.address(&alias_path(alias));
            output.redirect(&path, &document.path, &document.source.file, |message| {
                document.source.at(span.clone(), message)
            });
        }
        if let Some((target, span)) = &document.front.section.redirect_to {
            let fault = |message| document.source.at(span.clone(), message);
            output.redirect(
                &document.path,
                &redirects::target(target, config),
                &document.source.file,
                fault,
            );
        }
    }
}

/// As in Zola: `old` is at the place `/old/`, `old.html` at `/old.html`.
pub(crate) fn alias_path(alias: &str) -> String {
    redirects::path(&format!("/{}", alias.trim_start_matches('/')))
}
