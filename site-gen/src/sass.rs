//! Sass: style sheets that are compiled, by grass. `sass/` of the theme and of
//! the site hold them, as in Zola: `sass/site.scss` is published as
//! `/site.css`; files whose names begin with `_` are only imported. Where both
//! have a sheet of one name, the site's is published. A file that is not found
//! beside the one that imports it is looked for in the `sass/` of the site, and
//! then of the theme.
//!
//! A sheet that does not end, that calls itself without end (`depth`), or that
//! makes the compiler panic, is a fault.
//!
//! # What is done again
//!
//! A sheet is compiled again if one of its files says something else, or if a
//! place where a file was looked for in vain has one now. Everything that the
//! compiler asks of the file system goes through [`Files`], which takes note.

mod child;
mod depth;
mod files;

use std::collections::{BTreeMap, HashMap, HashSet};
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::path::{Path, PathBuf};
use std::sync::mpsc::{self, RecvTimeoutError};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::thread;
use std::time::Duration;

use codemap::SpanLoc;
use grass::{ErrorKind, Options, OutputStyle};
use rayon::prelude::*;

use crate::assets::StaticFile;
use crate::body::Body;
use crate::cache::Cache;
use crate::child::Worker;
use crate::config::Config;
use crate::diagnostic::{Diagnostic, collect};
use crate::limits::{MAX_SASS_STACK_BYTES, MAX_SASS_TIME};
use crate::minify;
use crate::site_layout::SASS;
use crate::source;
use crate::theme::Theme;
use crate::url::encode;
use depth::{Marked, Watch};
use files::{Files, Question};

pub use child::answer as compile_sheet;

/// The sheets of the last build.
#[derive(Debug, Default)]
pub(crate) struct Compiled(Mutex<HashMap<PathBuf, Sheet>>);

/// A sheet, compiled.
#[derive(Clone, Debug)]
struct Sheet {
    css: Arc<Vec<u8>>,
    asked: Vec<Question>,
}

/// Compiles the sheets of a site and its theme.
pub(crate) fn compile(
    site: &Path,
    theme: &Theme,
    config: &Config,
    options: &crate::Options,
) -> Result<Vec<StaticFile>, Vec<Diagnostic>> {
    let cache = &*options.cache;
    if !config.assets.compile_sass {
        return Ok(Vec::new());
    }
    let own = Path::new(SASS);
    let themes = config.theme_directory().join(SASS);
    let of_site = if site.join(own).is_dir() {
        let found = source::walk(site, own)?;
        found.into_iter().map(|found| found.file).collect()
    } else {
        Vec::new()
    };
    let mut wanted: BTreeMap<String, PathBuf> = BTreeMap::new();
    let mut faults = Vec::new();
    for (root, files) in [(themes.as_path(), &theme.sass), (own, &of_site)] {
        for file in files {
            let Some(place) = file.strip_prefix(root).ok().and_then(published) else {
                continue;
            };
            let path = config.address(&place);
            // The site's own takes the place of the theme's.
            let other = wanted.insert(path, file.clone());
            if let Some(other) = other.filter(|other| other.starts_with(root)) {
                let other = other.display();
                let fault = Diagnostic::new(file, format!("{other} has the same name"));
                faults.push(fault.expected("one sheet for each name, `.scss` or `.sass`"));
            }
        }
    }
    if !faults.is_empty() {
        return Err(faults);
    }
    cache.sheets.forget_others(wanted.values());
    let roots = [own.to_owned(), themes];
    let compiled = wanted.into_par_iter().map(|(path, file)| {
        let files = Files::new(site, config.themes.as_deref())?;
        let css = sheet(files, &file, &roots, (cache, &options.sass))?;
        let minify = config.assets.minify_assets;
        let short = minify.then(|| minify::file(&path, &css, cache)).flatten();
        Ok((path, short.map_or(Body::Made(css), Body::from), file))
    });
    collect(compiled.collect::<Vec<_>>())
}

/// The place where a sheet is published; none if it is only imported.
fn published(inside: &Path) -> Option<String> {
    let name = inside.file_name()?.to_str()?;
    let is_sheet = matches!(inside.extension()?.to_str()?, "scss" | "sass");
    let css = inside.with_extension("css");
    (is_sheet && !name.starts_with('_')).then_some(())?;
    Some(format!("/{}", encode(css.to_str()?)))
}

/// A sheet, compiled: as in the last build, if it was asked the same.
fn sheet(
    files: Files,
    file: &Path,
    roots: &[PathBuf; 2],
    (cache, compiler): (&Cache, &Worker),
) -> Result<Arc<Vec<u8>>, Vec<Diagnostic>> {
    let known = cache.sheets.lock().get(file).cloned();
    if let Some(known) = known
        && known
            .asked
            .iter()
            .all(|question| files.says_again(question))
    {
        return Ok(known.css);
    }
    let sheet = match compiler {
        Worker::Thread => in_time(files, file, roots, MAX_SASS_TIME)?,
        Worker::Program(program) => child::run(program, &files, (file, roots), MAX_SASS_TIME)?,
    };
    let css = Arc::clone(&sheet.css);
    cache.sheets.lock().insert(file.to_owned(), sheet);
    Ok(css)
}

/// Compiles on a thread of its own: a loop in a sheet may have no end, and the
/// compiler may meet what its authors did not expect.
fn in_time(
    files: Files,
    file: &Path,
    roots: &[PathBuf; 2],
    patience: Duration,
) -> Result<Sheet, Vec<Diagnostic>> {
    let (sender, receiver) = mpsc::channel();
    let (of_thread, roots) = (file.to_owned(), roots.clone());
    let started = thread::Builder::new()
        .name("sass".to_owned())
        .stack_size(MAX_SASS_STACK_BYTES)
        .spawn(move || _ = sender.send(run(files, &of_thread, &roots)));
    let fault = |message: String| Err(vec![Diagnostic::new(file, message)]);
    if let Err(error) = started {
        return fault(format!("cannot start a thread: {error}"));
    }
    match receiver.recv_timeout(patience) {
        Ok(result) => result,
        Err(RecvTimeoutError::Timeout) => Err(vec![endless(file, patience)]),
        Err(RecvTimeoutError::Disconnected) => {
            fault("this style sheet made the compiler panic".to_owned())
        }
    }
}

fn endless(file: &Path, patience: Duration) -> Diagnostic {
    let fault = Diagnostic::new(file, "this style sheet does not come to an end");
    fault.expected(format!("one that is done within {patience:?}"))
}

fn run(files: Files, file: &Path, roots: &[PathBuf; 2]) -> Result<Sheet, Vec<Diagnostic>> {
    let watch = Watch::new();
    let options = Options::default()
        .fs(&files)
        .logger(&watch)
        .load_paths(roots)
        .style(OutputStyle::Expanded);
    let compile = || grass::from_path(file, &options);
    let result = catch_unwind(AssertUnwindSafe(compile));
    drop(options);
    let noted = files.noted.into_inner();
    match result {
        Ok(Ok(css)) => Ok(Sheet {
            css: Arc::new(css.into_bytes()),
            asked: noted.asked,
        }),
        // What is wrong with a file says more than that it could not be read.
        Ok(Err(_)) if !noted.faults.is_empty() => Err(noted.faults),
        Ok(Err(error)) => Err(vec![fault(file, *error, &noted.marked)]),
        Err(cause) => Err(vec![match cause.downcast::<SpanLoc>() {
            Ok(place) => {
                let message = "this mixin or function calls itself too often";
                at(&noted.marked, &place, message).expected("an end to the calls")
            }
            Err(_) => Diagnostic::new(file, "this style sheet made the compiler panic"),
        }]),
    }
}

/// What was expected where the compiler says what is wrong and no more, by how that
/// begins.
const EXPECTED: [(&str, &str); 8] = [
    ("Duplicate argument", "each argument once"),
    ("Expected identifier", "a name"),
    ("Incompatible units", "units of one kind"),
    (
        "Missing argument",
        "a value for each argument without a default",
    ),
    ("Only ", "as many arguments as it has"),
    (
        "Undefined function",
        "a function that is defined above, or that `@use` brings",
    ),
    (
        "Undefined mixin",
        "a mixin that is defined above, or that `@use` brings: `@include a.b`",
    ),
    (
        "Undefined variable",
        "a variable that is defined above, or that `@use` brings: `a.$b`",
    ),
];

/// A fault at a place that the compiler tells of.
fn at(marked: &[Marked], place: &SpanLoc, message: &str) -> Diagnostic {
    let name = place.file.name();
    let marked = marked.iter().find(|marked| marked.is(name));
    let unknown = || Diagnostic::new(name, message);
    marked.map_or_else(unknown, |marked| marked.at(place, message))
}

/// What an error of the compiler means to the author of the sheet.
fn fault(file: &Path, error: grass::Error, marked: &[Marked]) -> Diagnostic {
    match error.kind() {
        ErrorKind::ParseError { message, loc, .. } => {
            let message = message.trim_end_matches('.');
            let fault = at(marked, &loc, message);
            if let Some(expected) = message.strip_prefix("expected ") {
                let message = "something else stands here".to_owned();
                return Diagnostic { message, ..fault }.expected(expected);
            }
            if message.starts_with("Can't find") {
                return fault.expected("a file beside this one, or in sass/ of the site or theme");
            }
            let mut all = EXPECTED.iter();
            match all.find(|(start, _)| message.starts_with(start)) {
                Some((_, expected)) => fault.expected(*expected),
                None => fault,
            }
        }
        ErrorKind::IoError(error) => Diagnostic::new(file, format!("cannot read: {error}")),
        ErrorKind::FromUtf8Error(message) => Diagnostic::new(file, message),
        _ => Diagnostic::new(file, "this style sheet cannot be compiled"),
    }
}

impl Compiled {
    /// Forgets the sheets that there are no more.
    fn forget_others<'a>(&self, files: impl Iterator<Item = &'a PathBuf>) {
        let files: HashSet<&PathBuf> = files.collect();
        self.lock().retain(|file, _| files.contains(file));
    }

    fn lock(&self) -> MutexGuard<'_, HashMap<PathBuf, Sheet>> {
        // A panic elsewhere cannot have left a map half-changed.
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use std::fs;

    use super::*;

    struct Site(tempfile::TempDir);

    impl Site {
        fn new(files: &[(&str, &str)]) -> Self {
            let site = Self(tempfile::tempdir().unwrap());
            site.write("themes/t/theme.toml", "");
            for (file, text) in files {
                site.write(file, text);
            }
            site
        }

        fn write(&self, file: &str, text: &str) {
            let path = self.0.path().join(file);
            fs::create_dir_all(path.parent().unwrap()).unwrap();
            fs::write(path, text).unwrap();
        }

        fn compile(&self, cache: &Arc<Cache>) -> Result<Vec<(String, String)>, Vec<Diagnostic>> {
            let config = Config::for_test();
            let theme = Theme::read(self.0.path(), &config).unwrap().0;
            let options = crate::Options {
                cache: Arc::clone(cache),
                ..crate::Options::default()
            };
            let sheets = compile(self.0.path(), &theme, &config, &options)?;
            let text = |css: &[u8]| String::from_utf8(css.to_vec()).unwrap();
            let named = sheets
                .iter()
                .map(|(path, css, _)| (path.clone(), text(&css.read().unwrap())));
            Ok(named.collect())
        }
    }

    #[test]
    fn sheets_become_css() {
        let site = Site::new(&[
            (
                "themes/t/sass/a.scss",
                "@use \"v\"; a { b { color: v.$c } }",
            ),
            ("themes/t/sass/_v.scss", "$c: red;"),
            ("themes/t/sass/deep/b.sass", "a\n  color: blue\n"),
            ("themes/t/sass/c.scss", "a { top: 1px }"),
            ("sass/c.scss", "@import 'v'; a { top: 2px; color: $c }"),
        ]);
        let own = |(path, css): (&str, &str)| (path.to_owned(), css.to_owned());
        let expected = [
            ("/a.css", "a b{color:red}"),
            ("/c.css", "a{color:red;top:2px}"),
            ("/deep/b.css", "a{color:#00f}"),
        ];
        let found = site.compile(&Arc::default()).unwrap();
        assert_eq!(found.len(), 3);
        assert_eq!(found[0], own(expected[0]));
        assert_eq!(found[2], own(expected[2]));
        assert!(
            found[1].1.contains("2px") && found[1].1.contains("red"),
            "{found:?}"
        );
    }

    #[test]
    fn a_sheet_is_compiled_again_when_a_file_of_it_changed() {
        let site = Site::new(&[
            ("themes/t/sass/a.scss", "@use 'v'; a { color: v.$c }"),
            ("themes/t/sass/_v.scss", "$c: red;"),
            ("themes/t/sass/b.scss", "b { top: 0 }"),
        ]);
        let cache: Arc<Cache> = Arc::default();
        let css = |name: &str| {
            site.compile(&cache).unwrap();
            Arc::clone(&cache.sheets.lock()[Path::new(name)].css)
        };
        let (a, b) = (css("themes/t/sass/a.scss"), css("themes/t/sass/b.scss"));
        assert!(Arc::ptr_eq(&a, &css("themes/t/sass/a.scss")));
        site.write("themes/t/sass/_v.scss", "$c: blue;");
        let again = css("themes/t/sass/a.scss");
        assert!(String::from_utf8_lossy(&again).contains("blue"));
        // What is looked for first was not there, and now is.
        site.write("themes/t/sass/v.scss", "$c: green;");
        let again = css("themes/t/sass/a.scss");
        assert!(String::from_utf8_lossy(&again).contains("green"));
        assert!(
            Arc::ptr_eq(&b, &css("themes/t/sass/b.scss")),
            "nothing it asked changed"
        );
    }

    #[test]
    fn what_is_wrong_is_placed_in_the_file_it_is_in() {
        let site = Site::new(&[
            ("themes/t/sass/a.scss", "@use 'v';\n"),
            ("themes/t/sass/_v.scss", "$c: 1;\na { ü: 'ü' + $d }\n"),
            ("themes/t/sass/b.scss", "@use '../../../../secret';\n"),
            ("themes/t/sass/c.scss", "a {\n"),
        ]);
        fs::write(site.0.path().join("themes/t/sass/d.scss"), b"a { b: \xff }").unwrap();
        let mut faults = site.compile(&Arc::default()).unwrap_err();
        faults.sort();
        let shown: Vec<_> = faults
            .iter()
            .map(|fault| {
                let place = fault.place.as_ref().unwrap();
                (fault.file.to_str().unwrap(), place.line, place.column)
            })
            .collect();
        assert_eq!(shown[0], ("themes/t/sass/_v.scss", 2, 14), "{faults:#?}");
        assert_eq!(shown[1].0, "themes/t/sass/b.scss");
        assert_eq!(shown[2].0, "themes/t/sass/c.scss");
        assert_eq!(shown[3], ("themes/t/sass/d.scss", 1, 8));
        assert_eq!(shown.len(), 4);
    }

    #[test]
    fn two_sheets_of_one_name_are_a_fault() {
        let site = Site::new(&[
            ("sass/z.scss", "a { b: c }"),
            ("sass/z.sass", "a\n  b: c\n"),
        ]);
        let fault = site.compile(&Arc::default()).unwrap_err().remove(0);
        assert_eq!(fault.message, "sass/z.sass has the same name");
    }

    #[test]
    fn a_sheet_without_end_is_left_behind() {
        let endless = "@for $i from 1 through 3000000 { $x: $i + 1 }";
        let site = Site::new(&[("a.scss", endless)]);
        let files = Files::new(site.0.path(), None).unwrap();
        let roots = [PathBuf::new(), PathBuf::new()];
        let patience = Duration::from_millis(20);
        let faults = in_time(files, Path::new("a.scss"), &roots, patience).unwrap_err();
        assert_eq!(
            faults[0].message,
            "this style sheet does not come to an end"
        );
    }

    #[test]
    fn a_sheet_that_calls_itself_is_told_where() {
        let site = Site::new(&[
            (
                "themes/t/sass/a.scss",
                "@mixin a { b { c: d; @include a } }\na { @include a }\n",
            ),
            (
                "themes/t/sass/b.scss",
                "@function f($x) { @return f($x + 1); }\na { b: f(1) }\n",
            ),
            ("themes/t/sass/c.sass", "=a\n  b\n    +a\na\n  +a\n"),
            ("themes/t/sass/d.scss", &"a{".repeat(100_000)),
            // As deep as can be.
            (
                "themes/t/sass/f.scss",
                &format!("{}b:c{}", "a{".repeat(256), "}".repeat(256)),
            ),
            (
                "themes/t/sass/g.scss",
                &format!("a{{b:{}1{}}}", "(".repeat(255), ")".repeat(255)),
            ),
            // This one ends.
            (
                "themes/t/sass/e.scss",
                "@function f($x) { @if $x > 99 { @return 1; } @return f($x + 1); } a { b: f(1) }",
            ),
        ]);
        let mut faults = site.compile(&Arc::default()).unwrap_err();
        faults.sort();
        let told: Vec<_> = faults
            .iter()
            .map(|fault| {
                let place = fault.place.as_ref().unwrap();
                (
                    fault.file.to_str().unwrap(),
                    place.line,
                    fault.message.as_str(),
                )
            })
            .collect();
        let itself = "this mixin or function calls itself too often";
        assert_eq!(
            told,
            [
                ("themes/t/sass/a.scss", 1, itself),
                ("themes/t/sass/b.scss", 1, itself),
                ("themes/t/sass/c.sass", 2, itself),
                ("themes/t/sass/d.scss", 1, "brackets are nested too deeply"),
            ]
        );
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(64))]
        #[test]
        fn no_sheet_ends_the_build(text in "([a-c@$:;{}()#&.,+*/ \n'\"-]|@if|@each|@mixin|@include|@use|1px){0,30}") {
            let site = Site::new(&[("a.scss", &text)]);
            let files = Files::new(site.0.path(), None).unwrap();
            let roots = [PathBuf::new(), PathBuf::new()];
            let compiled = in_time(files, Path::new("a.scss"), &roots, MAX_SASS_TIME);
            let endless = endless(Path::new("a.scss"), MAX_SASS_TIME);
            prop_assert_ne!(compiled.err(), Some(vec![endless]));
        }
    }
}
