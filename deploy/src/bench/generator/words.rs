//! What the pages of a synthetic site say: sentences, names, and code in
//! several languages, from patterns with blanks that are filled at random.
//!
//! A blank is a letter after `$`: `$n` a noun, `$N` the same as the name of a
//! type, `$v` a verb, `$a` an adjective, `$d` a number.

use super::random::Random;

const NOUNS: &[&str] = &[
    "packet",
    "buffer",
    "session",
    "kernel",
    "domain",
    "ring",
    "frame",
    "clock",
    "socket",
    "table",
    "window",
    "signal",
    "record",
    "zone",
    "query",
    "answer",
    "device",
    "driver",
    "memory",
    "page",
    "region",
    "thread",
    "task",
    "queue",
    "channel",
    "router",
    "address",
    "gateway",
    "network",
    "image",
    "module",
    "library",
    "compiler",
    "function",
    "signature",
    "certificate",
    "key",
    "cipher",
    "digest",
    "stream",
    "parser",
    "token",
    "symbol",
    "segment",
    "header",
    "payload",
    "counter",
    "timer",
    "interrupt",
    "register",
    "cache",
    "index",
    "cursor",
    "journal",
    "snapshot",
    "backup",
    "replica",
    "cluster",
    "balancer",
    "monitor",
    "console",
    "logger",
    "filter",
    "scheduler",
];
const VERBS: &[&str] = &[
    "reads",
    "writes",
    "opens",
    "closes",
    "checks",
    "accepts",
    "refuses",
    "forwards",
    "delays",
    "reorders",
    "measures",
    "counts",
    "allocates",
    "releases",
    "maps",
    "copies",
    "signs",
    "verifies",
    "encodes",
    "decodes",
    "compresses",
    "schedules",
    "wakes",
    "suspends",
    "restores",
    "replaces",
    "merges",
    "splits",
    "inspects",
    "describes",
    "extends",
    "limits",
];
const ADJECTIVES: &[&str] = &[
    "small", "large", "empty", "full", "early", "late", "static", "dynamic", "shared", "private",
    "local", "remote", "stable", "fresh", "stale", "bounded", "linear", "sparse", "dense", "quiet",
    "busy", "idle", "strict", "careful", "portable", "minimal", "complete", "partial", "virtual",
    "physical", "simple", "nested",
];

const SENTENCES: &[&str] = &[
    "The $a $n $v every $n that the $n has left behind.",
    "When a $n is $a, the $n $v it and the $n waits.",
    "Each $n has its own $n, so no $n ever $v another.",
    "A $a $n costs **$d cycles** where a $a one costs $d.",
    "In practice the $n $v the $n before the $a $n does.",
    "Set `$n_$n` to $d if the $n is *$a* and the $n is not.",
    "It is the $n, not the $n, that $v the $a $n.",
    "With $d of them the $n still $v each $n within $d milliseconds.",
    "Why the $n $v a $a $n is explained by the $n's $n.",
    "Nothing $v the $n unless `$n.$n` says so; see the $a $n below.",
];

/// A language of code blocks, and pieces of it.
struct Language {
    name: &'static str,
    pieces: &'static [&'static str],
}

const LANGUAGES: &[Language] = &[
    Language {
        name: "rust",
        pieces: &[
            "/// What a $a $n needs to know about its $n.\n#[derive(Clone, Debug)]\npub struct $N {\n    $n: Vec<u8>,\n    $n_count: usize,\n}\n",
            "impl $N {\n    pub fn $n(&self, $n: &str) -> Option<&u8> {\n        let limit = self.$n_count.min($d);\n        self.$n.get(limit..)?.iter().find(|byte| **byte > 0x$d)\n    }\n}\n",
            "fn $n_$n(input: &[u8]) -> Result<u32, Error> {\n    match input.first() {\n        Some(b'$d') => Ok($d_u32),\n        Some(other) => Err(Error::$N { at: usize::from(*other) }),\n        None => Err(Error::Empty(\"$n\")), // the $n is $a\n    }\n}\n",
            "for ($n, $n_id) in table.iter().enumerate() {\n    if $n_id.is_$a() && $n < $d {\n        println!(\"{$n}: {:?}\", $n_id);\n    }\n}\n",
        ],
    },
    Language {
        name: "ocaml",
        pieces: &[
            "(* The $a $n of a $n. *)\ntype $n = {\n  $n : int;\n  $n_name : string option;\n}\n",
            "let rec $n_$n acc = function\n  | [] -> List.rev acc\n  | ($n, $d) :: rest -> $n_$n ($n :: acc) rest\n  | _ :: rest -> $n_$n acc rest\n",
            "module $N = struct\n  let $n = \"$n of $d\"\n  let create ?($n = $d) () = Hashtbl.create $n\nend\n",
            "let () =\n  match Sys.argv with\n  | [| _; $n |] -> Printf.printf \"%s: %d\\n\" $n $d\n  | _ -> prerr_endline \"usage: $n $n\"\n",
        ],
    },
    Language {
        name: "sh",
        pieces: &[
            "#!/bin/sh\nset -eu\n$n=\"${1:-$n}\"\necho \"the $a $n is ${$n}\"\n",
            "for $n in /var/lib/$n/*.$n; do\n  [ -e \"$$n\" ] || continue\n  grep -c '$n' \"$$n\" | sort -n | tail -$d\ndone\n",
            "if ! command -v $n >/dev/null 2>&1; then\n  echo 'no $n: install the $a one' >&2 # and try again\n  exit $d\nfi\n",
            "$n_$n() {\n  local $n=\"$1\"\n  curl --silent --max-time $d \"https://$n.example.org/$n?size=$d\"\n}\n",
        ],
    },
    Language {
        name: "toml",
        pieces: &[
            "# The $a $n.\n[$n.$n]\nname = \"$n-$d\"\n$n = $d\n",
            "[[$n]]\nenabled = true\n$n = [\"$n\", \"$n\", \"$n\"]\nlimits = { $n = $d, $n = $d.5 }\n",
            "[$n.\"$n $d\"]\nsince = 2024-03-21\n$n = '''\na $a $n\n'''\n",
            "[$n-$d]\n$n = 0x$d # of the $n\npath = 'C:\\\\$n\\\\$n'\n",
        ],
    },
    Language {
        name: "json",
        pieces: &[
            "{\n  \"$n\": \"$a\",\n  \"$n\": [$d, $d, $d],\n  \"$n\": { \"$n\": null, \"$n\": $d.25 }\n}\n",
            "[\n  { \"$n\": true, \"$n\": \"the $a $n\\n\" },\n  { \"$n\": false, \"$n\": -$d },\n  { \"$n\": {}, \"$n\": \"\\u00e9$d\" }\n]\n",
        ],
    },
    Language {
        name: "python",
        pieces: &[
            "class $N:\n    \"\"\"A $a $n, with its $n.\"\"\"\n\n    def __init__(self, $n: int = $d) -> None:\n        self.$n = $n\n        self._$n: list[str] = []\n",
            "def $n_$n(lines, *, $n=None):\n    found = [line.strip() for line in lines if \"$n\" in line]\n    if not found and $n is not None:\n        raise ValueError(f\"expected a $n, got {$n!r}\")\n    return found[:$d]  # the $a ones\n",
            "with open(\"$n.txt\", encoding=\"utf-8\") as $n:\n    total = sum(int(row.split(\",\")[0]) for row in $n)\n    print(total % $d, 0x$d, 'of the $n')\n",
            "@cache\ndef $n(n: int) -> int:\n    return n if n < 2 else $n(n - 1) + $d * n ** 2\n",
        ],
    },
];

/// A few words, as a title.
pub(super) fn title(random: &mut Random) -> String {
    let pattern = random.pick(&[
        "The $a $n and its $n",
        "How a $n $v the $n",
        "$N for a $a $n",
        "What the $a $n $v",
        "A $a $n in $d steps",
    ]);
    fill(pattern, random)
}

/// Some sentences.
pub(super) fn sentences(count: usize, random: &mut Random) -> String {
    let mut text = String::new();
    for _ in 0..count {
        if !text.is_empty() {
            text.push(' ');
        }
        text.push_str(&fill(random.pick(SENTENCES), random));
    }
    text
}

/// A noun.
pub(super) fn noun(random: &mut Random) -> &'static str {
    random.pick(NOUNS)
}

/// What stands in a cell of a table.
pub(super) fn cell(random: &mut Random) -> String {
    fill(
        random.pick(&["`$n_$n`", "$d", "$a $n", "*$a*", "$v the $n"]),
        random,
    )
}

/// A code block: its language, and its text of three pieces.
pub(super) fn code(random: &mut Random) -> (&'static str, String) {
    let language = &LANGUAGES[random.below(LANGUAGES.len())];
    let pieces: Vec<String> = (0..3)
        .map(|_| fill(random.pick(language.pieces), random))
        .collect();
    (language.name, pieces.join("\n"))
}

fn fill(pattern: &str, random: &mut Random) -> String {
    let mut text = String::with_capacity(pattern.len() * 2);
    let mut parts = pattern.split('$');
    text.push_str(parts.next().unwrap_or_default());
    for part in parts {
        let mut characters = part.chars();
        match characters.next() {
            Some('n') => text.push_str(random.pick(NOUNS)),
            Some('N') => text.push_str(&capitalized(random.pick(NOUNS))),
            Some('v') => text.push_str(random.pick(VERBS)),
            Some('a') => text.push_str(random.pick(ADJECTIVES)),
            Some('d') => text.push_str(&(10 + random.below(90)).to_string()),
            // A dollar of the shell's.
            _ => {
                text.push('$');
                characters = part.chars();
            }
        }
        text.push_str(characters.as_str());
    }
    text
}

fn capitalized(word: &str) -> String {
    let (first, rest) = word.split_at(1);
    format!("{}{rest}", first.to_uppercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn blanks_are_filled_and_dollars_stay() {
        let text = fill("$a ${1} $$n $d", &mut Random::new(1));
        assert!(text.contains("${1} $"), "{text}");
        assert!(!text.contains("$a") && !text.contains("$d"), "{text}");
        assert_eq!(text, fill("$a ${1} $$n $d", &mut Random::new(1)));
    }
}
