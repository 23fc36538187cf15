"""Whether a text has an opinion at all, before anybody asks which.

The tone model learned from film reviews and takes sober prose for complaint: minutes, contracts and
reports have no tone to tell. Words that judge, and people who speak of what they felt, are what
reviews and letters are made of.
"""

import re
from typing import Final

SHORT: Final = 60
"""Words of a text that is too short to be judged so: it may be one sentence of a review."""
LEAST: Final = 0.02
"""Judging words among all words: reviews and letters have more, sober prose less."""

_WORDS: Final = """
love loved loves lovely hate hated great good bad awful terrible horrible excellent wonderful
amazing fantastic superb perfect perfectly poor poorly worst best better worse nice pleasant
unpleasant delightful delicious disappointing disappointed disappointment boring dull exciting
fun funny beautiful beautifully ugly charming annoying annoyed frustrating frustrated happy
happily unhappy sad angry grateful thank thanks enjoy enjoyed enjoyable impressed impressive
brilliant mediocre clumsy slow sluggish fast reliable unreliable cheap overpriced comfortable
uncomfortable friendly rude helpful unhelpful useless useful recommend avoid regret miss missed
pleased pleasure shame glad sorry moving touching masterpiece mess gripping tedious smart silly
stunning weak strong solid elegant crisp bright dim noisy quiet clean dirty filthy stale fresh
warm cold kind kindly wish hope hoped laughed cried smiled felt feel feels favourite favorite
worth waste wasted pity joy thoughtful spoiled ruined
"""
_JUDGING: Final = frozenset(_WORDS.split())
_OWN: Final = frozenset({"i", "my", "me", "myself"})
_WORD: Final = re.compile(r"[^\W\d_]+(?:['’][^\W\d_]+)?")


def has_opinion(text: str) -> bool:
    """Whether enough of the words of ``text`` judge, or speak of the writer, which counts half.

    >>> has_opinion("A lovely film. " * 30), has_opinion("The Board met in May. " * 30)
    (True, False)
    """
    words = [word.casefold() for word in _WORD.findall(text)]
    if len(words) < SHORT:
        return bool(words)
    judging = sum(word in _JUDGING for word in words)
    own = sum(word in _OWN for word in words)
    return judging > 0 and (judging + own / 2) / len(words) >= LEAST
