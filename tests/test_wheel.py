"""The wheel holds everything: installed in an empty environment it does the main job from another folder."""

import json
import os
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[1]
TEXT = "قصفت الطائرات التركية مدينة عفرين يوم الأحد. وتدعم تركيا حكومة الوفاق الوطني في طرابلس."


def run(*command: str, cwd: Path) -> str:
    clean = {key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "KHABAR", "VIRTUAL_ENV"))}
    done = subprocess.run(command, cwd=cwd, env=clean, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def installed(tmp_path_factory):
    """The `khabar` program of an environment that holds the wheel; other packages are lent, so nothing is fetched."""
    for name in ("build", "hatchling"):
        pytest.importorskip(name)
    place = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "build", "--wheel", "--no-isolation", "--outdir", str(place), str(ROOT), cwd=place)
    (wheel,) = place.glob("*.whl")
    venv.create(place / "env", with_pip=False)
    python = place / "env" / "bin" / "python"
    packages = Path(run(str(python), "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=place).strip())
    pip = [sys.executable, "-m", "pip", "--python", str(python), "--disable-pip-version-check"]
    run(*pip, "install", "--no-deps", "--no-index", str(wheel), cwd=place)
    lent = {sysconfig.get_path("purelib"), sysconfig.get_path("platlib")}
    (packages / "lent.pth").write_text("".join(f"{path}\n" for path in sorted(lent)))
    return place / "env" / "bin" / "khabar"


def test_the_installed_wheel_does_the_main_job(installed, tmp_path):
    where = run(str(installed.parent / "python"), "-c", "import khabar; print(khabar.__file__)", cwd=tmp_path)
    assert where.startswith(str(installed.parents[1]))
    (tmp_path / "a.jsonl").write_text(json.dumps({"id": "a", "text": TEXT, "date": "2018-01-22"}), encoding="utf-8")
    khabar = str(installed)
    run(khabar, "build", "a.jsonl", "--store", "store", cwd=tmp_path)
    rows = run(khabar, "query", "store", "documents", "--format", "csv", cwd=tmp_path).splitlines()
    assert len(rows) == 2
    facts = run(khabar, "export", "store", "--graph", "facts", cwd=tmp_path)
    assert "ns#Occurrence>" in facts
    assert "khabar/entity/tr> <https://w3id.org/khabar/ns#supports>" in facts
    assert "haftar" in run(khabar, "queries", cwd=tmp_path)
    run(khabar, "validate", "store", cwd=tmp_path)
