//! A site that lies in the repository of a program, and shows parts of that: only what it
//! names is read outside of it.

use std::fs;
use std::os::unix::fs::symlink;
use std::path::{Path, PathBuf};

use site_gen::{Built, Compression, Diagnostic, Options};

/// A repository with a site in `docs/`.
struct Repository(tempfile::TempDir);

/// As `content/docs/shortcodes.md` has it.
const INCLUDE: &str = "~~~~~~{{ language | default(value=\"\") }}\n\
    {{ load_data(path=path, format=\"plain\", anchor=anchor | default(value=\"\"),\n   \
    lines=lines | default(value=\"\")) -}}\n~~~~~~\n";

const CODE: &str = "use std::io;\n\n// ANCHOR: open\npub fn open() {}\n// ANCHOR_END: open\n";

impl Repository {
    fn new(include: &str) -> Self {
        let repository = Self(tempfile::tempdir().expect("a directory"));
        let config = format!("base_url = \"https://example.org\"\n[include]\n{include}\n");
        repository.write("docs/content/site.toml", &config);
        for template in ["index", "section"] {
            repository.write(&format!("docs/templates/{template}.html"), "");
        }
        repository.write("docs/templates/page.html", "{{ page.content | safe }}");
        repository.write("docs/templates/shortcodes/include.md", INCLUDE);
        repository.write("src/lib.rs", CODE);
        repository.write("src/.env", "secret\n");
        repository.write("secret.txt", "secret\n");
        repository
    }

    fn write(&self, file: &str, text: &str) {
        let path = self.0.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }

    fn site(&self) -> PathBuf {
        self.0.path().join("docs")
    }

    /// What a page with a call becomes.
    fn show(&self, call: &str, options: &Options) -> Result<String, Vec<Diagnostic>> {
        self.write("docs/content/a.md", &format!("{{{{ include({call}) }}}}\n"));
        let built = site_gen::build(&self.site(), options).map_err(|told| told.diagnostics)?;
        Ok(page(&built))
    }
}

fn page(built: &Built) -> String {
    let file = built.file("/a/").expect("the page");
    String::from_utf8(built.read(file).expect("a file")).expect("text")
}

fn options() -> Options {
    Options {
        compression: Compression::None,
        ..Options::default()
    }
}

#[test]
fn code_beside_the_site_is_shown() {
    let repository = Repository::new("code = \"../src\"");
    let show = |call: &str| {
        let shown = repository.show(call, &options());
        let shown = shown.unwrap_or_else(|faults| panic!("{call}: {faults:#?}"));
        shown.trim_end().to_owned()
    };
    assert_eq!(
        show("path=\"code/lib.rs\", anchor=\"open\""),
        "<pre><code>pub fn open() {}\n</code></pre>"
    );
    assert_eq!(
        show("path=\"code/lib.rs\", lines=\"1\""),
        "<pre><code>use std::io;\n</code></pre>"
    );
    assert!(show("path=\"code/lib.rs\"").contains("ANCHOR_END"));
    let coloured = show("path=\"code/lib.rs\", anchor=\"open\", language=\"rust\"");
    assert!(coloured.contains("<span class=\"keyword"), "{coloured}");
}

#[test]
fn nothing_else_is_read() {
    let repository = Repository::new("code = \"../src\"");
    let outside = repository.0.path().join("secret.txt");
    symlink(&outside, repository.0.path().join("src/link.txt")).expect("a link");
    symlink(repository.0.path(), repository.0.path().join("src/up")).expect("a link");
    repository.write("src/.git/config", "secret\n");
    let absolute = outside.display().to_string();
    for path in [
        "../secret.txt",
        "../src/lib.rs",
        "code/../secret.txt",
        "code/../../secret.txt",
        "code/link.txt",
        "code/up/secret.txt",
        "code/.env",
        "code/.git/config",
        "code",
        "code/",
        "code/nothing.rs",
        "@/code/lib.rs",
        "src/lib.rs",
        &absolute,
    ] {
        let faults = repository.show(&format!("path=\"{path}\""), &options());
        let faults = faults.expect_err(path);
        assert!(
            faults[0].message.contains("there is no data file"),
            "{path}: {faults:#?}"
        );
    }
}

#[test]
fn what_is_wrong_is_told() {
    let repository = Repository::new("code = \"../src\"");
    for (call, told) in [
        (
            "path=\"code/lib.rs\", anchor=\"opne\"",
            "there is no anchor `opne`",
        ),
        (
            "path=\"code/lib.rs\", lines=\"9\"",
            "lines of the file, which has 5",
        ),
        (
            "path=\"code/lib.rs\", lines=\"1\", anchor=\"open\"",
            "either `anchor` or `lines`",
        ),
        ("path=\"code/nothing.rs\"", "`../src/nothing.rs`"),
    ] {
        let faults = repository.show(call, &options()).expect_err(call);
        assert_eq!(faults.len(), 1, "{faults:#?}");
        let fault = format!("{}; {:?}", faults[0].message, faults[0].expected);
        assert!(fault.contains(told), "{call}: {faults:#?}");
        assert_eq!(faults[0].file, Path::new("content/a.md"));
    }
    for (include, told) in [
        (
            "code = \"../nothing\"",
            "there is no directory `../nothing`",
        ),
        ("code = \"../src/lib.rs\"", "there is no directory"),
        (
            "code = \"../../../../../../../../../../../..\"",
            "of all others",
        ),
    ] {
        let repository = Repository::new(include);
        let faults = site_gen::build(&repository.site(), &options()).expect_err(include);
        let fault = &faults[0];
        assert!(fault.message.contains(told), "{include}: {faults:#?}");
        let place = fault.place.as_ref().expect("a place");
        assert_eq!((place.line, place.column), (3, 8), "{include}");
    }
}

#[test]
fn an_edit_of_the_code_is_one_of_its_pages() {
    let repository = Repository::new("code = \"../src\"");
    repository.write("docs/content/b.md", "Text.\n");
    let warm = options();
    let call = "path=\"code/lib.rs\", anchor=\"open\"";
    repository.show(call, &warm).expect("a site");
    let asked = warm.cache.take_outside();
    let file = repository.site().join("../src/lib.rs");
    assert_eq!(asked.into_keys().collect::<Vec<_>>(), [file]);
    for (code, rendered) in [
        (CODE.replace("open() {}", "open() { }"), 2),
        (CODE.replace("open() {}", "open() { }") + "more\n", 0),
    ] {
        repository.write("src/lib.rs", &code);
        let again = site_gen::build(&repository.site(), &warm).expect("a site");
        let first = site_gen::build(&repository.site(), &options()).expect("a site");
        assert!(again.pack().expect("a pack") == first.pack().expect("a pack"));
        assert!(page(&again).contains("open() { }"));
        assert_eq!(
            again.rendered, rendered,
            "the page, and the list that has it"
        );
        assert_eq!(warm.cache.take_outside().len(), 1);
    }
    fs::remove_file(repository.0.path().join("src/lib.rs")).expect("removed");
    site_gen::build(&repository.site(), &warm).expect_err("it is missing");
    assert_eq!(warm.cache.take_outside().len(), 1, "it may come back");
}
