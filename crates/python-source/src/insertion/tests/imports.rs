//! Where the imports go, and what linter and sorter read beside them.

use super::*;

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
fn a_section_that_the_project_names_is_its_own() {
    let django = ImportSection::Custom(vec!["django".to_owned()]);
    let sections = vec![ImportSection::StandardLibrary, django, ImportSection::ThirdParty, ImportSection::FirstParty];
    changes_with(
        &sorted(SorterOptions { sections, ..SorterOptions::default() }),
        |at| init(Site::Before(at)),
        "
        import os

        from django.conf import settings

        from rest_framework import serializers

        app = os, settings, serializers
        ",
        "
        import os

        from django.conf import settings

        import sentry_sdk
        from rest_framework import serializers

        sentry_sdk.init()

        app = os, settings, serializers
        ",
    );
}

#[test]
fn blank_lines_between_types_stand_around_the_first_of_its_type() {
    let style = sorted(SorterOptions { lines_between_types: 1, ..SorterOptions::default() });
    let init = |at| init(Site::Before(at));
    changes_with(
        &style,
        init,
        "
        import os

        from flask import Flask

        app = Flask()
        ",
        "
        import os

        import sentry_sdk

        from flask import Flask

        sentry_sdk.init()

        app = Flask()
        ",
    );
    changes_with(
        &style,
        init,
        "
        import bottle

        from flask import Flask

        app = Flask()
        ",
        "
        import bottle
        import sentry_sdk

        from flask import Flask

        sentry_sdk.init()

        app = Flask()
        ",
    );
}

#[test]
fn short_names_come_first_for_a_sorter_that_counts() {
    changes_with(
        &sorted(SorterOptions { length_sort: true, ..SorterOptions::default() }),
        |at| init(Site::Before(at)),
        "
        import zipp
        import requests_toolbelt

        app = 1
        ",
        "
        import zipp
        import sentry_sdk
        import requests_toolbelt

        sentry_sdk.init()

        app = 1
        ",
    );
}

#[test]
fn a_module_that_nothing_is_known_of_is_first_party_where_the_sorter_says_so() {
    let options = SorterOptions { unknown_is_first_party: true, ..SorterOptions::default() };
    let third_party = ["flask".to_owned()].into();
    changes_with(
        &ImportStyle { third_party, ..sorted(options) },
        |at| init(Site::Before(at)),
        "
        from flask import Flask

        app = Flask()
        ",
        "
        from flask import Flask

        import sentry_sdk

        sentry_sdk.init()

        app = Flask()
        ",
    );
}

/// Such a comment ends the line of the statement; one that ends with a backslash itself joins nothing.
#[test]
fn a_comment_below_a_backslash_is_part_of_the_statement_above() {
    before(
        "
        x = 1\\
        # of x
        from flask import Flask

        app = 1
        ",
        "
        x = 1\\
        # of x
        import sentry_sdk
        from flask import Flask

        sentry_sdk.init()

        app = 1
        ",
    );
    before(
        "
        import os

        # C:\\
        app = 1
        ",
        "
        import os

        import sentry_sdk

        sentry_sdk.init()

        # C:\\
        app = 1
        ",
    );
}
