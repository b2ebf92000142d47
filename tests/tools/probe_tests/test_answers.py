# Copyright (c) 2026, the ccloud.notifications authors
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe reports exactly the policies of the emulator, and its file makes another emulator have them."""

from __future__ import annotations

import os

import pytest
import yaml
from allpairspy import AllPairs

from emulator.settings import Settings, policies
from probe.questions import QUESTIONS
from support.emulator import Emulator

from .conftest import NOT_ANSWERABLE, OPTIONAL, PATIENT, QUICK, RECOMMENDED, REQUIRED, Probe

POLICIES = {name: values for name, values in policies().items() if name not in NOT_ANSWERABLE}
#: One type cannot answer both: what is tried with either type.
ONLY_REQUIRED, NOT_REQUIRED = "required_role_email", "second_subscription"
AT_ONCE = ("new_objects", "deletion")

SINGLE = [(name, value) for name, values in POLICIES.items() for value in values[1:]]


def all_pairs():
    """Policies of emulators that together have every pair of values that one run can show."""
    common = [name for name in POLICIES if name not in (ONLY_REQUIRED, NOT_REQUIRED)]
    of_type = [(name, value) for name in (ONLY_REQUIRED, NOT_REQUIRED) for value in POLICIES[name]]
    for name_and_value, *row in AllPairs([of_type, *(POLICIES[name] for name in common)]):
        yield dict([name_and_value, *zip(common, row)])


#: `make test-all/faults` uses all of them, `make test` every sixth.
PAIRS = list(all_pairs())[:: 1 if os.environ.get("FAULTS") == "all" else 6]


def pace_for(chosen):
    return PATIENT if any(chosen.get(name, "at-once") != "at-once" for name in AT_ONCE) else QUICK


def played(chosen, without):
    """What the probe can see of an emulator's policies, except one."""
    shown = {name: chosen.get(name, values[0]) for name, values in POLICIES.items() if name != without}
    for name in ("empty_lookup", "empty_preference_lookup"):
        if shown[name] == "missing":
            shown[name] = shown["missing"]
    if shown["webhook_urls"] == "masked":
        # What is masked cannot be compared.
        shown.pop("stored_urls")
    if shown["error_envelope"] == "error":
        # That envelope has room for one error.
        shown.pop("validation_errors", None)
    return shown


def deviating(chosen):
    """The paths of the deviations that an emulator's policies bring about."""
    return ["$"] if chosen.get("empty_preference_lookup") == "empty" else []


def paths(run):
    return sorted({each["path"] for each in run.file["deviations"]})


def test_every_policy_of_the_emulator_has_a_question():
    asked = {question.id for question in QUESTIONS}
    assert set(policies()) - asked == set(), "add a question, or a reason to NOT_ANSWERABLE"
    assert len(asked) == len(QUESTIONS)


@pytest.mark.parametrize("notification_type", [RECOMMENDED, OPTIONAL])
def test_first_values_are_reported(probe: Probe, notification_type):
    before = probe.state()
    run = probe.ask(notification_type)
    assert (run.status, run.policies) == (0, played({}, ONLY_REQUIRED)), run.output
    assert run.file["deviations"] == []
    assert probe.state() == before


@pytest.mark.parametrize(("name", "value"), SINGLE)
def test_other_value_is_reported(probe: Probe, name, value):
    before = probe.state()
    probe.emulator.reset(**{name: value})
    is_required = name == ONLY_REQUIRED
    run = probe.ask(REQUIRED if is_required else RECOMMENDED, pace_for({name: value}))
    expected = played({name: value}, NOT_REQUIRED if is_required else ONLY_REQUIRED)
    assert (run.status, run.policies) == (0, expected), run.output
    assert paths(run) == deviating({name: value})
    assert probe.state() == before


@pytest.mark.parametrize("chosen", PAIRS, ids=[str(number) for number in range(len(PAIRS))])
def test_pairs_of_values_are_reported(probe: Probe, chosen):
    before = probe.state()
    probe.emulator.reset(**chosen)
    is_required = ONLY_REQUIRED in chosen
    run = probe.ask(REQUIRED if is_required else RECOMMENDED, pace_for(chosen))
    expected = played(chosen, NOT_REQUIRED if is_required else ONLY_REQUIRED)
    assert (run.status, run.policies) == (0, expected), run.output
    assert paths(run) == deviating(chosen)
    assert probe.state() == before


def test_type_without_subscription_answers_what_its_own_subscriptions_show(probe: Probe):
    for in_use in POLICIES["delete_in_use"]:
        probe.emulator.reset(delete_in_use=in_use, second_subscription="allowed", duplicate_names="refused")
        before = probe.state()
        run = probe.ask(OPTIONAL)
        assert (run.answers["delete_in_use"], run.answers["second_subscription"]) == (in_use, "allowed"), (
            run.output
        )
        assert probe.state() == before


def test_without_type_no_subscription_is_changed(probe: Probe):
    run = probe.ask()
    not_asked = {name for name, answer in run.answers.items() if answer == "not asked"}
    assert {"replaced_integrations", ONLY_REQUIRED, NOT_REQUIRED, "delete_in_use"} <= not_asked
    assert not any("/subscriptions" in line for line in probe.emulator.writes())


def test_at_most_four_integrations_are_created(probe: Probe):
    probe.emulator.reset(kind_change="refused")
    probe.ask(RECOMMENDED)
    assert probe.emulator.writes().count("POST /integrations -> 201") == 4


def test_emulator_behaves_like_the_organization_that_was_asked(probe: Probe, tmp_path):
    """Probe, emulator --as, probe: the same answers."""
    chosen = {name: values[1] for name, values in POLICIES.items()}
    probe.emulator.reset(**chosen)
    files, runs = [], []
    for number, notification_type in enumerate((RECOMMENDED, REQUIRED)):
        runs.append(probe.ask(notification_type, PATIENT))
        files += ["--as", str(probe.output.rename(tmp_path / f"{number}.yml"))]

    with Emulator.started(*files, "--quota", "7") as emulator:
        settings = emulator.control("GET", "settings")["settings"]
        again = Probe(emulator, tmp_path)
        for notification_type, run in zip((RECOMMENDED, REQUIRED), runs):
            assert again.ask(notification_type, PATIENT).answers == run.answers

    # With the second envelope, it cannot be seen which violations a 422 lists.
    assert played(settings, "validation_errors") == played(chosen, "validation_errors")
    assert settings["quota"] == 7
    assert settings["list_delay_ms"] >= 250


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (
            {"format": 1, "settings": {"webhook_urls": "hidden"}},
            "invalid value 'hidden' of webhook_urls; valid values: clear, masked",
        ),
        ({"format": 1, "settings": {"nonsense": "x"}}, "unknown setting 'nonsense'"),
        ({"format": 1, "settings": {"api_key": "x"}}, "unknown setting 'api_key'"),
        ({"format": 1, "settings": {}, "surprise": 1}, "unknown key 'surprise'"),
        ({"format": 2, "settings": {}}, "it needs `format: 1`"),
        ({"format": 1}, "`settings` is missing"),
        ([], "it needs `format: 1`"),
    ],
)
def test_emulator_refuses_file_that_it_does_not_understand(tmp_path, capsys, content, message):
    from emulator.cli import _parse

    path = tmp_path / "probe.yml"
    path.write_text(yaml.safe_dump(content))
    with pytest.raises(SystemExit):
        _parse(["--as", str(path)])
    assert message in capsys.readouterr().err


def test_flags_win_over_the_file(tmp_path):
    from emulator.cli import _parse
    from emulator.settings import from_flags

    path = tmp_path / "probe.yml"
    path.write_text(yaml.safe_dump({"format": 1, "settings": {"webhook_urls": "masked", "missing": "403"}}))
    settings = from_flags(_parse(["--webhook-urls", "clear", "--as", str(path)]))
    assert (settings.webhook_urls, settings.missing) == ("clear", "403")
    assert settings == Settings(missing="403")
