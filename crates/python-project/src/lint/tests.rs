//! Tables of configuration files and the style they give. What the tools do was seen with ruff 0.15 and 0.17, isort 9 and flake8 7.
#![allow(clippy::disallowed_methods, reason = "the files of a test are made here")]

use python_manifest::Manifest;
use python_source::ImportSection;

use super::*;
use crate::project::project_of;
use crate::vocabulary::Vocabulary;

/// Files of a project, by path and text.
type Project<'a> = &'a [(&'a str, &'a str)];

fn style(files: Project<'_>, path: &str) -> ImportStyle {
    let folder = tempfile::tempdir().expect("a folder");
    for (path, text) in files.iter().chain(&[(path, "")]) {
        let path = folder.path().join(path);
        std::fs::create_dir_all(path.parent().expect("a folder")).expect("a folder");
        std::fs::write(path, text).expect("a file");
    }
    let wanted = |path: &Path| {
        is_lint_configuration(path) || python_manifest::is_manifest(path) || python_manifest::is_lock(path)
    };
    let workspace = Workspace::discover(folder.path(), &Vocabulary::default(), wanted);
    let projects = crate::project::projects(&workspace, python_manifest::is_manifest);
    let project = project_of(&projects, Path::new(path));
    let read = |path: &PathBuf| Manifest::read(path, workspace.read(path).ok()?.to_vec()).ok()?;
    let declared: Vec<Declared> =
        project.manifests.iter().filter_map(read).flat_map(|manifest| manifest.declared()).collect();
    import_style(&workspace, project, &declared, Path::new(path))
}

#[track_caller]
fn e402(expected: bool, files: Project<'_>) {
    assert_eq!(style(files, "shop/app.py").checks_e402, expected, "{files:?}");
}

#[track_caller]
fn sorter(files: Project<'_>, expected: Option<SorterOptions>) {
    assert_eq!(style(files, "shop/app.py").sorter, expected, "{files:?}");
}

/// ruff's options, and isort's in its profile `black`.
fn plain() -> SorterOptions {
    SorterOptions { ensure_newline_before_comments: true, ..SorterOptions::default() }
}

const HOOKS_OF_OLD_RUFF: &str = "repos:\n- repo: r\n  rev: v0.4.1\n  hooks:\n  - id: ruff\n";

#[test]
fn without_a_tool_the_file_speaks() {
    e402(false, &[]);
    e402(false, &[("pyproject.toml", "[project]\nname = \"x\"\n")]);
    e402(false, &[("setup.cfg", "[metadata]\nname = x\n")]);
    sorter(&[("pyproject.toml", "[tool.black]\nline-length = 100\n")], None);
}

#[test]
fn the_default_rules_of_ruff_depend_on_its_release() {
    let configured = ("pyproject.toml", "[tool.ruff]\nline-length = 100\n");
    let lock = |version: &'static str| match version {
        "0.15.2" => ("uv.lock", "version = 1\n[[package]]\nname = \"ruff\"\nversion = \"0.15.2\"\n"),
        _ => ("uv.lock", "version = 1\n[[package]]\nname = \"ruff\"\nversion = \"0.16.0\"\n"),
    };
    for (old, files) in [
        (false, &[configured][..]),
        (true, &[("ruff.toml", "required-version = \"<0.16\"\n")]),
        (false, &[("ruff.toml", "required-version = \">=0.5\"\n")]),
        (false, &[("ruff.toml", "required-version = \"==0.17.2\"\n")]),
        (true, &[configured, lock("0.15.2")]),
        (false, &[configured, lock("0.16.0")]),
        (true, &[configured, (".pre-commit-config.yaml", HOOKS_OF_OLD_RUFF)]),
        (true, &[("requirements-dev.txt", "ruff==0.4.1\n")]),
        (true, &[("requirements-dev.txt", "ruff~=0.15.0\n")]),
        (false, &[("requirements-dev.txt", "ruff\n")]),
        (true, &[("pyproject.toml", "[tool.poetry.group.dev.dependencies]\nruff = \"^0.4\"\n")]),
        (false, &[("pyproject.toml", "[tool.poetry.group.dev.dependencies]\nruff = \"^0.16\"\n")]),
    ] {
        e402(old, files);
        sorter(files, (!old).then(plain));
    }
}

#[test]
fn the_longer_prefix_says_whether_ruff_checks_e402() {
    for (expected, lint) in [
        (true, "select = [\"E\", \"F\"]"),
        (true, "select = [\"ALL\"]"),
        (true, "extend-select = [\"E402\"]"),
        (false, "select = [\"F\"]"),
        (false, "select = [\"ALL\"]\nignore = [\"E\"]"),
        (false, "select = [\"E4\"]\nignore = [\"E402\"]"),
        (false, "select = [\"E402\"]\nextend-ignore = [\"E402\"]"),
        (true, "select = [\"E402\"]\nignore = [\"E4\"]"),
        (false, "select = [\"E\"]\n[lint.per-file-ignores]\n\"shop/*.py\" = [\"E402\"]"),
        (false, "select = [\"E\"]\n[lint.per-file-ignores]\n\"app.py\" = [\"E4\"]"),
        (true, "select = [\"E\"]\n[lint.per-file-ignores]\n\"__init__.py\" = [\"E402\"]"),
        (true, "select = [\"E\"]\n[lint.per-file-ignores]\n\"!shop/*\" = [\"E402\"]"),
        (false, "select = [\"E\"]\n[lint.extend-per-file-ignores]\n\"**/app.py\" = [\"E402\"]"),
    ] {
        e402(expected, &[("ruff.toml", &format!("[lint]\n{lint}\n"))]);
        let old = format!("{}\n", lint.replace("[lint.", "[tool.ruff."));
        e402(expected, &[("pyproject.toml", &format!("[tool.ruff]\n{old}"))]);
    }
}

#[test]
fn the_nearest_configuration_of_ruff_counts_alone_unless_it_extends() {
    let all = ("ruff.toml", "[lint]\nselect = [\"E\"]\n");
    e402(true, &[all]);
    e402(true, &[all, ("shop/pyproject.toml", "[tool.black]\n")]);
    e402(false, &[all, (".ruff.toml", "[lint]\nselect = [\"F\"]\n")]);
    e402(false, &[all, ("shop/ruff.toml", "[lint]\nselect = [\"F\"]\n")]);
    e402(true, &[all, ("shop/ruff.toml", "extend = \"../ruff.toml\"\nline-length = 99\n")]);
    e402(false, &[all, ("shop/ruff.toml", "extend = \"../ruff.toml\"\n[lint]\nignore = [\"E402\"]\n")]);
    e402(false, &[("ruff.toml", "extend = \"ruff.toml\"\n")]);
    e402(false, &[("ruff.toml", "extend = \"../../ruff.toml\"\n")]);
}

#[test]
fn flake8_checks_e402_unless_it_is_told_not_to() {
    let hook = |arguments: &str| {
        format!("repos:\n- repo: r\n  rev: 6.0.0\n  hooks:\n  - id: flake8\n    args: [{arguments}]\n")
    };
    for (expected, name, text) in [
        (true, ".flake8", "[flake8]\nmax-line-length = 100\n"),
        (true, "setup.cfg", "[flake8]\nignore = E501, W503\n"),
        (false, "tox.ini", "[flake8]\nextend-ignore =\n    E203,\n    E402\n"),
        (false, "tox.ini", "[flake8]\nselect = B,F\n"),
        (false, "tox.ini", "[flake8]\nignore = E4\n"),
        (true, "tox.ini", "[flake8]\nselect = E402\nignore = E4\n"),
        (false, ".flake8", "[flake8]\nper-file-ignores =\n    # late imports\n    shop/*:E402,F401\n"),
        (false, ".flake8", "[flake8]\nper_file_ignores = app.py, b.py: F401 E402\n"),
        (true, ".flake8", "[flake8]\nper-file-ignores =\n    app.py: F401\n    b.py: E402\n"),
        (true, "requirements-dev.txt", "flake8\n"),
        (true, ".pre-commit-config.yaml", &hook("")),
        (false, ".pre-commit-config.yaml", &hook("--max-line-length=100, --extend-ignore, E402")),
    ] {
        e402(expected, &[(name, text)]);
        sorter(&[(name, text)], None);
    }
}

#[test]
fn profiles_of_isort_and_options_over_them() {
    let isort = SorterOptions::default;
    for (text, expected) in [
        ("line_length = 100", isort()),
        ("profile = black", plain()),
        ("profile = google", SorterOptions { force_single_line: true, force_sort_within_sections: true, ..isort() }),
        ("profile = google\nforce_single_line = no", SorterOptions { force_sort_within_sections: true, ..isort() }),
        ("profile = pycharm", SorterOptions { lines_after_imports: Some(2), ..isort() }),
        ("profile = pycharm\nlines_after_imports = -1", isort()),
        ("profile = attrs", SorterOptions { lines_after_imports: Some(2), lines_between_types: 1, ..isort() }),
        (
            "force_alphabetical_sort = 1",
            SorterOptions { from_first: true, no_sections: true, lines_between_types: 1, ..isort() },
        ),
        ("float_to_top = true\nlength_sort = 1", SorterOptions { float_to_top: true, length_sort: true, ..isort() }),
        ("default_section = FIRSTPARTY", SorterOptions { unknown_is_first_party: true, ..isort() }),
        ("profile = ours", isort()),
    ] {
        sorter(&[(".isort.cfg", &format!("[settings]\n{text}\n"))], Some(expected.clone()));
        sorter(&[("setup.cfg", &format!("[tool:isort]\n{text}\n"))], Some(expected.clone()));
        sorter(&[("tox.ini", &format!("[isort]\n{text}\n"))], Some(expected));
    }
    sorter(&[("pyproject.toml", "[tool.isort]\nprofile = \"black\"\nfloat_to_top = false\n")], Some(plain()));
}

#[test]
fn options_of_ruff_s_rules_for_imports() {
    let text = "
        [tool.ruff.lint]
        extend-select = ['I']
        [tool.ruff.lint.isort]
        force-sort-within-sections = true
        force-single-line = true
        from-first = true
        no-sections = true
        lines-after-imports = 2
        lines-between-types = 1
        length-sort = true
    ";
    let expected = SorterOptions {
        force_sort_within_sections: true,
        force_single_line: true,
        from_first: true,
        no_sections: true,
        lines_after_imports: Some(2),
        lines_between_types: 1,
        length_sort: true,
        ..plain()
    };
    sorter(&[("pyproject.toml", text)], Some(expected));
    sorter(&[("ruff.toml", "[lint]\nselect = [\"I001\"]\n")], Some(plain()));
    sorter(&[("ruff.toml", "[lint]\nselect = [\"INP\", \"ISC\"]\n")], None);
}

#[test]
fn a_hook_or_a_requirement_is_a_tool_with_defaults() {
    let hook = |id: &str, arguments: &str| {
        format!("repos:\n- repo: r\n  rev: 5.12.0\n  hooks:\n  - id: {id}\n    args: [{arguments}]\n")
    };
    for (id, arguments, expected) in [
        ("isort", "", Some(SorterOptions::default())),
        ("isort", "--profile, black", Some(plain())),
        ("isort", "--profile=black, --filter-files", Some(plain())),
        ("ruff-check", "--fix, --select=I", Some(plain())),
        ("ruff-format", "", None),
        ("black", "", None),
        ("usort", "", Some(SorterOptions::default())),
        ("reorder-python-imports", "", Some(SorterOptions { force_single_line: true, ..SorterOptions::default() })),
    ] {
        sorter(&[(".pre-commit-config.yaml", &hook(id, arguments))], expected);
    }
    sorter(&[("requirements/dev.txt", "isort\n")], Some(SorterOptions::default()));
}

#[test]
fn ruff_goes_before_isort_only_where_it_is_told_to_sort() {
    let isort = ("setup.cfg", "[isort]\nfrom_first = true\n");
    let from_first = SorterOptions { from_first: true, ..SorterOptions::default() };
    sorter(&[isort, ("ruff.toml", "[lint]\nselect = [\"I\"]\n")], Some(plain()));
    sorter(&[isort, ("ruff.toml", "line-length = 100\n")], Some(from_first));
}

#[test]
fn sections_that_a_project_names() {
    use ImportSection::{Custom, FirstParty, Future, LocalFolder, StandardLibrary, ThirdParty};
    let django = || Custom(vec!["django".to_owned(), "rest_framework".to_owned()]);
    let expected = || vec![Future, StandardLibrary, django(), ThirdParty, FirstParty, LocalFolder];
    let isort = "[isort]\nknown_django = django,rest_framework\nsections = FUTURE,STDLIB,DJANGO,THIRDPARTY,FIRSTPARTY,LOCALFOLDER\n";
    sorter(&[("setup.cfg", isort)], Some(SorterOptions { sections: expected(), ..SorterOptions::default() }));
    let ruff = "
        [lint]
        select = ['I']
        [lint.isort]
        section-order = ['future', 'standard-library', 'django', 'third-party', 'first-party', 'local-folder']
        [lint.isort.sections]
        django = ['django', 'rest_framework']
    ";
    sorter(&[("ruff.toml", ruff)], Some(SorterOptions { sections: expected(), ..plain() }));
}

#[test]
fn the_project_s_own_modules_lie_where_the_sorter_looks() {
    let files = [("lib/tool/a.py", ""), ("src/core/b.py", ""), ("api/c.py", ""), ("email/d.py", ""), ("loose.py", "")];
    for (name, text, expected, third_party) in [
        ("setup.cfg", "[isort]\nprofile = black\n", &["api", "core", "lib", "loose", "shop", "src"][..], &[][..]),
        ("setup.cfg", "[isort]\nsrc_paths = lib\nknown_first_party = x.y, z*\n", &["tool", "x"], &[]),
        ("setup.cfg", "[isort]\nknown_third_party = lib,api\n", &["core", "loose", "shop", "src"], &["api", "lib"]),
        ("ruff.toml", "src = [\"lib\", \"../outside\"]\n[lint]\nselect = [\"I\"]\n", &["shop", "tool"], &[]),
        ("ruff.toml", "src = []\n[lint]\nselect = [\"I\"]\nisort.detect-same-package = false\n", &[], &[]),
        ("pyproject.toml", "[project]\nname = \"x\"\n", &["api", "core", "lib", "loose", "shop", "src"], &[]),
    ] {
        let files: Vec<_> = files.into_iter().chain([(name, text), ("shop/__init__.py", "")]).collect();
        let style = style(&files, "shop/app.py");
        assert_eq!(Vec::from_iter(&style.first_party), expected, "{text}");
        assert_eq!(Vec::from_iter(&style.third_party), third_party, "{text}");
    }
}

#[test]
fn a_broken_file_says_nothing() {
    for (name, text) in [
        ("pyproject.toml", "[tool.ruff\n"),
        ("ruff.toml", "select = \n"),
        (".pre-commit-config.yaml", "repos: [\n- id: isort\n"),
        (".pre-commit-config.yaml", "repos: isort\n"),
        ("setup.cfg", "isort\n= 1\n[isort\n"),
        (".flake8", "\u{feff}"),
    ] {
        e402(false, &[(name, text)]);
        sorter(&[(name, text)], None);
    }
    e402(true, &[(".flake8", "\u{feff}[flake8]\r\nper-file-ignores = : , [:E402\r\n")]);
    e402(true, &[("ruff.toml", "[lint]\nselect = [\"E\", 3]\nper-file-ignores = {\"[\" = [\"E402\"], \"a\" = 3}\n")]);
}
