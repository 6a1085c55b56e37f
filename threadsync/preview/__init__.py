"""One HTML page of what would be published, drawn from the requests that apply would send.

gather     a project -> Preview                          (reads files and the state)
pictures   media of a part -> Mediums with data: URLs    (reads files)
model      Preview and its Cards                         (pure)
views      requests -> conversations to draw             (pure)
page       Preview -> the whole document                 (pure)
watching   what a page was made of -> a mark             (looks at files)
server     the page at an address, made anew on change   (socket)
preview.css, reload.js   how the frame looks; what asks for a newer page
"""
