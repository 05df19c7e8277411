//! What a socket is ready for.

/// What a socket is ready for, in the terms of `poll`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Readiness {
    /// Reading would not block: there are bytes, a connection to accept, the
    /// end of the stream, or an error to be told.
    pub readable: bool,
    /// Writing would not block: there is room.
    pub writable: bool,
    /// The peer will send no more, or this side will read no more.
    pub read_closed: bool,
    /// This side can send no more.
    pub write_closed: bool,
    /// The connection is over, in both directions.
    pub hung_up: bool,
    /// The connection ended by an error that nobody has been told yet.
    pub error: bool,
}
