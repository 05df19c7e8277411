//! Error numbers, as the program sees them: `errno(3)`, and
//! `include/uapi/asm-generic/errno.h` of Linux for the values.

use core::fmt;

/// Why a system call failed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) struct Errno(u16);

/// What a system call returns: a number that is not negative, or an error.
pub(crate) type Answer = Result<i64, Errno>;

/// The names and numbers, once, so that a trace can print the names.
macro_rules! errors {
    ($($name:ident = $number:literal,)*) => {
        impl Errno {
            $(pub(crate) const $name: Self = Self($number);)*

            fn name(self) -> &'static str {
                match self.0 {
                    $($number => stringify!($name),)*
                    _ => "unknown errno",
                }
            }
        }
    };
}

errors! {
    EPERM = 1,
    ENOENT = 2,
    ESRCH = 3,
    EINTR = 4,
    EBADF = 9,
    EAGAIN = 11,
    ENOMEM = 12,
    EACCES = 13,
    EFAULT = 14,
    EEXIST = 17,
    ENODEV = 19,
    ENOTDIR = 20,
    EISDIR = 21,
    EINVAL = 22,
    EMFILE = 24,
    ENOTTY = 25,
    ENOSPC = 28,
    ESPIPE = 29,
    EROFS = 30,
    EPIPE = 32,
    ERANGE = 34,
    ENAMETOOLONG = 36,
    ENOSYS = 38,
    ELOOP = 40,
    ENOTSOCK = 88,
    EDESTADDRREQ = 89,
    EMSGSIZE = 90,
    ENOPROTOOPT = 92,
    EPROTONOSUPPORT = 93,
    ESOCKTNOSUPPORT = 94,
    EOPNOTSUPP = 95,
    EAFNOSUPPORT = 97,
    EADDRINUSE = 98,
    EADDRNOTAVAIL = 99,
    ENETUNREACH = 101,
    ECONNABORTED = 103,
    ECONNRESET = 104,
    ENOBUFS = 105,
    EISCONN = 106,
    ENOTCONN = 107,
    ETIMEDOUT = 110,
    ECONNREFUSED = 111,
    EALREADY = 114,
    EINPROGRESS = 115,
    // Never seen by the program: the call was interrupted by a signal and is
    // to be made again if the handler says so (`SA_RESTART`).
    ERESTART = 512,
}

impl Errno {
    /// What the system call returns in `rax`.
    pub(crate) fn to_return_value(self) -> i64 {
        -i64::from(self.0)
    }

    /// The error of another Linux.
    #[cfg(test)]
    pub(crate) fn from_number(number: u16) -> Self {
        Self(number)
    }

    /// The number, as `SO_ERROR` reports it.
    pub(crate) fn number(self) -> u32 {
        u32::from(self.0)
    }
}

impl fmt::Debug for Errno {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}
