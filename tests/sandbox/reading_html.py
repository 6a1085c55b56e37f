"""A page as a browser takes it apart: its tags, its attributes, its text."""

from collections import defaultdict
from html.parser import HTMLParser


class Page(HTMLParser):
    """`tags` in order; `attributes` as lists of values by name; `text` is all words together."""

    def __init__(self):
        super().__init__()
        self.tags, self.text, self.attributes = [], "", defaultdict(list)

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        for name, value in attrs:
            self.attributes[name].append(value)

    def handle_data(self, data):
        self.text += data


def read_html(html):
    page = Page()
    page.feed(html)
    page.close()
    return page
