"""The deciding action: the same input gives the same moves; each phase, act and answer leads where it should."""

import pytest

from actions.decide import decide
from actions.state import Dialogue, load, read_turn
from tests.actions.saying import keys, notes, turn


def test_first_tell_is_heard_and_asked_on():
    assert keys(decide(Dialogue(), turn())) == ["gehoord.angst.paniek", "vraag.sinds"]


def test_goal_is_asked_after_two_tells_with_a_person_among_the_choices():
    dialogue = Dialogue()
    decide(dialogue, turn())
    moves = decide(dialogue, turn())
    assert keys(moves) == ["vraag.doel"]
    assert [choice["value"] for choice in moves[0]["choices"]] == ["doel:tips", "doel:hulp", "mens", "doel:verhaal"]


def test_tips_then_referrals_then_goodbye():
    dialogue = Dialogue(theme="angst", sub="paniek", perspective="zelf", phase="goal", asked=["vraag.doel"], pending="vraag.doel", told=2)
    assert keys(decide(dialogue, turn(choice="doel:tips", words=3))) == ["zelfhulp.angst.paniek", "vraag.geholpen"]
    assert keys(decide(dialogue, turn(act="ja", words=1, theme=None))) == ["vraag.verwijzing"]
    assert keys(decide(dialogue, turn(act="ja", words=1, theme=None))) == ["offer_referrals", "vraag.nog_iets"]
    assert keys(decide(dialogue, turn(act="nee", words=1, theme=None))) == ["summary", "bot.afscheid", "close"]


def test_typed_answers_mean_what_the_buttons_mean():
    dialogue = Dialogue(theme="angst", sub="paniek", perspective="zelf", phase="goal", asked=["vraag.doel"], pending="vraag.doel", told=2)
    assert keys(decide(dialogue, turn(text="doe maar tips", words=3, theme="stress"))) == ["zelfhulp.angst.paniek", "vraag.geholpen"]
    assert keys(decide(dialogue, turn(text="nee hoor niet echt", words=4, theme=None))) == ["vraag.verwijzing"]
    assert keys(decide(dialogue, turn(text="ja graag", words=2, theme=None))) == ["offer_referrals", "vraag.nog_iets"]


def test_short_answer_does_not_change_the_theme_and_a_long_clear_one_does():
    dialogue = Dialogue(theme="angst", sub="paniek", perspective="zelf", told=1)
    decide(dialogue, turn(theme="stemming", sub="somberheid", words=3, confidence=0.9))
    assert dialogue.theme == "angst"
    decide(dialogue, turn(theme="rouw", sub="rouw", words=14, confidence=0.8))
    assert dialogue.theme == "rouw"


def test_unsure_theme_gets_two_choices_and_something_else():
    moves = decide(Dialogue(), turn(theme=None, sub=None, ranking=["stress", "stemming"]))
    assert [choice["value"] for choice in moves[-1]["choices"]] == ["thema:stress", "thema:stemming", "iets_anders"]


def test_tapped_theme_is_taken_over():
    dialogue = Dialogue(pending="vraag.thema", asked=["vraag.thema"])
    decide(dialogue, turn(theme=None, choice="thema:stress", words=2))
    assert dialogue.theme == "stress"


def test_worry_about_another_may_come_after_a_word_about_oneself_and_stays():
    dialogue = Dialogue(theme="gezin")
    for perspective, known in (("zelf", "zelf"), ("naaste", "naaste"), ("zelf", "naaste")):
        decide(dialogue, turn(theme="gezin", sub="zorgen_kind", words=9, perspective=perspective, sure_perspective=True))
        assert dialogue.perspective == known


def test_perspective_that_was_asked_for_is_not_read_otherwise():
    dialogue = Dialogue(theme="gezin", perspective="zelf", asked=["vraag.perspectief"])
    decide(dialogue, turn(theme="gezin", sub="zorgen_kind", words=9, perspective="naaste", sure_perspective=True))
    assert dialogue.perspective == "zelf"


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("ik wil liever met iemand praten", True),
        ("kan ik een echt mens spreken?", True),
        ("mag ik iemand spreken aub", True),
        ("ik zou graag met een medewerker chatten", True),
        ("geef me een mens", True),
        ("kan ik niet gewoon met een mens praten?", True),
        ("ik kan niet met een mens praten", False),
        ("kan ik hier ook met een hulpverlener bellen", True),
        ("ben jij een mens?", False),
        ("ik kan met niemand praten", False),
        ("ik durf niet met iemand te praten", False),
        ("ik wil met mijn vader praten", False),
        ("ik wil graag met mijn vriend over iemand praten die ik ken van mijn werk en zo", False),
        ("mensen willen nooit met me praten", False),
    ],
)
def test_person_is_asked_for_in_whatever_words(text, asks):
    moves = decide(Dialogue(theme="stress", phase="goal"), turn(theme="stress", text=text, words=len(text.split())))
    assert (moves[0]["move"] == "call_human") is asks


def test_goal_may_be_told_after_a_detour():
    dialogue = Dialogue(theme="stress", sub="werk", perspective="zelf", phase="goal", asked=["vraag.doel"], pending="vraag.doel", told=2)
    decide(dialogue, turn(theme="stress", sub="werk", text="ja voor mezelf", words=3))
    assert dialogue.phase == "goal"
    assert keys(decide(dialogue, turn(theme=None, text="tips graag", words=2)))[0] == "zelfhulp.stress.werk"


@pytest.mark.parametrize(("people", "key"), [(1, "bot.mens_gevraagd"), (0, "bot.mens_gevraagd_dicht")])
def test_human_is_called_at_any_moment_and_the_truth_is_told(people, key):
    for state in ("bot", "waiting"):
        assert keys(decide(Dialogue(pending="vraag.doel"), turn(choice="mens", state=state, people=people))) == ["call_human", key]
        assert keys(decide(Dialogue(), turn(act="mens", state=state, people=people))) == ["call_human", key]


def test_doubt_leads_to_the_direct_question_once():
    dialogue = Dialogue()
    assert keys(decide(dialogue, turn(doubt=True)))[-1] == "vraag.zelfmoord"
    decide(dialogue, turn(act="nee", words=1, theme=None))
    assert "vraag.zelfmoord" not in keys(decide(dialogue, turn(doubt=True)))


def test_yes_to_the_direct_question_is_danger():
    dialogue = Dialogue(theme="stemming", pending="vraag.zelfmoord", asked=["vraag.zelfmoord"])
    moves = decide(dialogue, turn(act="ja", words=1, text="ja", theme=None))
    assert moves[0] == {"move": "crisis", "level": 3, "kinds": ["suicidaliteit"]}
    assert keys(moves[1:]) == ["vraag.veilig"], "and the bot goes on at once"


@pytest.mark.parametrize(
    ("text", "danger"),
    [
        ("ja", True),
        ("jaa soms", True),
        ("eigenlijk wel ja", True),
        ("klopt", True),
        ("ok dankje, dat ga ik proberen", False),
        ("prima", False),
        ("goed idee", False),
    ],
)
def test_only_a_clear_yes_to_the_direct_question_is_danger(text, danger):
    dialogue = Dialogue(theme="stemming", pending="vraag.zelfmoord", asked=["vraag.zelfmoord"])
    moves = decide(dialogue, turn(act="ja", words=len(text.split()), text=text, theme=None))
    assert (moves[0]["move"] == "crisis") is danger


def test_unsure_answer_to_the_direct_question_brings_a_person():
    dialogue = Dialogue(theme="stemming", pending="vraag.zelfmoord", asked=["vraag.zelfmoord"])
    assert keys(decide(dialogue, turn(act="weet_niet", words=2, theme=None)))[-1] == "call_human"


def test_wait_begins_with_safety_and_never_repeats_a_text_within_eight_turns():
    dialogue = Dialogue()
    assert keys(decide(dialogue, turn(state="waiting", urgency=3, message_urgency=3))) == ["vraag.veilig"]
    decide(dialogue, turn(act="ja", state="waiting", urgency=3, words=1))
    said = [keys(decide(dialogue, turn(state="waiting", urgency=3)))[0] for _ in range(8)]
    assert set(said) == {"wacht.blijf", "wacht.vertel", "wacht.straks", "wacht.duurt", "wacht.nummers"}


def test_not_safe_is_acute():
    dialogue = Dialogue(pending="vraag.veilig", asked=["vraag.veilig"])
    moves = decide(dialogue, turn(act="nee", state="waiting", urgency=3, words=1))
    assert moves[0] == {"move": "crisis", "level": 4, "kinds": []}


@pytest.mark.parametrize("theme", ["verslaving", "lichaam"])
def test_who_worries_about_another_gets_a_step_for_who_stands_beside(theme):
    dialogue = Dialogue(theme=theme, sub=None, perspective="naaste", phase="goal", asked=["vraag.doel"], pending="vraag.doel", told=2)
    step = decide(dialogue, turn(choice="doel:tips", words=3))[0]
    assert step["keys"] == [f"zelfhulp.{theme}.naaste", "zelfhulp.naaste", "zelfhulp.intro"]


def test_no_self_help_while_somebody_is_in_danger():
    dialogue = Dialogue(theme="angst", sub="paniek", phase="goal", asked=["vraag.doel"], pending="vraag.doel")
    moves = decide(dialogue, turn(choice="doel:tips", state="waiting", urgency=3))
    assert [move.get("kind") for move in moves].count("self_help") == 0


def test_going_on_lets_the_dialogue_go_on():
    dialogue = Dialogue(theme="angst", sub="paniek", perspective="zelf", told=2)
    assert keys(decide(dialogue, turn(state="waiting", urgency=3, went_on=True)))[-1] == "vraag.doel"


def test_anger_with_a_story_beneath_is_heard():
    assert keys(decide(Dialogue(), turn(act="grof", theme="stress", sub="werk")))[0] == "gehoord.stress.werk"
    assert keys(decide(Dialogue(), turn(act="grof", theme="geen"))) == ["bot.huisregels"]


def test_same_input_gives_the_same_moves():
    one, other = Dialogue(), Dialogue()
    for step in (turn(), turn(act="dank", words=1), turn(choice="doel:hulp"), turn(act="stop", words=1)):
        assert decide(one, step) == decide(other, step)
    assert one.dump() == other.dump()


def test_state_of_another_version_begins_afresh():
    assert load({"v": 0, "theme": "angst"}) == Dialogue()


@pytest.mark.parametrize(
    ("text", "goal"),
    [
        ("ik weet niet meer waar ik met mijn schulden heen moet, waar kan ik terecht", "hulp"),
        ("mijn dochter eet niet meer en ik ben bang. moet ik met haar naar de huisarts?", "hulp"),
        ("waar kan ik eens met iemand praten over vroeger", "hulp"),
        ("is er misschien iets voor ouders van kinderen die zo boos zijn", "hulp"),
        ("ik pieker elke nacht over mijn werk, wat kan ik doen om te slapen", "tips"),
        ("hoe zeg ik tegen mijn baas dat het te veel is zonder ruzie te krijgen", "tips"),
        ("heb je iets wat ik nu kan doen zodat mijn hoofd stopt", "tips"),
        ("ik lig elke nacht wakker en denk aan vroeger", None),
        ("hij vroeg wat ik daar deed en ik wist niks te zeggen", None),
        ("waar ik woon is niemand die ik ken", None),
    ],
)
def test_a_question_for_help_in_a_story_is_answered(text, goal):
    dialogue = Dialogue(theme="stress", sub="werk", perspective="zelf", heard=["stress.werk"])
    said = keys(decide(dialogue, turn(theme="stress", sub="werk", text=text, words=len(text.split()))))
    first = {"hulp": "offer_referrals", "tips": "zelfhulp.stress.werk"}.get(goal)
    assert (said[0] == first) if goal else ("offer_referrals" not in said and "zelfhulp.stress.werk" not in said)


def test_who_goes_on_telling_is_asked_about_places_and_may_say_no():
    for answer, words, expected in (
        ("nee dat hoeft niet", 4, "vraag.nog_iets"),
        ("nee ik wil er alleen maar over vertellen aan iemand", 9, "bot.luister"),
    ):
        dialogue = Dialogue(
            theme="stress", sub="werk", perspective="zelf", phase="goal", asked=["vraag.doel"], told=2, heard=["stress.werk"]
        )
        assert keys(decide(dialogue, turn(theme="stress", sub="werk", words=14)))[-1] == "vraag.verwijzing"
        said = keys(decide(dialogue, turn(act="nee", theme="stress", sub="werk", text=answer, words=words)))
        assert (said[0], "offer_referrals" in said) == (expected, False)


def test_places_come_when_the_story_goes_on_without_a_no_and_only_once():
    dialogue = Dialogue(theme="stress", sub="werk", perspective="zelf", phase="goal", asked=["vraag.doel"], told=2, heard=["stress.werk"])
    decide(dialogue, turn(theme="stress", sub="werk", words=14))
    story = turn(theme="stress", sub="werk", text="het is vooral de drukte en dat niemand het ziet", words=10)
    assert keys(decide(dialogue, story))[0] == "offer_referrals"
    assert "offer_referrals" not in keys(decide(dialogue, story))


def test_the_talk_is_about_what_all_messages_together_say():
    dialogue = Dialogue()
    scores = (("hulp", 0.5), ("stress", 0.3))
    decide(dialogue, turn(theme="hulp", sub="hulp_vinden", words=8, scores=scores))
    assert dialogue.theme == "hulp"
    for _ in range(2):
        decide(dialogue, turn(theme="stress", sub="werk", sure_theme=False, words=20, scores=(("stress", 0.4), ("hulp", 0.2))))
    assert (dialogue.theme, dialogue.sub) == ("stress", "werk")


def test_a_theme_the_visitor_tapped_stays():
    dialogue = Dialogue(pending="vraag.thema", asked=["vraag.thema"])
    decide(dialogue, turn(theme=None, choice="thema:hulp", words=2))
    for _ in range(4):
        decide(dialogue, turn(theme="stress", sub="werk", sure_theme=False, words=20, scores=(("stress", 0.4), ("hulp", 0.2))))
    assert dialogue.theme == "hulp"


def test_thanks_after_the_places_end_the_talk():
    dialogue = Dialogue(theme="stress", sub="werk", phase="work", referred=True, pending="vraag.nog_iets", asked=["vraag.nog_iets"])
    said = keys(decide(dialogue, turn(act="vertellen", theme=None, text="ok dankje, dat ga ik proberen", words=5)))
    assert said == ["bot.graag", "bot.afscheid", "close"]


def test_asking_where_to_go_changes_no_subject():
    dialogue = Dialogue(theme="lichaam", sub="dementie", perspective="zelf", told=1, heard=["lichaam.dementie"])
    text = "is er iemand die dat met mij kan delen? waar kan ik terecht"
    said = decide(dialogue, turn(theme="hulp", sub="hulp_vinden", confidence=0.9, text=text, words=13, scores=(("hulp", 0.9),)))
    assert (dialogue.theme, said[0]["move"], said[0]["theme"]) == ("lichaam", "offer_referrals", "lichaam")


def test_a_question_after_the_direct_question_is_answered():
    dialogue = Dialogue(theme="stress", sub="werk", pending="vraag.zelfmoord", asked=["vraag.zelfmoord"], heard=["stress.werk"])
    text = "nee, maar waar kan ik terecht met die schulden van ons"
    assert "offer_referrals" in keys(decide(dialogue, turn(theme="stress", sub="werk", text=text, words=11)))


def test_who_waits_and_asks_where_to_go_is_told_what_is_open():
    dialogue = Dialogue(theme="gezin", sub="ouders", asked=["vraag.veilig"])
    moves = decide(dialogue, turn(state="waiting", urgency=3, message_urgency=1, text="tegen wie moet ik dat zeggen", words=6))
    assert (moves[0]["move"], moves[0]["now"]) == ("offer_referrals", True)


@pytest.mark.parametrize(
    ("text", "asks"),
    [
        ("kan ik hier een bericht achterlaten", True),
        ("Ik laat liever een bericht achter", True),
        ("mag ik een berichtje voor jullie achterlaten?", True),
        ("hij heeft een bericht achtergelaten op tafel", False),
        ("ze wil een bericht achterlaten voor haar kinderen", False),
        ("ik wil geen bericht achterlaten", False),
        ("ik kreeg een bericht van mijn ex", False),
    ],
)
def test_a_message_may_be_left_in_plain_words(text, asks):
    moves = decide(Dialogue(), turn(text=text, words=len(text.split())))
    assert (keys(moves) == ["leave_message"]) is asks


def test_in_danger_no_message_is_left():
    moves = decide(Dialogue(), turn(text="kan ik hier een bericht achterlaten", urgency=3, state="waiting"))
    assert "leave_message" not in keys(moves)


def test_in_closed_hours_a_message_can_be_left():
    moves = decide(Dialogue(), turn(choice="mens", open=False, people=0))
    assert [choice["value"] for choice in moves[0]["choices"]] == ["bericht", "nu_open", "verder_bot"]


def test_what_was_answered_refused_and_corrected_is_noted_without_a_word_of_the_visitor():
    dialogue = Dialogue(theme="angst", sub="paniek", perspective="zelf", phase="work", pending="vraag.geholpen", told=2)
    assert notes(decide(dialogue, turn(text="nee hoor niet echt", words=4, theme=None))) == [("answered", "vraag.geholpen", "nee")]
    moves = decide(dialogue, turn(text="nee liever niet", words=3, theme=None))
    assert notes(moves) == [("answered", "vraag.verwijzing", "nee"), ("refused", "vraag.verwijzing", "")]
    moves = decide(dialogue, turn(act="correctie", text="nee ik bedoel mijn werk", theme="stress", words=5))
    assert ("corrected", "theme", "stress") in notes(moves)
    waits = Dialogue(asked=["vraag.veilig"], pending="vraag.veilig", perspective="zelf")
    assert notes(decide(waits, turn(text="ja", words=1, theme=None, state="waiting", urgency=3))) == [("answered", "vraag.veilig", "ja")]
    dialogue.ask("vraag.doel")
    assert notes(decide(dialogue, turn(text="de buurman speelt trompet", theme=None)))[0] == ("answered", "vraag.doel", "words")


def test_danger_told_in_a_wait_is_answered_as_danger_and_so_is_the_question_what_to_do():
    dialogue = Dialogue(asked=["vraag.veilig"], perspective="zelf")
    again = turn(text="de brief ligt klaar", state="waiting", urgency=4, message_urgency=4)
    assert keys(decide(dialogue, again)) == ["wacht.gevaar"]
    asks = turn(text="wat moet ik nu doen", state="waiting", urgency=3, words=5)
    assert keys(decide(dialogue, asks)) == ["wacht.gevaar"]
    dialogue.perspective = "naaste"
    assert keys(decide(dialogue, again)) == ["wacht.gevaar_ander"]
    dialogue.pending = "vraag.veilig"
    assert keys(decide(dialogue, again)) == ["wacht.gevaar_ander"]
    assert keys(decide(dialogue, turn(text="ik zit op de bank", state="waiting", urgency=3, words=5))) != ["wacht.gevaar_ander"]
    assert keys(decide(dialogue, again)) != ["wacht.gevaar_ander"], "all its texts were said: none comes twice"


def test_a_child_is_not_asked_about_sexual_violence_it_did_not_bring_up():
    ranking = ["angst", "seksueel_geweld", "gezin"]
    moves = decide(Dialogue(), turn(theme=None, sub=None, ranking=ranking, young=True))
    assert [choice["value"] for choice in moves[-1]["choices"]] == ["thema:angst", "thema:gezin", "iets_anders"]
    grown = decide(Dialogue(), turn(theme=None, sub=None, ranking=ranking))
    assert grown[-1]["choices"][1]["value"] == "thema:seksueel_geweld"


@pytest.mark.parametrize(("known", "crisis"), [("urgency-a", False), ("urgency-b", True), ("", True)])
def test_what_the_safety_net_has_weighed_with_the_same_weights_is_not_weighed_again(known, crisis):
    parse = {"urgency": {"level": 3, "weights": "urgency-a"}}
    assert read_turn(parse, {"message_urgency": 1, "weights": known}, "tekst").crisis_now is crisis
    assert read_turn(parse, {"message_urgency": 3, "weights": known}, "tekst").crisis_now
