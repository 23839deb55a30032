"""Every text of every parser contains exactly what a browser shows of the page."""

from __future__ import annotations

import pytest

from dictcrawler.parsing import coverage, markup

FORMULA = (
    '<span class="mwe-math-element"><span style="display: none;"><math alttext="{\\displaystyle x^{2}=1}"><semantics>'
    '<mi>x</mi><annotation encoding="application/x-tex">{\\displaystyle x^{2}=1}</annotation></semantics></math></span>'
    '<img class="mwe-math-fallback-image-inline" alt="{\\displaystyle x^{2}=1}"/></span>'
)
KATEX = "<i class=katex><math><mi>x</mi><annotation encoding='application/x-tex'>x</annotation></math><b>x</b></i>"


@pytest.mark.parametrize(
    ("html", "shown"),
    [
        ("10<sup>100</sup> and 10<sup>−3</sup>", "10¹⁰⁰ and 10⁻³"),
        ("H<sub>2</sub>O, CO<sub>3</sub><sup>2−</sup>", "H₂O, CO₃²⁻"),
        ("gwong<sup>2-1</sup> dung<sup><a>1</a></sup>", "gwong²⁻¹ dung¹"),
        ("C<sub>max</sub>, x<sup>n</sup>, x<sup>n+1</sup>, 2<sup>2<sup>3</sup></sup>", "C_max, x^n, x^(n+1), 2^2³"),
        ("the 5<sup>th</sup>, <b>1</b><sup>er</sup>, XIX<sup>e</sup>, 3.<sup>o</sup>", "the 5th, 1er, XIXe, 3.o"),
        ("word<sup>(<a>key</a>)</sup>, word<sup>[1]</sup>, word*<sup>*</sup>", "word(key), word[1], word**"),
        ("Lamp<sup>TM</sup>", "Lamp™"),
        (
            "M<sup>r</sup> Lamp, y<sup>e</sup> w<sup>ch</sup>, N<sup>o</sup> 5, n<sup>th</sup>",
            "Mr Lamp, ye wch, No 5, nth",
        ),
        ("<sup>1</sup>⁄<sub>2</sub> or 1<sup>3</sup>&frasl;<sub>4</sub>", "¹⁄₂ or 1³⁄₄"),
        ("<b class=frac>2<i class=sr-only>+</i><i class=num>1</i>&frasl;<i class=den>3</i></b>", "2¹⁄₃"),
        ("<b class='sfrac tion'><i class=num>1</i><i class=sr-only>/</i><i class=den>3</i></b>", "¹⁄₃"),
        ("<math><mi>x</mi><mo>+</mo><mfrac><mn>1</mn><msqrt><mn>2</mn></msqrt></mfrac></math>", "x+1/√2"),
        ("<math><msubsup><mi>x</mi><mn>1</mn><mn>2</mn></msubsup></math>", "x₁²"),
        ("<span class=IPA>k<sup>w</sup>a<sup>35</sup></span>", "kʷa³⁵"),
        (f"where {FORMULA} holds", "where x^{2}=1 holds"),
        ("<img class='mwe-math-fallback-image-inline tex' alt='a^b'/> holds", "a^b holds"),
        ("<math><msup><mi>x</mi><mn>2</mn></msup></math> holds", "x² holds"),
        (KATEX, "x"),
        ("<math><mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac></math>", "(a+b)/2"),
        ("<math><mi>x</mi><annotation encoding='application/mathml'>y</annotation></math> holds", "x holds"),
        # Parts that an editor left out.
        ("<math><msup><mi>x</mi></msup><msqrt></msqrt></math> holds", "x holds"),
        ("<b class=frac>1/3</b> left", "1/3 left"),
        ("<br> <sup>th</sup> lamp", "^th lamp"),
    ],
)
def test_raised_and_lowered_figures_and_formulas_are_read_as_they_are_seen(html: str, shown: str) -> None:
    assert markup.text(markup.document(f"<p>{html}</p>")) == shown


@pytest.mark.parametrize(
    "hidden",
    [
        "<span style='display:none'>x</span>",
        "<span style='color: red; DISPLAY : none'>x</span>",
        "<i style='visibility: hidden'>x</i>",
        "<b hidden>x</b>",
        "<div hidden=''>x</div>",
        "<span class='label sr-only'>x</span>",
        "<button>x</button>",
        "<select><option>x</option></select>",
        "<audio>x</audio>",
    ],
)
def test_hidden_words_are_neither_read_nor_counted_as_missing(hidden: str) -> None:
    root = markup.document(f"<div>a{hidden} lamp</div>")
    assert markup.text(root) == "a lamp"
    assert coverage.words_below(root) == coverage.words("a lamp")


@pytest.mark.parametrize(
    "folded",
    [
        "<ul style='display: none'><li>x</li></ul>",
        "<div class='NavContent' style='display: none'>x</div>",
        "<table><tr style='display:none'><td>x</td></tr></table>",
        "<div hidden='until-found'>x</div>",
        "<span style='overflow:hidden'> x</span>",
        "<span style='border: none'> x</span>",
    ],
)
def test_content_that_a_reader_can_unfold_is_read(folded: str) -> None:
    assert markup.text(markup.document(f"<div>a {folded}</div>")) == "a x"


def test_ruby_is_its_base_text_and_its_reading_stays_at_hand() -> None:
    ruby = "<ruby>食<rp>(</rp><rt>た</rt><rp>)</rp></ruby>べる<ruby><rb>人</rb><rt><a>ひと</a></rt></ruby>"
    root = markup.document(f"<p>{ruby}</p><i>no reading</i>")
    paragraph = markup.one(root, "p")
    assert (markup.text(paragraph), markup.reading(paragraph)) == ("食べる人", "たべるひと")
    assert markup.reading(markup.one(root, "i")) is None


@pytest.mark.parametrize(
    ("raw", "cleaned"),
    [
        ("dic\u00adtion\u00adary", "dictionary"),
        ("auf\u200clage fi\u2060x", "auflage fix"),
        ("می\u200cخواهم", "می\u200cخواهم"),
        ("שלום\u200e", "שלום"),
        ("plain\u200e, \u2068text\u2069", "plain, text"),
        ("שלום\u200e (abc)\u200f", "שלום\u200e (abc)"),
    ],
)
def test_marks_that_print_nothing_go_and_those_that_order_a_mixed_line_stay(raw: str, cleaned: str) -> None:
    assert markup.clean(raw) == cleaned
