"""The compose file against the settings class, the console script, and itself."""

import tomllib
from pathlib import Path
from typing import Any

import pytest
import typer.main
from ruamel.yaml import YAML

from cli.app import app
from config.settings import PREFIX, Settings

ROOT = Path(__file__).parents[1]
COMPOSE: dict[str, Any] = YAML(typ="safe").load(
    (ROOT / "docker-compose.yml").read_text()
)
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = {name: s for name, s in SERVICES.items() if "build" in s}


@pytest.mark.parametrize("name", SERVICES)
def test_what_a_service_names_is_there(name: str) -> None:
    service = SERVICES[name]
    assert set(service.get("depends_on", ())) <= SERVICES.keys()
    assert set(service.get("secrets", ())) <= COMPOSE["secrets"].keys()
    named = {volume.partition(":")[0] for volume in service.get("volumes", ())}
    assert named <= COMPOSE["volumes"].keys()
    assert "healthcheck" in service
    assert all(
        SERVICES[other]["healthcheck"] for other in service.get("depends_on", ())
    )


@pytest.mark.parametrize("name", OURS)
def test_every_setting_exists_and_no_secret_stands_in_the_file(name: str) -> None:
    for variable, value in OURS[name]["environment"].items():
        field = variable.removeprefix(PREFIX).removesuffix("_FILE").lower()
        assert field in Settings.model_fields, variable
        if variable.endswith("_FILE"):
            secret = value.removeprefix("/run/secrets/")
            assert secret in OURS[name]["secrets"]
        else:
            assert "password" not in str(value) and "@" not in str(value)


def test_the_image_runs_as_nobody_in_particular_and_holds_no_secret() -> None:
    lines = (ROOT / "Dockerfile").read_text().splitlines()
    last_stage = lines[
        max(i for i, line in enumerate(lines) if line.startswith("FROM")) :
    ]
    assert "USER 10001" in last_stage
    ignored = (ROOT / ".dockerignore").read_text().split()
    assert {".env", "secrets", ".troth", ".git"} <= set(ignored)


@pytest.mark.parametrize("name", OURS)
def test_every_command_is_one_of_troth(name: str) -> None:
    script = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["scripts"]
    commands = typer.main.get_command(app).commands  # type: ignore[attr-defined]
    for words in (OURS[name]["command"], OURS[name]["healthcheck"]["test"][1:]):
        if words[0] in script:
            assert words[1] in commands
            options = {o for p in commands[words[1]].params for o in p.opts}
            assert set(words[2:]) <= options
