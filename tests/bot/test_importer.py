"""The fast importer and Rasa's own reader see the same messages."""

from pathlib import Path

from rasa.shared.nlu.training_data.formats.rasa_yaml import RasaYAMLReader

from bot.importer import messages_of

FILE = Path("nlu_data/nlu/zingeving.yml")


def test_importer_reads_what_rasa_reads():
    ours = [(m.get("text"), m.get("intent"), m.get("metadata")) for m in messages_of(str(FILE))]
    theirs = [(m.get("text"), m.get("intent"), m.get("metadata")) for m in RasaYAMLReader().read(str(FILE)).training_examples]
    assert ours == theirs
