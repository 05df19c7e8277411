//! What is highlighted, and that it is what syntect's own parser would do with
//! the same grammars.

use std::sync::LazyLock;

use proptest::prelude::*;
use syntect::parsing::{ParseState, ScopeStackOp, SyntaxSet};

use super::*;

static HIGHLIGHTER: LazyLock<Highlighter> = LazyLock::new(Highlighter::load);
static SYNTAXES: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

fn strip(html: &str) -> String {
    let text = crate::filters::pages::strip_tags(html)
        .as_str()
        .unwrap()
        .to_owned();
    let text = text
        .replace("&lt;", "<")
        .replace("&gt;", ">")
        .replace("&quot;", "\"");
    text.replace("&#39;", "'").replace("&amp;", "&")
}

fn html(language: &str, code: &str) -> String {
    HIGHLIGHTER.html(language, code).unwrap()
}

#[test]
fn languages_of_the_site_are_known() {
    for language in [
        "rust",
        "ocaml",
        "sh",
        "bash",
        "shell",
        "toml",
        "diff",
        "json",
        "yaml",
        "html",
        "css",
        "js",
        "c",
        "markdown",
        "dockerfile",
        "nix",
    ] {
        assert!(HIGHLIGHTER.first(language).is_some(), "{language}");
    }
    assert!(HIGHLIGHTER.html("no such language", "x").is_none());
    assert!(HIGHLIGHTER.html("text", "x").is_none());
}

#[test]
fn words_get_the_class_of_their_innermost_scope() {
    let code = "fn main() { // \"no\"\n    let x = \"a\\n\" + 1;\n}\n";
    let text = html("rust", code);
    let lines: Vec<&str> = text.lines().collect();
    assert_eq!(lines.len(), 3);
    for (line, part) in [
        (0, "<span class=\"entity function\">main</span>"),
        (1, "<span class=\"constant escape\">\\n</span>"),
        (1, "<span class=\"constant number\">1</span>"),
    ] {
        assert!(lines[line].contains(part), "{}", lines[line]);
    }
    let comment = "<span class=\"comment\">// \"no\"</span>";
    assert!(lines[0].ends_with(comment), "{}", lines[0]);
    let diff = html("diff", "-old\n+new\n");
    let inserted = "<span class=\"inserted\">+new</span>\n";
    assert!(diff.ends_with(inserted), "{diff}");
}

/// How the classes of a text change, line by line, up to where it is lost.
type Changes = Vec<Vec<(usize, Change)>>;

fn by_syntect(syntax: usize, code: &str) -> Changes {
    let classes = Classes::new();
    let mut state = ParseState::new(&SYNTAXES.syntaxes()[syntax]);
    let change = |(at, change): &(usize, ScopeStackOp)| match change {
        ScopeStackOp::Push(scope) => (*at, Change::Push(classes.of(*scope))),
        ScopeStackOp::Pop(count) => (*at, Change::Pop(*count)),
        ScopeStackOp::Clear(amount) => (*at, Change::Clear(*amount)),
        ScopeStackOp::Restore => (*at, Change::Restore),
        ScopeStackOp::Noop => panic!("no grammar does this"),
    };
    code.split_inclusive('\n')
        .map_while(|line| state.parse_line(line, &SYNTAXES).ok())
        .map(|changes| changes.iter().map(change).collect())
        .collect()
}

fn by_us(syntax: usize, code: &str) -> Changes {
    let grammars = &HIGHLIGHTER.grammars;
    let first = grammars.first(&grammars.syntaxes()[syntax]).unwrap();
    let mut parse = Parse::new(grammars, first).unwrap();
    let line = |line| {
        let mut changes = Vec::new();
        parse.line(line, &mut changes).ok().map(|()| changes)
    };
    code.split_inclusive('\n').map_while(line).collect()
}

fn compare(syntax: usize, code: &str) -> Result<(), String> {
    let (theirs, ours) = (by_syntect(syntax, code), by_us(syntax, code));
    if theirs == ours {
        return Ok(());
    }
    let lines = code.split_inclusive('\n').zip(theirs.iter().zip(&ours));
    let mut lines = lines.enumerate();
    let differs = lines.find(|(_, (_, (theirs, ours)))| theirs != ours);
    let name = &SYNTAXES.syntaxes()[syntax].name;
    let counts = (theirs.len(), ours.len());
    Err(format!("{name}: {differs:?}; {counts:?} lines"))
}

/// Pieces of many languages, which set off their rules.
const PIECES: &[&str] = &[
    " ",
    " ",
    " ",
    "\n",
    "\n",
    "\t",
    "\n    ",
    "a",
    "x1",
    "if ",
    "else",
    "fn ",
    "let ",
    "def ",
    "class ",
    "end",
    "begin ",
    "for ",
    "in ",
    "do ",
    "then",
    "case ",
    "match ",
    "return ",
    "static ",
    "struct ",
    "type ",
    "module ",
    "import ",
    "from ",
    "use ",
    "new ",
    "function ",
    "var ",
    "const ",
    "public ",
    "None",
    "true",
    "0x1F",
    "12",
    "3.5e2",
    "Name",
    "CONST",
    "é",
    "→",
    "(",
    ")",
    "[",
    "]",
    "{",
    "}",
    "<",
    ">",
    "</",
    "/>",
    "<a href=",
    "<script>",
    "</script>",
    "<style>",
    "<?php ",
    "?>",
    "\"",
    "'",
    "`",
    "\"\"\"",
    "'''",
    "```",
    "r#\"",
    "\"#",
    "\\",
    "\\n",
    "\\\"",
    "$x",
    "${",
    "$(",
    "#{",
    "%",
    "%w(",
    "//",
    "/*",
    "*/",
    "(*",
    "*)",
    "--",
    "#",
    "#!",
    "<!--",
    "-->",
    "<<EOF\n",
    "EOF\n",
    "<<-'X'\n",
    "X\n",
    ";",
    ",",
    ":",
    "::",
    ".",
    "..",
    "=",
    "==",
    "=>",
    "->",
    "|",
    "||",
    "&",
    "&&",
    "+",
    "-",
    "*",
    "/",
    "!",
    "?",
    "@",
    "@media ",
    "~",
    "^",
    "#include ",
    "#define ",
    "- ",
    "key: ",
    "[[",
    "]]",
    "**",
    "__",
    "---\n",
    "@@ -1 +1 @@\n",
    "+new\n",
    "-old\n",
    "https://x.org/a?b=c",
];

const TEXTS: &[(&str, &str)] = &[
    ("rs", include_str!("parse.rs")),
    ("toml", include_str!("../../../Cargo.toml")),
    ("md", include_str!("../../../README.md")),
    ("json", "{\"a\": [1, -2.5e3, true, null], \"b\\n\": {}}\n"),
    (
        "sh",
        "set -eu\nx=\"${1:-a}\"\ncat <<-'E' | grep -c \"$x\"\n\ta $x\n\tE\nfor i in *; do :; done\n",
    ),
    (
        "ml",
        "(* a *) let rec f ?(x = 1) = function [] -> \"a\" | x :: _ -> g ~x 0x1f\n",
    ),
    (
        "py",
        "class A:\n    \"\"\"a\"\"\"\n    def f(self, *, a: int = 1) -> None:\n        return f\"{a!r}\"\n",
    ),
    (
        "html",
        "<!doctype html><style>a { color: red }</style><script>let a = `${b}`;</script>\n",
    ),
    (
        "js",
        "const f = async (a, ...b) => { await /x[/]\\d+/g.test(`a${b}c`) ? 1 : class {} };\n",
    ),
    (
        "c",
        "#include <stdio.h>\n#define A(x) \\\n  (x)\nint main(void) { return 'a' + 0xFFu; /* */ }\n",
    ),
    (
        "yaml",
        "a: &x\n  - b: |\n      text\n  - *x\nc: {d: 1, e: \"f\\n\"}\n",
    ),
    (
        "diff",
        "--- a\n+++ b\n@@ -1,2 +1,2 @@ f\n-old\n+new\n same\n",
    ),
    (
        "rb",
        "def f(a) = a.map { |x| \"#{x}\" }\nx = <<~SQL\n  select 1\nSQL\n",
    ),
    (
        "css",
        "@media (min-width: 40em) { a:hover::before { content: \"\\201c\"; --x: 1px } }\n",
    ),
];

/// `\G` is where a search began, and a search is not begun again for what was
/// not found once.
#[test]
fn searches_are_as_syntect_has_them() {
    let named = |name: &str| SYNTAXES.syntaxes().iter().position(|s| s.name == name);
    let syntax = named("Todo.txt").unwrap();
    for code in [
        "None@@ -1 +1 @@\n",
        "WAIT@x +a@b WAIT+x\n",
        "@a@b +c x:y@z\n",
    ] {
        compare(syntax, code).unwrap();
    }
}

#[test]
fn texts_are_as_syntect_has_them() {
    for (name, code) in TEXTS {
        let syntax = SYNTAXES.find_syntax_by_token(name).unwrap();
        let same = |other: &SyntaxReference| std::ptr::eq(other, syntax);
        let syntax = SYNTAXES.syntaxes().iter().position(same).unwrap();
        compare(syntax, code).unwrap();
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn the_text_stays_what_it_was(
        code in "[a-z(){}<>&\"'/*#=+ \té0-9]{0,60}(\n[a-z(){}<\"'/* ]{0,30}){0,4}",
    ) {
        for language in ["rust", "ocaml", "html"] {
            if let Some(html) = HIGHLIGHTER.html(language, &code) {
                let text = strip(&html);
                let text: Vec<&str> = text.lines().collect();
                let expected: Vec<&str> = code.lines().collect();
                prop_assert_eq!(text, expected);
            }
        }
    }

    #[test]
    fn any_text_is_as_syntect_has_it(
        syntax in 0..SYNTAXES.syntaxes().len(),
        pieces in proptest::collection::vec(proptest::sample::select(PIECES), 1..40),
    ) {
        compare(syntax, &pieces.concat()).map_err(TestCaseError::fail)?;
    }
}
