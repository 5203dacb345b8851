"""Thousands of tables that no question is about: plausible, joined by keys, the same every time."""

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from databaseai.catalog.snapshot import Column, ForeignKey, Table

DOMAIN_WORDS = """
crm: customer contact lead opportunity campaign account segment territory quote complaint survey
  subscriber
hr: employee position department payroll leave_request training applicant benefit evaluation shift
  grade contract
finance: ledger journal invoice payment budget cost_center tax_code bank_account currency asset loan
  dividend
logistics: shipment route carrier vehicle driver warehouse pallet dock customs_entry delivery parcel
  container
manufacturing: work_order machine bill_of_material operation plant quality_check defect tool batch
  recipe line stock
retail_ops: store register promotion coupon basket planogram supplier product category brand
  price_list return_slip
education: student course teacher enrollment semester classroom exam degree_program transcript
  scholarship campus tutor
health: patient visit physician diagnosis prescription ward lab_test treatment insurance_plan
  allergy nurse surgery
vet: animal owner breed kennel vaccination grooming veterinarian boarding litter dog_food checkup
  microchip
travel: flight airport airline booking passenger hotel room_rate itinerary seat luggage visa cruise
events: concert stadium ticket performer venue festival sponsor stage orchestra conductor rehearsal
  seat_block
media: tv_channel series cartoon episode song album singer playlist broadcast license studio award
sports: player team match tournament ranking coach season league injury transfer referee poker_table
property: listing agent tenant lease building apartment inspection mortgage viewing feature broker
  parcel_plot
civic: voter election candidate ballot district precinct petition permit citizen office council
  ordinance
geo: country city continent region language border river mountain census climate_zone province
  harbor
museum: exhibit artist artwork curator loan_in gallery restoration donor ticket_sale guided_tour
  archive_box member
military: battle ship crew regiment mission weapon base medal casualty deployment convoy drill
telecom: subscription phone_number cell_tower call_record tariff sim_card roaming_zone outage modem
  ticket_queue plan bundle
energy: meter substation turbine reading tariff_zone grid_line generator fuel_delivery maintenance
  forecast panel battery
insurance: policy claim adjuster premium coverage beneficiary underwriter risk_class accident garage
  payout reinsurer
library: book copy borrower reservation publisher author shelf fine document template paragraph
  catalogue_card
network: high_school_club friend_list likes_feed profile message post group_member device session
  follower block_list invite
auto: car_model maker engine dealership test_drive recall warranty service_job spare_part
  paint_color option_pack odometer
"""
DOMAINS = {
    line.split(":")[0]: line.split(":")[1].split()
    for line in DOMAIN_WORDS.strip().replace("\n  ", " ").splitlines()
}
"""Subject areas, near those of the question sets on purpose, with what they keep track of."""
FACETS = (
    "", "history", "status", "type", "detail", "note", "attachment", "approval", "assignment", "schedule",
    "summary", "audit_log", "address", "document", "rate", "target", "transfer", "import",
)  # fmt: skip
FACET_COLUMNS = {
    "": "name description created_on is_active location",
    "history": "changed_at changed_by old_value new_value reason",
    "status": "status_code valid_from valid_to remark",
    "type": "type_code type_name sort_order",
    "detail": "line_no quantity unit_price amount description",
    "note": "author_name written_at body",
    "attachment": "file_name file_size uploaded_at media_type",
    "approval": "approved_by approved_on decision comments",
    "assignment": "assigned_to assigned_on role_name start_date end_date",
    "schedule": "start_time end_time weekday capacity",
    "summary": "year month total_count total_amount average_amount",
    "audit_log": "event_time event_name user_name ip_address",
    "address": "street city postal_code country phone",
    "document": "document_no title issued_on language pages",
    "rate": "rate_percent effective_date currency minimum maximum",
    "target": "target_year target_value achieved_value region",
    "transfer": "from_location to_location transferred_on quantity",
    "import": "source_system batch_number loaded_at error_count",
}
NUMBERS = [
    "height",
    "weight",
    "age",
    "score",
    "capacity",
    "population",
    "salary",
    "rating",
    "distance",
    "duration",
    "price",
    "votes",
]
DATES = ["birth_date", "opened_on", "closed_on", "registered_on", "last_seen_on", "expires_on"]
TEXTS = [
    "first_name",
    "last_name",
    "email",
    "gender",
    "nationality",
    "color",
    "state",
    "model",
    "level",
    "theme",
    "director",
    "winner",
]
POOLS = {
    "city": "London Paris Berlin Austin Chicago Aberdeen Anthony Madrid Oslo Dublin",
    "country": "France Germany Netherlands Italy Japan Brazil Canada Poland Anguilla Haiti",
    "nationality": "French German Dutch Italian Japanese Brazilian",
    "state": "CA NY TX IL Virginia Kansas Colorado",
    "status_code": "open closed cancelled pending approved",
    "decision": "approved rejected deferred",
    "gender": "F M",
    "weekday": "Monday Tuesday Wednesday Thursday Friday",
    "color": "red blue green black white",
    "language": "English French Spanish German Chinese",
    "currency": "EUR USD GBP CHF",
    "media_type": "pdf image text audio",
    "first_name": "Anna Ben Carlos Dora Emil Fatima George Hanna",
    "last_name": "Smith Jones Miller Garcia Novak Rossi Tanaka Weber",
    "level": "low medium high",
    "region": "North South East West",
    "role_name": "manager assistant engineer clerk teacher",
    "model": "alpha beta volvo fiat delta",
}
"""Values met in the question sets too: a value alone must not decide."""
SHORT = {
    "customer": "cust", "employee": "emp", "department": "dept", "history": "hist", "document": "doc",
    "detail": "dtl", "account": "acct", "address": "addr", "product": "prod", "status": "stat",
}  # fmt: skip
STYLES = ("snake", "plural", "prefixed", "run together", "camel", "short")


@dataclass(frozen=True, slots=True)
class Entity:
    """What one subject area keeps track of."""

    schema: str
    domain: str
    name: str
    style: str

    def table(self, facet: str) -> str:
        """The table's name in the house style of its area."""
        parts = [*self.name.split("_"), *(facet.split("_") if facet else ())]
        if self.style == "plural":
            parts[-1] = plural(parts[-1])
        if self.style == "short":
            parts = [SHORT.get(part, part) for part in parts]
        if self.style == "prefixed":
            return "_".join([self.domain[:3], *parts])
        if self.style == "camel":
            return "".join([parts[0], *(part.capitalize() for part in parts[1:])])
        return ("" if self.style == "run together" else "_").join(parts)


def plural(word: str) -> str:
    """As English has it."""
    if word.endswith("y") and not word.endswith("ay"):
        return word[:-1] + "ies"
    return word + ("es" if word.endswith("s") else "s")


def made_up(count: int, schemas: Sequence[str], taken: set[tuple[str, str]], seed: int = 4) -> list[Table]:
    """So many tables, spread over the schemas, none of them one of those taken."""
    dice = random.Random(seed)  # noqa: S311  # the same tables every time
    found: dict[tuple[str, str], Table] = {}
    for table in endless(schemas, dice):
        if table.qualified not in taken:
            found.setdefault(table.qualified, table)
        if len(found) == count:
            return list(found.values())
    return list(found.values())


def endless(schemas: Sequence[str], dice: random.Random) -> Iterator[Table]:
    """Each entity's own table, then its facets; a second round is of another year."""
    for suffix in ("", "2024", "2023"):
        for place, (domain, names) in enumerate(DOMAINS.items()):
            style, schema = STYLES[place % len(STYLES)], schemas[place % len(schemas)]
            entities = [Entity(schema, domain, name, style) for name in names]
            for facet in FACETS:
                for number, entity in enumerate(entities):
                    ending = "_".join(filter(None, (facet, suffix)))
                    parents = [entity] if ending else dice.sample(entities[:number], min(number, 2))
                    yield table_of(entity, facet, ending, parents, dice)


def table_of(
    entity: Entity, facet: str, ending: str, parents: Sequence[Entity], dice: random.Random
) -> Table:
    """One table, with keys to its parents."""
    names = FACET_COLUMNS[facet].split()
    names += dice.sample(NUMBERS, 2) + dice.sample(DATES, 1) + dice.sample(TEXTS, dice.randint(1, 3))
    columns = [Column("id", "bigint", nullable=False)]
    keys = []
    for parent in parents:
        column = f"{parent.name}_id"
        columns.append(Column(column, "bigint"))
        keys.append(ForeignKey((column,), parent.schema, parent.table(""), ("id",)))
    columns += [column_of(name, dice) for name in dict.fromkeys(names)]
    said = f"{facet.replace('_', ' ') or 'master data'} of each {entity.name.replace('_', ' ')}"
    comment = said if dice.random() < 0.4 else ""  # as in databases at large
    return Table(
        entity.schema,
        entity.table(ending),
        "table",
        tuple(columns),
        comment=comment,
        row_estimate=dice.randint(10, 1_000_000),
        primary_key=("id",),
        foreign_keys=tuple(keys),
    )


def column_of(name: str, dice: random.Random) -> Column:
    """One column with a type that fits its name, and values where people know them."""
    if name in NUMBERS or name.startswith(("total", "average", "quantity", "amount", "year", "line_no")):
        return Column(name, "numeric")
    if name in DATES or name.endswith(("_on", "_at", "_date", "_time")):
        return Column(name, "date")
    pool = POOLS.get(name, "").split()
    values = tuple(dice.sample(pool, min(len(pool), dice.randint(2, 8)))) if pool else ()
    values = values or tuple(f"{name} {n}" for n in range(dice.randint(0, 6)))
    return Column(name, "text", samples=values[:4], values=values, values_complete=bool(pool))
