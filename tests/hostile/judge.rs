//! What the program promises for every tree, held against what it does to one. Read [`judge`] first.

use std::fmt::Write as _;
use std::fs::{self, File};
use std::io::Write as _;
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use super::Files;
use super::parses::python_still_parses;
use super::support::{Project, Run, Tree};

static CHANGED: AtomicUsize = AtomicUsize::new(0);
static UNREADABLE: AtomicUsize = AtomicUsize::new(0);
static ALL: AtomicUsize = AtomicUsize::new(0);

/// How many trees were judged, and what became of them.
pub(crate) fn counts() -> String {
    let count = |counter: &AtomicUsize| counter.load(Ordering::Relaxed);
    format!("{} trees: {} changed, {} with something unreadable", count(&ALL), count(&CHANGED), count(&UNREADABLE))
}

/// Shows, applies, shows again, takes back.
///
/// # Errors
/// The promise that was broken.
pub(crate) fn judge(files: &Files) -> Result<(), String> {
    let project = Project::empty("shop");
    for (path, bytes) in files {
        let path = project.root().join(path);
        fs::create_dir_all(path.parent().unwrap()).map_err(|error| format!("{}: {error}", path.display()))?;
        fs::write(&path, bytes).map_err(|error| format!("{}: {error}", path.display()))?;
    }
    let verdict = keeps_promises(&project);
    verdict.map_err(|broken| format!("{broken}\n\nthe tree:\n{}", listing(files)))
}

fn keeps_promises(project: &Project) -> Result<(), String> {
    let size = project.tree().values().map(|(_, bytes)| bytes.len()).sum();
    let before = project.tree();
    let shown = run(project, &["--dry-run"], size)?;
    same(&before, &project.tree(), "a dry run leaves the tree alone")?;

    let applied = run(project, &["--apply"], size)?;
    let after = project.tree();
    let changed: Vec<_> = after.iter().filter(|(path, file)| before.get(*path) != Some(file)).collect();
    let wrote = applied.stderr.lines().filter(|line| line.starts_with("wrote ")).count();
    ensure(wrote == changed.len(), || format!("{wrote} files named, {} changed:\n{}", changed.len(), applied.stderr))?;
    ensure(shown.stdout.is_empty() == changed.is_empty(), || "the diff is what is applied".to_owned())?;
    ensure(before.keys().all(|path| after.contains_key(path)), || "no file goes away".to_owned())?;
    for (path, (_, bytes)) in &changed {
        let old = before.get(*path).map_or(&[][..], |(_, bytes)| bytes);
        let mut rest = bytes.iter();
        let is_whole = old.iter().all(|byte| rest.any(|other| other == byte));
        ensure(is_whole, || format!("{} has lost something:\n{}", path.display(), lossy(bytes)))?;
    }
    python_still_parses(&before, &after)?;
    cpython_still_parses(&before, &after)?;

    let again = run(project, &["--dry-run"], size)?;
    ensure(again.stdout.is_empty(), || format!("a second run changes something:\n{}", lossy(&again.stdout)))?;
    if !changed.is_empty() {
        run(project, &["undo"], size)?;
    }
    same(&before, &project.tree(), "undo gives the old tree")?;

    ALL.fetch_add(1, Ordering::Relaxed);
    CHANGED.fetch_add(usize::from(!changed.is_empty()), Ordering::Relaxed);
    UNREADABLE.fetch_add(usize::from(shown.code == 2), Ordering::Relaxed);
    Ok(())
}

fn ensure(holds: bool, otherwise: impl FnOnce() -> String) -> Result<(), String> {
    if holds { Ok(()) } else { Err(otherwise()) }
}

fn same(one: &Tree, other: &Tree, promise: &str) -> Result<(), String> {
    ensure(one == other, || format!("broken: {promise}"))
}

/// Runs the program, which must come to an end in a time that its input allows, by one of its own exit codes.
fn run(project: &Project, arguments: &[&str], size: usize) -> Result<Run, String> {
    let place = project.root().with_file_name("output");
    fs::create_dir_all(&place).unwrap();
    let (stdout, stderr) = (place.join("stdout"), place.join("stderr"));
    let mut command = project.command(env!("CARGO_BIN_EXE_sentry-codemod"));
    command.args(arguments).stdout(File::create(&stdout).unwrap()).stderr(File::create(&stderr).unwrap());
    let mut program = command.spawn().unwrap();
    // A megabyte a second would be slow even for a build without optimisation on a busy machine.
    let limit = Duration::from_secs(30 + (size >> 20) as u64);
    let begun = Instant::now();
    let status = loop {
        match program.try_wait().unwrap() {
            Some(status) => break status,
            None if begun.elapsed() > limit => {
                program.kill().unwrap();
                program.wait().unwrap();
                return Err(format!("{arguments:?} hangs on {size} bytes"));
            }
            None => std::thread::sleep(Duration::from_millis(2)),
        }
    };
    let text = String::from_utf8(fs::read(stderr).unwrap()).map_err(|_| "the story is no UTF-8".to_owned())?;
    let run = Run { code: status.code().unwrap_or(-1), stdout: fs::read(stdout).unwrap(), stderr: text };
    let is_bug = run.stderr.contains("this is a bug") || !(0..=2).contains(&run.code);
    ensure(!is_bug, || format!("{arguments:?} ends with {status}:\n{}", run.stderr))?;
    let stray = |c: char| c.is_control() && !matches!(c, '\n' | '\t');
    ensure(!run.stderr.contains(stray), || format!("control characters reach the terminal:\n{:?}", run.stderr))?;
    Ok(run)
}

/// Python's own parser reads each changed file that it could read before. Where there is no Python, nothing is said.
fn cpython_still_parses(before: &Tree, after: &Tree) -> Result<(), String> {
    let changed = after.iter().filter(|(path, file)| before.get(*path) != Some(file));
    for (path, (_, new)) in changed.filter(|(path, _)| path.extension().is_some_and(|extension| extension == "py")) {
        let parsed_before = before.get(path).is_none_or(|(_, old)| cpython(old).is_ok());
        if let (true, Err(error)) = (parsed_before, cpython(new)) {
            return Err(format!("{}: Python parses it no longer: {error}\n{}", path.display(), lossy(new)));
        }
    }
    Ok(())
}

fn cpython(module: &[u8]) -> Result<(), String> {
    let program = "import ast, sys; ast.parse(sys.stdin.buffer.read())";
    let mut command = Command::new("python3");
    command.args(["-I", "-S", "-W", "ignore", "-c", program]).stdin(Stdio::piped()).stderr(Stdio::piped());
    let Ok(mut python) = command.spawn() else { return Ok(()) };
    // It may have given up before it has read all.
    let _ = python.stdin.take().unwrap().write_all(module);
    let output = python.wait_with_output().unwrap();
    ensure(output.status.success(), || lossy(&output.stderr))
}

fn lossy(bytes: &[u8]) -> String {
    String::from_utf8_lossy(bytes).into_owned()
}

/// Small files whole, large ones by their size.
fn listing(files: &Files) -> String {
    let mut list = String::new();
    for (path, bytes) in files {
        let text = if bytes.len() < 3000 { format!("{:?}", lossy(bytes)) } else { format!("{} bytes", bytes.len()) };
        let _ = writeln!(list, "{}: {text}", path.display());
    }
    list
}
