//! python-project

pub mod commands;
