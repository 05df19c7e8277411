//! What is attached to a built image.
#![no_std]
