"""Dense vectors of messages by models that were trained elsewhere: spaCy's Dutch ones, and one from a folder on the user's disk.

Nothing depends on either. A reason in plain words says why one is left out; nothing is ever fetched.
"""

import importlib
import os
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any, List, Optional

import numpy as np
import numpy.typing as npt

from bot.components.dutch_tokenizer import load_dutch

Vectors = npt.NDArray[np.float32]
VARIABLE = "NACHTLICHT_DENSE_MODEL"  # a folder in the format of sentence-transformers or transformers
DUTCH_MODELS = ("nl_core_news_lg", "nl_core_news_md", "nl_core_news_sm")  # the first one that is installed
BATCH, LONGEST = 32, 256  # messages at once, pieces of words that are read of each


def no_dutch_vectors() -> str:
    """Return why spaCy's vectors are left out; empty where they are there."""
    return "" if _dutch(DUTCH_MODELS) else f"none of {', '.join(DUTCH_MODELS)} is installed in Rasa's environment"


def dutch_vectors(texts: List[str]) -> Vectors:
    """Return each text's vector by spaCy's Dutch model, of length one."""
    dutch = _dutch(DUTCH_MODELS)
    assert dutch is not None, "asked before whether there is one"
    return _of_length_one(np.array([doc.vector for doc in dutch.pipe(texts)]))


@cache
def _dutch(names: "tuple[str, ...]") -> Optional[Any]:
    found = (load_dutch(name) for name in names)
    return next((one for one in found if not one.meta["name"].startswith("blank") and one("hallo").vector.size), None)


def no_folder() -> str:
    """Return why the dense model is left out; empty where it can be loaded."""
    folder = os.environ.get(VARIABLE, "")
    if not folder:
        return f"{VARIABLE} is not set"
    if not Path(folder).is_dir():
        return f"{VARIABLE} names no folder"
    if _library(Path(folder)) is None:
        return "neither sentence_transformers nor transformers is installed in Rasa's environment"
    return ""


def folder_vectors(texts: List[str]) -> Vectors:
    """Return each text's vector by the model in the user's folder, of length one."""
    folder = os.environ[VARIABLE]
    library = _library(Path(folder))
    assert library is not None, "asked before whether it can be loaded"
    module = importlib.import_module(library)
    if library == "sentence_transformers":
        return _of_length_one(np.asarray(module.SentenceTransformer(folder).encode(texts, batch_size=BATCH)))
    return _of_length_one(_mean_of_pieces(module, folder, texts))


def _library(folder: Path) -> Optional[str]:
    """Return what reads the folder: sentence-transformers where the folder says how sentences are pooled."""
    names = ["sentence_transformers"] if (folder / "modules.json").exists() else []
    return next((name for name in [*names, "transformers"] if find_spec(name)), None)


def _mean_of_pieces(transformers: Any, folder: str, texts: List[str]) -> Vectors:
    torch = bool(find_spec("torch"))  # else TensorFlow, which Rasa brings
    tokenizer = transformers.AutoTokenizer.from_pretrained(folder, local_files_only=True)
    model = (transformers.AutoModel if torch else transformers.TFAutoModel).from_pretrained(folder, local_files_only=True)
    means = []
    for start in range(0, len(texts), BATCH):
        options = {"padding": True, "truncation": True, "max_length": LONGEST, "return_tensors": "pt" if torch else "tf"}
        pieces = tokenizer(texts[start : start + BATCH], **options)
        last = model(**pieces).last_hidden_state
        hidden = (last.detach() if torch else last).numpy()
        mask = np.asarray(pieces["attention_mask"])[..., None]
        means.append((hidden * mask).sum(axis=1) / mask.sum(axis=1))
    return np.vstack(means)


def _of_length_one(vectors: Any) -> Vectors:
    lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
    return np.asarray(vectors / np.maximum(lengths, 1e-9), dtype=np.float32)
