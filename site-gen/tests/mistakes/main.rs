//! Mistakes as a stranger makes them, one at a time, in a site that has no other; and
//! what is said of each.
//!
//! `cases/*.txt` hold them: `=== NAME`, then files (`@@ FILE`, and what is in it; `xx FILE`
//! is none), then, behind `>>>`, all that `check` says. `BLESS=1 cargo test -p site-gen
//! --test mistakes` writes what it says now; read the difference before you commit it.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};
use std::{env, fs};

use site_gen::{Checked, Options};

/// The mistakes of which a place cannot be told: each with what is at fault. These are
/// files that are published as they are, and only their names are at fault, which no line
/// says: `static/x.txt` and `content/x.txt` have one address by where they lie. The file is
/// told that comes second, and its message names the first.
const WITHOUT_PLACE: [(&str, &str); 3] = [
    ("file of the address of a page", "content/about/index.html"),
    (
        "static file of the address of a page",
        "static/about/index.html",
    ),
    ("static file twice", "static/x.txt"),
];

/// What looks like a mistake, and nobody is told of, as it is none.
const SILENT: [&str; 5] = [
    // It is read as front matter, wherever it is the first that stands there.
    "front matter below a blank line",
    // The parser of HTML puts the capitals of names in drawings right.
    "small letters in SVG",
    "capitals in SVG",
    // The heading has another one, `one-1`, as nobody chose it: both can be linked to.
    "anchor of a heading that HTML has",
    // A shortcode or a picture may be all of its text.
    "heading of a shortcode",
];

/// A site without mistakes.
const SITE: [(&str, &str); 15] = [
    (
        "content/site.toml",
        "base_url = \"https://a.org\"\ntitle = \"A site\"\ntheme = \"t\"\n\
         taxonomies = [{ name = \"tags\" }]\n\n[languages.de]\ntitle = \"Eine Seite\"\n",
    ),
    ("content/_index.md", "# Home\n\n[about](@/about.md)\n"),
    (
        "content/about.md",
        "+++\ntitle = \"About\"\ntaxonomies.tags = [\"one\"]\n+++\nText.\n",
    ),
    ("content/about.de.md", "+++\ntitle = \"Über\"\n+++\nText.\n"),
    (
        "content/blog/_index.md",
        "+++\ntitle = \"Blog\"\nsort_by = \"date\"\n+++\n",
    ),
    (
        "content/blog/first.md",
        "+++\ntitle = \"First\"\ndate = 2026-01-02\n+++\n## A heading\n\nText.\n",
    ),
    ("themes/t/theme.toml", "name = \"t\"\n"),
    ("themes/t/static/site.css", "p { margin: 0 }\n"),
    ("themes/t/templates/index.html", INDEX),
    (
        "themes/t/templates/section.html",
        "{% extends \"index.html\" %}\n",
    ),
    ("themes/t/templates/page.html", PAGE),
    (
        "themes/t/templates/404.html",
        "{% extends \"index.html\" %}\n",
    ),
    (
        "themes/t/templates/taxonomy_list.html",
        "{% extends \"index.html\" %}\n{% block main %}{% for term in terms %}\
         <a href=\"{{ term.path }}\">{{ term.name }}</a>{% endfor %}{% endblock %}\n",
    ),
    (
        "themes/t/templates/taxonomy_single.html",
        "{% extends \"index.html\" %}\n{% block main %}{% for page in term.pages %}\
         <a href=\"{{ page.path }}\">{{ page.title }}</a>{% endfor %}{% endblock %}\n",
    ),
    (
        "themes/t/templates/shortcodes/note.html",
        "<b>{{ text }}</b>\n",
    ),
];

const INDEX: &str = "<!doctype html>\n<html lang=\"{{ lang }}\">\n<head>\n<meta charset=\"utf-8\">\n\
    <title>{% if page %}{{ page.title }} – {% endif %}{{ config.title }}</title>\n\
    <link rel=\"stylesheet\" href=\"{{ get_url(path=\"site.css\") }}\">\n</head>\n<body>\n\
    {% block main %}{% if section %}{{ section.content | safe }}\n\
    {% for page in section.pages %}<a href=\"{{ page.path }}\">{{ page.title }}</a>\n\
    {% endfor %}{% endif %}{% endblock %}\n</body>\n</html>\n";

const PAGE: &str = "{% extends \"index.html\" %}\n{% block main %}\n<h1>{{ page.title }}</h1>\n\
    {{ page.content | safe }}\n{% endblock %}\n";

/// A mistake: in which files, and what is said of it.
#[derive(Default)]
struct Mistake {
    name: String,
    files: Vec<(String, Option<String>)>,
    told: String,
}

#[test]
fn each_mistake_is_told_where_it_is() {
    let is_blessing = env::var_os("BLESS").is_some();
    let directory = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mistakes/cases");
    let files = fs::read_dir(directory).expect("tests/mistakes/cases");
    let mut files: Vec<PathBuf> = files.map(|entry| entry.expect("an entry").path()).collect();
    files.sort();
    let (mut wrong, mut silent, mut without_place) = (String::new(), Vec::new(), Vec::new());
    let mut count = 0;
    for file in files {
        let text = fs::read_to_string(&file).expect("a text");
        let mut blessed = String::new();
        for mistake in mistakes(&text) {
            count += 1;
            let checked = mistake.check();
            let told = told(&checked);
            if checked.diagnostics.is_empty() {
                silent.push(mistake.name.clone());
            }
            let mut faults = checked.diagnostics.iter();
            if let Some(fault) = faults.find(|fault| fault.place.is_none()) {
                without_place.push((mistake.name.clone(), fault.file.display().to_string()));
            }
            if !is_blessing && told != mistake.told {
                let (name, expected) = (&mistake.name, &mistake.told);
                let _ = writeln!(
                    wrong,
                    "=== {name}\n-- expected\n{expected}\n-- found\n{told}"
                );
            }
            blessed.push_str(&mistake.written(&told));
        }
        if is_blessing {
            fs::write(file, blessed).expect("a file");
        }
    }
    println!(
        "{count} mistakes: {} silent, {} without a place",
        silent.len(),
        without_place.len()
    );
    assert!(wrong.is_empty(), "{wrong}");
    assert_eq!(silent, SILENT, "silent");
    let without_place = without_place.iter().map(|(name, file)| (&**name, &**file));
    assert_eq!(without_place.collect::<Vec<_>>(), WITHOUT_PLACE);
}

#[test]
fn a_site_without_mistakes_is_told_nothing() {
    let checked = Mistake::default().check();
    assert_eq!(told(&checked), "");
}

fn told(checked: &Checked) -> String {
    let faults = checked.diagnostics.iter().map(|fault| format!("{fault}\n"));
    let told: String = faults.collect();
    told.trim_end().to_owned()
}

/// The mistakes that a text has in it.
fn mistakes(text: &str) -> Vec<Mistake> {
    let mut mistakes: Vec<Mistake> = Vec::new();
    let mut is_told = false;
    for line in text.lines() {
        if let Some(name) = line.strip_prefix("=== ") {
            is_told = false;
            let name = name.to_owned();
            mistakes.push(Mistake {
                name,
                ..Mistake::default()
            });
            continue;
        }
        let mistake = mistakes.last_mut().expect("a name before all else");
        if line == ">>>" {
            is_told = true;
        } else if is_told {
            let _ = writeln!(mistake.told, "{line}");
        } else if let Some(file) = line.strip_prefix("@@ ") {
            mistake.files.push((file.to_owned(), Some(String::new())));
        } else if let Some(file) = line.strip_prefix("xx ") {
            mistake.files.push((file.to_owned(), None));
        } else if let Some((_, Some(text))) = mistake.files.last_mut() {
            let _ = writeln!(text, "{line}");
        }
    }
    for mistake in &mut mistakes {
        mistake.told = mistake.told.trim_end().to_owned();
    }
    mistakes
}

impl Mistake {
    fn check(&self) -> Checked {
        let site = tempfile::tempdir().expect("a directory");
        let whole = SITE.map(|(file, text)| (file, Some(text)));
        let own = self.files.iter();
        let own = own.map(|(file, text)| (file.as_str(), text.as_deref()));
        for (file, text) in whole.into_iter().chain(own) {
            let path = site.path().join(file);
            let Some(text) = text else {
                fs::remove_file(path).expect("a file of the site");
                continue;
            };
            fs::create_dir_all(path.parent().expect("a path in the site")).expect("a directory");
            fs::write(path, text).expect("a file");
        }
        site_gen::check(site.path(), &Options::default())
    }

    fn written(&self, told: &str) -> String {
        let mut written = format!("=== {}\n", self.name);
        for (file, text) in &self.files {
            let _ = match text {
                Some(text) => write!(written, "@@ {file}\n{text}"),
                None => writeln!(written, "xx {file}"),
            };
        }
        let _ = writeln!(written, ">>>\n{told}\n");
        written
    }
}
