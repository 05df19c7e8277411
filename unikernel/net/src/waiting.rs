//! Those who have something to send and cannot: the device has no room, it is
//! the turn of others, or the hardware address of a neighbour is not known.

use alloc::collections::VecDeque;
use core::mem;

use crate::connection::Cause;
use crate::device::Link;
use crate::stack::{Socket, Stack};
use crate::{SocketId, limits};

/// Who waits. A socket that is gone may still be in a list.
#[derive(Debug)]
pub(crate) struct Waiting {
    /// For their turn, in turn.
    pub(crate) turn: VecDeque<SocketId>,
    /// For a neighbour.
    neighbour: VecDeque<SocketId>,
    /// A neighbour has told its address, or we have another one.
    pub(crate) has_neighbour_news: bool,
}

impl Waiting {
    pub(crate) const fn new() -> Self {
        Self {
            turn: VecDeque::new(),
            neighbour: VecDeque::new(),
            has_neighbour_news: false,
        }
    }
}

impl<L: Link> Stack<L> {
    /// Those who have more to send, in turn, while there is room.
    pub(crate) fn serve_waiting(&mut self) {
        for _ in 0..self.waiting.turn.len().min(limits::BATCH) {
            if !self.device.link.can_transmit() {
                return;
            }
            let Some(id) = self.waiting.turn.pop_front() else {
                return;
            };
            match self.sockets.get_mut(id) {
                Some(Socket::Connection(connection)) => {
                    connection.waits_for_turn = false;
                    self.advance(id, Cause::Time);
                }
                Some(Socket::Datagram(socket)) => {
                    socket.waits_for_turn = false;
                    self.mark_changed(id);
                }
                _ => {}
            }
        }
    }

    pub(crate) fn wait_for_turn(&mut self, id: SocketId) {
        let waits = match self.sockets.get_mut(id) {
            Some(Socket::Connection(connection)) => &mut connection.waits_for_turn,
            Some(Socket::Datagram(socket)) => &mut socket.waits_for_turn,
            _ => return,
        };
        if !mem::replace(waits, true) {
            self.waiting.turn.push_back(id);
        }
    }

    pub(crate) fn wait_for_neighbour(&mut self, id: SocketId) {
        if self.waiting.neighbour.len() >= limits::WAITING_FOR_NEIGHBOUR {
            self.waiting.neighbour.pop_front();
        }
        self.waiting.neighbour.push_back(id);
    }

    /// A neighbour has told its address: those who wait for it have their turn.
    pub(crate) fn wake_waiting_for_neighbour(&mut self) {
        for _ in 0..self.waiting.neighbour.len() {
            let Some(id) = self.waiting.neighbour.pop_front() else {
                break;
            };
            let Some(Socket::Connection(connection)) = self.sockets.get_mut(id) else {
                continue;
            };
            if !connection.waits_for_neighbour {
                continue;
            }
            match self.interface.poll_at(self.now, &connection.set) {
                Some(at) if at <= self.now => {
                    connection.waits_for_neighbour = false;
                    self.wait_for_turn(id);
                }
                // It waits for another one.
                Some(_) => self.waiting.neighbour.push_back(id),
                None => connection.waits_for_neighbour = false,
            }
        }
        self.retry_held();
    }

    pub(crate) fn retry_held(&mut self) {
        self.counters.datagrams_dropped +=
            self.outbox
                .retry(&mut self.interface, &mut self.device, self.now);
    }
}
