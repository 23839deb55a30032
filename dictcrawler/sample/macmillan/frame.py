"""The parts of a page around an entry: advertising, navigation, words of other entries.

All of it is invented, and none of it belongs to an entry: a parser that reads any of it is wrong. The amounts are those
of the real site, so that a page is as large as a real one.
"""

from __future__ import annotations

from functools import cache
from html import escape

from dictcrawler.sample.macmillan.authoring import HOST
from dictcrawler.sample.writing import tag

_SLOTS = (
    "topslot",
    "leftslot",
    "btmslot",
    "rightslot",
    "houseslot1",
    "contentslot_1",
    "contentslot_2",
    "contentslot_3",
)
_BIDDERS = ("northwind", "papercrane", "bluefinch", "copperleaf", "quietmill", "seventhhill", "tallgrass", "oldharbor")
_MENU = (
    "Blog|Word Workshop|Games|Quizzes|Videos|Wordlists|Grammar Corner|Spelling Guide|Teachers|About|Help|Contact".split(
        "|"
    )
)
_RESOURCES = (
    "Real-life English|Talking about weather|Idioms of the sea|Classroom posters|Crossword of the week|"
    "How to read an entry|Stars and colors|Pronunciation key|Partners|Widgets|Options|Frequently asked questions".split(
        "|"
    )
)
_OTHER_WORDS = (
    ("desk yoga", "stretching exercises that people do without leaving their chair"),
    ("snackcident", "the eating of a whole packet of something by mistake"),
    ("plant parent", "a person who treats houseplants like children"),
    ("inbox fog", "the confused feeling caused by too many unread messages"),
)


def ad(slot: str, classes: str = "am-dictionary") -> str:
    """An advertising slot with its script, used in several places."""
    script = f"\n  googletag.cmd.push(function() {{ googletag.display('ad_{slot}'); }});\n"
    return tag("div", classes, tag("script", "", script, type="text/javascript"), id=f"ad_{slot}") + "\n"


@cache
def bidding(version: str) -> str:
    """The scripts of the head, about as long as the real ones."""
    lists = [_slots(name, number) for number, name in enumerate(("pbSlots", "pbTabletSlots", "pbPhoneSlots"))]
    source = "\n".join(("var PREBID_TIMEOUT = 500;", *lists, "var pbjs = pbjs || {}; pbjs.que = pbjs.que || [];"))
    return tag("script", "", f"\n{source}\n", type="text/javascript") + (
        f'\n<script type="text/javascript" src="/external/scripts/prebid.js?version={version}" async></script>\n'
    )


def _slots(name: str, seed: int) -> str:
    rows = [
        f"    {{code: 'ad_{slot}', sizes: [{300 + 10 * seed}, {250 - 10 * seed}],\n    bids: ["
        + ",\n           ".join(_bid(bidder, 1000 * seed + 10 * row + column) for column, bidder in enumerate(_BIDDERS))
        + "]}"
        for row, slot in enumerate(_SLOTS)
    ]
    return f"var {name} = [\n" + ",\n".join(rows) + "];"


def _bid(bidder: str, number: int) -> str:
    return f"{{ bidder: '{bidder}', params: {{ placementId: '{4000000 + 7919 * number}', zone: '{number % 97}' }}}}"


def head(title: str, canonical: str, alternates: dict[str, str], version: str, *, noindex: bool = False) -> str:
    """The head of a page; ``canonical`` is the page's own address."""
    name = escape(title)
    lines = [
        '<meta http-equiv="Content-Type" content="text/html; charset=UTF-8" />',
        '<meta name="viewport" content="width=device-width, initial-scale=1.0" />',
        '<meta name="robots" content="noindex">' if noindex else f'<meta name="description" content="Define {name}" />',
        f"<title>{name}</title>",
        f'<meta property="og:title" content="{name}" />',
        f'<meta property="og:url" content="{escape(canonical)}" />',
        f'<link rel="canonical" href="{escape(canonical)}" />',
        *(f'<link rel="alternate" hreflang="{tongue}" href="{url}"/>' for tongue, url in alternates.items()),
        f'<link href="/common.css?version={version}" rel="stylesheet" type="text/css" />',
        bidding(version),
    ]
    return tag("head", "", "\n" + "\n".join(lines) + "\n", prefix="og: http://ogp.me/ns#")


@cache
def top(edition: str) -> str:
    """Header, menus, search form."""
    menu = "".join(_menu_item(text) for text in _MENU)
    more = "".join(_menu_item(text) for text in _RESOURCES)
    letters = "".join(
        f'<li><a href="{HOST}/browse/{edition}/{letter}/">{letter}</a></li>' for letter in "abcdefghijklmnopqrstuvwxyz"
    )
    form = (
        f'<form id="searchentry_form" method="get" action="{HOST}/search/{edition}/direct/">'
        '<input type="text" name="q" id="search_input" autocomplete="off" />'
        '<input type="submit" id="search_submit" value="Search"/></form>'
    )
    navigation = tag(
        "div", "", tag("ul", "menu", menu), tag("ul", "moredropdown", more), tag("ul", "", letters), id="navcontainer"
    )
    return (
        tag("div", "", navigation, tag("div", "floating-search", form), id="header")
        + "\n"
        + ad("topslot")
        + ad("leftslot")
    )


def _menu_item(text: str) -> str:
    slug = text.lower().replace(" ", "-")
    track = f"ga('send', 'event', 'navigation', 'menu', '{slug}');"
    return tag("li", "", tag("a", "nav-link", text, title=text, href=f"{HOST}/learn/{slug}.html", onclick=track)) + "\n"


@cache
def bottom() -> str:
    """Words of other entries, social bars, footer."""
    words = "".join(
        tag("p", "h3", word) + tag("p", "def", meaning) + f'<a href="{HOST}/open-dictionary/submit.html">add a word</a>'
        for word, meaning in _OTHER_WORDS
    )
    social = "".join(
        f'<li><a class="icon_{name}" title="Share on {name}" href="https://{name}.example/share">{name}</a></li>'
        for name in ("chirper", "facepage", "pinwall")
    )
    footer = "".join(_menu_item(text) for text in (*_MENU, *_RESOURCES))
    consent = tag(
        "div", "consent", "<p>We use cookies to count our visitors.</p><button>Accept all</button>", id="consent-layer"
    )
    return "\n".join(
        (
            tag("div", "max-90em", tag("div", "opendic", words), id="potw"),
            ad("btmslot"),
            tag("ul", "social", social),
            tag("div", "", tag("ul", "", footer), "<p>Sample site: every entry is invented.</p>", id="footer"),
            consent,
            tag("script", "", _trackers(), type="text/javascript"),
        )
    )


def _trackers() -> str:
    return "".join(
        f"\nwindow.track{number} = window.track{number} || []; track{number}.push(['page', 'entry', {number * 31}]);"
        for number in range(60)
    )


def page(head_html: str, body: str, edition: str) -> str:
    """A whole document around a body."""
    parts = (
        '<!DOCTYPE html>\n<html lang="en">\n',
        head_html,
        '\n<body class="default">\n',
        top(edition),
        body,
        bottom(),
    )
    return "".join((*parts, "\n</body>\n</html>\n"))
