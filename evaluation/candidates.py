"""The candidates of the comparison: what each reads, how it learns, which labels it can name, and why it may have to be left out.

Every candidate is a function of a fold and a label. Strengths are the shipped ones; those of logistic regression (16, of 4 and 16)
and naive Bayes (0.3) were tried once, so that none is beaten for want of a setting.
"""

import time
from collections import defaultdict
from typing import Callable, Dict, List, NamedTuple, Sequence, Tuple, TypeAlias

import numpy as np
import scipy.sparse
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import ComplementNB

from bot.components import theme_classifier, urgency_learning
from bot.components.linear_head import fit, held_out, softmax, temperature_for
from bot.components.perspective_classifier import PerspectiveClassifier
from bot.components.theme_classifier import ThemeClassifier
from bot.components.urgency_classifier import UrgencyClassifier, fitted_vectorizers
from bot.components.urgency_weights import CRISIS, features
from evaluation import diet
from evaluation.blocks import Floats, Fold, Reading, Row
from evaluation.dense import no_dutch_vectors, no_folder

Matrix: TypeAlias = scipy.sparse.csr_matrix
Learned = Tuple[List[str], Callable[[Matrix], Floats]]  # classes, and what gives their scores for features
Learner = Callable[["Lesson"], Learned]

LABELS: Dict[str, Callable[[Row], str]] = {
    "theme": lambda row: str(row["theme"]),
    "sub": lambda row: f"{row['theme']}/{row['sub']}",
    "perspective": lambda row: str(row["perspective"]),
    "crisis": lambda row: str(int(row["urgency"]) >= CRISIS),
}
STRENGTHS = {
    "theme": ThemeClassifier.get_default_config()["strength"],
    "sub": ThemeClassifier.get_default_config()["strength"],
    "perspective": PerspectiveClassifier.get_default_config()["strength"],
    "crisis": UrgencyClassifier.get_default_config()["strength"],
}
LETTERS = ("words", "lemmas", "letters")
CONCEPTS = (*LETTERS, "concepts")


class Candidate(NamedTuple):
    """``needs`` returns why it cannot run here, or nothing; ``small``: it is tried on one part of a small sample by one seed."""

    about: str
    read: Callable[[Fold, str], Reading]
    labels: Tuple[str, ...] = tuple(LABELS)
    needs: Callable[[], str] = str
    small: bool = False


class Lesson(NamedTuple):
    """What a head learns from: features and labels of seen messages, and what kind of label it is."""

    features: Matrix
    labels: Sequence[str]
    label: str
    seed: int


def support_vectors(lesson: Lesson) -> Learned:
    """Learn the shipped kind of head: linear support vectors, one class against the rest."""
    head = fit(lesson.features, lesson.labels, strength=STRENGTHS[lesson.label], seed=lesson.seed)
    return head.classes, head.scores


def logistic(lesson: Lesson) -> Learned:
    """Learn logistic regression, one class against the rest."""
    model = LogisticRegression(C=16.0, solver="liblinear", tol=1e-2, random_state=lesson.seed).fit(lesson.features, lesson.labels)
    return [str(c) for c in model.classes_], model.predict_log_proba


def bayes(lesson: Lesson) -> Learned:
    """Learn complement naive Bayes."""
    model = ComplementNB(alpha=0.3).fit(lesson.features, lesson.labels)
    return [str(c) for c in model.classes_], model.predict_log_proba


def single(learner: Learner, blocks: Sequence[str]) -> Callable[[Fold, str], Reading]:
    """Return a candidate of one head on these blocks; a sub theme is read by a head for each theme."""

    def read(fold: Fold, label: str) -> Reading:
        seen, unseen = fold.features(blocks)
        lesson = Lesson(seen, [LABELS[label](row) for row in fold.rows(fold.seen)], label, fold.seed)
        reading = _within_themes(learner, lesson, unseen) if label == "sub" else _learned(learner, lesson, unseen)
        return reading._replace(seconds=reading.seconds + fold.seconds(blocks))

    return read


def _learned(learner: Learner, lesson: Lesson, unseen: Matrix) -> Reading:
    begun = time.perf_counter()
    classes, scorer = learner(lesson)
    seconds = time.perf_counter() - begun
    return Reading(classes, np.asarray(scorer(unseen)), seconds)


def _within_themes(learner: Learner, lesson: Lesson, unseen: Matrix) -> Reading:
    by_theme: Dict[str, List[int]] = defaultdict(list)
    for i, label in enumerate(lesson.labels):
        theme, sub = label.split("/")
        if sub:
            by_theme[theme].append(i)
    parts = [_within_one(learner, lesson, own, unseen) for _, own in sorted(by_theme.items())]
    scores = np.hstack([part.scores for part in parts])
    return Reading([name for part in parts for name in part.classes], scores, sum(part.seconds for part in parts))


def _within_one(learner: Learner, lesson: Lesson, own: Sequence[int], unseen: Matrix) -> Reading:
    labels = [lesson.labels[i] for i in own]
    if len(set(labels)) == 1:
        return Reading([labels[0]], np.zeros((unseen.shape[0], 1)), 0.0)
    return _learned(learner, lesson._replace(features=lesson.features[own], labels=labels), unseen)


def lexicon(fold: Fold, label: str) -> Reading:
    """Read by the concept lexicon alone: the sub theme or theme of most cues; where they are equal, the commoner one."""
    names = fold.corpus.featurizer._concepts.names
    keys = names if label == "sub" else [name.split("/")[0] for name in names]
    classes = sorted(set(keys))
    member = np.array([[float(key == c) for c in classes] for key in keys])
    labels = [LABELS[label](row) for row in fold.rows(fold.seen)]
    common = np.array([labels.count(c) / len(labels) for c in classes])
    return Reading(classes, fold.features(["concepts"])[1] @ member + 1e-3 * common, fold.seconds(["concepts"]))


def shipped(fold: Fold, label: str) -> Reading:
    """Read as the bot does: two heads for the theme and for a crisis, the fine one for the sub theme, one for the perspective."""
    if label == "crisis":
        return _shipped_crisis(fold)
    if label == "perspective":
        return single(support_vectors, CONCEPTS)(fold, label)
    if "shipped" not in fold.kept:
        fold.kept["shipped"] = _shipped_topics(fold)
    return Reading(*fold.kept["shipped"][label])


def _shipped_topics(fold: Fold) -> Dict[str, Reading]:
    seen, unseen = fold.features(CONCEPTS)
    rows = fold.rows(fold.seen)
    themes, subs = ([LABELS[label](row) for row in rows] for label in ("theme", "sub"))
    begun = time.perf_counter()
    topics = theme_classifier.learn(seen, themes, subs, [row["author"] for row in rows], STRENGTHS["theme"])
    seconds = fold.seconds(CONCEPTS) + time.perf_counter() - begun
    main, fine = topics.read(unseen)
    return {"theme": Reading(topics.main.classes, main, seconds), "sub": Reading(topics.sub.classes, fine, seconds)}


def _shipped_crisis(fold: Fold) -> Reading:
    """Levels and topics, their mean, on the vocabulary of the safety net; without the everyday sentences, as all others here."""
    begun = time.perf_counter()
    rows = fold.rows(fold.seen)
    examples = urgency_learning.examples_of([row["text"] for row in rows], rows, [row["author"] for row in rows])
    vectorizers = fitted_vectorizers(examples, UrgencyClassifier.get_default_config())
    seen = features(vectorizers, examples.texts)
    heads = [_warm_head(seen, labels, examples.authors, fold.seed) for labels in (examples.levels, examples.topics)]
    seconds = time.perf_counter() - begun
    texts = urgency_learning.examples_of([r["text"] for r in fold.rows(fold.unseen)], fold.rows(fold.unseen), []).texts
    unseen = features(vectorizers, texts)
    (names, levels), (topics, by_topic) = ((classes, softmax(scorer(unseen))) for classes, scorer in heads)
    from_levels = levels @ np.array([float(int(name) >= CRISIS) for name in names])
    crisis = (from_levels + by_topic @ urgency_learning.crisis_mask(topics)) / 2
    return Reading(["False", "True"], np.stack([1 - crisis, crisis], axis=1), seconds)


def _warm_head(x: Matrix, labels: List[str], authors: List[str], seed: int) -> Learned:
    scores, classes = held_out(x, labels, authors, strength=STRENGTHS["crisis"])
    heat = temperature_for(scores, labels, classes)
    head = fit(x, labels, strength=STRENGTHS["crisis"], seed=seed)
    return head.classes, lambda unseen: head.scores(unseen) / heat


def by_diet(fold: Fold, label: str) -> Reading:
    """Read by DIET. Raises TimeoutError."""
    labels = [LABELS[label](row) for row in fold.rows(fold.seen)]
    return diet.read(fold.rows(fold.seen), labels, fold.rows(fold.unseen), fold.seed)


CANDIDATES: Dict[str, Candidate] = {
    "words-logistic": Candidate("words and pairs, logistic regression", single(logistic, ["words"])),
    "letters-logistic": Candidate("words, lemmas and letter groups, logistic regression", single(logistic, LETTERS)),
    "letters-svm": Candidate("words, lemmas and letter groups, linear SVM", single(support_vectors, LETTERS)),
    "concepts-svm": Candidate("the same with the concept lexicon, linear SVM", single(support_vectors, CONCEPTS)),
    "shipped": Candidate("what the bot runs: the mean of two such heads for theme and crisis", shipped),
    "lexicon": Candidate("the concept lexicon alone, most cues", lexicon, ("theme", "sub")),
    "bayes": Candidate("words, lemmas and letter groups, complement naive Bayes", single(bayes, LETTERS)),
    "spacy": Candidate("vectors of spaCy's Dutch model, linear SVM", single(support_vectors, ["vectors"]), needs=no_dutch_vectors),
    "spacy-concepts": Candidate("concepts-svm with those vectors", single(support_vectors, [*CONCEPTS, "vectors"]), needs=no_dutch_vectors),
    "dense": Candidate("vectors of the model in the user's folder, linear SVM", single(support_vectors, ["dense"]), needs=no_folder),
    "dense-concepts": Candidate("concepts-svm with those vectors", single(support_vectors, [*CONCEPTS, "dense"]), needs=no_folder),
    "diet": Candidate(f"Rasa's DIET, {diet.EPOCHS} epochs, 2,000 messages, one part of one seed", by_diet, small=True),
    "diet-peer": Candidate("concepts-svm on the messages that DIET had", single(support_vectors, CONCEPTS), small=True),
}
