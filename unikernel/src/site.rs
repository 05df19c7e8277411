//! The site: what [`load`] finds in the pack, and the questions that the
//! servers ask it.
//!
//! Only `site-pack` knows how a pack is laid out. Everything borrowed from it
//! lives as long as the program, so responses are slices of it.

use std::fmt;
use std::path::{Path, PathBuf};
use std::str::Utf8Error;

use site_pack::{Entry, File, Pack};

use crate::dns::{ZoneError, Zones};
use crate::http::fields::Policy;
use crate::http::host::Hosts;
use crate::limits::NOT_FOUND_DEPTH;

/// The part of the pack with the name of the domain.
const DOMAIN: &str = "domain";
/// The part with what scripts of the site may do; most sites have none.
const POLICY: &str = "policy";
/// What the names of parts with zone files begin with; the origin follows.
const ZONE: &str = "zone/";
/// The name of the page for paths that lead nowhere: of all below its directory that
/// are not below another one's, so that languages have their own.
const NOT_FOUND: &str = "404.html";

/// A site, ready to be served.
#[derive(Debug)]
pub struct Site {
    pack: Pack<'static>,
    domain: Option<&'static str>,
    hosts: Hosts,
    policy: Policy,
}

/// Where a path leads.
#[derive(Debug)]
pub enum Found {
    /// To a file.
    File(File<'static>),
    /// To the same path with a slash at its end.
    Directory,
    /// To another path or address.
    Redirect(&'static str),
    /// Nowhere. The page that says so, if the site has one.
    Nothing(Option<File<'static>>),
}

/// A pack that cannot be served.
#[derive(Debug)]
pub enum Error {
    /// Neither `--pack` nor an attached site.
    Missing,
    /// The file of `--pack` cannot be read.
    Read(PathBuf, std::io::Error),
    /// These bytes are no pack.
    Pack(site_pack::Error),
    /// A part that has to be text is none.
    Text(String, Utf8Error),
    /// The name of the domain is none.
    Domain(String),
    /// Scripts are to do something that this program does not know.
    Policy(String),
    /// A zone file that makes no sense.
    Zone(ZoneError),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => write!(
                f,
                "no site is attached to this file, and no --pack FILE given"
            ),
            Self::Read(path, error) => {
                write!(f, "cannot read the pack {}: {error}", path.display())
            }
            Self::Pack(error) => write!(f, "the pack cannot be used: {error}"),
            Self::Text(name, error) => write!(f, "part {name} of the pack is not UTF-8: {error}"),
            Self::Domain(name) => write!(
                f,
                "the pack's domain is {name:?}; a name such as example.org was expected"
            ),
            Self::Policy(name) => write!(
                f,
                "the pack's policy is {name:?}; this program knows webassembly alone"
            ),
            Self::Zone(error) => write!(f, "{error}"),
        }
    }
}

impl std::error::Error for Error {}

/// The bytes of the site: of the file given by `--pack`, or those attached to
/// this executable.
///
/// # Errors
///
/// When that file cannot be read, or nothing is attached.
pub fn load(pack: Option<&Path>) -> Result<&'static [u8], Error> {
    let Some(path) = pack else {
        let attachment = machine::image::attachment().ok_or(Error::Missing)?;
        return Ok(attachment.pack());
    };
    let bytes = std::fs::read(path).map_err(|error| Error::Read(path.into(), error))?;
    // Read once and served until the end.
    Ok(bytes.leak())
}

impl Site {
    /// The site in these bytes, and its zones.
    ///
    /// # Errors
    ///
    /// When they are no pack, or a zone or the domain in it is none.
    pub fn open(bytes: &'static [u8]) -> Result<(Self, Zones), Error> {
        let pack = Pack::open(bytes).map_err(Error::Pack)?;
        let mut domain = None;
        let mut policy = Policy::default();
        let mut zones = Zones::default();
        for (name, bytes) in pack.parts() {
            if name == DOMAIN {
                domain = Some(text(name, bytes)?.trim());
            } else if name == POLICY {
                let named = text(name, bytes)?;
                policy = Policy::named(named).ok_or_else(|| Error::Policy(named.into()))?;
            } else if let Some(origin) = name.strip_prefix(ZONE) {
                zones.add(origin, text(name, bytes)?).map_err(Error::Zone)?;
            }
        }
        let hosts = Hosts::new(domain).map_err(|name| Error::Domain(name.0))?;
        let site = Self {
            pack,
            domain,
            hosts,
            policy,
        };
        Ok((site, zones))
    }

    /// The name of the site's domain.
    pub fn domain(&self) -> Option<&'static str> {
        self.domain
    }

    /// The names under which the site is served.
    pub fn hosts(&self) -> &Hosts {
        &self.hosts
    }

    /// What scripts of the site may do.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Where `path` leads: decoded, as `site-pack` names the entries.
    pub fn find(&self, path: &str) -> Found {
        match self.pack.entry(path) {
            Some(Entry::File(file)) => return Found::File(file),
            Some(Entry::Redirect(target)) => return Found::Redirect(target),
            None => {}
        }
        if !path.ends_with('/') {
            let directory = format!("{path}/");
            if self.pack.entry(&directory).is_some() {
                return Found::Directory;
            }
        }
        self.nothing(path)
    }

    /// For a path that leads nowhere.
    pub fn nothing(&self, path: &str) -> Found {
        let slashes = path.match_indices('/').take(NOT_FOUND_DEPTH);
        let pages = slashes.filter_map(|(at, _)| {
            match self.pack.entry(&format!("{}{NOT_FOUND}", &path[..=at]))? {
                Entry::File(file) => Some(file),
                Entry::Redirect(_) => None,
            }
        });
        Found::Nothing(pages.last())
    }
}

fn text(name: &str, bytes: &'static [u8]) -> Result<&'static str, Error> {
    std::str::from_utf8(bytes).map_err(|error| Error::Text(name.into(), error))
}

#[cfg(test)]
mod tests {
    use super::*;
    use site_pack::Caching;
    use site_pack::write::{Builder, NewFile};

    fn open(parts: &[(&str, &[u8])]) -> Result<(Site, Zones), Error> {
        let mut builder = Builder::new();
        for (name, bytes) in parts {
            builder.part(name, bytes.to_vec()).unwrap();
        }
        Site::open(builder.finish().unwrap().leak())
    }

    #[test]
    fn what_cannot_be_served_is_named() {
        for (parts, expected) in [
            ([("domain", &b"a b"[..])], "domain is \"a b\""),
            ([("policy", b"anything")], "policy is \"anything\""),
            (
                [("domain", b"\xFF")],
                "part domain of the pack is not UTF-8",
            ),
            ([("zone/example.org", b"\xFF")], "part zone/example.org"),
            (
                [("zone/example.org", b"")],
                "zone example.org: expected one SOA",
            ),
        ] {
            let message = open(&parts).unwrap_err().to_string();
            assert!(message.contains(expected), "{message}");
        }
        let message = Site::open(b"nonsense").unwrap_err().to_string();
        assert!(message.starts_with("the pack cannot be used"));
        let message = load(Some(Path::new("/nowhere"))).unwrap_err().to_string();
        assert!(message.starts_with("cannot read the pack /nowhere"));
    }

    #[test]
    fn what_is_missing_is_told_by_the_nearest_page() {
        let mut builder = Builder::new();
        let deep = format!("/x{}", "/x".repeat(NOT_FOUND_DEPTH));
        for directory in ["", "/p", "/p/de", &deep] {
            let path = format!("{directory}/404.html");
            let bytes = directory.as_bytes().to_vec();
            let file = NewFile {
                content_type: "text/html".into(),
                caching: Caching::Revalidate,
                body: bytes,
                encoded: Vec::new(),
            };
            builder.file(&path, file).unwrap();
        }
        let (site, _) = Site::open(builder.finish().unwrap().leak()).unwrap();
        for (path, directory) in [
            ("/nothing", ""),
            ("/p", ""),
            ("/p/x/y/", "/p"),
            ("/p/de", "/p"),
            ("/p/de/", "/p/de"),
            ("/p/de/a/b.png", "/p/de"),
            (&*format!("{deep}/a"), ""),
        ] {
            let Found::Nothing(Some(page)) = site.nothing(path) else {
                panic!("no page for {path}");
            };
            assert_eq!(page.body(), directory.as_bytes(), "{path}");
        }
    }

    #[test]
    fn a_site_needs_no_domain_and_no_page_for_what_is_missing() {
        let (site, _) = open(&[]).unwrap();
        assert_eq!(site.domain(), None);
        assert!(matches!(site.find("/"), Found::Nothing(None)));
        let (site, _) = open(&[("domain", b"example.org\n")]).unwrap();
        assert_eq!(site.domain(), Some("example.org"));
    }
}
