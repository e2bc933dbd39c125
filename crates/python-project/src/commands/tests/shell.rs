//! Shell scripts.

use super::declares;

#[test]
fn script_with_control_words_and_variables() {
    declares(
        "bin/start",
        "#!/usr/bin/env bash\nset -euo pipefail\nPORT=${PORT:-8000}\nexport FLASK_APP=shop\n\
         if [ \"$1\" = web ]; then\n  exec gunicorn shop:app \\\n    --bind \"0.0.0.0:$PORT\" 2>&1 | tee log\nelse\n  echo 'what?' >&2\nfi\nexec \"$@\"\n",
        &[
            r#"6:start ["gunicorn", "shop:app", "--bind", "0.0.0.0:8000"] FLASK_APP=shop (script)"#,
            r#"7:start ["tee", "log"] FLASK_APP=shop (script)"#,
        ],
    );
}

#[test]
fn script_that_finds_its_own_folder() {
    for change in [
        "cd \"$(dirname \"$0\")/..\"",
        "cd \"$( dirname \"${BASH_SOURCE[0]}\" )/..\"",
        "DIR=\"$(cd \"$(dirname \"$0\")/..\" && pwd)\"; cd $DIR",
    ] {
        let text = format!("#!/bin/sh\n{change}\n(cd api && python -m shop)\npython manage.py runserver\n");
        declares(
            "scripts/run.sh",
            &text,
            &[
                r#"3:run ["python", "-m", "shop"] in api (script)"#,
                r#"4:run ["python", "manage.py", "runserver"] in . (script)"#,
            ],
        );
    }
}

#[test]
fn case_patterns_functions_and_here_documents() {
    declares(
        "docker/entry.sh",
        "#!/bin/sh\nserve() {\n  exec uwsgi --module shop\n}\ncase \"$1\" in\n  web|api) serve ;;\n  work)\n    celery -A shop worker &\n    ;;\nesac\n\
         python manage.py shell <<'EOF'\nit's not a command\nEOF\nwait\n",
        &[
            r#"3:entry ["uwsgi", "--module", "shop"] (script)"#,
            r#"8:entry ["celery", "-A", "shop", "worker"] (script)"#,
            r#"11:entry ["python", "manage.py", "shell"] (script)"#,
        ],
    );
}

#[test]
fn going_back_to_the_folder_before() {
    declares(
        "run.sh",
        "cd a\nx\ncd -\ny\n(cd /b; z); w\n",
        &[
            r#"2:run ["x"] in a (script)"#,
            r#"4:run ["y"] (script)"#,
            r#"5:run ["z"] in /b (script)"#,
            r#"5:run ["w"] (script)"#,
        ],
    );
}

#[test]
fn conditions_arithmetic_and_substitutions_are_no_commands() {
    declares(
        "run.sh",
        "if [[ -n \"$A\" || -n $B ]]; then\n  ((n > 3)) && A+=(x y)\n  B=( shop run\n  # it's ok\n  )\nfi\nid=$(id --user)\nx=`mktemp /tmp/x`\nA=$(cat <<EOF\nq r\nEOF\n)\n\
         shop --user \"$(whoami \"a b\")\" --dir $(pwd -P)\n",
        &[r#"13:run ["shop", "--user", "$(whoami \"a b\")", "--dir", "$(pwd -P)"] (script)"#],
    );
}

#[test]
fn scripts_of_other_languages_and_broken_ones() {
    declares("bin/tool", "#!/usr/bin/env python3\nimport shop\n", &[]);
    declares("LICENSE", "It's free.\n", &[]);
    declares("run.sh", "\n\necho 'a\nb", &["error: line 3: `'` is never closed"]);
    declares("scripts/dev.sh", "flask run", &[r#"1:dev ["flask", "run"] (development)"#]);
}

#[test]
fn variables_that_double_and_shells_in_shells_come_to_an_end() {
    let doubling = format!("A=xxxxxxxxxxxxxxxx\n{}", "A=$A$A\n".repeat(60));
    declares("run.sh", &doubling, &[]);
    declares("run.sh", "export X='sh -c \"$X\"'\nsh -c \"$X\"\n", &[]);
    declares("run.sh", &"\"$(".repeat(50_000), &["error: line 1: `\"` is never closed"]);
}
