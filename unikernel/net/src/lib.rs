//! The TCP/IP stack.
#![no_std]
