//! The system call table: which number is which function.

use core::fmt::Write as _;

use crate::errno::{Answer, Errno};
use crate::identity::PROCESS;
use crate::kernel::Kernel;
use crate::number::*;
use crate::platform::Platform;

impl<P: Platform> Kernel<P> {
    /// Answers one system call.
    #[expect(
        clippy::too_many_lines,
        reason = "a table: one line for each system call"
    )]
    pub(crate) fn system_call(&mut self, number: u64, arguments: &[u64; 6]) -> Answer {
        let [a, b, c, d, e, _] = *arguments;
        match number {
            // Files and descriptors.
            READ => self.read(a, b, c),
            WRITE => self.write(a, b, c),
            READV => self.readv(a, b, c),
            WRITEV => self.writev(a, b, c),
            PREAD64 => self.pread(a, b, c, d),
            LSEEK => self.lseek(a, b, c),
            OPEN => self.open_path(a, b),
            OPENAT => self.open_path(b, c),
            CLOSE => self.close(a),
            DUP => self.dup(a),
            DUP2 => self.dup2(a, b),
            DUP3 => self.dup3(a, b, c),
            FCNTL => self.fcntl(a, b, c),
            IOCTL => self.ioctl(a, b, c),
            FSTAT => self.fstat(a, b),
            STAT | LSTAT => self.stat(a, b),
            NEWFSTATAT => self.fstatat(a, b, c, d),
            STATX => self.statx(a, b, c, e),
            ACCESS => self.access(a, b),
            FACCESSAT | FACCESSAT2 => self.access(b, c),
            READLINK => self.readlink(a, b, c),
            READLINKAT => self.readlink(b, c, d),
            GETCWD => self.getcwd(a, b),
            PIPE => self.pipe2(a, 0),
            PIPE2 => self.pipe2(a, b),
            EVENTFD => self.eventfd2(a, 0),
            EVENTFD2 => self.eventfd2(a, b),

            // Waiting for events.
            EPOLL_CREATE => self.epoll_create(a),
            EPOLL_CREATE1 => self.epoll_create1(a),
            EPOLL_CTL => self.epoll_ctl(a, b, c, d),
            EPOLL_WAIT => self.epoll_wait(a, b, c, d),
            EPOLL_PWAIT => {
                let [.., mask, size] = *arguments;
                self.with_signal_mask(mask, size, |kernel| kernel.epoll_wait(a, b, c, d))
            }
            EPOLL_PWAIT2 => {
                let [.., mask, size] = *arguments;
                self.with_signal_mask(mask, size, |kernel| kernel.epoll_wait2(a, b, c, d))
            }
            POLL => self.poll(a, b, c),
            PPOLL => self.ppoll(arguments),

            // Sockets.
            SOCKET => self.socket(a, b, c),
            SOCKETPAIR => self.socketpair(a, b, c, d),
            BIND => self.bind(a, b, c),
            LISTEN => self.listen(a, b),
            ACCEPT => self.accept4(a, b, c, 0),
            ACCEPT4 => self.accept4(a, b, c, d),
            CONNECT => self.connect(a, b, c),
            SHUTDOWN => self.shutdown(a, b),
            GETSOCKNAME => self.getsockname(a, b, c),
            GETPEERNAME => self.getpeername(a, b, c),
            SETSOCKOPT => self.setsockopt(a, b, c, d, e),
            GETSOCKOPT => self.getsockopt(a, b, c, d, e),
            SENDTO => self.sendto(arguments),
            RECVFROM => self.recvfrom(arguments),
            SENDMSG => self.sendmsg(a, b, c),
            RECVMSG => self.recvmsg(a, b, c),
            SENDMMSG => self.sendmmsg(a, b, c, d),
            RECVMMSG => self.recvmmsg(a, b, c, d, e),

            // Memory.
            MMAP => self.mmap(arguments),
            MUNMAP => self.munmap(a, b),
            MPROTECT => self.mprotect(a, b, c),
            MADVISE => self.madvise(a, b, c),
            BRK => self.brk(a),

            // Signals.
            RT_SIGACTION => self.rt_sigaction(a, b, c, d),
            RT_SIGPROCMASK => self.rt_sigprocmask(a, b, c, d),
            RT_SIGPENDING => self.rt_sigpending(a, b),
            SIGALTSTACK => self.sigaltstack(a, b),
            KILL => self.kill(a, b),
            TKILL => self.tkill(a, b),
            TGKILL => self.tgkill(a, b, c),
            PAUSE => self.pause(),

            // Time.
            CLOCK_GETTIME => self.clock_gettime(a, b),
            CLOCK_GETRES => self.clock_getres(a, b),
            CLOCK_NANOSLEEP => self.clock_nanosleep(a, b, c, d),
            NANOSLEEP => self.nanosleep(a, b),
            GETTIMEOFDAY => self.gettimeofday(a, b),
            TIME => self.time(a),

            // The process.
            EXIT | EXIT_GROUP => self.exit(a),
            FUTEX => self.futex(arguments),
            ARCH_PRCTL => self.arch_prctl(a, b),
            PRCTL => self.prctl(a),
            GETRANDOM => self.getrandom(a, b, c),
            GETPID | GETTID | SET_TID_ADDRESS => Ok(PROCESS),
            GETPPID | GETUID | GETGID | GETEUID | GETEGID => Ok(0),
            SET_ROBUST_LIST | SCHED_YIELD => Ok(0),
            UMASK => Ok(0o022),
            UNAME => self.uname(a),
            SYSINFO => self.sysinfo(a),
            SCHED_GETAFFINITY => self.sched_getaffinity(a, b, c),
            GETRLIMIT => self.getrlimit(a, b),
            PRLIMIT64 => self.prlimit(a, b, c, d),
            GETRUSAGE => self.getrusage(b),

            // There is one process with one thread; and the C library does
            // without these.
            CLONE | CLONE3 | FORK | VFORK | EXECVE | RSEQ | MREMAP => Err(Errno::ENOSYS),
            unknown => self.unknown(unknown),
        }
    }

    /// A call that nobody has thought of: said once, so that it is not a riddle
    /// why the program did not work.
    fn unknown(&mut self, number: u64) -> Answer {
        // There are fewer than 1024 calls; a program may ask for any number.
        if self.unknown.len() < 1024 && self.unknown.insert(number) {
            let mut line = alloc::string::String::new();
            if writeln!(line, "fata: there is no system call {number}").is_ok() {
                self.platform.console_write(line.as_bytes());
            }
        }
        Err(Errno::ENOSYS)
    }
}
