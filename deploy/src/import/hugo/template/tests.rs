//! Sites whose templates are run: what they print (`printed`, `lists`), and what is
//! refused (`refused`).

mod lists;
mod printed;
mod refused;

use std::cell::RefCell;
use std::fs;
use std::rc::Rc;

use super::super::super::report::Report;
use super::super::super::tree::Origin;
use super::super::config::Config;
use super::super::library::Library;
use super::super::theme::{Template, Texts};
use super::*;

const SITE: [(&str, &str); 13] = [
    (
        "hugo.toml",
        "baseURL='https://x.org/'\ntitle='S'\n[params]\nrelease='3'\n[params.deep]\nkey='k'\n",
    ),
    (
        "content/docs/a.md",
        "---\ntitle: A\ndate: 2024-03-05\nneeds: [p, q]\nKeys: {Up: 1, List: [{Q: 1}]}\n---\n",
    ),
    ("content/docs/b.md", "---\ntitle: B & c\nweight: 1\n---\n"),
    ("content/docs/_index.md", "---\ntitle: Docs\n---\n"),
    ("data/d.yaml", "list: [1, 2]\nmap: {x: y}\n"),
    (
        "i18n/en.yaml",
        "hello: Hi\ncount_pots: '{{ .n }} pots'\nbroken: '{{ .Zone }}'\n",
    ),
    ("static/x", ""),
    (
        "content/b/index.md",
        "---\ntitle: Bun\nresources:\n- {src: a.txt, name: hero, params: {Cap: 1}}\n- {src: '*.txt', name: x, params: {cap: 2}}\n- {src: SUB/*.svg, title: S}\n---\n",
    ),
    ("content/b/a.txt", "a"),
    ("content/b/b.txt", "b"),
    ("content/b/sub/d.svg", ""),
    ("content/b/z.svg", ""),
    (
        "content/docs/marked.md",
        "---\ntitle: \"m\\uE003999999\\uE004\"\nweight: 9\n\"k\\uE000\": \"\\uE000\"\nhidden: true\nbuild: {list: never}\n---\n",
    ),
];

/// What a template prints for the call `name a="1"`, in the page `docs/a.md`.
fn printed(templates: &[&str], inner: Option<&str>) -> Vec<Result<String, Stop>> {
    printed_in(&SITE, "a", templates, inner)
}

/// The same in a page of a site.
fn printed_in(
    site: &[(&str, &str)],
    page: &str,
    templates: &[&str],
    inner: Option<&str>,
) -> Vec<Result<String, Stop>> {
    let place = tempfile::tempdir().expect("a directory");
    for (file, text) in site {
        let path = place.path().join(file);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    }
    let origin = Origin::open(place.path()).expect("a site");
    let mut report = Report::default();
    let config = Config::read(&origin, &mut report).expect("a configuration");
    let library = Library::read(&config, &origin, &mut report);
    let mut texts = Texts::default();
    for (name, text) in [
        ("ret.html", "{{ return add . 1 }}"),
        ("show.html", "<p>{{ .a }}</p>"),
        ("loop.html", "{{ partial \"loop\" . }}"),
        ("unknown.html", "\n{{ site.Sitemap }}"),
    ] {
        let template = template(&format!("layouts/partials/{name}"), text);
        texts.partials.insert(name.to_owned(), template);
    }
    let long = format!("{{{{ return 1 }}}}{}", "{{ .a }}".repeat(9_000));
    let long = template("layouts/partials/long.html", &long);
    texts.partials.insert("long.html".to_owned(), long);
    let called = templates.iter().enumerate();
    let called: Vec<Template> = called
        .map(|(number, text)| template(&format!("layouts/shortcodes/s{number}.html"), text))
        .collect();
    let world = World::new(&config, &library, &texts, &origin);
    let pages = library.documents.iter();
    let page = pages.clone().position(|one| one.name == page);
    let run_one = |template: &Template| {
        let frame = Frame {
            name: "s0".to_owned(),
            named: Map::from([("a".to_owned(), Value::text("1"))]),
            placed: Vec::new(),
            inner: RefCell::new(inner.map(str::to_owned)),
            parent: Parent::None,
            store: Rc::default(),
            ordinal: 0,
            page: page.expect("the page"),
        };
        run(&world, template, &Rc::new(frame))
    };
    // What is read stays as long as the world.
    let mut found = Vec::new();
    for template in &called {
        found.push(run_one(template));
    }
    found
}

fn template(file: &str, text: &str) -> Template {
    Template {
        file: file.into(),
        text: text.to_owned(),
    }
}
