//! Virtio devices.
#![no_std]
