//! What can be fuzzed: each [`Target`] is a parser of what others write.

use std::path::Path;

use clap::ValueEnum as _;
use site_gen::fuzzing;
use site_gen::review::configuration;
use site_gen::zone::Zone;
use site_gen::{Diagnostic, Source};
use site_pack::{Encoding, Entry, Pack};

use crate::import::fuzzing as import;

/// Names the target to the process that is fuzzed.
pub(super) const VARIABLE: &str = "FATA_FUZZ_TARGET";

/// A parser, or a few of the same input.
#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
pub enum Target {
    /// `site.toml`
    Configuration,
    /// Data files: JSON, CSV, TOML, YAML
    Data,
    /// TOML and YAML above a text, and where the text begins
    FrontMatter,
    /// Pages made short, and made absolute for feeds
    Html,
    /// Texts and templates of Hugo
    Hugo,
    /// Texts with all that can be in them
    Markdown,
    /// The file that the server reads in place
    Pack,
    /// Headers of pictures, and drawings
    Picture,
    /// Templates and configuration of Zola
    Zola,
    /// Zone files
    Zone,
}

impl Target {
    /// The one that this process was started for.
    pub fn of_this_process() -> Self {
        let name = std::env::var(VARIABLE).unwrap_or_default();
        Self::from_str(&name, false).expect("`cargo fata fuzz` names a target")
    }

    /// All of them.
    pub fn all() -> &'static [Self] {
        Self::value_variants()
    }

    /// What it is called.
    pub fn name(self) -> String {
        let value = self.to_possible_value();
        value.map_or_else(String::new, |value| value.get_name().to_owned())
    }

    /// Whether a file of the repository is worth beginning with.
    pub(super) fn takes(self, file: &Path) -> bool {
        let name = file.file_name().and_then(|name| name.to_str());
        let end = file.extension().and_then(|end| end.to_str());
        let end = end.unwrap_or_default();
        match self {
            Self::Configuration => name == Some("site.toml"),
            Self::Data => matches!(end, "csv" | "json" | "toml" | "yaml" | "yml"),
            Self::FrontMatter | Self::Markdown => end == "md",
            Self::Pack => false,
            Self::Html => matches!(end, "html" | "xml"),
            Self::Hugo => matches!(end, "md" | "html"),
            Self::Picture => matches!(end, "avif" | "gif" | "jpg" | "png" | "svg" | "webp"),
            Self::Zola => matches!(end, "html" | "md") || name == Some("config.toml"),
            Self::Zone => end == "zone",
        }
    }

    /// Gives any bytes to it.
    pub fn run(self, bytes: &[u8]) {
        let text = || String::from_utf8_lossy(bytes).into_owned();
        match self {
            Self::Configuration => tell(&configuration(&source("content/site.toml", text()))),
            Self::Data => fuzzing::data(bytes),
            Self::FrontMatter => fuzzing::front_matter(bytes),
            Self::Html => fuzzing::html(bytes),
            Self::Hugo => import::hugo(&text()),
            Self::Markdown => fuzzing::markdown(bytes),
            Self::Pack => pack(bytes),
            Self::Picture => fuzzing::picture(bytes),
            Self::Zola => import::zola(&text()),
            Self::Zone => {
                let read = Zone::parse(&source("content/a.org.zone", text()));
                tell(&read.err().unwrap_or_default());
            }
        }
    }
}

fn source(file: &str, text: String) -> Source {
    Source {
        file: file.into(),
        text,
    }
}

/// Writes faults as they are shown.
fn tell(faults: &[Diagnostic]) {
    for fault in faults {
        assert!(!fault.to_string().is_empty());
    }
}

/// As they are, and once more with the length in the header that they have: it
/// is the one field that every insertion breaks.
fn pack(bytes: &[u8]) {
    const LENGTH: std::ops::Range<usize> = 16..24;
    read_pack(bytes);
    let mut bytes = bytes.to_owned();
    let length = (bytes.len() as u64).to_le_bytes();
    if let Some(field) = bytes.get_mut(LENGTH) {
        field.copy_from_slice(&length);
        read_pack(&bytes);
    }
}

/// Reads all that a server could ask for.
fn read_pack(bytes: &[u8]) {
    let Ok(pack) = Pack::open(bytes) else {
        return;
    };
    for (path, entry) in pack.entries() {
        assert!(path.starts_with('/') && pack.entry(path).is_some());
        match entry {
            Entry::Redirect(target) => assert!(!target.is_empty()),
            Entry::File(file) => {
                assert!(!file.content_type().is_empty() && !file.etag().is_empty());
                file.caching();
                let encoded = Encoding::ALL.map(|encoding| file.encoded(encoding));
                for part in encoded.into_iter().flatten().chain([file.body()]) {
                    assert!(part.is_empty() || bytes.as_ptr_range().contains(&part.as_ptr()));
                }
            }
        }
    }
    for (name, part) in pack.parts() {
        assert_eq!(pack.part(name), Some(part));
    }
    assert!(pack.entry("").is_none());
}
