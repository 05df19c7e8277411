//! A site without `themes/`, and themes that are elsewhere: what comes of it is what
//! would come of them in the site.

mod support;

use std::fs;
use std::path::Path;

use site_gen::{Built, Compression, Diagnostic, Options};
use support::copy;

/// A site without a theme, and one; in directories that go when it goes.
struct Pair {
    site: tempfile::TempDir,
    themes: tempfile::TempDir,
}

impl Pair {
    fn new() -> Self {
        let directory = || tempfile::tempdir().expect("a directory");
        let (site, themes) = (directory(), directory());
        let write = |root: &tempfile::TempDir, files: &[(&str, &str)]| {
            for (file, text) in files {
                let path = root.path().join(file);
                fs::create_dir_all(path.parent().expect("a directory above")).expect("made");
                fs::write(path, text).expect("a file");
            }
        };
        write(
            &site,
            &[
                (
                    "content/site.toml",
                    "base_url = \"https://example.org\"\ntheme = \"t\"\ncompile_sass = true\n",
                ),
                ("content/_index.md", "Home.\n"),
                ("content/a.md", "{{ word() }}\n"),
                (
                    "sass/own.scss",
                    "@use \"colours\";\nb { color: colours.$ink }\n",
                ),
            ],
        );
        let page = "{% set data = load_data(path=\"d.toml\") %}{{ data.x }} {{ config.extra.y }} {{ page.content }}";
        write(
            &themes,
            &[
                ("themes/t/theme.toml", "[extra]\ny = \"of the theme\"\n"),
                ("themes/t/templates/index.html", "{{ section.content }}"),
                ("themes/t/templates/page.html", page),
                ("themes/t/templates/section.html", ""),
                ("themes/t/templates/unused.html", ""),
                ("themes/t/templates/shortcodes/word.html", "a word"),
                ("themes/t/static/t.css", "a {}\n"),
                ("themes/t/static/d.toml", "x = \"of the data\"\n"),
                ("themes/t/sass/_colours.scss", "$ink: red;\n"),
                (
                    "themes/t/sass/s.scss",
                    "@use \"colours\";\na { color: colours.$ink }\n",
                ),
            ],
        );
        Self { site, themes }
    }

    /// The site as it is, with the options that lead to its theme.
    fn apart(&self) -> Options {
        Options {
            compression: Compression::None,
            themes: Some(self.themes.path().to_owned()),
            ..Options::default()
        }
    }

    /// A copy of the site with the theme in it.
    fn together(&self) -> tempfile::TempDir {
        let whole = tempfile::tempdir().expect("a directory");
        copy(self.site.path(), whole.path());
        copy(self.themes.path(), whole.path());
        whole
    }

    fn build(&self, options: &Options) -> Result<Built, Vec<Diagnostic>> {
        site_gen::build(self.site.path(), options).map_err(|told| told.diagnostics)
    }

    fn write_theme(&self, file: &str, text: &str) {
        fs::write(self.themes.path().join("themes/t").join(file), text).expect("a file");
    }
}

fn read(built: &Built, path: &str) -> String {
    let file = built.file(path).unwrap_or_else(|| panic!("no {path}"));
    String::from_utf8(built.read(file).expect("read")).expect("text")
}

fn alone() -> Options {
    Options {
        themes: None,
        ..Pair::new().apart()
    }
}

#[test]
fn it_is_the_same_site() {
    let pair = Pair::new();
    let apart = pair.build(&pair.apart()).expect("a site");
    let together = site_gen::build(pair.together().path(), &alone()).expect("a site");
    let page = read(&apart, "/a/");
    assert!(
        page.starts_with("of the data of the theme a word"),
        "{page}"
    );
    for sheet in ["/t.css", "/s.css", "/own.css"] {
        assert!(apart.file(sheet).is_some(), "{sheet}");
    }
    assert_eq!(apart.pack().expect("read"), together.pack().expect("read"));
}

#[test]
fn the_same_is_wrong_with_it() {
    let pair = Pair::new();
    pair.write_theme("templates/page.html", "<p><ul></p>");
    let apart = site_gen::check(pair.site.path(), &pair.apart());
    let together = site_gen::check(pair.together().path(), &alone());
    assert_eq!(apart.diagnostics, together.diagnostics);
    assert!(!apart.diagnostics.is_empty());

    pair.write_theme("templates/page.html", "{{ page.titel }}");
    pair.write_theme("sass/s.scss", "a {");
    let apart = pair.build(&pair.apart()).expect_err("faults");
    let together = site_gen::build(pair.together().path(), &alone());
    let together = together.expect_err("faults").diagnostics;
    assert_eq!(apart, together);
    assert_eq!(apart[0].file, Path::new("themes/t/sass/s.scss"));
}

#[test]
fn edits_of_it_are_seen() {
    let pair = Pair::new();
    let options = pair.apart();
    pair.build(&options).expect("a site");
    pair.write_theme("static/d.toml", "x = \"of another\"\n");
    pair.write_theme("sass/_colours.scss", "$ink: green;\n");
    let built = pair.build(&options).expect("a site");
    assert!(read(&built, "/a/").starts_with("of another of the theme"));
    for sheet in ["/s.css", "/own.css"] {
        assert!(read(&built, sheet).contains("green"), "{sheet}");
    }
}

#[test]
fn a_site_with_themes_has_no_others() {
    let pair = Pair::new();
    fs::create_dir(pair.site.path().join("themes")).expect("a directory");
    let faults = pair.build(&pair.apart()).expect_err("a fault");
    assert_eq!(faults.len(), 1, "{faults:?}");
    assert_eq!(faults[0].message, "there is no theme `t`");
}
