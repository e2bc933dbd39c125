//! Small projects put together by chance: an application built at some odd place, and files that start and list it.
//! Read [`project`] first.

use super::Files;
use super::chance::Chance;

/// What is imported, and the expression that builds an object.
const OBJECTS: &[(&str, &str, &str)] = &[
    ("flask", "from flask import Flask", "Flask(__name__)"),
    ("fastapi", "import fastapi", "fastapi.FastAPI()"),
    ("celery", "from celery import Celery as C", "C('shop')"),
    ("falcon", "import falcon.asgi", "falcon.asgi.App()"),
    ("sanic", "from sanic import Sanic", "Sanic('shop')"),
    ("bottle", "import bottle as b", "b.Bottle()"),
    ("aiohttp", "from aiohttp import web", "web.Application()"),
    ("quart", "from quart import *", "Quart(__name__)"),
    ("huey", "from huey import RedisHuey", "RedisHuey('shop')"),
    ("dramatiq", "from dramatiq.brokers.redis import RedisBroker", "RedisBroker()"),
    ("litestar", "from litestar import Litestar", "Litestar([])"),
    ("tornado", "import tornado.web", "tornado.web.Application([])"),
];

/// Statements around an expression; `{}` is the expression, `>` an indentation.
const SHAPES: &[&str] = &[
    "app = {}\n",
    "app: object = {}\n",
    "app = other = {}\n",
    "(app := {})\n",
    "app = (\n>{}\n)\n",
    "app = [{}][0]\n",
    "app = {'a': {}}['a']\n",
    "app = (lambda: {})()\n",
    "app = [{} for _ in range(1)][0]\n",
    "if True: app = {}\n",
    "if x:\n>app = {}\nelse:\n>app = {}\n",
    "try:\n>app = {}\nexcept Exception:\n>app = None\nfinally:\n>pass\n",
    "with open(__file__) as f, f:\n>app = {}\n",
    "for app in [{}]: pass\n",
    "while True:\n>app = {}\n>break\n",
    "def make(a=1, *b, c, **d):\n>'''Makes.'''\n>return {}\napp = make(c=1)\n",
    "def make():\n>def inner():\n>>return {}\n>return inner()\napp = make()\n",
    "async def make(): return {}\n",
    "class Shop:\n>app = {}\napp = Shop.app\n",
    "class Shop:\n>def __init__(self): self.app = {}\napp = Shop().app\n",
    "@decorator({})\ndef view(): pass\n",
    "match x:\n>case 1 if y:\n>>app = {}\n>case _:\n>>app = None\n",
    "if __name__ == '__main__':\n>app = {}\n>app.run()\n",
    "import os; app = {}; y = 1\n",
    "app = \\\n>{}\n",
    "app = f'{({})}'\n",
    "global app\napp = {}\n",
    "del x\napp = {}\nassert app\n",
    "x = '''\n>app = 1\n'''; app = {}\n",
    "print('hello', end=''); app = {}  # why\n",
    "app = a.b.c({}, *d, **e)[1:2](f)\n",
    "app = {} if x else None\n",
    "app = yes and {} or no\n",
    "app = not {}\n",
    "app = await_({})\n",
];

const HEADERS: &[&str] = &[
    "",
    "",
    "\u{feff}",
    "#!/usr/bin/env python\n",
    "# -*- coding: utf-8 -*-\n",
    "# coding: latin-1\n",
    "'''Shop.'''\n",
    "\"\"\"Shop.\n\nLong.\n\"\"\"\nfrom __future__ import annotations\n",
    "\u{c}\n",
    "# sentry-codemod: ignore\n",
    "\\\n",
    "import os, sys\nsys.path.insert(0, '.')\n",
    "try:\n>import json\nexcept ImportError:\n>json = None\n",
    "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n>import sentry_sdk\n",
    "import sentry_sdk\nsentry_sdk.init()\n",
    "sentry_sdk = os = None\n",
    "from gevent import monkey; monkey.patch_all()\n",
];

const UNITS: &[&str] = &["    ", "\t", "  ", " "];

const MANIFESTS: &[(&str, &str)] = &[
    ("requirements.txt", "{}\n"),
    ("requirements.txt", "-r base.txt\n{}>=1 ; python_version > '3'  # why\n"),
    ("requirements.in", "{}"),
    ("pyproject.toml", "[project]\nname = 'x'\nversion = '1'\ndependencies = [\"{}\"]\n"),
    ("pyproject.toml", "[project]\nname = 'x'\nversion = '1'\ndependencies = [\n  '{}>=1', # why\n]\n"),
    ("pyproject.toml", "[tool.poetry]\nname = 'x'\n[tool.poetry.dependencies]\npython = '^3.9'\n{} = '*'\n"),
    ("pyproject.toml", "project.name = 'x'\nproject.dependencies = ['{}']\n"),
    ("Pipfile", "[packages]\n{} = \"*\"\n"),
    ("setup.cfg", "[options]\ninstall_requires =\n    {}\n"),
    ("setup.py", "from setuptools import setup\nsetup(name='x', install_requires=['{}'])\n"),
    ("environment.yml", "dependencies:\n  - python\n  - pip:\n      - {}\n"),
    ("Dockerfile", "FROM python\nRUN pip install \\\n  {}\nCMD python app.py\n"),
    ("pixi.toml", "[project]\nname = 'x'\n[pypi-dependencies]\n{} = '*'\n"),
];

const LAUNCHERS: &[(&str, &str)] = &[
    ("Procfile", "web: gunicorn app:app\n"),
    ("Procfile", "web: FLASK_APP=app.py flask run & wait\nworker: celery -A app worker\n"),
    ("docker-compose.yml", "services:\n  web:\n    command: [uvicorn, 'app:app']\n    image: x\n"),
    ("compose.yaml", "services: {web: {command: &c 'python -m app', build: .}, other: {command: *c}}\n"),
    ("start.sh", "#!/bin/sh\nset -e\nexec gunicorn \"${MODULE:-app}:app\" \\\n  --bind 0.0.0.0:80\n"),
    ("app.service", "[Service]\nExecStart=/usr/bin/python /srv/app.py\n"),
    ("Makefile", "run:\n\tpython app.py\n"),
    ("supervisord.conf", "[program:web]\ncommand=python app.py\n"),
];

/// A project made of the pieces above.
pub(crate) fn project(chance: &mut Chance) -> Files {
    let (distribution, import, object) = *chance.of(OBJECTS);
    let mut module = (*chance.of(HEADERS)).to_owned() + import + "\n";
    for _ in 0..=chance.below(3) {
        // The first one is the expression that matters, so that other braces of the shape stay.
        module += &chance.of(SHAPES).replace("({})", &format!("({object})")).replace("{}", object);
    }
    let mut files = Files::new();
    files.insert("app.py".into(), module.replace('>', chance.of::<&str>(UNITS)).into_bytes());
    for (name, text) in [*chance.of(MANIFESTS), *chance.of(LAUNCHERS)] {
        files.insert(name.into(), text.replace("{}", distribution).into_bytes());
    }
    files
}
