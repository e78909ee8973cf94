"""Every metric against an answer worked out by hand, and what it says of nothing at all."""

import math

import pytest

from evaluation.metrics import (
    FLOORS,
    Figure,
    Floor,
    Rate,
    calibration_error,
    confusion,
    fall,
    judged,
    kinds_f1,
    macro_f1,
    mean,
    quantile,
    rate,
    recall_curve,
    reliability,
    resampled,
    weighted_kappa,
)


def test_a_share_and_its_wilson_interval():
    value = Rate(8, 10)
    assert value.value == 0.8
    assert value.interval == pytest.approx((0.4902, 0.9433), abs=1e-4)
    assert value.figure(1000) == pytest.approx((800, 490.2, 943.3, 10), abs=0.1)
    assert str(value) == "0.800 [0.490-0.943] (n 10)"


@pytest.mark.parametrize(("hits", "low", "high"), [(0, 0.0, 0.2775), (10, 0.7225, 1.0)])
def test_the_interval_of_none_and_of_all_stays_within_0_and_1(hits, low, high):
    assert Rate(hits, 10).interval == pytest.approx((low, high), abs=1e-4)


def test_nothing_counted_is_no_share():
    nothing = rate([], bool)
    assert math.isnan(nothing.value)
    assert all(math.isnan(edge) for edge in nothing.interval)
    assert str(nothing) == "- (n 0)"


def test_rate_counts_what_holds():
    assert rate([1, 2, 3, 4], lambda x: x > 1) == Rate(3, 4)


def test_fall_in_points_is_paired():
    before = [True] * 40 + [False] * 10
    after = [True] * 35 + [False] * 5 + [True] * 2 + [False] * 8
    result = fall(before, after)
    assert (result.before, result.after) == (Rate(40, 50), Rate(37, 50))
    assert result.points.value == pytest.approx(6.0)
    assert (result.points.low, result.points.high) == pytest.approx((-5.43, 16.97), abs=0.02)


def test_a_rise_is_a_fall_below_zero():
    assert fall([False, True], [True, True]).points.value == -50


def test_fall_of_nothing():
    assert math.isnan(fall([], []).points.value)
    assert fall([], []).points.n == 0


def test_fall_needs_the_same_messages_twice():
    with pytest.raises(ValueError, match="zip"):
        fall([True], [])


def test_quantiles():
    assert [quantile([4, 1, 3, 2], share) for share in (0.0, 0.25, 0.5, 0.99, 1.0)] == [1, 1, 2, 4, 4]
    assert math.isnan(quantile([], 0.5))


def test_resampled_is_the_same_every_time_and_holds_the_value():
    items = [0.0, 1.0, 1.0, 0.0, 1.0, 1.0, 1.0, 0.0, 1.0, 1.0]
    one = resampled(items, mean)
    assert one == resampled(items, mean)
    assert one.low < one.value == 0.7 < one.high
    assert one.n == 10


def test_resampled_of_nothing_and_of_what_has_no_value():
    assert math.isnan(resampled([], mean).value)
    assert math.isnan(resampled([1, 2], lambda _: math.nan).low)


def test_confusion():
    assert confusion([0, 1, 1, 2], [0, 1, 2, 2], levels=3) == [[1, 0, 0], [0, 1, 1], [0, 0, 1]]
    assert confusion([], [], levels=2) == [[0, 0], [0, 0]]


@pytest.mark.parametrize(
    ("gold", "predicted", "kappa"),
    [
        ([0, 1, 2, 3], [0, 1, 2, 3], 1.0),
        ([0, 4], [4, 0], -1.0),
        ([0, 0, 4, 4], [0, 4, 0, 4], 0.0),
        ([0, 1, 2, 2], [0, 1, 2, 1], 1 - 1 * 4 / 20),  # observed 1 in 4 pairs; 20 over all 16 pairs of the margins
    ],
)
def test_weighted_kappa(gold, predicted, kappa):
    assert weighted_kappa(gold, predicted) == pytest.approx(kappa)


def test_weighted_kappa_without_difference_or_without_anything():
    assert math.isnan(weighted_kappa([2, 2], [2, 2]))
    assert math.isnan(weighted_kappa([], []))


def test_macro_f1_counts_the_levels_that_occur():
    # level 0: 2*1/(2+1) = 2/3; level 1: 2*1/(1+2) = 2/3; level 3, read where there was none: 0
    assert macro_f1([0, 0, 1], [0, 1, 1]) == pytest.approx(2 / 3)
    assert macro_f1([0, 0, 1, 1], [0, 1, 1, 3]) == pytest.approx((2 / 3 + 1 / 2 + 0) / 3)
    assert macro_f1([2], [2]) == 1
    assert math.isnan(macro_f1([], []))


def test_kinds_f1():
    gold, predicted = [{"a"}, {"a", "b"}, set()], [{"a"}, {"b"}, {"b", "c"}]
    assert kinds_f1(gold, predicted) == pytest.approx({"a": 2 / 3, "b": 2 / 3})
    assert kinds_f1([], []) == {}


def test_reliability_puts_every_reading_in_one_bin():
    bins = reliability([0.0, 0.05, 0.1, 0.95, 1.0], [False, True, True, True, False])
    assert [one.n for one in bins] == [2, 1, 2]
    assert bins[0] == pytest.approx((0.025, 0.5, 2))
    assert bins[-1] == pytest.approx((0.975, 0.5, 2))
    assert reliability([], []) == []


def test_calibration_error():
    assert calibration_error([0.8] * 10, [True] * 8 + [False] * 2) == pytest.approx(0)
    assert calibration_error([1.0, 1.0], [False, False]) == 1
    assert calibration_error([0.25, 0.25, 0.95, 0.95], [True, False, True, True]) == pytest.approx((2 * 0.25 + 2 * 0.05) / 4)
    assert math.isnan(calibration_error([], []))


def test_recall_curve_falls_from_everything_to_what_the_screen_finds():
    scores, crisis = [math.inf, 0.7, -math.inf, 0.4, 0.9], [True, True, True, False, False]
    points = recall_curve(scores, crisis, [0.0, 0.5, 1.0])
    assert [(p.recall, p.alarms) for p in points] == [(pytest.approx(2 / 3), 1.0), (pytest.approx(2 / 3), 0.5), (pytest.approx(1 / 3), 0)]


def test_recall_curve_without_crises_has_no_recall():
    (point,) = recall_curve([0.2], [False], [0.1])
    assert math.isnan(point.recall)
    assert point.alarms == 1


@pytest.mark.parametrize(
    ("value", "verdict"), [(0.95, "goal"), (0.9, "goal"), (0.89, "met"), (0.8, "met"), (0.7999, "MISSED"), (math.nan, "not measured")]
)
def test_a_floor_that_is_missed_is_said_to_be_missed(value, verdict):
    assert Floor("recall", 0.8, 0.9).verdict(value) == verdict


@pytest.mark.parametrize(("value", "verdict"), [(-3, "goal"), (2, "goal"), (4, "met"), (4.01, "MISSED"), (math.nan, "not measured")])
def test_where_less_is_better_more_misses(value, verdict):
    assert Floor("falls by", 4, 2, "points").verdict(value) == verdict


def test_judged_names_every_floor_once_and_what_nobody_measured():
    rows = judged({"perspective": Figure(0.92, 0.88, 0.95, 300), "level 4 recognised as 3 or 4": Figure(0.85, 0.69, 0.93, 33)})
    verdicts = {row["name"]: row["verdict"] for row in rows}
    assert len(verdicts) == len(rows) == len(FLOORS)
    assert verdicts.pop("perspective") == "met"
    assert verdicts.pop("level 4 recognised as 3 or 4") == "MISSED"
    assert set(verdicts.values()) == {"not measured"}
