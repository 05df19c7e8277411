//! A site in a directory that goes when it goes.

use std::fs;
use std::sync::Arc;

use site_gen::{Built, Cache, Compression, Indexing, Options};

/// See the head of this file.
pub(crate) struct Site(pub(crate) tempfile::TempDir);

impl Site {
    /// One with a configuration, and one template for all pages.
    pub(crate) fn of(config: &str, template: &str) -> Self {
        let site = Self(tempfile::tempdir().expect("a directory"));
        site.write("content/site.toml", config);
        for name in ["index.html", "section.html", "page.html"] {
            site.write(&format!("themes/t/templates/{name}"), template);
        }
        site
    }

    pub(crate) fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    pub(crate) fn build(&self, cache: &Arc<Cache>, indexing: Indexing) -> Built {
        let options = Options {
            compression: Compression::None,
            cache: Arc::clone(cache),
            indexing,
            ..Options::default()
        };
        site_gen::build(self.0.path(), &options).expect("a site without faults")
    }
}
