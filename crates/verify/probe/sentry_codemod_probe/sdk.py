"""sentry_sdk.init, watched: where it was called, how often, before or after what, and that it sends to the ingest alone."""
import os
import sys

from .facts import INGEST, STATE, fact, guarded, user_places

# A share between 0 and 1 would leave it to chance what arrives.
RATES = ("sample_rate", "traces_sample_rate", "profile_session_sample_rate", "profiles_sample_rate")
CRON_OPTIONS = ("monitor_beat_tasks", "monitor_cron_jobs", "monitor_periodic_tasks")

# Functions of the probe that have to run after each init.
AFTER_INIT = []


def watch(module):
    """Replaces sentry_sdk.init by one that tells of itself."""
    original = module.init

    def init(*args, **kwargs):
        at = user_places(4)
        args, kwargs, dsn = _towards_ingest(args, kwargs)
        raised = _sample_all(kwargs)
        try:
            value = original(*args, **kwargs)
        except Exception as error:
            fact("init_error", at=at, error="%s: %s" % (type(error).__name__, str(error)[:200]))
            raise
        STATE.inits += 1
        fact("init", at=at, dsn=dsn, raised=raised, objects_before=list(STATE.objects), in_request=STATE.first_request,
             client=client())
        for function in AFTER_INIT:
            guarded("after init")(function)()
        return value

    init.__doc__ = original.__doc__
    module.init = init


def _towards_ingest(args, kwargs):
    """A DSN in the code is replaced, so that nothing leaves the machine; its key is never written down."""
    kwargs = {name: value for name, value in kwargs.items() if name != "spotlight"}  # a second address to send to
    given = args[0] if args else kwargs.get("dsn")
    if given == "":
        return args, kwargs, "empty"
    if not given or _host(given) == INGEST:
        return args, kwargs, "environment"
    ours = os.environ.get("SENTRY_DSN")
    if args:
        return (ours,) + args[1:], kwargs, "code"
    return args, dict(kwargs, dsn=ours), "code"


def _sample_all(kwargs):
    """Raises every share to 1.0 and says which there were; zero and none stay, they are a decision."""
    raised = []
    for name in RATES:
        value = kwargs.get(name)
        if isinstance(value, float) and 0 < value < 1:
            raised.append("%s=%s" % (name, value))
            kwargs[name] = 1.0
    if kwargs.get("traces_sampler"):
        raised.append("traces_sampler")
        kwargs["traces_sampler"] = lambda context: 1.0
    return raised


def _host(dsn):
    try:
        return str(dsn).split("@", 1)[1].split("/", 1)[0]
    except IndexError:
        return None


def client():
    """What the SDK of this process would do at this moment; for SDK 1 and 2."""
    sdk = sys.modules.get("sentry_sdk")
    if sdk is None:
        return None
    try:
        current = sdk.get_client() if hasattr(sdk, "get_client") else sdk.Hub.current.client
        active = bool(current) and getattr(current, "is_active", lambda: True)()
        return _active(sdk, current) if active else {"version": sdk.VERSION, "active": False}
    except Exception as error:
        return {"version": getattr(sdk, "VERSION", None), "active": False, "error": repr(error)}


def _told(options):
    """Options that decide what has to arrive. Nothing in them is secret."""
    rates = {name: options.get(name) for name in RATES}
    rates = {name: float(rate) for name, rate in rates.items() if isinstance(rate, (int, float))}
    return dict(rates, enable_logs=bool(options.get("enable_logs")), profile_lifecycle=str(options.get("profile_lifecycle")))


def _active(sdk, current):
    options, integrations = current.options, getattr(current, "integrations", None) or {}
    monitors = lambda integration: any(getattr(integration, name, False) for name in CRON_OPTIONS)
    return {
        "version": sdk.VERSION,
        "active": True,
        "options": _told(options),
        "traces_sampler": options.get("traces_sampler") is not None,
        "before_send": [name for name in ("before_send", "before_send_transaction", "before_send_log") if options.get(name)],
        "integrations": sorted(integrations),
        "monitors": sorted(name for name, integration in integrations.items() if monitors(integration)),
        "transport": current.transport is not None,
        "to_ingest": _host(options.get("dsn")) == INGEST,
    }
