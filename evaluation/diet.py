"""Rasa's own DIET as a candidate: in a process of its own with a time limit, on the shipped featurizer.

DIET wants features of every token beside those of the whole message: the same featurizer reads each token by itself.
"""

import ctypes
import multiprocessing
import signal
import tempfile
import time
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, Dict, List, Sequence

import numpy as np
from rasa.engine.graph import ExecutionContext, GraphSchema
from rasa.engine.storage.local_model_storage import LocalModelStorage
from rasa.engine.storage.resource import Resource
from rasa.nlu.classifiers.diet_classifier import DIETClassifier
from rasa.nlu.constants import TOKENS_NAMES
from rasa.shared.nlu.constants import FEATURE_TYPE_SEQUENCE, INTENT, TEXT
from rasa.shared.nlu.training_data.features import Features
from rasa.shared.nlu.training_data.message import Message
from rasa.shared.nlu.training_data.training_data import TrainingData

from bot.components.dutch_featurizer import DutchFeaturizer
from bot.components.preparation import plain
from evaluation.blocks import Reading, Row, messages_of_rows

EPOCHS = 15
LIMIT = 600.0  # seconds for learning and reading one label
PR_SET_PDEATHSIG = 1


def read(seen: Sequence[Row], labels: Sequence[str], unseen: Sequence[Row], seed: int, limit: float = LIMIT) -> Reading:
    """Return what DIET says of unseen messages. Raises TimeoutError after ``limit`` seconds, RuntimeError where it fails."""
    spawn = multiprocessing.get_context("spawn")
    ours, theirs = spawn.Pipe(duplex=False)
    child = spawn.Process(target=_answer, args=(theirs, list(seen), list(labels), list(unseen), seed), daemon=True)
    child.start()
    theirs.close()
    try:
        if not ours.poll(limit):
            raise TimeoutError(f"did not finish in {limit:.0f} s on {len(seen)} messages")
        return Reading(*ours.recv())
    except EOFError:
        raise RuntimeError("DIET ended without an answer; its output says why") from None
    finally:
        child.kill()
        child.join()


def _answer(pipe: Connection, seen: List[Row], labels: List[str], unseen: List[Row], seed: int) -> None:
    ctypes.CDLL(None).prctl(PR_SET_PDEATHSIG, signal.SIGKILL)  # ends with the comparison, however that ends
    with tempfile.TemporaryDirectory() as folder:
        pipe.send(tuple(_learn_and_read(seen, labels, unseen, seed, Path(folder))))


def _learn_and_read(seen: List[Row], labels: List[str], unseen: List[Row], seed: int, folder: Path) -> Reading:
    begun = time.perf_counter()
    storage = LocalModelStorage.create(folder)
    featurizer = DutchFeaturizer(DutchFeaturizer.get_default_config(), "featurizer", storage, Resource("featurizer"))
    taught = messages_of_rows(seen)
    for message, label in zip(taught, labels):
        message.set(INTENT, label)
    featurizer.train(TrainingData(taught))
    context = ExecutionContext(GraphSchema({}), node_name="diet")
    diet = DIETClassifier.create(_settings(seed), storage, Resource("diet"), context)
    diet.train(TrainingData(_with_features(featurizer, taught)))
    seconds = time.perf_counter() - begun
    return _reading(diet.process(_with_features(featurizer, messages_of_rows(unseen))), sorted(set(labels)), seconds)


def _settings(seed: int) -> Dict[str, Any]:
    return {
        **DIETClassifier.get_default_config(),
        "epochs": EPOCHS,
        "entity_recognition": False,
        "BILOU_flag": False,
        "constrain_similarities": True,
        "ranking_length": 0,
        "random_seed": seed,
    }


def _with_features(featurizer: Any, messages: List[Message]) -> List[Message]:
    for message in featurizer.process(messages):
        tokens = message.get(TOKENS_NAMES[TEXT])
        words, lemmas = [plain(token.text) for token in tokens], [plain(token.lemma) for token in tokens]
        matrix = featurizer._matrix({"words": words, "lemmas": lemmas, "letters": words})
        message.add_features(Features(matrix, FEATURE_TYPE_SEQUENCE, TEXT, featurizer._identifier))
    return messages


def _reading(messages: List[Message], classes: List[str], seconds: float) -> Reading:
    column = {name: i for i, name in enumerate(classes)}
    scores = np.zeros((len(messages), len(classes)))
    for row, message in enumerate(messages):
        for one in message.get("intent_ranking"):
            scores[row, column[one["name"]]] = one["confidence"]
    return Reading(classes, scores, seconds)
