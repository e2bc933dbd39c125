//! The programs that only start another program, as data. Read [`WRAPPERS`] first. How they are taken off is not said here.

/// A program that starts the program named in its own arguments.
pub(super) struct Wrapper {
    /// Its name without folder and without `.sh`.
    pub(super) name: &'static str,
    /// The word that makes it a wrapper: `run` in `poetry run`. Empty where none is needed.
    pub(super) subcommand: &'static str,
    /// The options whose value is a word of its own, separated by blanks.
    pub(super) valued: &'static str,
    /// How many words of its own come before the command.
    pub(super) operands: usize,
}

const fn wrapper(name: &'static str, subcommand: &'static str, valued: &'static str, operands: usize) -> Wrapper {
    Wrapper { name, subcommand, valued, operands }
}

/// Name, subcommand, options with a value, operands; in the order of their names.
pub(super) const WRAPPERS: &[Wrapper] = &[
    wrapper("aws-vault", "exec", "--duration -d", 1),
    wrapper("catatonit", "", "", 0),
    wrapper("chamber", "exec", "--backend -b", 1),
    wrapper("conda", "run", "--cwd --name --prefix -n -p", 0),
    wrapper("cross-env", "", "", 0),
    wrapper("ddtrace-run", "", "", 0),
    wrapper(
        "dockerize",
        "",
        "-poll-interval -stderr -stdout -template -timeout -wait -wait-http-header -wait-retry-interval",
        0,
    ),
    wrapper("doppler", "run", "--config --project --token -c -p -t", 0),
    wrapper("dotenv", "run", "--file --quote -f -q", 0),
    wrapper("dotenvx", "run", "--env-file -f", 0),
    wrapper("dumb-init", "", "--rewrite -r", 0),
    wrapper("env", "", "--chdir --unset -C -u", 0),
    wrapper("exec", "", "-a", 0),
    wrapper("flock", "", "--conflict-exit-code --timeout -E -w", 1),
    wrapper("gosu", "", "", 1),
    wrapper("hatch", "run", "--env --project -e -p", 0),
    wrapper("honcho", "run", "--env -e", 0),
    wrapper("infisical", "run", "--env --path --projectId --token", 0),
    wrapper("ionice", "", "--class --classdata -c -n", 0),
    wrapper("mamba", "run", "--cwd --name --prefix -n -p", 0),
    wrapper("micromamba", "run", "--cwd --name --prefix -n -p", 0),
    wrapper("newrelic-admin", "run-program", "", 0),
    wrapper("nice", "", "--adjustment -n", 0),
    wrapper("nohup", "", "", 0),
    wrapper("op", "run", "--env-file", 0),
    wrapper(
        "opentelemetry-instrument",
        "",
        "--exporter_otlp_endpoint --exporter_otlp_protocol --exporter_otlp_traces_endpoint \
         --logs_exporter --metrics_exporter --resource_attributes --service_name --traces_exporter",
        0,
    ),
    wrapper("pdm", "run", "--project --venv -p", 0),
    wrapper("pipenv", "run", "--python", 0),
    wrapper("pixi", "run", "--environment --manifest-path -e", 0),
    wrapper("poetry", "run", "--directory --project -C -P", 0),
    wrapper("rye", "run", "--pyproject", 0),
    wrapper("s6-setlock", "", "-t", 1),
    wrapper("s6-setuidgid", "", "", 1),
    wrapper("setsid", "", "", 0),
    wrapper("start-nginx", "", "", 0),
    wrapper("start-pgbouncer", "", "", 0),
    wrapper("start-pgbouncer-stunnel", "", "", 0),
    wrapper("start-stunnel", "", "", 0),
    wrapper("stdbuf", "", "-e -i -o", 0),
    wrapper("su-exec", "", "", 1),
    wrapper("sudo", "", "--group --user -C -D -R -T -U -g -h -p -r -t -u", 0),
    wrapper("time", "", "--format --output -f -o", 0),
    wrapper("timeout", "", "--kill-after --signal -k -s", 1),
    wrapper("tini", "", "-e -p", 0),
    wrapper(
        "uv",
        "run",
        "--cache-dir --config-file --default-index --directory --env-file --extra --group --index \
         --index-url --no-extra --no-group --only-group --package --project --python --with \
         --with-editable --with-requirements -p",
        0,
    ),
    wrapper("wait-for", "", "--timeout -t", 1),
    wrapper("wait-for-it", "", "--host --port --timeout -h -p -t", 1),
    wrapper(
        "watchmedo",
        "auto-restart",
        "--directory --ignore-patterns --interval --kill-after --pattern --patterns --signal -d -i -p",
        0,
    ),
    wrapper("with-contenv", "", "", 0),
    wrapper("xvfb-run", "", "--server-args -s", 0),
];

/// `watchfiles TEXT FOLDER...`: what it starts is a text, or the name of a function.
pub(super) const WATCHFILES: Wrapper = wrapper(
    "watchfiles",
    "",
    "--args --filter --ignore-paths --sigint-timeout --sigkill-timeout --target-type --verbosity",
    0,
);

#[cfg(test)]
mod tests {
    use super::WRAPPERS;

    #[test]
    fn the_table_is_in_order() {
        assert!(WRAPPERS.is_sorted_by(|one, next| one.name < next.name));
    }
}
