//! Which files of a directory `fata` wrote: the list lies in the directory, so
//! that no file of anyone else's is lost when the directory is replaced.

use std::collections::HashSet;
use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use anyhow::{Context as _, Result, bail};
use site_gen::limits::MAX_STATIC_BYTES;
use site_gen::read_plain;

/// The list: a relative path in each line.
const NAME: &str = ".fata-files";

/// Lists what is in a directory now.
pub(super) fn write(directory: &Path) -> Result<()> {
    let files = files(directory).context("cannot list what was written")?;
    let lines: Vec<_> = files.iter().map(|file| file.to_string_lossy()).collect();
    let text = lines.join("\n") + "\n";
    fs::write(directory.join(NAME), text).context("cannot list what was written")
}

/// Refuses a directory that holds anything that is not on its list.
pub(super) fn check(directory: &Path) -> Result<()> {
    let files = match files(directory) {
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
        files => files.with_context(|| format!("cannot read {}", directory.display()))?,
    };
    let list = read_plain(&directory.join(NAME), MAX_STATIC_BYTES).unwrap_or_default();
    let list = String::from_utf8_lossy(&list);
    let listed: HashSet<&str> = list.lines().chain([NAME]).collect();
    let foreign = |file: &&PathBuf| !listed.contains(&*file.to_string_lossy());
    if let Some(file) = files.iter().find(foreign) {
        bail!(
            "{} was not written by `fata build --html`, which replaces {} as a whole: \
             expected a directory that is new, empty, or has nothing else in it",
            directory.join(file).display(),
            directory.display()
        );
    }
    Ok(())
}

/// All files below a directory, relative to it, in order. Symbolic links are
/// files here.
fn files(directory: &Path) -> io::Result<Vec<PathBuf>> {
    let mut files = Vec::new();
    let mut open = vec![PathBuf::new()];
    while let Some(inside) = open.pop() {
        for entry in fs::read_dir(directory.join(&inside))? {
            let entry = entry?;
            let path = inside.join(entry.file_name());
            if entry.file_type()?.is_dir() {
                open.push(path);
            } else {
                files.push(path);
            }
        }
    }
    files.sort();
    Ok(files)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_not_listed_is_somebody_elses() {
        let base = tempfile::tempdir().unwrap();
        let site = base.path().join("site");
        assert!(check(&site).is_ok(), "it is new");
        fs::create_dir_all(site.join("a b")).unwrap();
        fs::write(site.join("a b/index.html"), "").unwrap();
        let message = check(&site).unwrap_err().to_string();
        assert!(message.contains("site/a b/index.html was not"), "{message}");
        write(&site).unwrap();
        assert!(check(&site).is_ok());
        fs::write(site.join("CNAME"), "").unwrap();
        let message = check(&site).unwrap_err().to_string();
        assert!(message.contains("site/CNAME was not"), "{message}");
    }
}
