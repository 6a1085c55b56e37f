"""Files that `threadsync init` and `threadsync new` write, as data.

=========================  ==================================  ==================================
here                       written to                          by
=========================  ==================================  ==================================
`threadsync.yaml`          the same                            init
`hello.md`                 `posts/hello.md`                    init
`gitignore`                appended to `.gitignore`            init, line by line, what is missing
`vscode-settings.json`     `.vscode/settings.json`             init
`plan.yml`, `publish.yml`  `.github/workflows/`                init
`new-KIND.md`, `.yaml`     a post; what is in braces is        new
                           filled in
`new-no-KIND.md`           the same while media are missing    new
=========================  ==================================  ==================================

The editor setting, and the first line of the settings, expect copies of the schemas as
`.threadsync/NAME.schema.json` of `post`, `config` and `defaults`.
"""
