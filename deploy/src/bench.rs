//! `fata bench`: the figures.
use anyhow::Result;

use crate::args::Format;
use crate::site::Site;

/// Measures.
pub fn run(_site: &Site, _format: Format) -> Result<()> {
    Ok(())
}
