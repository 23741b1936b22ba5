"""Two words that stand for a caller for one day, so that people can speak of a call back without its number.

The words come from a keyed hash of number and day: without the key, which is the installation's own, nobody can go from the
words back to the number, and tomorrow the same caller has other words.
"""

from __future__ import annotations

import hashlib
import hmac
from datetime import date

# Words of at most seven letters, none of them unkind to whoever rang, and none in both lists.
_FIRST = (
    "amber ample azure basic bold brave breezy brief bright brisk bronze calm candid chief clear clever coastal cool "
    "coral cosmic cosy crimson crisp curly daily dapper daring dawn deep distant dusty eager early earnest eastern "
    "easy ebony elegant emerald even famous fine firm floral fond fresh frosty gentle glad golden good grand green "
    "grey handy happy hidden honest humble icy indigo inland ivory jade jolly keen kind level light lilac little "
    "lively local long loyal lucky lunar maroon mellow merry mighty mild mint misty modern navy neat new noble open "
    "orange outer patient polar polite prime proud pure quick quiet rapid rare ready red rosy round royal ruby rural "
    "rustic sandy scarlet serene silent silver simple sleek smooth snowy soft solar solid spare steady stellar still "
    "sunny swift teal tidal tidy topaz upper urban velvet vivid warm western white winter wise"
)
_SECOND = (
    "acorn alder anchor apple arch arrow aspen atlas badger balsam bamboo barley basin bay beacon beaver beech bell "
    "birch bison boat bramble breeze bridge brook cabin canal candle canoe canyon castle cedar chalk cherry cliff "
    "cloud clover coast comet compass copper cove crane creek cricket crown dale deer delta dolphin dove dune eagle "
    "elk elm ember falcon feather fern field finch fjord flint forest fox garden garnet geyser glade granite grove "
    "gull harbour hare harp hawk heath heron island ivy jasper juniper kayak kettle kite lagoon lake lantern larch "
    "lark ledge lemon lily linden lotus lynx maple marble marsh meadow mill moor moose moss nest nettle oak oasis "
    "ocean olive opal orchard otter owl oyster palm panda parcel path peach pearl pebble penguin pepper pike pine "
    "planet plum pond poplar poppy prairie puffin quail quartz rain raven reed reef ridge river robin rose rowan sail "
    "salmon seal shell shore sky slate sparrow spruce star stone storm stream summit sunset swan thistle tiger timber "
    "trail tulip tundra valley violet walnut water wave willow wolf wren yarrow"
)
FIRST_WORDS = tuple(_FIRST.split())
SECOND_WORDS = tuple(_SECOND.split())


def two_words(number_key: str, day: date, key: bytes) -> str:
    """The words of a number in its comparable form on a day, such as "golden heron"; "" for no number."""
    if not number_key:
        return ""
    told = f"{day.isoformat()}\0{number_key}".encode("utf-8", "replace")
    digest = hmac.new(key, told, hashlib.sha256).digest()
    first, second = int.from_bytes(digest[:4]), int.from_bytes(digest[4:8])
    return f"{FIRST_WORDS[first % len(FIRST_WORDS)]} {SECOND_WORDS[second % len(SECOND_WORDS)]}"
