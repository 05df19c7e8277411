//! Which directories of the site are its content, its static files and so on:
//! those that have the usual names or the names that the configuration gives
//! them, unless it mounts others in their place (`[[module.mounts]]`).

use std::path::{Component as Part, Path, PathBuf};

use site_gen::review::{Data, Table};

use super::super::paths::join;
use super::super::pattern;
use super::super::report::Report;
use super::super::tree::Origin;
use super::data::{get, get_text, get_texts, tables};

/// What a site is made of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Component {
    Content,
    Static,
    Data,
    Assets,
    Archetypes,
    Layouts,
    Translations,
}

impl Component {
    const ALL: [Self; 7] = [
        Self::Content,
        Self::Static,
        Self::Data,
        Self::Assets,
        Self::Archetypes,
        Self::Layouts,
        Self::Translations,
    ];

    /// What mounts call it, which is the usual name of its directory.
    pub(super) fn name(self) -> &'static str {
        match self {
            Self::Content => "content",
            Self::Static => "static",
            Self::Data => "data",
            Self::Assets => "assets",
            Self::Archetypes => "archetypes",
            Self::Layouts => "layouts",
            Self::Translations => "i18n",
        }
    }

    /// The key that gives the directory another name.
    fn key(self) -> &'static str {
        match self {
            Self::Content => "contentDir",
            Self::Static => "staticDir",
            Self::Data => "dataDir",
            Self::Assets => "assetDir",
            Self::Archetypes => "archetypeDir",
            Self::Layouts => "layoutDir",
            Self::Translations => "i18nDir",
        }
    }

    /// The component that a target begins with, and what is behind it.
    fn of(target: &str) -> Option<(Self, &str)> {
        let target = target.trim_matches('/');
        let (first, rest) = target.split_once('/').unwrap_or((target, ""));
        let mut all = Self::ALL.into_iter();
        Some((all.find(|one| one.name() == first)?, rest))
    }
}

/// A directory or a file, and what it is a part of.
#[derive(Clone, Debug)]
pub(super) struct Mount {
    component: Component,
    /// Relative to the site.
    source: PathBuf,
    /// Below the component.
    target: String,
    language: usize,
    /// Patterns of paths below the source; nothing includes all.
    included: Vec<String>,
    excluded: Vec<String>,
}

/// A file, and what it is called below its component.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Mounted {
    /// Relative to the site.
    pub(super) file: PathBuf,
    pub(super) inside: String,
    pub(super) language: usize,
}

/// All mounts of a site.
#[derive(Debug, Default)]
pub(super) struct Mounts(Vec<Mount>);

impl Mounts {
    /// What the configuration says, for languages that have a code, and a
    /// directory of their own or that of all.
    pub(super) fn of(root: &Table, languages: &[(&str, &Path)]) -> Self {
        let written = get(root, "module.mounts").map(tables).unwrap_or_default();
        let read = written.into_iter();
        let mut mounts: Vec<Mount> = read
            .flat_map(|table| written_mounts(table, languages))
            .collect();
        for component in Component::ALL {
            if !mounts.iter().any(|mount| mount.component == component) {
                mounts.extend(usual(component, root, languages));
            }
        }
        Self(mounts)
    }

    fn all(&self, component: Component) -> impl DoubleEndedIterator<Item = &Mount> {
        let mounts = self.0.iter();
        mounts.filter(move |mount| mount.component == component)
    }

    /// The files of a component. Where two have one name the first one counts:
    /// of static files, that is the one that was mounted last.
    pub(super) fn files(
        &self,
        component: Component,
        origin: &Origin,
        report: &mut Report,
    ) -> Vec<Mounted> {
        let mut mounts: Vec<&Mount> = self.all(component).collect();
        if component == Component::Static {
            mounts.reverse();
        }
        let files = mounts.into_iter().map(|mount| mount.files(origin, report));
        files.flatten().collect()
    }

    /// The file that has this name below a component.
    pub(super) fn find(
        &self,
        component: Component,
        inside: &str,
        origin: &Origin,
    ) -> Option<PathBuf> {
        let found = self.all(component).find_map(|mount| {
            let rest = match mount.target.as_str() {
                "" => inside,
                target if target == inside => "",
                target => inside.strip_prefix(target)?.strip_prefix('/')?,
            };
            let file = match rest {
                "" => mount.source.clone(),
                rest => mount.source.join(rest),
            };
            (mount.has(rest) && origin.has_file(&file)).then_some(file)
        });
        found.filter(|_| !inside.is_empty())
    }

    /// The directories at the root of the site that something is in.
    pub(super) fn roots(&self) -> impl Iterator<Item = PathBuf> {
        let first =
            |mount: &Mount| Some(PathBuf::from(mount.source.components().next()?.as_os_str()));
        self.0.iter().filter_map(first)
    }
}

impl Mount {
    /// Whether a path below the source is mounted.
    fn has(&self, rest: &str) -> bool {
        // A slash is one to these patterns, also at the beginning.
        let matches = |pattern: &String| {
            pattern::matches(
                &format!("/{}", pattern.trim_start_matches('/')),
                &format!("/{rest}"),
            )
        };
        (self.included.is_empty() || self.included.iter().any(matches))
            && !self.excluded.iter().any(matches)
    }

    fn files(&self, origin: &Origin, report: &mut Report) -> Vec<Mounted> {
        let mounted = |file: PathBuf, rest: &str| Mounted {
            file,
            inside: join(&self.target, rest),
            language: self.language,
        };
        if origin.has_file(&self.source) {
            return vec![mounted(self.source.clone(), "")];
        }
        let files = origin.files(&self.source, report).into_iter();
        let files = files.filter_map(|file| {
            let rest = file.strip_prefix(&self.source).ok()?.to_str()?.to_owned();
            self.has(&rest).then(|| mounted(file, &rest))
        });
        files.collect()
    }
}

/// The directories of a component that nobody mounts anything onto.
fn usual(component: Component, root: &Table, languages: &[(&str, &Path)]) -> Vec<Mount> {
    let mount = |source: PathBuf, language: usize| Mount {
        component,
        source,
        target: String::new(),
        language,
        included: Vec::new(),
        excluded: Vec::new(),
    };
    if component != Component::Content {
        let mut named = get_texts(root, component.key());
        if named.is_empty() {
            named.push(component.name().to_owned());
        }
        let sources = named
            .iter()
            .map(|name| PathBuf::from(name.trim_matches('/')));
        return sources.map(|source| mount(source, 0)).collect();
    }
    let mut mounts: Vec<Mount> = Vec::new();
    for (index, (_, directory)) in languages.iter().enumerate() {
        if mounts.iter().any(|mount| mount.source == *directory) {
            continue;
        }
        // The directory of a language may be in that of another one.
        let nested = languages.iter().filter_map(|(_, other)| {
            let inside = other.strip_prefix(directory).ok()?.to_str()?;
            (!inside.is_empty()).then(|| format!("{inside}/**"))
        });
        mounts.push(Mount {
            excluded: nested.collect(),
            ..mount(directory.to_path_buf(), index)
        });
    }
    mounts
}

/// A mount as it is written: one for each language that it is for.
fn written_mounts(table: &Table, languages: &[(&str, &Path)]) -> Vec<Mount> {
    let Ok((component, source, target)) = parts(table) else {
        return Vec::new();
    };
    let mut codes = get_texts(table, "lang");
    codes.extend(get_texts(table, "sites.matrix.languages"));
    let index = |code: &String| {
        let mut known = languages.iter();
        known.position(|(other, _)| other.eq_ignore_ascii_case(code))
    };
    let meant: Vec<usize> = match codes.is_empty() {
        true => vec![0],
        false => codes.iter().filter_map(index).collect(),
    };
    let mut included = get_texts(table, "includeFiles");
    let mut excluded = get_texts(table, "excludeFiles");
    for pattern in get_texts(table, "files") {
        match pattern.strip_prefix("! ") {
            Some(pattern) => excluded.push(pattern.to_owned()),
            None => included.push(pattern),
        }
    }
    let mount = |language| Mount {
        component,
        source: source.clone(),
        target: target.to_owned(),
        language,
        included: included.clone(),
        excluded: excluded.clone(),
    };
    meant.into_iter().map(mount).collect()
}

/// What a mount says, or what is wrong with it and what to do.
pub(super) fn parts(
    table: &Table,
) -> Result<(Component, PathBuf, &str), (&'static str, &'static str)> {
    let source = get_text(table, "source").unwrap_or_default();
    let target = match get(table, "target") {
        Some(Data::String(target)) => target.as_str(),
        _ => "",
    };
    let Some((component, inside)) = Component::of(target) else {
        return Err((
            "is no place of a site",
            "left out; put the files where they are needed",
        ));
    };
    let source = Path::new(source.trim_end_matches('/'));
    let is_inside = source
        .components()
        .all(|part| matches!(part, Part::Normal(_) | Part::CurDir));
    let source: PathBuf = source
        .components()
        .filter(|part| matches!(part, Part::Normal(_)))
        .collect();
    if !is_inside || source.as_os_str().is_empty() {
        let advice =
            "left out; copy the directory into the old site, mount it from there, and import again";
        return Err(("is mounted from outside of the site", advice));
    }
    Ok((component, source, inside))
}

#[cfg(test)]
pub(super) mod tests {
    use site_gen::Source;
    use site_gen::review::{self, Language};

    use super::*;

    pub(in super::super) fn table(text: &str) -> Table {
        let source = Source {
            file: "hugo.toml".into(),
            text: text.to_owned(),
        };
        review::data(&source, 0..text.len(), Language::Toml).expect("data")
    }

    pub(in super::super) fn site(files: &[&str]) -> (tempfile::TempDir, Origin) {
        let place = tempfile::tempdir().expect("a directory");
        for file in files {
            let path = place.path().join(file);
            std::fs::create_dir_all(path.parent().expect("one above")).expect("a directory");
            std::fs::write(path, file).expect("a file");
        }
        let origin = Origin::open(place.path()).expect("a site");
        (place, origin)
    }

    fn shown(mounts: &Mounts, component: Component, origin: &Origin) -> Vec<String> {
        let files = mounts.files(component, origin, &mut Report::default());
        let show = |one: Mounted| format!("{}={} {}", one.inside, one.file.display(), one.language);
        files.into_iter().map(show).collect()
    }

    /// What Hugo 0.168 makes of these.
    #[test]
    fn mounts_take_the_place_of_the_usual_directory() {
        let (_place, origin) = site(&[
            "content/lost.md",
            "docs/b.md",
            "docs/x.bak",
            "docs/draft-y.md",
            "docs/sub/draft-x.md",
            "docs/sub/c.md",
            "extra/one.md",
            "de/d.md",
            "data/k.json",
            "s1/a.txt",
            "s2/a.txt",
        ]);
        let root = table(
            "[[module.mounts]]\nsource='docs'\ntarget='content/docs'\nexcludeFiles=['*.bak','**/draft-*']\n\
             [[module.mounts]]\nsource='de/'\ntarget='content'\nlang='de'\n\
             [[module.mounts]]\nsource='extra/one.md'\ntarget='content/single.md'\n\
             [[module.mounts]]\nsource='s1'\ntarget='static'\n\
             [[module.mounts]]\nsource='s2'\ntarget='static'\nfiles=['a*','! ab*']\n\
             [[module.mounts]]\nsource='../x'\ntarget='assets'\n",
        );
        let content = Path::new("content");
        let mounts = Mounts::of(&root, &[("en", content), ("de", content)]);
        assert_eq!(
            shown(&mounts, Component::Content, &origin),
            [
                "docs/b.md=docs/b.md 0",
                "docs/draft-y.md=docs/draft-y.md 0",
                "docs/sub/c.md=docs/sub/c.md 0",
                "d.md=de/d.md 1",
                "single.md=extra/one.md 0",
            ]
        );
        assert_eq!(
            shown(&mounts, Component::Data, &origin),
            ["k.json=data/k.json 0"]
        );
        assert_eq!(
            shown(&mounts, Component::Static, &origin),
            ["a.txt=s2/a.txt 0", "a.txt=s1/a.txt 0"]
        );
        let find = |inside| mounts.find(Component::Content, inside, &origin);
        assert_eq!(find("docs/sub/c.md"), Some("docs/sub/c.md".into()));
        assert_eq!(find("single.md"), Some("extra/one.md".into()));
        assert_eq!(find("docs/x.bak"), None);
        assert_eq!(find("docs"), None);
    }

    #[test]
    fn the_directory_of_a_language_may_be_in_another() {
        let (_place, origin) = site(&["content/a.md", "content/fr/b.md"]);
        let languages = [
            ("en", Path::new("content")),
            ("fr", Path::new("content/fr")),
        ];
        let mounts = Mounts::of(&Table::new(), &languages);
        assert_eq!(
            shown(&mounts, Component::Content, &origin),
            ["a.md=content/a.md 0", "b.md=content/fr/b.md 1"]
        );
    }
}
