"""What `threadsync init` and `threadsync new` write works as it stands."""

import json
import re
import subprocess
from importlib.resources import files
from pathlib import Path

import pytest
import yaml

from threadsync.cli import COMMANDS, run

TEMPLATES = files("threadsync.cli.templates")
WORKFLOWS = Path(__file__).parent.parent / ".github/workflows"
WORKFLOW_TEXTS = {
    **{
        f"init {name}": TEMPLATES.joinpath(name).read_text() for name in ("plan.yml", "publish.yml")
    },
    **{path.name: path.read_text() for path in WORKFLOWS.glob("*.yml")},
}


@pytest.fixture
def fresh(tmp_path):
    """A folder after `threadsync init`."""
    assert run(["-C", str(tmp_path), "init", "--yes"]) == 0
    return tmp_path


def test_a_fresh_project_has_no_problems(fresh):
    assert run(["-C", str(fresh), "validate"]) == 0


def test_nothing_is_published_before_somebody_says_so(fresh, capsys):
    assert run(["-C", str(fresh), "plan"]) == 0
    assert capsys.readouterr().out.endswith("No changes. Threads matches the files; 1 waiting.\n")


def test_a_new_post_is_a_draft_without_problems(fresh, capsys):
    assert run(["-C", str(fresh), "new", 'A "day": at the sea']) == 0
    path = capsys.readouterr().out.splitlines()[-1]
    assert (fresh / path).read_text() == '---\ndraft: true\n---\nA "day": at the sea\n'
    assert run(["-C", str(fresh), "validate"]) == 0


def test_editors_find_a_schema_for_every_kind_of_file(fresh):
    associated = json.loads((fresh / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert all(json.loads((fresh / name).read_text())["title"] for name in associated)
    first, _, _ = (fresh / "threadsync.yaml").read_text().partition("\n")
    assert first == "# yaml-language-server: $schema=.threadsync/config.schema.json"


def test_posts_and_defaults_have_one_schema_each(fresh):
    posts = json.loads((fresh / ".vscode/settings.json").read_text())["yaml.schemas"]
    assert posts[".threadsync/defaults.schema.json"] == "posts/**/_defaults.yaml"
    assert "!posts/**/_*.yaml" in posts[".threadsync/post.schema.json"]


def test_the_hooks_of_pre_commit_are_commands_of_ours():
    hooks = yaml.safe_load((WORKFLOWS.parent.parent / ".pre-commit-hooks.yaml").read_text())
    assert [hook["id"] for hook in hooks] == ["threadsync-validate", "threadsync-fmt"]
    assert all(hook["entry"].split()[1] in COMMANDS for hook in hooks)


@pytest.mark.parametrize(
    ("name", "is_ignored"),
    [
        ("threadsync.state.json", False),
        ("threadsync.state.journal.json", False),
        ("threadsync.state.lock", True),
        ("threadsync.state.brand-a.lock", True),
        (".threadsync.state.guard", True),
        (".threadsync.state.json.tmp", True),
        (".threadsync/post.schema.json", True),
    ],
)
def test_git_keeps_the_state_and_leaves_out_the_rest(fresh, name, is_ignored):
    subprocess.run(["git", "init", "-q", str(fresh)], check=True)
    asked = subprocess.run(["git", "check-ignore", "-q", name], cwd=fresh, check=False)
    assert asked.returncode == (0 if is_ignored else 1)


@pytest.mark.parametrize("text", WORKFLOW_TEXTS.values(), ids=WORKFLOW_TEXTS)
def test_workflows_pin_what_they_run_and_ask_for_little(text):
    workflow = yaml.safe_load(text)
    uses = re.findall(r"^ *- uses: (\S+)(.*)$", text, re.MULTILINE)
    assert uses
    assert all(re.fullmatch(r"[\w/-]+@[0-9a-f]{40}", name) for name, _ in uses)
    assert all(re.fullmatch(r" # v\d+(\.\d+)*", version) for _, version in uses)
    assert workflow["permissions"] == {"contents": "read"}


@pytest.mark.parametrize("name", ["init publish.yml", "publish.yml"])
def test_publishing_runs_one_at_a_time_on_the_newest_commit(name):
    text = WORKFLOW_TEXTS[name]
    assert "cancel-in-progress: false" in text
    assert "exec threadsync" in text
    assert re.search(r"^ +ref: (main|\$\{\{ inputs.ref \}\})", text, re.MULTILINE)


@pytest.mark.parametrize("name", ["init plan.yml", "plan.yml"])
def test_a_plan_in_a_pull_request_has_no_secrets(name):
    assert "{{ secrets" not in WORKFLOW_TEXTS[name]
    assert "pull_request_target" not in WORKFLOW_TEXTS[name]
