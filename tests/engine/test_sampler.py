"""Drawing tokens: distribution, cut-offs, and independence of the rows beside."""

import pytest
import torch

from pipeline.engine import EngineError, Sampling
from pipeline.engine.sampler import Draw, sample, uniform

LOGITS = torch.log(torch.tensor([0.5, 0.3, 0.15, 0.05]))


def counts(sampling: Sampling, draws: int = 4000) -> list[float]:
    rows = LOGITS.repeat(draws, 1)
    tokens = sample(rows, [Draw(sampling, seed, 3) for seed in range(draws)]).tolist()
    return [tokens.count(token) / draws for token in range(4)]


def near(*shares: float):
    return pytest.approx(shares, abs=0.03)


def test_temperature_one_draws_the_distribution():
    assert counts(Sampling(1.0)) == near(0.5, 0.3, 0.15, 0.05)


def test_temperature_sharpens():
    assert counts(Sampling(0.5)) == near(0.685, 0.247, 0.0616, 0.0068)


def test_top_k_and_top_p_leave_out_the_tail():
    assert counts(Sampling(1.0, top_k=2)) == near(0.625, 0.375, 0, 0)
    assert counts(Sampling(1.0, top_p=0.6)) == near(0.625, 0.375, 0, 0)
    assert counts(Sampling(1.0, top_p=0.5)) == [1, 0, 0, 0]
    assert counts(Sampling(1.0, top_p=0.9, top_k=3)) == near(0.526, 0.316, 0.158, 0)


@pytest.mark.parametrize("sampling", [Sampling(1.0, top_p=0.7), Sampling(1.5, top_p=0.99), Sampling(1.0, 0.8, 40)])
@pytest.mark.parametrize("spread", [0.01, 1.0, 6.0])
def test_what_is_left_of_the_distribution_is_that_of_all_tokens_sorted(sampling: Sampling, spread: float):
    torch.manual_seed(1)
    logits = (torch.randn(64, 3000) * spread).bfloat16()  # full of equals
    draws = [Draw(sampling, row, 0) for row in range(64)]
    expected = [plainly(row, draw) for row, draw in zip(logits, draws, strict=True)]
    assert sample(logits.clone(), draws).tolist() == expected


def plainly(logits: torch.Tensor, draw: Draw) -> int:
    scores, tokens = (logits.double() / draw.sampling.temperature).sort(descending=True, stable=True)
    mass = scores[: draw.sampling.top_k or None].softmax(-1)
    mass = mass[: int((mass.cumsum(-1) - mass < draw.sampling.top_p).sum())]
    chance = uniform(draw.seed, draw.position) * mass.sum()
    return int(tokens[int((mass.cumsum(-1) <= chance).sum())])


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16, torch.float16])
@pytest.mark.parametrize("size", [1, 7, 16, 33, 300])
def test_greedy_takes_the_first_of_equals(size, dtype):
    torch.manual_seed(0)
    wide = (torch.randn(50, size + 3) * 2).round().to(dtype)
    wide[0] = float("-inf")
    rows = wide[:, 1 : size + 1]
    first = [row.index(max(row)) for row in rows.tolist()]
    assert sample(rows, [Draw(Sampling(), 0, 0)] * 50).tolist() == first


def test_a_row_is_drawn_as_if_alone():
    torch.manual_seed(0)
    logits = torch.randn(9, 500)
    kinds = [Sampling(), Sampling(1.0), Sampling(0.7, top_p=0.8)]
    draws = [Draw(kinds[row % 3], row, 5) for row in range(9)]
    alone = [sample(logits[row : row + 1], [draws[row]]).item() for row in range(9)]
    assert sample(logits, draws).tolist() == alone


def test_tokens_without_probability_are_never_drawn():
    logits = torch.tensor([[float("-inf"), 0.0, float("-inf")]]).repeat(500, 1)
    assert set(sample(logits, [Draw(Sampling(1.0), seed, 0) for seed in range(500)]).tolist()) == {1}


def test_uniform_numbers_are_fixed_by_seed_and_position():
    numbers = [uniform(seed, position) for seed in range(50) for position in range(50)]
    assert len(set(numbers)) == 2500
    assert all(0 <= number < 1 for number in numbers)
    assert sum(numbers) / 2500 == pytest.approx(0.5, abs=0.02)
    assert uniform(1, 2) == 0.7612170620886086, "stored records are regenerated from their seeds: never change this"


@pytest.mark.parametrize(
    "values", [(-1.0, 1.0, 0), (1.0, 0.0, 0), (1.0, 1.1, 0), (1.0, 1.0, -1), (float("nan"), 1.0, 0)]
)
def test_values_out_of_range_are_refused(values):
    with pytest.raises(EngineError):
        Sampling(*values)
