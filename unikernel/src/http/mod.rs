//! HTTP: from a request to a response, without input or output.
//!
//! 1. [`host`]: is it this site that is asked?
//! 2. [`path`]: what the path means once it is decoded
//! 3. [`encoding`]: which of a file's variants the client wants
//! 4. [`conditional`]: whether the client already has it
//! 5. [`range`]: whether it wants only a part
//! 6. [`answer`]: the response, of slices of the pack
//!
//! [`redirect`] is the whole of port 80. [`fields`] holds what goes with every
//! response. The specification is RFC 9110.

pub mod answer;
pub mod conditional;
pub mod encoding;
pub mod fields;
pub mod host;
pub mod path;
pub mod range;
pub mod redirect;

use http_body_util::Full;
use hyper::Response;
use hyper::body::Bytes;

/// A response: its body is one slice, most often of the pack.
pub type Answer = Response<Full<Bytes>>;
