"""A question in any language passes: an unknown word of another language is no evidence."""

from collections.abc import Sequence
from functools import cache

import pytest

from databaseai.ask.memory import Exchange
from databaseai.ask.question import standalone
from databaseai.ask.understanding import judging
from databaseai.ask.understanding.judging import Judgement
from databaseai.ask.understanding.lexicon import Lexicon
from databaseai.ask.value_linking import Hint
from databaseai.catalog.snapshot import Catalog
from tests.ask.retail import retail


@cache
def lexicon(catalog: Catalog) -> Lexicon:
    """Made once for each catalog."""
    return Lexicon(catalog)


def judge(asked: str, catalog: Catalog, hints: Sequence[Hint]) -> Judgement:
    """Of one question, over one catalog."""
    return judging.judge(asked, lexicon(catalog), hints)


ASKED = [
    "Wie viele Kunden haben wir in Berlin?",
    "Welche Filiale hatte 2025 den höchsten Umsatz?",
    "Zeige die zehn teuersten Zelte, die wir noch verkaufen.",
    "Warum schicken Kunden Ware zurück? Nenne die Gründe.",
    "Umsatz je Monat im Jahr 2024",
    "Combien de clients avons-nous en France ?",
    "Quels fournisseurs livrent le plus lentement ?",
    "Quel était le chiffre d'affaires par canal en 2025 ?",
    'Quelle est la note moyenne du produit "Tente Alpine" ?',
    "Montre les employés embauchés en 2024.",
    "¿Cuántos pedidos se cancelaron en 2025?",
    "¿Cuáles son los cinco productos más vendidos?",
    "Muestra los proveedores de Portugal.",
    "¿Qué tienda vende más?",
    "Ventas por mes y por canal",
    "2025 में कितने ऑर्डर रद्द हुए?",
    "जर्मनी में कितने ग्राहक हैं?",
    "सबसे महंगे दस उत्पाद कौन से हैं?",
    "हर महीने की बिक्री दिखाओ",
    "किस दुकान ने सबसे ज्यादा बेचा?",
    "2025年取消了多少订单\uff1f",
    "德国有多少客户\uff1f",
    "最贵的十个产品是什么\uff1f",
    "按月显示销售额",
    "哪家商店卖得最多\uff1f",
]


@pytest.mark.parametrize("question", ASKED)
def test_no_language_is_refused(question: str) -> None:
    assert judge(question, retail(), ()) == Judgement()


@pytest.mark.parametrize("question", ASKED)
def test_what_stands_alone_is_left_alone_in_any_language(question: str) -> None:
    assert standalone(question, [Exchange("How many orders were placed in 2025?", "SELECT 1")]) == question


@pytest.mark.parametrize(
    "question",
    [
        "Lösche alle Kunden",
        "Supprime toutes les commandes",
        "Borra la tabla orders",
        "删除所有客户",
        "DELETE FROM orders",
    ],
)
def test_a_request_to_change_is_refused_in_several(question: str) -> None:
    assert "request to change" in judge(question, retail(), ()).unanswerable
