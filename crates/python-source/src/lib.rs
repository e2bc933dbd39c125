//! One Python file: its bytes, its text, its statements, and how lines are added to it without moving anything else.
//!
//! This crate knows neither the disk nor Sentry, and it is the only one that names a type of the ruff crates.
//! Read [`Source`] first, then [`Outline`](outline::Outline).

mod arguments;
mod imports;
mod insertion;
pub mod outline;
mod parse;
mod preservation;
mod source;
mod stdlib;
mod style;
mod tree;

pub use arguments::{CallArguments, Items, Keyword, call_arguments, display_items};
pub use imports::{Binding, ImportLine, bound_name, free_name};
pub use insertion::{ImportSection, ImportStyle, InsertError, Insertion, Site, SorterOptions, insert, insert_imports};
pub use parse::{ParseError, ParsedModule, parse};
pub use preservation::{Lost, preserved, preserved_but_for, same_shape};
pub use source::{DecodeError, Source};
pub use stdlib::is_standard_library;
pub use style::FileStyle;
