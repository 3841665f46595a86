"""Everything that can be set from outside, each by an environment variable ``EVENT_<NAME>``."""

import re
from pathlib import Path
from typing import Annotated, Any, Literal

import platformdirs
from pydantic import (
    AfterValidator,
    BeforeValidator,
    ByteSize,
    Field,
    NonNegativeFloat,
    PositiveFloat,
    PositiveInt,
    SecretStr,
    ValidationInfo,
    field_validator,
)
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from event_service.grpc_endpoint import is_endpoint
from event_service.log_choices import LogFormat, LoggedCalls
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.setting_values import Quotable, from_json, lower, upper, with_scheme
from event_service.socket_address import apart_from_port

MONGODB_SCHEMES = ("mongodb", "mongodb+srv")
REDIS_SCHEMES = (
    "redis",
    "rediss",
    "unix",
    "redis+sentinel",
    "rediss+sentinel",
    "redis+cluster",
    "rediss+cluster",
)

_USUAL_HTTP_PORT = 8080
_SENDABLE = re.compile(r"[!-~](?:[ -~]*[!-~])?")


def _default_data_directory() -> Path:
    try:
        return Path(platformdirs.user_data_dir("event-service", appauthor=False))
    except RuntimeError:  # nothing is known of this user; and this is refused for that
        return Path("~")


def _default_http_port(given: dict[str, Any]) -> int:
    # Who has gRPC pick a free port runs several services on a machine, and one 8080 is not enough.
    return 0 if given.get("port") == 0 else _USUAL_HTTP_PORT


class Settings(BaseSettings):
    """What the service was told. Arguments win over the environment; nothing else is read.

    Raises pydantic.ValidationError, whose message never repeats a value: it may be a secret.
    """

    model_config = SettingsConfigDict(
        env_prefix="EVENT_",
        env_ignore_empty=True,
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    mongodb_uri: SecretStr | None = Field(
        default=None,
        description="MongoDB 6 or later (`mongodb://...`, `mongodb+srv://...`); the path names the"
        " database, `event_service` without one. Unset: an embedded store.",
    )
    redis_url: SecretStr | None = Field(
        default=None,
        description="Redis 6.2 or later, or Valkey: `redis://`, `rediss://`, `unix://`,"
        " `redis+sentinel://host:port,host:port/service/db` or"
        " `redis+cluster://host:port,host:port`. Unset: an embedded store.",
    )
    data_dir: Path = Field(
        default_factory=_default_data_directory,
        description="Directory of the embedded stores and of `runtime.json`; one service holds it"
        " at a time.",
        json_schema_extra={"default_in_words": "the platform's user data directory"},
    )
    host: Annotated[str, AfterValidator(apart_from_port)] = Field(
        default="127.0.0.1", min_length=1, description="Address that gRPC and HTTP listen on."
    )
    port: int = Field(
        default=50051, ge=0, le=65535, description="Port that gRPC listens on; 0 picks a free one."
    )
    http_port: int = Field(
        default_factory=_default_http_port,
        ge=-1,
        le=65535,
        description="Port that HTTP listens on; 0 picks a free one, -1 switches HTTP off.",
        json_schema_extra={"default_in_words": "`8080`, or a free one if `EVENT_PORT` is 0"},
    )
    processes: PositiveInt = Field(
        default=1,
        le=256,
        description="Processes that serve on the same ports; one for each core is enough.",
    )
    hang_seconds: NonNegativeFloat = Field(
        default=30.0,
        le=3600,
        description="How long one of several processes may give no sign of life, which it does"
        " every second, before it is killed and another takes its place. 0: as long as it likes.",
    )
    one_core: bool = Field(
        default=True,
        description="Keep the threads of a process on one core at a time (Linux): Python runs one"
        " of them at a time anyway, and together they take half the CPU.",
    )
    grpc_threads: PositiveInt = Field(
        default=96,
        le=1024,
        description="Calls over gRPC that are worked on at the same time: so many of `create`, and"
        " as many others. Most of them wait for a store: a write takes many of them along.",
    )
    http_threads: PositiveInt = Field(
        default=32,
        le=1024,
        description="Calls over HTTP that are worked on at the same time: so many deliveries, and"
        " as many others.",
    )
    waiting_per_thread: int = Field(
        default=8,
        ge=0,
        le=1000,
        description="How many calls may wait for each of these threads; more are told at once to"
        " come again.",
    )
    http_connections: PositiveInt = Field(
        default=800,
        le=100_000,
        description="Open HTTP connections. For one more the one that has been idle longest is"
        " closed, and if none is idle it is told to come again.",
    )
    http_read_seconds: PositiveFloat = Field(
        default=30.0,
        le=600,
        description="How long the head of an HTTP request may take to arrive, and then its body;"
        " how long a client may take nothing of its answer; and how long the message of a call over"
        " gRPC may take.",
    )
    keepalive_seconds: PositiveFloat = Field(
        default=60.0,
        ge=1,
        le=3600,
        description="How long nothing may come over a gRPC connection before its client is asked"
        " whether it is there. That keeps what lies between from forgetting the connection; one"
        " whose client does not answer for as long again is closed.",
    )
    connection_seconds: NonNegativeFloat = Field(
        default=1800.0,
        le=7 * 24 * 3600,
        description="How old a gRPC connection gets, give or take a tenth, before its client is"
        " told to open another for its next calls: so that clients find further processes and"
        " replicas. 0: as old as it likes.",
    )
    max_request_bytes: ByteSize = Field(
        default=ByteSize(4 * 1024**2),
        ge=1024,
        le=256 * 1024**2,
        description="Largest request, in bytes or as in `8MiB`; over HTTP after decompression.",
    )
    max_requests_bytes: ByteSize = Field(
        default=ByteSize(64 * 1024**2),
        ge=1024,
        description="Bytes of all requests together that a process has in memory at the same time;"
        " more are told to come again. One of the largest size always fits.",
    )
    max_response_bytes: ByteSize = Field(
        default=ByteSize(256 * 1024**2),
        ge=1024,
        le=2 * 1024**3 - 1,
        description="Largest answer, in bytes or as in `64MiB`.",
    )
    duplicate_window_seconds: PositiveInt = Field(
        default=600,
        le=30 * 24 * 3600,
        description="How long after the last event of a key the next one joins its alert; a"
        " webhook's `metadata.duplicate_event_time` wins.",
    )
    recording_policy: Annotated[RecordingPolicy, BeforeValidator(lower)] = Field(
        default=RecordingPolicy.CHANGED,
        description="Which duplicates are recorded as events of their own: `changed` (those that"
        " say something new), `all` or `first` (none). The others are counted.",
    )
    recovery_mode: Annotated[RecoveryMode, BeforeValidator(upper)] = Field(
        default=RecoveryMode.AUTO,
        description="`AUTO`: a recovery resolves its alert; `MANUAL`: it is only recorded.",
    )
    retention_days: PositiveInt | None = Field(
        default=None,
        le=24_854,  # and a day: as many seconds as MongoDB lets an index have
        description="Events older than this are deleted, and what several have in common a day"
        " later. Unset: they are kept.",
    )
    query_seconds: PositiveFloat = Field(
        default=30.0, le=3600, description="How long one query may take in the database."
    )
    page_limit: PositiveInt = Field(
        default=1000,
        le=100_000,
        description="How many results a list without a limit of its own answers at most.",
    )
    flush_seconds: PositiveFloat = Field(
        default=0.2, le=60, description="How long counted repeats are gathered before a write."
    )
    webhook_cache_seconds: NonNegativeFloat = Field(
        default=1.0,
        le=3600,
        description="How long a webhook is remembered when no change of it is announced.",
    )
    webhook_quota: Quotable = Field(
        default=None,
        description="How often each webhook may call `create`: `RATE` or `RATE/BURST`, in calls"
        " per second and calls at once, as in `50` or `0.5/10`; over all processes that share a"
        " Redis. Unset: as often as it likes.",
    )
    domain_quota: Quotable = Field(
        default=None, description="The same for all webhooks of a domain together."
    )
    drain_seconds: NonNegativeFloat = Field(
        default=0.0,
        le=600,
        description="How long calls are still taken after a stop, while health says already that"
        " nothing is served: as long as a load balancer takes to notice.",
    )
    stop_seconds: NonNegativeFloat = Field(
        default=30.0, le=3600, description="How long running calls may go on after that."
    )
    store_timeout_seconds: PositiveFloat = Field(
        default=5.0,
        le=600,
        description="How long the answer of a store is waited for; of Redis, a fifth of that."
        " A query has the time of `EVENT_QUERY_SECONDS`.",
    )
    auth_jwks: str | None = Field(
        default=None,
        description="File or `https://` URL of the domains' public keys:"
        ' `{"domain-1": {"kty": ...}, ...}`, each a JWK or `{"keys": [...]}`.',
    )
    identity_endpoint: str | None = Field(
        default=None,
        description="SpaceONE's identity service, `grpc://host:port` or `grpc+ssl://host:port`: it"
        " is asked for public keys and for apps.",
    )
    system_token: SecretStr | None = Field(
        default=None,
        description="The token that the identity service and the plugin service are asked with.",
    )
    auth_system_domains: Annotated[frozenset[str], NoDecode, BeforeValidator(from_json)] = Field(
        default=frozenset({"domain-root"}),
        description="The domains whose system tokens are believed, as a JSON list."
        " Those of the own key pair are believed of any domain.",
        json_schema_extra={"default_in_words": '`["domain-root"]`'},
    )
    sns_verify: bool = Field(
        default=False,
        description="Check the signatures of Amazon SNS; its certificates are fetched from"
        " `https://sns.*.amazonaws.com`. A webhook of plugin `aws_sns` then takes nothing that is"
        " not signed. Off: the access key is the only credential.",
    )
    sns_confirm: bool = Field(
        default=False,
        description="Confirm subscriptions of Amazon SNS topics by fetching their SubscribeURL, of"
        " `https://sns.*.amazonaws.com` alone. Off: that is up to whoever owns the topic.",
    )
    plugins: Annotated[dict[str, str], NoDecode, BeforeValidator(from_json)] = Field(
        default_factory=dict,
        description="Where webhook plugins are, as JSON:"
        ' `{"plugin-x": "grpc://host:port", ...}` (or `grpc+ssl://`). Wins over a built-in parser'
        " of the same id.",
        json_schema_extra={"default_in_words": "`{}`"},
    )
    plugin_service_endpoint: str | None = Field(
        default=None,
        description="SpaceONE's plugin service, `grpc://host:port` or `grpc+ssl://host:port`: it is"
        " asked, with `EVENT_SYSTEM_TOKEN`, where the plugins are that are neither in"
        " `EVENT_PLUGINS` nor built in.",
    )
    webhook_url_prefix: str = Field(
        default="",
        description="What a webhook's path is put behind to make its URL, for example"
        " `https://events.example.com`. Empty: the path alone is shown.",
        json_schema_extra={"default_in_words": "empty"},
    )
    secret_key: SecretStr | None = Field(
        default=None,
        min_length=32,
        description="At least 32 characters, for example of `openssl rand -base64 32`: access keys"
        " that are shown later are encrypted with it.",
    )
    webhook_show_keys: bool = Field(
        default=False,
        description="Keep the access keys of webhooks, encrypted with `EVENT_SECRET_KEY`, and show"
        " them to whoever may read the webhook, for consoles that need it. Off: a key is shown"
        " once, when it is made.",
    )
    no_auth: bool = Field(
        default=False,
        description="No tokens: every call acts as DOMAIN_ADMIN of metadata `x_domain_id`, or of"
        " `domain-local`. For a laptop: only on a loopback address.",
    )
    no_auth_on_any_address: bool = Field(
        default=False,
        description="`EVENT_NO_AUTH` on any address; warns at every start.",
    )
    log_format: Annotated[LogFormat, BeforeValidator(lower)] = Field(
        default=LogFormat.AUTO,
        description="`json`, `console` or `auto` (`console` on a terminal, else `json`).",
    )
    log_level: Annotated[Literal["DEBUG", "INFO", "WARNING", "ERROR"], BeforeValidator(upper)] = (
        Field(default="INFO", description="`DEBUG`, `INFO`, `WARNING` or `ERROR`.")
    )
    log_calls: Annotated[LoggedCalls, BeforeValidator(lower)] = Field(
        default=LoggedCalls.ALL,
        description="Which calls have a line of the log each: `all`, `slow` (a second or more, and"
        " those that fail) or `errors` (those that fail).",
    )

    @field_validator("data_dir")
    @classmethod
    def _absolute(cls, value: Path) -> Path:
        try:
            return value.expanduser().absolute()
        except RuntimeError:
            raise ValueError("has a ~ for a home directory that is not known") from None

    @field_validator("plugins")
    @classmethod
    def _endpoints(cls, value: dict[str, str]) -> dict[str, str]:
        if not all(plugin_id and is_endpoint(where) for plugin_id, where in value.items()):
            raise ValueError("must have a plugin_id and grpc://host:port for each plugin")
        return value

    @field_validator("plugin_service_endpoint")
    @classmethod
    def _endpoint(cls, value: str | None, info: ValidationInfo) -> str | None:
        if value is not None and not is_endpoint(value):
            raise ValueError("must be grpc://host:port or grpc+ssl://host:port")
        if value is not None and info.data.get("system_token") is None:
            raise ValueError("needs EVENT_SYSTEM_TOKEN")
        return value

    @field_validator("system_token")
    @classmethod
    def _sendable(cls, value: SecretStr | None) -> SecretStr | None:
        # gRPC refuses others in metadata, at each call: the token's file ended with a newline.
        if value is not None and not _SENDABLE.fullmatch(value.get_secret_value()):
            raise ValueError("must be of printable ASCII characters, without a newline at its end")
        return value

    @field_validator("webhook_show_keys")
    @classmethod
    def _has_secret(cls, value: bool, info: ValidationInfo) -> bool:  # noqa: FBT001
        if value and info.data.get("secret_key") is None:
            raise ValueError("needs EVENT_SECRET_KEY")
        return value

    @field_validator("webhook_url_prefix")
    @classmethod
    def _without_slash(cls, value: str) -> str:
        return value.rstrip("/")

    @field_validator("mongodb_uri")
    @classmethod
    def _mongodb_scheme(cls, value: SecretStr | None) -> SecretStr | None:
        return with_scheme(value, MONGODB_SCHEMES)

    @field_validator("redis_url")
    @classmethod
    def _redis_scheme(cls, value: SecretStr | None) -> SecretStr | None:
        return with_scheme(value, REDIS_SCHEMES)
