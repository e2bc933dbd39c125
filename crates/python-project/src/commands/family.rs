//! Which files declare commands, by name and folder, and which reader each one gets. Read [`Family`] first.
//! Never looks into a file to say whether it belongs.

use std::path::Path;

use super::{
    CommandsError, DeclaredCommand, Trust, compose, crontab, dockerfile, environment, gunicorn, kubernetes, makefile,
    packaging, platforms, procfile, serverless, shell, supervisor, systemd, uwsgi, yaml,
};

/// A kind of deployment file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Family {
    Procfile,
    Crontab,
    Dockerfile,
    /// Compose, Kubernetes, SAM and the platforms' files: what stands at the top says which.
    Yaml,
    Systemd,
    /// Supervisor or uWSGI: the section names say which.
    Ini,
    Gunicorn,
    Shell,
    Pyproject,
    SetupCfg,
    SetupPy,
    Pipfile,
    PackageJson,
    PlatformToml,
    PlatformJson,
    Environment,
    Makefile,
}

/// Folders that hold what a project is deployed with.
const DEPLOY_FOLDERS: &[&str] = &[
    "bin",
    "charts",
    "compose",
    "conf",
    "config",
    "configs",
    "deploy",
    "deployment",
    "deployments",
    "docker",
    "etc",
    "helm",
    "infra",
    "infrastructure",
    "k8s",
    "kube",
    "kubernetes",
    "manifests",
    "ops",
    "script",
    "scripts",
    "supervisor",
    "systemd",
    "uwsgi",
];

/// The folder whose crontabs name a user before each command.
const SYSTEM_CRONTABS: &str = "cron.d";

/// Folders of files that tell a build service what to do.
const CI_FOLDERS: &[&str] =
    &[".azure-pipelines", ".buildkite", ".ci", ".circleci", ".github", ".gitlab", ".kokoro", ".woodpecker"];

/// The keys at the top of a YAML document by which the readers know it.
const YAML_KEYS: &[&str] =
    &["Resources", "apiVersion", "functions", "jobs", "run", "runtime", "services", "uwsgi", "workers"];

/// Words in a file's path that say it is for a developer's machine, or for tests.
const DEVELOPMENT_WORDS: &[&str] = &[
    "ci",
    "debug",
    "dev",
    "devcontainer",
    "develop",
    "development",
    "e2e",
    "example",
    "examples",
    "local",
    "override",
    "sample",
    "test",
    "testing",
    "tests",
];

impl Family {
    /// The family of the file at `path`, which is relative to the project's root.
    pub(super) fn of(path: &Path) -> Option<Family> {
        if has_folder(path, CI_FOLDERS) {
            return None;
        }
        let name = path.file_name()?.to_str()?.to_ascii_lowercase();
        let (stem, extension) = name.rsplit_once('.').unwrap_or((name.as_str(), ""));
        let named = match name.as_str() {
            "procfile" => Some(Family::Procfile),
            "crontab" => Some(Family::Crontab),
            "dockerfile" | "containerfile" => Some(Family::Dockerfile),
            "pyproject.toml" => Some(Family::Pyproject),
            "setup.cfg" => Some(Family::SetupCfg),
            "setup.py" => Some(Family::SetupPy),
            "pipfile" => Some(Family::Pipfile),
            "package.json" => Some(Family::PackageJson),
            "fly.toml" | "railway.toml" | "nixpacks.toml" => Some(Family::PlatformToml),
            "railway.json" => Some(Family::PlatformJson),
            "makefile" | "gnumakefile" => Some(Family::Makefile),
            ".env" | ".flaskenv" => Some(Family::Environment),
            _ => None,
        };
        named.or_else(|| match extension {
            "cron" | "crontab" => Some(Family::Crontab),
            "" if has_folder(path, &[SYSTEM_CRONTABS]) => Some(Family::Crontab),
            "dockerfile" | "containerfile" => Some(Family::Dockerfile),
            "service" => Some(Family::Systemd),
            "py" if stem.contains("gunicorn") => Some(Family::Gunicorn),
            "yml" | "yaml" if is_deployment_yaml(path, stem) => Some(Family::Yaml),
            "ini" | "conf" if is_near_deployment(path) || is_process_manager(stem) => Some(Family::Ini),
            "sh" | "bash" => Some(Family::Shell),
            "" if is_near_deployment(path) => Some(Family::Shell),
            _ => Family::of_prefix(&name, extension),
        })
    }

    /// `Dockerfile.worker`, `Procfile.dev`, `.env.production`.
    fn of_prefix(name: &str, extension: &str) -> Option<Family> {
        if name.starts_with("procfile.") {
            Some(Family::Procfile)
        } else if name.starts_with("crontab.") {
            Some(Family::Crontab)
        } else if name.starts_with(".env.") {
            Some(Family::Environment)
        } else if name.starts_with("fly.") && extension == "toml" {
            Some(Family::PlatformToml)
        } else if ["dockerfile.", "dockerfile-", "dockerfile_", "containerfile."].iter().any(|p| name.starts_with(p)) {
            (!matches!(extension, "dockerignore" | "j2" | "jinja" | "md" | "tmpl")).then_some(Family::Dockerfile)
        } else {
            None
        }
    }

    /// Reads a file of this family.
    pub(super) fn read(self, path: &Path, text: &str) -> Result<Vec<DeclaredCommand>, CommandsError> {
        let trust = trust_of(path);
        match self {
            Family::Procfile => procfile::commands(text, trust),
            Family::Crontab => crontab::commands(text, has_folder(path, &[SYSTEM_CRONTABS]), trust),
            Family::Dockerfile => dockerfile::commands(path, text, trust),
            Family::Yaml => yaml_commands(path, text, trust),
            Family::Systemd => systemd::commands(path, text, trust),
            Family::Ini => {
                let mut commands = supervisor::commands(text, trust)?;
                commands.extend(uwsgi::commands(path, text, trust));
                Ok(commands)
            }
            Family::Gunicorn => Ok(gunicorn::commands(path, text, trust)),
            Family::Shell => shell::script(path, text, trust.max(Trust::Script)),
            Family::Pyproject => packaging::pyproject(text),
            Family::SetupCfg => Ok(packaging::setup_cfg(text)),
            Family::SetupPy => Ok(packaging::setup_py(text)),
            Family::Pipfile => packaging::pipfile(text),
            Family::PackageJson => makefile::package_json(text),
            Family::PlatformToml => platforms::toml(text, trust),
            Family::PlatformJson => platforms::railway_json(text, trust),
            Family::Environment => Ok(environment::commands(path, text, trust)),
            Family::Makefile => makefile::commands(text),
        }
    }
}

/// The commands of a YAML file, which may hold several documents of different kinds.
fn yaml_commands(path: &Path, text: &str, trust: Trust) -> Result<Vec<DeclaredCommand>, CommandsError> {
    if !has_known_key(text) {
        return Ok(Vec::new());
    }
    let documents = match yaml::documents(text) {
        Ok(documents) => documents,
        // The template of a YAML file is not YAML.
        Err(_) if text.contains("{{") || text.contains("{%") => return Ok(Vec::new()),
        Err(error) => return Err(error),
    };
    let mut commands = Vec::new();
    for document in &documents {
        commands.extend(compose::commands(document, trust)?);
        commands.extend(kubernetes::commands(document, trust)?);
        commands.extend(serverless::commands(document, trust));
        commands.extend(platforms::yaml(document, trust)?);
        commands.extend(uwsgi::yaml(path, document, trust));
    }
    Ok(commands)
}

/// Whether a line begins with a key that one of the readers wants at the top. Most YAML near the root is for other
/// tools, may be large, and may be broken.
fn has_known_key(text: &str) -> bool {
    text.lines().any(|line| {
        let key = line.split(':').next().unwrap_or_default().trim_matches(['"', '\'', ' ']);
        line.starts_with('{') || (!line.starts_with(' ') && YAML_KEYS.contains(&key))
    })
}

/// How near the commands of a file are to production, by its path alone.
fn trust_of(path: &Path) -> Trust {
    // In a tree that is copied into an image, `usr/local` is a place like another.
    let path = path.to_string_lossy().to_ascii_lowercase().replace("usr/local/", "");
    if names_development(&path) { Trust::Development } else { Trust::Deployed }
}

/// Whether a name says that it is for development: `compose.dev.yml`, `local-web`, but not `device`.
pub(super) fn names_development(name: &str) -> bool {
    name.split(|c: char| !c.is_ascii_alphanumeric()).any(|word| DEVELOPMENT_WORDS.contains(&word))
}

fn is_deployment_yaml(path: &Path, stem: &str) -> bool {
    let has_its_name = ["app", "heroku", "render", "serverless", "template"].contains(&stem)
        || ["compose", "docker-compose", "serverless"].iter().any(|prefix| stem.starts_with(prefix))
        || stem.contains("uwsgi");
    has_its_name || is_near_deployment(path)
}

fn is_process_manager(stem: &str) -> bool {
    stem.contains("supervisor") || stem.contains("uwsgi")
}

/// Whether a file lies at the root, or somewhere below a folder of deployment files.
fn is_near_deployment(path: &Path) -> bool {
    path.components().count() == 1 || has_folder(path, DEPLOY_FOLDERS)
}

fn has_folder(path: &Path, folders: &[&str]) -> bool {
    path.parent()
        .into_iter()
        .flat_map(Path::components)
        .any(|part| part.as_os_str().to_str().is_some_and(|part| folders.contains(&part)))
}
