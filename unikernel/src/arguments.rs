//! The command line: [`parse`] turns what was typed into a [`Command`].
//!
//! The same arguments come from a shell, or follow `--` on the kernel's
//! command line.

use std::ffi::OsString;
use std::fmt;
use std::net::SocketAddr;
use std::path::PathBuf;

use crate::limits;

/// What `--help` prints.
pub const HELP: &str = "\
Serves one web site, and the DNS zones of its domain.

Usage: fata.elf [OPTIONS]            on Linux
       [KERNEL PARAMETERS] -- [OPTIONS]   on the kernel command line

Options:
  --https ADDRESS:PORT       where to serve HTTPS [default: [::]:443]
  --http ADDRESS:PORT        where to redirect to HTTPS [default: [::]:80]
  --dns ADDRESS:PORT         where to answer DNS, UDP and TCP [default: [::]:53]
  --public-https-port PORT   the HTTPS port that visitors see, when it is
                             forwarded from another one [default: 443]
  --connections NUMBER       HTTPS connections at once; each needs up to 80 KiB
                             [default: 256]
  --certificate FILE         certificate chain in PEM
                             [default: one is made at the start, in memory]
  --key FILE                 its private key in PEM
  --pack FILE                serve this site [default: the attached one]
  --help                     print this
  --version                  print the version

The address [::] stands for all addresses, IPv4 too. Port 0 picks a free one.

Kernel parameters (before the `--`; Linux has its own):
  ip=dhcp                    or ip=ADDRESS::GATEWAY:NETMASK::eth0:off
  ip6=auto                   or ip6=ADDRESS/PREFIX[,GATEWAY]
";

/// What `--version` prints.
pub const VERSION: &str = concat!("fata ", env!("CARGO_PKG_VERSION"));

/// What the command line asks for.
#[derive(Debug, PartialEq, Eq)]
pub enum Command {
    /// Print [`HELP`].
    Help,
    /// Print [`VERSION`].
    Version,
    /// Serve the site.
    Serve(Options),
}

/// How to serve.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Options {
    /// Where to serve HTTPS.
    pub https: SocketAddr,
    /// Where to redirect to HTTPS.
    pub http: SocketAddr,
    /// Where to answer DNS, over UDP and TCP.
    pub dns: SocketAddr,
    /// The HTTPS port in the redirects.
    pub public_https_port: u16,
    /// HTTPS connections at once.
    pub connections: usize,
    /// The certificate to show; none asks for one made in memory.
    pub certificate: Option<CertificateFiles>,
    /// The site to serve; none asks for the attached one.
    pub pack: Option<PathBuf>,
}

/// A certificate chain and its key, both in PEM (RFC 7468).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CertificateFiles {
    /// The chain, the site's own certificate first.
    pub chain: PathBuf,
    /// The private key: PKCS #8, SEC 1 or PKCS #1.
    pub key: PathBuf,
}

impl Default for Options {
    fn default() -> Self {
        let everywhere = |port| SocketAddr::from(([0u16; 8], port));
        Self {
            https: everywhere(443),
            http: everywhere(80),
            dns: everywhere(53),
            public_https_port: 443,
            connections: limits::HTTPS_CONNECTIONS,
            certificate: None,
            pack: None,
        }
    }
}

/// A command line that makes no sense: one line that says why.
#[derive(Debug, PartialEq, Eq)]
pub struct Error(String);

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (--help lists the options)", self.0)
    }
}

impl std::error::Error for Error {}

impl From<lexopt::Error> for Error {
    fn from(error: lexopt::Error) -> Self {
        Self(error.to_string())
    }
}

/// Reads the arguments, without the program's name.
///
/// # Errors
///
/// When one is unknown, lacks its value, or has one that it cannot have.
pub fn parse(arguments: impl IntoIterator<Item = OsString>) -> Result<Command, Error> {
    use lexopt::prelude::*;

    let mut options = Options::default();
    let (mut chain, mut key) = (None, None);
    let mut parser = lexopt::Parser::from_args(arguments);
    while let Some(argument) = parser.next()? {
        match argument {
            Long("help") | Short('h') => return Ok(Command::Help),
            Long("version") | Short('V') => return Ok(Command::Version),
            Long("https") => options.https = address("--https", &parser.value()?)?,
            Long("http") => options.http = address("--http", &parser.value()?)?,
            Long("dns") => options.dns = address("--dns", &parser.value()?)?,
            Long("public-https-port") => {
                options.public_https_port = number("--public-https-port", &parser.value()?)?;
            }
            Long("connections") => {
                options.connections = number("--connections", &parser.value()?)?.into();
            }
            Long("certificate") => chain = Some(PathBuf::from(parser.value()?)),
            Long("key") => key = Some(PathBuf::from(parser.value()?)),
            Long("pack") => options.pack = Some(PathBuf::from(parser.value()?)),
            other => return Err(other.unexpected().into()),
        }
    }
    options.certificate = match (chain, key) {
        (Some(chain), Some(key)) => Some(CertificateFiles { chain, key }),
        (None, None) => None,
        (Some(_), None) => return Err(Error("--certificate needs --key".into())),
        (None, Some(_)) => return Err(Error("--key needs --certificate".into())),
    };
    Ok(Command::Serve(options))
}

fn address(option: &str, value: &OsString) -> Result<SocketAddr, Error> {
    let text = value.to_string_lossy();
    text.parse().map_err(|_| {
        Error(format!(
            "{option} expects ADDRESS:PORT, as in 127.0.0.1:8443 or [::]:443; it was given {text:?}"
        ))
    })
}

fn number(option: &str, value: &OsString) -> Result<u16, Error> {
    let text = value.to_string_lossy();
    match text.parse() {
        Ok(number) if number != 0 => Ok(number),
        _ => Err(Error(format!(
            "{option} expects a number from 1 to 65535; it was given {text:?}"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse_words(line: &str) -> Result<Command, Error> {
        parse(line.split_whitespace().map(OsString::from))
    }

    fn options(line: &str) -> Options {
        match parse_words(line) {
            Ok(Command::Serve(options)) => options,
            other => panic!("{line}: {other:?}"),
        }
    }

    #[test]
    fn nothing_means_the_defaults_that_help_names() {
        let defaults = options("");
        assert_eq!(defaults, Options::default());
        for address in [defaults.https, defaults.http, defaults.dns] {
            assert!(HELP.contains(&format!("[default: {address}]")));
        }
        assert!(HELP.contains(&format!("[default: {}]", defaults.connections)));
        assert!(HELP.contains(&format!("[default: {}]", defaults.public_https_port)));
    }

    #[test]
    fn every_option_has_its_place() {
        let options = options(
            "--https 127.0.0.1:1 --http=[::1]:2 --dns 127.0.0.1:3 --public-https-port 4 \
             --connections 5 --certificate c.pem --key k.pem --pack site.pack",
        );
        assert_eq!(options.https.to_string(), "127.0.0.1:1");
        assert_eq!(options.http.to_string(), "[::1]:2");
        assert_eq!(options.dns.to_string(), "127.0.0.1:3");
        assert_eq!((options.public_https_port, options.connections), (4, 5));
        assert_eq!(options.pack, Some("site.pack".into()));
        let files = options.certificate.unwrap();
        assert_eq!((files.chain, files.key), ("c.pem".into(), "k.pem".into()));
    }

    #[test]
    fn help_and_version_win_over_what_follows() {
        assert_eq!(parse_words("--help --nonsense"), Ok(Command::Help));
        assert_eq!(parse_words("--version"), Ok(Command::Version));
    }

    #[test]
    fn an_error_says_what_was_expected_and_what_came() {
        for (line, expected) in [
            ("--https localhost", "--https expects ADDRESS:PORT"),
            ("--https", "missing argument"),
            ("--public-https-port 0", "given \"0\""),
            ("--connections many", "given \"many\""),
            ("--certificate c.pem", "--certificate needs --key"),
            ("--key k.pem", "--key needs --certificate"),
            ("--nonsense", "--nonsense"),
            ("stray", "stray"),
        ] {
            let error = parse_words(line).unwrap_err().to_string();
            assert!(error.contains(expected), "{line}: {error}");
            assert!(!error.contains('\n'));
        }
    }
}
