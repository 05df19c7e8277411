//! The contract between the generator and themes, `themes/README.md`: it names
//! every variable that a template sees, and no other.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use site_gen::{Compression, Options};

/// The maps whose keys are the contract, and the template that sees each.
const SEEN: [(&str, &str); 7] = [
    ("config", "index.html"),
    ("section", "index.html"),
    ("paginator", "index.html"),
    ("page", "page.html"),
    ("taxonomy", "taxonomy_list.html"),
    ("term", "taxonomy_single.html"),
    // In every template; here it says nothing new.
    ("config", "404.html"),
];

#[test]
fn every_variable_is_documented_and_every_documented_one_is_there() {
    let documented = documented();
    let seen = seen();
    let missing: Vec<_> = seen.difference(&documented).collect();
    assert!(missing.is_empty(), "not in themes/README.md: {missing:?}");
    let invented: Vec<_> = documented.difference(&seen).collect();
    assert!(
        invented.is_empty(),
        "only in themes/README.md: {invented:?}"
    );
}

/// The variables that stand first in a row of a table, as `page.title`.
fn documented() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/README.md");
    let text = fs::read_to_string(path).expect("themes/README.md");
    let cells = text.lines().filter_map(|line| line.strip_prefix("| `"));
    let names = cells.filter_map(|rest| rest.split_once('`').map(|(name, _)| name));
    let maps: BTreeSet<&str> = SEEN.iter().map(|(map, _)| *map).collect();
    names
        .filter(|name| !name.ends_with(".html"))
        .filter(|name| {
            name.split_once('.')
                .is_some_and(|(map, _)| maps.contains(map))
        })
        .map(str::to_owned)
        .collect()
}

/// The variables that templates find in a site that has everything.
fn seen() -> BTreeSet<String> {
    let site = tempfile::tempdir().expect("a directory");
    let write = |path: &str, text: &str| {
        let path = site.path().join(path);
        fs::create_dir_all(path.parent().expect("a directory above")).expect("a directory");
        fs::write(path, text).expect("a file");
    };
    write(
        "content/site.toml",
        "base_url = \"https://example.org\"\ntheme = \"t\"\ntaxonomies = [{ name = \"tags\" }]\n",
    );
    write("content/example.org.zone", ZONE);
    write("content/_index.md", "+++\npaginate_by = 1\n+++\n");
    write("content/a.md", "+++\n[taxonomies]\ntags = [\"x\"]\n+++\n");
    write("themes/t/theme.toml", "name = \"t\"\n");
    for template in SEEN.map(|(_, template)| template) {
        let here = SEEN.iter().filter(|(_, seen_in)| *seen_in == template);
        let loops: String = here
            .map(|(map, _)| {
                format!("{{% for key, value in {map} %}}{map}.{{{{ key }}}}\n{{% endfor %}}")
            })
            .collect();
        write(&format!("themes/t/templates/{template}"), &loops);
    }
    write("themes/t/templates/section.html", "");
    let options = Options {
        compression: Compression::None,
        ..Options::default()
    };
    let built = site_gen::build(site.path(), &options).expect("a site without faults");
    let pages = built.files.iter().filter(|file| file.path.ends_with('/'));
    let texts = pages.map(|file| built.read(file).expect("a page"));
    let text: String = texts
        .map(|bytes| String::from_utf8(bytes).expect("text"))
        .collect();
    text.lines().map(str::to_owned).collect()
}

const ZONE: &str = "$ORIGIN example.org.\n$TTL 3600\n\
    @ SOA ns hostmaster 1 7200 3600 1209600 3600\n@ NS ns\nns A 192.0.2.1\n@ A 192.0.2.1\n";
