//! Threads that help with one slit.
//!
//! A step of a slit takes tens of microseconds. Waking a thread that sleeps
//! costs as much again, so the helpers of a slit stay awake while it advances
//! ([`with_helpers`]), and the steps of a large group are handed from thread to
//! thread without a lock ([`Relay`]). Who does what is left to chance; what is
//! done is not.

use std::ops::Range;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};

/// How often a waiting thread looks before it offers its core to others.
const PATIENCE: u32 = 20_000;

/// Does `work` while `helpers` other threads of the pool, as far as they have
/// nothing else to do, wait awake for the parallel parts of it.
pub fn with_helpers(helpers: usize, work: impl FnOnce() + Send) {
    if helpers == 0 {
        return work();
    }
    let done = AtomicBool::new(false);
    rayon::scope(|scope| {
        for _ in 0..helpers {
            scope.spawn(|_| {
                let mut waited = 0;
                while !done.load(Ordering::Acquire) {
                    match rayon::yield_now() {
                        Some(rayon::Yield::Executed) => waited = 0,
                        _ => wait(&mut waited),
                    }
                }
            });
        }
        let _released = Release(&done);
        work();
    });
}

/// Sends the helpers home, also when the work has panicked.
struct Release<'a>(&'a AtomicBool);

impl Drop for Release<'_> {
    fn drop(&mut self) {
        self.0.store(true, Ordering::Release);
    }
}

fn wait(waited: &mut u32) {
    *waited += 1;
    if *waited < PATIENCE {
        std::hint::spin_loop();
    } else {
        std::thread::yield_now();
    }
}

/// Rounds of tasks, for threads that come and go: a round begins when all tasks
/// of the one before are finished.
///
/// Each thread has its share of the tasks, the same in every round and in every
/// relay of equal size, so that what a task works on stays in the cache of its
/// core; whoever is done with his own takes from the others. Only a thread that
/// runs holds a task: nobody waits for one that never comes.
pub struct Relay {
    rounds: usize,
    tasks: usize,
    shares: Vec<Share>,
}

/// Tasks in a row. On cache lines of its own: mostly its own thread asks.
#[repr(align(128))]
struct Share {
    tasks: Range<usize>,
    /// How many were taken, in all rounds.
    taken: AtomicUsize,
    /// How many are finished, in all rounds.
    finished: AtomicUsize,
}

impl Relay {
    /// `rounds` of `tasks` each.
    pub fn new(rounds: usize, tasks: usize) -> Self {
        Self {
            rounds,
            tasks,
            shares: Vec::new(),
        }
    }

    /// Runs all `task(round, number)` on this thread and up to `helpers` others.
    pub fn run(mut self, helpers: usize, task: impl Fn(usize, usize) + Sync) {
        let threads = (helpers + 1).min(self.tasks);
        let first = |k: usize| k * self.tasks / threads;
        let share = |k| Share {
            tasks: first(k)..first(k + 1),
            taken: AtomicUsize::new(0),
            finished: AtomicUsize::new(0),
        };
        self.shares = (0..threads).map(share).collect();
        if threads <= 1 {
            return self.take_part(0, &task);
        }
        let relay = &self;
        let task = &task;
        rayon::scope(|scope| {
            for own in 1..threads {
                scope.spawn(move |_| relay.take_part(own, task));
            }
            relay.take_part(0, task);
        });
    }

    /// Tasks of the thread with share `own`.
    fn take_part(&self, own: usize, task: &impl Fn(usize, usize)) {
        for round in 0..self.rounds {
            let mut waited = 0;
            while !self.shares.iter().all(|share| share.has_finished(round)) {
                wait(&mut waited);
            }
            let (others, mine) = self.shares.split_at(own);
            for share in mine.iter().chain(others) {
                while let Some(number) = share.take(round) {
                    let _finished = Finish(&share.finished);
                    task(round, number);
                }
            }
        }
    }
}

impl Share {
    /// Whether all tasks of the first `rounds` are done.
    fn has_finished(&self, rounds: usize) -> bool {
        self.finished.load(Ordering::Acquire) >= rounds * self.tasks.len()
    }

    /// A task of `round` that nobody has taken.
    fn take(&self, round: usize) -> Option<usize> {
        let size = self.tasks.len();
        let rest = |taken: usize| (taken < (round + 1) * size).then_some(taken + 1);
        let taken = self
            .taken
            .fetch_update(Ordering::Relaxed, Ordering::Relaxed, rest);
        Some(self.tasks.start + taken.ok()? - round * size)
    }
}

/// What a task of a relay works on. Nobody waits: a task has one thread. What a
/// panic has left is never looked at, for the panic goes on.
pub fn lock<T>(of_task: &Mutex<T>) -> MutexGuard<'_, T> {
    of_task.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Counts a task as finished, also when it has panicked: the others must not
/// wait for it.
struct Finish<'a>(&'a AtomicUsize);

impl Drop for Finish<'_> {
    fn drop(&mut self) {
        self.0.fetch_add(1, Ordering::Release);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Every task once, and in a round all see what the round before has left.
    #[test]
    fn rounds_follow_each_other() {
        const TASKS: usize = 5;
        const ROUNDS: usize = 300;
        for threads in [1, 2, 4] {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build();
            let count: [AtomicUsize; TASKS] = Default::default();
            pool.expect("threads").install(|| {
                with_helpers(threads - 1, || {
                    Relay::new(ROUNDS, TASKS).run(threads - 1, |round, task| {
                        for (other, count) in count.iter().enumerate() {
                            let done = count.load(Ordering::Relaxed);
                            assert!(done == round || (done == round + 1 && other != task));
                        }
                        count[task].fetch_add(1, Ordering::Relaxed);
                    });
                });
            });
            assert!(count.iter().all(|n| n.load(Ordering::Relaxed) == ROUNDS));
        }
    }

    #[test]
    fn a_panic_reaches_the_caller() {
        let pool = rayon::ThreadPoolBuilder::new().num_threads(2).build();
        let pool = std::panic::AssertUnwindSafe(pool.expect("threads"));
        let outcome = std::panic::catch_unwind(|| {
            pool.install(|| {
                with_helpers(1, || {
                    Relay::new(3, 4).run(1, |round, task| assert!(round != 1 || task != 2));
                });
            });
        });
        assert!(outcome.is_err());
    }
}
