"""Filter patterns of CloudWatch Logs ("Filter pattern syntax" in its user guide).

Of JSON patterns everything but arrays of objects; of text patterns terms,
phrases, alternatives, exclusions and regular expressions. Patterns of columns
(`[ip, user, ...]`) are not read.
"""

import json
import re
from fnmatch import fnmatchcase

TOKEN = re.compile(
    r'\s*(?:(?P<sign>\(|\)|&&|\|\||>=|<=|!=|=|<|>)|"(?P<phrase>(?:\\.|[^"\\])*)"'
    r"|%(?P<regex>(?:\\.|[^%\\])*)%|(?P<field>\$[^\s()=<>!&|]*)|(?P<word>[^\s()=<>!&|\"%]+))"
)
TERM = re.compile(r'\s*(?P<mark>[?-]?)(?:"(?P<phrase>(?:\\.|[^"\\])*)"|%(?P<regex>(?:\\.|[^%\\])*)%|(?P<word>[^\s"%]+))')
COMPARE = {
    "=": lambda a, b: a == b,
    "!=": lambda a, b: a != b,
    "<": lambda a, b: a < b,
    ">": lambda a, b: a > b,
    "<=": lambda a, b: a <= b,
    ">=": lambda a, b: a >= b,
}


class BadPattern(Exception):
    """What AWS refuses, or this file cannot read."""


def matcher(pattern):
    """Whether a line matches, as a function of the line."""
    pattern = (pattern or "").strip()
    if not pattern:
        return lambda line: True
    if pattern.startswith("["):
        raise BadPattern("Patterns of columns are not supported here")
    if not pattern.startswith("{"):
        return text(pattern)
    if not pattern.endswith("}"):
        raise BadPattern("Invalid metric filter pattern: a JSON pattern ends with }")
    fits = Json(pattern[1:-1]).read()

    def in_json(line):
        try:
            told = json.loads(line)
        except ValueError:
            return False
        return isinstance(told, dict) and fits(told)

    return in_json


def text(pattern):
    need, some, never = [], [], []
    at = 0
    while at < len(pattern):
        term = TERM.match(pattern, at)
        if not term:
            raise BadPattern(f"Invalid character(s) in term '{pattern[at:].strip()}'")
        at = term.end()
        word, phrase, regex = term["word"], term["phrase"], term["regex"]
        if word is not None and re.search(r"[^\w]", word):
            raise BadPattern(f"Invalid character(s) in term '{word}'")
        if regex is not None:
            fits = expression(regex)
        else:
            wanted = word if word is not None else plain(phrase)
            fits = lambda line, wanted=wanted: wanted in line
        {"?": some, "-": never}.get(term["mark"], need).append(fits)

    def matches(line):
        # Beside a term that has to be there, alternatives decide nothing.
        chosen = need or not some or any(fits(line) for fits in some)
        return bool(chosen) and all(fits(line) for fits in need) and not any(fits(line) for fits in never)

    return matches


def expression(regex):
    try:
        return lambda line, known=re.compile(regex): known.search(line) is not None
    except re.error as error:
        raise BadPattern(f"Invalid regular expression: {error}") from None


def plain(phrase):
    return re.sub(r"\\(.)", r"\1", phrase)


class Json:
    """Reads `$.a = "x" && ($.b > 3 || $.c NOT EXISTS)`."""

    def __init__(self, source):
        self.tokens = []
        at, source = 0, source.strip()
        while at < len(source):
            token = TOKEN.match(source, at)
            if not token:
                raise BadPattern(f"Invalid metric filter pattern near '{source[at:]}'")
            self.tokens.append((token.lastgroup, token[token.lastgroup]))
            at = token.end()

    def read(self):
        fits = self.alternatives()
        if self.tokens:
            raise BadPattern(f"Invalid metric filter pattern near '{self.tokens[0][1]}'")
        return fits

    def next(self, kind=None):
        if not self.tokens:
            raise BadPattern("Invalid metric filter pattern: it ends too early")
        found, value = self.tokens.pop(0)
        if kind and found != kind:
            raise BadPattern(f"Invalid metric filter pattern near '{value}'")
        return value if kind else (found, value)

    def ahead(self, *wanted):
        return bool(self.tokens) and self.tokens[0] == ("sign", *wanted)

    def alternatives(self):
        all_of = [self.together()]
        while self.ahead("||"):
            self.next()
            all_of.append(self.together())
        return lambda told: any(fits(told) for fits in all_of)

    def together(self):
        all_of = [self.one()]
        while self.ahead("&&"):
            self.next()
            all_of.append(self.one())
        return lambda told: all(fits(told) for fits in all_of)

    def one(self):
        if self.ahead("("):
            self.next()
            fits = self.alternatives()
            if self.next("sign") != ")":
                raise BadPattern("Invalid metric filter pattern: a parenthesis is not closed")
            return fits
        path = steps(self.next("field"))
        kind, how = self.next()
        if kind == "word":
            return self.in_words(path, how.upper())
        if kind != "sign" or how not in COMPARE:
            raise BadPattern(f"Invalid metric filter pattern near '{how}'")
        kind, value = self.next()
        if kind == "regex" and how in ("=", "!="):
            fits = expression(value)
            return lambda told: isinstance(at(told, path), str) and fits(at(told, path)) == (how == "=")
        if kind == "word" and number(value) is not None:
            return numbers(path, how, number(value))
        if kind in ("word", "phrase") and how in ("=", "!="):
            wanted = (value if kind == "word" else plain(value)).replace("[", "[[]").replace("?", "[?]")
            return lambda told: isinstance(at(told, path), str) and fnmatchcase(at(told, path), wanted) == (how == "=")
        raise BadPattern(f"Invalid metric filter pattern near '{value}'")

    def in_words(self, path, how):
        what = self.next("word").upper()
        known = {
            ("IS", "TRUE"): lambda value: value is True,
            ("IS", "FALSE"): lambda value: value is False,
            ("IS", "NULL"): lambda value: value is None,
            ("NOT", "EXISTS"): lambda value: value is ABSENT,
        }
        if (how, what) not in known:
            raise BadPattern(f"Invalid metric filter pattern near '{what}'")
        return lambda told: known[how, what](at(told, path))


def numbers(path, how, wanted):
    def fits(told):
        value = at(told, path)
        return isinstance(value, (int, float)) and not isinstance(value, bool) and COMPARE[how](value, wanted)

    return fits


def number(word):
    try:
        return float(word)
    except ValueError:
        return None


ABSENT = object()


def steps(field):
    if not re.fullmatch(r"\$(\.[\w-]+|\[\d+\])+", field):
        raise BadPattern(f"Invalid property selector '{field}'")
    return [int(step[1:-1]) if step.startswith("[") else step[1:] for step in re.findall(r"\.[\w-]+|\[\d+\]", field)]


def at(told, path):
    for step in path:
        try:
            told = told[step]
        except (KeyError, IndexError, TypeError):
            return ABSENT
    return told
