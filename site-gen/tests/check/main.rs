//! What `check` finds in a site that can be built, and where.

mod files;
mod html;
mod links;
mod many;
mod mistakes;
mod text;

use std::fs;

use site_gen::{Checked, Options};

/// A picture that is a text.
const SVG: &str = "<svg xmlns=\"http://www.w3.org/2000/svg\" viewBox=\"0 0 4 3\"/>";

fn site(files: &[(&str, &str)]) -> tempfile::TempDir {
    let site = tempfile::tempdir().expect("a directory");
    let template = "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n\
        {% if page %}{{ page.content | safe }}{% else %}{{ section.content | safe }}{% endif %}\n\
        </body></html>\n";
    let base = [
        (
            "content/site.toml",
            "base_url = \"https://a.org\"\ntheme = \"t\"\n",
        ),
        ("themes/t/templates/index.html", template),
        ("themes/t/templates/page.html", template),
        ("themes/t/templates/section.html", template),
    ];
    for (file, text) in base.iter().chain(files) {
        let path = site.path().join(file);
        fs::create_dir_all(path.parent().expect("a path in the site")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    site
}

fn check(files: &[(&str, &str)]) -> Checked {
    site_gen::check(site(files).path(), &Options::default())
}

/// As in `content/a.md:3:1 warning: message`.
fn shown(checked: &Checked) -> Vec<String> {
    let show = |fault: &site_gen::Diagnostic| {
        let place = fault.place.as_ref();
        let place = place.map_or(String::new(), |place| {
            format!(":{}:{}", place.line, place.column)
        });
        let severity = fault.severity.name();
        format!(
            "{}{place} {severity}: {}",
            fault.file.display(),
            fault.message
        )
    };
    checked.diagnostics.iter().map(show).collect()
}

/// A page that has nothing to complain of.
const TEMPLATE: &str =
    "<!doctype html>\n<html lang=\"en\"><head><title>x</title></head>\n<body>\n</body></html>\n";
