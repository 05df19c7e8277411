//! html5ever, without its tree: a [`Watch`] stands between its two halves and sees
//! each tag, and a [`Sink`] takes what the second half makes.

use std::borrow::Cow;
use std::rc::Rc;

use html5ever::interface::{ElementFlags, NodeOrText, QuirksMode, TreeSink};
use html5ever::tendril::StrTendril;
use html5ever::tokenizer::{Tag, Token, TokenSink, TokenSinkResult};
use html5ever::tree_builder::TreeBuilder;
use html5ever::{Attribute, ExpandedName, QualName};

use super::content::{Node, Placed};
use super::found::Found;
use super::stranded::is_drawing;

/// Sees the tags on their way to the tree.
pub(super) struct Watch {
    pub(super) builder: TreeBuilder<Node, Sink>,
    pub(super) found: Rc<Found>,
}

impl TokenSink for Watch {
    type Handle = Node;

    fn process_token(&self, token: Token, line: u64) -> TokenSinkResult<Node> {
        self.found.line.set(line);
        // A fault inside of a tag comes before the tag: it has no name yet.
        self.found.tag.borrow_mut().clear();
        if self.found.is_skimmed.get() {
            return match token {
                Token::TagToken(tag) => self.found.skim(tag),
                _ => TokenSinkResult::Continue,
            };
        }
        let Token::TagToken(Tag {
            kind,
            ref name,
            self_closing,
            ..
        }) = token
        else {
            self.found.pass(&token);
            return self.builder.process_token(token, line);
        };
        let name = name.clone();
        self.found.begin(kind, &name);
        let result = self.builder.process_token(token, line);
        // A drawing that has nothing in it is not open.
        if !(self_closing && is_drawing(&name)) {
            self.found.follow(kind, &name);
        }
        result
    }

    fn end(&self) {
        self.builder.end();
    }

    fn adjusted_current_node_present_but_not_in_html_namespace(&self) -> bool {
        self.builder
            .adjusted_current_node_present_but_not_in_html_namespace()
    }
}

/// Takes what the parser makes, and keeps no tree: it has its own list of what
/// is open.
pub(super) struct Sink(pub(super) Rc<Found>);

impl TreeSink for Sink {
    type Handle = Node;
    type Output = ();
    type ElemName<'a> = ExpandedName<'a>;

    fn finish(self) {}

    fn parse_error(&self, message: Cow<'static, str>) {
        self.0.parse_error(&message);
    }

    fn get_document(&self) -> Node {
        Placed::nothing()
    }

    fn elem_name<'a>(&'a self, target: &'a Node) -> ExpandedName<'a> {
        self.0.looks.update(|looks| looks + 1);
        target.name.expanded()
    }

    fn create_element(&self, name: QualName, attributes: Vec<Attribute>, _: ElementFlags) -> Node {
        self.0.elements.update(|elements| elements + 1);
        self.0.create(name, &attributes)
    }

    fn create_comment(&self, _: StrTendril) -> Node {
        Placed::nothing()
    }

    fn create_pi(&self, _: StrTendril, _: StrTendril) -> Node {
        Placed::nothing()
    }

    fn get_template_contents(&self, _: &Node) -> Node {
        Placed::nothing()
    }

    fn same_node(&self, one: &Node, other: &Node) -> bool {
        self.0.looks.update(|looks| looks + 1);
        Rc::ptr_eq(one, other)
    }

    fn append(&self, parent: &Node, child: NodeOrText<Node>) {
        match child {
            NodeOrText::AppendNode(child) => self.0.append(parent, &child),
            NodeOrText::AppendText(text) => self.0.append_text(parent, &text),
        }
    }

    // Only what is told already comes to stand in another place than it was written in.
    fn append_based_on_parent_node(&self, _: &Node, _: &Node, _: NodeOrText<Node>) {}
    fn append_doctype_to_document(&self, _: StrTendril, _: StrTendril, _: StrTendril) {}
    fn set_quirks_mode(&self, _: QuirksMode) {}
    fn append_before_sibling(&self, _: &Node, _: NodeOrText<Node>) {}
    fn add_attrs_if_missing(&self, _: &Node, _: Vec<Attribute>) {}
    fn remove_from_parent(&self, _: &Node) {}
    fn reparent_children(&self, _: &Node, _: &Node) {}
}
