//! Names of files that tell one version from all others: browsers may keep what
//! has such a name for ever; and what else is told by a hash.

use sha2::{Digest as _, Sha256};
use site_pack::plan::{Digest, hex};

/// Letters of a fingerprint in a file's name: 48 bits of a hash tell the
/// versions of one file apart.
const LETTERS: usize = 12;

/// The path of a file with a fingerprint of its content in its name, of which this is
/// the hash.
pub(crate) fn fingerprinted(path: &str, digest: &Digest) -> String {
    let (directory, name) = path.rsplit_once('/').unwrap_or(("", path));
    let (stem, extension) = name.rsplit_once('.').unwrap_or((name, ""));
    let dot = if extension.is_empty() { "" } else { "." };
    format!("{directory}/{stem}.{}{dot}{extension}", of_hash(digest))
}

/// What tells the versions of a file apart, in its name.
pub(crate) fn fingerprint(content: &[u8]) -> String {
    of_hash(&Sha256::digest(content))
}

/// A hash of several parts. Lengths go into it, too, so that no two lists of parts are
/// alike.
pub(crate) fn of_parts(parts: &[&[u8]]) -> Digest {
    let mut hash = Sha256::new();
    for part in parts {
        hash.update((part.len() as u64).to_le_bytes());
        hash.update(part);
    }
    hash.finalize().into()
}

/// The part of a hash that stands in names.
pub(crate) fn of_hash(hash: &[u8]) -> String {
    let mut hash = hex(hash);
    hash.truncate(LETTERS);
    hash
}

#[cfg(test)]
mod tests {
    use site_pack::plan::digest;

    use super::*;

    #[test]
    fn parts_are_told_apart() {
        assert_eq!(of_parts(&[b"a", b"bc"]), of_parts(&[b"a", b"bc"]));
        assert_ne!(of_parts(&[b"a", b"bc"]), of_parts(&[b"ab", b"c"]));
        assert_ne!(of_parts(&[b"a"]), of_parts(&[b"a", b""]));
    }

    #[test]
    fn fingerprints_keep_directory_and_extension() {
        let name = fingerprinted("/css/site.css", &digest(b"a{}"));
        assert!(
            name.starts_with("/css/site.") && name.ends_with(".css"),
            "{name}"
        );
        assert_eq!(name.len(), "/css/site..css".len() + LETTERS);
    }
}
