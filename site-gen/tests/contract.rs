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

/// What stands before a variable that a shortcode finds.
const IN_SHORTCODE: &str = "shortcode ";

#[test]
fn every_variable_is_documented_and_every_documented_one_is_there() {
    let documented = documented();
    let mut seen = seen();
    seen.retain(|name| !name.is_empty() && !name.starts_with(IN_SHORTCODE));
    let missing: Vec<_> = seen.difference(&documented).collect();
    assert!(missing.is_empty(), "not in themes/README.md: {missing:?}");
    let invented: Vec<_> = documented.difference(&seen).collect();
    assert!(
        invented.is_empty(),
        "only in themes/README.md: {invented:?}"
    );
}

/// Shortcodes see a page, or a section, without what the contract takes out.
#[test]
fn shortcodes_see_what_is_documented() {
    let left_out = left_out();
    let seen = seen();
    for map in ["page", "section"] {
        let whole = seen
            .iter()
            .filter_map(|name| name.strip_prefix(map)?.strip_prefix('.'));
        let expected: BTreeSet<&str> = whole.filter(|name| !left_out.contains(*name)).collect();
        let of_shortcode = format!("{IN_SHORTCODE}{map}.");
        let found = seen
            .iter()
            .filter_map(|name| name.strip_prefix(&of_shortcode));
        assert_eq!(found.collect::<BTreeSet<&str>>(), expected, "{map}");
    }
}

/// What shortcodes do not see: the names behind "Not there are".
fn left_out() -> BTreeSet<String> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../themes/README.md");
    let text = fs::read_to_string(path).expect("themes/README.md");
    let (_, list) = text.split_once("Not there are\n").expect("the list");
    let (list, _) = list.split_once(". ").expect("its end");
    let names = list.split('`').skip(1).step_by(2);
    names.map(str::to_owned).collect()
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
    let section = "+++\npaginate_by = 1\n+++\n{{ keys() }}\n";
    write("content/_index.md", section);
    let page = "+++\n[taxonomies]\ntags = [\"x\"]\n+++\n{{ keys() }}\n";
    write("content/a.md", page);
    let keys = ["page", "section"].map(|map| {
        format!(
            "{{% if {map} %}}{{% for key, value in {map} %}}\
             {IN_SHORTCODE}{map}.{{{{ key }}}}\n{{% endfor %}}{{% endif %}}"
        )
    });
    write("themes/t/templates/shortcodes/keys.html", &keys.concat());
    write("themes/t/theme.toml", "name = \"t\"\n");
    for template in SEEN.map(|(_, template)| template) {
        let here = SEEN.iter().filter(|(_, seen_in)| *seen_in == template);
        let loops: String = here
            .map(|(map, _)| {
                format!(
                    "{{% for key, value in {map} %}}{map}.{{{{ key }}}}\n{{% endfor %}}\
                     {{% if {map}.content %}}{{{{ {map}.content | safe }}}}{{% endif %}}"
                )
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
