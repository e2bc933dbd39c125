//! Where the block goes: blank lines, comments, bodies, shared lines, line endings.

use super::*;

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
fn a_comment_speaks_for_the_definition_it_is_attached_to() {
    after(
        "
        app = 1


        # what it is
        def f():
            pass
        ",
        "
        import sentry_sdk

        app = 1

        sentry_sdk.init()


        # what it is
        def f():
            pass
        ",
    );
    before(
        "
        def f():
            pass
            # the end of f


        app = 1
        ",
        "
        import sentry_sdk


        def f():
            pass
            # the end of f


        sentry_sdk.init()

        app = 1
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
    after("app = 1\\\n\nx = 2\n", "import sentry_sdk\n\napp = 1\\\n\n\nsentry_sdk.init()\n\nx = 2\n");
    let two_levels = Insertion { block: "if x:\n    y\n".to_owned(), ..init(Site::Before(12)) };
    let source = Source::decode(b"if x:\n  \\\n  y\n".to_vec()).expect("UTF-8");
    let changed = apply(&source, &two_levels, &own(&[]));
    assert_eq!(changed.text(), "import sentry_sdk\n\nif x:\n  if x:\n    y\n\n  \\\n  y\n");
    after("if x:\n\\\n  app = 2\n", "import sentry_sdk\n\nif x:\n\\\n  app = 2\n\n  sentry_sdk.init()\n");
    before("def f():\\\n\n  app = 1\n", "import sentry_sdk\n\n\ndef f():\\\n\n  sentry_sdk.init()\n\n  app = 1\n");
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
fn a_wrong_site_or_block_is_an_error() {
    let source = Source::decode(b"app = 1\n".to_vec()).expect("UTF-8");
    assert_eq!(insert(&source, &init(Site::Before(2)), &own(&[])), Err(InsertError::NoStatement(2)));
    let broken = Insertion { block: "x = = 1".to_owned(), ..init(Site::Before(0)) };
    assert!(matches!(insert(&source, &broken, &own(&[])), Err(InsertError::Block(_))));
}
