//! The title of a section that nobody wrote a file for: the name of its
//! directory, in the plural and in capitals, as Hugo does it.

use site_gen::review::Table;

use super::data::get_boolean;

/// Words that stay small within a title: those of the style of the AP.
const SMALL: [&str; 17] = [
    "a", "an", "and", "at", "but", "by", "for", "in", "nor", "of", "on", "or", "so", "the", "to",
    "up", "yet",
];

/// Words whose plural does not follow from their end, and those that have none.
const IRREGULAR: [(&str, &str); 24] = [
    ("analysis", "analyses"),
    ("child", "children"),
    ("data", "data"),
    ("equipment", "equipment"),
    ("fish", "fish"),
    ("foot", "feet"),
    ("hero", "heroes"),
    ("index", "indices"),
    ("information", "information"),
    ("leaf", "leaves"),
    ("life", "lives"),
    ("man", "men"),
    ("media", "media"),
    ("mouse", "mice"),
    ("news", "news"),
    ("people", "people"),
    ("person", "people"),
    ("potato", "potatoes"),
    ("quiz", "quizzes"),
    ("sheep", "sheep"),
    ("tomato", "tomatoes"),
    ("wife", "wives"),
    ("woman", "women"),
    ("women", "women"),
];

/// The title that Hugo gives to a directory, as the configuration says.
pub(super) fn of_directory(name: &str, root: &Table) -> String {
    let is_on = |key| get_boolean(root, key) != Some(false);
    let name = match is_on("pluralizeListTitles") {
        true => plural(name),
        false => name.to_owned(),
    };
    match is_on("capitalizeListTitles") {
        true => capitalised(&name),
        false => name,
    }
}

/// A name whose last word is in the plural.
fn plural(name: &str) -> String {
    let start = name.rfind(['-', '_', ' ']).map_or(0, |at| at + 1);
    let (before, word) = name.split_at(start);
    let lower = word.to_lowercase();
    if let Some((_, plural)) = IRREGULAR.iter().find(|(one, _)| *one == lower) {
        return format!("{before}{plural}");
    }
    let ends = |ends: &[&str]| ends.iter().any(|end| lower.ends_with(end));
    let vowel_before_y = ends(&["ay", "ey", "iy", "oy", "uy"]);
    match lower.as_str() {
        "" => name.to_owned(),
        _ if ends(&["ss", "us", "x", "ch", "sh", "z"]) => format!("{name}es"),
        _ if ends(&["s"]) => name.to_owned(),
        _ if ends(&["y"]) && !vowel_before_y => format!("{}ies", &name[..name.len() - 1]),
        _ => format!("{name}s"),
    }
}

/// With a capital at each word that is not small, and at the first and last.
pub(super) fn capitalised(name: &str) -> String {
    let mut title = String::with_capacity(name.len());
    let mut words = name.split_inclusive(['-', ' ']).peekable();
    while let Some(word) = words.next() {
        let plain = word.trim_end_matches(['-', ' ']);
        if !title.is_empty() && words.peek().is_some() && SMALL.contains(&plain) {
            title.push_str(word);
            continue;
        }
        let mut letters = word.chars();
        title.extend(letters.next().into_iter().flat_map(char::to_uppercase));
        title.push_str(letters.as_str());
    }
    title
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Hugo 0.168 makes of these.
    #[test]
    fn directories_have_the_titles_that_hugo_gives_them() {
        for (name, expected) in [
            ("post", "Posts"),
            ("docs", "Docs"),
            ("news-item", "News-Items"),
            ("about-us", "About-Uses"),
            ("state-of-the-art", "State-of-the-Arts"),
            ("the_book", "The_books"),
            ("tutorial-and-guide", "Tutorial-and-Guides"),
            ("photo-gallery", "Photo-Galleries"),
            ("day", "Days"),
            ("class", "Classes"),
            ("church", "Churches"),
            ("box", "Boxes"),
            ("person", "People"),
            ("café", "Cafés"),
            ("2024", "2024s"),
            ("index", "Indices"),
        ] {
            assert_eq!(of_directory(name, &Table::new()), expected);
        }
    }
}
