//! What a project is: its processes, the systems they build, its manifests, the SDK in force, the Sentry that is there already.
//! Read [`Facts`] first. Nothing is judged here.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};

use pep440_rs::Version;
use python_manifest::{Declared, Group, Lock, Manifest, ReferenceKind};
use python_project::commands::is_deployment_file;
use python_project::process::{Origin, Process};
use python_project::project::{Project, is_set_aside};
use python_project::{FileId, Problem, Workspace};

use crate::catalogue::{Catalogue, Role};
use crate::version;

/// What is known of one project.
#[derive(Debug)]
pub struct Facts {
    /// Its folder and manifests.
    pub project: Project,
    /// The processes it runs.
    pub processes: Vec<Process>,
    /// For each process, whether it has to report to Sentry.
    pub needs: Vec<Need>,
    /// The systems whose objects are built, as numbers into the catalogue, in its order.
    pub systems: Vec<SystemUse>,
    /// Libraries of the catalogue that are declared, as numbers into it.
    pub libraries: Vec<usize>,
    /// Its manifests, read.
    pub manifests: Vec<Manifest>,
    /// Its lock files.
    pub locks: Vec<PathBuf>,
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
}

/// Finds out about a project. `processes` are the project's own.
pub fn facts(
    catalogue: &Catalogue,
    workspace: &Workspace,
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
    let started = existing_inits(workspace, &processes);
    let raven =
        declared.iter().find(|(_, one)| one.distribution == "raven").map(|(path, one)| (path.clone(), one.line));
    let libraries = catalogue.libraries.iter().enumerate();
    let libraries =
        libraries.filter(|(_, library)| declares(&declared, &library.distributions)).map(|(number, _)| number);
    Facts {
        needs: needs(catalogue, &processes),
        anchors: anchors(catalogue, &processes),
        deployed: deployed(workspace, &project),
        systems: systems(catalogue, workspace, &processes, &declared, &locks),
        libraries: libraries.collect(),
        locks: locks
            .iter()
            .filter(|lock| python_manifest::is_lock(lock.path()))
            .map(|lock| lock.path().to_owned())
            .collect(),
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
fn anchors(catalogue: &Catalogue, processes: &[Process]) -> Vec<String> {
    let systems: BTreeSet<usize> = processes.iter().flat_map(|process| catalogue.systems_of(process)).collect();
    let names = systems.into_iter().flat_map(|system| &catalogue.systems[system].distributions);
    names.cloned().collect()
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

/// The lock files of the project, or of the workspace around it, and requirements files that were compiled.
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
            Ok(lock) => locks.extend(lock),
            Err(problem) => problems.push(problem),
        }
    }
    locks.extend(manifests.iter().filter_map(Lock::of_requirements));
    (locks, problems)
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
        if let Some(version) = lock.version_of("sentry-sdk").and_then(|text| text.parse().ok()) {
            return SdkInForce { version, fixed: true, ground: Ground::Locked(lock.path().to_owned()) };
        }
    }
    let asked = declared
        .iter()
        .filter(|(_, one)| one.distribution == "sentry-sdk" && matches!(one.group, Group::Runtime | Group::Constraint));
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

/// Where production is declared, what nothing declares is not required to report, if something of its kind is declared.
/// A program that is of no known system is required to when production runs it; where nothing says what production runs and the project
/// has nothing else, so are the scripts that packaging declares.
fn needs(catalogue: &Catalogue, processes: &[Process]) -> Vec<Need> {
    let roles = |process: &Process| -> Vec<Role> {
        catalogue.systems_of(process).into_iter().map(|system| catalogue.systems[system].role).collect()
    };
    let is_deployed = |process: &Process| matches!(process.origin, Origin::Declared { deployed: true, .. });
    let deployed: Vec<Role> = processes.iter().filter(|process| is_deployed(process)).flat_map(roles).collect();
    let is_declared = |process: &Process| matches!(process.origin, Origin::Declared { .. });
    let nothing_known = processes.iter().all(|process| roles(process).is_empty());
    let nothing_deployed = !processes.iter().any(is_deployed);
    let need = |process: &Process| {
        let own = roles(process);
        let required = if own.is_empty() {
            // One that hands over to another package at once may be of a known system, started in a way that is not seen.
            let is_opaque = process.trace.loads.len() == 1;
            (is_deployed(process) && (nothing_known || !is_opaque))
                || (nothing_known && nothing_deployed && is_declared(process))
        } else {
            is_deployed(process) || own.iter().any(|role| !deployed.contains(role))
        };
        if required { Need::Required } else { Need::Optional }
    };
    processes.iter().map(need).collect()
}

fn systems(
    catalogue: &Catalogue,
    workspace: &Workspace,
    processes: &[Process],
    declared: &[(PathBuf, Declared)],
    locks: &[Lock],
) -> Vec<SystemUse> {
    let mut places: BTreeMap<usize, Vec<Location>> = BTreeMap::new();
    for process in processes {
        for system in catalogue.systems_of(process) {
            let known = places.entry(system).or_default();
            for (_, event) in process.trace.built().filter(|(object, _)| object.0 == system) {
                let place = location(workspace, event.file, event.span.start);
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
    places.into_iter().map(|(system, places)| SystemUse { system, places, version: version(system) }).collect()
}

/// The place of an offset in a file that was parsed before.
pub fn location(workspace: &Workspace, file: FileId, offset: usize) -> Location {
    let (line, column) = workspace.module(file).map_or((1, 1), |module| module.source.line_column(offset));
    Location { path: workspace.path(file).to_owned(), line, column }
}

/// Inits that a process runs, inits in modules that a process loads although nothing seen calls them: in a start-up hook, say,
/// and inits in modules beside those, which may be loaded in a way that is not seen: by a variable that only production sets, say.
fn existing_inits(workspace: &Workspace, processes: &[Process]) -> Vec<ExistingInit> {
    let mut found: BTreeMap<(FileId, usize), Vec<usize>> = BTreeMap::new();
    for (number, process) in processes.iter().enumerate() {
        for event in process.trace.started() {
            let run_by = found.entry((event.file, event.span.start)).or_default();
            if !run_by.contains(&number) {
                run_by.push(number);
            }
        }
        for load in &process.trace.loads {
            if is_set_aside(workspace.path(load.file)) {
                continue;
            }
            let Ok(module) = workspace.module(load.file) else { continue };
            for offset in crate::existing::init_calls(&module.outline) {
                found.entry((load.file, offset)).or_default();
            }
        }
    }
    let loaded: BTreeSet<Option<&Path>> = processes
        .iter()
        .flat_map(|process| process.trace.loads.iter().map(|load| workspace.path(load.file).parent()))
        .collect();
    for (id, file) in workspace.files() {
        let may_start = file.python.is_some_and(|words| words.vocabulary) && !is_set_aside(&file.path);
        if !may_start || !loaded.contains(&file.path.parent()) {
            continue;
        }
        let Ok(module) = workspace.module(id) else { continue };
        for offset in crate::existing::init_calls(&module.outline) {
            found.entry((id, offset)).or_default();
        }
    }
    found
        .into_iter()
        .map(|((file, offset), run_by)| ExistingInit { place: location(workspace, file, offset), file, run_by })
        .collect()
}

impl Facts {
    /// The processes that have an init: run while they start, or standing in a module that they load.
    pub fn covered(&self) -> Vec<usize> {
        let has_init = |number: &usize| {
            self.started
                .iter()
                .any(|init| init.run_by.contains(number) || self.processes[*number].trace.loads(init.file))
        };
        (0..self.processes.len()).filter(has_init).collect()
    }

    /// An init that the process may run in a way that is not seen: it stands in a module that no process loads, beside one that this process loads.
    pub fn unseen_init(&self, workspace: &Workspace, process: usize) -> Option<&ExistingInit> {
        let folder = |file: FileId| workspace.path(file).parent();
        let nobody_loads = |init: &&ExistingInit| !self.processes.iter().any(|process| process.trace.loads(init.file));
        self.started
            .iter()
            .filter(nobody_loads)
            .find(|init| self.processes[process].trace.loads.iter().any(|load| folder(load.file) == folder(init.file)))
    }

    /// The name to call the project by: its manifest's, else its folder's.
    pub fn name(&self, workspace: &Workspace) -> String {
        let named = self.manifests.iter().find_map(|manifest| manifest.project_name().map(str::to_owned));
        let folder = self.project.folder.file_name().or_else(|| workspace.root().file_name());
        named.or_else(|| folder.map(|name| name.to_string_lossy().into_owned())).unwrap_or_else(|| ".".to_owned())
    }
}
