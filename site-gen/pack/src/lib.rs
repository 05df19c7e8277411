//! The one file a site becomes.
#![no_std]
