//! Elements of drawings and formulas (SVG 2, appendix F, and SVG 1.1 for animations;
//! MathML 3, appendix G). The parser takes any name there, and a browser draws nothing
//! of one that it does not know. Capitals do not matter: the parser puts them right.

use html5ever::{QualName, ns};

use super::Fault;
use crate::diagnostic::closest;

const SVG: [&str; 68] = [
    "a",
    "animate",
    "animateMotion",
    "animateTransform",
    "circle",
    "clipPath",
    "defs",
    "desc",
    "discard",
    "ellipse",
    "feBlend",
    "feColorMatrix",
    "feComponentTransfer",
    "feComposite",
    "feConvolveMatrix",
    "feDiffuseLighting",
    "feDisplacementMap",
    "feDistantLight",
    "feDropShadow",
    "feFlood",
    "feFuncA",
    "feFuncB",
    "feFuncG",
    "feFuncR",
    "feGaussianBlur",
    "feImage",
    "feMerge",
    "feMergeNode",
    "feMorphology",
    "feOffset",
    "fePointLight",
    "feSpecularLighting",
    "feSpotLight",
    "feTile",
    "feTurbulence",
    "filter",
    "foreignObject",
    "g",
    "hatch",
    "hatchpath",
    "image",
    "line",
    "linearGradient",
    "marker",
    "mask",
    "mesh",
    "metadata",
    "mpath",
    "path",
    "pattern",
    "polygon",
    "polyline",
    "radialGradient",
    "rect",
    "script",
    "set",
    "solidcolor",
    "stop",
    "style",
    "svg",
    "switch",
    "symbol",
    "text",
    "textPath",
    "title",
    "tspan",
    "use",
    "view",
];

const MATHML: [&str; 44] = [
    "annotation",
    "annotation-xml",
    "maction",
    "maligngroup",
    "malignmark",
    "math",
    "menclose",
    "merror",
    "mfenced",
    "mfrac",
    "mglyph",
    "mi",
    "mlabeledtr",
    "mlongdiv",
    "mmultiscripts",
    "mn",
    "mo",
    "mover",
    "mpadded",
    "mphantom",
    "mprescripts",
    "mroot",
    "mrow",
    "ms",
    "mscarries",
    "mscarry",
    "msgroup",
    "msline",
    "mspace",
    "msqrt",
    "msrow",
    "mstack",
    "mstyle",
    "msub",
    "msubsup",
    "msup",
    "mtable",
    "mtd",
    "mtext",
    "mtr",
    "munder",
    "munderover",
    "none",
    "semantics",
];

/// Whether there is an element of this name in drawings or formulas, in any case.
pub(super) fn has(name: &str) -> bool {
    let mut all = SVG.iter().chain(&MATHML);
    all.any(|known| known.eq_ignore_ascii_case(name))
}

/// What is wrong with the name of an element, if it is none of HTML.
pub(super) fn check(name: &QualName) -> Option<Fault> {
    let own = &*name.local;
    let (of, known): (_, Vec<&str>) = if name.ns == ns!(svg) {
        if SVG.contains(&own) {
            return None;
        }
        ("SVG", SVG.to_vec())
    } else if name.ns == ns!(mathml) {
        if MATHML.contains(&own) {
            return None;
        }
        ("MathML", MATHML.to_vec())
    } else {
        return None;
    };
    // Programs put their own notes into drawings.
    if own.contains(':') {
        return None;
    }
    let message = format!("there is no element <{own}> in {of}");
    let expected = format!("an element of {of}");
    let fault = Fault::new(message, expected, format!("<{own}"));
    Some(fault.meant(closest(own, known).map(|meant| format!("<{meant}>"))))
}
