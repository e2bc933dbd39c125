//! What a project is: its processes, the systems they build, its manifests, the SDK in force, the Sentry that is there already.
//! Read [`Facts`] first. Nothing is judged here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pep440_rs::Version;
use python_manifest::{Declared, Group, Lock, Manifest, ReferenceKind};
use python_project::commands::is_deployment_file;
use python_project::process::{Origin, Process};
use python_project::project::{Project, is_set_aside, project_of};
use python_project::trace::Event;
use python_project::{BareCommand, ClockCommand, FileId, Problem, Workspace, bare_commands, clock_commands};

use crate::catalogue::{Catalogue, Role};
use crate::crons;
use crate::libraries::{self, LibraryUse};
use crate::suppression::ignores;
use crate::version;

/// What is known of one project.
#[derive(Debug)]
pub struct Facts {
    /// Its folder and manifests.
    pub project: Project,
    /// The processes it runs.
    pub processes: Vec<Process>,
    /// Commands that start a known program and name nothing of the project for it to load.
    pub bare: Vec<BareCommand>,
    /// Commands that a clock starts.
    pub clocked: Vec<ClockCommand>,
    /// For each process, whether it has to report to Sentry.
    pub needs: Vec<Need>,
    /// The systems whose objects are built, as numbers into the catalogue, in its order.
    pub systems: Vec<SystemUse>,
    /// Libraries of the catalogue that are declared, as numbers into it.
    pub libraries: Vec<usize>,
    /// Those that it uses.
    pub used: Vec<LibraryUse>,
    /// Its manifests, read.
    pub manifests: Vec<Manifest>,
    /// Its lock files.
    pub locks: Vec<Lock>,
    /// Manifests that could not be read.
    pub problems: Vec<Problem>,
    /// The SDK that its options are written for.
    pub sdk: SdkInForce,
    /// Places where the SDK is started already.
    pub started: Vec<ExistingInit>,
    /// The distributions beside which the SDK belongs in a dependency list.
    pub anchors: Vec<String>,
    /// Manifests that a deployment file installs, the most trusted first.
    pub deployed: Vec<PathBuf>,
    /// The old client, when it is declared: the manifest and line.
    pub raven: Option<(PathBuf, usize)>,
}

/// Whether a process has to report.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Need {
    /// It has to.
    Required,
    /// It should when it costs no further site: nothing declares that it runs where others are declared.
    Optional,
}

/// A system in use.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SystemUse {
    /// Its number in the catalogue.
    pub system: usize,
    /// Where its objects are built.
    pub places: Vec<Location>,
    /// Its version as the manifests or lock files say it.
    pub version: Option<String>,
    /// Whether it starts jobs by the clock, as its `[crons]` tells.
    pub starts_jobs: bool,
}

/// A place in a file.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Location {
    /// Relative to the workspace.
    pub path: PathBuf,
    /// From 1.
    pub line: usize,
    /// From 1.
    pub column: usize,
}

/// The release of the SDK that is written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SdkInForce {
    /// The release.
    pub version: Version,
    /// Whether a person or a lock file chose it, so that options must do with what it knows.
    pub fixed: bool,
    /// Why this one.
    pub ground: Ground,
}

impl SdkInForce {
    /// Whether something that came with a release can be written: it has it, or may be raised to it.
    pub fn can_have(&self, since: &Version) -> bool {
        !self.fixed || self.version >= *since
    }
}

/// Why a release of the SDK is written for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Ground {
    /// The user said so.
    Chosen,
    /// A lock file has it.
    Locked(PathBuf),
    /// A manifest asks for it.
    Declared {
        /// The manifest.
        path: PathBuf,
        /// The line.
        line: usize,
        /// The version constraint as written.
        specifier: String,
    },
    /// Nothing asks for the SDK yet: the newest release known.
    Newest,
}

/// A call that starts the SDK.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingInit {
    /// Where.
    pub place: Location,
    /// Its file.
    pub file: FileId,
    /// The processes that run it while they start.
    pub run_by: Vec<usize>,
    /// Whether anything seen loads its module.
    pub is_reached: bool,
}

/// Finds out about one of the workspace's `projects`. `processes` are the project's own.
pub fn facts(
    catalogue: &Catalogue,
    workspace: &Workspace,
    projects: &[Project],
    project: Project,
    processes: Vec<Process>,
    chosen_sdk: Option<Version>,
) -> Facts {
    let (manifests, mut problems) = read_manifests(workspace, &project);
    let (locks, lock_problems) = read_locks(workspace, &project, &manifests);
    problems.extend(lock_problems);
    let declared: Vec<(PathBuf, Declared)> = manifests
        .iter()
        .flat_map(|manifest| manifest.declared().into_iter().map(|one| (manifest.path().to_owned(), one)))
        .collect();
    let sdk = sdk_in_force(catalogue, &declared, &locks, chosen_sdk);
    let started = existing_inits(workspace, projects, &project, &processes);
    let raven =
        declared.iter().find(|(_, one)| one.distribution == "raven").map(|(path, one)| (path.clone(), one.line));
    let bare = bare(catalogue, workspace, projects, &project);
    let mut clocked = clock_commands(workspace, &catalogue.vocabulary(), projects);
    clocked.retain(|command| project_of(projects, &command.entry) == &project);
    let systems = systems(catalogue, workspace, (&processes, &bare), &declared, &locks);
    let used = libraries::used(catalogue, workspace, &processes, declared.iter().map(|(_, one)| one), &locks);
    let libraries = catalogue.libraries.iter().enumerate();
    let libraries =
        libraries.filter(|(_, library)| declares(&declared, &library.distributions)).map(|(number, _)| number);
    Facts {
        needs: needs(catalogue, workspace, &processes),
        anchors: anchors(catalogue, &systems),
        deployed: deployed(workspace, &project),
        systems,
        libraries: libraries.collect(),
        used,
        bare,
        clocked,
        locks: locks.into_iter().filter(|lock| python_manifest::is_lock(lock.path())).collect(),
        project,
        processes,
        manifests,
        problems,
        sdk,
        started,
        raven,
    }
}

/// The distributions of the systems in use.
fn anchors(catalogue: &Catalogue, systems: &[SystemUse]) -> Vec<String> {
    systems.iter().flat_map(|used| &catalogue.systems[used.system].distributions).cloned().collect()
}

/// The project's commands that name nothing for their program to load; those of production, where there are such.
fn bare(catalogue: &Catalogue, workspace: &Workspace, projects: &[Project], project: &Project) -> Vec<BareCommand> {
    let mut bare = bare_commands(workspace, &catalogue.vocabulary(), projects);
    bare.retain(|command| {
        let inside = command.folder.as_ref().map(|folder| folder.join("_"));
        project_of(projects, inside.as_ref().unwrap_or(&command.path)) == project
    });
    let deployed = bare.iter().any(|command| command.deployed);
    bare.retain(|command| command.deployed || !deployed);
    bare
}

/// Manifests that deployment files of the project install.
fn deployed(workspace: &Workspace, project: &Project) -> Vec<PathBuf> {
    let files = workspace.files().map(|(_, file)| &file.path);
    let beside =
        files.filter(|path| path.starts_with(&project.folder) && is_deployment_file(path) && !is_set_aside(path));
    let texts = beside.filter_map(|path| Some((path, workspace.read(path).ok()?)));
    let installed = texts.flat_map(|(path, bytes)| {
        let folder = path.parent().unwrap_or(Path::new("")).to_owned();
        let named = python_manifest::deployed_files(&String::from_utf8_lossy(&bytes));
        named.into_iter().map(move |named| folder.join(named))
    });
    installed.collect()
}

fn declares(declared: &[(PathBuf, Declared)], distributions: &[String]) -> bool {
    declared.iter().any(|(_, one)| distributions.contains(&one.distribution))
}

/// The manifests of the project, and the files they refer to.
fn read_manifests(workspace: &Workspace, project: &Project) -> (Vec<Manifest>, Vec<Problem>) {
    let (mut manifests, mut problems) = (Vec::new(), Vec::new());
    for path in &project.manifests {
        match workspace.read(path).and_then(|bytes| Manifest::read(path, bytes.to_vec()).map_err(manifest_problem)) {
            Ok(manifest) => manifests.extend(manifest),
            Err(problem) => problems.push(problem),
        }
    }
    let mut number = 0;
    while let Some(manifest) = manifests.get(number) {
        let referred: Vec<PathBuf> = manifest
            .references()
            .iter()
            .filter(|reference| {
                matches!(
                    reference.kind,
                    ReferenceKind::Requirements | ReferenceKind::Constraints | ReferenceKind::Dynamic
                )
            })
            .map(|reference| reference.path.clone())
            .filter(|path| !manifests.iter().any(|known| known.path() == path))
            .collect();
        for path in referred {
            // A missing file is the installer's complaint to make.
            let Ok(bytes) = workspace.read(&path) else { continue };
            match Manifest::read_reference(&path, bytes.to_vec()) {
                Ok(manifest) => manifests.push(manifest),
                Err(error) => problems.push(manifest_problem(error)),
            }
        }
        number += 1;
    }
    (manifests, problems)
}

fn manifest_problem(error: python_manifest::ManifestError) -> Problem {
    Problem::new(error.path, error.message).at(error.line, error.column).help(error.help)
}

/// The lock files of the project, or of the workspace that it is a member of, and requirements files that were compiled.
fn read_locks(workspace: &Workspace, project: &Project, manifests: &[Manifest]) -> (Vec<Lock>, Vec<Problem>) {
    let (mut locks, mut problems) = (Vec::new(), Vec::new());
    let around: Vec<&Path> = project.folder.ancestors().collect();
    for (_, file) in workspace.files() {
        let beside = file.path.parent().is_some_and(|folder| around.contains(&folder));
        if !beside || !python_manifest::is_lock(&file.path) {
            continue;
        }
        match workspace
            .read(&file.path)
            .and_then(|bytes| Lock::read(&file.path, bytes.to_vec()).map_err(manifest_problem))
        {
            Ok(lock) => locks.extend(lock.filter(|lock| is_locked_by(project, manifests, lock))),
            Err(problem) => problems.push(problem),
        }
    }
    locks.extend(manifests.iter().filter_map(Lock::of_requirements));
    (locks, problems)
}

/// A lock file of a folder above holds what the project installs only when it names the project.
fn is_locked_by(project: &Project, manifests: &[Manifest], lock: &Lock) -> bool {
    let names = || manifests.iter().filter_map(Manifest::project_name);
    lock.path().parent() == Some(project.folder.as_path()) || names().any(|name| lock.version_of(name).is_some())
}

fn sdk_in_force(
    catalogue: &Catalogue,
    declared: &[(PathBuf, Declared)],
    locks: &[Lock],
    chosen: Option<Version>,
) -> SdkInForce {
    if let Some(version) = chosen {
        return SdkInForce { version, fixed: true, ground: Ground::Chosen };
    }
    for lock in locks {
        if let Some(version) = lock.version_of(SDK_DISTRIBUTION).and_then(|text| text.parse().ok()) {
            return SdkInForce { version, fixed: true, ground: Ground::Locked(lock.path().to_owned()) };
        }
    }
    let asked = declared.iter().filter(|(_, one)| {
        one.distribution == SDK_DISTRIBUTION && matches!(one.group, Group::Runtime | Group::Constraint)
    });
    // A bound in a constraints file is as good as one in the list itself.
    let lowest = asked
        .filter_map(|(path, one)| Some((version::lowest(&one.specifier)?, path, one)))
        .max_by(|a, b| a.0.cmp(&b.0));
    match lowest {
        Some((version, path, one)) => SdkInForce {
            fixed: version::is_exact(&one.specifier),
            version,
            ground: Ground::Declared { path: path.clone(), line: one.line, specifier: one.specifier.clone() },
        },
        None => SdkInForce { version: catalogue.sdk.newest.clone(), fixed: false, ground: Ground::Newest },
    }
}

/// What speaks for a process being run in production.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Standing {
    /// What a platform reads runs it.
    Deployed,
    /// A script, a Makefile or packaging names it.
    Declared,
    /// Servers look for a file of that name.
    ByName,
    /// Only its own file says that it is a program.
    Likely,
}

impl Standing {
    fn of(process: &Process) -> Self {
        match process.origin {
            Origin::Declared { deployed: true, .. } | Origin::Pointed => Self::Deployed,
            Origin::Declared { deployed: false, .. } => Self::Declared,
            Origin::Conventional if process.role != "script" => Self::ByName,
            Origin::Conventional | Origin::Inferred => Self::Likely,
        }
    }

    /// Whether the other one shows that this one is not how the project runs: a `__main__` guard is often there for a
    /// developer's convenience, and so is a Makefile where production is declared.
    fn yields_to(self, other: Self) -> bool {
        match other {
            Self::Deployed => self != Self::Deployed,
            Self::Declared => self == Self::Likely,
            Self::ByName | Self::Likely => false,
        }
    }
}

/// A process is required to report unless another one of its kind shows that it is not how the project runs.
/// A program that is of no known system is required to only when the project has nothing else.
fn needs(catalogue: &Catalogue, workspace: &Workspace, processes: &[Process]) -> Vec<Need> {
    let roles = |process: &Process| -> Vec<Role> {
        catalogue.systems_of(process).into_iter().map(|system| catalogue.systems[system].role).collect()
    };
    let known: Vec<(Role, Standing)> = processes
        .iter()
        .flat_map(|process| roles(process).into_iter().map(|role| (role, Standing::of(process))))
        .collect();
    // Nothing of a known system: what production runs, else the scripts that packaging declares.
    let nothing_known = known.is_empty();
    let is_deployed = |process: &Process| Standing::of(process) == Standing::Deployed;
    let nothing_deployed = !processes.iter().any(is_deployed);
    let is_declared = |process: &Process| matches!(process.origin, Origin::Declared { .. });
    let need = |process: &Process| {
        let own = roles(process);
        let required = if process.origin == Origin::Pointed {
            true
        } else if is_ignored(workspace, process) {
            false
        } else if own.is_empty() {
            // One that hands over to another package at once may be of a known system, started in a way that is not seen.
            let is_opaque = process.trace.loads.len() == 1;
            (is_deployed(process) && (nothing_known || !is_opaque))
                || (nothing_known && nothing_deployed && is_declared(process))
        } else {
            let standing = Standing::of(process);
            let yields = |role: &Role| known.iter().any(|(other, best)| other == role && standing.yields_to(*best));
            !own.iter().all(yields)
        };
        if required { Need::Required } else { Need::Optional }
    };
    processes.iter().map(need).collect()
}

/// Whether a comment keeps hands off everything that the process builds.
fn is_ignored(workspace: &Workspace, process: &Process) -> bool {
    let ignored = |event: &Event| {
        workspace.module(event.file).is_ok_and(|module| {
            let (line, _) = module.source.line_column(event.span.start);
            let mut ignores = ignores(module.source.text()).into_iter();
            ignores.any(|ignore| ignore.forbids_edits() && (ignore.whole_file || ignore.line == line))
        })
    };
    let mut built = process.trace.built().map(|(_, event)| event).peekable();
    built.peek().is_some() && built.all(ignored)
}

fn systems(
    catalogue: &Catalogue,
    workspace: &Workspace,
    (processes, bare): (&[Process], &[BareCommand]),
    declared: &[(PathBuf, Declared)],
    locks: &[Lock],
) -> Vec<SystemUse> {
    let mut places: BTreeMap<usize, Vec<Location>> = BTreeMap::new();
    for command in bare {
        if let Some((system, _)) = catalogue.settings_file(&command.launcher) {
            places.entry(system).or_default();
        }
    }
    for process in processes {
        for system in catalogue.systems_of(process) {
            let known = places.entry(system).or_default();
            let built = process.trace.built().filter(|(object, _)| object.0 == system);
            let served = process.trace.served.as_ref().filter(|_| !catalogue.systems[system].serves.is_empty());
            let served = served.map(|served| (served.file, served.span.start));
            for (file, offset) in built.map(|(_, event)| (event.file, event.span.start)).chain(served) {
                let place = location(workspace, file, offset);
                if !known.contains(&place) {
                    known.push(place);
                }
            }
        }
    }
    let version = |system: usize| {
        let names = &catalogue.systems[system].distributions;
        let locked = locks.iter().find_map(|lock| names.iter().find_map(|name| lock.version_of(name)));
        locked.map(str::to_owned).or_else(|| {
            let (_, one) = declared.iter().find(|(_, one)| names.contains(&one.distribution))?;
            version::lowest(&one.specifier).map(|version| version.to_string())
        })
    };
    let starts_jobs = |system: usize| {
        let own: Vec<&Process> =
            processes.iter().filter(|process| catalogue.systems_of(process).contains(&system)).collect();
        let crons = catalogue.systems[system].crons.as_ref();
        crons.is_some_and(|crons| crons::starts_jobs(crons, workspace, &own, declared.iter().map(|(_, one)| one)))
    };
    let used =
        |(system, places)| SystemUse { system, places, version: version(system), starts_jobs: starts_jobs(system) };
    places.into_iter().map(used).collect()
}

/// The place of an offset in a file that was parsed before.
pub fn location(workspace: &Workspace, file: FileId, offset: usize) -> Location {
    let (line, column) = workspace.module(file).map_or((1, 1), |module| module.source.line_column(offset));
    Location { path: workspace.path(file).to_owned(), line, column }
}

/// Every init of the project: run by a process, or standing in a module that a process loads although nothing seen calls it
/// (in a start-up hook, say), or in a module that nothing was seen to load.
fn existing_inits(
    workspace: &Workspace,
    projects: &[Project],
    project: &Project,
    processes: &[Process],
) -> Vec<ExistingInit> {
    let mut found: BTreeMap<(FileId, usize), Vec<usize>> = BTreeMap::new();
    for (number, process) in processes.iter().enumerate() {
        for event in process.trace.started() {
            let run_by = found.entry((event.file, event.span.start)).or_default();
            if !run_by.contains(&number) {
                run_by.push(number);
            }
        }
    }
    let loaded = processes.iter().flat_map(|process| process.trace.loads.iter().map(|load| load.file));
    let own = workspace.files().map(|(id, _)| id).filter(|id| project.owns(projects, workspace, *id));
    let files: BTreeSet<FileId> = loaded
        .filter(|file| names_something(workspace, *file))
        .chain(own.filter(|id| mentions_sdk(workspace, *id)))
        .collect();
    for file in files.into_iter().filter(|file| !is_set_aside(workspace.path(*file))) {
        let Ok(module) = workspace.module(file) else { continue };
        for offset in crate::existing::init_calls(&module.outline) {
            found.entry((file, offset)).or_default();
        }
    }
    let reached = |file: FileId, run_by: &[usize]| {
        // A program starts the SDK for itself, whether or not it is among the processes.
        let is_program = workspace.file(file).python.is_some_and(|words| words.main);
        !run_by.is_empty() || is_program || processes.iter().any(|process| process.trace.loads(file))
    };
    found
        .into_iter()
        .map(|((file, offset), run_by)| ExistingInit {
            place: location(workspace, file, offset),
            is_reached: reached(file, &run_by),
            file,
            run_by,
        })
        .collect()
}

fn names_something(workspace: &Workspace, file: FileId) -> bool {
    workspace.file(file).python.is_some_and(|words| words.vocabulary)
}

fn mentions_sdk(workspace: &Workspace, file: FileId) -> bool {
    let words = workspace.file(file).python;
    words.is_some_and(|words| words.vocabulary)
        && workspace
            .read(workspace.path(file))
            .is_ok_and(|bytes| bytes.windows(SDK.len()).any(|window| window == SDK.as_bytes()))
}

const SDK: &str = "sentry_sdk";
const SDK_DISTRIBUTION: &str = "sentry-sdk";

impl Facts {
    /// Whether a manifest asks for the SDK.
    pub fn declares_sdk(&self) -> bool {
        self.manifests.iter().flat_map(Manifest::declared).any(|one| one.distribution == "sentry-sdk")
    }

    /// Whether a manifest or a lock file has the distribution.
    pub fn installs(&self, distribution: &str) -> bool {
        let mut declared = self.manifests.iter().flat_map(Manifest::declared);
        declared.any(|one| one.group == Group::Runtime && one.distribution == distribution)
            || self.locks.iter().any(|lock| lock.version_of(distribution).is_some())
    }

    /// An init whose module nothing seen loads. Frameworks load modules by names in lists and by entry points, so it may well run.
    pub fn unreached_init(&self) -> Option<&ExistingInit> {
        self.started.iter().find(|init| !init.is_reached)
    }

    /// Whether the process has an init: run while it starts, or standing in a module that it loads.
    pub fn reaches_init(&self, process: usize) -> bool {
        let reaches =
            |init: &ExistingInit| init.run_by.contains(&process) || self.processes[process].trace.loads(init.file);
        self.started.iter().any(reaches)
    }

    /// The processes that reach an init, or of which nobody can say that they do not.
    pub fn covered(&self) -> Vec<usize> {
        let unreached = self.unreached_init().is_some();
        (0..self.processes.len()).filter(|process| unreached || self.reaches_init(*process)).collect()
    }

    /// The name to call the project by: its manifest's, else its folder's; a project in the root may have none.
    pub fn name(&self, workspace: &Workspace) -> Option<String> {
        let named = self.manifests.iter().find_map(|manifest| manifest.project_name().map(str::to_owned));
        let folder = self.project.folder.file_name().or_else(|| workspace.root().file_name());
        named.or_else(|| folder.map(|name| name.to_string_lossy().into_owned()))
    }
}
