//! From a manifest and what is wanted to edits. Read [`Manifest::require`] first.

use changeset::{Edit, apply_edits};
use pep440_rs::Version;

use crate::check::{Leaf, bystander};
use crate::layout::Layout;
use crate::list::List;
use crate::manifest::{CompiledFrom, Dialect, Group, Manifest};
use crate::requirement::{Requirement, Revision};
use crate::specifier::short;
use crate::style::Style;
use crate::{ManifestError, conda, dockerfile, requirements, setup_cfg, setup_py, toml_text};

/// The requirement that a project is to have.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Wanted {
    /// The distribution's name as a new line spells it.
    pub distribution: String,
    /// The extras it is installed with.
    pub extras: Vec<String>,
    /// The oldest version that works.
    pub floor: Version,
    /// The first version that no longer works, if one is known.
    pub end: Option<Version>,
    /// What an exact pin names in a list of exact pins.
    pub newest: Version,
    /// The distributions beside which it belongs: a list that names one of them is the right one.
    pub anchors: Vec<String>,
    /// Whether an existing requirement must shut out `end` although nothing else in it has to change.
    pub needs_end: bool,
}

/// How sure it is that an edit is right.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Applicability {
    /// It installs what was installed, or a version that the old requirement admitted.
    Safe,
    /// It moves a version that somebody chose.
    Unsafe,
}

/// What is to be done with a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Outcome {
    /// The requirement is there already.
    Satisfied,
    /// Edits put it there.
    Edit {
        /// Edits of the file's bytes.
        edits: Vec<Edit>,
        /// The line of the requirement in the new file, from 1.
        line: usize,
        /// The requirement as it was; `None` for a new one.
        before: Option<String>,
        /// The requirement as it is then.
        after: String,
        /// The command that refreshes the lock file, if the project has one.
        refresh: Option<String>,
        /// How sure it is.
        applicability: Applicability,
        /// What a person should know about it.
        note: Option<String>,
    },
    /// A person has to do it.
    Advice {
        /// The line to add and the command to run.
        text: String,
        /// Why it is left to a person.
        reason: String,
    },
}

impl Manifest {
    /// What makes this file ask for what is wanted, among the dependencies of the program itself.
    ///
    /// The edits are tried: the new text is read again and must differ from the old by this one requirement.
    ///
    /// # Errors
    /// When the tried edits would have changed anything else: a bug, and the file is left as it is.
    pub fn require(&self, wanted: &Wanted) -> Result<Outcome, ManifestError> {
        let plan = match self.plan(wanted) {
            Ok(plan) => plan,
            Err(reason) => return Ok(self.advice(wanted, reason)),
        };
        let Revision { edits, risk } = plan;
        if edits.is_empty() {
            return Ok(Outcome::Satisfied);
        }
        let new = self.try_edits(&edits, wanted)?;
        let shown = |manifest: &Self| {
            let found = manifest.runtime_requirements(&wanted.distribution).next();
            found.map(|(_, one)| (one.span.start, manifest.source.slice(one.span.clone()).to_owned()))
        };
        let (start, after) = shown(&new).unwrap_or_default();
        Ok(Outcome::Edit {
            edits,
            line: new.source.line(start),
            before: shown(self).map(|(_, text)| text),
            after,
            refresh: self.contents.refresh.map(str::to_owned),
            applicability: if risk.is_some() { Applicability::Unsafe } else { Applicability::Safe },
            note: risk,
        })
    }

    /// The edits, not tried yet; a sentence when a person has to do it.
    fn plan(&self, wanted: &Wanted) -> Result<Revision, String> {
        let existing: Vec<(&List, &Requirement)> = self.runtime_requirements(&wanted.distribution).collect();
        let revisions: Vec<Revision> = existing
            .iter()
            .map(|(list, requirement)| {
                let style = Style::of(&self.source, list);
                let revision = requirement.revise(&self.source, list.notation, wanted, &style)?;
                Ok(self.quoted(list, requirement, revision, style.quote))
            })
            .collect::<Result<_, String>>()?;
        let needs_edit = revisions.is_empty() || revisions.iter().any(|revision| !revision.edits.is_empty());
        if !needs_edit {
            return Ok(Revision::default());
        }
        if let Some(reason) = &self.contents.closed {
            return Err(reason.clone());
        }
        match revisions.len() {
            0 => self.plan_new(wanted),
            1 => Ok(revisions.into_iter().next().unwrap_or_default()),
            count => Err(format!("`{}` stands there {count} times", wanted.distribution)),
        }
    }

    fn plan_new(&self, wanted: &Wanted) -> Result<Revision, String> {
        let list = self.list_for(&wanted.anchors).ok_or("it has no list of runtime dependencies")?;
        if let Layout::Closed { reason } = &list.layout {
            return Err(reason.clone());
        }
        let style = Style::of(&self.source, list);
        let mut text = style.requirement(wanted);
        let needs_quotes = match list.layout {
            Layout::Words => dockerfile::needs_quotes(&text),
            _ => !list.keyed && list.quote.is_some(),
        };
        if needs_quotes {
            text = format!("{0}{text}{0}", style.quote);
        }
        let position = list.position(&self.source, &wanted.distribution);
        Ok(Revision { edits: list.layout.insert(&self.source, &list.items, position, &text), risk: None })
    }

    /// Puts quotes around a shell word that had none and now needs them.
    fn quoted(&self, list: &List, requirement: &Requirement, mut revision: Revision, quote: char) -> Revision {
        let item = list.items.iter().find(|item| item.requirement.as_ref() == Some(requirement));
        if let Some(item) = item
            && list.layout == Layout::Words
            && item.span == requirement.span
            && revision.edits.iter().any(|edit| dockerfile::needs_quotes(&String::from_utf8_lossy(&edit.replacement)))
        {
            revision.edits.insert(0, Edit::insert(item.span.start, quote.to_string()));
            revision.edits.push(Edit::insert(item.span.end, quote.to_string()));
        }
        revision
    }

    /// The runtime list that names an anchor, else the first; of two halves of one list the one that takes new items.
    ///
    /// A Dockerfile installs many things: there only a command that names an anchor is the program's.
    fn list_for(&self, anchors: &[String]) -> Option<&List> {
        let runtime = || self.contents.lists.iter().filter(|list| list.group == Group::Runtime);
        let first = runtime().next().filter(|_| self.dialect != Dialect::Dockerfile);
        let chosen = runtime().find(|list| list.names_any(anchors)).or(first)?;
        let open = |list: &&List| list.place == chosen.place && !matches!(list.layout, Layout::Closed { .. });
        if open(&chosen) { Some(chosen) } else { runtime().find(open).or(Some(chosen)) }
    }

    fn runtime_requirements<'a>(&'a self, distribution: &'a str) -> impl Iterator<Item = (&'a List, &'a Requirement)> {
        let runtime = self.contents.lists.iter().filter(|list| list.group == Group::Runtime);
        runtime.flat_map(move |list| list.requirements_of(distribution).map(move |one| (list, one)))
    }

    /// The file after the edits, read again; an error when anything but the requirement changed or it still does not fit.
    fn try_edits(&self, edits: &[Edit], wanted: &Wanted) -> Result<Self, ManifestError> {
        let broken = |why: String| {
            let help = "nothing was changed; add the requirement by hand, and please report the file";
            self.source.error(self.source.content_start(), format!("the edit would not be right: {why}"), help)
        };
        let bytes = apply_edits(self.source.text().as_bytes(), edits).map_err(|error| broken(error.to_string()))?;
        let new = Self::read_as(self.path(), bytes, self.dialect).map_err(|error| broken(error.to_string()))?;
        let (before, after) = (self.leaves()?, new.leaves()?);
        if let Some(leaf) = bystander(before, after, &wanted.distribution) {
            return Err(broken(format!("it touches `{}` in {}", leaf.value, leaf.path.join("."))));
        }
        match new.plan(wanted) {
            Ok(revision) if revision.edits.is_empty() => Ok(new),
            Ok(_) => Err(broken("the requirement would need another edit".to_owned())),
            Err(reason) => Err(broken(reason)),
        }
    }

    /// Every value of the file.
    fn leaves(&self) -> Result<Vec<Leaf>, ManifestError> {
        Ok(match self.dialect {
            Dialect::Requirements => requirements::leaves(&self.source),
            Dialect::Pyproject | Dialect::Pipfile | Dialect::Pixi => {
                toml_text::leaves(&toml_text::parse(&self.source)?)
            }
            Dialect::SetupCfg => setup_cfg::leaves(&self.source),
            Dialect::SetupPy => setup_py::leaves(&self.source),
            Dialect::Conda => conda::leaves(&self.source)?,
            Dialect::Dockerfile => dockerfile::leaves(&self.source),
        })
    }

    fn advice(&self, wanted: &Wanted, reason: String) -> Outcome {
        let line = wanted_line(wanted);
        let path = self.path().display();
        let compiled = self.contents.compiled_from.as_ref();
        let command = compiled.and_then(|from| from.command.as_deref());
        let text = match (compiled, command) {
            (Some(CompiledFrom { sources, .. }), command) if !sources.is_empty() => {
                let sources: Vec<String> = sources.iter().map(|path| format!("`{}`", path.display())).collect();
                let run = command.map(|command| format!(", then run `{command}`")).unwrap_or_default();
                format!("add `{line}` to {}{run}", sources.join(" or "))
            }
            (_, Some(command)) => format!("add `{line}` to the source of {path}, then run `{command}`"),
            _ if self.contents.has_hashes => {
                format!("add `{line}` and its hashes to {path}; `uv pip compile --generate-hashes` computes them")
            }
            _ => format!("add `{line}` to what {path} installs"),
        };
        Outcome::Advice { text, reason }
    }
}

/// The requirement as a person would type it: `sentry-sdk[flask]>=2.35,<3`.
pub(crate) fn wanted_line(wanted: &Wanted) -> String {
    let extras = if wanted.extras.is_empty() { String::new() } else { format!("[{}]", wanted.extras.join(",")) };
    let end = wanted.end.as_ref().map(|end| format!(",<{}", short(end))).unwrap_or_default();
    format!("{}{extras}>={}{end}", wanted.distribution, short(&wanted.floor))
}
