//! What a process does when it starts, worked out on paper: which modules load, in which order, and what they build.
//!
//! A [`Trace`] is what comes out; [`follow`] makes it. Nothing of the user's is ever executed.
//! Branches that cannot be decided are walked both ways, and what happens in them is marked as uncertain.

mod calls;
mod environment;
mod expressions;
mod import_graph;
mod imports;
mod relevance;
mod replay;
mod runner;
mod statements;
mod value;

use std::path::PathBuf;

use python_source::outline::Span;
use rustc_hash::FxHashMap;

pub(crate) use import_graph::ImportGraphs;

use crate::vocabulary::{ObjectId, Vocabulary};
use crate::workspace::{FileId, Workspace};

/// How a process begins.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Start {
    /// What is loaded first.
    pub entry: Entry,
    /// The folders, relative to the workspace, that imports start from, in order.
    pub import_path: Vec<PathBuf>,
    /// Environment variables whose values are known.
    pub environment: Vec<(String, String)>,
    /// The words of the command line, for programs with sub-commands.
    pub arguments: Vec<String>,
    /// Files that take the place of the settings module when no name for it is known.
    pub settings: Vec<FileId>,
}

/// What a process loads first.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Entry {
    /// A file is run as `__main__`.
    Script {
        /// With `python -m package.module`: the packages around it from the outside in, which are imported first.
        packages: Vec<FileId>,
        /// The file.
        file: FileId,
    },
    /// Modules are imported, then the attribute of the last one is looked up; a function is called.
    Module {
        /// The packages around the module from the outside in, then the module.
        chain: Vec<FileId>,
        /// `app`, `create_app`, `create_app()`, `Settings` ...
        attribute: Option<String>,
        /// Offsets in its text: functions around them are run although nothing calls them, where the caller is not known.
        explore: Vec<usize>,
    },
}

/// What happened, in order.
#[derive(Debug, Clone, Default)]
pub struct Trace {
    /// What the caller's vocabulary gives a meaning to.
    pub events: Vec<Event>,
    /// The modules in the order in which they were entered.
    pub loads: Vec<Load>,
    /// The bodies that ran: of modules, and of functions in which something happened or whose file speaks of the SDK.
    pub runs: FxHashMap<BlockId, Run>,
    /// `from .base import *`: the importing file and the imported one.
    pub star_imports: Vec<(FileId, FileId)>,
    /// The settings modules that were loaded by name.
    pub settings: Vec<FileId>,
    /// What the entry's attribute is, where it is something that can be called and whose code is the project's own.
    pub served: Option<Served>,
    /// Whether the run was given up before its end because it grew too long.
    pub cut_short: bool,
}

/// The statements of a module, or of a function in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct BlockId {
    /// The file.
    pub file: FileId,
    /// Where the function starts in the text; `None` for the module's own body.
    pub function: Option<usize>,
}

/// A body that ran.
#[derive(Debug, Clone, Default)]
pub struct Run {
    /// How often.
    pub count: usize,
    /// For each statement when it began first, and whether that was certain; `None` for one that was not reached.
    pub steps: Vec<Option<Step>>,
    /// When the body was left for the first time.
    pub ended: usize,
}

/// The beginning of a statement.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Step {
    /// The time.
    pub time: u32,
    /// Whether the statement is run for certain.
    pub certain: bool,
}

/// A module that was entered.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Load {
    /// The file.
    pub file: FileId,
    /// When.
    pub time: usize,
    /// Whether it is loaded whatever the branches decide.
    pub certain: bool,
}

/// What the attribute is that a server, or whoever starts the process, takes from the module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Served {
    /// The file of the function, or of the `__call__` of the object's class.
    pub file: FileId,
    /// That function.
    pub span: Span,
    /// Its parameters that are left to the server: those without a default, unless the entry calls it itself; `self` is none.
    pub parameters: Vec<String>,
    /// Whether it is an object of a class with `__call__` rather than a function.
    pub is_instance: bool,
}

/// Something that the vocabulary gives a meaning to.
#[derive(Debug, Clone, PartialEq)]
pub struct Event {
    /// When it happened.
    pub time: usize,
    /// What happened.
    pub kind: EventKind,
    /// The qualified name that was called.
    pub name: String,
    /// The file of the expression that did it.
    pub file: FileId,
    /// The expression.
    pub span: Span,
    /// The statements that were being run, from the outside in.
    pub path: Vec<(BlockId, usize)>,
    /// Whether it happens whatever the branches decide.
    pub certain: bool,
}

/// What happened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum EventKind {
    /// An object was built.
    Built(ObjectId),
    /// A part of an object was made or added.
    Extended(ObjectId),
    /// Something was handed to an object that runs it by the clock.
    Scheduled(ObjectId),
    /// The SDK was started.
    Started,
    /// Something was prepared that the SDK must find done.
    Prepared,
}

impl Trace {
    /// Whether the file was loaded, and for certain.
    pub fn loads_for_certain(&self, file: FileId) -> bool {
        self.loads.iter().any(|load| load.file == file && load.certain)
    }

    /// Whether the file was loaded.
    pub fn loads(&self, file: FileId) -> bool {
        self.loads.iter().any(|load| load.file == file)
    }

    /// The objects that were built.
    pub fn built(&self) -> impl Iterator<Item = (ObjectId, &Event)> {
        self.events.iter().filter_map(|event| match event.kind {
            EventKind::Built(object) => Some((object, event)),
            _ => None,
        })
    }

    /// The calls that started the SDK.
    pub fn started(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().filter(|event| event.kind == EventKind::Started)
    }
}

/// Runs a process on paper.
pub fn follow(workspace: &Workspace, vocabulary: &Vocabulary, start: &Start) -> Trace {
    runner::Runner::new(workspace, vocabulary, start).run(&start.entry)
}
