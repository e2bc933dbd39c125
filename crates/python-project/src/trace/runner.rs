//! The state of a run on paper: time, certainty, the stack, the modules. Read [`Runner`] first.
//! What statements, expressions, calls and imports do to it stands in the files of those names.

use std::cell::RefCell;
use std::ops::Range;
use std::rc::Rc;

use python_source::outline::{Span, Stmt, StmtKind};
use rustc_hash::{FxHashMap, FxHashSet};

use super::import_graph::{ImportGraph, Known};
use super::replay::Recorder;
use super::value::{Body, Callable, Namespace, Scope, Value};
use super::{BlockId, Entry, Event, EventKind, Load, Served, Start, Step, Trace};
use crate::vocabulary::Vocabulary;
use crate::workspace::{FileId, Resolved, Workspace};

/// More statements than any real program runs while it starts; beyond it the run is cut short.
const MOST_STEPS: usize = 300_000;
/// Calls inside calls; a guard for the machine's own stack.
const DEEPEST: usize = 60;
/// How often one function is followed: further calls seldom show anything new.
const MOST_CALLS_OF_ONE_FUNCTION: usize = 8;

/// A run on paper.
pub(super) struct Runner<'a> {
    pub(super) workspace: &'a Workspace,
    pub(super) vocabulary: &'a Vocabulary,
    pub(super) environment: FxHashMap<String, Value>,
    pub(super) arguments: &'a [String],
    pub(super) settings: &'a [FileId],
    pub(super) modules: FxHashMap<FileId, Scope>,
    /// Every module that was asked for, in order, loaded before or not.
    pub(super) requests: Vec<FileId>,
    /// For each module the requests that were made while it loaded.
    pub(super) requested_by: FxHashMap<FileId, Range<usize>>,
    pub(super) trace: Trace,
    /// Where imports lead, and which modules matter: for all runs with this import path.
    pub(super) graph: Rc<ImportGraph>,
    /// Which modules matter to this run.
    pub(super) known: Rc<RefCell<Known>>,
    /// Whether settings are being loaded: which of them takes over which matters, also where no word of the vocabulary stands.
    pub(super) in_settings: bool,
    /// Whether what happens now happens whatever the branches of the running module decide.
    pub(super) certain: bool,
    /// Whether the running module is loaded whatever the branches of others decide.
    loaded_for_certain: bool,
    /// What is noted of the modules that are loading, the innermost last; `None` for one that is replayed.
    pub(super) recorders: Vec<Option<Recorder>>,
    /// How often something was cut short.
    pub(super) cuts: usize,
    /// For each loaded module its number among the loads.
    load_numbers: FxHashMap<FileId, usize>,
    /// Modules that are loaded once everything else has been.
    pub(super) later: Vec<String>,
    time: usize,
    steps: usize,
    pub(super) stack: Vec<(BlockId, usize)>,
    depth: usize,
    calls: FxHashMap<BlockId, usize>,
}

/// What a statement needs to know of the body it stands in.
pub(super) struct Frame {
    pub(super) file: FileId,
    pub(super) scope: Scope,
    /// The instance and class that `super()` speaks of.
    pub(super) method: Option<Rc<Callable>>,
    /// Whether the body is a class's: its names are no scope for functions inside.
    pub(super) class_body: bool,
}

/// Whether the next statement runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Flow {
    Next,
    /// `return`.
    Returned,
    /// `raise`, or a call that never comes back.
    Raised,
}

impl<'a> Runner<'a> {
    pub(super) fn new(workspace: &'a Workspace, vocabulary: &'a Vocabulary, start: &'a Start) -> Self {
        let environment =
            start.environment.iter().map(|(name, value)| (name.clone(), Value::Str(value.as_str().into())));
        let graph = workspace.import_graphs.of(workspace, &start.import_path);
        Self {
            workspace,
            vocabulary,
            environment: environment.collect(),
            arguments: &start.arguments,
            settings: &start.settings,
            modules: FxHashMap::default(),
            requests: Vec::new(),
            requested_by: FxHashMap::default(),
            trace: Trace::default(),
            known: graph.matters(),
            graph,
            in_settings: false,
            certain: true,
            loaded_for_certain: true,
            recorders: Vec::new(),
            cuts: 0,
            load_numbers: FxHashMap::default(),
            later: Vec::new(),
            time: 0,
            steps: 0,
            stack: Vec::new(),
            depth: 0,
            calls: FxHashMap::default(),
        }
    }

    pub(super) fn run(mut self, entry: &Entry) -> Trace {
        match entry {
            Entry::Script { packages, file } => {
                self.import_chain(packages);
                self.enter_module(*file, "__main__");
            }
            Entry::Module { chain, attribute, explore } => {
                if let (Some(file), Some(_)) = (chain.last(), attribute) {
                    self.run_although_nothing_matters(*file);
                }
                self.import_chain(chain);
                if let (Some(file), Some(attribute)) = (chain.last(), attribute) {
                    self.run_attribute(*file, attribute);
                }
                if let Some(file) = chain.last().filter(|_| !explore.is_empty()) {
                    self.explore(*file, explore);
                }
            }
        }
        self.load_later();
        self.forget_plain_functions();
        std::mem::take(&mut self.trace)
    }

    /// Of the functions only those are told of in which something happened, or whose file speaks of the SDK: thousands did nothing of interest.
    fn forget_plain_functions(&mut self) {
        let paths = self.trace.events.iter().flat_map(|event| &event.path);
        let eventful: FxHashSet<BlockId> = paths.map(|(block, _)| *block).collect();
        let workspace = self.workspace;
        self.trace.runs.retain(|block, _| {
            block.function.is_none() || eventful.contains(block) || speaks_of_sdk(workspace, block.file)
        });
        self.trace.runs.shrink_to_fit();
    }

    /// Loads what was put off, and what that puts off in turn.
    fn load_later(&mut self) {
        let mut done = Vec::new();
        while let Some(name) = self.later.pop() {
            if !done.contains(&name) {
                self.import_string(&name, None);
                done.push(name);
            }
        }
    }

    /// The attribute that a server takes from the module: a factory is called, an object is there already.
    fn run_attribute(&mut self, file: FileId, attribute: &str) {
        let name = attribute.split('(').next().unwrap_or_default();
        let mut value = Value::Module(file);
        for part in name.split('.') {
            value = self.attribute(&value, part);
        }
        self.trace.served = self.served(&value, attribute.contains('('));
        if matches!(value, Value::Function(_)) {
            self.call_at_start(&value, file);
        }
    }

    fn served(&mut self, value: &Value, is_called: bool) -> Option<Served> {
        let called = match value {
            Value::Instance(_) => self.attribute(value, "__call__"),
            value => value.clone(),
        };
        let Value::Function(callable) = called else { return None };
        let Body::Function(function) = &callable.body else { return None };
        let given = usize::from(callable.receiver.is_some());
        let open = function.parameters.iter().skip(given).filter(|parameter| !is_called && parameter.default.is_none());
        Some(Served {
            file: callable.file,
            span: function.span.clone(),
            parameters: open.map(|parameter| parameter.name.clone()).collect(),
            is_instance: matches!(value, Value::Instance(_)),
        })
    }

    pub(super) fn call_at_start(&mut self, value: &Value, file: FileId) {
        let frame = Frame { file, scope: Scope::default(), method: None, class_body: false };
        self.call(value, super::calls::Arguments::default(), &(0..0), &frame);
    }

    /// Runs those functions of the module around the offsets that were not called by anything.
    fn explore(&mut self, file: FileId, offsets: &[usize]) {
        let Some(scope) = self.modules.get(&file).cloned() else { return };
        let Ok(module) = self.workspace.module(file) else { return };
        for stmt in &module.outline.body {
            let names = match &stmt.kind {
                StmtKind::Function(function) => vec![(None, function.name.clone(), function.span.clone())],
                StmtKind::Class(class) => class
                    .body
                    .iter()
                    .filter_map(|inner| match &inner.kind {
                        StmtKind::Function(method) => {
                            Some((Some(class.name.clone()), method.name.clone(), method.span.clone()))
                        }
                        _ => None,
                    })
                    .collect(),
                _ => continue,
            };
            for (class, name, span) in names {
                let block = BlockId { file, function: Some(span.start) };
                if self.trace.runs.contains_key(&block) || !offsets.iter().any(|offset| span.contains(offset)) {
                    continue;
                }
                let value = match class {
                    None => scope.borrow().names.get(name.as_str()).cloned(),
                    Some(class) => {
                        let class = scope.borrow().names.get(class.as_str()).cloned();
                        class.map(|class| self.attribute(&class, &name))
                    }
                };
                if let Some(value @ Value::Function(_)) = value {
                    self.call_at_start(&value, file);
                }
            }
        }
    }

    /// An empty scope inside another.
    pub(super) fn new_scope(&mut self, parent: Option<Scope>) -> Scope {
        let scope = Scope::new(RefCell::new(Namespace { parent, ..Namespace::default() }));
        self.graph.own_scope(&scope);
        scope
    }

    pub(super) fn tick(&mut self) -> usize {
        self.time += 1;
        self.time
    }

    /// Puts an event into the trace.
    pub(super) fn record(&mut self, kind: EventKind, name: &str, span: &Span, file: FileId) {
        self.is_not_plain();
        let time = self.tick();
        self.trace.events.push(Event {
            time,
            kind,
            name: name.to_owned(),
            file,
            span: span.clone(),
            path: self.stack.clone(),
            certain: self.is_certain(),
        });
    }

    /// Whether what happens now happens whatever any branch decides.
    pub(super) fn is_certain(&self) -> bool {
        self.loaded_for_certain && self.certain
    }

    /// A module begins to load: certainty is seen from it.
    pub(super) fn enter_certainty(&mut self) -> (bool, bool) {
        let outer = (self.loaded_for_certain, self.certain);
        self.loaded_for_certain = self.is_certain();
        self.certain = true;
        outer
    }

    /// It has loaded.
    pub(super) fn leave_certainty(&mut self, outer: (bool, bool)) {
        (self.loaded_for_certain, self.certain) = outer;
    }

    pub(super) fn note_load(&mut self, load: Load) {
        self.load_numbers.insert(load.file, self.trace.loads.len());
        self.trace.loads.push(load);
    }

    /// A module is loaded on all ways from here: for certain, if this place is reached for certain.
    pub(super) fn ensure(&mut self, file: FileId) {
        let is_reached = self.loaded_for_certain;
        if let Some(number) = self.load_numbers.get(&file) {
            self.trace.loads[*number].certain |= is_reached;
        }
    }

    /// Enters a module once, as the interpreter would, and returns its names.
    pub(super) fn enter_module(&mut self, file: FileId, dunder_name: &str) -> Scope {
        self.note_request(file);
        self.requests.push(file);
        if let Some(scope) = self.modules.get(&file) {
            return Rc::clone(scope);
        }
        if dunder_name.is_empty() {
            if !self.in_settings && !self.matters(file) {
                return self.pass_through(file);
            }
            if self.depth < DEEPEST
                && let Some(plain) = self.known_plain(file)
            {
                self.depth += 1;
                let scope = self.replay(file, &plain);
                self.depth -= 1;
                return scope;
            }
        }
        let scope = self.new_scope(None);
        scope.borrow_mut().names.insert("__name__".into(), Value::Str(dunder_name.into()));
        self.modules.insert(file, Rc::clone(&scope));
        let time = self.tick();
        self.note_load(Load { file, time, certain: self.is_certain() });
        let first = self.requests.len();
        let outer = self.enter_certainty();
        self.begin_recording(file);
        let mut length = 0;
        if let Ok(module) = self.workspace.module(file) {
            let frame = Frame { file, scope: Rc::clone(&scope), method: None, class_body: false };
            length = module.outline.body.len();
            self.run_body(BlockId { file, function: None }, &module.outline.body, &frame, &mut Vec::new());
        }
        if !dunder_name.is_empty() {
            self.is_not_plain();
        }
        self.end_recording(length, &scope);
        self.leave_certainty(outer);
        self.requested_by.insert(file, first..self.requests.len());
        scope
    }

    /// The modules asked for since the request of this number, and those that they asked for when they loaded, which may be long ago.
    fn requested_since(&self, first: usize) -> FxHashSet<FileId> {
        let mut requested = FxHashSet::default();
        let mut open = self.requests[first..].to_vec();
        while let Some(file) = open.pop() {
            if requested.insert(file) {
                let loading = self.requested_by.get(&file).cloned().unwrap_or_default();
                open.extend(&self.requests[loading]);
            }
        }
        requested
    }

    /// Runs the body of a module or function and notes when each of its statements began.
    pub(super) fn run_body(&mut self, block: BlockId, body: &[Stmt], frame: &Frame, returned: &mut Vec<Value>) -> Flow {
        if self.depth >= DEEPEST {
            self.cut_short();
            return Flow::Next;
        }
        if block.function.is_some() && speaks_of_sdk(self.workspace, block.file) {
            self.is_not_plain();
        }
        self.depth += 1;
        let outer = self.certain;
        let run = self.trace.runs.entry(block).or_default();
        run.count += 1;
        run.steps.resize(body.len(), None);
        let mut flow = Flow::Next;
        for (number, stmt) in body.iter().enumerate() {
            let time = u32::try_from(self.tick()).unwrap_or(u32::MAX);
            let step = Step { time, certain: self.is_certain() };
            self.note_step(block, number);
            if let Some(run) = self.trace.runs.get_mut(&block) {
                run.steps[number].get_or_insert(step);
            }
            self.stack.push((block, number));
            flow = self.statement(stmt, frame, returned);
            self.stack.pop();
            if flow != Flow::Next {
                break;
            }
        }
        let ended = self.tick();
        if let Some(run) = self.trace.runs.get_mut(&block)
            && run.ended == 0
        {
            run.ended = ended;
        }
        self.certain = outer;
        self.depth -= 1;
        flow
    }

    fn cut_short(&mut self) {
        self.trace.cut_short = true;
        self.cuts += 1;
    }

    /// Whether there is time for one more statement.
    pub(super) fn goes_on(&mut self) -> bool {
        self.steps += 1;
        if self.steps > MOST_STEPS {
            self.cut_short();
        }
        self.steps <= MOST_STEPS
    }

    /// Whether a function is to be followed once more; never while it is already running.
    pub(super) fn may_follow(&mut self, callable: &Callable) -> Option<BlockId> {
        let Body::Function(function) = &callable.body else { return None };
        let block = BlockId { file: callable.file, function: Some(function.span.start) };
        if self.stack.iter().any(|(running, _)| *running == block) {
            self.is_not_plain();
            return None;
        }
        let calls = self.calls.entry(block).or_default();
        *calls += 1;
        let may = *calls <= MOST_CALLS_OF_ONE_FUNCTION;
        if !may {
            self.is_not_plain();
        }
        may.then_some(block)
    }

    /// Runs `body` with its effects marked as uncertain.
    pub(super) fn uncertainly<T>(&mut self, body: impl FnOnce(&mut Self) -> T) -> T {
        let outer = std::mem::replace(&mut self.certain, false);
        let result = body(self);
        self.certain = outer;
        result
    }

    /// Runs alternatives of which one is taken. What all of them load is loaded for certain, and a name has one of the values they give it.
    /// `exhaustive` is false when none of them may be taken.
    pub(super) fn alternatives<T>(
        &mut self,
        scope: &Scope,
        exhaustive: bool,
        bodies: impl IntoIterator<Item = T>,
        mut run: impl FnMut(&mut Self, T) -> Flow,
    ) -> Flow {
        let before = scope.borrow().names.clone();
        let mut outcomes = if exhaustive { Vec::new() } else { vec![before.clone()] };
        let mut common: Option<FxHashSet<FileId>> = (!exhaustive || !self.certain).then(FxHashSet::default);
        let mut flows = if exhaustive { Vec::new() } else { vec![Flow::Next] };
        for body in bodies {
            scope.borrow_mut().names.clone_from(&before);
            let first_request = self.requests.len();
            let flow = self.uncertainly(|runner| run(runner, body));
            flows.push(flow);
            // An arm that raises is not how a program starts.
            if flow != Flow::Raised {
                outcomes.push(scope.borrow().names.clone());
                match &mut common {
                    None => common = Some(self.requested_since(first_request)),
                    Some(common) if common.is_empty() => {}
                    Some(common) => {
                        let requested = self.requested_since(first_request);
                        common.retain(|file| requested.contains(file));
                    }
                }
            }
        }
        if self.certain {
            for file in common.into_iter().flatten() {
                self.note_ensured(file);
                self.ensure(file);
            }
        }
        scope.borrow_mut().names = join(outcomes);
        let goes_on = flows.contains(&Flow::Next);
        if goes_on && flows.contains(&Flow::Returned) {
            self.certain = false;
        }
        if goes_on {
            Flow::Next
        } else if flows.contains(&Flow::Returned) {
            Flow::Returned
        } else {
            Flow::Raised
        }
    }

    /// The modules a dotted name leads to.
    pub(super) fn resolve(&self, dotted: &str, importer: Option<FileId>) -> Option<Rc<Resolved>> {
        self.graph.resolve(self.workspace, dotted, importer)
    }
}

fn speaks_of_sdk(workspace: &Workspace, file: FileId) -> bool {
    workspace.file(file).python.is_some_and(|words| words.starts)
}

type Names = FxHashMap<Rc<str>, Value>;

fn join(outcomes: Vec<Names>) -> Names {
    let mut joined = Names::default();
    for names in &outcomes {
        for name in names.keys() {
            if !joined.contains_key(name) {
                let values = outcomes.iter().filter_map(|names| names.get(name).cloned());
                joined.insert(Rc::clone(name), Value::either(values));
            }
        }
    }
    joined
}
