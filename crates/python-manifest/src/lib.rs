//! python-manifest
