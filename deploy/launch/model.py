"""The bot's model: trained when its data, configuration or components changed, else taken from the cache."""

import hashlib
import os
import shutil
import subprocess
import tarfile
import tempfile
from pathlib import Path

from launch.paths import MODELS, REQUIREMENTS, ROOT
from launch.tell import Stop, step

KEPT = 3  # older models are removed
WEIGHTS = ROOT / "handoff" / "triage" / "weights" / "urgency.npz"
LEARNED_FROM = ("nlu_data", "bot")
# seeds, threads and oneDNN move what is learned: all three are fixed
STEADY = {
    "PYTHONHASHSEED": "7",
    "TF_ENABLE_ONEDNN_OPTS": "0",
    "TF_CPP_MIN_LOG_LEVEL": "3",
    "RASA_TELEMETRY_ENABLED": "false",
    "LOG_LEVEL_LIBRARIES": "ERROR",
    "PYTHONWARNINGS": "ignore",
    "SQLALCHEMY_SILENCE_UBER_WARNING": "1",
}


def fingerprint() -> str:
    """Return a short hash of everything that a model is made from."""
    digest = hashlib.sha256((REQUIREMENTS / "bot.txt").read_bytes())
    for folder in LEARNED_FROM:
        for path in sorted((ROOT / folder).rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts and not path.name.endswith((".pyc", ".csv", ".md")):
                digest.update(str(path.relative_to(ROOT)).encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:16]


def model_path() -> Path:
    """Return where the model of the present data lies, or will lie."""
    return MODELS / f"{fingerprint()}.tar.gz"


def trained_model(python: str, *, again: bool = False) -> Path:
    """Return the model of the present data; train it where it is missing. Raises Stop."""
    path = model_path()
    if path.exists() and not again:
        return path
    MODELS.mkdir(parents=True, exist_ok=True)
    with step("training the bot's model (a few minutes, once per change of the data)"):
        _train(python, path)
    for old in sorted(MODELS.glob("*.tar.gz"), key=lambda p: p.stat().st_mtime)[:-KEPT]:
        old.unlink()
    return path


def rasa_environment() -> dict[str, str]:
    """Return the environment of every process in Rasa's room."""
    own = {"PYTHONPATH": str(ROOT), "MPLCONFIGDIR": str(MODELS.parent / "matplotlib"), "NACHTLICHT_ACTION_URL": ""}
    return {
        **os.environ,
        **STEADY,
        **own,
        "NACHTLICHT_ACTION_URL": os.environ.get("NACHTLICHT_ACTION_URL", "http://127.0.0.1:5055/webhook"),
    }


def _train(python: str, path: Path) -> None:
    with tempfile.TemporaryDirectory(dir=MODELS) as folder:
        command = [python, "-m", "rasa", "train", "--skip-validation", "--config", "bot/config.yml", "--domain", "bot/domain.yml"]
        # forced: Rasa's own cache looks at configuration and data, and would keep a component whose code has changed
        command += ["--data", "nlu_data", "--out", folder, "--fixed-model-name", "model", "--force"]
        log = MODELS / "train.log"
        with log.open("w") as output:
            done = subprocess.run(command, cwd=ROOT, env=rasa_environment(), stdout=output, stderr=subprocess.STDOUT, check=False)
        made = Path(folder) / "model.tar.gz"
        if done.returncode != 0 or not made.exists():
            raise Stop(f"training failed; its output is in {log}")
        shutil.move(str(made), path)


def export_weights(model: Path) -> Path:
    """Copy the learned urgency weights out of a model into the safety net, with the curve its thresholds were chosen on."""
    with tarfile.open(model) as archive:
        for name in archive.getnames():
            target = WEIGHTS if name.endswith("/urgency.npz") else WEIGHTS.with_name("curve.json") if name.endswith("/curve.json") else None
            if target is None:
                continue
            source = archive.extractfile(name)
            assert source is not None, "a regular file"
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(source.read())
    return WEIGHTS
