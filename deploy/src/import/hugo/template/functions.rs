//! The functions of Hugo's templates, by their names and by their short ones.
//! Those that ask other sites, make pictures or run programs are not known.

use super::super::title::Capitals;
use super::collections::{self, length};
use super::compare::{self, chosen, compares, known, sorted};
use super::run::{Machine, known_text};
use super::stop::Stop;
use super::value::{Map, Value};
use super::world::World;
use super::{addresses, format, numbers, remarshal, texts, words};

/// The names in front of the dot of a function's own name, known or not.
const NAMESPACES: [&str; 29] = [
    "cast",
    "collections",
    "compare",
    "crypto",
    "css",
    "data",
    "debug",
    "diagrams",
    "encoding",
    "fmt",
    "hash",
    "i18n",
    "images",
    "inflect",
    "js",
    "lang",
    "math",
    "openapi3",
    "os",
    "partials",
    "path",
    "reflect",
    "resources",
    "safe",
    "strings",
    "templates",
    "time",
    "transform",
    "urls",
];

/// Whether what stands behind a dot is a function's own name.
pub(super) fn is_namespace(name: &str) -> bool {
    NAMESPACES.contains(&name)
}

/// Calls a function.
pub(super) fn call(
    machine: &mut Machine<'_, '_>,
    name: &str,
    given: &[Value],
) -> Result<Value, Stop> {
    let world = machine.world;
    machine.spend(cost(name, given))?;
    if compares(name) {
        given.iter().try_for_each(known)?;
    }
    Ok(match name {
        "page" => Value::Page(machine.page),
        "site" => Value::Site,
        "hugo" => Value::Hugo,
        "partial" | "partialCached" | "partials.Include" | "partials.IncludeCached" => {
            let name = known_text(argument(given, 0)?)?;
            let context = given.get(1).cloned().unwrap_or(Value::Nil);
            return machine.partial(&name, &context);
        }
        // Hugo tells them; what was printed is what counts.
        "warnf" | "warnidf" | "warnmf" => Value::text(""),
        // What fails ends the run.
        "try" => {
            let value = argument(given, 0)?.clone();
            let parts = [("Value", value), ("Err", Value::Nil)];
            Value::map(Map::from(
                parts.map(|(name, value)| (name.to_owned(), value)),
            ))
        }
        // Hugo ends there.
        "errorf" | "fmt.Errorf" => {
            let message = known_text(&format::printf(given)?)?;
            return Err(Stop::because(format!("it ends with a fault, “{message}”")));
        }
        "markdownify" | "transform.Markdownify" => {
            texts::markdown(world.config, argument(given, 0)?)?
        }
        "title" | "strings.Title" => {
            let text = known_text(argument(given, 0)?)?;
            Value::text(Capitals::of(&world.config.root).title(&text))
        }
        "highlight" | "transform.Highlight" => texts::highlight(given)?,
        "ref" | "relref" | "urls.Ref" | "urls.RelRef" => {
            let page = match argument(given, 0)? {
                Value::Page(page) => *page,
                Value::Call(frame) => frame.page,
                _ => return Err(Stop::function(name)),
            };
            world.reference(page, given)?
        }
        "i18n" | "T" | "i18n.Translate" => {
            let key = known_text(argument(given, 0)?)?;
            let text = world.translation(&key, machine.page).unwrap_or_default();
            let context = given.get(1).cloned().unwrap_or(Value::Nil);
            Value::text(machine.filled(&text, &context)?)
        }
        "relURL" | "urls.RelURL" | "absURL" | "urls.AbsURL" | "relLangURL" | "urls.RelLangURL"
        | "absLangURL" | "urls.AbsLangURL" => addresses::link(world, machine.page, name, given)?,
        "where" | "collections.Where" => chosen(machine, given)?,
        "sort" | "collections.Sort" if given.len() > 1 => sorted(machine, given)?,
        "readFile" | "os.ReadFile" => Value::text(read(world, argument(given, 0)?)?),
        "fileExists" | "os.FileExists" => {
            let file = known_text(argument(given, 0)?)?;
            Value::Boolean(world.origin.has(file_of(&file)))
        }
        "urlize" | "urls.URLize" => {
            let text = known_text(argument(given, 0)?)?;
            Value::text(site_gen::encode_path(&world.config.style.piece(&text)))
        }
        _ => match pure(name, given) {
            Some(value) => value?,
            None => return Err(Stop::function(name)),
        },
    })
}

/// The text of a file; what is not there says nothing.
fn read(world: &World<'_>, file: &Value) -> Result<String, Stop> {
    let file = known_text(file)?;
    match world.origin.has(file_of(&file)) {
        true => world.file(file_of(&file).as_ref()),
        false => Ok(String::new()),
    }
}

/// The steps of a function that does more than look at what it is given once.
fn cost(name: &str, given: &[Value]) -> usize {
    let lengths = || given.iter().map(|value| length(value).unwrap_or_default());
    let name = name.rsplit('.').next().unwrap_or(name);
    match name {
        // A regular expression is made, and text may be read again and again.
        "replaceRE" | "ReplaceRE" | "findRE" | "FindRE" => 50 + lengths().sum::<usize>() / 8,
        // All of it is read, and written.
        "Remarshal" | "Unmarshal" | "unmarshal" | "jsonify" | "Jsonify" => {
            lengths().sum::<usize>() / 8
        }
        // Each of these is compared with each.
        "union" | "Union" | "intersect" | "Intersect" | "complement" | "Complement" | "symdiff"
        | "SymDiff" => {
            let all = lengths().sum::<usize>();
            all.saturating_mul(all) / 64
        }
        "uniq" | "Uniq" => {
            lengths()
                .map(|length| length.saturating_mul(length))
                .sum::<usize>()
                / 64
        }
        "where" | "Where" => match (given.first().and_then(length), given.last().map(length)) {
            (Some(items), Some(Some(wanted))) => items.saturating_mul(wanted) / 64,
            _ => 0,
        },
        _ => 0,
    }
}

/// A path in the site, whatever stands in front of it.
fn file_of(file: &str) -> &str {
    file.trim_start_matches('/')
}

pub(super) fn argument(given: &[Value], at: usize) -> Result<&Value, Stop> {
    given
        .get(at)
        .ok_or_else(|| Stop::because("a function is given too little"))
}

/// The functions that know nothing of the site.
fn pure(name: &str, given: &[Value]) -> Option<Result<Value, Stop>> {
    compare::call(name, given)
        .or_else(|| collections::call(name, given))
        .or_else(|| numbers::call(name, given))
        .or_else(|| remarshal::call(name, given))
        .or_else(|| words::call(name, given))
        .or_else(|| addresses::call(name, given))
        .or_else(|| format::call(name, given))
}
