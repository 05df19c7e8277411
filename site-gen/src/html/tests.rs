//! The tokens are those of html5ever's tokenizer, of whatever it reads.

use std::cell::{Cell, RefCell};

use html5ever::tendril::StrTendril;
use html5ever::tokenizer::states::RawKind;
use html5ever::tokenizer::{
    BufferQueue, Tag as TheirTag, TagKind, Token as Theirs, TokenSink, TokenSinkResult, Tokenizer,
    TokenizerOpts,
};
use proptest::prelude::*;

use super::*;

/// A token, in a form that both have.
fn shown(tokens: Vec<(char, String)>) -> Vec<(char, String)> {
    let mut shown: Vec<(char, String)> = Vec::new();
    for (kind, text) in tokens {
        // Of CDATA without anything in it, html5ever tells a text.
        if kind == 't' && text.is_empty() {
            continue;
        }
        match shown.last_mut() {
            Some((last, before)) if kind == 't' && *last == 't' => before.push_str(&text),
            _ => shown.push((kind, text)),
        }
    }
    shown
}

fn ours(html: &str, scripting: Scripting) -> Vec<(char, String)> {
    let mut at = 0;
    let tokens = Tokens::new(html, scripting).filter_map(|token| {
        assert_eq!(token.at.start, at, "{html}");
        assert!(token.at.end > at, "{html}");
        at = token.at.end;
        Some(match token.kind {
            Kind::Text(text) => ('t', decode(text, In::Text).into_owned()),
            Kind::Verbatim(text) => ('t', text.to_owned()),
            Kind::Start(tag) => ('s', told(html, &tag)),
            Kind::End(tag) => ('e', tag.name().to_ascii_lowercase()),
            Kind::Comment(text) => ('c', text.to_owned()),
            Kind::Doctype => ('d', String::new()),
            Kind::Nothing => return None,
        })
    });
    let tokens = shown(tokens.collect());
    assert_eq!(at, html.len(), "{html}");
    tokens
}

fn told(html: &str, tag: &Tag<'_>) -> String {
    let mut told = format!(
        "{} {}",
        tag.name().to_ascii_lowercase(),
        tag.closes_itself()
    );
    let mut names: Vec<String> = Vec::new();
    for Attribute { name, value } in tag.attributes() {
        let name = html[name].to_ascii_lowercase();
        let value = value.map_or("", |value| &html[value]);
        if !names.contains(&name) {
            told.push_str(&format!(" {name}={:?}", decode(value, In::Value)));
            names.push(name);
        }
    }
    told
}

/// Takes what html5ever reads, and tells it what follows from a tag.
struct Sink {
    scripting: Scripting,
    tokens: RefCell<Vec<(char, String)>>,
    svg: Cell<usize>,
    math: Cell<usize>,
}

impl Sink {
    fn tag(&self, tag: &TheirTag) -> TokenSinkResult<()> {
        let open = match &*tag.name {
            "svg" => Some(&self.svg),
            "math" => Some(&self.math),
            _ => None,
        };
        let (is_start, is_foreign) = (
            tag.kind == TagKind::StartTag,
            self.svg.get() + self.math.get() > 0,
        );
        match open {
            Some(open) if !is_start => open.set(open.get().saturating_sub(1)),
            Some(open) if !tag.self_closing => open.set(open.get() + 1),
            None if is_start && !is_foreign => return raw(&tag.name, self.scripting),
            _ => {}
        }
        TokenSinkResult::Continue
    }
}

fn raw(name: &str, scripting: Scripting) -> TokenSinkResult<()> {
    match name {
        "textarea" | "title" => TokenSinkResult::RawData(RawKind::Rcdata),
        "noscript" if scripting == Scripting::Off => TokenSinkResult::Continue,
        "style" | "xmp" | "iframe" | "noembed" | "noframes" | "noscript" => {
            TokenSinkResult::RawData(RawKind::Rawtext)
        }
        "script" => TokenSinkResult::RawData(RawKind::ScriptData),
        "plaintext" => TokenSinkResult::Plaintext,
        _ => TokenSinkResult::Continue,
    }
}

impl TokenSink for Sink {
    type Handle = ();

    fn process_token(&self, token: Theirs, _line: u64) -> TokenSinkResult<()> {
        let (kind, text) = match token {
            Theirs::CharacterTokens(text) => ('t', text.to_string()),
            Theirs::CommentToken(text) => ('c', text.to_string()),
            Theirs::DoctypeToken(_) => ('d', String::new()),
            Theirs::TagToken(tag) => {
                let mut told = tag.name.to_string();
                let kind = if tag.kind == TagKind::StartTag {
                    's'
                } else {
                    'e'
                };
                if kind == 's' {
                    told.push_str(&format!(" {}", tag.self_closing));
                    for attribute in &tag.attrs {
                        told.push_str(&format!(
                            " {}={:?}",
                            attribute.name.local, &*attribute.value
                        ));
                    }
                }
                self.tokens.borrow_mut().push((kind, told));
                return self.tag(&tag);
            }
            _ => return TokenSinkResult::Continue,
        };
        self.tokens.borrow_mut().push((kind, text));
        TokenSinkResult::Continue
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.svg.get() + self.math.get() > 0
    }
}

fn theirs(html: &str, scripting: Scripting) -> Vec<(char, String)> {
    let sink = Sink {
        scripting,
        tokens: RefCell::default(),
        svg: Cell::default(),
        math: Cell::default(),
    };
    let tokenizer = Tokenizer::new(sink, TokenizerOpts::default());
    let input = BufferQueue::default();
    input.push_back(StrTendril::from_slice(html));
    _ = tokenizer.feed(&input);
    tokenizer.end();
    shown(tokenizer.sink.tokens.take())
}

#[track_caller]
fn compare(html: &str) {
    for scripting in [Scripting::On, Scripting::Off] {
        assert_eq!(ours(html, scripting), theirs(html, scripting), "{html}");
    }
}

#[test]
fn what_is_hard_is_read_as_by_html5ever() {
    for html in [
        "a < b <c d=e f='g>' h = \"i\"/>j</c k>&amp;&lt&notit;&notin;&#x80;&#0;&#xD800;&#;&#x;&;",
        "<a b='&copy=1&copy;&copyx&amp'></a>",
        "<!---><!----><!--a--!><!--a--!b--><!-><!a><?b?></ c></><!doctype html><!DOCTYPE",
        "<!--a",
        "<!--a-",
        "<!--a--",
        "<!--a--!",
        "<!--",
        "<!---",
        "<!",
        "<?",
        "</",
        "<",
        "</a",
        "<a b='",
        "<script><!-- <script> </script> --> </script>x",
        "<script><!--></script>x",
        "<script><!-- <script x></script></script>x",
        "<script></scripts></script/>x</SCRIPT>",
        "<style></style",
        "<style></style ",
        "<title>&amp;<b></title><textarea></TEXTAREA\n>",
        "<noscript><b></noscript>",
        "<svg><style><b></style><![CDATA[<a>&amp;]]>b]]></svg><![CDATA[c]]>",
        "<svg><![CDATA[]]>",
        "<svg/><style><b></style>",
        "<plaintext></plaintext><b>",
        "<math><![CDATA[a",
        "<a =b/><a b=c/><a / b><a b=/><a b= />",
        "<A B=c b=d>",
    ] {
        compare(html);
    }
}

#[test]
fn what_is_repeated_is_read_as_by_html5ever() {
    for piece in crate::pathological::REPEATED {
        compare(&piece.repeat(20));
    }
    for (begun, piece) in crate::pathological::BEGUN {
        compare(&format!("{begun}{}", piece.repeat(20)));
    }
}

#[test]
fn an_element_is_left_out_up_to_its_end() {
    let text = |html| {
        let tokens = outside(Tokens::new(html, Scripting::On), &["nav", "svg"]);
        let texts = tokens.filter_map(|token| match token.kind {
            Kind::Text(text) => Some(text),
            _ => None,
        });
        texts.collect::<String>()
    };
    assert_eq!(text("a<nav>b<nav>c</nav>d</NAV>e</nav>f"), "aef");
    assert_eq!(text("a<svg/>b<svg><svg/>c</svg>d<nav>"), "abd");
}

/// Pieces that make trouble together.
const PIECES: [&str; 74] = [
    "<",
    ">",
    "/",
    "=",
    "!",
    "-",
    "--",
    "?",
    "&",
    ";",
    "#",
    "x",
    "'",
    "\"",
    " ",
    "\n",
    "\u{c}",
    "a",
    "B",
    "é",
    "<a",
    "<A",
    "</a",
    "</",
    "<a b",
    "=c",
    "='d'",
    "=\"e\"",
    "/>",
    "<!--",
    "-->",
    "--!>",
    "<!",
    "<!doctype",
    "<!DOCTYPE html>",
    "<?",
    "<![CDATA[",
    "]]>",
    "]",
    "<script>",
    "<script",
    "</script>",
    "</script",
    "<style>",
    "</style>",
    "</style ",
    "<title>",
    "</title>",
    "<textarea>",
    "</textarea>",
    "<noscript>",
    "</noscript>",
    "<svg>",
    "<svg/>",
    "</svg>",
    "<math>",
    "</math>",
    "<iframe>",
    "</iframe>",
    "<xmp>",
    "</xmp>",
    "&amp;",
    "&lt",
    "&not",
    "in;",
    "&copy",
    "&#65;",
    "&#x",
    "80",
    "&#99999999999;",
    "&NotEqualTilde;",
    "&ngE;",
    "<b c=",
    "&ampersand",
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(3000))]

    #[test]
    fn anything_is_read_as_by_html5ever(pieces in prop::collection::vec(prop::sample::select(&PIECES[..]), 0..20)) {
        compare(&pieces.concat());
    }

    #[test]
    fn any_text_is_read_as_by_html5ever(html in "[ -~éü\n]{0,40}") {
        compare(&html);
    }
}
