//! One diagram, drawn by merman. Its labels are laid out as HTML, as Mermaid does, and
//! drawn as text of SVG: HTML in a drawing is clipped where a font is wider than
//! expected.

use std::error::Error;

use merman::svg::{
    DeterministicTextMeasurer, HostTheme, HostThemeAppearance, MeasurementProfileId, Presentation,
    SvgEnvironment, SvgPipeline, SvgRenderOptions, TextMeasurementPolicy, TextMeasurementProfile,
    TextMeasurementProfileIdentity,
};
use merman::{
    Engine, MermaidConfig, OperationControl, RenderError, RenderOutput, RenderRequest, Renderer,
    SvgRequest, TerminalDiagnostic,
};
use serde_json::json;

use super::Fault;
use super::font::{FAMILY, width_px};
use super::palette::{ROLES, SERIES};
use super::tidy::tidy;
use crate::fingerprint::fingerprint;

/// The kinds that are drawn, by the word that each of them begins with.
const KINDS: &str = "one that begins with `flowchart`, `sequenceDiagram`, `classDiagram`, \
    `stateDiagram-v2`, `erDiagram`, `gantt`, `pie`, `gitGraph` or `mindmap`";

/// Where its language is described.
const LANGUAGE: &str = "what https://mermaid.js.org/intro/syntax-reference.html describes";

/// Draws a diagram.
pub(super) fn draw(source: &str) -> Result<String, Fault> {
    let id = format!("diagram-{}", fingerprint(source.as_bytes()));
    let settings = settings(&id);
    let (renderer, request) = settings.map_err(|error| Fault::new(error.to_string(), LANGUAGE))?;
    let render = |request: SvgRequest| {
        let request = RenderRequest::svg(source, OperationControl::new(), request);
        match renderer.render(request) {
            Ok(RenderOutput::Svg(Some(output))) => Ok(output.into_parts().0),
            Ok(_) => Err(no_diagram()),
            Err(error) => Err(fault(source, error)),
        }
    };
    let svg = render(request.clone())?;
    if !svg.contains("<foreignObject") {
        return tidy(&svg, &id);
    }
    let as_text = SvgRequest {
        pipeline: Some(SvgPipeline::resvg_safe()),
        ..request
    };
    tidy(&render(as_text)?, &id)
}

/// How it is drawn: the same for all, but for the name of the drawing.
fn settings(id: &str) -> Result<(Renderer, SvgRequest), Box<dyn Error>> {
    let mut theme = HostTheme::new()
        .with_appearance(HostThemeAppearance::Light)
        .try_with_font_family(FAMILY)?
        .try_with_series_palette(SERIES)?;
    for role in ROLES {
        if let Some(of_merman) = role.for_merman {
            theme = theme.try_with_role(of_merman, role.color())?;
        }
    }
    let presentation = Presentation::new().with_theme(theme).resolve();
    let engine = Engine::new().with_site_config(MermaidConfig::from_value(json!({
        "layout": "dagre",
        "look": "classic",
        // Diagrams cannot say otherwise.
        "secure": ["secure", "securityLevel", "maxTextSize", "maxEdges", "look", "layout"],
    })));
    let name = MeasurementProfileId::new("arial")?;
    let profile = TextMeasurementProfile::new(
        TextMeasurementProfileIdentity::new(name, "1")?,
        DeterministicTextMeasurer::default().with_width_callback(width_px),
    );
    let measured = TextMeasurementPolicy::uniform(profile);
    let request = SvgRequest {
        environment: SvgEnvironment::deterministic().with_text_measurement_policy(measured),
        options: SvgRenderOptions {
            diagram_id: Some(id.to_owned()),
            ..SvgRenderOptions::default()
        },
        presentation: presentation.render_policy(),
        ..SvgRequest::default()
    };
    let renderer = Renderer::new().with_engine(presentation.materialize_engine(engine));
    Ok((renderer, request))
}

/// What an error means to the author of a diagram.
fn fault(source: &str, error: RenderError) -> Fault {
    match error {
        RenderError::NoDiagram => no_diagram(),
        RenderError::Parse(diagnostic) => misread(source, &diagnostic),
        RenderError::ResourceLimitExceeded(limit) => {
            let what = limit.id.trim_start_matches("max_").replace('_', " ");
            Fault::new(
                format!("this diagram is too large: its {what} is {}", limit.actual),
                format!("at most {}", limit.maximum),
            )
        }
        other => Fault::new(
            format!("this diagram cannot be drawn: {other}"),
            "one that is written another way",
        ),
    }
}

fn no_diagram() -> Fault {
    Fault::new("this is no diagram", KINDS)
}

fn misread(source: &str, diagnostic: &TerminalDiagnostic) -> Fault {
    let details = diagnostic.terminal_diagnostic_details();
    match details.code.as_str() {
        "merman.parse.no_diagram_detected" => return no_diagram(),
        "merman.parse.unsupported_diagram" => {
            let kind = details.diagram_type.unwrap_or_default();
            let message = format!("diagrams of the kind `{kind}` are not drawn");
            return Fault::new(message, KINDS);
        }
        _ => {}
    }
    let told = diagnostic.terminal_safe_message();
    let told = match told.split_once("): ") {
        Some((kind, told)) if kind.starts_with("Diagram parse error") => told,
        _ => &told,
    };
    // A number of the place, which is told as such.
    let unplaced = told.trim_end_matches(|c: char| c.is_ascii_digit());
    let told = unplaced.strip_suffix(" at ").unwrap_or(told);
    let (message, expected) = told.split_once("; expected ").unwrap_or((told, LANGUAGE));
    let place = details.span.map(|span| span.start..span.end);
    Fault {
        message: format!("bad diagram: {message}"),
        place: place.filter(|place| source.get(place.clone()).is_some()),
        expected: expected.to_owned(),
    }
}

#[cfg(test)]
mod tests;
