"""A policy file says what is open; a catalog under it holds nothing else."""

import dataclasses
from typing import Any

import pytest

from databaseai.catalog.policy import policy, read_policy
from databaseai.catalog.snapshot import Catalog
from databaseai.embedded.postgres import EmbeddedPostgres
from databaseai.errors import PolicyInvalid
from tests.clinic import CANARIES, POLICY, build, look


@pytest.fixture(scope="module")
async def clinic(postgres: EmbeddedPostgres) -> str:
    """The reader's URL."""
    return (await build(postgres, "clinic_catalog"))[1]


@pytest.fixture(scope="module")
async def catalog(clinic: str) -> Catalog:
    return await look(clinic, POLICY)


@pytest.mark.parametrize(
    ("file", "said"),
    [
        ("[table]\n", "table is no part"),
        ("[tables]\nforbid = []\n", "tables.forbid is no part"),
        ("[tables]\nallow = 'public.*'\n", "allow holds a list"),
        ("[tables]\ndeny = ['public']\n", "'public' is not of the form schema.table"),
        ("[tables]\ndeny = ['public.a.b']\n", "not of the form schema.table"),
        ("[columns]\ndeny = ['public.a']\n", "not of the form schema.table.column"),
        ("[columns]\ndeny = ['public.a..b']\n", "not of the form"),
        ("[columns]\ndeny = [1]\n", "not of the form"),
        ("[masks]\n'public.a.b' = 'rot13'\n", "'rot13' is not a mask"),
        ("[masks]\n'public.a.b' = 'band:0'\n", "'band:0' is not a mask"),
        ("[masks]\npublic.a.b = 'hash'\n", "not of the form"),
        ("masks = 3\n", "masks is no part"),
        ("[tables\n", "is no TOML"),
    ],
)
def test_a_file_that_says_what_a_policy_cannot_say_is_refused(tmp_path: Any, file: str, said: str) -> None:
    path = tmp_path / "policy.toml"
    path.write_text(file)
    with pytest.raises(PolicyInvalid, match="DBAI017") as refused:
        read_policy(path)
    assert said in refused.value.detail


def test_a_file_that_is_not_there_is_no_empty_policy(tmp_path: Any) -> None:
    with pytest.raises(PolicyInvalid):
        read_policy(tmp_path / "policy.toml")
    assert read_policy(None) is None


@pytest.mark.parametrize(
    ("rules", "said", "hint"),
    [
        ({"columns": {"deny": ["public.patient.emial"]}}, "matches nothing", "public.patient.email?"),
        ({"columns": {"deny": ["public.patients.*"]}}, "matches nothing", "public.patient."),
        ({"tables": {"deny": ["public.vaults"]}}, "matches nothing", "public.vault?"),
        ({"tables": {"allow": ["sales.*"]}}, "matches nothing", ""),
        ({"masks": {"*.*.e-mail": "hash"}}, "matches nothing", ""),
        ({"masks": {"public.patient.name": "year"}}, "does not fit", "null and hash"),
        ({"masks": {"public.patient.tags": "last4"}}, "does not fit", ""),
        ({"masks": {"public.patient.e*": "hash", "public.patient.*l": "null"}}, "masked twice", ""),
        ({"tables": {"deny": ["public.lab_2024"]}}, "holds its rows", "both"),
        ({"columns": {"allow": ["public.*.email"]}}, "by their whole names", ""),
        ({"columns": {"allow": ["public.visit.emial"]}}, "matches nothing", "public.visit.email?"),
        (
            {"columns": {"allow": ["public.visit.ssn"], "deny": ["public.visit.ssn"]}},
            "both allowed and closed",
            "",
        ),
    ],
)
async def test_a_policy_that_does_not_fit_the_data_source_is_refused(
    clinic: str, rules: dict[str, Any], said: str, hint: str
) -> None:
    with pytest.raises(PolicyInvalid) as refused:
        await look(clinic, rules)
    assert said in refused.value.detail
    assert hint in refused.value.hint


async def test_a_name_beats_a_wildcard_and_a_denial_beats_a_mask(clinic: str) -> None:
    rules = {
        "columns": {"deny": ["public.patient.phone"]},
        "masks": {"public.*.email": "null", "public.patient.email": "hash", "public.patient.p*": "null"},
    }
    patient = (await look(clinic, rules)).table["public", "patient"]
    assert patient.column["email"].mask == "hash"
    assert "phone" not in patient.column


async def test_a_column_allowed_by_name_is_open_whatever_a_wildcard_says(clinic: str) -> None:
    rules = {
        "columns": {"deny": ["*.*.email"], "allow": ["public.visit.email"]},
        "masks": {"*.visit.*": "null"},
    }
    catalog = await look(clinic, rules)
    assert catalog.table["public", "visit"].column["email"].mask == ""
    assert catalog.table["public", "visit"].column["cost"].mask == "null"
    assert "email" not in catalog.table["public", "patient"].column


async def test_an_exception_holds_against_a_parents_rule(clinic: str) -> None:
    rules = {"columns": {"deny": ["*.person.alias"], "allow": ["public.doctor.alias"]}}
    catalog = await look(clinic, rules)
    assert "alias" in catalog.table["public", "doctor"].column
    assert "alias" not in catalog.table["public", "person"].column


async def test_a_generated_column_is_closed_with_what_it_is_made_of(clinic: str) -> None:
    """Unless a mask of its own, or its name, says what to do with it."""
    for rules, found in (
        ({"masks": {"public.bill.total": "null"}}, None),
        ({"columns": {"deny": ["public.bill.total"]}}, None),
        ({"masks": {"public.bill.total": "null", "public.bill.rounded": "band:1000"}}, "band:1000"),
        ({"masks": {"public.bill.total": "null"}, "columns": {"allow": ["public.bill.rounded"]}}, ""),
        ({"masks": {"public.bill.id": "null"}}, ""),
    ):
        column = (await look(clinic, rules)).table["public", "bill"].column.get("rounded")
        assert (column and column.mask) == found


async def test_what_closes_ignores_case_and_what_opens_does_not(clinic: str) -> None:
    catalog = await look(clinic, {"columns": {"deny": ["PUBLIC.Patient.EMAIL"]}})
    assert "email" not in catalog.table["public", "patient"].column
    catalog = await look(clinic, {"columns": {"deny": ['"Odd.Schema".odd*.sec?ret']}})
    assert "Sec.ret" not in catalog.table["Odd.Schema", 'Odd "Table" 1'].column
    with pytest.raises(PolicyInvalid):
        await look(clinic, {"tables": {"allow": ["Public.patient"]}})


def test_what_is_denied_is_not_in_the_catalog(catalog: Catalog) -> None:
    assert ("public", "vault") not in catalog.table
    assert ("public", "vault_size") not in catalog.table, "a view of what is denied"
    assert not {"ssn", "notes"} & catalog.table["public", "patient"].column.keys()
    assert "result" not in catalog.table["public", "lab"].column
    assert list(catalog.table["Odd.Schema", 'Odd "Table" 1'].column) == ['the "key" x', "select"]


def test_views_of_what_is_masked_are_closed_unless_somebody_looked(catalog: Catalog) -> None:
    closed = {name: why for _, name, why in catalog.closed}
    assert {"patient_card", "patient_cards", "patient_json", "patient_copy", "vault_size"} <= closed.keys()
    assert "public.patient.email" in closed["patient_card"]
    assert ("public", "patient_count") in catalog.table
    assert catalog.table["public", "looked_at"].column["contact"].mask == "domain"


def test_children_and_parents_share_their_rules(catalog: Catalog) -> None:
    assert catalog.table["public", "doctor"].column["alias"].mask == "null"
    assert "alias" in catalog.table["public", "doctor"].reads


async def test_a_rule_for_a_child_holds_for_its_parent_and_not_for_its_sibling(clinic: str) -> None:
    catalog = await look(clinic, {"masks": {"public.doctor.alias": "hash"}})
    assert catalog.table["public", "person"].column["alias"].mask == "hash"


def test_no_value_of_a_closed_column_is_kept(catalog: Catalog) -> None:
    for table in catalog.tables:
        text = repr([(c.samples, c.values, c.labels) for c in table.columns])
        assert not [canary for canary in CANARIES if canary in text], table.name
    assert catalog.table["public", "patient"].column["city"].values, "other columns keep theirs"


async def test_without_a_policy_there_are_such_values(clinic: str) -> None:
    """The test above can fail."""
    catalog = await look(clinic, None)
    assert "canary" in repr(catalog.tables)


def test_keys_of_hashed_columns_stay_and_of_other_masks_go(catalog: Catalog) -> None:
    visit, patient = catalog.table["public", "visit"], catalog.table["public", "patient"]
    assert {key.columns for key in visit.foreign_keys} == {("patient_id",), ("email",)}
    assert patient.unique == (("email",),)
    assert patient.primary_key == ("id",)


@pytest.mark.parametrize(
    "masks",
    [
        {"public.patient.email": "hash"},
        {"public.visit.email": "hash"},
        {"public.*.email": "domain"},
        {"public.*.email": "last4"},
        {"public.*.email": "null"},
    ],
)
async def test_a_key_that_is_none_behind_its_masks_goes(clinic: str, masks: dict[str, str]) -> None:
    catalog = await look(clinic, {"masks": masks})
    assert {key.columns for key in catalog.table["public", "visit"].foreign_keys} == {("patient_id",)}


def test_a_masked_column_says_so(catalog: Catalog) -> None:
    email = catalog.table["public", "patient"].column["email"]
    assert (email.type, email.mask, email.comment) == ("text", "hash", "how to reach them (masked: hash)")
    assert catalog.table["public", "patient"].column["born"].type == "date"
    assert dataclasses.asdict(catalog)["tables"]


async def test_the_fingerprint_changes_with_the_policy(clinic: str) -> None:
    prints = {
        (await look(clinic, rules)).fingerprint
        for rules in (
            None,
            {"masks": {"public.patient.feels": "null"}},
            {"masks": {"public.patient.email": "last4"}},
        )
    }
    assert len(prints) == 3


def test_a_policy_of_nothing_opens_everything() -> None:
    assert policy({}).allow[0].matches("public", "patient")
