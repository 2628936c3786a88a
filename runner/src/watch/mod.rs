//! The watch view: what it knows, what happens to it, and how it looks. An
//! event changes the state and gives back what is to be done; nothing here
//! reads a file, makes a call, asks the clock or writes to the terminal.

mod draw;
mod event;
mod keys;
mod markdown;
mod pace;
mod parts;
mod runs;
mod state;
mod text;
mod voice;

pub use draw::{Extents, draw};
pub use event::{Effect, Event, Hint, Key, Plan, Removal, Task};
pub use pace::Pace;
pub use state::{Beginning, Glimpse, State};
pub use text::Para;
