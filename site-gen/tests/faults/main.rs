//! All that is wrong with a site is told in one run: no fault hides those that
//! do not depend on it, and none is told that may be no fault once another one
//! is mended.

mod configuration;
mod lost;
mod own;
mod texts;
mod theme;

use std::fs;
use std::path::Path;

use site_gen::Options;

const CONFIG: &str = "base_url = \"https://a.org\"\ntheme = \"t\"\n";

fn write(site: &Path, files: &[(&str, &str)]) {
    for (file, text) in files {
        let path = site.join(file);
        fs::create_dir_all(path.parent().expect("a path in the site")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
}

fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let site = tempfile::tempdir().expect("a directory");
    let template = "{% if page %}{{ page.content | safe }}{% endif %}";
    write(
        site.path(),
        &[
            ("content/site.toml", CONFIG),
            ("themes/t/templates/index.html", template),
            ("themes/t/templates/page.html", template),
            ("themes/t/templates/section.html", template),
        ],
    );
    write(site.path(), files);
    site
}

/// As in `a.md:3: message`: where in `content/` or elsewhere, and what.
fn faults_in(site: &Path) -> Vec<String> {
    faults_with(site, &Options::default())
}

fn faults_with(site: &Path, options: &Options) -> Vec<String> {
    let faults = site_gen::build(site, options).map(|_| ());
    let show = |fault: site_gen::Diagnostic| {
        let line = fault.place.map_or(0, |place| place.line);
        let file = fault.file.strip_prefix("content").unwrap_or(&fault.file);
        format!("{}:{line}: {}", file.display(), fault.message)
    };
    let faults = faults.err().unwrap_or_default();
    faults.into_iter().map(show).collect()
}

fn faults(files: &[(&str, &str)]) -> Vec<String> {
    faults_in(site(files).path())
}

/// Three links that are at fault whatever else is, and some that are not.
const LINKS: &str = "# Here\n\n[a](@/gone.md)\n\n[b](/nope/)\n\n[c](@/b.md#no)\n\n\
                     [d](@/b.md#yes) [e](/b/) [f](#here) [g](../b/)\n";

const OF_LINKS: [&str; 3] = [
    "links.md:3: no file `gone.md` in content/",
    "links.md:5: nothing is served under `/nope/`",
    "links.md:7: `b.md` has no anchor `#no`",
];

const OTHER: (&str, &str) = ("content/b.md", "# Yes\n");

#[track_caller]
fn tells(files: &[(&str, &str)], expected: &[&str]) {
    let mut all = vec![("content/links.md", LINKS), OTHER];
    all.extend_from_slice(files);
    let found = faults(&all);
    let others = found
        .iter()
        .filter(|fault| !OF_LINKS.contains(&fault.as_str()));
    assert_eq!(others.collect::<Vec<_>>(), expected, "of all: {found:#?}");
    for fault in OF_LINKS {
        assert!(
            found.iter().any(|own| own == fault),
            "{fault} in {found:#?}"
        );
    }
}
