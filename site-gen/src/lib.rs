//! Turns a directory of markdown into a packed site.
