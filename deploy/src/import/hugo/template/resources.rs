//! Files beside a page, as templates see them: under the names and titles that
//! the page's front matter gives them.

use site_gen::review::Table;

use super::super::super::paths::join;
use super::super::super::pattern;
use super::super::data::{self, get, get_table, get_text};
use super::super::library::Resource;
use super::lists::above;
use super::run::known_text;
use super::stop::Stop;
use super::unmarked;
use super::value::Value;
use super::world::World;

/// Sorts of files by the ends of their names, as in media types.
const SORTS: [(&str, &[&str]); 5] = [
    (
        "image",
        &[
            "png", "jpg", "jpeg", "gif", "webp", "svg", "avif", "bmp", "tif", "tiff",
        ],
    ),
    ("text", &["txt", "css", "csv", "js", "html", "htm"]),
    (
        "application",
        &["json", "pdf", "toml", "yaml", "yml", "xml", "zip"],
    ),
    ("video", &["mp4", "webm", "mpeg", "mpg", "ogv", "avi"]),
    ("audio", &["mp3", "wav", "m4a"]),
];

/// What a file has.
pub(super) fn field(world: &World<'_>, number: usize, name: &str) -> Result<Value, Stop> {
    let resource = &world.library.resources[number];
    Ok(match name {
        "RelPermalink" | "Permalink" => Value::text(world.config.address(&resource.url)),
        "Name" => Value::text(called(world, number, "name")?),
        "Title" => Value::text(called(world, number, "title")?),
        "Params" => {
            let mut params = Table::new();
            for about in about(world, resource) {
                data::merge(&mut params, get_table(about, "params"));
            }
            Value::params(&params)
        }
        "ResourceType" => Value::text(sort(resource).ok_or_else(|| Stop::field("a file", name))?),
        "Content" => Value::Html(world.file(&resource.file)?),
        _ => return Err(Stop::field("a file", name)),
    })
}

/// The files of a page in the order of their sorts, and of their names; of their names
/// alone, if the page says something about them.
pub(super) fn in_order(
    world: &World<'_>,
    page: usize,
    files: Vec<usize>,
    texts: Vec<String>,
) -> Result<Value, Stop> {
    let mut named = Vec::new();
    for number in files {
        let sort = sort(&world.library.resources[number]).unwrap_or_default();
        let name = called(world, number, "name")?;
        named.push(((sort, name), Value::Resource(number)));
    }
    named.extend(
        texts
            .into_iter()
            .map(|name| (("page", name.clone()), Value::Inner(name))),
    );
    if get(&world.document(page).front, "resources").is_some() {
        if named.iter().any(|((sort, _), _)| *sort == "page") {
            let why = "a page says something about files, and has pages among them";
            return Err(Stop::because(why));
        }
        named.sort_by(|((_, a), _), ((_, b), _)| a.cmp(b));
        return Ok(Value::array(
            named.into_iter().map(|(_, file)| file).collect(),
        ));
    }
    let is_known = |((sort, _), _): &((&str, String), Value)| !sort.is_empty();
    let known = named.iter().filter(|one| is_known(one)).count();
    if known > 0 && known < named.len() {
        let why = "files of a sort that is not known have a place among the others";
        return Err(Stop::because(why));
    }
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    Ok(Value::array(
        named.into_iter().map(|(_, file)| file).collect(),
    ))
}

/// Files of a list that are called so, or match a pattern, or are of a sort.
pub(super) fn chosen(
    world: &World<'_>,
    items: &[Value],
    method: &str,
    wanted: &Value,
) -> Result<Vec<Value>, Stop> {
    let wanted = known_text(wanted)?.to_lowercase();
    let wanted = wanted.trim_start_matches('/');
    if method == "ByType" && wanted != "page" && SORTS.iter().all(|(sort, _)| *sort != wanted) {
        return Err(Stop::field("a list", method));
    }
    let mut found = Vec::new();
    for item in items {
        let number = match item {
            Value::Resource(number) => number,
            Value::Inner(path) => {
                let path = path.to_lowercase();
                let is_one = match method {
                    "ByType" => wanted == "page",
                    "Get" => path == wanted,
                    _ => pattern::matches(wanted, &path),
                };
                found.extend(is_one.then(|| item.clone()));
                continue;
            }
            _ => continue,
        };
        let resource = &world.library.resources[*number];
        let names = [
            called(world, *number, "name")?.to_lowercase(),
            own_name(world, resource).to_lowercase(),
        ];
        let is_one = match method {
            "ByType" => sort(resource) == Some(wanted),
            "Get" => names.iter().any(|name| name == wanted),
            _ => names.iter().any(|name| pattern::matches(wanted, name)),
        };
        if is_one {
            found.push(item.clone());
        }
    }
    Ok(found)
}

/// Its `name` or `title`: as front matter says, or its path in the bundle.
fn called(world: &World<'_>, number: usize, key: &str) -> Result<String, Stop> {
    let resource = &world.library.resources[number];
    let mut all = about(world, resource).into_iter();
    let given = all.find_map(|about| get_text(about, key));
    match given {
        Some(given) if given.to_lowercase().contains(":counter") => {
            Err(Stop::because("a file's name is counted in front matter"))
        }
        Some(given) => Ok(unmarked(&given)),
        None => Ok(own_name(world, resource)),
    }
}

/// What front matter says about a file, in its order.
fn about<'a>(world: &'a World<'_>, resource: &Resource) -> Vec<&'a Table> {
    let Some((page, _)) = owner(world, resource) else {
        return Vec::new();
    };
    let name = own_name(world, resource).to_lowercase();
    let said = get(&world.document(page).front, "resources");
    let said = said.map(data::tables).unwrap_or_default();
    said.into_iter()
        .filter(|about| {
            let from = get_text(about, "src").unwrap_or_default().to_lowercase();
            pattern::matches(&from, &name)
        })
        .collect()
}

/// Its path in the bundle that it belongs to.
fn own_name(world: &World<'_>, resource: &Resource) -> String {
    let whole = join(&resource.directory, &resource.name);
    match owner(world, resource) {
        Some((_, directory)) if !directory.is_empty() => {
            let inside = whole.strip_prefix(&format!("{directory}/"));
            inside.map_or(whole.clone(), str::to_owned)
        }
        _ => whole,
    }
}

/// The page that a file belongs to, and its directory.
fn owner(world: &World<'_>, resource: &Resource) -> Option<(usize, String)> {
    let mut directory = resource.directory.as_str();
    loop {
        let found = world
            .bundles()
            .get(&(directory.to_owned(), resource.language));
        let found = found.or_else(|| world.bundles().get(&(directory.to_owned(), 0)));
        if let Some(page) = found {
            return Some((*page, directory.to_owned()));
        }
        if directory.is_empty() {
            return None;
        }
        directory = above(directory);
    }
}

fn sort(resource: &Resource) -> Option<&'static str> {
    let (_, end) = resource.name.rsplit_once('.')?;
    let end = end.to_lowercase();
    let found = SORTS.iter().find(|(_, ends)| ends.contains(&end.as_str()));
    found.map(|(sort, _)| *sort)
}
