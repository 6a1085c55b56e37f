"""Posts drawn as HTML: plain frozen values in, markup out. The sandbox's page uses it and knows
where the values come from; nothing here does.

    model         what a post shows
    carried       parameters of Meta's API as parts of the model
    markup        the only place that makes HTML of text
    words         a text with its links, tags, styles and spoilers
    attachments   media, poll, long text, link and GIF of a post
    post          a post
    conversation  chains and replies
    style.css     how all of that looks
"""
