"""The field's publishers and imprints, to tell a publisher's folder from a series'."""

# ruff: noqa: SIM905 (words are easier to read in a row of text)

from functools import lru_cache

from comics.folding import fold

# What follows or leads a publisher's name without being it.
_KINDS = frozenset(
    "comics comic publishing publications press entertainment studios studio books editions"
    " edition verlag manga media group productions edizioni ediciones editorial editora".split()
)

_NAMES = """
12-gauge | 215 ink | aardvark-vanaheim | abdo | ablaze | abrams | abstract | ace comics
action lab | aftershock | ahoy | albatross | albin michel | alterna | amalgam
american mythology | amp | antarctic | ape | arcana | archaia | archie comics | aspen
astiberri | atlas comics | avatar | avery hill | awa | bamboo | bao | black mask | bonelli
bongo | boom | boom! | caliber | carlsen | cartoon books | casterman | chaos comics | charlton
cinebook | cliffhanger | clover press | coamix | comico | cosmo | cpm | cross cult | crossgen
darby pop | dargaud | dark circle | dark horse | dc | dc black label | ddp | del rey | delcourt
dell | desperado | devil's due | devir | digital manga | disney | doubleday | drawn & quarterly
drawn and quarterly | dupuis | dynamite | ec | ecc | eclipse comics | egmont | ehapa
enterbrain | epic comics | fantagraphics | fawcett | first comics | first second | fleetway
futabasha | futuropolis | gakken | gemstone | glenat | gold key | graphitti | graphix | gutsoon
hakusensha | harvey comics | houghton mifflin | humanoids | icon comics | idw | image | j-pop
jademan | jet city | kadokawa | kana | kaze | ki-oon | kitchen sink | kodansha | kurokawa
la cupula | last gasp | le lombard | legendary comics | lev gleason | lezhin | lion forge
lombard | mad cave | magnetic | malibu | marvel | marvel knights | marvel max | max comics
media factory | milestone | mirage studios | moonstone | nbm | nobrow | norma editorial
now comics | oni | pacific comics | paizo | panini | papercutz | pi | pika | planeta
quality comics | radical comics | rebellion | red 5 | reprodukt | rue de sevres | scholastic
scout comics | sergio bonelli | seven seas | shogakukan | shueisha | skybound | slave labor
slg | soleil | splitter | square enix | st. martin's | star comics | storm king | sumerian
t pub | takeshobo | tapas | titan comics | tokuma shoten | tokyopop | tonkam | top cow
top shelf | topps | toutain | udon | urban comics | valiant | vault | vent d'ouest
vents d'ouest | vertical | vertigo | viz | viz media | warren publishing | webtoon | wildstorm
yen | z2 | zenescope | zuda | 双葉社 | 小学館 | 白泉社 | 秋田書店 | 角川書店 | 講談社 | 集英社
""".replace("\n", "|")

_KNOWN = frozenset(fold(name.strip()) for name in _NAMES.split("|") if name.strip())


@lru_cache(maxsize=2000)
def is_publisher(name: str) -> bool:
    """Tell whether this is a publisher's name: "Image Comics", "DC", "Éditions Dupuis"."""
    folded = fold(name.strip())
    return folded in _KNOWN or _without_kind(folded) in _KNOWN


def _without_kind(folded: str) -> str:
    words = folded.split()
    while len(words) > 1 and words[-1] in _KINDS:
        words.pop()
    if len(words) > 1 and words[0] in _KINDS:
        words = words[1:]
    return " ".join(words)
