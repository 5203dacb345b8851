"""One question made of an earlier one and a short follow-up, where it is sure how."""

import re

MONTHS = "january|february|march|april|may|june|july|august|september|october|november|december"
NUMBERS = "two|three|four|five|six|seven|eight|nine|ten|twelve|fifteen|twenty|thirty|fifty|hundred"
YEAR = r"(?:19|20)\d\d"
PERIOD = re.compile(
    rf"\b(?:(?:the )?(?:first|second|third|fourth|last) (?:quarter|half) of {YEAR}"
    rf"|q[1-4] {YEAR}|(?:\d{{1,2}}\.? )?(?:{MONTHS}) {YEAR}"
    rf"|{YEAR}-\d\d(?:-\d\d)?|(?:last|this|next|previous|past) (?:year|month|week|quarter)"
    rf"|yesterday|today|{YEAR})\b",
    re.IGNORECASE,
)
MONTH = re.compile(rf"\b(?:{MONTHS})\b", re.IGNORECASE)
NUMBER = re.compile(rf"\b(?:\d{{1,3}}|{NUMBERS})\b", re.IGNORECASE)
OPENER = re.compile(
    r"^(?:what about|how about|what of|what is it|same(?: thing)?|the same|only|just)\b\s*"
    r"|^(?:show|give|make it)(?: me)?(?: only| just)?\b\s*(?=(?:the )?top|by |for |per )",
    re.IGNORECASE,
)
LEADING = re.compile(
    r"^(?P<word>in|for|from|at|of|during|since|until|before|after|by|per|with|on)\s+", re.IGNORECASE
)
RELATIVE = re.compile(r"(?:last|this|next|previous|past|yesterday|today)\b", re.IGNORECASE)
TIMED = re.compile(r"\b(?:in|during|since|for|before|after|until|on)\s+(?:the )?$", re.IGNORECASE)
BESIDE = re.compile(r"(?:in )?the year (?P<which>before|after)(?: that)?", re.IGNORECASE)
ANY_YEAR = re.compile(rf"(?<!\d){YEAR}(?!\d)")
YEAR_ONLY = re.compile(
    rf"(?:(?:und|aber|nur|was ist mit|wie sieht es aus|in|im|für|et|mais|en|pour|y|e|o|"
    rf"pero|para|a|no|em|nel|per|och|"
    rf"और|में|那么?|在|而) ?){{0,3}}(?P<year>{YEAR})\s?(?:年|년)?\s?(?:呢|में|は|は|도|の)?\s?\uff1f?",
    re.IGNORECASE,
)
PLACES = frozenset(("in", "from", "at", "of", "for", "during", "on"))
LIMIT = re.compile(
    rf"^(?:the )?(?:top|first|best)? ?(?P<number>\d{{1,3}}|{NUMBERS})(?: ones)?(?: only)?$", re.IGNORECASE
)
LIMITED = re.compile(
    rf"\b(?:which|the|top|first|best|our|show|list|give me|bottom|last|worst)"
    rf"\s+(?P<number>\d{{1,3}}|{NUMBERS})\b"
    r"(?! (?:or|percent|days?|years?|months?))",
    re.IGNORECASE,
)
GROUPED = re.compile(
    r"^(?:by|per|for each|for every|broken down by|split by"
    r"|group(?:ed)? (?:it |them )?by"
    r"|break (?:it |that |them )?down by)\s+(?P<what>[\w ]+?)(?P<instead>\s+instead)?$",
    re.IGNORECASE,
)
GROUPING = re.compile(
    r"\b(?:by|per|for each|for every|in each|of each)\s+(?:the\s+)?[\w-]+"
    r"(?=[\s?.!,]*(?:$|,|in \d|in the|last|this|for \d|from ))",
    re.IGNORECASE,
)
SORTED = re.compile(
    r"^(?:sort(?:ed)?|order(?:ed)?|rank(?:ed)?)"
    r"(?: (?:it|them|this|that|these|those|the \w+))? by\s+(?P<what>.+)$",
    re.IGNORECASE,
)
ATTRIBUTE = re.compile(
    r"^(?:with |show |add |include |give me |list )?(?:also )?(?P<what>(?:their|its|his|her)\s+[\w -]+)$",
    re.IGNORECASE,
)
NARROWED = re.compile(
    r"^(?P<how>only|without|excluding|except|including|leave out|leaving out|exclude|include)\s+"
    r"(?P<what>.+)$",
    re.IGNORECASE,
)
SPOKEN = {"exclude": "without", "leave out": "without", "include": "including"}
CAPITALISED = r"[A-Z\u00c0-\u00de][\w'\u2019-]*(?: [A-Z\u00c0-\u00de][\w'\u2019-]*)*"
NAME = re.compile(rf"(?:\"[^\"]+\"|'[^']+'|{CAPITALISED})(?:(?:, | and | or |, and )(?:{CAPITALISED}))*")
BEFORE = re.compile(r"(\w+)\s+(?:the |our )?$")


def rewritten(text: str, earlier: str) -> str:
    """The one question; empty where two readings are possible.

    Args:
        text: The follow-up, without `and` or the like before it.
        earlier: A question that stands alone.
    """
    core = re.sub(r"[\s,]+please$", "", text.strip(" ?.!¿"), flags=re.IGNORECASE)
    for way in WAYS:
        if whole := way(core, earlier):
            return whole
    return ""


def sorted_by(core: str, earlier: str) -> str:
    """`sort by name`."""
    if (match := SORTED.match(core)) and not re.search(r"\b(?:sort|order)(?:ed)? ", earlier, re.IGNORECASE):
        return appended(earlier, f", sorted by {match['what']}")
    return ""


def grouped(core: str, earlier: str) -> str:
    """`by month`, `per store instead`."""
    if not (match := GROUPED.match(OPENER.sub("", core))):
        return ""
    before = GROUPING.findall(earlier)
    how = "per" if core.casefold().startswith("per") else "by"
    if not before:
        return appended(earlier, f" {how} {match['what']}")
    if len(before) == 1 and match["instead"]:
        return GROUPING.sub(lambda _: f"{how} {match['what']}", earlier, count=1)
    return ""


def with_attribute(core: str, earlier: str) -> str:
    """`and their email`."""
    match = ATTRIBUTE.match(core)
    return appended(earlier, f", with {match['what']}") if match else ""


def narrowed(core: str, earlier: str) -> str:
    """`without cancelled ones`; `only` where what follows is a description and no number or name."""
    if not (match := NARROWED.match(core)):
        return ""
    how, what = match["how"].casefold(), match["what"]
    if how == "only" and not re.match(r"(?:those|the ones|ones) ", what):
        return ""
    return appended(earlier, f", {SPOKEN.get(how, how)} {what}")


def limited(core: str, earlier: str) -> str:
    """`only the top 5`."""
    if not (match := LIMIT.match(OPENER.sub("", core))) or PERIOD.fullmatch(core):
        return ""
    found = list(LIMITED.finditer(earlier))
    if len(found) == 1:
        start, end = found[0].span("number")
        return earlier[:start] + match["number"] + earlier[end:]
    return appended(earlier, f", only the top {match['number']}") if not found else ""


def year_beside(core: str, earlier: str) -> str:
    """`the year before`."""
    match, years = BESIDE.fullmatch(core), list(ANY_YEAR.finditer(earlier))
    if not match or len(years) != 1:
        return ""
    year = int(years[0].group()) + (1 if match["which"].casefold() == "after" else -1)
    return earlier[: years[0].start()] + str(year) + earlier[years[0].end() :]


def in_period(core: str, earlier: str) -> str:
    """`in 2024`, `last month`; a month alone keeps the year."""
    opened = OPENER.sub("", core)
    lead = LEADING.match(opened)
    when = LEADING.sub("", opened).strip()
    periods = list(PERIOD.finditer(earlier))
    if MONTH.fullmatch(when):
        return another_month(when, earlier, periods)
    if not PERIOD.fullmatch(when) or len(periods) > 1:
        return ""
    return at(when, lead["word"].casefold() if lead else "", earlier, periods)


def at(when: str, lead: str, earlier: str, periods: list[re.Match[str]]) -> str:
    """The period put in, or in the place of the one that is there."""
    told = "" if RELATIVE.match(when) else f"{lead or 'in'} "
    if not periods:
        return appended(earlier, f" {'in ' if told == 'for ' else told}{when}")
    (period,) = periods
    if MONTH.search(period.group()) and re.fullmatch(YEAR, when):
        return ""  # the same month of that year, or all of it?
    before, after = earlier[: period.start()], earlier[period.end() :]
    if before_it := TIMED.search(before):
        kept = before_it.group() if lead in {"", "for"} and told else told
        return before[: before_it.start()] + kept + when + after
    return before + (told if RELATIVE.match(period.group()) else "") + when + after


def another_month(when: str, earlier: str, periods: list[re.Match[str]]) -> str:
    """The month of the one period exchanged."""
    months = [month for period in periods for month in MONTH.finditer(earlier, *period.span())]
    if len(months) != 1 or len(periods) != 1:
        return ""
    return earlier[: months[0].start()] + when + earlier[months[0].end() :]


def in_year(core: str, earlier: str) -> str:
    """`und 2024`, `et en 2024`, `2024年呢`: the one year exchanged, in any language."""
    match, years = YEAR_ONLY.fullmatch(core), list(ANY_YEAR.finditer(earlier))
    longer = any(not ANY_YEAR.fullmatch(period.group()) for period in PERIOD.finditer(earlier))
    if not match or len(years) != 1 or longer:
        return ""
    return earlier[: years[0].start()] + match["year"] + earlier[years[0].end() :]


def of_value(core: str, earlier: str) -> str:
    """`what about Germany`: the one name of the earlier question exchanged."""
    opened = OPENER.sub("", core)
    lead = LEADING.match(opened)
    value = re.sub(r"\s+(?:only|instead|too|ones?|as well)$", "", LEADING.sub("", opened).strip())
    if not NAME.fullmatch(value) or PERIOD.search(value) or MONTH.fullmatch(value):
        return ""
    names = [m for m in NAME.finditer(earlier) if m.start() and not overlaps(m, earlier)]
    if not names and lead:
        return (
            appended(earlier, f" {lead['word'].casefold()} {value}")
            if not PERIOD.search(earlier)
            else before_period(earlier, f"{lead['word'].casefold()} {value}")
        )
    if len(names) != 1:
        return ""
    (name,) = names
    before = BEFORE.search(earlier[: name.start()])
    if lead and before and before[1].casefold() not in PLACES and lead["word"].casefold() != "for":
        return appended(earlier, f" {lead['word'].casefold()} {value}")
    return earlier[: name.start()] + value + earlier[name.end() :]


def overlaps(name: re.Match[str], earlier: str) -> bool:
    """Part of a period: `March` in `March 2024`."""
    return any(p.start() < name.end() and name.start() < p.end() for p in PERIOD.finditer(earlier)) or bool(
        MONTH.fullmatch(name.group())
    )


def before_period(earlier: str, words: str) -> str:
    """Put in before the period, with its preposition."""
    match = PERIOD.search(earlier)
    if match is None:
        return appended(earlier, f" {words}")
    lead = re.search(r"(?:\b(?:in|during|since|for|on)\s+)?$", earlier[: match.start()])
    start = lead.start() if lead else match.start()
    return earlier[:start] + words + " " + earlier[start:]


def appended(earlier: str, words: str) -> str:
    """Put in before the mark at the end."""
    match = re.search(r"[\s?.!]*$", earlier)
    end = match.start() if match else len(earlier)
    return earlier[:end] + words + earlier[end:].strip()


WAYS = (sorted_by, grouped, with_attribute, narrowed, limited, year_beside, in_period, in_year, of_value)
"""The first that is sure of itself decides."""
