//! `connect(2)` of TCP sockets: what goes on in the background, and when the
//! program is told.

use core::net::SocketAddr;

use net::Nagle;

use crate::arena::Id;
use crate::descriptor::Description;
use crate::endpoint;
use crate::errno::Errno;
use crate::kernel::Kernel;
use crate::platform::Platform;
use crate::tcp::{Progress, State};

impl<P: Platform> Kernel<P> {
    /// Begins to connect: `EINPROGRESS`. Called again, says how it went.
    pub(crate) fn connect_tcp(
        &mut self,
        id: Id<Description>,
        remote: SocketAddr,
    ) -> Result<(), Errno> {
        let tcp = self.tcp(id)?;
        let no_delay = tcp.options.no_delay;
        let local = match tcp.state {
            State::New(local) => local,
            State::Open(_, Progress::Connecting | Progress::Arrived) => {
                return self.finish_connect(id).map_err(|error| match error {
                    Errno::EAGAIN => Errno::EALREADY,
                    error => error,
                });
            }
            State::Open(..) | State::Listening(_) => return Err(Errno::EISCONN),
        };
        if !endpoint::admits(tcp.family, &tcp.options, remote) {
            return Err(Errno::ENETUNREACH);
        }
        let local = local.map(endpoint::listening);
        let socket = self.stack.tcp_connect(local, endpoint::to_stack(remote))?;
        if no_delay {
            self.stack.set_nodelay(socket, Nagle::Off);
        }
        self.tcp(id)?.begin(socket);
        self.sockets.insert(socket, id);
        Err(Errno::EINPROGRESS)
    }

    /// How the attempt to connect went; `EAGAIN` while it goes on.
    pub(crate) fn finish_connect(&mut self, id: Id<Description>) -> Result<(), Errno> {
        let State::Open(socket, progress) = self.tcp(id)?.state else {
            return Ok(());
        };
        let readiness = self.stack.readiness(socket);
        let has_failed = readiness.hung_up || readiness.error;
        match progress {
            Progress::Connecting if has_failed => {
                // The socket is as good as new, and may try again.
                let error = self.stack.take_error(socket).map(Errno::from);
                self.tcp(id)?.state = State::New(None);
                self.forget_socket(socket);
                Err(error.unwrap_or(Errno::ECONNABORTED))
            }
            Progress::Connecting if !readiness.writable => Err(Errno::EAGAIN),
            _ => {
                self.tcp(id)?.state = State::Open(socket, Progress::Done);
                Ok(())
            }
        }
    }
}
