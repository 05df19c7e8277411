//! The build as a whole: the same bytes every time, the pack holds what is
//! served, nothing is half-written, and every way to fail has its diagnostic.

mod again;
mod faults;
mod packs;
mod zones;

use std::fs;

use site_gen::{Built, Compression, Diagnostic, Options};

const ZONE: &str = "$TTL 1h\n@ SOA ns hostmaster 2026010101 2h 15m 2w 5m\n@ NS ns\nns A 192.0.2.53\n\
                    @ TXT ( \"in ; parentheses\" \"and \\\"quotes\\\"\" )\n";

/// A small site, in a directory that goes when it goes.
struct Site(tempfile::TempDir);

impl Site {
    fn new() -> Self {
        let site = Self(tempfile::tempdir().expect("a directory"));
        site.write(
            "content/site.toml",
            "base_url = \"https://example.org\"\ntheme = \"t\"\n",
        );
        site.write("content/_index.md", "+++\ntitle = \"Home\"\n+++\nText.\n");
        site.write(
            "content/a.md",
            &format!(
                "+++\ntitle = \"A\"\naliases = [\"old\"]\n+++\n{}",
                "Words. ".repeat(200)
            ),
        );
        site.write("content/example.org.zone", ZONE);
        for template in ["index.html", "section.html", "page.html"] {
            let what = if template == "page.html" {
                "page"
            } else {
                "section"
            };
            site.write(
                &format!("themes/t/templates/{template}"),
                &format!("<h1>{{{{ {what}.title }}}}</h1>{{{{ {what}.content }}}}"),
            );
        }
        site.write("themes/t/static/t.css", "a {}\n");
        site
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    fn build(&self) -> Result<Built, Vec<Diagnostic>> {
        site_gen::build(
            self.0.path(),
            &Options {
                compression: Compression::None,
                ..Options::default()
            },
        )
        .map_err(|told| told.diagnostics)
    }

    /// The only fault of the site.
    fn fault(&self) -> Diagnostic {
        let faults = self.build().expect_err("a fault");
        assert_eq!(faults.len(), 1, "{faults:#?}");
        faults.into_iter().next().expect("one fault")
    }
}
