//! What must hold for every dependency file: one requirement comes in or changes, every other byte stays, a second run
//! finds nothing to do.

#![allow(clippy::unwrap_used, reason = "a helper of tests may fail as tests do")]

use std::path::Path;
use std::str::FromStr;

use changeset::apply_edits;
use pep508_rs::{Requirement, VerbatimUrl};
use proptest::prelude::*;
use proptest::sample::{select, subsequence};
use python_manifest::{Declared, Group, Manifest, Outcome, Version, Wanted};

const NAMES: &[&str] =
    &["Flask", "alembic", "celery", "gunicorn", "redis", "send2trash", "setproctitle", "zope.interface"];
const OWN: &[&str] = &["sentry-sdk", "Sentry_SDK", "sentry.sdk"];

fn wanted(extras: Vec<&str>, needs_end: bool) -> Wanted {
    let version = |text: &str| Version::from_str(text).unwrap();
    Wanted {
        distribution: "sentry-sdk".to_owned(),
        extras: extras.into_iter().map(str::to_owned).collect(),
        floor: version("2.35.0"),
        end: Some(version("3.0.0")),
        newest: version("2.75.0"),
        anchors: vec!["flask".to_owned(), "celery".to_owned()],
        needs_end,
    }
}

fn any_wanted() -> impl Strategy<Value = Wanted> {
    (subsequence(vec!["flask", "celery", "pure_eval"], 0..3), any::<bool>())
        .prop_map(|(extras, needs_end)| wanted(extras, needs_end))
}

/// `name[extra]>=1 ; marker`, of the distribution itself now and then.
fn requirement() -> impl Strategy<Value = String> {
    let name = prop_oneof![8 => select(NAMES), 1 => select(OWN)];
    let extras = select(&["", "", "[pure-eval]", "[ flask , celery ]", "[]"][..]);
    let specifier = select(
        &[
            "",
            "",
            ">=1",
            "==2.20.0",
            " == 2.40.1",
            ">=2.35,<3",
            " >= 2.1, < 4",
            "~=2.20",
            "~=2.20.3",
            "!=2.9,>2.1",
            "==2.*",
            "<2.30",
            "===2.50",
        ][..],
    );
    let marker = select(&["", "", " ; python_version >= '3.9'", ";os_name=='nt'"][..]);
    (name, extras, specifier, marker).prop_map(|parts| format!("{}{}{}{}", parts.0, parts.1, parts.2, parts.3))
}

/// Line endings, byte-order mark, final newline.
fn dressed(text: String, crlf: bool, bom: bool, newline: bool) -> String {
    let text = if newline { text } else { text.trim_end().to_owned() };
    let text = if crlf { text.replace('\n', "\r\n") } else { text };
    if bom { format!("\u{feff}{text}") } else { text }
}

fn file(body: impl Strategy<Value = String>) -> impl Strategy<Value = String> {
    (body, any::<bool>(), any::<bool>(), any::<bool>())
        .prop_map(|(text, crlf, bom, newline)| dressed(text, crlf, bom, newline))
}

fn lines(indent: &'static str) -> impl Strategy<Value = String> {
    let comment = select(&["", "", "  # why, [x]", " # a==1"][..]);
    let line = prop_oneof![
        6 => (requirement(), comment).prop_map(|(text, comment)| format!("{text}{comment}")),
        1 => Just("# a comment, \"quoted\"".to_owned()),
        1 => Just(String::new()),
    ];
    prop::collection::vec(line, 0..7).prop_map(move |lines| {
        lines.iter().map(|line| if line.is_empty() { "\n".to_owned() } else { format!("{indent}{line}\n") }).collect()
    })
}

fn requirements_file() -> impl Strategy<Value = String> {
    let option = select(
        &[
            "",
            "-r base.txt\n",
            "-c pins.txt\n",
            "-e .\n",
            "git+https://git.example/x@v1#egg=x\n",
            "a \\\n  >=1 \\\n  ,<2\n",
        ][..],
    );
    (option, lines("")).prop_map(|(option, lines)| format!("{option}{lines}"))
}

fn setup_cfg() -> impl Strategy<Value = String> {
    let inline = select(&["", " ", " flask", " flask; celery"][..]);
    let lines = lines("    ").prop_map(|text| text.replace("  # why, [x]", "").replace(" # a==1", ""));
    (inline, lines, any::<bool>()).prop_map(|(inline, lines, other)| {
        let other = if other { "zip_safe = no\n" } else { "" };
        format!(
            "[metadata]\nname = x\n\n[options]\ninstall_requires ={inline}\n{lines}{other}\n[flake8]\nignore = E1\n"
        )
    })
}

fn array(open: &'static str) -> impl Strategy<Value = String> {
    let inline = (prop::collection::vec(requirement(), 0..5), any::<bool>()).prop_map(|(items, comma)| {
        let comma = if comma && !items.is_empty() { "," } else { "" };
        format!("[{}{comma}]", items.iter().map(|item| format!("\"{item}\"")).collect::<Vec<_>>().join(", "))
    });
    let comment = select(&["", "  # why, ]", "\n    # own line ["][..]);
    let block = (prop::collection::vec((requirement(), comment), 0..5), any::<bool>()).prop_map(|(items, comma)| {
        let count = items.len();
        let lines = items.iter().enumerate().map(|(index, (item, comment))| {
            let comma = if comma || index + 1 < count { "," } else { "" };
            format!("    \"{item}\"{comma}{comment}\n")
        });
        format!("[\n{}]", lines.collect::<String>())
    });
    prop_oneof![inline, block].prop_map(move |array| format!("{open}{array}"))
}

fn pep621() -> impl Strategy<Value = String> {
    array("[project]\nname = \"x\"\ndependencies = ")
        .prop_map(|text| format!("{text}\n\n[dependency-groups]\ndev = [\"sentry-sdk\", \"pytest\"]\n"))
}

fn setup_py() -> impl Strategy<Value = String> {
    array("setup(\n    name='x',\n    install_requires=")
        .prop_map(|text| format!("from setuptools import setup\n\n{text},\n)\n"))
}

/// Distinct keys, each with a constraint in one of the forms.
fn table(header: &'static str, constraints: &'static [&'static str]) -> impl Strategy<Value = String> {
    let keys =
        (subsequence(NAMES, 0..6), prop::option::of(select(OWN)), any::<bool>()).prop_map(|(names, own, first)| {
            let mut names: Vec<&str> = names.into_iter().filter(|name| !name.contains('.')).collect();
            let at = if first { 0 } else { names.len() };
            names.splice(at..at, own.filter(|own| !own.contains('.')));
            names
        });
    (keys, prop::collection::vec((select(constraints), 0..4usize), 8)).prop_map(move |(names, values)| {
        let line = |(name, (constraint, form)): (&str, (&str, usize))| match form {
            0 => format!("{name} = '{constraint}'\n"),
            1 => format!("{name} = {{ version = \"{constraint}\", extras = [\"flask\"] }}\n"),
            2 => format!("# about {name}\n{name}=\"{constraint}\"  # why\n"),
            _ => format!("{name} = {{version = \"{constraint}\", markers = \"os_name == 'nt'\"}}\n"),
        };
        let lines: String = names.into_iter().zip(values).map(line).collect();
        format!("{header}\n{lines}\n[scripts]\nx = 1\n")
    })
}

fn conda() -> impl Strategy<Value = String> {
    let items = |indent: &'static str, quote: &'static str| {
        prop::collection::vec(
            select(&["flask", "celery >=5", "zlib=1.2", "sentry-sdk>=2.20", "redis==4", "conda-forge::alembic"][..]),
            1..5,
        )
        .prop_map(move |items| {
            items.iter().map(|item| format!("{indent}- {quote}{item}{quote} # é, 'x\n")).collect::<String>()
        })
    };
    let pip = prop::collection::vec(select(&["flask==3.1", "sentry-sdk", "celery[redis]"][..]), 0..3)
        .prop_map(|items| items.iter().map(|item| format!("      - {item}\n")).collect::<String>());
    (prop_oneof![items("  ", ""), items("  ", "'"), items("  ", "\"")], pip).prop_map(|(items, pip)| {
        let pip = if pip.is_empty() { pip } else { format!("  - pip:\n{pip}") };
        format!("name: x\ndependencies:\n  - python=3.12\n{items}{pip}variables:\n  A: \"é\"\n")
    })
}

fn dockerfile() -> impl Strategy<Value = String> {
    let word =
        select(&["flask", "celery==5.4", "'redis>=4'", "sentry-sdk==2.20.0", "\"sentry-sdk>=2\"", "-q", "uvicorn"][..]);
    (prop::collection::vec(word, 1..6), select(&[" ", " \\\n    "][..])).prop_map(|(words, between)| {
        format!("FROM python\nRUN apt-get update && pip install{between}{} && true\nCMD [\"x\"]\n", words.join(between))
    })
}

/// Everything but the distribution, with the lists it stands in.
fn others(manifest: &Manifest) -> Vec<(String, Vec<String>, String, Group)> {
    let others = manifest.declared().into_iter().filter(|one| one.distribution != "sentry-sdk");
    others.map(|one: Declared| (one.distribution, one.extras, one.specifier, one.group)).collect()
}

fn holds(path: &str, text: &str, wanted: &Wanted) -> Result<(), TestCaseError> {
    let path = Path::new(path);
    let bytes = text.as_bytes().to_vec();
    let Some(manifest) = Manifest::read(path, bytes.clone()).map_err(|error| TestCaseError::fail(error.to_string()))?
    else {
        return Ok(());
    };
    let outcome = manifest.require(wanted).map_err(|error| TestCaseError::fail(error.to_string()))?;
    let Outcome::Edit { edits, before, after, line, .. } = outcome else { return Ok(()) };
    let new_text = String::from_utf8(apply_edits(&bytes, &edits).unwrap()).unwrap();
    let new = Manifest::read(path, new_text.clone().into_bytes()).unwrap().unwrap();
    prop_assert_eq!(others(&manifest), others(&new));
    prop_assert_eq!(new.require(wanted).unwrap(), Outcome::Satisfied);
    if before.is_none() {
        prop_assert!(edits.iter().all(|edit| edit.range.is_empty()), "an insertion replaces nothing");
    }
    prop_assert!(new_text.lines().nth(line - 1).unwrap().contains(&*after), "line {} of {:?}", line, new_text);
    prop_assert_eq!(text.starts_with('\u{feff}'), new_text.starts_with('\u{feff}'));
    if !text.trim_start_matches('\u{feff}').is_empty() {
        prop_assert_eq!(text.ends_with('\n'), new_text.ends_with('\n'));
    }
    let feeds = |text: &str| (text.matches("\r\n").count(), text.matches('\n').count());
    let (crlf, lf) = feeds(text);
    let (new_crlf, new_lf) = feeds(&new_text);
    let expected = if lf > 0 && crlf == lf { new_lf } else { crlf };
    prop_assert_eq!(new_crlf, expected, "line endings");
    if !after.contains(" = ")
        && !after.contains("=\"")
        && !after.contains("='")
        && !after.contains("={")
        && !path.ends_with("environment.yml")
    {
        prop_assert!(Requirement::<VerbatimUrl>::from_str(&after.replace("[]", "")).is_ok(), "{}", after);
    }
    Ok(())
}

proptest! {
    #[test]
    fn requirements_txt(text in file(requirements_file()), wanted in any_wanted()) {
        holds("requirements.txt", &text, &wanted)?;
    }

    #[test]
    fn pyproject_array(text in file(pep621()), wanted in any_wanted()) {
        holds("pyproject.toml", &text, &wanted)?;
    }

    #[test]
    fn poetry_table(text in file(table("[tool.poetry.dependencies]", &["^2.20", "^2.40", "*", "~2.40", "2.40.0", ">=2.1,<4", "^1 || ^2"])), wanted in any_wanted()) {
        holds("pyproject.toml", &text, &wanted)?;
    }

    #[test]
    fn pipfile_table(text in file(table("[packages]", &["*", "==2.20.0", ">=2.40", "~=2.20", "<3"])), wanted in any_wanted()) {
        holds("Pipfile", &text, &wanted)?;
    }

    #[test]
    fn setup_cfg_list(text in file(setup_cfg()), wanted in any_wanted()) {
        holds("setup.cfg", &text, &wanted)?;
    }

    #[test]
    fn setup_py_list(text in file(setup_py()), wanted in any_wanted()) {
        holds("setup.py", &text, &wanted)?;
    }

    #[test]
    fn conda_environment(text in file(conda()), wanted in any_wanted()) {
        holds("environment.yml", &text, &wanted)?;
    }

    #[test]
    fn dockerfile_words(text in file(dockerfile()), wanted in any_wanted()) {
        holds("Dockerfile", &text, &wanted)?;
    }

    #[test]
    fn any_text_is_read_or_refused_without_a_panic(text in "[\\[\\]{}\"'=a-z\\\\#;:,.\r\n\t \u{e9}-]{0,80}", wanted in any_wanted()) {
        for path in ["requirements.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py", "environment.yml", "Dockerfile", "pixi.toml"] {
            if let Ok(Some(manifest)) = Manifest::read(Path::new(path), text.clone().into_bytes()) {
                let _outcome = manifest.require(&wanted);
            }
        }
    }
}
