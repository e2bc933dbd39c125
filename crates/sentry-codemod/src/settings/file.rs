//! Reads a configuration file: what it says, and where it is wrong. Read [`ConfigurationFile::parse`] first.

use std::ops::Range;
use std::path::{Path, PathBuf};

use clap::ValueEnum;
use planner::Catalogue;
use planner::nearest::nearest;
use python_project::Problem;
use serde::Deserialize;
use toml_edit::{Document, Item, TableLike};

use super::configuration::{Configuration, KEYS};
use crate::arguments::{Dsn, Placement, SdkVersion, rate};
use crate::text::line_column;

/// The name of a file that holds nothing but settings.
pub(crate) const OWN_FILE: &str = "sentry-codemod.toml";

/// A configuration and the file that it is from.
#[derive(Debug, Clone)]
pub(crate) struct ConfigurationFile {
    /// As it is told to the user.
    pub path: PathBuf,
    /// What it says.
    pub configuration: Configuration,
    /// The lines of the processes that it declares, in the order of `configuration.process`.
    pub process_lines: Vec<usize>,
}

/// A pyproject.toml, as far as it is read.
#[derive(Deserialize)]
struct Pyproject {
    tool: Option<Tool>,
}

#[derive(Deserialize)]
#[serde(rename_all = "kebab-case")]
struct Tool {
    sentry_codemod: Option<Configuration>,
}

impl ConfigurationFile {
    /// What a file says; `None` for a pyproject.toml without our table.
    ///
    /// # Errors
    /// When it is no TOML, has a key that does not exist, or a value that cannot be used: with line and column.
    pub(crate) fn parse(path: &Path, text: &[u8], catalogue: &Catalogue) -> Result<Option<Self>, Problem> {
        let is_pyproject = path.file_name().is_some_and(|name| name == "pyproject.toml");
        if is_pyproject && !may_be_meant(text) {
            return Ok(None);
        }
        let reader =
            Reader { path, text: std::str::from_utf8(text).map_err(|error| problem(path, &error))?, catalogue };
        let document = Document::parse(reader.text).map_err(|error| reader.at(error.span(), error.message()))?;
        let table = match is_pyproject {
            true => document.get("tool").and_then(|tool| tool.get("sentry-codemod")).and_then(Item::as_table_like),
            false => Some(document.as_table() as &dyn TableLike),
        };
        let Some(table) = table else { return Ok(None) };
        reader.check_keys(table)?;
        let read = match is_pyproject {
            true => toml_edit::de::from_str::<Pyproject>(reader.text).map(|pyproject| pyproject.tool?.sentry_codemod),
            false => toml_edit::de::from_str(reader.text).map(Some),
        };
        let read = read.map_err(|error| reader.at(error.span(), error.message().trim_end()))?;
        let Some(configuration) = read else { return Ok(None) };
        reader.check_values(table, &configuration)?;
        let process_lines = reader.process_lines(table, &configuration);
        Ok(Some(Self { path: path.to_owned(), configuration, process_lines }))
    }
}

fn problem(path: &Path, error: &dyn std::error::Error) -> Problem {
    Problem::new(path.to_owned(), error.to_string())
}

/// Whether the name of our table stands in the text: most files need no more than a look.
fn may_be_meant(text: &[u8]) -> bool {
    text.windows("sentry-codemod".len()).any(|window| window == b"sentry-codemod")
}

/// A configuration file on its way to be one.
struct Reader<'a> {
    path: &'a Path,
    text: &'a str,
    catalogue: &'a Catalogue,
}

impl Reader<'_> {
    fn at(&self, span: Option<Range<usize>>, message: impl Into<String>) -> Problem {
        let (line, column) = line_column(self.text.as_bytes(), span.map_or(0, |span| span.start));
        Problem::new(self.path.to_owned(), message.into()).at(line, column)
    }

    fn check_keys(&self, table: &dyn TableLike) -> Result<(), Problem> {
        let Some((name, _)) = table.iter().find(|(name, _)| !KEYS.contains(name)) else { return Ok(()) };
        let span = table.get_key_value(name).and_then(|(key, _)| key.span());
        let near = nearest(name, &KEYS).map(|near| format!("; did you mean `{near}`?"));
        let known = format!("the keys are {}", KEYS.join(", "));
        Err(self.at(span, format!("unknown key `{name}`{}", near.unwrap_or_default())).help(known))
    }

    /// Values that have the right type and still cannot be used.
    fn check_values(&self, table: &dyn TableLike, configuration: &Configuration) -> Result<(), Problem> {
        let fault =
            |key: &str, message: String| self.at(table.get(key).and_then(Item::span), format!("`{key}`: {message}"));
        let Configuration { dsn, sample_rate, sdk_version, placement, exclude, .. } = configuration;
        if let Some(Err(message)) = dsn.as_ref().map(|text| text.parse::<Dsn>()) {
            return Err(fault("dsn", message));
        }
        if let Some(Err(message)) = sample_rate.map(|number| rate(&number.to_string())) {
            return Err(fault("sample-rate", message));
        }
        if let Some(Err(message)) = sdk_version.as_ref().map(|text| text.parse::<SdkVersion>()) {
            return Err(fault("sdk-version", message));
        }
        if placement.as_ref().is_some_and(|text| Placement::from_str(text, false).is_err()) {
            return Err(fault("placement", "it is `measured` or `documented`".to_owned()));
        }
        if let Some(Err(error)) = exclude.iter().map(|glob| globset::Glob::new(glob)).find(Result::is_err) {
            return Err(fault("exclude", error.to_string()));
        }
        self.check_features(table)
    }

    fn check_features(&self, table: &dyn TableLike) -> Result<(), Problem> {
        let known: Vec<&str> = self.catalogue.features.iter().map(|feature| feature.name.as_str()).collect();
        let arrays = ["features", "with", "without"].iter().filter_map(|key| table.get(key)?.as_array());
        for value in arrays.flatten() {
            let Some(name) = value.as_str().filter(|name| !known.contains(name)) else { continue };
            let near = nearest(name, &known).map(|near| format!("; did you mean `{near}`?")).unwrap_or_default();
            let help = format!("the features are {}", known.join(", "));
            return Err(self.at(value.span(), format!("unknown feature `{name}`{near}")).help(help));
        }
        Ok(())
    }

    fn process_lines(&self, table: &dyn TableLike, configuration: &Configuration) -> Vec<usize> {
        let declared = table.get("process").and_then(Item::as_table_like);
        let line = |name: &String| {
            let span = declared.and_then(|declared| declared.get_key_value(name)?.0.span());
            line_column(self.text.as_bytes(), span.map_or(0, |span| span.start)).0
        };
        configuration.process.keys().map(line).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(path: &str, text: &str) -> Result<Option<ConfigurationFile>, Problem> {
        ConfigurationFile::parse(Path::new(path), text.as_bytes(), &Catalogue::load().unwrap())
    }

    #[track_caller]
    fn refused(text: &str, message: &str) {
        let problem = parse(OWN_FILE, text).unwrap_err().to_string();
        assert!(problem.contains(message), "{problem}");
    }

    #[test]
    fn a_pyproject_has_a_table_of_ours_or_none() {
        let text = "[tool.sentry-codemod]\nwith = [\"profiling\"]\npii = false\n";
        let found = parse("pyproject.toml", text).unwrap().unwrap();
        assert_eq!((found.configuration.with, found.configuration.pii), (vec!["profiling".to_owned()], Some(false)));
        assert!(parse("pyproject.toml", "[project]\nname = \"x\"\n").unwrap().is_none());
        assert!(parse("pyproject.toml", "[project]\nname = \"sentry-codemod\"\n").unwrap().is_none());
    }

    #[test]
    fn an_unknown_key_is_named_with_its_place_and_the_nearest() {
        refused(
            "pii = false\nfeature = []\n",
            "sentry-codemod.toml:2:1: unknown key `feature`; did you mean `features`?",
        );
    }

    #[test]
    fn values_that_cannot_be_used_are_named_with_their_place() {
        refused("pii = \"no\"\n", "sentry-codemod.toml:1:7: invalid type");
        refused("\nsample-rate = 2.0\n", "sentry-codemod.toml:2:15: `sample-rate`: `2` is no number from 0 to 1");
        refused("dsn = \"x\"\n", "sentry-codemod.toml:1:7: `dsn`: ");
        refused(
            "with = [\"logs\", \"profilign\"]\n",
            "sentry-codemod.toml:1:17: unknown feature `profilign`; did you mean `profiling`?",
        );
        refused("[process]\nweb = 3\n", "sentry-codemod.toml:2:7: expected a command, or a table");
        refused("placement = \"anywhere\"\n", "`measured` or `documented`");
        refused("exclude = [\"a[\"]\n", "`exclude`");
        refused("pii = \n", "sentry-codemod.toml:1:7");
    }

    #[test]
    fn processes_are_commands_with_or_without_a_folder() {
        let text = "[process]\nweb = \"flask run\"\njobs = { command = \"python run.py\", folder = \"jobs\" }\n";
        let found = parse(OWN_FILE, text).unwrap().unwrap();
        assert_eq!(found.configuration.process.keys().collect::<Vec<_>>(), ["jobs", "web"]);
        assert_eq!(found.process_lines, [3, 2]);
    }
}
