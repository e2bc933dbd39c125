//! Lock files: which version of a distribution a project resolved to. Read [`Lock`] first.
//!
//! Never edited: what changes a lock file is the command that the tool has for it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use toml_edit::{Item as TomlItem, TableLike};

use crate::compiled::compiled_from;
use crate::requirement::normalise;
use crate::specifier::{Bounds, Notation};
use crate::text::SourceText;
use crate::yaml::Node;
use crate::{Manifest, ManifestError, is_manifest, toml_text, yaml};

/// What a lock file resolved.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lock {
    path: PathBuf,
    format: Format,
    versions: BTreeMap<String, String>,
    refresh: Option<String>,
}

/// The formats, by file name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Poetry,
    Uv,
    Pdm,
    Pylock,
    Pipfile,
    Pixi,
    Requirements,
}

/// Whether the name of a file says that it is a lock file. Compiled requirements are recognised by their content alone.
pub fn is_lock(path: &Path) -> bool {
    format_of(path).is_some_and(|format| format != Format::Requirements)
}

fn format_of(path: &Path) -> Option<Format> {
    let name = path.file_name()?.to_str()?;
    Some(match name {
        "poetry.lock" => Format::Poetry,
        "uv.lock" => Format::Uv,
        "pdm.lock" => Format::Pdm,
        "Pipfile.lock" => Format::Pipfile,
        "pixi.lock" => Format::Pixi,
        _ if name.starts_with("pylock.") && name.ends_with(".toml") => Format::Pylock,
        _ if name.ends_with(".txt") && is_manifest(path) => Format::Requirements,
        _ => return None,
    })
}

impl Lock {
    /// Reads a lock file; `None` when the file is none, also a requirements file that nothing generated.
    ///
    /// # Errors
    /// When the file cannot be decoded or is not valid in its format.
    pub fn read(path: &Path, bytes: Vec<u8>) -> Result<Option<Self>, ManifestError> {
        let Some(format) = format_of(path) else { return Ok(None) };
        if format == Format::Requirements {
            return Ok(Self::of_requirements(&Manifest::read_reference(path, bytes)?));
        }
        let source = SourceText::decode(path, bytes)?;
        let versions = match format {
            Format::Poetry | Format::Uv | Format::Pdm => toml_packages(&source, "package")?,
            Format::Pylock => toml_packages(&source, "packages")?,
            // JSON is YAML.
            Format::Pipfile => pipfile_packages(yaml::parse(&source)?.as_ref()),
            Format::Pixi | Format::Requirements => pixi_packages(yaml::parse(&source)?.as_ref()),
        };
        let refresh = match format {
            Format::Poetry => Some("poetry lock".to_owned()),
            Format::Uv => Some("uv lock".to_owned()),
            Format::Pdm => Some("pdm lock".to_owned()),
            Format::Pipfile => Some("pipenv lock".to_owned()),
            Format::Pixi => Some("pixi lock".to_owned()),
            Format::Pylock | Format::Requirements => compiled_from(source.text()).and_then(|from| from.command),
        };
        Ok(Some(Self { path: path.to_owned(), format, versions, refresh }))
    }

    /// The exact pins of a generated requirements file; `None` when nothing says that it was generated.
    pub fn of_requirements(manifest: &Manifest) -> Option<Self> {
        let from = manifest.compiled_from()?;
        let pinned = manifest.declared().into_iter().filter_map(|one| {
            let (at, _) = Bounds::parse(&one.specifier, Notation::Pep440)?.exact?;
            Some((one.distribution, one.specifier[at].to_owned()))
        });
        let path = manifest.path().to_owned();
        Some(Self { path, format: Format::Requirements, versions: pinned.collect(), refresh: from.command.clone() })
    }

    /// The path that was given to [`Lock::read`].
    pub fn path(&self) -> &Path {
        &self.path
    }

    /// The version that the distribution, under any spelling, resolved to.
    pub fn version_of(&self, distribution: &str) -> Option<&str> {
        self.versions.get(&normalise(distribution)?).map(String::as_str)
    }

    /// Whether its tool makes it from a manifest of this name.
    pub fn is_made_from(&self, manifest: &Path) -> bool {
        let sources: &[&str] = match self.format {
            Format::Poetry | Format::Uv | Format::Pdm | Format::Pylock => &["pyproject.toml"],
            Format::Pipfile => &["Pipfile"],
            Format::Pixi => &["pixi.toml", "pyproject.toml"],
            Format::Requirements => &[],
        };
        sources.iter().any(|name| manifest.ends_with(name))
    }

    /// The command that brings the lock file up to date, where it is known.
    pub fn refresh_command(&self) -> Option<&str> {
        self.refresh.as_deref()
    }
}

/// `[[package]]` tables with name and version.
fn toml_packages(source: &SourceText, key: &str) -> Result<BTreeMap<String, String>, ManifestError> {
    let document = toml_text::parse(source)?;
    let root: &dyn TableLike = document.as_table();
    let packages = toml_text::get(root, &[key]).and_then(TomlItem::as_array_of_tables);
    let named = packages.into_iter().flatten().filter_map(|package| {
        let text = |key: &str| package.get(key).and_then(TomlItem::as_str);
        Some((normalise(text("name")?)?, text("version")?.to_owned()))
    });
    Ok(named.collect())
}

/// `{"default": {"flask": {"version": "==3.1.0"}}}`.
fn pipfile_packages(root: Option<&Node>) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for (name, package) in root.and_then(|root| root.get("default")).into_iter().flat_map(Node::entries) {
        let version = package.get("version").and_then(Node::as_str);
        if let (Some(name), Some(version)) = (name.as_str().and_then(normalise), version) {
            found.insert(name, version.trim_start_matches('=').to_owned());
        }
    }
    found
}

/// `- pypi: URL` with name and version, `- conda: https://.../flask-3.1.0-build_0.conda`.
fn pixi_packages(root: Option<&Node>) -> BTreeMap<String, String> {
    let packages = root.and_then(|root| root.get("packages")).and_then(Node::as_list).unwrap_or_default();
    let named = packages.iter().filter_map(|package| {
        let text = |key: &str| package.get(key).and_then(Node::as_str);
        if let (Some(name), Some(version)) = (text("name"), text("version")) {
            return Some((normalise(name)?, version.to_owned()));
        }
        let file = text("conda")?.rsplit('/').next()?;
        let mut parts = file.rsplitn(3, '-').skip(1);
        let (version, name) = (parts.next()?, parts.next()?);
        Some((normalise(name)?, version.to_owned()))
    });
    named.collect()
}
