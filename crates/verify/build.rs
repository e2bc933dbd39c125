//! Has the probe embedded again when one of its files changes or a new one comes.
#![allow(clippy::print_stdout, reason = "this is how a build script speaks to cargo")]

fn main() {
    println!("cargo:rerun-if-changed=probe");
}
