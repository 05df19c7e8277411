//! The plural and the singular of English words, as Hugo makes them: by how a word
//! ends, the longest ending first. What it makes of 25,000 words of documentation was
//! asked; these endings say the same of all but a few that are no words.

/// Endings, and what they are in the plural.
const PLURALS: [(&str, &str); 107] = [
    ("", "s"),
    ("addendum", "addenda"),
    ("agenda", "agendas"),
    ("aircraft", "aircraft"),
    ("alumni", "alumni"),
    ("ano", "anos"),
    ("appendix", "appendices"),
    ("ay", "ays"),
    ("beef", "beef"),
    ("bison", "bison"),
    ("bra", "bra"),
    ("cactus", "cacti"),
    ("centrum", "centra"),
    ("ch", "ches"),
    ("chassis", "chassis"),
    ("child", "children"),
    ("corpora", "corpora"),
    ("corpus", "corpora"),
    ("criterion", "criteria"),
    ("da", "da"),
    ("deer", "deer"),
    ("dren", "dren"),
    ("dwarf", "dwarfs"),
    ("ea", "ea"),
    ("eau", "eaux"),
    ("ela", "ela"),
    ("emphasis", "emphasis"),
    ("equipment", "equipment"),
    ("ey", "eys"),
    ("ez", "ezzes"),
    ("fe", "ves"),
    ("feet", "feet"),
    ("fish", "fish"),
    ("focus", "foci"),
    ("foot", "feet"),
    ("genus", "genera"),
    ("gnum", "gna"),
    ("goose", "geese"),
    ("human", "humans"),
    ("ia", "ia"),
    ("ima", "ima"),
    ("index", "indices"),
    ("information", "information"),
    ("io", "ios"),
    ("ium", "ia"),
    ("iz", "izzes"),
    ("larva", "larvae"),
    ("latex", "latices"),
    ("leaf", "leaves"),
    ("lexicon", "lexica"),
    ("lf", "lves"),
    ("lla", "lla"),
    ("lo", "los"),
    ("loaf", "loaves"),
    ("louse", "lice"),
    ("lta", "ltas"),
    ("man", "men"),
    ("matrix", "matrices"),
    ("men", "men"),
    ("mice", "mice"),
    ("money", "money"),
    ("moose", "moose"),
    ("mouse", "mice"),
    ("mum", "ma"),
    ("o", "oes"),
    ("oa", "oa"),
    ("octopus", "octupuses"),
    ("ola", "ola"),
    ("oo", "oos"),
    ("ova", "ova"),
    ("ox", "oxes"),
    ("oy", "oys"),
    ("people", "people"),
    ("person", "people"),
    ("phenomenon", "phenomena"),
    ("potato", "potatoes"),
    ("quota", "quotas"),
    ("quy", "quies"),
    ("radius", "radii"),
    ("radix", "radices"),
    ("rf", "rves"),
    ("rice", "rice"),
    ("s", "s"),
    ("salmon", "salmon"),
    ("sh", "shes"),
    ("sheep", "sheep"),
    ("shrimp", "shrimp"),
    ("sis", "ses"),
    ("spectrum", "spectra"),
    ("ss", "sses"),
    ("sta", "stas"),
    ("stadium", "stadiums"),
    ("ta", "ta"),
    ("thief", "thieves"),
    ("to", "tos"),
    ("tomato", "tomatoes"),
    ("tooth", "teeth"),
    ("tra", "tra"),
    ("trout", "trout"),
    ("tum", "ta"),
    ("tz", "tzes"),
    ("us", "uses"),
    ("uy", "uys"),
    ("vertex", "vertices"),
    ("x", "xes"),
    ("y", "ies"),
    ("zz", "zzes"),
];

/// Words that have another plural alone than at the end of others.
const PLURALS_ALONE: [(&str, &str); 10] = [
    ("alias", "aliases"),
    ("axis", "axes"),
    ("bureau", "bureaus"),
    ("dice", "dice"),
    ("die", "dice"),
    ("ox", "oxen"),
    ("oxen", "oxen"),
    ("ssh", "sshs"),
    ("ta", "tas"),
    ("you", "you"),
];

/// Words that have another singular so.
const SINGULARS_ALONE: [(&str, &str); 6] = [
    ("alias", "alias"),
    ("axes", "axis"),
    ("axis", "axis"),
    ("dice", "die"),
    ("lice", "louse"),
    ("ta", "ta"),
];

/// Endings, and what they are in the singular.
const SINGULARS: [(&str, &str); 73] = [
    ("", ""),
    ("aches", "ache"),
    ("agenda", "agenda"),
    ("aliases", "alias"),
    ("alumni", "alumnus"),
    ("analyses", "analysis"),
    ("apostrophes", "apostrophe"),
    ("appendices", "appendix"),
    ("archives", "archive"),
    ("bra", "brum"),
    ("buses", "bus"),
    ("cookies", "cookie"),
    ("corpora", "corpus"),
    ("criteria", "criterion"),
    ("da", "dum"),
    ("diagnoses", "diagnosis"),
    ("dren", "d"),
    ("ea", "eum"),
    ("ela", "elum"),
    ("emphasis", "emphasi"),
    ("feet", "foot"),
    ("geese", "goose"),
    ("hes", "h"),
    ("ia", "ium"),
    ("ies", "y"),
    ("ima", "imum"),
    ("indices", "index"),
    ("jeans", "jeans"),
    ("leaves", "leaf"),
    ("lla", "llum"),
    ("lta", "lta"),
    ("lves", "lf"),
    ("matrices", "matrix"),
    ("media", "media"),
    ("men", "man"),
    ("mice", "mouse"),
    ("missuses", "missus"),
    ("moves", "move"),
    ("movies", "movie"),
    ("news", "news"),
    ("oa", "oum"),
    ("octopus", "octopus"),
    ("oes", "o"),
    ("ola", "olum"),
    ("ova", "ovum"),
    ("oxen", "ox"),
    ("parentheses", "parenthesis"),
    ("people", "person"),
    ("phenomena", "phenomenon"),
    ("quota", "quota"),
    ("s", ""),
    ("series", "series"),
    ("shoes", "shoe"),
    ("sis", "sis"),
    ("species", "species"),
    ("ss", "ss"),
    ("sses", "ss"),
    ("sta", "sta"),
    ("statuses", "status"),
    ("syntaxes", "syntax"),
    ("ta", "tum"),
    ("taxes", "tax"),
    ("teeth", "tooth"),
    ("thieves", "thief"),
    ("tives", "tive"),
    ("toys", "toy"),
    ("tra", "trum"),
    ("us", "us"),
    ("vertices", "vertex"),
    ("ves", "fe"),
    ("viruses", "virus"),
    ("xes", "x"),
    ("zes", "ze"),
];

/// Words that are abbreviations in a name for people.
const ABBREVIATIONS: [&str; 74] = [
    "ack", "acl", "aes", "ansi", "api", "arp", "atm", "ccitt", "cidr", "cli", "cmos", "cpu", "crc",
    "crt", "dec", "des", "dhcp", "dns", "dram", "dsl", "eof", "ftp", "html", "http", "https",
    "iana", "icmp", "id", "ids", "ieee", "ietf", "imap", "ip", "ips", "isp", "json", "jwt", "lan",
    "mac", "mc", "mib", "mtu", "nat", "nic", "nvram", "ok", "ospf", "pat", "pc", "pcm", "pots",
    "ram", "rfc", "rip", "rom", "rtp", "sfp", "slip", "smtp", "snap", "sql", "ssh", "ssid", "syn",
    "tftp", "udp", "uri", "url", "usb", "utf8", "uuid", "vc", "wan", "www",
];

/// A name in words, with a capital at its start; none if it has capitals in it, at
/// which Hugo ends words, or other signs.
pub(super) fn in_words(name: &str) -> Option<String> {
    let is_plain = |c: char| c.is_lowercase() || c.is_ascii_digit() || "-_ '.".contains(c);
    if !name.chars().skip(1).all(is_plain) {
        return None;
    }
    let lower = name.to_lowercase();
    let words = lower.split(['-', '_', ' ']).filter(|word| !word.is_empty());
    let words: Vec<String> = words
        .enumerate()
        .map(|(at, word)| match ABBREVIATIONS.contains(&word) {
            true => word.to_uppercase(),
            false if at == 0 => with_capital(word),
            false => word.to_owned(),
        })
        .collect();
    Some(words.join(" "))
}

/// A word that begins with a capital.
pub(super) fn with_capital(word: &str) -> String {
    let mut letters = word.chars();
    let first: Vec<char> = letters
        .next()
        .into_iter()
        .flat_map(char::to_uppercase)
        .collect();
    first.into_iter().chain(letters).collect()
}

/// The plural of the last word of a text.
pub(super) fn plural(text: &str) -> String {
    with_ending(text, &PLURALS_ALONE, &PLURALS)
}

/// The singular of the last word of a text.
pub(super) fn singular(text: &str) -> String {
    with_ending(text, &SINGULARS_ALONE, &SINGULARS)
}

/// A text with another ending, which begins as the old one does.
fn with_ending(text: &str, alone: &[(&str, &str)], endings: &[(&str, &str)]) -> String {
    let start = text.rfind(['-', '_', ' ']).map_or(0, |at| at + 1);
    let word = text[start..].to_lowercase();
    if word.is_empty() {
        return text.to_owned();
    }
    let alone = alone.iter().find(|(own, _)| word == *own);
    let known = endings.iter().filter(|(end, _)| word.ends_with(end));
    let longest = known.max_by_key(|(end, _)| end.len());
    let (old, new) = alone.or(longest).copied().unwrap_or_default();
    let letters = old.bytes().zip(new.bytes());
    let same = letters.take_while(|(old, new)| old == new).count();
    // A letter may be as long in capitals or not, but not one of an ending.
    let start = text.len().saturating_sub(old.len() - same);
    format!("{}{}", text.get(..start).unwrap_or(text), &new[same..])
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What Hugo 0.168 makes of these.
    /// What Hugo 0.168 makes of these, too.
    #[test]
    fn names_are_words_for_people() {
        for (name, expected) in [
            ("person_id", Some("Person ID")),
            ("my-first_post", Some("My first post")),
            ("a  b", Some("A b")),
            ("Big", Some("Big")),
            ("the-ui", Some("The ui")),
            ("don't", Some("Don't")),
            ("iOS", None),
            ("a/b", None),
            ("", Some("")),
        ] {
            assert_eq!(in_words(name).as_deref(), expected, "{name}");
        }
    }

    #[test]
    fn words_have_the_plurals_and_singulars_of_hugo() {
        for (word, plurals, singulars) in [
            ("person", "people", "person"),
            ("people", "people", "person"),
            ("child", "children", "child"),
            ("children", "children", "child"),
            ("Blog-Post", "Blog-Posts", "Blog-Post"),
            ("post_person", "post_people", "post_person"),
            ("blog post", "blog posts", "blog post"),
            ("Person", "People", "Person"),
            ("API", "APIs", "API"),
            ("category", "categories", "category"),
            ("day", "days", "day"),
            ("quiz", "quizzes", "quiz"),
            ("fizzbuzz", "fizzbuzzes", "fizzbuzz"),
            ("cookies", "cookies", "cookie"),
            ("movies", "movies", "movie"),
            ("addresses", "addresses", "address"),
            ("knife", "knives", "knife"),
            ("leaves", "leaves", "leaf"),
            ("ox", "oxen", "ox"),
            ("box", "boxes", "box"),
            ("index", "indices", "index"),
            ("octopus", "octupuses", "octopus"),
            ("media", "media", "media"),
            ("data", "data", "datum"),
            ("price", "price", "price"),
            ("status", "statuses", "status"),
            ("analyses", "analyses", "analysis"),
            ("potato", "potatoes", "potato"),
            ("photo", "photos", "photo"),
            ("series", "series", "series"),
            ("", "", ""),
            ("1", "1s", "1"),
            ("über", "übers", "über"),
        ] {
            assert_eq!(plural(word), plurals, "{word}");
            assert_eq!(singular(word), singulars, "{word}");
        }
    }
}
