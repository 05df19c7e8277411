//! The certificate: read from files, or made in memory at the start.
//!
//! A certificate made here is signed by nobody. It serves the first minutes of
//! a machine, tests, and whoever compares its fingerprint with the one on the
//! console.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use rcgen::{CertificateParams, DistinguishedName, DnType, ExtendedKeyUsagePurpose, KeyPair};
use tokio_rustls::rustls::crypto::ring::{self as provider, Ticketer};
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, ServerConfig};

use crate::arguments::CertificateFiles;

/// Names that every certificate made here is good for, next to the domain:
/// those under which a machine with forwarded ports is tried out.
const LOCAL: [&str; 3] = ["localhost", "127.0.0.1", "::1"];
/// The certificate is valid from before its making: the clocks of visitors
/// differ from ours.
const BACKDATE: Duration = Duration::from_secs(24 * 60 * 60);
/// And for as long as browsers accept any certificate (397 days; section
/// 6.3.2 of the CA/Browser Forum's Baseline Requirements).
const VALIDITY: Duration = Duration::from_secs(397 * 24 * 60 * 60);

/// A certificate chain with its key.
#[derive(Debug)]
pub struct Certificate {
    chain: Vec<CertificateDer<'static>>,
    key: PrivateKeyDer<'static>,
}

/// Why there is no certificate.
#[derive(Debug)]
pub enum Error {
    /// A PEM file that cannot be read.
    Pem {
        /// The file.
        path: PathBuf,
        /// What it should hold.
        expected: &'static str,
        /// What is wrong with it.
        error: pem::Error,
    },
    /// The certificate cannot be made.
    Make(rcgen::Error),
    /// The certificate and the key cannot be used (together).
    Tls(rustls::Error),
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Pem {
                path,
                expected,
                error,
            } => write!(f, "{}: expected {expected} in PEM: {error}", path.display()),
            Self::Make(error) => write!(f, "cannot make a certificate: {error}"),
            Self::Tls(error) => write!(f, "cannot use the certificate with its key: {error}"),
        }
    }
}

impl std::error::Error for Error {}

impl Certificate {
    /// Reads the chain and the key.
    ///
    /// # Errors
    ///
    /// When a file cannot be read, or does not hold what it should.
    pub fn read(files: &CertificateFiles) -> Result<Self, Error> {
        let fail = |path: &Path, expected| {
            let path = path.into();
            move |error| Error::Pem {
                path,
                expected,
                error,
            }
        };
        let chain = CertificateDer::pem_file_iter(&files.chain)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .and_then(|chain| match chain.is_empty() {
                true => Err(pem::Error::NoItemsFound),
                false => Ok(chain),
            })
            .map_err(fail(&files.chain, "a certificate chain"))?;
        let key =
            PrivateKeyDer::from_pem_file(&files.key).map_err(fail(&files.key, "a private key"))?;
        Ok(Self { chain, key })
    }

    /// Makes one for `domain` and for the names of this machine, valid from
    /// `now`.
    ///
    /// # Errors
    ///
    /// When `domain` cannot stand in one, or there is no randomness for a key.
    pub fn make(domain: Option<&str>, now: SystemTime) -> Result<Self, Error> {
        let mut names: Vec<String> = LOCAL.map(String::from).to_vec();
        if let Some(domain) = domain {
            names.splice(0..0, [domain.into(), format!("www.{domain}")]);
        }
        let mut distinguished = DistinguishedName::new();
        distinguished.push(DnType::CommonName, names[0].as_str());

        let mut params = CertificateParams::new(names).map_err(Error::Make)?;
        params.distinguished_name = distinguished;
        params.extended_key_usages = vec![ExtendedKeyUsagePurpose::ServerAuth];
        params.not_before = (now - BACKDATE).into();
        params.not_after = (now - BACKDATE + VALIDITY).into();
        let key = KeyPair::generate().map_err(Error::Make)?;
        let certificate = params.self_signed(&key).map_err(Error::Make)?;
        Ok(Self {
            chain: vec![certificate.into()],
            key: PrivateKeyDer::Pkcs8(key.serialize_der().into()),
        })
    }

    /// The chain, the site's own certificate first.
    pub fn chain(&self) -> &[CertificateDer<'static>] {
        &self.chain
    }

    /// The SHA-256 hash of the certificate, as `openssl x509 -fingerprint`
    /// shows it, in lower case.
    pub fn fingerprint(&self) -> String {
        let hash = ring::digest::digest(&ring::digest::SHA256, &self.chain[0]);
        let bytes: Vec<String> = hash.as_ref().iter().map(|b| format!("{b:02x}")).collect();
        bytes.join(":")
    }

    /// What TLS needs: TLS 1.3 and 1.2, HTTP/2 before HTTP/1.1 (RFC 7301),
    /// and tickets instead of a session cache, which would grow.
    ///
    /// # Errors
    ///
    /// When the key is not that of the certificate, or of a kind that TLS does not know.
    pub fn into_server_config(self) -> Result<Arc<ServerConfig>, Error> {
        let mut config = ServerConfig::builder_with_provider(provider::default_provider().into())
            .with_safe_default_protocol_versions()
            .map_err(Error::Tls)?
            .with_no_client_auth()
            .with_single_cert(self.chain, self.key)
            .map_err(Error::Tls)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        config.ticketer = Ticketer::new().map_err(Error::Tls)?;
        config.session_storage = Arc::new(rustls::server::NoServerSessionStorage {});
        Ok(config.into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_32_bytes_with_colons() {
        let now = SystemTime::now();
        let made = Certificate::make(Some("example.org"), now).unwrap();
        let fingerprint = made.fingerprint();
        assert_eq!(fingerprint.len(), 32 * 3 - 1);
        assert!(
            fingerprint
                .bytes()
                .all(|b| b == b':' || b.is_ascii_hexdigit())
        );
        assert_ne!(
            fingerprint,
            Certificate::make(None, now).unwrap().fingerprint()
        );
        made.into_server_config().unwrap();
    }

    #[test]
    fn a_missing_file_is_named() {
        let files = CertificateFiles {
            chain: "/nowhere/chain.pem".into(),
            key: "/nowhere/key.pem".into(),
        };
        let message = Certificate::read(&files).unwrap_err().to_string();
        assert!(message.starts_with("/nowhere/chain.pem: expected a certificate chain"));
    }

    #[test]
    fn files_are_read_back() {
        let directory =
            std::env::temp_dir().join(format!("fata-certificate-{}", std::process::id()));
        std::fs::create_dir_all(&directory).unwrap();
        let key = KeyPair::generate().unwrap();
        let signed = CertificateParams::new(vec!["example.org".into()])
            .and_then(|params| params.self_signed(&key))
            .unwrap();
        let files = CertificateFiles {
            chain: directory.join("chain.pem"),
            key: directory.join("key.pem"),
        };
        std::fs::write(&files.chain, signed.pem()).unwrap();
        std::fs::write(&files.key, key.serialize_pem()).unwrap();
        let read = Certificate::read(&files).unwrap();
        assert_eq!(&read.chain()[0], signed.der());
        read.into_server_config().unwrap();

        // A key in the place of the chain.
        std::fs::write(&files.chain, key.serialize_pem()).unwrap();
        let message = Certificate::read(&files).unwrap_err().to_string();
        assert!(
            message.contains("expected a certificate chain in PEM"),
            "{message}"
        );
        std::fs::remove_dir_all(&directory).unwrap();
    }
}
