//! Dockerfiles, compose files and Kubernetes manifests.

use super::declares;

#[test]
fn dockerfile_last_stage_wins_and_named_stages_are_targets() {
    declares(
        "Dockerfile",
        "ARG V=3.12\nFROM python:${V} AS base\nENV A=1 B=\"two words\"\nWORKDIR /app\n\
         FROM base AS worker\nCMD celery -A ${NAME:-shop} worker\n\
         FROM base\nARG APP=shop\nENV FLASK_APP=$APP\nWORKDIR src\n# why\nCMD [\"gunicorn\", \\\n  # inside\n  \"shop:app\"]\n",
        &[
            r#"6:worker ["celery", "-A", "shop", "worker"] A=1 B=two words in /app"#,
            r#"12:Dockerfile ["gunicorn", "shop:app"] A=1 B=two words FLASK_APP=shop in /app/src"#,
        ],
    );
}

#[test]
fn dockerfile_entrypoint_and_cmd_are_one_command() {
    declares(
        "docker/api.Dockerfile",
        "FROM python\nENTRYPOINT [\"tini\", \"--\"]\nCMD [\"/usr/bin/python3\", \"-u\", \"-m\", \"shop\"]\n",
        &[r#"3:api ["python", "-m", "shop"]"#],
    );
    declares(
        "Dockerfile",
        "FROM python\nENTRYPOINT [\"/docker-entrypoint.sh\"]\nCMD uvicorn shop:app\n",
        &[r#"3:Dockerfile ["uvicorn", "shop:app"]"#],
    );
    declares(
        "Dockerfile",
        "FROM python\nCMD [\"x\"]\nENTRYPOINT gunicorn shop:app\n",
        &[r#"3:Dockerfile ["gunicorn", "shop:app"]"#],
    );
}

#[test]
fn dockerfile_entrypoint_that_passes_the_cmd_on() {
    declares(
        "Dockerfile",
        "FROM python\nENTRYPOINT /docker-entrypoint.sh $0 $@\nCMD [\"gunicorn\", \"shop:app\"]\n",
        &[r#"2:Dockerfile ["gunicorn", "shop:app"]"#],
    );
}

#[test]
fn dockerfile_entrypoint_forgets_the_cmd_of_its_base() {
    declares(
        "Dockerfile",
        "FROM python AS base\nCMD [\"a\"]\nFROM base\nENTRYPOINT [\"b\"]\n",
        &[r#"2:base ["a"]"#, r#"4:Dockerfile ["b"]"#],
    );
}

#[test]
fn dockerfile_without_a_command_still_sets_the_scene() {
    declares(
        "Dockerfile",
        "FROM python\nWORKDIR /srv\nRUN <<EOF\nCMD not this\nEOF\nENV DJANGO_SETTINGS_MODULE shop.settings\n",
        &["1:Dockerfile environment DJANGO_SETTINGS_MODULE=shop.settings in /srv"],
    );
    declares(
        "Dockerfile",
        "FROM public.ecr.aws/lambda/python:3.12\nCMD [\"shop.orders.create\"]\n",
        &["2:Dockerfile handler shop.orders:create"],
    );
    declares("Dockerfile", "FROM python\nCMD [\"gunicorn\n", &["error: line 2: `\"` is never closed"]);
}

#[test]
fn compose_services_with_merge_keys_and_wrappers() {
    declares(
        "docker-compose.yml",
        "x-app: &app\n  build: {context: ./api, dockerfile: D, target: prod}\n  environment: {FLASK_APP: shop, N: 1}\n\
         services:\n  web:\n    <<: *app\n    working_dir: /app\n    command: sh -c \"python manage.py migrate && exec gunicorn shop:app -b :${PORT:-80}\"\n  \
         worker:\n    <<: *app\n    environment: [\"A=b\", C]\n    command: [celery, -A, shop, worker]\n  \
         image:\n    <<: *app\n  db: {image: postgres}\n",
        &[
            r#"8:web ["python", "manage.py", "migrate"] FLASK_APP=shop N=1 in /app built from ./api"#,
            r#"8:web ["gunicorn", "shop:app", "-b", ":80"] FLASK_APP=shop N=1 in /app built from ./api"#,
            r#"12:worker ["celery", "-A", "shop", "worker"] A=b built from ./api"#,
            "14:image image D#prod FLASK_APP=shop N=1 built from ./api",
        ],
    );
}

#[test]
fn compose_entrypoint_extends_and_overrides() {
    declares(
        "compose.override.yml",
        "services:\n  base:\n    build: .\n    environment: {A: x, B: y}\n    entrypoint: [\"poetry\", \"run\"]\n  \
         web:\n    extends: base\n    environment: {A: z}\n    command: >\n      uvicorn shop:app\n      --reload\n",
        &[
            "5:base [\"poetry\", \"run\"] A=x B=y built from . (development)",
            r#"10:web ["uvicorn", "shop:app", "--reload"] A=z B=y built from . (development)"#,
        ],
    );
}

#[test]
fn compose_by_its_services_whatever_the_file_is_called() {
    declares(
        "production.yml",
        "services:\n  django:\n    build:\n      context: .\n      dockerfile: ./compose/production/django/Dockerfile\n    command: /start\n",
        &[r#"6:django ["/start"] built from ."#],
    );
    declares("mkdocs.yml", "site_name: x\nnav: [a, b]\n", &[]);
}

#[test]
fn compose_command_that_is_only_arguments_for_the_image() {
    declares(
        "compose.yml",
        "services:\n  web:\n    build: api\n    command: [\n      \"--reload\",\n    ]\n    working_dir: /app\n",
        &["3:web image Dockerfile in /app built from api"],
    );
}

#[test]
fn compose_profile_for_developers() {
    declares(
        "compose.yaml",
        "services:\n  shell: {image: x, profiles: [dev], command: python -m shop}\n",
        &[r#"2:shell ["python", "-m", "shop"] (development)"#],
    );
}

#[test]
fn kubernetes_containers_in_any_kind_of_object() {
    declares(
        "k8s/all.yaml",
        "apiVersion: apps/v1\nkind: Deployment\nspec:\n  template:\n    spec:\n      containers:\n      - name: web\n        workingDir: /app\n        \
         command: [\"/bin/sh\", \"-c\"]\n        args: [\"exec gunicorn shop:app\"]\n        env:\n        - {name: FLASK_APP, value: shop}\n        - name: SECRET\n          valueFrom: {}\n\
         ---\napiVersion: batch/v1\nkind: CronJob\nspec: {jobTemplate: {spec: {template: {spec: {containers: [{name: tidy, args: [python, tidy.py]}]}}}}}\n",
        &[r#"9:web ["gunicorn", "shop:app"] FLASK_APP=shop in /app"#, r#"18:tidy ["python", "tidy.py"]"#],
    );
    declares("charts/shop/templates/web.yaml", "kind: {{ .Values.kind }}\n{{- if .x }}\na: b\n{{- end }}\n", &[]);
}

#[test]
fn yaml_that_is_broken_names_the_line() {
    declares(
        "compose.yml",
        "services:\n\tweb: {}\n",
        &["error: line 2: this is no valid YAML: tabs disallowed within this context (block indentation)"],
    );
    declares(
        "compose.yml",
        "services:\n  web:\n    command: \"gunicorn 'shop\"\n",
        &["error: line 3: a quote is never closed"],
    );
    // The parser is at the end of the text, which is not a line to send anybody to.
    declares(
        "compose.yml",
        "services:\n  api:\n    a b:\n    c",
        &["error: line 4: this is no valid YAML: simple key expected"],
    );
}

#[test]
fn yaml_that_unfolds_without_end_is_refused() {
    let mut text = "services:\na0: &a0 [x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..12 {
        let alias = format!("*a{}, ", level - 1).repeat(8);
        text += &format!("a{level}: &a{level} [{}]\n", alias.trim_end_matches(", "));
    }
    declares("compose.yml", &text, &["error: line 7: this YAML unfolds to too much"]);
    let deep = format!("services:\n  {}", "- ".repeat(10_000));
    declares("compose.yml", &deep, &["error: line 2: this YAML is nested too deeply"]);
    let deep = format!("services: {}", "[".repeat(100_000));
    declares("compose.yml", &deep, &["error: line 1: this is no valid YAML: recursion limit exceeded"]);
}
