"""Pieces of the pipeline: preparation as in the safety net, concepts, tokenizer with and without the Dutch model."""

from pathlib import Path

import numpy as np
import pytest
import spacy
from ruamel.yaml import YAML
from scipy.sparse import csr_matrix
from sklearn.model_selection import GroupKFold

from bot.components.concepts import Concepts, load_concepts
from bot.components.dutch_tokenizer import load_dutch
from bot.components.linear_head import PARTS, Head, fit, held_out, load_head, temperature_for
from bot.components.preparation import plain
from handoff.triage.model import plain as plain_in_the_safety_net

TEXTS = ["Ik kán niet mééééér!!!", "z'n moeder\tzei: 'kom'  nú", "🙂 112 bellen? 3 keer", "", "ﬁets naïef ÅÄÖ", "a" * 5000, "x​y"]


@pytest.mark.parametrize("text", TEXTS)
def test_both_rooms_prepare_a_text_alike(text):
    assert plain(text) == plain_in_the_safety_net(text)


def test_concepts_count_words_prefixes_and_phrases():
    concepts = Concepts({"angst": {"paniek": ["paniek*", "geen lucht"]}, "rouw": {"rouw": ["overleden"]}})
    assert concepts.counts("paniekaanval en geen lucht") == {0: 2.5}
    assert concepts.counts("niets van dit alles") == {}


def test_concept_lexicon_covers_every_sub_theme():
    themes = YAML(typ="safe").load(Path("handoff/content/themes.yml").read_text(encoding="utf-8"))["themes"]
    wanted = {f"{theme}/{sub}" for theme, about in themes.items() for sub in about["sub"]}
    assert wanted - set(load_concepts().names) == set()


def test_blank_dutch_serves_where_the_model_is_missing():
    dutch = load_dutch("no_such_model")
    assert dutch.lang == "nl"
    assert dutch.meta["name"] in ("blank", "blank-without-lemmas")
    assert [token.text for token in dutch("Hij liep weg.")] == ["Hij", "liep", "weg", "."]


def test_model_is_loaded_where_it_is_installed(tmp_path):
    blank = spacy.blank("nl")
    blank.meta["name"] = "small_dutch"
    blank.to_disk(tmp_path / "model")
    assert load_dutch(str(tmp_path / "model")).meta["name"] == "small_dutch"


def test_head_survives_storage(tmp_path):
    features = csr_matrix(np.eye(6, dtype=np.float32))
    head = fit(features, ["a", "b", "a", "b", "a", "b"], strength=10.0)
    head.save(tmp_path, "head")
    again = load_head(tmp_path, "head")
    assert again.classes == ["a", "b"]
    assert np.allclose(again.probabilities(features), head.probabilities(features), atol=1e-3)


def test_temperature_cools_boasting_scores():
    scores = np.array([[3.0, -3.0]] * 10)
    labels = ["a"] * 8 + ["b"] * 2
    temperature = temperature_for(scores, labels, ["a", "b"])
    confidence = Head(["a", "b"], np.eye(2), np.zeros(2), temperature).probabilities(csr_matrix(scores))[0, 0]
    assert confidence == pytest.approx(0.8, abs=0.02)


def test_held_out_scores_are_those_of_heads_that_did_not_see_the_author():
    random = np.random.default_rng(3)
    features = csr_matrix(random.random((60, 8)))
    labels, authors = [str(i % 3) for i in range(60)], [f"a{i // 10}" for i in range(60)]
    scores, classes = held_out(features, labels, authors, strength=0.5)
    array = np.array(labels)
    for seen, unseen in GroupKFold(PARTS).split(features, array, authors):
        head = fit(features[seen], list(array[seen]), strength=0.5)
        assert classes == head.classes
        assert np.array_equal(scores[unseen], head.scores(features[unseen])), "processes beside each other change nothing"
