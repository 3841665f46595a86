import pwd
from pathlib import Path

import pytest
from pydantic import ValidationError

from event_service.cli.faults import settings_told
from event_service.log_choices import LogFormat
from event_service.policies import RecordingPolicy, RecoveryMode
from event_service.quota import Quota
from event_service.settings import Settings
from event_service.settings_table import settings_table

README = Path(__file__).parents[1] / "README.md"

pytestmark = pytest.mark.usefixtures("no_event_variables")


def test_without_variables_the_defaults_stand() -> None:
    settings = Settings()
    assert settings.mongodb_uri is None
    assert settings.redis_url is None
    assert (settings.host, settings.port) == ("127.0.0.1", 50051)
    assert settings.http_port == 8080
    assert settings.max_request_bytes == 4 * 1024 * 1024
    assert settings.max_response_bytes == 256 * 1024 * 1024
    assert settings.duplicate_window_seconds == 600
    assert settings.recording_policy is RecordingPolicy.CHANGED
    assert settings.recovery_mode is RecoveryMode.AUTO
    assert settings.retention_days is None
    assert settings.webhook_quota is settings.domain_quota is None
    assert settings.page_limit == 1000
    assert settings.log_format is LogFormat.AUTO
    assert settings.data_dir.is_absolute()


def test_several_services_on_a_machine_need_no_second_choice_of_port() -> None:
    assert Settings(port=0).http_port == 0
    assert Settings(port=0, http_port=9000).http_port == 9000
    assert Settings(port=50052).http_port == 8080


@pytest.mark.parametrize(
    ("name", "text", "value"),
    [
        ("port", "0", 0),
        ("host", "::", "[::]"),
        ("host", "[::1]", "[::1]"),
        ("http_port", "-1", -1),
        ("max_request_bytes", "8MiB", 8 * 1024 * 1024),
        ("max_request_bytes", "65536", 65536),
        ("recording_policy", "First", RecordingPolicy.FIRST),
        ("recovery_mode", "manual", RecoveryMode.MANUAL),
        ("retention_days", "30", 30),
        ("webhook_cache_seconds", "0", 0),
        ("log_format", "JSON", LogFormat.JSON),
        ("log_level", "debug", "DEBUG"),
        ("data_dir", "/somewhere", Path("/somewhere")),
        ("auth_system_domains", '["a", "b"]', {"a", "b"}),
        ("plugins", '{"p": "grpc://host:50051"}', {"p": "grpc://host:50051"}),
        ("webhook_quota", "50", Quota(50, 50)),
        ("domain_quota", "0.5/10", Quota(0.5, 10)),
        ("webhook_url_prefix", "https://host/base/", "https://host/base"),
    ],
)
def test_a_variable_sets_its_field(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str, value: object
) -> None:
    monkeypatch.setenv(f"EVENT_{name.upper()}", text)
    assert getattr(Settings(), name) == value


def test_an_argument_wins_over_its_variable(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_PORT", "1")
    assert Settings(port=2).port == 2


def test_an_empty_variable_is_absent(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_RETENTION_DAYS", "")
    monkeypatch.setenv("EVENT_MONGODB_URI", "")
    assert Settings() == Settings(retention_days=None, mongodb_uri=None)


def test_variables_of_other_programs_are_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "1")
    monkeypatch.setenv("EVENT_OF_SOMEBODY_ELSE", "1")
    assert Settings().port == 50051


def test_a_file_in_the_working_directory_is_not_read(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / ".env").write_text("EVENT_PORT=1\n")
    monkeypatch.chdir(tmp_path)
    assert Settings().port == 50051


def test_a_relative_directory_is_the_same_wherever_the_service_goes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    assert Settings(data_dir=Path("data")).data_dir == tmp_path / "data"
    monkeypatch.setenv("HOME", str(tmp_path))
    assert Settings(data_dir=Path("~/data")).data_dir == tmp_path / "data"


def test_a_user_without_a_home_is_to_name_the_directory(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    monkeypatch.delenv("EVENT_DATA_DIR", raising=False)
    monkeypatch.delenv("HOME", raising=False)
    monkeypatch.setattr(pwd, "getpwuid", {}.__getitem__)  # a container's user may be in no list
    with pytest.raises(ValidationError, match=r"data_dir\n.*home directory that is not known"):
        Settings()


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("port", "-1"),
        ("port", "65536"),
        ("port", "http"),
        ("data_dir", "~nobody-of-this-name/data"),
        ("http_port", "-2"),
        ("http_port", "65536"),
        ("http_read_seconds", "0"),
        ("grpc_threads", "0"),
        ("max_request_bytes", "many"),
        ("duplicate_window_seconds", "0"),
        ("recording_policy", "some"),
        ("recovery_mode", "maybe"),
        ("retention_days", "0"),
        ("query_seconds", "0"),
        ("query_seconds", "nan"),
        ("store_timeout_seconds", "inf"),
        ("page_limit", "0"),
        ("log_level", "LOUD"),
        ("mongodb_uri", "localhost:27017"),
        ("redis_url", "http://localhost"),
        ("auth_system_domains", "domain-root"),
        ("auth_system_domains", "{}"),
        ("plugins", "not JSON"),
        ("plugins", "[]"),
        ("plugins", "[" * 60_000),
        ("plugins", '{"p": "host:50051"}'),
        ("plugins", '{"p": "grpc://user:password@host:50051"}'),
        ("plugins", '{"p": "grpc:// host:50051"}'),
        ("plugins", '{"p": 1}'),
        ("plugin_service_endpoint", "host:50051"),
        ("plugin_service_endpoint", "grpc://host:50051"),  # without EVENT_SYSTEM_TOKEN
        ("system_token", "a.b.c\n"),
        ("system_token", "clé"),
        ("webhook_show_keys", "true"),  # without EVENT_SECRET_KEY
        ("secret_key", "short"),
        ("waiting_per_thread", "-1"),
        ("http_connections", "0"),
        ("drain_seconds", "-1"),
        ("keepalive_seconds", "0"),
        ("connection_seconds", "2592000"),  # gRPC counts milliseconds in 32 bits
        ("webhook_quota", "0"),
        ("webhook_quota", "nan"),
        ("webhook_quota", "inf"),
        ("webhook_quota", "many"),
        ("webhook_quota", "5/0"),
        ("domain_quota", "5/1.5"),
        ("domain_quota", "5/"),
    ],
)
def test_a_value_that_cannot_be_meant_is_refused_and_its_variable_named(
    monkeypatch: pytest.MonkeyPatch, name: str, text: str
) -> None:
    monkeypatch.setenv(f"EVENT_{name.upper()}", text)
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert settings_told(caught.value)[0].startswith(f"EVENT_{name.upper()}")


@pytest.mark.parametrize("name", ["mongodb_uri", "redis_url"])
def test_an_address_is_never_printed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    scheme = "mongodb" if name == "mongodb_uri" else "redis"
    monkeypatch.setenv(f"EVENT_{name.upper()}", f"{scheme}://user:hunter2@host/db")
    settings = Settings()
    assert getattr(settings, name).get_secret_value() == f"{scheme}://user:hunter2@host/db"
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "hunter2" not in shown


@pytest.mark.parametrize("name", ["mongodb_uri", "redis_url", "port"])
def test_a_refused_value_is_not_repeated(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(f"EVENT_{name.upper()}", "mysql://user:hunter2@host/db")
    with pytest.raises(ValidationError) as caught:
        Settings()
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("password", ["hunter2\uff20", "hunter2["])
@pytest.mark.parametrize("name", ["mongodb_uri", "redis_url"])
def test_a_password_is_left_to_who_connects_with_it(
    monkeypatch: pytest.MonkeyPatch, name: str, password: str
) -> None:
    scheme = "mongodb" if name == "mongodb_uri" else "redis"
    url = f"{scheme}://user:{password}@host/0"
    monkeypatch.setenv(f"EVENT_{name.upper()}", url)
    assert getattr(Settings(), name).get_secret_value() == url


def test_a_secret_is_neither_printed_nor_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("EVENT_SECRET_KEY", "hunter2" * 8)
    monkeypatch.setenv("EVENT_SYSTEM_TOKEN", "swordfish")
    settings = Settings(webhook_show_keys=True, plugin_service_endpoint="grpc://host:50051")
    for shown in (repr(settings), settings.model_dump_json()):
        assert "hunter2" not in shown
        assert "swordfish" not in shown
    monkeypatch.setenv("EVENT_SECRET_KEY", "hunter2")
    with pytest.raises(ValidationError, match="secret_key") as caught:
        Settings()
    assert "hunter2" not in str(caught.value)


def test_settings_cannot_change_while_the_service_runs() -> None:
    with pytest.raises(ValidationError):
        Settings().port = 1


def test_the_table_of_the_readme_is_that_of_the_code() -> None:
    text = README.read_text(encoding="utf-8")
    table = text.partition("<!-- settings -->\n")[2].partition("\n<!-- /settings -->")[0]
    assert table == settings_table()
