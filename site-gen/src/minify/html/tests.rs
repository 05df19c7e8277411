//! A page and its short form are the same to a browser, but for comments and
//! how much white space there is: compared as html5ever understands them.

use proptest::prelude::*;

use super::*;
use dom::Dom;

fn short(html: &str) -> String {
    String::from_utf8(minify(html.as_bytes())).unwrap()
}

#[test]
fn space_and_comments_go() {
    let html =
        "<!doctype html>\n\n  <p>One  \n\t two <!-- no --> <b> three</b>   </p>\n\n\n<!--\n-->  x";
    assert_eq!(
        short(html),
        "<!doctype html>\n<p>One two <b> three</b> </p>\nx"
    );
}

#[test]
fn what_may_count_stays() {
    for html in [
        "<pre>  a\n\n  <b>  b</b></pre>",
        "<textarea>\n  a  </textarea>",
        "<script>  let a  = \"<p>  </p>\";</script>",
        "<style>  a  {}  </style>",
        "<svg><text>  a  b  </text></svg>",
        "<a title='  >  <!-- -->  ' b=\"  \" c=it's  >x</a>",
        "<!--[if IE]>  <p>  </p>  <![endif]-->",
        "&am<!-- -->p;",
        "<<!-- -->b>",
        "<script><!-- <script>  </script>  -->  </script>  <p>  </p>",
        "<svg><style> <a  title='</style>'>  b  </a>",
    ] {
        assert_eq!(short(html), html);
    }
}

/// Pieces that make trouble together, between bars.
const PIECES: &str = "<p>|</p>|<b>|</b >|<i\n x='  a '>|<br/>|<pre>|</pre>|<PRE >|<textarea>|\
    </textarea>|<script>|</script>|</scripts>|<style>|</style>|<title>|</title>|\
    <svg>|</svg>|<svg/>|<text>|</text>|<math>|</math>|<!-- c -->|<!-->|<!--->|\
    <!-- a --!>|<!--|-->|<!doctype html>|<![CDATA[|]]>|<?php|?>|<!x|</>|</ x>|<|>|\
    /|&|&amp|;|am|p|lt|#|=|\"|'| |  |\n|\t |\r\n|\u{c}|a|b c|é|<a href=\"x\">|\
    </a>|<a b=c'd>|<a ='x  y'>|<noscript>|</noscript>|<iframe>|</iframe>|\
    <!--[if x]>|<![endif]-->|<div>|</div>|<ul>|<li>|<table>|</table>|<tr>|<td>|\
    </td>|<select>|<option>|</select>|<foreignObject>|</foreignObject>|<desc>|</desc>|<mi>|</mi>|<template>|\
    </template>|<body>|</body>|</html>|<head>|</head>";

/// Any of them in a row.
fn pieces() -> impl Strategy<Value = String> {
    let pieces: Vec<&str> = PIECES.split('|').collect();
    let piece = prop::sample::select(pieces);
    prop::collection::vec(piece, 0..24).prop_map(|pieces| pieces.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn a_browser_sees_the_same(html in pieces()) {
        let short = short(&html);
        prop_assert_eq!(Dom::parse(&html).shown(), Dom::parse(&short).shown(), "{} => {}", html, short);
    }

    #[test]
    fn twice_is_once(html in pieces()) {
        let once = short(&html);
        prop_assert_eq!(short(&once), once);
    }

    #[test]
    fn nothing_panics(html in prop::collection::vec(any::<u8>(), 0..200)) {
        minify(&html);
    }
}

/// As much of a document as can be compared.
mod dom {
    use std::borrow::Cow;
    use std::cell::RefCell;
    use std::fmt::Write as _;

    use html5ever::interface::{ElemName, ElementFlags, NodeOrText, QuirksMode, TreeSink};
    use html5ever::tendril::{StrTendril, TendrilSink as _};
    use html5ever::{Attribute, LocalName, Namespace, QualName};

    enum Kind {
        Other,
        Element(QualName, Vec<Attribute>),
        Text(String),
    }

    #[derive(Debug)]
    pub(super) struct Name(QualName);

    impl ElemName for Name {
        fn ns(&self) -> &Namespace {
            &self.0.ns
        }
        fn local_name(&self) -> &LocalName {
            &self.0.local
        }
    }

    struct Node {
        kind: Kind,
        parent: usize,
        children: Vec<usize>,
    }

    pub(super) struct Dom(RefCell<Vec<Node>>);

    impl Dom {
        pub(super) fn parse(html: &str) -> Self {
            let root = Node {
                kind: Kind::Other,
                parent: 0,
                children: Vec::new(),
            };
            html5ever::parse_document(Self(RefCell::new(vec![root])), Default::default()).one(html)
        }

        /// Elements, attributes and text; white space as it is seen.
        pub(super) fn shown(&self) -> String {
            let mut shown = String::new();
            self.show(0, false, &mut shown);
            shown
        }

        fn show(&self, node: usize, verbatim: bool, shown: &mut String) {
            let nodes = self.0.borrow();
            let mut verbatim = verbatim;
            match &nodes[node].kind {
                Kind::Other => {}
                Kind::Element(name, attributes) => {
                    let mut attributes: Vec<_> =
                        attributes.iter().map(|a| format!("{a:?}")).collect();
                    attributes.sort();
                    write!(shown, "\n<{name:?} {attributes:?}>").unwrap();
                    verbatim |= ["pre", "textarea", "script", "style", "svg", "math"]
                        .contains(&&*name.local);
                }
                Kind::Text(text) if verbatim => shown.push_str(text),
                Kind::Text(text) => {
                    // Text on both sides of a comment is one text here.
                    for character in text.chars() {
                        let space = character.is_ascii_whitespace();
                        if !space {
                            shown.push(character);
                        } else if !shown.ends_with('␣') {
                            shown.push('␣');
                        }
                    }
                }
            }
            for child in &nodes[node].children {
                self.show(*child, verbatim, shown);
            }
            if matches!(nodes[node].kind, Kind::Element(..)) {
                shown.push_str("\n</>");
            }
        }

        fn add(&self, kind: Kind) -> usize {
            let mut nodes = self.0.borrow_mut();
            nodes.push(Node {
                kind,
                parent: 0,
                children: Vec::new(),
            });
            nodes.len() - 1
        }

        fn insert(&self, parent: usize, at: usize, child: NodeOrText<usize>) {
            let child = match child {
                NodeOrText::AppendNode(node) => {
                    self.remove_from_parent(&node);
                    node
                }
                NodeOrText::AppendText(text) => {
                    let before = at
                        .checked_sub(1)
                        .map(|before| self.0.borrow()[parent].children[before]);
                    if let Some(before) = before
                        && let Kind::Text(there) = &mut self.0.borrow_mut()[before].kind
                    {
                        return there.push_str(&text);
                    }
                    self.add(Kind::Text(text.to_string()))
                }
            };
            let mut nodes = self.0.borrow_mut();
            let at = at.min(nodes[parent].children.len());
            nodes[parent].children.insert(at, child);
            nodes[child].parent = parent;
        }

        fn place(&self, node: usize) -> Option<(usize, usize)> {
            let nodes = self.0.borrow();
            let parent = nodes[node].parent;
            let at = nodes[parent]
                .children
                .iter()
                .position(|child| *child == node)?;
            Some((parent, at))
        }
    }

    impl TreeSink for Dom {
        type Handle = usize;
        type Output = Self;
        type ElemName<'a> = Name;

        fn finish(self) -> Self {
            self
        }
        fn parse_error(&self, _: Cow<'static, str>) {}
        fn get_document(&self) -> usize {
            0
        }
        fn elem_name(&self, target: &usize) -> Name {
            match &self.0.borrow()[*target].kind {
                Kind::Element(name, _) => Name(name.clone()),
                _ => panic!("not an element"),
            }
        }
        fn create_element(
            &self,
            name: QualName,
            attributes: Vec<Attribute>,
            _: ElementFlags,
        ) -> usize {
            self.add(Kind::Element(name, attributes))
        }
        fn create_comment(&self, _: StrTendril) -> usize {
            self.add(Kind::Other)
        }
        fn create_pi(&self, _: StrTendril, _: StrTendril) -> usize {
            self.add(Kind::Other)
        }
        fn append(&self, parent: &usize, child: NodeOrText<usize>) {
            let end = self.0.borrow()[*parent].children.len();
            self.insert(*parent, end, child);
        }
        fn append_based_on_parent_node(
            &self,
            element: &usize,
            before: &usize,
            child: NodeOrText<usize>,
        ) {
            if self.place(*element).is_some() {
                self.append_before_sibling(element, child);
            } else {
                self.append(before, child);
            }
        }
        fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
        fn get_template_contents(&self, target: &usize) -> usize {
            *target
        }
        fn same_node(&self, x: &usize, y: &usize) -> bool {
            x == y
        }
        fn set_quirks_mode(&self, _: QuirksMode) {}
        fn append_before_sibling(&self, sibling: &usize, child: NodeOrText<usize>) {
            let (parent, at) = self.place(*sibling).expect("a parent");
            self.insert(parent, at, child);
        }
        fn add_attrs_if_missing(&self, target: &usize, more: Vec<Attribute>) {
            if let Kind::Element(_, attributes) = &mut self.0.borrow_mut()[*target].kind {
                let known: Vec<_> = attributes.iter().map(|a| a.name.clone()).collect();
                attributes.extend(more.into_iter().filter(|a| !known.contains(&a.name)));
            }
        }
        fn remove_from_parent(&self, target: &usize) {
            if let Some((parent, at)) = self.place(*target) {
                self.0.borrow_mut()[parent].children.remove(at);
            }
        }
        fn reparent_children(&self, node: &usize, new_parent: &usize) {
            let children = std::mem::take(&mut self.0.borrow_mut()[*node].children);
            for child in children {
                self.0.borrow_mut()[child].parent = *new_parent;
                self.0.borrow_mut()[*new_parent].children.push(child);
            }
        }
    }
}
