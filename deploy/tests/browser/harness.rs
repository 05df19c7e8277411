//! Builds the sites once, and serves them as the program serves them: over
//! HTTPS, compressed, with all fields.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{LazyLock, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use deploy::guest::{Exit, Guest, Life, Observer, Ports, Settings};
use deploy::site::{Built, Compression, Site};
use deploy::workspace::Workspace;

/// How long the program may take to start, on a machine that compiles.
const START: Duration = Duration::from_secs(60);

/// A site on the air.
pub(crate) struct Served {
    pub(crate) built: Built,
    guest: Guest,
}

/// The repository's own site.
pub(crate) fn mirage() -> &'static Served {
    static SERVED: LazyLock<Served> = LazyLock::new(|| {
        let workspace = Workspace::find().unwrap();
        Served::start(workspace.root(), &place("mirage"))
    });
    &SERVED
}

/// What `fata new site` writes, with the theme `plain`.
pub(crate) fn starter() -> &'static Served {
    static SERVED: LazyLock<Served> = LazyLock::new(|| {
        let directory = place("starter");
        let site = directory.join("site");
        let made = Command::new(env!("CARGO_BIN_EXE_fata"))
            .args(["new", "site"])
            .arg(&site)
            .status()
            .unwrap();
        assert!(made.success(), "fata new site: {made}");
        Served::start(&site, &directory)
    });
    &SERVED
}

/// A directory of this run. What is static is never dropped, so it is the next
/// run that takes away what this one leaves.
pub(crate) fn place(name: &str) -> PathBuf {
    let place = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("browser-{name}"));
    if place.exists() {
        fs::remove_dir_all(&place).unwrap();
    }
    fs::create_dir_all(&place).unwrap();
    place
}

/// The tests take turns: figures of a browser that shares the machine with
/// another one are those of both.
pub(crate) fn turn() -> MutexGuard<'static, ()> {
    static TURN: Mutex<()> = Mutex::new(());
    TURN.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Where pictures of the pages are put.
pub(crate) fn screenshots() -> PathBuf {
    Workspace::find().unwrap().target().join("screenshots")
}

impl Served {
    fn start(site: &Path, directory: &Path) -> Self {
        let site = Site::open(site).unwrap();
        let built = site
            .build(&site.options(Compression::Full))
            .unwrap_or_else(|error| panic!("{error:#}"));
        let image = built.write_image(directory).unwrap();
        let settings = Settings {
            guard: PathBuf::from(env!("CARGO_BIN_EXE_fata")),
            ports: Ports::ANY,
            life: Life::Process,
            arguments: Vec::new(),
        };
        let (guest, _) = Guest::start_ready(&image, &settings, &built.site.domain, START, || {
            Box::new(Shown)
        })
        .unwrap_or_else(|error| panic!("{error:#}"));
        Self { built, guest }
    }

    /// The address of a page, under the site's own name.
    pub(crate) fn url(&self, path: &str) -> String {
        format!("https://{}{path}", self.built.site.domain)
    }

    /// Chromium's rule that leads this name here.
    pub(crate) fn resolver(&self) -> String {
        let (domain, port) = (&self.built.site.domain, self.guest.ports().https);
        format!("MAP {domain} 127.0.0.1:{port}")
    }

    /// The paths of all pages.
    pub(crate) fn pages(&self) -> impl Iterator<Item = &str> {
        let files = self.built.site.files.iter();
        files
            .filter(|file| file.content_type.starts_with("text/html"))
            .map(|file| &*file.path)
    }
}

/// Shows the program's console with the output of the test.
struct Shown;

impl Observer for Shown {
    fn line(&mut self, line: &str) {
        eprintln!("| {line}");
    }

    fn exited(&mut self, exit: Exit) {
        eprintln!("| {exit}");
    }
}
