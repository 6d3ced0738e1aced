"""Several servers in one list, and what becomes of it when some of them come to harm."""

from __future__ import annotations

import random

import pytest

from tests.chaos.beamlines import HARM, all_right, beamlines, harm
from tests.chaos.test_chaos import PACE, RATE, impatient
from tests.conftest import do_without
from tests.servers import NoRealRedis


@pytest.mark.slow
@pytest.mark.parametrize("seed", [1, 2])
async def test_the_list_is_the_union_of_the_stores_whatever_happens_to_some(seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - to be replayed, not to be secret
    try:
        async with beamlines(seed, 10, RATE, PACE, impatient) as together:
            assert await all_right(together) > 0
            struck = await harm(together, chance, lambda _: None)
            assert sorted(struck) == sorted(HARM)
            assert await all_right(together) > 0
    except NoRealRedis as error:
        do_without(str(error))
