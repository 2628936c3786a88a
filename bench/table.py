"""The table of results, as Markdown."""


def seconds(value):
    if value < 0.1:
        return f"{value * 1000:.1f} ms"
    if value < 10:
        return f"{value:.2f} s"
    if value < 600:
        return f"{value:.0f} s"
    return f"{value / 60:.1f} min"


def times(ratio):
    return f"{ratio:.2f} ×" if ratio < 10 else f"{ratio:.0f} ×"


class Table:
    """Rows in the order in which they come, and notes below them."""

    def __init__(self):
        self.rows, self.notes = [], []

    def add(self, *cells):
        self.rows.append("| " + " | ".join(cells) + " |")

    def head(self, what):
        self.add(f"**{what}**", "", "", "", "", "")

    def row(self, what, took, ratio="", target=None, met=None):
        """What a program took: medians of its runs."""
        cpu = seconds(took.cpu) if took.cpus else ""
        peak = f"{took.peak / 2**20:.0f} MB" if took.peaks else ""
        self.add(what, seconds(took.wall), cpu, peak, ratio, goal(target, met))

    def text(self, what, value, target=None, met=None):
        """Something that is no run of a program."""
        self.add(what, value, "", "", "", goal(target, met))

    def keep(self, what, page, otherwise):
        """A row as it was in the last page."""
        lines = page.read_text().splitlines() if page.exists() else []
        old = [line for line in lines if line.startswith(f"| {what}")]
        if old:
            self.rows.append(old[0])
        else:
            self.text(what, otherwise)

    def note(self, text):
        self.notes.append(text)

    def page(self, machine, words):
        lines = ["# Results", "", "Written by `bench/run`; do not edit.", ""]
        lines += [f"- {line}" for line in machine] + [""]
        lines += ["| What | Wall time | CPU time | Peak memory | Ratio | Target |", "|---|---:|---:|---:|---:|---|"]
        lines += self.rows + [""]
        lines += [f"- {note}" for note in self.notes]
        return "\n".join(lines) + "\n" + words


def goal(target, met):
    if target is None:
        return ""
    return f"{target}: {'met' if met else '**missed**'}"
