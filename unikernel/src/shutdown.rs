//! Ending well: [`channel`] makes a [`Switch`] and a [`Shutdown`]. Every task
//! holds a `Shutdown`; it hears of the end through it, and is known to be done
//! when it has dropped it.

use std::convert::Infallible;
use std::time::Duration;

use tokio::sync::{mpsc, watch};
use tokio::time::timeout;

/// A task's part: it waits for the end, and its existence delays it.
#[derive(Clone, Debug)]
pub struct Shutdown {
    begun: watch::Receiver<bool>,
    _alive: mpsc::Sender<Infallible>,
}

/// The part of whoever decides when to end.
#[derive(Debug)]
pub struct Switch {
    begin: watch::Sender<bool>,
    alive: mpsc::Receiver<Infallible>,
}

/// A switch, and the first task's part; tasks clone theirs for more tasks.
pub fn channel() -> (Switch, Shutdown) {
    let (begin, begun) = watch::channel(false);
    let (task, alive) = mpsc::channel(1);
    let shutdown = Shutdown {
        begun,
        _alive: task,
    };
    (Switch { begin, alive }, shutdown)
}

impl Shutdown {
    /// Returns when the end has begun.
    pub async fn begun(&mut self) {
        // An error means that the switch is gone: that is an end, too.
        let _ = self.begun.wait_for(|begun| *begun).await;
    }
}

impl Switch {
    /// Tells all tasks to end, and waits until they have, or `patience` is
    /// over.
    pub async fn end(mut self, patience: Duration) {
        self.begin.send_replace(true);
        let _ = timeout(patience, self.alive.recv()).await;
    }
}
