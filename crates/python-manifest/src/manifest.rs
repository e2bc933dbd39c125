//! One dependency file, read. Read [`Manifest`] first.

use std::path::{Path, PathBuf};

use crate::list::List;
use crate::requirement::Written;
use crate::text::SourceText;
use crate::{ManifestError, conda, dockerfile, pipfile, pixi, pyproject, requirements, setup_cfg, setup_py};

/// What kind of file a manifest is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dialect {
    /// `requirements.txt` and its like, as pip reads them.
    Requirements,
    /// `pyproject.toml`: PEP 621, Poetry, PDM, Hatch, uv, Pixi.
    Pyproject,
    /// Pipenv's `Pipfile`.
    Pipfile,
    /// setuptools' `setup.cfg`.
    SetupCfg,
    /// setuptools' `setup.py`.
    SetupPy,
    /// conda's `environment.yml`.
    Conda,
    /// `pixi.toml`.
    Pixi,
    /// `pip install` lines of a Dockerfile.
    Dockerfile,
}

/// What a list of requirements is for.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Group {
    /// What the program needs to run.
    Runtime,
    /// An extra of the project, by its name; the name is empty where an entry says only that it is optional.
    Optional(String),
    /// A group for development, by its name.
    Dev(String),
    /// Bounds for what something else installs.
    Constraint,
    /// What builds the project.
    Build,
}

/// One requirement of a manifest.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Declared {
    /// The distribution's name, normalised as PEP 503 says.
    pub distribution: String,
    /// The extras as written.
    pub extras: Vec<String>,
    /// The version constraint as written; empty for none.
    pub specifier: String,
    /// The list it stands in.
    pub group: Group,
    /// The line, from 1.
    pub line: usize,
}

/// Another file or folder that a manifest names.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub struct Reference {
    /// What it is to the manifest.
    pub kind: ReferenceKind,
    /// The path from the root that the manifest's own path counts from, `.` and `..` resolved; workspace members may be patterns.
    pub path: PathBuf,
}

/// What a referenced file is to the manifest.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ReferenceKind {
    /// More requirements (`-r`), installed together with it.
    Requirements,
    /// Bounds (`-c`), which install nothing.
    Constraints,
    /// The file that the list of runtime dependencies is read from.
    Dynamic,
    /// A local project that is installed (`-e .`).
    Project,
    /// Members of a workspace, each a project of its own.
    Members,
    /// What a generated file is made from. Where the command ran is not known: of several paths one exists.
    Source,
}

/// What a generated requirements file says of its origin.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CompiledFrom {
    /// The files it was made from, as the command names them.
    pub sources: Vec<PathBuf>,
    /// The command in the header, word for word; `None` where there is no header.
    pub command: Option<String>,
}

/// One dependency file: what it declares, what it refers to. Holds the text, knows neither disk nor projects.
#[derive(Debug, Clone)]
pub struct Manifest {
    pub(crate) source: SourceText,
    pub(crate) dialect: Dialect,
    pub(crate) contents: Contents,
}

/// What a dialect's reader finds.
#[derive(Debug, Clone, Default)]
pub(crate) struct Contents {
    /// In the order in which a new requirement would rather go into them.
    pub(crate) lists: Vec<List>,
    pub(crate) references: Vec<Reference>,
    pub(crate) compiled_from: Option<CompiledFrom>,
    pub(crate) has_hashes: bool,
    pub(crate) requires_python: Option<String>,
    pub(crate) project_name: Option<String>,
    pub(crate) tools_only: bool,
    /// Why no line may be added or changed in this file.
    pub(crate) closed: Option<String>,
    /// The command that refreshes the lock file, if the project has one.
    pub(crate) refresh: Option<&'static str>,
}

impl Manifest {
    /// Reads a file whose name says that it is a manifest; `None` when it is none, also after a look inside.
    ///
    /// `path` is relative to whatever root the caller counts from: it tells the dialect and stands in messages.
    ///
    /// # Errors
    /// When the text cannot be decoded, is in the middle of a merge, or is not valid in its dialect.
    pub fn read(path: &Path, bytes: Vec<u8>) -> Result<Option<Self>, ManifestError> {
        let Some(dialect) = dialect_of(path) else { return Ok(None) };
        let manifest = Self::read_as(path, bytes, dialect)?;
        let is_environment = dialect != Dialect::Conda || !manifest.contents.lists.is_empty();
        let installs = dialect != Dialect::Dockerfile || manifest.installs_anything();
        Ok((is_environment && installs).then_some(manifest))
    }

    /// Reads a file that another manifest names ([`Manifest::references`]): as pip's requirements, whatever its name, unless
    /// the name tells another dialect.
    ///
    /// # Errors
    /// As for [`Manifest::read`].
    pub fn read_reference(path: &Path, bytes: Vec<u8>) -> Result<Self, ManifestError> {
        Self::read_as(path, bytes, dialect_of(path).unwrap_or(Dialect::Requirements))
    }

    pub(crate) fn read_as(path: &Path, bytes: Vec<u8>, dialect: Dialect) -> Result<Self, ManifestError> {
        let source = SourceText::decode(path, bytes)?;
        let contents = match dialect {
            Dialect::Requirements => requirements::read(&source),
            Dialect::Pyproject => pyproject::read(&source)?,
            Dialect::Pipfile => pipfile::read(&source)?,
            Dialect::SetupCfg => setup_cfg::read(&source),
            Dialect::SetupPy => setup_py::read(&source),
            Dialect::Conda => conda::read(&source)?,
            Dialect::Pixi => pixi::read(&source)?,
            Dialect::Dockerfile => dockerfile::read(&source),
        };
        Ok(Self { source, dialect, contents })
    }

    fn installs_anything(&self) -> bool {
        !self.contents.lists.is_empty() || !self.contents.references.is_empty()
    }

    /// The path that was given to [`Manifest::read`].
    pub fn path(&self) -> &Path {
        self.source.path()
    }

    /// The kind of file.
    pub fn dialect(&self) -> Dialect {
        self.dialect
    }

    /// Every requirement that names a distribution, in the order of the file's lists.
    pub fn declared(&self) -> Vec<Declared> {
        let mut found = Vec::new();
        for list in &self.contents.lists {
            for requirement in list.items.iter().filter_map(|item| item.requirement.as_ref()) {
                let optional = matches!(&requirement.written, Written::Entry(entry) if entry.optional);
                let group = if optional { Group::Optional(String::new()) } else { list.group.clone() };
                found.push(Declared {
                    distribution: requirement.distribution.clone(),
                    extras: requirement.extras.clone(),
                    specifier: requirement.specifier.clone(),
                    group,
                    line: self.source.line(requirement.span.start),
                });
            }
        }
        found
    }

    /// The files and folders it names.
    pub fn references(&self) -> &[Reference] {
        &self.contents.references
    }

    /// Where a generated file says it comes from.
    pub fn compiled_from(&self) -> Option<&CompiledFrom> {
        self.contents.compiled_from.as_ref()
    }

    /// Whether its lines carry hashes, so that one without would be refused by pip.
    pub fn has_hashes(&self) -> bool {
        self.contents.has_hashes
    }

    /// The Python versions the project asks for, as written.
    pub fn requires_python(&self) -> Option<&str> {
        self.contents.requires_python.as_deref()
    }

    /// The command that refreshes the lock file of the tool that reads it, where something tells which tool that is.
    pub fn refresh_command(&self) -> Option<&str> {
        self.contents.refresh
    }

    /// The project's name, as written.
    pub fn project_name(&self) -> Option<&str> {
        self.contents.project_name.as_deref()
    }

    /// Whether the file configures tools and describes no project: a pyproject.toml with `[tool.black]` alone.
    pub fn is_tools_only(&self) -> bool {
        self.contents.tools_only
    }
}

/// Whether the name of a file says that it lists dependencies. `environment.yml` and Dockerfiles may turn out not to.
pub fn is_manifest(path: &Path) -> bool {
    dialect_of(path).is_some()
}

fn dialect_of(path: &Path) -> Option<Dialect> {
    let name = path.file_name()?.to_str()?.to_ascii_lowercase();
    let folder = path.parent().and_then(Path::file_name).and_then(|name| name.to_str()).unwrap_or("");
    let extension = name.rsplit_once('.').map_or("", |(_, extension)| extension);
    match name.as_str() {
        "pyproject.toml" => return Some(Dialect::Pyproject),
        "pipfile" => return Some(Dialect::Pipfile),
        "setup.cfg" => return Some(Dialect::SetupCfg),
        "setup.py" => return Some(Dialect::SetupPy),
        "pixi.toml" => return Some(Dialect::Pixi),
        _ => {}
    }
    let starts = |words: &[&str]| words.iter().any(|word| name.starts_with(word));
    match extension {
        "txt" | "in" if starts(&["requirement", "constraint"]) || is_requirements_folder(folder) => {
            Some(Dialect::Requirements)
        }
        "txt" | "in" if name.contains("requirements") => Some(Dialect::Requirements),
        "yml" | "yaml" if starts(&["environment", "conda"]) => Some(Dialect::Conda),
        _ if starts(&["dockerfile", "containerfile"]) || extension == "dockerfile" => Some(Dialect::Dockerfile),
        _ => None,
    }
}

fn is_requirements_folder(folder: &str) -> bool {
    matches!(folder.to_ascii_lowercase().as_str(), "requirements" | "requirement" | "reqs")
}
