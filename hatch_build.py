"""Build hook: what is made of the sources whenever a wheel is built or installed.

The gRPC stubs are generated from proto/, and the modules of ``event_service.bodies`` compiled by
mypyc, where a C compiler and the headers of Python can be had. They work as they are, too.

The stubs go to the package ``event_service.stubs``, not to the top-level packages that the proto
paths name: there they would overwrite the files of the PyPI package ``spaceone-api``. The names
inside the descriptors stay the published ones, so both can be loaded in one process.
"""

import importlib.util
import re
import shutil
import subprocess
import sys
import sysconfig
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface
from mypyc.build import mypycify
from setuptools import Distribution
from setuptools.errors import CCompilerError

PACKAGE = "event_service.stubs"
COMPILED = "event_service.bodies"

DESCRIPTORS = "descriptors.binpb"
"""A FileDescriptorSet of everything in ``proto``, with its comments: the generated modules, whose
descriptors have none, can't tell the documentation what a field means."""


class BuildHook(BuildHookInterface[Any]):
    """Puts fresh stubs and compiled modules into the source tree before hatchling collects it."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:  # noqa: ARG002
        """Called by hatchling for wheels and for editable installs."""
        root = Path(self.root)
        sources = root / "src"
        stubs = sources / Path(*PACKAGE.split("."))
        modules = sources / Path(*COMPILED.split("."))
        for left in modules.glob(f"*{sysconfig.get_config_var('EXT_SUFFIX')}"):
            left.unlink()
        with tempfile.TemporaryDirectory() as scratch:
            out = Path(scratch) / "stubs"
            out.mkdir()
            generate(root / "proto", out)
            shutil.rmtree(stubs, ignore_errors=True)
            shutil.move(out, stubs)
            for compiled in compile_modules(modules, Path(scratch)):
                made = Path(shutil.move(compiled, modules))
                build_data["artifacts"].append(f"/{made.relative_to(root)}")
                build_data["infer_tag"] = True
                build_data["pure_python"] = False


def compile_modules(package: Path, scratch: Path) -> list[Path]:
    """Extension modules of the package's modules, made in ``scratch``; none without a compiler.

    Ends the build with SystemExit for what mypyc can't compile.
    """
    extensions = mypycify(
        [
            "--config-file=",
            f"--cache-dir={scratch / 'types'}",
            "--ignore-missing-imports",
            *(str(path) for path in sorted(package.glob("[!_]*.py"))),
        ],
        group_name=f"{COMPILED}.all",
        target_dir=str(scratch),
        debug_level="0",
    )
    out = scratch / "compiled"
    build = Distribution({"ext_modules": extensions}).get_command_obj("build_ext")
    build.build_lib, build.build_temp = str(out), str(scratch)
    build.ensure_finalized()
    try:
        build.run()
    except CCompilerError as error:
        print(f"{COMPILED} is not compiled: {error}", file=sys.stderr)  # noqa: T201
        return []
    return [path for path in out.rglob("*") if path.is_file()]


def generate(proto: Path, out: Path) -> None:
    """Compile every file below ``proto`` into an importable package in the directory ``out``.

    Raises subprocess.CalledProcessError when protoc refuses a file (it says why on stderr).
    """
    names = sorted(str(path.relative_to(proto)) for path in proto.rglob("*.proto"))
    with tempfile.TemporaryDirectory() as scratch:
        command = [
            *(sys.executable, "-m", "grpc_tools.protoc"),
            f"-I{proto}",
            *(f"-I{directory}" for directory in _google_api_includes()),
            f"--plugin=protoc-gen-mypy_grpc={_grpc_typing_plugin(Path(scratch))}",
            *(f"--{kind}_out={out}" for kind in ("python", "pyi", "grpc_python")),
            f"--mypy_grpc_out=quiet:{out}",
            f"--descriptor_set_out={out / DESCRIPTORS}",
            "--include_source_info",
            *names,
        ]
        subprocess.run(command, check=True)
    _move_imports(out, {str(Path(name).parent).replace("/", ".") for name in names})
    for directory in (out, *(path for path in out.rglob("*") if path.is_dir())):
        (directory / "__init__.py").touch()


def _google_api_includes() -> list[str]:
    """Directories that hold google/api/*.proto, as googleapis-common-protos ships them."""
    spec = importlib.util.find_spec("google.api")
    if spec is None or spec.submodule_search_locations is None:
        raise ModuleNotFoundError("googleapis-common-protos is needed to build the stubs")
    return [str(Path(place).parents[1]) for place in spec.submodule_search_locations]


def _grpc_typing_plugin(scratch: Path) -> Path:
    # Written here rather than found on the PATH: without build isolation the scripts of the
    # environment need not be on it.
    script = scratch / "protoc-gen-mypy_grpc"
    script.write_text(f"#!{sys.executable}\nfrom mypy_protobuf.main import grpc\n\ngrpc()\n")
    script.chmod(0o700)
    return script


def _move_imports(out: Path, packages: Iterable[str]) -> None:
    names = "|".join(re.escape(package) for package in sorted(packages))
    pattern = re.compile(rf"^from ({names}) import ", re.MULTILINE)
    for path in (*out.rglob("*.py"), *out.rglob("*.pyi")):
        text = path.read_text(encoding="utf-8")
        path.write_text(pattern.sub(rf"from {PACKAGE}.\1 import ", text), encoding="utf-8")
