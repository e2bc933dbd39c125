//! Crontabs, and the schedules of other files.

use super::declares;

#[test]
fn fields_or_a_word_come_before_the_command() {
    let text =
        "# m h\nPYTHONPATH=src\n*/5 * * * 1-5  cd /app && python sweep.py >> log 2>&1\n@daily python -m shop.report\n";
    let expected = [
        r#"3:cron ["python", "sweep.py"] PYTHONPATH=src in /app at */5 * * * 1-5"#,
        r#"4:cron ["python", "-m", "shop.report"] PYTHONPATH=src at @daily"#,
    ];
    declares("crontab", text, &expected);
}

#[test]
fn a_user_may_stand_before_it() {
    let expected = [r#"1:cron ["python", "a.py"] at 0 3 * * *"#];
    declares("etc/cron.d/shop", "0 3 * * * www-data python a.py\n", &expected);
    declares("deploy/crontab", "0 3 * * * root python a.py\n", &expected);
}

#[test]
fn a_percent_sign_ends_it_and_other_lines_are_no_commands() {
    let expected = [r#"1:cron ["python", "a.py", "+%F"] at 0 3 * * *"#];
    declares("jobs.cron", "0 3 * * * python a.py +\\%F%input\nwords without a schedule\n0 3 * *\n", &expected);
}

#[test]
fn a_cron_job_has_its_schedule() {
    let text = "apiVersion: batch/v1\nkind: CronJob\nspec:\n  schedule: \"0 3 * * *\"\n  jobTemplate:\n    spec:\n      template:\n        spec:\n          containers:\n            - name: sweep\n              command: [python, sweep.py]\n";
    declares("k8s/sweep.yaml", text, &[r#"11:sweep ["python", "sweep.py"] at 0 3 * * *"#]);
}
