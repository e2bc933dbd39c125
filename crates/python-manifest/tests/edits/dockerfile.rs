//! `pip install` in a Dockerfile.

use crate::*;

const FILE: &str = "Dockerfile";

#[test]
fn one_word_a_line() {
    changes(
        FILE,
        "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl\nRUN pip install --no-cache-dir \\\n    flask==3.1.0 \\\n    gunicorn\nCOPY lamp.py /srv/\n",
        "FROM python:3.12-slim\nRUN apt-get update && apt-get install -y curl\nRUN pip install --no-cache-dir \\\n    flask==3.1.0 \\\n    gunicorn \\\n    \"sentry-sdk[flask]==2.75.0\"\nCOPY lamp.py /srv/\n",
    );
    changes(
        FILE,
        "RUN pip install \\\n    flask \\\n    # server\n    uwsgi && rm -r /tmp/*\n",
        "RUN pip install \\\n    flask \\\n    # server\n    \"sentry-sdk[flask]>=2.35,<3\" \\\n    uwsgi && rm -r /tmp/*\n",
    );
}

#[test]
fn words_on_one_line_and_quotes_of_the_file() {
    changes(
        FILE,
        "RUN pip install --upgrade pip && python -m pip install 'uwsgi>2' flask && true",
        "RUN pip install --upgrade pip && python -m pip install 'uwsgi>2' flask 'sentry-sdk[flask]>=2.35,<3' && true",
    );
}

#[test]
fn existing_word_gets_quotes() {
    changes(FILE, "RUN uv pip install flask sentry-sdk\n", "RUN uv pip install flask \"sentry-sdk[flask]>=2.35,<3\"\n");
    changes(FILE, "RUN pip install 'sentry-sdk>=2.40' flask\n", "RUN pip install 'sentry-sdk[flask]>=2.40,<3' flask\n");
}

#[test]
fn what_installs_nothing_of_its_own() {
    let none = |text: &str| Manifest::read(Path::new(FILE), text.as_bytes().to_vec()).unwrap().is_none();
    assert!(none("FROM python\nRUN apt-get install python3\n"));
    assert!(none("RUN [\"pip\", \"install\", \"flask\"]\n"));
    advises(FILE, "RUN pip install gunicorn\n", "no list of runtime dependencies");
    advises(
        FILE,
        "RUN pip install poetry==1.8\nRUN pip install -r requirements.txt\n",
        "no list of runtime dependencies",
    );
}

/// A shell would wait for its end; what stands in it is no requirement.
#[test]
fn quote_that_is_never_closed() {
    for text in ["RUN pip install flask \"", "RUN pip install flask '\n", "RUN pip install flask \\\n\"\nCOPY x y\n"] {
        let manifest = read(FILE, text).unwrap();
        assert_eq!(manifest.declared().len(), 1, "{text}");
    }
}
