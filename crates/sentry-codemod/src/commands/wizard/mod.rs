//! The wizard: says what it found, leads with one recommendation, asks, shows the change, and writes it when told so. Read [`run`] first.

mod prompt;
mod questions;

use std::io::{BufRead, IsTerminal, Write};
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use anyhow::{Context, Result, bail};
use changeset::{Changeset, StateDir};
use clap::Parser;
use planner::Fix;

use super::fix::{change, uncommitted, write};
use crate::arguments::{Arguments, Command, FixArguments, Verbosity};
use crate::exit::Exit;
use crate::inspection::{Inspection, Outcome, Target, Told};
use crate::output::{self, Ending};
use prompt::{Prompt, Stopped};

/// Asks on the terminal. Until the user says so nothing is written; Ctrl-C and `q` leave the tree as it was.
///
/// # Errors
/// When there is no terminal, or the project cannot be read or written.
pub(crate) fn run(arguments: &FixArguments, verbosity: Verbosity) -> Result<Exit> {
    if !std::io::stdin().is_terminal() || !std::io::stderr().is_terminal() {
        bail!(
            "--interactive asks questions, and there is no terminal to ask on\n  \
             the answers can be given as flags: --with, --without, --no-pii, --dsn; see the change, then say --apply"
        );
    }
    let interruptible = interruptible().context("cannot listen for Ctrl-C")?;
    let mut wizard = Wizard {
        arguments: arguments.clone(),
        verbosity,
        told: Told::default(),
        prompt: Prompt::new(std::io::stdin().lock(), std::io::stderr()),
        interruptible,
    };
    match wizard.lead() {
        Err(error) if error.is::<Stopped>() => match error.downcast()? {
            Stopped::Quit => {
                output::nothing_written();
                Ok(Exit::Fine)
            }
            failed @ Stopped::Io(_) => Err(failed.into()),
        },
        ended => ended,
    }
}

/// As long as this is true, Ctrl-C ends the program.
fn interruptible() -> std::io::Result<Arc<AtomicBool>> {
    let interruptible = Arc::new(AtomicBool::new(true));
    #[cfg(unix)]
    signal_hook::flag::register_conditional_shutdown(
        signal_hook::consts::SIGINT,
        Exit::Interrupted.number().into(),
        Arc::clone(&interruptible),
    )?;
    Ok(interruptible)
}

/// A conversation.
struct Wizard<R, W> {
    /// What was typed, and the answers added to it.
    arguments: FixArguments,
    verbosity: Verbosity,
    told: Told,
    prompt: Prompt<R, W>,
    /// Whether Ctrl-C ends the program.
    interruptible: Arc<AtomicBool>,
}

impl<R: BufRead, W: Write> Wizard<R, W> {
    /// From what there is to what was written.
    fn lead(&mut self) -> Result<Exit> {
        let target = Target::of(&self.arguments.path)?;
        let state = StateDir::for_root(&target.root);
        output::recovered(changeset::recover(&target.root, &state)?.as_ref());
        let found = Inspection::of(&target, &self.arguments.asked(self.verbosity))?;
        self.tell(&found)?;
        if found.outcomes.iter().all(|outcome| self.told.fixes_of(&outcome.plan).next().is_none()) {
            return Ok(Exit::Fine.or_failed(found.has_unreadable()));
        }
        questions::ask(&mut self.prompt, &found, &mut self.arguments)?;

        let target = Target::of(&self.arguments.path)?;
        let planned = Inspection::of(&target, &self.arguments.asked(self.verbosity))?;
        let (changeset, _) = change(&planned, &self.told)?;
        output::diff(&changeset)?;
        self.ask_to_write(&changeset)?;
        self.write(&planned, &changeset, &state)
    }

    /// The story of what there is.
    fn tell(&self, inspection: &Inspection) -> Result<()> {
        let (changeset, waiting) = change(inspection, &self.told)?;
        let run = self.run(inspection, &changeset, waiting, &Ending::Shown);
        output::story(&run);
        if changeset.is_empty() {
            output::ending(&run);
        }
        Ok(())
    }

    fn run<'a>(
        &'a self,
        inspection: &'a Inspection,
        changeset: &'a Changeset,
        waiting: Vec<&'a Fix>,
        ending: &'a Ending,
    ) -> output::Run<'a> {
        output::Run { inspection, changeset, told: &self.told, waiting, ending, verbosity: self.verbosity }
    }

    /// Asks whether to write, and what is in the way.
    fn ask_to_write(&mut self, changeset: &Changeset) -> Result<(), Stopped> {
        let files = changeset.changes().len();
        let these = if files == 1 { "this file".to_owned() } else { format!("these {files} files") };
        if !self.prompt.yes_or_no(&format!("Write {these}?"), false)? {
            return Err(Stopped::Quit);
        }
        let dirty: Vec<PathBuf> = uncommitted(changeset);
        if !self.arguments.allow_dirty && !dirty.is_empty() {
            let names: Vec<String> = dirty.iter().map(|path| path.display().to_string()).collect();
            let question = format!("Not committed: {}. Write all the same?", names.join(", "));
            if !self.prompt.yes_or_no(&question, false)? {
                return Err(Stopped::Quit);
            }
            self.arguments.allow_dirty = true;
        }
        Ok(())
    }

    /// Writes, all files or none: Ctrl-C has to wait for that.
    fn write(&mut self, inspection: &Inspection, changeset: &Changeset, state: &StateDir) -> Result<Exit> {
        self.interruptible.store(false, Ordering::SeqCst);
        let ending = write(self.arguments.allow_dirty, changeset, state);
        self.interruptible.store(true, Ordering::SeqCst);
        if let Some(error) = ending.error() {
            return Err(error);
        }
        let run = self.run(inspection, changeset, Vec::new(), &ending);
        output::ending(&run);
        output::way_back(&self.arguments.path);
        output::next_steps(&run);
        let exit = Exit::Fine.or_failed(inspection.has_unreadable());
        let proven = self.prove(inspection);
        output::the_same(&questions::the_same_by_flags(&self.arguments));
        Ok(proven?.unwrap_or(exit))
    }

    /// Tells how each project's own command is proven, and runs the proof when the user wants that.
    fn prove(&mut self, inspection: &Inspection) -> Result<Option<Exit>> {
        let commands: Vec<&str> = inspection.outcomes.iter().filter_map(Outcome::command_to_prove).collect();
        let root = inspection.workspace.root();
        let is_here = std::env::current_dir().is_ok_and(|here| here == root);
        commands.iter().for_each(|command| output::proof(command, (!is_here).then_some(root)));
        let [command] = commands[..] else { return Ok(None) };
        let question = format!("Run `{command}` now, and see what arrives?");
        // To quit is no more than to say no: all is written.
        if !is_here || !matches!(self.prompt.yes_or_no(&question, false), Ok(true)) {
            return Ok(None);
        }
        // The proof has an ear of its own for Ctrl-C: it stops what it has started.
        self.interruptible.store(false, Ordering::SeqCst);
        let proven = verify(command, self.verbosity);
        self.interruptible.store(true, Ordering::SeqCst);
        proven.map(Some)
    }
}

/// Runs `sentry-codemod verify -- COMMAND`.
#[cfg(unix)]
fn verify(command: &str, verbosity: Verbosity) -> Result<Exit> {
    let words = shlex::split(command).with_context(|| format!("a quote is open in `{command}`"))?;
    let typed = ["sentry-codemod", "verify", "--"].into_iter().map(str::to_owned).chain(words);
    match Arguments::try_parse_from(typed)?.command {
        Some(Command::Verify(arguments)) => super::verify::run(&arguments, verbosity),
        _ => unreachable!("the words name the command"),
    }
}

/// There is no such command here.
#[cfg(not(unix))]
fn verify(_command: &str, _verbosity: Verbosity) -> Result<Exit> {
    bail!("verify runs on Unix alone")
}
