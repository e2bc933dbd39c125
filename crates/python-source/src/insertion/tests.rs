//! Python in, Python out. The statement that starts with `app` is the site.

use ruff_python_trivia::textwrap::dedent;

use super::*;
use crate::preserved;

/// A text as it stands in a test: without the first line, and without the indentation that all lines share.
fn text(raw: &str) -> String {
    dedent(raw.strip_prefix('\n').unwrap_or(raw)).trim_end_matches(' ').to_owned()
}

fn init(site: Site) -> Insertion {
    Insertion {
        site,
        block: "sentry_sdk.init()\n".to_owned(),
        one_line: "sentry_sdk.init()".to_owned(),
        imports: vec![ImportLine::module("sentry_sdk")],
        imports_not_before: None,
    }
}

fn apply(source: &Source, insertion: &Insertion, style: &ImportStyle) -> Source {
    let edits = insert(source, insertion, style).expect("a place");
    let bytes = changeset::apply_edits(source.bytes(), &edits).expect("edits do not overlap");
    let after = Source::decode(bytes).expect("the encoding stays");
    assert_eq!(preserved(source, &after), Ok(()));
    after
}

#[track_caller]
fn changes_with(style: &ImportStyle, insertion: impl Fn(usize) -> Insertion, before: &str, after: &str) {
    let source = Source::decode(text(before).into_bytes()).expect("UTF-8");
    let site = source.text().find("app").expect("the site is in the text");
    let changed = apply(&source, &insertion(site), style);
    let expected = text(after);
    assert!(changed.text() == expected, "--- changed\n{}\n--- expected\n{expected}", changed.text());

    let site = changed.text().find("app").expect("the site is still there");
    let again = insert(&changed, &insertion(site), style).expect("a place");
    assert_eq!(again.len(), 1, "the imports are there already");
}

/// With `sentry_sdk.init()` put in before `app`.
#[track_caller]
fn before(text: &str, expected: &str) {
    changes_with(&ImportStyle::default(), |at| init(Site::Before(at)), text, expected);
}

#[track_caller]
fn after(text: &str, expected: &str) {
    changes_with(&ImportStyle::default(), |at| init(Site::After(at)), text, expected);
}

fn own(names: &[&str]) -> ImportStyle {
    ImportStyle {
        first_party: names.iter().map(|&name| name.to_owned()).collect(),
        checks_e402: true,
        ..ImportStyle::default()
    }
}

fn sorted(options: SorterOptions) -> ImportStyle {
    ImportStyle { sorter: Some(options), ..own(&["mine"]) }
}

#[test]
fn imports_and_code_without_a_blank_line_between() {
    before(
        "
        from flask import Flask
        app = Flask()
        ",
        "
        import sentry_sdk
        from flask import Flask

        sentry_sdk.init()

        app = Flask()
        ",
    );
}

#[test]
fn a_definition_keeps_its_two_blank_lines_its_comment_and_its_decorators() {
    changes_with(
        &ImportStyle::default(),
        |at| init(Site::Before(at - 1)),
        "
        import flask


        # what it is
        @app
        def f():
            pass
        ",
        "
        import flask
        import sentry_sdk

        sentry_sdk.init()


        # what it is
        @app
        def f():
            pass
        ",
    );
}

#[test]
fn below_a_definition_there_are_two_blank_lines() {
    before(
        "
        import flask

        if flask:

            def f():
                pass


        app = f()
        ",
        "
        import flask
        import sentry_sdk

        if flask:

            def f():
                pass


        sentry_sdk.init()

        app = f()
        ",
    );
}

#[test]
fn a_comment_stays_with_the_statement_below_it() {
    before(
        "
        import flask
        # what serves
        app = flask.Flask()
        ",
        "
        import flask
        import sentry_sdk

        sentry_sdk.init()

        # what serves
        app = flask.Flask()
        ",
    );
}

#[test]
fn a_comment_that_stands_alone_stays_where_it_is() {
    before(
        "
        import os

        # configuration

        app = os
        ",
        "
        import os

        import sentry_sdk

        # configuration

        sentry_sdk.init()

        app = os
        ",
    );
}

#[test]
fn shebang_coding_licence_docstring_and_future_stay_first() {
    before(
        r#"
        #!/usr/bin/env python
        # -*- coding: utf-8 -*-
        # Copyright
        app = 1
        "#,
        r#"
        #!/usr/bin/env python
        # -*- coding: utf-8 -*-
        # Copyright

        import sentry_sdk

        sentry_sdk.init()

        app = 1
        "#,
    );
    before(
        r#"
        """What it does."""
        # Why.
        from __future__ import annotations
        app = 1
        "#,
        r#"
        """What it does."""
        # Why.
        from __future__ import annotations

        import sentry_sdk

        sentry_sdk.init()

        app = 1
        "#,
    );
}

#[test]
fn an_insertion_above_docstring_or_future_is_refused() {
    for text in ["'''app'''\n", "from __future__ import annotations  # app\n"] {
        let source = Source::decode(text.as_bytes().to_vec()).expect("UTF-8");
        let refused = insert(&source, &init(Site::Before(0)), &ImportStyle::default());
        assert_eq!(refused, Err(InsertError::AboveFirst(1)));
    }
    let source = Source::decode(b"def f():\n    'd'\n".to_vec()).expect("UTF-8");
    assert_eq!(insert(&source, &init(Site::Before(13)), &ImportStyle::default()), Err(InsertError::AboveFirst(2)));
}

#[test]
fn a_new_section_has_a_blank_line_on_both_sides() {
    changes_with(
        &own(&["mine"]),
        |at| init(Site::Before(at)),
        "
        import os
        from mine import a

        app = os, a
        ",
        "
        import os

        import sentry_sdk

        from mine import a

        sentry_sdk.init()

        app = os, a
        ",
    );
}

#[test]
fn several_imports_go_to_their_sections() {
    let three = |at| Insertion {
        imports: vec![
            ImportLine::from("sentry_sdk.integrations.rq", "RqIntegration"),
            ImportLine::module("sentry_sdk"),
            ImportLine::module("os"),
        ],
        ..init(Site::Before(at))
    };
    changes_with(
        &own(&["mine"]),
        three,
        "
        '''d'''
        from . import a

        app = a
        ",
        "
        '''d'''

        import os

        import sentry_sdk
        from sentry_sdk.integrations.rq import RqIntegration

        from . import a

        sentry_sdk.init()

        app = a
        ",
    );
    changes_with(
        &own(&["mine"]),
        three,
        "
        import abc
        import re
        from redis import Redis
        import zope
        from zope import x

        app = abc, re, Redis
        ",
        "
        import abc
        import os
        import re
        from redis import Redis
        import sentry_sdk
        from sentry_sdk.integrations.rq import RqIntegration
        import zope
        from zope import x

        sentry_sdk.init()

        app = abc, re, Redis
        ",
    );
}

#[test]
fn a_name_joins_the_import_of_its_module() {
    let two = |at| Insertion {
        imports: vec![
            ImportLine::module("sentry_sdk"),
            ImportLine::from("sentry_sdk.integrations.rq", "RqIntegration"),
        ],
        ..init(Site::Before(at))
    };
    let text = "
        import sentry_sdk
        from sentry_sdk.integrations.rq import setup

        app = setup
        ";
    let joined = "
        import sentry_sdk
        from sentry_sdk.integrations.rq import RqIntegration, setup

        sentry_sdk.init()

        app = setup
        ";
    let single = "
        import sentry_sdk
        from sentry_sdk.integrations.rq import RqIntegration
        from sentry_sdk.integrations.rq import setup

        sentry_sdk.init()

        app = setup
        ";
    changes_with(&ImportStyle::default(), two, text, joined);
    changes_with(&sorted(SorterOptions { force_single_line: true, ..SorterOptions::default() }), two, text, single);
    changes_with(
        &ImportStyle::default(),
        two,
        "
        import sentry_sdk
        from sentry_sdk.integrations.rq import (
            ALWAYS,
            setup,  # why
        )

        app = setup
        ",
        "
        import sentry_sdk
        from sentry_sdk.integrations.rq import (
            ALWAYS,
            RqIntegration,
            setup,  # why
        )

        sentry_sdk.init()

        app = setup
        ",
    );
}

#[test]
fn the_order_is_the_sorters_or_the_files() {
    let text = "
        from flask import Flask
        import tree

        app = Flask, tree
        ";
    let mixed = "
        from flask import Flask
        import sentry_sdk
        import tree

        sentry_sdk.init()

        app = Flask, tree
        ";
    changes_with(&ImportStyle::default(), |at| init(Site::Before(at)), text, mixed);
    let from_first = sorted(SorterOptions { from_first: true, ..SorterOptions::default() });
    changes_with(&from_first, |at| init(Site::Before(at)), text, mixed);
    before(
        "
        import Zope
        from flask import Flask

        app = Flask, Zope
        ",
        "
        import sentry_sdk
        import Zope
        from flask import Flask

        sentry_sdk.init()

        app = Flask, Zope
        ",
    );
}

#[test]
fn comments_among_imports_are_headings_or_belong_to_the_import_below() {
    before(
        "
        import os

        # Third party
        from flask import Flask

        app = Flask, os
        ",
        "
        import os

        # Third party
        import sentry_sdk
        from flask import Flask

        sentry_sdk.init()

        app = Flask, os
        ",
    );
    before(
        "
        import os

        # pinned, see #12
        from flask import Flask

        app = Flask, os
        ",
        "
        import os

        import sentry_sdk

        # pinned, see #12
        from flask import Flask

        sentry_sdk.init()

        app = Flask, os
        ",
    );
}

#[test]
fn never_into_type_checking_or_try() {
    before(
        "
        from typing import TYPE_CHECKING

        if TYPE_CHECKING:
            import sentry_sdk
            # and more
        app = 1
        ",
        "
        from typing import TYPE_CHECKING

        import sentry_sdk

        if TYPE_CHECKING:
            import sentry_sdk
            # and more

        sentry_sdk.init()

        app = 1
        ",
    );
    before(
        "
        try:
            import flask
        except ImportError:
            flask = None
        app = flask
        ",
        "
        import sentry_sdk

        try:
            import flask
        except ImportError:
            flask = None

        sentry_sdk.init()

        app = flask
        ",
    );
}

#[test]
fn monkey_patching_runs_before_the_import() {
    changes_with(
        &own(&[]),
        |at| Insertion { imports_not_before: Some("from gevent import monkey\n\n".len()), ..init(Site::Before(at)) },
        "
        from gevent import monkey

        monkey.patch_all()

        import requests  # noqa: E402
        from flask import Flask  # noqa: E402

        app = Flask(), requests
        ",
        "
        from gevent import monkey

        monkey.patch_all()

        import requests  # noqa: E402
        import sentry_sdk  # noqa: E402
        from flask import Flask  # noqa: E402

        sentry_sdk.init()

        app = Flask(), requests
        ",
    );
    changes_with(
        &own(&[]),
        |at| Insertion { imports_not_before: Some(at - "patch(); ".len()), ..init(Site::Before(at)) },
        "
        import monkey; patch(); app = 1
        ",
        "
        import monkey; patch(); import sentry_sdk; sentry_sdk.init(); app = 1
        ",
    );
    let source = Source::decode(b"app = 1\npatch()\n".to_vec()).expect("UTF-8");
    let insertion = Insertion { imports_not_before: Some(8), ..init(Site::Before(0)) };
    assert_eq!(insert(&source, &insertion, &own(&[])), Err(InsertError::ImportsBelowSite(2)));
}

#[test]
fn a_block_above_imports_excuses_them() {
    changes_with(
        &own(&["mine"]),
        |at| init(Site::Before(at - "import ".len())),
        "
        import os

        import app
        import re  # noqa
        import sys  # noqa: F401 (for tests)
        import wave  # why
        from mine import (
            b,
            c,
        )
        from mine.d import e, \\
            f

        x = 1
        import late
        ",
        "
        import os

        import sentry_sdk

        sentry_sdk.init()

        import app  # noqa: E402
        import re  # noqa
        import sys  # noqa: F401, E402 (for tests)
        import wave  # why  # noqa: E402
        from mine import (  # noqa: E402
            b,
            c,
        )
        from mine.d import e, \\
            f  # noqa: E402

        x = 1
        import late
        ",
    );
}

#[test]
fn a_sorter_that_floats_imports_is_stopped() {
    changes_with(
        &sorted(SorterOptions { float_to_top: true, ..SorterOptions::default() }),
        |at| init(Site::Before(at - "import ".len())),
        "
        import os

        import app
        ",
        "
        import os

        import sentry_sdk

        sentry_sdk.init()

        # isort: split

        import app  # noqa: E402
        ",
    );
}

#[test]
fn lines_after_imports_as_the_sorter_has_them() {
    changes_with(
        &sorted(SorterOptions { lines_after_imports: Some(2), ..SorterOptions::default() }),
        |at| init(Site::Before(at)),
        "
        import os


        app = os
        ",
        "
        import os

        import sentry_sdk


        sentry_sdk.init()

        app = os
        ",
    );
}

#[test]
fn a_body_keeps_its_own_indentation() {
    changes_with(
        &ImportStyle::default(),
        |at| Insertion {
            block: "if x:\n    sentry_sdk.init(\n        a=1,\n    )\n".to_owned(),
            ..init(Site::Before(at))
        },
        "
        import flask


        def make():
        \t'''d'''
        \t# what serves
        \tapp = flask
        \treturn app
        ",
        "
        import flask
        import sentry_sdk


        def make():
        \t'''d'''

        \tif x:
        \t\tsentry_sdk.init(
        \t\t\ta=1,
        \t\t)

        \t# what serves
        \tapp = flask
        \treturn app
        ",
    );
}

#[test]
fn the_first_and_the_last_statement_of_a_body() {
    before(
        "
        def make():
            app = 1


        def other():
            pass
        ",
        "
        import sentry_sdk


        def make():
            sentry_sdk.init()

            app = 1


        def other():
            pass
        ",
    );
    after(
        "
        def make():
            app = 1


        def other():
            pass
        ",
        "
        import sentry_sdk


        def make():
            app = 1

            sentry_sdk.init()


        def other():
            pass
        ",
    );
}

#[test]
fn statements_that_share_a_line() {
    before(
        "import sys; import flask; app = 1; x = 2\n",
        "import sentry_sdk\n\nimport sys; import flask; sentry_sdk.init(); app = 1; x = 2\n",
    );
    before("'''d'''; import sys; app = 1\n", "'''d'''; import sys; import sentry_sdk; sentry_sdk.init(); app = 1\n");
    after("app = 1; x = 2  # c\n", "import sentry_sdk\n\napp = 1; sentry_sdk.init(); x = 2  # c\n");
    after("app = 1;  # c\nx = 2\n", "import sentry_sdk\n\napp = 1;  # c\n\nsentry_sdk.init()\n\nx = 2\n");
    before("if x: app = 1  # c\n", "import sentry_sdk\n\nif x: sentry_sdk.init(); app = 1  # c\n");
    after("if x: app = 1  # c\n", "import sentry_sdk\n\nif x: app = 1; sentry_sdk.init()  # c\n");
}

#[test]
fn backslashes_join_lines() {
    before("x = 1; \\\napp = 2\n", "import sentry_sdk\n\nx = 1; \\\nsentry_sdk.init(); app = 2\n");
    before("\\\napp = 2\n", "import sentry_sdk\n\nsentry_sdk.init()\n\n\\\napp = 2\n");
    after("app = 1 + \\\n    2  # c\n", "import sentry_sdk\n\napp = 1 + \\\n    2  # c\n\nsentry_sdk.init()\n");
}

#[test]
fn a_file_without_a_last_newline_stays_without() {
    let source = Source::decode(b"import flask".to_vec()).expect("UTF-8");
    let changed = apply(&source, &init(Site::After(0)), &own(&[]));
    assert_eq!(changed.text(), "import flask\nimport sentry_sdk\n\nsentry_sdk.init()");
    after("app = ''''''", "import sentry_sdk\n\napp = ''''''\n\nsentry_sdk.init()");
    before("import flask\napp = 1", "import flask\nimport sentry_sdk\n\nsentry_sdk.init()\n\napp = 1");
}

#[test]
fn files_without_statements() {
    for (before, after) in [
        ("", "import sentry_sdk\n\nsentry_sdk.init()\n"),
        ("\u{feff}", "\u{feff}import sentry_sdk\n\nsentry_sdk.init()\n"),
        ("# a\n", "# a\n\nimport sentry_sdk\n\nsentry_sdk.init()\n"),
        ("# a\r\n# b", "# a\r\n# b\r\n\r\nimport sentry_sdk\r\n\r\nsentry_sdk.init()"),
        ("'''d'''\n", "'''d'''\n\nimport sentry_sdk\n\nsentry_sdk.init()\n"),
        ("'''d'''", "'''d'''\n\nimport sentry_sdk\n\nsentry_sdk.init()"),
    ] {
        let source = Source::decode(before.as_bytes().to_vec()).expect("UTF-8");
        assert_eq!(apply(&source, &init(Site::End), &ImportStyle::default()).text(), after);
    }
}

#[test]
fn line_endings_are_those_of_the_neighbours() {
    before(
        "import flask\r\n\r\napp = 1\r\n",
        "import flask\r\nimport sentry_sdk\r\n\r\nsentry_sdk.init()\r\n\r\napp = 1\r\n",
    );
    before("import flask\r\rapp = 1\r", "import flask\rimport sentry_sdk\r\rsentry_sdk.init()\r\rapp = 1\r");
    before("import flask\r\n\n\rapp = 1\n", "import flask\r\nimport sentry_sdk\r\n\nsentry_sdk.init()\n\rapp = 1\n");
}

#[test]
fn a_byte_order_mark_and_form_feeds_stay() {
    before(
        "\u{feff}import flask\napp = 1\n",
        "\u{feff}import flask\nimport sentry_sdk\n\nsentry_sdk.init()\n\napp = 1\n",
    );
    before(
        "'''d'''\n\x0c\nimport flask\n\x0c\n# serves\napp = 1\n",
        "'''d'''\n\x0c\nimport flask\nimport sentry_sdk\n\x0c\nsentry_sdk.init()\n\n# serves\napp = 1\n",
    );
}

#[test]
fn an_encoding_that_cannot_write_the_block_is_an_error() {
    let source = Source::decode(b"# coding: latin-1\napp = '\xe9'\n".to_vec()).expect("latin-1");
    let euro = |block: &str| Insertion { block: block.to_owned(), ..init(Site::Before(18)) };
    assert_eq!(insert(&source, &euro("x = '\u{20ac}'"), &own(&[])), Err(InsertError::Encoding));
    let changed = apply(&source, &euro("x = '\u{fc}'"), &own(&[]));
    assert_eq!(changed.bytes(), b"# coding: latin-1\n\nimport sentry_sdk\n\nx = '\xfc'\n\napp = '\xe9'\n");
}

#[test]
fn an_alias_is_imported_under_it_and_found_again() {
    changes_with(
        &own(&[]),
        |at| Insertion {
            imports: vec![ImportLine::module("sentry_sdk").named("_sentry_sdk")],
            block: "_sentry_sdk.init()".to_owned(),
            ..init(Site::Before(at))
        },
        "
        sentry_sdk = None
        app = 1
        ",
        "
        import sentry_sdk as _sentry_sdk

        sentry_sdk = None

        _sentry_sdk.init()

        app = 1
        ",
    );
}

#[test]
fn a_wrong_site_or_block_is_an_error() {
    let source = Source::decode(b"app = 1\n".to_vec()).expect("UTF-8");
    assert_eq!(insert(&source, &init(Site::Before(2)), &own(&[])), Err(InsertError::NoStatement(2)));
    let broken = Insertion { block: "x = = 1".to_owned(), ..init(Site::Before(0)) };
    assert!(matches!(insert(&source, &broken, &own(&[])), Err(InsertError::Block(_))));
}
