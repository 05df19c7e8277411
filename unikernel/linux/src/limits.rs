//! Every limit of this crate, in one place. Reaching one refuses the newcomer
//! and harms nobody who is being served.

use core::time::Duration;

use machine::paging::{PAGE_SIZE, PROGRAM};

/// Open file descriptors (`RLIMIT_NOFILE`); more are `EMFILE`.
pub(crate) const DESCRIPTORS: usize = 8192;

/// Epoll instances; more are `EMFILE`, as Linux says of its own limit.
pub(crate) const EPOLLS: usize = 64;

/// Registrations in one epoll instance; more are `ENOSPC`.
pub(crate) const EPOLL_REGISTRATIONS: usize = 2 * DESCRIPTORS;

/// Events that one `epoll_wait` reports; the rest stays for the next one.
pub(crate) const EPOLL_EVENTS: usize = 1024;

/// Buffers in one vectored call (`UIO_MAXIOV`); more are `EINVAL`.
pub(crate) const IOVECS: usize = 1024;

/// Messages that one `sendmmsg` or `recvmmsg` handles; the rest is left to the
/// next call, as Linux does (`UIO_MAXIOV`).
pub(crate) const MESSAGES: usize = 1024;

/// Bytes that one call moves (Linux's `MAX_RW_COUNT`).
pub(crate) const TRANSFER: usize = 0x7fff_f000;

/// Bytes that one `getrandom` fills, or one read of `/dev/urandom`.
pub(crate) const RANDOM: usize = 1 << 20;

/// The largest datagram: what a UDP length field can say.
pub(crate) const DATAGRAM: usize = 65535;

/// Bytes of control messages that are looked at.
pub(crate) const CONTROL: usize = 512;

/// Descriptors in one `poll`; more are `EINVAL`.
pub(crate) const POLL: usize = DESCRIPTORS;

/// Bytes that wait in a pipe, or in one direction of a socket pair.
pub(crate) const CHANNEL: usize = 64 * 1024;

/// Bytes of console input that wait to be read; more are dropped.
pub(crate) const CONSOLE_INPUT: usize = 4096;

/// Longest path (`PATH_MAX`, with the end); a longer one is `ENAMETOOLONG`.
pub(crate) const PATH: usize = 4096;

/// Files in the initrd.
pub(crate) const FILES: usize = 4096;

/// Separate ranges of mapped memory; one more is `ENOMEM`.
pub(crate) const MAPPINGS: usize = 4096;

/// Bytes that `brk` can give.
pub(crate) const BREAK: usize = 1 << 30;

/// The program's stack, in bytes. Its frames are taken at the start.
pub(crate) const STACK: usize = 1 << 20;

/// Bytes of arguments and environment.
pub(crate) const ARGUMENTS: usize = 64 * 1024;

/// How long data that was accepted for sending may still leave after the
/// program has exited.
pub(crate) const LINGER_AT_EXIT: Duration = Duration::from_millis(250);

const _: () = {
    assert!(BREAK < PROGRAM.end - PROGRAM.start);
    assert!(BREAK.is_multiple_of(PAGE_SIZE));
    assert!(STACK.is_multiple_of(PAGE_SIZE));
    assert!(ARGUMENTS < STACK / 2);
    assert!(EPOLL_EVENTS <= EPOLL_REGISTRATIONS);
};
