//! Has the pages that `explain` prints embedded again when one of them changes or a new one comes.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    for folder in ["docs/findings", "docs/rules"] {
        println!("cargo:rerun-if-changed={folder}");
        println!("cargo:rerun-if-changed=../../{folder}");
    }
}
