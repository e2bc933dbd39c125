//! The runs of the program that the pages show: the fenced block below `<!-- example: NAME -->` is what the run of that name says.
//! Read [`EXAMPLES`] first.

use std::path::Path;
use std::process::Command;

use crate::folder::copy;
use crate::pages::{assert_fresh, read, root};

/// What a block shows.
#[derive(Clone, Copy)]
enum Shows {
    Story,
    Diff,
}

/// A run of the program in a copy of a sample project.
struct Example {
    name: &'static str,
    /// The folder of the copy that is a git repository; the run starts there.
    repository: &'static str,
    arguments: &'static [&'static str],
    shows: Shows,
    /// Whether the change has been applied before.
    applied: bool,
}

const SHOP: &str = "tests/projects/shop";

const EXAMPLES: &[Example] = &[
    Example { name: "readme-story", repository: "", arguments: &[SHOP], shows: Shows::Story, applied: false },
    Example { name: "readme-diff", repository: "", arguments: &[SHOP], shows: Shows::Diff, applied: false },
    Example { name: "shop-story", repository: SHOP, arguments: &[], shows: Shows::Story, applied: false },
    Example { name: "shop-diff", repository: SHOP, arguments: &[], shows: Shows::Diff, applied: false },
    Example {
        name: "shop-no-pii",
        repository: SHOP,
        arguments: &["--no-pii", "--with", "profiling"],
        shows: Shows::Diff,
        applied: false,
    },
    Example {
        name: "shop-older",
        repository: SHOP,
        arguments: &["--sdk-version", "2.34.1"],
        shows: Shows::Diff,
        applied: false,
    },
    Example { name: "shop-apply", repository: SHOP, arguments: &["--apply"], shows: Shows::Story, applied: false },
    Example { name: "shop-after", repository: SHOP, arguments: &["--check"], shows: Shows::Story, applied: true },
];

const PAGES: &[&str] = &["README.md", "docs/tutorial.md", "docs/how-to/older-sdk.md", "docs/how-to/dsn-and-privacy.md"];

#[test]
fn the_runs_that_pages_show_are_what_the_program_says() {
    for page in PAGES {
        assert_fresh(page, &with_fresh_blocks(&read(page)));
    }
}

#[test]
fn every_example_is_shown_somewhere() {
    let text: String = PAGES.iter().map(|page| read(page)).collect();
    for example in EXAMPLES {
        assert!(text.contains(&marker(example.name)), "no page shows the example `{}`", example.name);
    }
}

fn marker(name: &str) -> String {
    format!("<!-- example: {name} -->\n")
}

/// The page with the content of every marked block replaced.
fn with_fresh_blocks(page: &str) -> String {
    let mut fresh = page.to_owned();
    for example in EXAMPLES {
        let Some(at) = fresh.find(&marker(example.name)) else { continue };
        let fence = at + marker(example.name).len();
        let start = fence + fresh[fence..].find('\n').unwrap() + 1;
        let end = start + fresh[start..].find("```\n").unwrap();
        fresh.replace_range(start..end, &output(example));
    }
    fresh
}

/// A copy of the shop as a repository of its own.
pub(crate) fn shop() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join(SHOP), folder.path()).unwrap();
    commit_all(folder.path());
    folder
}

fn output(example: &Example) -> String {
    let folder = tempfile::tempdir().unwrap();
    copy(&root().join(SHOP), &folder.path().join(SHOP)).unwrap();
    let repository = folder.path().join(example.repository);
    commit_all(&repository);
    let run = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_sentry-codemod"));
        command.args(arguments).current_dir(&repository).env("NO_COLOR", "1").output().unwrap()
    };
    if example.applied {
        run(&["--apply"]);
    }
    let output = run(example.arguments);
    let shown = match example.shows {
        Shows::Story => output.stderr,
        Shows::Diff => output.stdout,
    };
    String::from_utf8(shown).unwrap()
}

/// Makes the folder a git repository with everything committed; reads no configuration of the user's.
fn commit_all(folder: &Path) {
    let name = ["-c", "user.name=shop", "-c", "user.email=shop@example.com", "-c", "commit.gpgsign=false"];
    for words in [vec!["init", "--quiet"], vec!["add", "."], vec!["commit", "--quiet", "--message", "The shop"]] {
        let mut git = Command::new("git");
        git.args(name).args(words).current_dir(folder);
        git.env("GIT_CONFIG_GLOBAL", if cfg!(windows) { "NUL" } else { "/dev/null" }).env("GIT_CONFIG_NOSYSTEM", "1");
        assert!(git.status().unwrap().success(), "{git:?}");
    }
}
