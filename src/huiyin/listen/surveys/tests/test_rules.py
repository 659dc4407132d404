"""Questions, samples and figures: decisions that know no database."""

import math
from dataclasses import replace
from uuid import UUID

import pytest

from huiyin.kernel.label import Label
from huiyin.listen.surveys.rules import figures, questions, sampling, servqual
from huiyin.listen.surveys.rules.questions import Condition, Content, Fault, Question, Taken
from huiyin.listen.surveys.rules.states import after

BOTH = Label("", "中文", "English")
CSAT = Question("q1", "csat", BOTH, required=True)
WHY = Question("q2", "single", BOTH, options=(Label("o1", "慢", "Slow"), Label("o2", "态度", "Rude")), condition=Condition("q1", "at_most", "2"))  # fmt: skip
SAY = Question("q3", "text", BOTH, condition=Condition("q2", "is", "o2"))
PARTS = Question("q4", "matrix", BOTH, options=questions.ASPECTS[:2])
MANY = Question("q5", "multiple", BOTH, options=WHY.options)
SURVEY = Content(BOTH, questions=(CSAT, WHY, SAY, PARTS, MANY), low_question="q1", low_at_most=2)


@pytest.mark.parametrize(
    ("asked", "where", "why"),
    [
        (replace(CSAT, text=Label("", "中文", "")), "q1", "language"),
        (replace(WHY, options=WHY.options[:1]), "q2", "options"),
        (replace(WHY, options=(WHY.options[0], Label("o2", "慢", "Slow"))), "q2", "options"),
        (replace(WHY, options=(WHY.options[0], Label("o2", "态度", ""))), "q2", "language"),
        (replace(WHY, condition=Condition("q3", "is", "o1")), "q2", "forward"),
        (replace(WHY, condition=Condition("q2", "is", "o1")), "q2", "forward"),
        (replace(WHY, condition=Condition("q9", "is", "o1")), "q2", "unknown"),
        (replace(WHY, condition=Condition("q1", "at_most", "0")), "q2", "unreachable"),
        (replace(WHY, condition=Condition("q1", "at_least", "six")), "q2", "condition"),
        (replace(SAY, condition=Condition("q2", "is", "o7")), "q3", "condition"),
        (replace(PARTS, options=()), "q4", "aspects"),
    ],
)
def test_a_draft_with_a_fault_is_refused_and_says_where(asked, where, why):
    assert Fault(why, where) in questions.faults(questions.with_question(SURVEY, asked))


def test_a_sound_draft_has_no_fault_and_survives_the_table():
    assert questions.faults(SURVEY) == []
    assert questions.content_from(questions.as_plain(SURVEY)) == SURVEY
    assert questions.faults(Content(BOTH)) == [Fault("empty")]
    assert Fault("low") in questions.faults(replace(SURVEY, low_at_most=5))
    assert next(q.code for q in questions.moved(SURVEY, "q1", -1).questions) == "q1"
    backwards = questions.moved(SURVEY, "q1", 1)
    assert Fault("forward", "q2") in questions.faults(backwards)
    assert Fault("low") not in questions.faults(questions.without(SURVEY, "q1")) and questions.next_code(SURVEY) == "q6"


@pytest.mark.parametrize(
    ("answers", "shown"),
    [
        ({}, "q1 q4 q5"),
        ({"q1": 3}, "q1 q4 q5"),
        ({"q1": 2}, "q1 q2 q4 q5"),
        ({"q1": 1, "q2": "o2"}, "q1 q2 q3 q4 q5"),
        ({"q1": 5, "q2": "o2", "q3": True}, "q1 q4 q5"),  # went back and chose otherwise
    ],
)
def test_a_question_is_shown_only_where_its_condition_holds(answers, shown):
    assert " ".join(q.code for q in questions.shown(SURVEY, answers)) == shown
    assert set(questions.kept(SURVEY, answers)) <= set(shown.split())


@pytest.mark.parametrize(
    ("question", "given", "taken"),
    [
        (CSAT, ["５"], Taken(5)), (CSAT, ["6"], Taken(wrong="scale")), (CSAT, ["4.5"], Taken(wrong="scale")),
        (CSAT, [""], Taken(wrong="required")), (CSAT, ["1", "5"], Taken(wrong="scale")),
        (CSAT, ["5 OR 1=1"], Taken(wrong="scale")), (replace(CSAT, kind="nps"), ["10"], Taken(10)),
        (replace(CSAT, kind="nps"), ["11"], Taken(wrong="scale")), (replace(CSAT, kind="nps"), ["-1"], Taken(wrong="scale")),
        (replace(CSAT, kind="ces"), ["7"], Taken(7)), (replace(CSAT, kind="ces"), ["0"], Taken(wrong="scale")),
        (WHY, ["o1"], Taken("o1")), (WHY, ["o9"], Taken(wrong="choice")), (WHY, [], Taken()),
        (WHY, ["o1", "o2"], Taken(wrong="choice")), (MANY, ["o2", "o1"], Taken(["o1", "o2"])),
        (SAY, ["好" * 2001], Taken(wrong="long")), (SAY, ["  "], Taken()),
    ],
)  # fmt: skip
def test_an_answer_is_taken_or_refused_with_a_reason(question, given, taken):
    assert questions.take(question, given) == taken


def test_a_matrix_takes_each_aspect_by_itself():
    assert questions.take(PARTS, rows={"efficiency": "4", "made_up": "5"}) == Taken({"efficiency": 4})
    assert questions.take(replace(PARTS, required=True), rows={"efficiency": "4"}).wrong == "required"
    assert questions.take(PARTS, rows={"efficiency": "NaN"}).wrong == "scale"
    said = questions.scores(SURVEY, {"q1": 1, "q4": {"efficiency": 4}})
    assert (said.csat, said.nps, dict(said.aspects)) == (1, None, {"efficiency": 4})
    assert questions.is_low(SURVEY, {"q1": 2}) and not questions.is_low(SURVEY, {"q1": 3})
    assert questions.options_from("慢 | Slow\n\n态度｜Rude") == (WHY.options, True)
    assert not questions.options_from("慢")[1]


@pytest.mark.parametrize(
    ("population", "margin", "confidence", "n"),
    [(10**9, 0.05, 95, 385), (1000, 0.05, 95, 278), (500, 0.05, 95, 218), (100, 0.05, 95, 80), (1, 0.05, 95, 1),
     (0, 0.05, 95, 0), (10**9, 0.03, 95, 1068), (10**9, 0.05, 99, 664), (10**9, 0.05, 90, 271)],
)  # fmt: skip
def test_the_sample_of_a_finite_population(population, margin, confidence, n):
    assert sampling.needed(population, margin, confidence) == n
    reached = sampling.margin_of_error(n, population, confidence)
    assert reached is None if n == 0 else reached <= margin + 1e-9


@pytest.mark.parametrize("how", ["proportional", "equal", "neyman", "each"])
@pytest.mark.parametrize("sizes", [[1000, 500, 20], [3, 0, 9000], [7], [40, 40, 40, 1]])
def test_a_sample_is_shared_out_within_what_there_is(how, sizes):
    given = sampling.share_out(sizes, margin=0.05, confidence=95, how=how, spreads=[1.0, 2.0, 0.5, 1.0][: len(sizes)])
    assert all(0 <= n <= size for n, size in zip(given, sizes, strict=True))
    assert all(n >= min(size, sampling.LEAST) for n, size in zip(given, sizes, strict=True))
    if how != "each":
        assert sum(given) >= sampling.needed(sum(sizes), 0.05)
        assert sum(given) <= sampling.needed(sum(sizes), 0.05) + sampling.LEAST * len(sizes)


def test_neyman_asks_more_where_opinions_differ():
    given = sampling.share_out([1000, 1000], margin=0.05, confidence=95, how="neyman", spreads=[1.5, 0.5])
    assert given[0] > 2.9 * given[1] and sum(given) == sampling.needed(2000, 0.05)


def test_the_same_seed_draws_the_same_people_and_each_alike_often():
    people = [UUID(int=n) for n in range(40)]
    first = sampling.drawn(people, 10, 7, "HO")
    assert first == sampling.drawn(reversed(people), 10, 7, "HO") and len(set(first)) == 10
    assert first != sampling.drawn(people, 10, 8, "HO") and first != sampling.drawn(people, 10, 7, "B01")
    draws = [set(sampling.drawn(people, 10, seed, "HO")) for seed in range(400)]
    often = [sum(id in draw for draw in draws) for id in people]
    assert sum(often) == 4000 and all(60 < n < 140 for n in often)  # 100 expected, sd 8.7
    assert sampling.digest(people) == sampling.digest(reversed(people)) != sampling.digest(people[1:])


def test_figures_against_values_worked_out_by_hand():
    csat = figures.top_box([5] * 80 + [4] * 10 + [3] * 10, 4)
    assert (csat.value, round(csat.low, 4), round(csat.high, 4)) == (0.9, 0.8256, 0.9448)  # Wilson, 90 of 100
    # Rocks' case: P = .5, D = .2, n = 100 -> ±15 points (analytics.md)
    nps = figures.nps([10] * 50 + [7] * 30 + [3] * 20)
    assert nps.value == pytest.approx(30) and nps.half == pytest.approx(196 * math.sqrt((0.7 - 0.09) / 100), rel=1e-3)
    assert figures.nps([10] * 4).standing == "hidden" and figures.nps([10] * 4).value is None
    assert [figures.share(n, n).standing for n in (4, 5, 30, 100)] == ["hidden", "unsure", "careful", "sure"]
    assert figures.change(figures.share(50, 100), figures.share(80, 100)) == "better"
    assert figures.change(figures.share(50, 100), figures.share(55, 100)) == "same"
    assert figures.change(figures.share(5, 10), figures.share(10, 10)) == "unsure"


def test_weights_bring_a_lopsided_sample_back_to_its_frame():
    """Half of the people are of A, but only a tenth of those who answered."""
    cells = [figures.Cell(1000, (1.0,) * 10), figures.Cell(1000, (0.0,) * 45 + (1.0,) * 45)]
    told = figures.post_stratified(cells)
    assert told.value == pytest.approx(0.75) and told.n == 100 and told.missing == 0
    assert told.deff == pytest.approx(100 * (10 * 0.05**2 + 90 * (0.5 / 90) ** 2), rel=1e-9)
    assert told.effective == pytest.approx(100 / told.deff) and told.low < 0.75 < told.high
    assert figures.post_stratified([*cells, figures.Cell(300, (1.0,))]).missing == 300
    census = figures.post_stratified([figures.Cell(50, (1.0,) * 25 + (0.0,) * 25)])
    assert census.low == census.high == 0.5  # everybody was asked: nothing is left to chance


def test_raking_meets_both_margins():
    rows = [("a", "x")] * 10 + [("a", "y")] * 20 + [("b", "x")] * 30 + [("b", "y")] * 40
    weights = figures.rake(rows, [{"a": 50, "b": 50}, {"x": 20, "y": 80}])
    assert weights is not None
    share = {
        name: sum(w for row, w in zip(rows, weights, strict=True) if name in row) / sum(weights) for name in "abxy"
    }
    assert [round(share[name], 6) for name in "abxy"] == [0.5, 0.5, 0.2, 0.8]
    assert sum(weights) == pytest.approx(100) and figures.rake(rows, [{"a": 1, "c": 1}, {"x": 1, "y": 1}]) is None


def test_non_response_that_differs_by_stratum_is_found():
    even = [figures.Response(100, 50, 50, 10), figures.Response(100, 50, 50, 11)]
    uneven = [figures.Response(100, 50, 50, 10), figures.Response(100, 50, 50, 40)]
    assert figures.chance(*figures.uneven(even)) > 0.5 and figures.chance(*figures.uneven(uneven)) < 1e-6
    assert figures.chance(3.841458820694124, 1) == pytest.approx(0.05) and figures.uneven(even[:1]) is None
    assert figures.chance(18.307038053275146, 10) == pytest.approx(0.05)


@pytest.mark.parametrize(
    ("step", "state", "then"),
    [("start", "drawn", "sending"), ("start", "sending", ""), ("pause", "sending", "paused"), ("resume", "open", ""),
     ("cancel", "open", ""), ("cancel", "paused", "cancelled"), ("end", "open", "ended"), ("end", "ended", "")],
)  # fmt: skip
def test_which_step_is_possible_when(step, state, then):
    assert after(step, state) == then


def test_the_servqual_study_is_ready_to_publish_and_asks_every_item_twice():
    study = questions.servqual_content(BOTH)
    assert questions.faults(study) == [] and len(study.questions) == 10
    asked = {
        kind: [option.code for q in study.questions if q.kind == kind for option in q.options]
        for kind in ("expected", "perceived")
    }
    assert asked["expected"] == asked["perceived"] == list(servqual.ITEM) and len(servqual.ITEM) == 22
    assert [len(items) for items in servqual.ITEMS.values()] == [5, 4, 4, 5, 4]
    assert Fault("pair") in questions.faults(questions.without(study, "q6")), "expected, but not asked how it is"
    assert questions.take(study.questions[0], rows={"reliability-1": "8"}).wrong == "scale"
    assert questions.take(study.questions[0], rows={"reliability-1": "7"}).wrong == "required"


def test_a_gap_is_what_was_found_less_what_was_expected_over_the_items_answered_twice():
    study = questions.servqual_content(BOTH)
    open_study = replace(study, questions=tuple(replace(q, required=False) for q in study.questions))
    answers = {
        "q1": {"reliability-1": 7, "reliability-2": 6, "reliability-3": 7},
        "q6": {"reliability-1": 5, "reliability-2": 7, "reliability-4": 1},
        "q2": {"responsiveness-1": 7},
    }
    said = questions.scores(open_study, answers)
    assert said.gaps == {"reliability": pytest.approx((-2 + 1) / 2)}, "one side alone is no gap"
    assert questions.scores(SURVEY, {"q1": 5}).gaps == {}
