//! The Linux system calls.
#![no_std]
