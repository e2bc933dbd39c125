//! python-project
