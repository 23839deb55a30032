"""Hostile text for word lists, pages and servers. Our own list, one kind a line."""

from __future__ import annotations

TEXTS = (
    # Ends a line, a string or a record somewhere
    "a\nb", "a\rb", "a\r\nb", "a\x0bb", "a\x0cb", "a\x1cb", "a\x1eb", "a\x85b", "a\u2028b", "a\u2029b", "a\tb",
    "a\x00b",
    '"', '\\"', "\\", "\\\\", "\\u0022", "\\ud800", '","status":"found', "'", "''", "`", "]]>", "--", "-->", "*/", ";",
    # Moves a terminal's cursor or turns the direction of text
    "\x1b[31mred", "\x1b[2J", "\x1b]0;title\x07", "\x9b31m", "\x08\x08", "\x7f", "\u202eevil", "\u2066x\u2069",
    "\ufeffx", "\u200bx",
    "2026-11-23 12:00:00 [dictcrawler] INFO: published",
    "x\n2026-11-23 12:00:00 [scrapy.core.engine] INFO: Spider closed (finished)",
    # Halves of surrogate pairs, as text and as bytes, and code points that are not characters
    "\ud800", "x\udfff", "\udce9t\udce9", "\ufffd", "\ufffe", "\uffff", "\U0010ffff", "\U0001f600", "e\u0301",
    "\u0301", "\u200d", "a" + "\u0301" * 50,
    # paths, hosts and addresses
    "../../etc/passwd", "..", ".", "/", "//evil.example/x", "/etc/passwd", "..\\..\\x", "%2e%2e%2f", "%2F",
    "%00", "%", "%zz", "%c0%ae",
    "http://evil.example/", "https://127.0.0.1/", "javascript:alert(1)", "file:///etc/passwd", "@evil.example",
    "x@y", ":80", "[::1]", "127.0.0.1",
    "?q=1", "#hash", "&x=1", "=", "x?y#z", "a/b", "a\\b", "~root", "CON", "nul.txt", "-rf", "--help", "$HOME",
    "$(id)", "`id`", "|id", "& id",
    # templates and formats of other programs
    "{slug}", "{keyword}", "{0}", "{}", "{", "}", "{{x}}", "%s", "%(word)s", "%n", "${x}", "{{7*7}}", "{% x %}",
    "<%= x %>", "#{x}",
    # formulas, markup, queries
    '=HYPERLINK("http://evil.example","x")', "=cmd|' /C calc'!A0", "+1+1", "-1+1", "@SUM(1)", "\t=1+1",
    "<script>alert(1)</script>", "<b>", "</p>", "&lt;",
    "&#0;", "&#xD800;", "&#x1F;", "<!--", "<![CDATA[x]]>", "' OR '1'='1", "'; DROP TABLE answers; --", "*",
    "_%_", "NULL", "null", "None", "undefined",
    # Numbers that are invalid, or too large
    "NaN", "Infinity", "-Infinity", "1e999", "-0", "0", "9" * 400, "1e5", "0x1F", "1_000", "\u0663", "\u00b2",
    "true", "false", "[]", '{"a":1}',
    # other scripts, widths and lengths
    "ﷺ", "ß", "İ", "ı", "ﬁ", "Ⅷ", "\uff21", "日本語", "ไทย", "عربي", "עברית",
    "हिन्दी", "\U00020000", "🏳️‍🌈", "x" * 1000, "x" * 1001, "é" * 999,
    " ", "  ", "\u3000", "\u00a0", "", "#comment", ";", ",", "a,b", "a;b", "__class__", "constructor",
    "__proto__", "toString",
)  # fmt: skip
