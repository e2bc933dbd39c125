//! Hosting platforms and functions.

use super::declares;

#[test]
fn app_engine_entrypoint_handlers_and_default() {
    declares(
        "app.yaml",
        "runtime: python312\nservice: api\nentrypoint: gunicorn -b :$PORT shop:app\nenv_variables: {A: b}\n",
        &[r#"3:api ["gunicorn", "-b", ":$PORT", "shop:app"] A=b"#],
    );
    declares(
        "app.yaml",
        "runtime: python27\nhandlers:\n- url: /static\n  static_dir: s\n- url: /.*\n  script: shop.main.app\n",
        &["6:default handler shop.main:app"],
    );
    declares("app.yaml", "runtime: python312\n", &[r#"1:default ["gunicorn", "main:app"]"#]);
    declares("app.yaml", "runtime: nodejs20\n", &[]);
}

#[test]
fn heroku_yml_and_render_yaml() {
    declares(
        "heroku.yml",
        "build: {docker: {web: Dockerfile}}\nrun:\n  web: gunicorn shop:app\n  worker:\n    command:\n    - rq worker\n",
        &[r#"3:web ["gunicorn", "shop:app"]"#, r#"5:worker ["rq", "worker"]"#],
    );
    declares(
        "render.yaml",
        "services:\n- type: web\n  name: api\n  rootDir: api\n  startCommand: uvicorn shop:app\n  envVars:\n  - {key: A, value: b}\n\
         - {type: web, name: box, dockerfilePath: ./box/Dockerfile, dockerContext: ./box}\n",
        &[r#"5:api ["uvicorn", "shop:app"] A=b in api"#, "8:box image ./box/Dockerfile built from ./box"],
    );
}

#[test]
fn fly_railway_and_nixpacks() {
    declares(
        "fly.toml",
        "app = 'x'\n[env]\nA = 'b'\n[processes]\nweb = 'gunicorn shop:app'\nworker = 'rq worker'\n",
        &[r#"5:web ["gunicorn", "shop:app"] A=b"#, r#"6:worker ["rq", "worker"] A=b"#],
    );
    declares("fly.toml", "[build]\ndockerfile = 'D'\n", &["2:app image D"]);
    declares("railway.toml", "[deploy]\nstartCommand = 'flask run'\n", &[r#"2:web ["flask", "run"]"#]);
    declares("nixpacks.toml", "[start]\ncmd = 'flask run'\n", &[r#"2:web ["flask", "run"]"#]);
    declares("railway.json", "{\n\"deploy\": {\n\"startCommand\": \"flask run\"}}", &[r#"3:web ["flask", "run"]"#]);
}

#[test]
fn sam_template_with_globals_and_tags() {
    declares(
        "template.yml",
        "Globals:\n  Function:\n    Runtime: python3.12\n    Environment: {Variables: {A: b}}\nResources:\n  \
         Harvest:\n    Type: AWS::Serverless::Function\n    Properties: {CodeUri: harvest/, Handler: src/handler.run, Role: !GetAtt R.Arn}\n  \
         Page:\n    Type: AWS::Serverless::Function\n    Properties: {Runtime: nodejs20.x, Handler: index.handler}\n  \
         Box:\n    Type: AWS::Serverless::Function\n    Properties: {PackageType: Image, ImageConfig: {Command: [app.run]}}\n    Metadata: {DockerContext: ./box}\n  \
         Queue: {Type: AWS::SQS::Queue}\n",
        &["8:Harvest handler src.handler:run A=b in harvest", "14:Box handler app:run A=b built from ./box"],
    );
}

#[test]
fn serverless_functions_and_the_wsgi_plugin() {
    declares(
        "serverless.yml",
        "provider: {name: aws, runtime: python3.11, environment: {A: b}}\ncustom: {wsgi: {app: api.app}}\nfunctions:\n  \
         tidy: {handler: jobs/tidy.run, environment: {A: c}}\n  page: {handler: page.run, runtime: nodejs18.x}\n  later: ${file(x.yml)}\n",
        &["4:tidy handler jobs.tidy:run A=c", "2:wsgi handler api:app"],
    );
}
