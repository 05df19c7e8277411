//! DNS: authoritative answers for the zones of the pack, and nothing else.
//!
//! * [`zone`]: a zone file becomes a table of names
//! * [`lookup`]: a question becomes an [`Answer`](lookup::Answer)
//! * [`respond`]: a query's bytes become a response's bytes
//! * [`serve`]: UDP and TCP around it
//!
//! Messages, names and the syntax of zone files are hickory's. The lookup is
//! our own: it follows RFC 1034 section 4.3.2 with the corrections of RFC 4592
//! (wildcards) and RFC 8020 (empty names), and needs neither locks nor tasks.

pub mod lookup;
mod origin;
pub mod respond;
pub mod serve;
pub mod zone;

pub use zone::{ZoneError, Zones};
