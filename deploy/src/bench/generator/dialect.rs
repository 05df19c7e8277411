//! The same site in the dialect of each generator: configuration, front matter,
//! links, and a theme that does the same work.

use std::fmt::Write as _;
use std::fs;
use std::io;
use std::path::Path;

use anyhow::{Context as _, Result};
use include_dir::{Dir, include_dir};

use super::content::{Block, Content, Page};

/// Fata and Zola share a template language, and so a theme.
static TERA: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/bench/generator/themes/tera");
static HUGO: Dir<'_> = include_dir!("$CARGO_MANIFEST_DIR/src/bench/generator/themes/hugo");

/// A generator, as one writes for it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Dialect {
    Fata,
    Hugo,
    Zola,
}

/// Whether code blocks are highlighted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Highlighting {
    On,
    Off,
}

impl Dialect {
    pub(super) const ALL: [Self; 3] = [Self::Fata, Self::Hugo, Self::Zola];

    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Fata => "fata",
            Self::Hugo => "hugo",
            Self::Zola => "zola",
        }
    }

    /// Writes the whole site into a directory, which is made.
    pub(super) fn write(self, content: &Content, directory: &Path) -> Result<()> {
        self.write_all(content, directory)
            .with_context(|| format!("cannot write a site to {}", directory.display()))
    }

    fn write_all(self, content: &Content, directory: &Path) -> io::Result<()> {
        let text = directory.join("content");
        fs::create_dir_all(&text)?;
        self.configure(Highlighting::On, directory)?;
        let (theme, templates) = match self {
            Self::Fata => (&TERA, "themes/bench/templates"),
            Self::Zola => (&TERA, "templates"),
            Self::Hugo => (&HUGO, "layouts"),
        };
        let templates = directory.join(templates);
        fs::create_dir_all(&templates)?;
        theme.extract(&templates)?;
        if self == Self::Fata {
            let about = "name = \"bench\"\n";
            fs::write(directory.join("themes/bench/theme.toml"), about)?;
        }
        fs::write(
            text.join("_index.md"),
            "+++\ntitle = \"All sections\"\n+++\n",
        )?;
        for section in 0..content.sections() {
            let path = text.join(section_name(section));
            fs::create_dir_all(&path)?;
            let sort = match self {
                // Hugo lists by date unless told otherwise.
                Self::Hugo => "",
                Self::Fata | Self::Zola => "sort_by = \"date\"\n",
            };
            let title = content.section_title(section);
            let front = format!("+++\ntitle = \"{title}\"\n{sort}+++\n\nThis is {title}.\n");
            fs::write(path.join("_index.md"), front)?;
        }
        for number in 0..content.pages {
            let file = text.join(format!("{}.md", page_name(number)));
            fs::write(file, self.page(&content.page(number)))?;
        }
        Ok(())
    }

    /// Writes the configuration anew.
    pub(super) fn configure(self, highlighting: Highlighting, directory: &Path) -> io::Result<()> {
        let (file, text) = match (self, highlighting) {
            (Self::Fata, Highlighting::On) => ("content/site.toml", fata("true")),
            (Self::Fata, Highlighting::Off) => ("content/site.toml", fata("false")),
            (Self::Hugo, Highlighting::On) => ("hugo.toml", hugo("true")),
            (Self::Hugo, Highlighting::Off) => ("hugo.toml", hugo("false")),
            (Self::Zola, Highlighting::On) => ("config.toml", zola(ZOLA_HIGHLIGHTING)),
            (Self::Zola, Highlighting::Off) => ("config.toml", zola("")),
        };
        fs::write(directory.join(file), text)
    }

    fn page(self, page: &Page) -> String {
        let Page {
            title,
            description,
            date,
            tags,
            ..
        } = page;
        let mut text =
            format!("+++\ntitle = \"{title}\"\ndescription = \"{description}\"\ndate = {date}\n");
        // Writing to a string cannot fail.
        let _ = match self {
            Self::Hugo => writeln!(text, "tags = {tags:?}\n+++"),
            Self::Fata | Self::Zola => writeln!(text, "[taxonomies]\ntags = {tags:?}\n+++"),
        };
        for block in &page.blocks {
            let _ = match block {
                Block::Markdown(markdown) => writeln!(text, "\n{markdown}"),
                Block::Link {
                    before,
                    text: linked,
                    page,
                    anchor,
                } => {
                    let target = self.link(*page, *anchor);
                    writeln!(text, "\n{before} See [{linked}]({target}).")
                }
            };
        }
        text
    }

    /// Each generator's own way to name a page, so that it checks it.
    fn link(self, page: usize, anchor: Option<&str>) -> String {
        let anchor = anchor
            .map(|anchor| format!("#{anchor}"))
            .unwrap_or_default();
        let page = page_name(page);
        match self {
            Self::Hugo => format!("{{{{< ref \"/{page}.md{anchor}\" >}}}}"),
            Self::Fata | Self::Zola => format!("@/{page}.md{anchor}"),
        }
    }
}

/// As a path below `content/`.
pub(super) fn page_name(page: usize) -> String {
    format!("{}/page-{page:05}", section_name(Content::section(page)))
}

fn section_name(section: usize) -> String {
    format!("section-{section:03}")
}

const ABOUT: &str = "title = \"A synthetic site\"\n";
const DESCRIPTION: &str = "description = \"Pages to measure generators with.\"\n";

fn fata(highlighting: &str) -> String {
    format!(
        "base_url = \"https://example.org\"\ntheme = \"bench\"\n{ABOUT}{DESCRIPTION}\
         generate_feeds = true\nfeed_limit = 20\ntaxonomies = [{{ name = \"tags\" }}]\n\n\
         [markdown]\nhighlight_code = {highlighting}\n"
    )
}

const ZOLA_HIGHLIGHTING: &str =
    "\n[markdown.highlighting]\nstyle = \"class\"\ntheme = \"catppuccin-mocha\"\n";

fn zola(highlighting: &str) -> String {
    format!(
        "base_url = \"https://example.org\"\n{ABOUT}{DESCRIPTION}\
         generate_feeds = true\nfeed_limit = 20\ntaxonomies = [{{ name = \"tags\" }}]\n\n\
         [markdown]\nsmart_punctuation = true\n{highlighting}"
    )
}

/// Only the outputs that the others make too: one feed, a sitemap, robots.txt.
fn hugo(highlighting: &str) -> String {
    format!(
        "baseURL = \"https://example.org/\"\n{ABOUT}\
         enableRobotsTXT = true\n\n\
         [params]\n{DESCRIPTION}\n\
         [taxonomies]\ntag = \"tags\"\n\n\
         [services.rss]\nlimit = 20\n\n\
         [outputs]\nhome = [\"html\", \"rss\"]\nsection = [\"html\"]\n\
         taxonomy = [\"html\"]\nterm = [\"html\"]\n\n\
         [markup.highlight]\nnoClasses = false\ncodeFences = {highlighting}\n"
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fata_builds_what_is_written_for_it() {
        let directory = tempfile::tempdir().unwrap();
        let content = Content {
            pages: 120,
            seed: 1,
        };
        Dialect::Fata.write(&content, directory.path()).unwrap();
        for highlighting in [Highlighting::On, Highlighting::Off] {
            Dialect::Fata
                .configure(highlighting, directory.path())
                .unwrap();
            let options = site_gen::Options {
                compression: site_gen::Compression::None,
                ..site_gen::Options::default()
            };
            let built = site_gen::build(directory.path(), &options)
                .unwrap_or_else(|faults| panic!("{faults:#?}"));
            let pages = built
                .files
                .iter()
                .filter(|file| file.path.contains("/page-"));
            assert_eq!(pages.count(), 120);
        }
    }

    #[test]
    fn links_are_each_generators_own() {
        let target = |dialect: Dialect| dialect.link(123, Some("notes"));
        assert_eq!(target(Dialect::Fata), "@/section-001/page-00123.md#notes");
        let hugo = "{{< ref \"/section-001/page-00123.md#notes\" >}}";
        assert_eq!(target(Dialect::Hugo), hugo);
    }
}
