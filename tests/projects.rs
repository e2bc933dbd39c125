//! Whole projects in, whole projects out: one test for each folder of `tests/projects` and `tests/cases`.
//!
//! Beside each folder lies a small file, `NAME.toml`, with what its snapshot cannot say: see [`Expectations`].
//! The snapshots are the diff (a person reviews it, git applies it) and the story on stderr; write them anew with
//! `UPDATE_SNAPSHOTS=1 cargo test --test projects` and read the difference before you commit it.
//! Read [`check`] first.
#![allow(clippy::disallowed_methods, reason = "tests play the user: they write files and start programs")]
#![allow(clippy::unwrap_used, reason = "a test that cannot be set up has failed")]

#[path = "support/folder.rs"]
mod folder;
#[path = "support/parses.rs"]
mod parses;
#[path = "support/mod.rs"]
mod support;

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{ExitCode, Stdio};

use folder::copy;
use libtest_mimic::{Arguments, Failed, Trial};
use parses::python_still_parses;
use serde::Deserialize;
use support::{Project, Run, Tree};

/// `tests/…/NAME.toml`: what is right for the project `tests/…/NAME`, whatever the snapshots say.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Expectations {
    /// The situation, in a sentence.
    #[expect(dead_code, reason = "for the reader")]
    title: String,
    /// The public reports of tools that got it wrong, or the repository that is built like this.
    #[serde(default)]
    #[expect(dead_code, reason = "for the reader")]
    source: Vec<String>,
    /// Why the program does not do what stands here. The test fails as soon as it does: then take this line out.
    wrong: Option<String>,
    /// Exactly the files that change.
    changes: Vec<PathBuf>,
    /// Words that the story must have.
    #[serde(default)]
    says: Vec<String>,
    /// Exactly the files that get an init call, and where in them.
    #[serde(default)]
    init: BTreeMap<PathBuf, Place>,
}

/// Between which lines init stands: what the first line with this text is above or below it.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Place {
    after: Option<String>,
    before: Option<String>,
}

/// One project and where its snapshots lie.
struct Case {
    folder: PathBuf,
    snapshot: PathBuf,
}

fn main() -> ExitCode {
    let arguments = Arguments::from_args();
    let trials = cases().into_iter().map(|case| {
        let name = case.snapshot.strip_prefix(repository().join("snapshots")).unwrap_or(&case.snapshot);
        Trial::test(name.display().to_string(), move || check(&case))
    });
    let tidy = Trial::test("every snapshot has its project", every_snapshot_has_its_project);
    libtest_mimic::run(&arguments, trials.chain([tidy]).collect()).exit_code()
}

/// What must hold for every project.
fn check(case: &Case) -> Result<(), Failed> {
    // Applications that really run (`runtime.toml`) say there what is right: their snapshots are all there is to compare.
    let expected: Option<Expectations> = match fs::read_to_string(beside(&case.folder, "toml")) {
        Ok(toml) => Some(toml_edit::de::from_str(&toml)?),
        Err(_) if case.folder.join("runtime.toml").exists() => None,
        Err(error) => return Err(format!("{}.toml, beside the folder: {error}", case.folder.display()).into()),
    };

    let previewed = copy_of(&case.folder);
    let before = previewed.tree();
    let shown = previewed.run(&["--dry-run"]);
    assert_eq!(shown.code, 0, "{}", shown.stderr);
    assert!(previewed.tree() == before, "a dry run leaves the tree alone");
    compare(&beside(&case.snapshot, "diff"), &shown.stdout)?;
    compare(&beside(&case.snapshot, "txt"), without_what_varies(&shown.stderr).as_bytes())?;

    let applied = copy_of(&case.folder);
    let run = applied.run(&["--apply"]);
    assert_eq!(run.code, 0, "{}", run.stderr);
    let after = applied.tree();
    git_apply(&previewed, &shown.stdout)?;
    assert!(previewed.tree() == after, "--apply gives the tree that git makes of the diff");
    let again = applied.run(&["--dry-run"]);
    assert_eq!(String::from_utf8_lossy(&again.stdout), "", "a second run has nothing to change");

    nothing_is_lost(&shown.stdout)?;
    python_still_parses(&before, &after)?;
    let Some(expected) = expected else { return Ok(()) };
    match (differences(&expected, &before, &after, &shown), expected.wrong) {
        (Ok(()), Some(_)) => {
            Err(format!("this is right now: take `wrong` out of {}.toml", case.folder.display()).into())
        }
        (Err(difference), None) => Err(difference.into()),
        _ => Ok(()),
    }
}

/// What the expectations and the run do not agree on.
fn differences(expected: &Expectations, before: &Tree, after: &Tree, shown: &Run) -> Result<(), String> {
    let changed: Vec<_> = after.keys().filter(|path| before.get(*path) != after.get(*path)).collect();
    if changed != expected.changes.iter().collect::<Vec<_>>() {
        return Err(format!("{changed:?} change, expected {:?}", expected.changes));
    }
    let has_new_init = |path: &&&PathBuf| {
        let calls = |tree: &Tree| tree.get(**path).map_or(0, |(_, bytes)| init_lines(&text(bytes)).len());
        calls(after) > calls(before)
    };
    let started: Vec<_> = changed.iter().filter(has_new_init).copied().collect();
    if started != expected.init.keys().collect::<Vec<_>>() {
        return Err(format!("{started:?} get an init, expected {:?}", expected.init.keys()));
    }
    for (path, place) in &expected.init {
        init_is_there(&text(&after[path].1), place).map_err(|problem| format!("{}: {problem}", path.display()))?;
    }
    match expected.says.iter().find(|words| !shown.stderr.contains(*words)) {
        Some(words) => Err(format!("the story says nothing of `{words}`:\n{}", shown.stderr)),
        None => Ok(()),
    }
}

fn init_is_there(text: &str, place: &Place) -> Result<(), String> {
    let line_with = |words: &Option<String>, otherwise: usize| match words {
        None => Ok(otherwise),
        Some(words) => {
            text.lines().position(|line| line.contains(words)).ok_or_else(|| format!("there is no line `{words}`"))
        }
    };
    // The lines themselves count: everything may stand on one.
    let (after, before) = (line_with(&place.after, 0)?, line_with(&place.before, usize::MAX)?);
    let lines = init_lines(text);
    if lines.iter().any(|line| (after..=before).contains(line)) {
        return Ok(());
    }
    Err(format!("init is at line {lines:?} (counted from 0), expected from {after} to {before}"))
}

/// The numbers of the lines that call `sentry_sdk.init`, counted from 0.
fn init_lines(text: &str) -> Vec<usize> {
    let calls = |line: &str| line.contains("sentry_sdk.init(") && !line.trim_start().starts_with('#');
    text.lines().enumerate().filter(|(_, line)| calls(line)).map(|(number, _)| number).collect()
}

/// Where a hunk takes lines out, each byte of theirs is, in order, in the lines it puts in their place.
fn nothing_is_lost(diff: &[u8]) -> Result<(), String> {
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    for line in diff.split_inclusive(|byte| *byte == b'\n').chain([&b" "[..]]) {
        match line {
            [b'-', b'-', b'-', b' ', ..] | [b'+', b'+', b'+', b' ', ..] | [b'\\', ..] => {}
            [b'-', rest @ ..] => removed.extend_from_slice(rest),
            [b'+', rest @ ..] => added.extend_from_slice(rest),
            _ => {
                let mut rest = added.iter();
                if !removed.iter().all(|byte| rest.any(|other| other == byte)) {
                    return Err(format!("lost: {}became: {}", text(&removed), text(&added)));
                }
                removed.clear();
                added.clear();
            }
        }
    }
    Ok(())
}

/// The snapshot is what it was, or is written anew when the user says so.
fn compare(snapshot: &Path, now: &[u8]) -> Result<(), Failed> {
    if std::env::var_os("UPDATE_SNAPSHOTS").is_some() {
        fs::create_dir_all(snapshot.parent().unwrap_or(snapshot))?;
        return Ok(fs::write(snapshot, now)?);
    }
    let then = fs::read(snapshot).unwrap_or_default();
    if then == now {
        return Ok(());
    }
    let (then, now) = (text(&then), text(now));
    let difference = similar::TextDiff::from_lines(then.as_str(), now.as_str());
    let difference = difference.unified_diff().header("snapshot", "now").to_string();
    Err(format!("{} differs; right? UPDATE_SNAPSHOTS=1\n{difference}", snapshot.display()).into())
}

/// The story without what changes when the world does: the newest release of the SDK.
fn without_what_varies(story: &str) -> String {
    const MARK: &str = ", the newest known";
    let lines = story.split_inclusive('\n').map(|line| match line.split_once(MARK) {
        Some((start, end)) => {
            let version = start.rfind(' ').map_or(0, |space| space + 1);
            format!("{}[NEWEST]{MARK}{end}", &start[..version])
        }
        None => line.to_owned(),
    });
    lines.collect()
}

fn git_apply(project: &Project, diff: &[u8]) -> Result<(), Failed> {
    if diff.is_empty() {
        return Ok(()); // git calls an empty patch an error
    }
    let mut git = project.command("git");
    let git = git.args(["apply", "--whitespace=nowarn", "-"]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let mut git = git.spawn()?;
    git.stdin.take().ok_or("stdin is piped")?.write_all(diff)?;
    let output = git.wait_with_output()?;
    if output.status.success() { Ok(()) } else { Err(text(&output.stderr).into()) }
}

fn every_snapshot_has_its_project() -> Result<(), Failed> {
    let known: Vec<PathBuf> = cases().iter().map(|case| beside(&case.snapshot, "diff")).collect();
    let snapshots = files_below(&repository().join("snapshots"));
    let mut diffs = snapshots.iter().filter(|path| path.extension().is_some_and(|extension| extension == "diff"));
    match diffs.find(|path| !known.contains(path)) {
        Some(path) => Err(format!("{} has no project", path.display()).into()),
        None => Ok(()),
    }
}

fn cases() -> Vec<Case> {
    let tests = repository().join("tests");
    let projects = folders_in(&tests.join("projects"));
    let themes = folders_in(&tests.join("cases"));
    let cases = themes.iter().flat_map(|theme| folders_in(theme));
    let case = |folder: PathBuf| {
        // The snapshots of `tests/projects/NAME` are `snapshots/NAME.*`, those of `tests/cases/…` are below `snapshots/cases`.
        let place = folder.strip_prefix(&tests).unwrap_or(&folder);
        let place = place.strip_prefix("projects").unwrap_or(place);
        Case { snapshot: repository().join("snapshots").join(place), folder }
    };
    projects.into_iter().chain(cases).map(case).collect()
}

fn repository() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..").canonicalize().expect("the crate lies in the repository")
}

fn folders_in(folder: &Path) -> Vec<PathBuf> {
    let mut folders: Vec<PathBuf> =
        fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).filter(|path| path.is_dir()).collect();
    folders.sort();
    folders
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let entries = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path());
    entries.flat_map(|path| if path.is_dir() { files_below(&path) } else { vec![path] }).collect()
}

/// `NAME.EXTENSION` beside the folder `NAME`.
fn beside(folder: &Path, extension: &str) -> PathBuf {
    let mut name = folder.as_os_str().to_owned();
    name.push(".");
    name.push(extension);
    name.into()
}

/// Bytes as text, for reading: what is no UTF-8 shows as `�`.
fn text(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// A copy of a folder of the repository.
fn copy_of(folder: &Path) -> Project {
    let project = Project::empty(&folder.file_name().unwrap_or_default().to_string_lossy());
    copy(folder, &project.root()).unwrap();
    project
}
