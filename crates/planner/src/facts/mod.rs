//! What a project is: its processes, the systems they build, its manifests, the SDK in force, the Sentry that is there already.
//! Read [`Facts`] first, then [`facts`]. Nothing is judged here.

mod dependencies;
mod frontends;
mod inits;
mod needs;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use pep440_rs::Version;
use python_manifest::{Declared, Group, Lock, Manifest};
use python_project::process::Process;
use python_project::project::{Project, project_of};
use python_project::{
    BareCommand, ClockCommand, FileId, Problem, Vocabulary, Workspace, bare_commands, clock_commands,
};
use python_source::outline::Span;

use crate::catalogue::Catalogue;
use crate::crons;
use crate::libraries::{self, LibraryUse};
use crate::version;
use dependencies::{SDK_DISTRIBUTION, read_locks, read_manifests, sdk_in_force};
pub use frontends::{Frontend, is_frontend_manifest};
use inits::{existing_inits, files_with_sdk};
use needs::needs;

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
    /// Where it is, the project's own modules that use the SDK.
    pub sdk_files: Vec<FileId>,
    /// The distributions beside which the SDK belongs in a dependency list.
    pub anchors: Vec<String>,
    /// Manifests that a deployment file installs, the most trusted first.
    pub deployed: Vec<PathBuf>,
    /// What runs in browsers beside it.
    pub frontends: Vec<Frontend>,
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
    /// The call, as bytes of the file's text.
    pub span: Span,
    /// The processes that run it while they start.
    pub run_by: Vec<usize>,
    /// The processes that name its module in a string, and may hand over to it.
    pub named_by: Vec<usize>,
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
    let vocabulary = catalogue.vocabulary();
    let bare = bare(&vocabulary, workspace, projects, &project);
    let mut clocked = clock_commands(workspace, &vocabulary, projects);
    clocked.retain(|command| project_of(projects, &command.entry) == &project);
    let systems = systems(catalogue, workspace, (&processes, &bare), &declared, &locks);
    let frontends = frontends::frontends(catalogue, workspace, projects, &project);
    let used = libraries::used(catalogue, workspace, &processes, declared.iter().map(|(_, one)| one), &locks);
    let libraries = catalogue.libraries.iter().enumerate();
    let libraries =
        libraries.filter(|(_, library)| declares(&declared, &library.distributions)).map(|(number, _)| number);
    let sdk_files = if started.is_empty() { Vec::new() } else { files_with_sdk(workspace, projects, &project) };
    Facts {
        sdk_files,
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
        frontends,
    }
}

/// The distributions of the systems in use.
fn anchors(catalogue: &Catalogue, systems: &[SystemUse]) -> Vec<String> {
    systems.iter().flat_map(|used| &catalogue.systems[used.system].distributions).cloned().collect()
}

/// The project's commands that name nothing for their program to load; those of production, where there are such.
fn bare(vocabulary: &Vocabulary, workspace: &Workspace, projects: &[Project], project: &Project) -> Vec<BareCommand> {
    let mut bare = bare_commands(workspace, vocabulary, projects);
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
    let files = workspace.deployment_files().iter().map(|file| workspace.path(*file));
    let beside = files.filter(|path| path.starts_with(&project.folder));
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

impl Facts {
    /// Whether a manifest asks for the SDK.
    pub fn declares_sdk(&self) -> bool {
        self.manifests.iter().flat_map(Manifest::declared).any(|one| one.distribution == SDK_DISTRIBUTION)
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

    /// Whether the process has an init: run while it starts, or standing in a module that it loads or names.
    pub fn reaches_init(&self, process: usize) -> bool {
        let reaches = |init: &ExistingInit| {
            init.run_by.contains(&process)
                || init.named_by.contains(&process)
                || self.processes[process].trace.loads(init.file)
        };
        self.started.iter().any(reaches)
    }

    /// The processes that reach an init, or of which nobody can say that they do not.
    pub fn covered(&self) -> Vec<usize> {
        let unreached = self.unreached_init().is_some();
        (0..self.processes.len()).filter(|process| unreached || self.reaches_init(*process)).collect()
    }

    /// The names of processes by their numbers.
    pub fn names_of(&self, processes: &[usize]) -> Vec<String> {
        processes.iter().map(|number| self.processes[*number].name.clone()).collect()
    }

    /// The name to call the project by: its manifest's, else its folder's; a project in the root may have none.
    pub fn name(&self, workspace: &Workspace) -> Option<String> {
        let named = self.manifests.iter().find_map(|manifest| manifest.project_name().map(str::to_owned));
        let folder = self.project.folder.file_name().or_else(|| workspace.root().file_name());
        named.or_else(|| folder.map(|name| name.to_string_lossy().into_owned()))
    }
}
