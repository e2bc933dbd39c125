//! The pictures of the book: what a terminal of 80 columns shows while the program works on the shop. Read [`PICTURES`] first.
//!
//! The program runs in a pseudo-terminal, so its colours are those that a person gets; anstyle-svg draws them as text.

use std::fs::{File, OpenOptions};
use std::io::Read;
use std::path::Path;
use std::process::{Command, Stdio};

use rustix::pty::{OpenptFlags, grantpt, openpt, ptsname, unlockpt};
use rustix::termios::{Winsize, tcsetwinsize};

use crate::examples::shop;
use crate::pages::{all, assert_fresh, read};

/// A run of the program, and the name of its picture below `docs/images/`.
struct Picture {
    name: &'static str,
    arguments: &'static [&'static str],
}

const PICTURES: &[Picture] =
    &[Picture { name: "shop", arguments: &[] }, Picture { name: "shop-apply", arguments: &["--apply"] }];

#[test]
fn pictures_show_what_a_terminal_shows() {
    for picture in PICTURES {
        let command = ["sentry-codemod"].iter().chain(picture.arguments).copied().collect::<Vec<_>>().join(" ");
        let text = format!("$ {command}\n{}", shown(picture.arguments));
        let drawing = anstyle_svg::Term::new().min_width_px(0).render_svg(text.trim_end());
        assert_fresh(&format!("docs/images/{}.svg", picture.name), &format!("{drawing}\n"));
    }
}

#[test]
fn every_picture_is_on_a_page() {
    let pages: String = all().iter().map(|page| read(page)).collect();
    for picture in PICTURES {
        assert!(pages.contains(&format!("images/{}.svg)", picture.name)), "no page shows {}", picture.name);
    }
}

/// What the program writes to the terminal when it is run in a copy of the shop.
fn shown(arguments: &[&str]) -> String {
    let shop = shop();
    let master = openpt(OpenptFlags::RDWR | OpenptFlags::NOCTTY).unwrap();
    grantpt(&master).unwrap();
    unlockpt(&master).unwrap();
    tcsetwinsize(&master, Winsize { ws_row: 60, ws_col: 80, ws_xpixel: 0, ws_ypixel: 0 }).unwrap();
    let name = ptsname(&master, Vec::new()).unwrap();
    let slave = OpenOptions::new().read(true).write(true).open(Path::new(name.to_str().unwrap())).unwrap();

    let end = || Stdio::from(slave.try_clone().unwrap());
    let mut command = Command::new(env!("CARGO_BIN_EXE_sentry-codemod"));
    command.args(arguments).current_dir(shop.path()).stdin(end()).stdout(end()).stderr(end());
    command.env("TERM", "xterm-256color").env("XDG_STATE_HOME", shop.path().join(".git"));
    for variable in ["NO_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "CI"] {
        command.env_remove(variable);
    }
    let mut child = command.spawn().unwrap();
    drop((command, slave));
    let mut text = Vec::new();
    // When the last holder of the other end has gone, reading fails: that is the end of the text.
    drop(File::from(master).read_to_end(&mut text));
    child.wait().unwrap();
    String::from_utf8(text).unwrap().replace("\r\n", "\n")
}
