//! Random histories, with merges, and with dates in any order: what `git log`
//! tells of them is told. And repositories that are broken somewhere.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::PathBuf;
use std::process::Stdio;

use proptest::prelude::*;
use site_gen::Diagnostic;

use super::{Repository, text, uncompressed};

/// A commit of a random history: what it is made of, as steps back; when; and
/// what it changes in the files of its first parent, or in none of them.
type Step = (Vec<usize>, i64, Vec<(usize, Option<u8>)>);

fn step() -> impl Strategy<Value = Step> {
    let parents = prop::collection::vec(1_usize..6, 0..3);
    let edits = prop::collection::vec((0..NAMES.len(), prop::option::weighted(0.8, 0_u8..3)), 0..4);
    (parents, 0_i64..1000, edits)
}

/// The date of each text, and who wrote it.
type Told = BTreeMap<String, (String, Vec<String>)>;

const NAMES: [&str; 8] = [
    "site/content/a.md",
    "site/content/a/x.md",
    "site/content/a/b.md",
    "site/content/a.b/c.md",
    "site/content/a/d/e.md",
    "site/content/a/d/f.txt",
    "site/content/z.md",
    "site/elsewhere.md",
];

const AUTHORS: [&str; 4] = ["Ada", "Bob", "Eve", "Zé"];

/// What `git fast-import` makes a history of (git-fast-import(1)).
fn stream(steps: &[Step]) -> String {
    let mut states: Vec<BTreeMap<usize, u8>> = Vec::new();
    let mut stream = String::new();
    for (number, (back, time, edits)) in steps.iter().enumerate() {
        let mut parents: Vec<usize> = back
            .iter()
            .filter_map(|back| number.checked_sub(*back))
            .collect();
        parents.dedup();
        let mut state = parents
            .first()
            .map_or_else(BTreeMap::new, |&parent| states[parent].clone());
        for (name, edit) in edits {
            match edit {
                Some(version) => state.insert(*name, *version),
                None => state.remove(name),
            };
        }
        // No two at the same time, as git does not say which comes first then.
        let time = 1_600_000_000 + time * 100_000 + i64::try_from(number).expect("a small number");
        let author = AUTHORS[number % AUTHORS.len()];
        let zone = ["+0000", "+0130", "-0800"][number % 3];
        write!(
            stream,
            "commit refs/heads/main\nmark :{mark}\nauthor {author} <a@x> {time} {zone}\n\
             committer C <c@x> {time} +0000\ndata 0\n",
            mark = number + 1
        )
        .expect("a string takes all");
        for (word, parent) in ["from", "merge", "merge"].iter().zip(&parents) {
            writeln!(stream, "{word} :{}", parent + 1).expect("a string takes all");
        }
        stream.push_str("deleteall\n");
        for (&name, version) in &state {
            let text = format!("+++\ntitle = \"T\"\n+++\n{version}\n");
            let (name, length) = (NAMES[name], text.len());
            write!(stream, "M 100644 inline {name}\ndata {length}\n{text}\n")
                .expect("a string takes all");
        }
        states.push(state);
    }
    stream
}

/// The dates and authors of each file as `git log` tells them. What deletes a
/// file is no change of it.
fn log(repository: &Repository) -> Told {
    let output = repository
        .command()
        .args(["log", "--date-order", "--cc", "--no-renames", "-z"])
        .args(["--name-status", "--format=tformat:/%aI/%aN", "HEAD", "--"])
        .arg("site/content")
        .output()
        .expect("git");
    assert!(output.status.success(), "{output:?}");
    let text = String::from_utf8(output.stdout).expect("UTF-8");
    let mut files = Told::new();
    let mut commit = (String::new(), String::new());
    let mut fields = text.split('\0').map(|field| field.trim_start_matches('\n'));
    while let Some(field) = fields.next() {
        if let Some((date, author)) = field.strip_prefix('/').and_then(|it| it.split_once('/')) {
            commit = (date.replace("+00:00", "Z"), author.to_owned());
        } else if !field.is_empty() {
            let name = fields.next().expect("a name behind its status");
            if field.bytes().all(|letter| letter == b'D') || !name.ends_with(".md") {
                continue;
            }
            let name = name
                .strip_prefix("site/content/")
                .expect("it was asked for");
            let file = files.entry(name.to_owned()).or_default();
            if file.0.is_empty() {
                file.0.clone_from(&commit.0);
            }
            file.1.retain(|author| *author != commit.1);
            file.1.insert(0, commit.1.clone());
        }
    }
    files
}

impl Repository {
    /// A site with a history that `git fast-import` reads.
    fn imported(stream: &str) -> Self {
        let repository = Self::without_commits();
        let mut child = repository
            .command()
            .args(["fast-import", "--quiet"])
            .stdin(Stdio::piped())
            .spawn()
            .expect("git");
        let mut stdin = child.stdin.take().expect("it was asked for");
        stdin.write_all(stream.as_bytes()).expect("git reads");
        drop(stdin);
        assert!(child.wait().expect("git").success());
        repository.git(&["symbolic-ref", "HEAD", "refs/heads/main"]);
        repository
    }

    /// What a build says of each text: all of them are in the site, whether they
    /// are checked out or not.
    fn told(&self) -> Result<Told, Vec<Diagnostic>> {
        for name in NAMES.iter().filter(|name| name.ends_with(".md")) {
            self.write(name, "+++\ntitle = \"T\"\n+++\n");
        }
        let built = self.build(&uncompressed())?;
        let told = NAMES.iter().filter_map(|name| {
            let name = name.strip_prefix("site/content/")?;
            let page = format!("/{}", name.strip_suffix(".md")?);
            let said = text(&built, &format!("{}/", page.trim_end_matches('/')));
            let (date, authors) = said.split_once(" by ").expect("the template says so");
            let authors = authors.split(" and ").map(str::to_owned).collect();
            (!date.is_empty()).then(|| (name.to_owned(), (date.to_owned(), authors)))
        });
        Ok(told.collect())
    }
}

#[test]
fn any_history_is_told_as_git_tells_it() {
    let config = ProptestConfig {
        cases: 48,
        failure_persistence: None,
        ..ProptestConfig::default()
    };
    proptest!(config, |(steps in prop::collection::vec(step(), 1..24))| {
        let repository = Repository::imported(&stream(&steps));
        let expected = log(&repository);
        match repository.told() {
            Ok(told) => prop_assert_eq!(told, expected),
            Err(faults) => prop_assert!(expected.is_empty(), "{:?}", faults),
        }
    });
}

#[test]
fn a_broken_repository_is_a_fault_and_no_panic() {
    let steps: Vec<Step> = (0..12)
        .map(|n| (vec![1], n, vec![(n as usize % 7, Some(1))]))
        .collect();
    let repository = Repository::imported(&stream(&steps));
    repository.git(&["repack", "-adfq"]);
    let whole = repository.told().unwrap();
    let packs = fs::read_dir(repository.0.path().join(".git/objects/pack")).unwrap();
    let mut files: Vec<PathBuf> = packs.map(|entry| entry.unwrap().path()).collect();
    files.extend(
        ["HEAD", "config", "refs/heads/main"]
            .map(|name| repository.0.path().join(".git").join(name)),
    );
    let mut faults = 0;
    for file in files {
        let bytes = fs::read(&file).unwrap();
        fs::remove_file(&file).unwrap();
        for place in (0..bytes.len()).step_by(bytes.len() / 40 + 1) {
            let mut broken = bytes.clone();
            broken[place] ^= 0x55;
            fs::write(&file, &broken).unwrap();
            faults += usize::from(repository.told().is_err());
        }
        fs::write(&file, &bytes).unwrap();
    }
    assert!(faults > 20, "only {faults}");
    assert_eq!(repository.told().unwrap(), whole);
}
