//! Attributes of drawings (SVG 2, appendix G, and what SVG 1.1 had besides). There may be
//! others: programs put their own notes there, and scripts theirs. So only one is told
//! that is nearly one of these; a browser leaves it out, and draws something else.

use std::collections::HashSet;
use std::sync::LazyLock;

use html5ever::{Attribute, QualName, ns};

use super::Fault;
use super::vocabulary::GLOBAL;
use crate::diagnostic::is_within;
use crate::limits::MAX_DIAGNOSTICS;

/// Words with spaces between them.
const KNOWN: &str = "accumulate additive alignment-baseline amplitude attributeName attributeType \
    azimuth baseFrequency baseProfile baseline-shift begin bias by calcMode class clip clip-path \
    clip-rule clipPathUnits color color-interpolation color-interpolation-filters color-profile \
    color-rendering contentScriptType contentStyleType crossorigin cursor cx cy d decoding \
    diffuseConstant direction display divisor dominant-baseline download dur dx dy edgeMode \
    elevation enable-background end exponent externalResourcesRequired fetchpriority fill \
    fill-opacity fill-rule filter filterRes filterUnits flood-color flood-opacity focusable font \
    font-family font-feature-settings font-kerning font-size font-size-adjust font-stretch \
    font-style font-variant font-weight fr from fx fy glyph-orientation-horizontal \
    glyph-orientation-vertical gradientTransform gradientUnits hatchContentUnits hatchTransform \
    hatchUnits height href hreflang id image-rendering in in2 intercept isolation k1 k2 \
    k3 k4 kernelMatrix kernelUnitLength kerning keyPoints keySplines keyTimes lang lengthAdjust \
    letter-spacing lighting-color limitingConeAngle loading marker marker-end marker-mid \
    marker-start markerHeight markerUnits markerWidth mask mask-border mask-type \
    maskContentUnits maskUnits max media method min mix-blend-mode mode nonce numOctaves offset \
    onX opacity operator order orient origin overflow paint-order path pathLength \
    patternContentUnits patternTransform patternUnits ping pitch playbackorder pointer-events \
    points pointsAtX pointsAtY pointsAtZ preserveAlpha preserveAspectRatio primitiveUnits r \
    radius refX refY referrerpolicy rel repeatCount repeatDur requiredExtensions \
    requiredFeatures restart result role rotate rx ry scale seed shape-inside shape-margin \
    shape-rendering shape-subtract side slope solid-color solid-opacity space spacing \
    specularConstant specularExponent spreadMethod startOffset stdDeviation stitchTiles \
    stop-color stop-opacity string stroke stroke-dasharray stroke-dashoffset stroke-linecap \
    stroke-linejoin stroke-miterlimit stroke-opacity stroke-width style surfaceScale \
    systemLanguage tabindex tableValues target targetX targetY text-align text-anchor \
    text-decoration text-overflow text-rendering textLength timelinebegin title to transform \
    transform-box transform-origin transform-style type unicode-bidi values vector-effect \
    version viewBox viewTarget visibility white-space width word-spacing writing-mode x x1 x2 \
    xChannelSelector xmlns y y1 y2 yChannelSelector z zoomAndPan";

/// Words of others that are near to those, and meant.
const NEAR: [&str; 6] = ["size", "sizes", "value", "name", "modes", "lines"];

/// The least letters of a name that can be told from another by one.
const SHORTEST: usize = 4;

/// Those of a longer name that two may be wrong of.
const LONG: usize = 9;

/// The same, to look them up: a page of drawings has thousands.
static ALL: LazyLock<HashSet<&str>> = LazyLock::new(|| known().collect());

fn known() -> impl Iterator<Item = &'static str> {
    KNOWN.split_ascii_whitespace().chain(GLOBAL)
}

/// The attributes of an element of a drawing that are misspelt.
pub(super) fn check(name: &QualName, attributes: &[Attribute]) -> Vec<Fault> {
    if name.ns != ns!(svg) {
        return Vec::new();
    }
    let is_unknown = |attribute: &&Attribute| !ALL.contains(&*attribute.name.local);
    let unknown = attributes.iter().filter(is_unknown);
    let misspelt = unknown.take(MAX_DIAGNOSTICS).filter_map(|attribute| {
        let own = &*attribute.name.local;
        let meant = misspelt(own)?;
        let element = &name.local;
        let message = format!("<{element}> has no attribute `{own}`");
        let expected = format!("an attribute of SVG, or `data-{own}`");
        let fault = Fault::new(message, expected, format!("<{element}"));
        Some(fault.at_part(own).meant(Some(meant.to_owned())))
    });
    misspelt.collect()
}

/// The attribute that is meant by one that is none.
fn misspelt(own: &str) -> Option<&'static str> {
    let is_word = own.len() >= SHORTEST
        && own
            .bytes()
            .all(|byte| byte.is_ascii_alphabetic() || byte == b'-');
    let belongs_to_others = ["on", "data-", "aria-", "x-", "v-", "hx-", "ng-"];
    let is_other = |start: &&str| own.starts_with(start);
    // Capitals do not matter: the parser puts them right.
    let is = |known: &str| known.eq_ignore_ascii_case(own);
    if !is_word || belongs_to_others.iter().any(is_other) || NEAR.contains(&own) || known().any(is)
    {
        return None;
    }
    let letters = |word: &str| word.replace('-', "").to_ascii_lowercase();
    let own = letters(own);
    let is_near = |known: &&str| {
        let known = letters(known);
        if known.len() < SHORTEST || known.bytes().next() != own.bytes().next() {
            return false;
        }
        // Of a short word, another letter makes another word.
        let is_longer = known.len() > SHORTEST || known.len() != own.len();
        let edits = if known.len() < LONG { 1 } else { 2 };
        known == own || is_longer && is_within(edits, &own, &known)
    };
    known().find(is_near)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_near_names_are_told() {
        for (own, meant) in [
            ("widht", Some("width")),
            ("heigth", Some("height")),
            ("strokeWidth", Some("stroke-width")),
            ("stroke-lincap", Some("stroke-linecap")),
            ("viewbx", Some("viewBox")),
            ("tranform", Some("transform")),
            ("clas", Some("class")),
            ("fil", None),
            ("viewbox", None),
            ("size", None),
            ("data-widht", None),
            ("onclik", None),
            ("xlink", None),
            ("label", None),
            ("alt", None),
            ("for", None),
            ("fill-color", None),
            ("x-tranform", None),
            ("line-height", None),
            ("background", None),
            ("é", None),
            ("-", None),
            ("----", None),
        ] {
            assert_eq!(misspelt(own), meant, "{own}");
        }
    }
}
