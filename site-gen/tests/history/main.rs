//! Dates and authors from git: each test makes its own repository, with commits
//! of fixed dates. The program `git` makes them.

mod random;

use std::ffi::OsStr;
use std::fs;
use std::os::unix::ffi::OsStrExt as _;
use std::path::Path;
use std::process::Command;

use site_gen::{Built, Compression, Diagnostic, Options, build};
use tempfile::TempDir;

const PAGE: &str = "{{ page.last_change }} by {{ page.contributors | join(sep=\" and \") }}";

/// A repository whose directory `site` is a site.
struct Repository(TempDir);

impl Repository {
    /// Three commits: Ada writes two pages, Bob changes one, and Ada that one
    /// again, under another name that `.mailmap` knows.
    fn new() -> Self {
        let repository = Self::without_commits();
        repository.write("site/content/a.md", "+++\ntitle = \"A\"\n+++\nfirst\n");
        repository.write(
            "site/content/docs/b.md",
            "+++\ntitle = \"B\"\ndate = 2020-01-01\n+++\nfirst\n",
        );
        repository.commit("Ada <ada@example.org>", "2024-01-01T10:00:00+01:00");
        repository.write("site/content/a.md", "+++\ntitle = \"A\"\n+++\nsecond\n");
        repository.commit("Bob <bob@example.org>", "2024-02-01T10:00:00Z");
        repository.write(".mailmap", "Ada <ada@example.org> <ada@old.example.org>\n");
        repository.write("site/content/a.md", "+++\ntitle = \"A\"\n+++\nthird\n");
        repository.commit("A. Lovelace <ada@old.example.org>", "2024-03-01T10:00:00Z");
        repository
    }

    fn without_commits() -> Self {
        let repository = Self(tempfile::tempdir().expect("a directory"));
        repository.git(&["init", "--quiet"]);
        repository.site();
        repository
    }

    /// What every site needs.
    fn site(&self) {
        self.write(
            "site/content/site.toml",
            "base_url = \"https://example.org\"\ntheme = \"t\"\ngenerate_feeds = true\n\n\
             [history]\nfrom_git = true\n",
        );
        self.write("site/themes/t/theme.toml", "name = \"t\"\n");
        self.write("site/themes/t/templates/page.html", PAGE);
        for name in ["index.html", "section.html"] {
            self.write(&format!("site/themes/t/templates/{name}"), "list");
        }
    }

    fn write(&self, file: &str, text: &str) {
        let file = self.0.path().join(file);
        let directory = file.parent().expect("it is in the repository");
        fs::create_dir_all(directory).expect("a directory");
        fs::write(file, text).expect("a file");
    }

    fn commit(&self, author: &str, date: &str) {
        let (name, mail) = author.split_once(" <").expect("a name and an address");
        self.git(&["add", "--all"]);
        let status = self
            .command()
            .args(["commit", "--quiet", "--message", "a change"])
            .env("GIT_AUTHOR_NAME", name)
            .env("GIT_AUTHOR_EMAIL", mail.trim_end_matches('>'))
            .env("GIT_COMMITTER_NAME", "somebody")
            .env("GIT_COMMITTER_EMAIL", "else@example.org")
            .env("GIT_AUTHOR_DATE", date)
            .env("GIT_COMMITTER_DATE", date)
            .status();
        assert!(status.expect("git").success());
    }

    fn git(&self, arguments: &[&str]) {
        assert!(
            self.command()
                .args(arguments)
                .status()
                .expect("git")
                .success()
        );
    }

    fn command(&self) -> Command {
        let mut command = Command::new("git");
        command
            .arg("-C")
            .arg(self.0.path())
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .env("GIT_CONFIG_NOSYSTEM", "1");
        command
    }

    fn build(&self, options: &Options) -> Result<Built, Vec<Diagnostic>> {
        build(&self.0.path().join("site"), options).map_err(|told| told.diagnostics)
    }

    /// The only fault of a build.
    fn fault(&self) -> String {
        let faults = self.build(&uncompressed()).expect_err("a fault");
        assert_eq!(faults.len(), 1, "{faults:?}");
        assert_eq!(faults[0].file, Path::new("content/site.toml"));
        let line = faults[0].place.as_ref().expect("a place").line;
        assert_eq!(line, 6, "{faults:?}");
        faults[0].to_string()
    }
}

fn uncompressed() -> Options {
    Options {
        compression: Compression::None,
        ..Options::default()
    }
}

fn text(built: &Built, path: &str) -> String {
    let file = built.file(path).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(built.read(file).expect("the pack")).expect("text")
}

#[test]
fn pages_feeds_and_sitemap_say_what_the_commits_say() {
    let repository = Repository::new();
    let built = repository.build(&uncompressed()).unwrap();
    assert_eq!(text(&built, "/a/"), "2024-03-01T10:00:00Z by Ada and Bob");
    assert_eq!(text(&built, "/docs/b/"), "2024-01-01T10:00:00+01:00 by Ada");
    let sitemap = text(&built, "/sitemap.xml");
    assert!(
        sitemap.contains("/a/</loc><lastmod>2024-03-01T10:00:00Z</lastmod>"),
        "{sitemap}"
    );
    let feed = text(&built, "/atom.xml");
    assert!(
        feed.contains("<updated>2024-01-01T10:00:00+01:00</updated>"),
        "{feed}"
    );
}

#[test]
fn what_an_author_says_comes_first_and_what_is_not_committed_has_no_date() {
    let repository = Repository::new();
    repository.write(
        "site/content/a.md",
        "+++\ntitle = \"A\"\nupdated = 2024-04-01\n+++\nfourth\n",
    );
    repository.write("site/content/new.md", "+++\ntitle = \"New\"\n+++\nnew\n");
    let built = repository.build(&uncompressed()).unwrap();
    assert_eq!(text(&built, "/a/"), "2024-04-01 by Ada and Bob");
    assert_eq!(text(&built, "/new/"), " by ");
}

#[test]
fn a_commit_changes_only_the_pages_that_it_is_about() {
    let repository = Repository::new();
    let options = uncompressed();
    let first = repository.build(&options).unwrap();
    assert_eq!(repository.build(&options).unwrap().rendered, 0);
    repository.write(
        "site/content/docs/b.md",
        "+++\ntitle = \"B\"\ndate = 2020-01-01\n+++\nsecond\n",
    );
    repository.commit("Eve <eve@example.org>", "2024-05-01T10:00:00Z");
    let second = repository.build(&options).unwrap();
    assert_eq!(
        text(&second, "/docs/b/"),
        "2024-05-01T10:00:00Z by Ada and Eve"
    );
    assert!(second.rendered < first.rendered, "{}", second.rendered);
    let cold = repository.build(&uncompressed()).unwrap();
    assert_eq!(cold.pack().unwrap(), second.pack().unwrap());
}

#[test]
fn a_merge_counts_where_it_has_something_of_its_own() {
    let repository = Repository::new();
    repository.git(&["checkout", "--quiet", "-b", "side", "HEAD~1"]);
    repository.write("site/content/a.md", "+++\ntitle = \"A\"\n+++\nside\n");
    repository.commit("Sid <sid@example.org>", "2024-02-15T10:00:00Z");
    // The two lines of work are in conflict; what is committed settles it.
    let merged = repository
        .command()
        .args(["merge", "--quiet", "-"])
        .env("GIT_COMMITTER_NAME", "somebody")
        .env("GIT_COMMITTER_EMAIL", "else@example.org")
        .output();
    assert!(!merged.unwrap().status.success());
    repository.write("site/content/a.md", "+++\ntitle = \"A\"\n+++\nboth\n");
    repository.commit("Mia <mia@example.org>", "2024-03-02T10:00:00Z");
    let built = repository.build(&uncompressed()).unwrap();
    assert_eq!(
        text(&built, "/a/"),
        "2024-03-02T10:00:00Z by Ada and Bob and Sid and Mia"
    );
    assert_eq!(text(&built, "/docs/b/"), "2024-01-01T10:00:00+01:00 by Ada");
}

#[test]
fn no_history_is_a_fault_that_says_why() {
    let alone = Repository(tempfile::tempdir().unwrap());
    alone.site();
    let fault = alone.fault();
    assert!(fault.contains("not in a git repository"), "{fault}");

    let fault = Repository::without_commits().fault();
    assert!(fault.contains("no commit yet"), "{fault}");

    let elsewhere = Repository::without_commits();
    elsewhere.write(".gitignore", "site\n");
    elsewhere.commit("Ada <ada@example.org>", "2024-01-01T10:00:00Z");
    let fault = elsewhere.fault();
    assert!(fault.contains("no commit has touched"), "{fault}");
}

#[test]
fn a_shallow_clone_is_a_fault() {
    let whole = Repository::new();
    let shallow = Repository(tempfile::tempdir().unwrap());
    let url = format!("file://{}", whole.0.path().display());
    shallow.git(&["clone", "--quiet", "--depth", "1", &url, "."]);
    let fault = shallow.fault();
    assert!(fault.contains("shallow"), "{fault}");
    assert!(fault.contains("git fetch --unshallow"), "{fault}");
    shallow.git(&["fetch", "--quiet", "--unshallow"]);
    let built = shallow.build(&uncompressed()).unwrap();
    assert_eq!(text(&built, "/a/"), "2024-03-01T10:00:00Z by Ada and Bob");
}

#[test]
fn references_in_tables_are_a_fault_that_says_what_to_do() {
    let repository = Repository::new();
    repository.git(&["config", "core.repositoryformatversion", "1"]);
    repository.git(&["config", "extensions.refStorage", "reftable"]);
    let fault = repository.fault();
    assert!(fault.contains("`reftable`"), "{fault}");
    assert!(fault.contains("git refs migrate"), "{fault}");
}

#[test]
fn a_work_tree_of_its_own_has_the_history_of_its_commit() {
    let repository = Repository::new();
    let other = tempfile::tempdir().unwrap();
    let place = other.path().join("other").display().to_string();
    repository.git(&["worktree", "add", "--quiet", &place, "HEAD~1"]);
    let built = build(&other.path().join("other/site"), &uncompressed()).unwrap();
    assert_eq!(text(&built, "/a/"), "2024-02-01T10:00:00Z by Ada and Bob");
}

#[test]
fn names_in_latin_1_are_read_as_such() {
    let repository = Repository::new();
    repository.git(&["config", "i18n.commitEncoding", "ISO-8859-1"]);
    repository.write("site/content/a.md", "+++\ntitle = \"A\"\n+++\nfourth\n");
    repository.git(&["add", "--all"]);
    let status = repository
        .command()
        .args(["commit", "--quiet", "--message", "a change"])
        .env("GIT_AUTHOR_NAME", OsStr::from_bytes(b"Ren\xe9"))
        .env("GIT_AUTHOR_EMAIL", "rene@example.org")
        .env("GIT_AUTHOR_DATE", "2024-05-01T10:00:00Z")
        .env("GIT_COMMITTER_NAME", "somebody")
        .env("GIT_COMMITTER_EMAIL", "else@example.org")
        .status();
    assert!(status.unwrap().success());
    let built = repository.build(&uncompressed()).unwrap();
    assert_eq!(
        text(&built, "/a/"),
        "2024-05-01T10:00:00Z by Ada and Bob and René"
    );
}
