"""Where things are. Everything that is made lives in ``.nachtlicht`` beside the code, or where NACHTLICHT_HOME says."""

import os
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
HOME = Path(os.environ.get("NACHTLICHT_HOME", ROOT / ".nachtlicht")).resolve()
ENVIRONMENTS = HOME / "env"
MODELS = HOME / "models"
DATA = Path(os.environ.get("NACHTLICHT_DATA_DIR", HOME / "data")).resolve()
REQUIREMENTS = ROOT / "requirements"
