#!/bin/bash
# Builds three trees below $1 (default ./corpora) from packages of PyPI and npm, each in one version, for peers.py:
# small (one tutorial), medium (one application), large (forty applications and third-party code that has to be skipped).
# Needs python3 with pip and venv, npm, tar and git; about ten minutes and 1 GB. Nothing of it is to be committed.
set -euo pipefail
OUT=$(realpath -m "${1:-corpora}"); DL=${DL:-$OUT.dl}; mkdir -p "$OUT" "$DL/whl" "$DL/sdist"
PIP=${PIP:-"python3 -m pip"}
WHL="--only-binary :all: --python-version 3.12 --platform manylinux2014_x86_64 --platform manylinux_2_28_x86_64 --platform any"
# real applications and frameworks -> LARGE/<folder>/<package>
APPS="services/homeassistant=homeassistant==2025.1.4 services/mayan=mayan-edms==4.12.2 services/netauto=nautobot==3.2.7
 services/bi=apache-superset==6.1.0 services/pgadmin=pgadmin4==9.18 services/events=indico==3.0rc1 services/tickets=pretix==2026.8.0
 services/translate=weblate==2026.10.1 services/mlops=zenml==0.98.0 services/tracking=mlflow==3.18.0 services/llmproxy=litellm==1.110.2
 services/flows=langflow-base==1.13.0 services/orchestrator=prefect==3.9.1 services/airflow=apache-airflow-core==3.3.2
 services/dagster=dagster==1.13.29 services/dagweb=dagster-webserver==1.13.28 services/chatui=open-webui==0.12.4
 services/cms=wagtail==8.0.1 services/shop=django-oscar==4.2.1 services/cloudui=horizon==27.0.0 services/compute=nova==34.0.0
 services/volumes=cinder==29.0.0 services/network=neutron==29.0.0 services/ci=buildbot==4.3.0 services/notebooks=jupyter-server==2.21.1
 services/dash=streamlit==1.67.0 services/demo=gradio==6.31.0 services/chat=chainlit==2.12.0 services/queueui=flower==2.2.0
 services/rqui=rq-dashboard==0.9.0 services/bot=rasa==1.10.2 services/plone=Products.CMFPlone==6.2.2 services/ploneapi=plone.restapi==10.0.4
 services/erp=trytond==8.2.1 services/crawler=scrapy==2.19.0 services/learn=kolibri==0.19.5
 libs/ansible=ansible-core==2.21.5 libs/jobs=celery==5.7.0"
# third party code that must be skipped -> LARGE/.venv (ignored by .gitignore) and LARGE/services/shop/venv (NOT in .gitignore, has pyvenv.cfg)
VENV="transformers==5.24.0 sympy==1.14.0 pandas==3.1.1 Django==6.1.3 flask==3.1.3 fastapi==0.165.0 starlette==1.10.0 aiohttp==3.14.5
 tornado==6.6.1 quart==0.22.0 falcon==4.4.0 sanic==25.12.1 bottle==0.13.4 openai==3.57.0 stripe==16.1.0 kubernetes==37.0.2 sqlalchemy==2.1.9"
VENV2="Django==6.1.3 flask==3.1.3 fastapi==0.165.0 celery==5.7.0 twisted==26.10.0"
NPM="webpack@5 eslint@8 react@18 react-dom@18 next@14 @mui/material@5 @mui/icons-material@5 node-gyp@10 lodash@4 typescript@5"

need() { for s in "$@"; do echo "${s#*=}" | sed 's/^=//'; done; }
getwhl() { # spec -> path of the wheel
  local n; n=$(echo "${1%%==*}" | tr 'A-Z.-' 'a-z__'); local v=${1##*==}
  local f; f=$(ls "$DL/whl" | grep -i -E "^${n//_/[_.-]}-$v-" | head -1 || true)
  if [ -z "$f" ]; then $PIP download -q --no-deps $WHL -d "$DL/whl" "$1" >&2; f=$(ls "$DL/whl" | grep -i -E "^${n//_/[_.-]}-$v-" | head -1); fi
  echo "$DL/whl/$f"; }
unz() { python3 -m zipfile -e "$1" "$2"; }
sd() { [ -n "$(ls "$DL/sdist" | grep -i "^$1-$2")" ] || $PIP download -q --no-deps --no-binary :all: -d "$DL/sdist" "$1==$2"; tar xzf "$DL/sdist/$1-$2.tar.gz" -C "$3"; }

rm -rf "$OUT/small" "$OUT/medium" "$OUT/large" "$OUT/tmp"; mkdir -p "$OUT/tmp" "$OUT/large"
sd flask 3.1.3 "$OUT/tmp"; cp -r "$OUT/tmp/flask-3.1.3/examples/tutorial" "$OUT/small"
sd nautobot 3.2.7 "$OUT/tmp"; mv "$OUT/tmp/nautobot-3.2.7" "$OUT/medium"; rm -rf "$OUT/tmp"

L=$OUT/large
for a in $APPS; do d=${a%%=*}; s=${a#*=}; w=$(getwhl "$s"); mkdir -p "$L/$d"; unz "$w" "$L/$d"
python3 - "$L/$d" "$s" <<'P'
import sys,glob,os,re,email,shutil
d,spec=sys.argv[1:]
name=spec.split('==')[0]
m=glob.glob(d+'/*.dist-info/METADATA')[0]
md=email.message_from_file(open(m,encoding='utf-8'))
deps=[r for r in (md.get_all('Requires-Dist') or []) if 'extra ==' not in r and "extra==" not in r]
h=sum(map(ord,name))%3
if h==0: open(d+'/requirements.txt','w').write('\n'.join(deps)+'\n')
elif h==1:
    open(d+'/pyproject.toml','w').write('[project]\nname = "%s"\nversion = "%s"\ndependencies = [\n'%(name,md['Version'])+''.join('    %s,\n'%repr(r.replace('"',"'")).replace("'",'"',0) for r in deps)+']\n')
else:
    open(d+'/setup.cfg','w').write('[metadata]\nname = %s\n\n[options]\ninstall_requires =\n'%name+''.join('    %s\n'%r for r in deps))
shutil.rmtree(os.path.dirname(m))
P
done
cp -r "$OUT/small" "$L/services/blog"
SP=$L/.venv/lib/python3.12/site-packages; mkdir -p "$SP"; echo "home = /usr/bin" > "$L/.venv/pyvenv.cfg"; for s in $VENV; do unz "$(getwhl "$s")" "$SP"; done
SP=$L/services/shop/venv/lib/python3.12/site-packages; mkdir -p "$SP"; echo "home = /usr/bin" > "$L/services/shop/venv/pyvenv.cfg"; for s in $VENV2; do unz "$(getwhl "$s")" "$SP"; done
mkdir -p "$L/web"; (cd "$L/web"; echo '{"name":"web","private":true}' > package.json; npm i --silent --ignore-scripts --no-audit --no-fund $NPM)
mkdir -p "$L/build/lib"; cp -r "$L/services/flows/." "$L/build/lib/"
printf '.venv/\nnode_modules/\n/build/\n__pycache__/\n*.py[cod]\n*.egg-info/\n.env\n*.log\n/dist/\n.tox/\n' > "$L/.gitignore"
for c in small medium large; do git -C "$OUT/$c" init -q; done
for c in small medium large; do echo "$c: all files $(find "$OUT/$c" -type f -not -path '*/.git/*' | wc -l), all .py $(find "$OUT/$c" -name '*.py' -type f | wc -l), not ignored .py $(find "$OUT/$c" -name '*.py' -type f -not -path '*/.venv/*' -not -path '*/venv/*' -not -path '*/node_modules/*' -not -path "$OUT/$c/build/*" -print0 | tee >(tr -cd '\0' | wc -c >&2) | du -bc --files0-from=- | tail -1)"; done
