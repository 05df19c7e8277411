//! Feeds from one build to the next: an edit changes one page, and most feeds do not
//! have it. One that has the same pages, and is called the same, is used again.
//!
//! That the configuration is the same is a matter of who keeps this (`texts`).

use std::collections::HashMap;
use std::mem;
use std::sync::Arc;

use rayon::prelude::*;

use super::Feed;
use crate::Keep;
use crate::texts::WithText;

/// The feeds of the last build.
#[derive(Debug, Default)]
pub(crate) struct FeedMemory {
    /// Whether this build leaves any.
    pub(crate) keep: Keep,
    /// By path.
    made: HashMap<String, Made>,
}

/// A feed, and all that it was made from.
#[derive(Debug)]
struct Made {
    title: String,
    description: Option<String>,
    /// The path of the listing it belongs to.
    path: String,
    language: String,
    pages: Vec<WithText>,
    body: Arc<Vec<u8>>,
}

impl FeedMemory {
    /// The files of feeds, in their order.
    pub(crate) fn render(&mut self, feeds: &[Feed<'_>]) -> Vec<Arc<Vec<u8>>> {
        let mut last = mem::take(&mut self.made);
        let known = feeds.iter().map(|feed| {
            let made = last.remove(&feed.feed_path);
            made.filter(|made| made.is_of(feed))
        });
        let known: Vec<Option<Made>> = known.collect();
        let made = feeds.par_iter().zip(known).map(|(feed, known)| {
            let made = known.unwrap_or_else(|| Made::new(feed));
            (Arc::clone(&made.body), made)
        });
        let (bodies, made): (Vec<_>, Vec<Made>) = made.unzip();
        if self.keep == Keep::Everything {
            let paths = feeds.iter().map(|feed| feed.feed_path.clone());
            self.made = paths.zip(made).collect();
        }
        bodies
    }
}

impl Made {
    fn new(feed: &Feed<'_>) -> Self {
        let pages = feed.pages.iter();
        Self {
            title: feed.title.clone(),
            description: feed.description.map(str::to_owned),
            path: feed.path.to_owned(),
            language: feed.language.code.clone(),
            pages: pages
                .map(|page| (Arc::clone(&page.document), Arc::clone(&page.text)))
                .collect(),
            body: Arc::new(feed.render().into_bytes()),
        }
    }

    /// Whether a feed would be this one again. Documents and texts are shared between
    /// builds, and never change.
    fn is_of(&self, feed: &Feed<'_>) -> bool {
        let pages = self.pages.iter().zip(&feed.pages);
        let mut pages = pages.map(|((document, text), page)| {
            Arc::ptr_eq(document, &page.document) && Arc::ptr_eq(text, &page.text)
        });
        self.title == feed.title
            && self.description.as_deref() == feed.description
            && self.path == feed.path
            && self.language == feed.language.code
            && self.pages.len() == feed.pages.len()
            && pages.all(|same| same)
    }
}

#[cfg(test)]
mod tests {
    use std::fs;
    use std::path::Path;

    use super::*;
    use crate::{Cache, Options, build};

    fn page(site: &Path, name: &str, tag: &str, text: &str) {
        let front = format!("date = 2024-01-01\n[taxonomies]\ntags = [\"{tag}\"]");
        let text = format!("+++\n{front}\n+++\n{text}\n");
        fs::write(site.join("content").join(name), text).unwrap();
    }

    fn feeds(cache: &Cache) -> HashMap<String, Arc<Vec<u8>>> {
        let texts = cache.last_texts(Keep::Everything);
        let made = texts.feeds.made.iter();
        made.map(|(path, made)| (path.clone(), Arc::clone(&made.body)))
            .collect()
    }

    #[test]
    fn an_edit_makes_the_feeds_again_that_have_its_page() {
        let directory = tempfile::tempdir().unwrap();
        let site = directory.path();
        for directory in ["content", "templates"] {
            fs::create_dir(site.join(directory)).unwrap();
        }
        let config = "base_url = \"https://a.org\"\ngenerate_feeds = true\n\
                      [[taxonomies]]\nname = \"tags\"\nfeed = true\nrender = false\n";
        fs::write(site.join("content/site.toml"), config).unwrap();
        for template in ["index.html", "page.html", "section.html"] {
            fs::write(site.join("templates").join(template), "").unwrap();
        }
        page(site, "x.md", "one", "Words.");
        page(site, "y.md", "other", "Words.");
        let options = Options::default();
        build(site, &options).unwrap();
        let first = feeds(&options.cache);
        assert_eq!(first.len(), 3, "{:?}", first.keys());

        page(site, "y.md", "other", "More words.");
        build(site, &options).unwrap();
        let second = feeds(&options.cache);
        for (path, body) in &first {
            let is_kept = Arc::ptr_eq(body, &second[path]);
            assert_eq!(is_kept, path.contains("/one/"), "{path}");
        }

        // A word in the configuration is in all of them.
        let config = config.replace("base_url", "title = \"A\"\nbase_url");
        fs::write(site.join("content/site.toml"), config).unwrap();
        build(site, &options).unwrap();
        for (path, body) in feeds(&options.cache) {
            let text = String::from_utf8_lossy(&body).into_owned();
            assert!(text.contains("<title>A"), "{path}: {text}");
        }

        let nothing = Options {
            keep: Keep::Nothing,
            ..options
        };
        build(site, &nothing).unwrap();
        assert!(feeds(&nothing.cache).is_empty());
    }
}
