"""What the retailer sells: the category tree, its leaves, product names and campaigns."""

from typing import NamedTuple, TypeAlias

Tree: TypeAlias = dict[str, "Tree"]


class Leaf(NamedTuple):
    """A category that products hang on, and what such products are like."""

    category: str
    nouns: tuple[str, ...]
    cents: int
    """Middle price."""
    grams: int | None
    """Middle weight; None: nothing to ship."""
    colours: tuple[str, ...] = ()
    materials: tuple[str, ...] = ()
    litres: tuple[int, int] | None = None
    outdoors: bool = False
    returned: int = 6
    """Percent of sold lines that come back."""


TREE: Tree = {
    "Outdoor": {
        "Camping": {
            "Tents": {"Family Tents": {}, "Trekking Tents": {}},
            "Sleeping Bags": {},
            "Stoves": {},
            "Lanterns": {},
        },
        "Hiking": {"Backpacks": {}, "Boots": {}, "Trekking Poles": {}, "Rain Jackets": {}},
        "Cycling": {"Helmets": {}, "Panniers": {}, "Bike Lights": {}},
    },
    "Home": {
        "Kitchen": {"Cookware": {"Pans": {}, "Pots": {}}, "Knives": {}, "Coffee": {}, "Tableware": {}},
        "Bedroom": {"Bed Linen": {}, "Blankets": {}, "Pillows": {}},
        "Lighting": {"Table Lamps": {}, "Floor Lamps": {}},
        "Storage": {"Baskets": {}, "Shelves": {}},
    },
    "Garden": {
        "Garden Tools": {},
        "Planters": {},
        "Garden Furniture": {"Chairs": {}, "Tables": {}},
        "Grills": {},
    },
    "Kids": {"Wooden Toys": {}, "Kids Bikes": {}, "Kids Backpacks": {}},
    "Gift Cards": {},
}  # fmt: skip

EARTH = ("moss", "sand", "slate", "rust", "navy")
BRIGHT = ("red", "yellow", "blue", "green", "white")
CALM = ("white", "grey", "cream", "sage", "black")
FABRIC = ("nylon", "polyester", "recycled polyester")
CLOTH = ("linen", "cotton", "wool", "organic cotton")
WOOD = ("oak", "beech", "bamboo", "ash")
METAL = ("steel", "aluminium", "cast iron", "titanium")
LEAVES = (
    Leaf(
        "Family Tents", ("4-Person Tent", "6-Person Tent", "Tunnel Tent"),
        32900, 9500, EARTH, FABRIC, None, True, 9,
    ),
    Leaf(
        "Trekking Tents", ("1-Person Tent", "2-Person Tent", "Tarp"),
        24900, 2100, EARTH, FABRIC, None, True, 8,
    ),
    Leaf(
        "Sleeping Bags", ("Down Sleeping Bag", "Summer Sleeping Bag", "Quilt"),
        14900, 1200, EARTH, FABRIC, None, True,
    ),
    Leaf("Stoves", ("Gas Stove", "Wood Stove", "Alcohol Stove"), 5900, 480, (), METAL, None, True, 4),
    Leaf("Lanterns", ("Lantern", "Headlamp", "Solar Lantern"), 3900, 260, BRIGHT, METAL, None, True, 5),
    Leaf(
        "Backpacks", ("Daypack", "Trekking Backpack", "Rolltop Backpack"),
        11900, 1100, EARTH, FABRIC, (12, 70), True, 8,
    ),
    Leaf(
        "Boots", ("Hiking Boots", "Trail Shoes", "Winter Boots"),
        15900, 1300, EARTH, ("leather", "nylon"), None, True, 19,
    ),
    Leaf("Trekking Poles", ("Folding Poles", "Trekking Poles"), 6900, 520, (), METAL, None, True, 4),
    Leaf(
        "Rain Jackets", ("Rain Jacket", "Shell Jacket", "Poncho"),
        12900, 420, BRIGHT, FABRIC, None, True, 17,
    ),
    Leaf("Helmets", ("City Helmet", "Trail Helmet", "Kids Helmet"), 6900, 320, BRIGHT, (), None, True, 11),
    Leaf("Panniers", ("Pannier", "Handlebar Bag", "Saddle Bag"), 7900, 900, EARTH, FABRIC, (3, 25), True),
    Leaf("Bike Lights", ("Front Light", "Rear Light", "Light Set"), 3400, 140, (), METAL, None, True, 5),
    Leaf("Pans", ("Frying Pan", "Crêpe Pan", "Grill Pan"), 5900, 1700, (), METAL, None, False, 4),
    Leaf("Pots", ("Stock Pot", "Saucepan", "Dutch Oven"), 7900, 3100, BRIGHT, METAL, (1, 9), False, 4),
    Leaf(
        "Knives", ("Chef's Knife", "Bread Knife", "Paring Knife"),
        6900, 210, (), ("steel", "damascus steel"), None, False, 3,
    ),
    Leaf(
        "Coffee", ("Coffee Grinder", "French Press", "Espresso Pot"),
        5400, 900, CALM, METAL, None, False, 6,
    ),
    Leaf(
        "Tableware", ("Dinner Plate Set", "Mug Set", "Carafe"),
        4400, 2300, CALM, ("stoneware", "glass", "porcelain"), None, False, 7,
    ),
    Leaf(
        "Bed Linen", ("Duvet Cover", "Fitted Sheet", "Pillowcase Set"),
        6900, 1200, CALM, CLOTH, None, False, 9,
    ),
    Leaf("Blankets", ("Throw", "Picnic Blanket", "Wool Blanket"), 5900, 1100, CALM, CLOTH, None, False, 7),
    Leaf("Pillows", ("Pillow", "Neck Pillow", "Cushion"), 3400, 700, CALM, CLOTH, None, False, 10),
    Leaf(
        "Table Lamps", ("Table Lamp", "Reading Lamp"),
        7400, 1500, CALM, ("brass", "steel", "ceramic"), None, False, 6,
    ),
    Leaf("Floor Lamps", ("Floor Lamp", "Arc Lamp"), 15900, 6200, CALM, ("brass", "steel"), None, False, 8),
    Leaf(
        "Baskets", ("Basket", "Laundry Basket", "Log Basket"),
        3900, 900, CALM, ("willow", "seagrass", "felt"), (5, 60),
    ),
    Leaf("Shelves", ("Wall Shelf", "Bookcase", "Shoe Rack"), 9900, 8200, (), WOOD, None, False, 7),
    Leaf("Garden Tools", ("Spade", "Secateurs", "Hand Trowel", "Rake"), 2900, 1100, (), METAL, None, True, 3),
    Leaf(
        "Planters", ("Planter", "Hanging Pot", "Raised Bed"),
        3900, 4200, CALM, ("terracotta", "zinc", "oak"), (2, 120), True, 6,
    ),
    Leaf("Chairs", ("Deck Chair", "Folding Chair", "Garden Bench"), 12900, 7400, CALM, WOOD, None, True, 8),
    Leaf("Tables", ("Garden Table", "Bistro Table"), 21900, 16500, CALM, WOOD, None, True, 7),
    Leaf("Grills", ("Kettle Grill", "Fire Bowl", "Table Grill"), 16900, 9800, (), METAL, None, True, 6),
    Leaf(
        "Wooden Toys", ("Building Blocks", "Train Set", "Puzzle", "Balance Board"),
        3400, 900, BRIGHT, WOOD, None, False, 4,
    ),
    Leaf("Kids Bikes", ("Balance Bike", 'Kids Bike 16"'), 17900, 6100, BRIGHT, METAL, None, True, 8),
    Leaf(
        "Kids Backpacks", ("School Backpack", "Kindergarten Backpack"),
        5900, 700, BRIGHT, FABRIC, (6, 20), True, 9,
    ),
    Leaf("Gift Cards", ("Gift Card", "Digital Gift Card"), 5000, None, (), (), None, False, 0),
)  # fmt: skip

SERIES = """
    Fjord Tarn Kestrel Alder Nordlicht Brisa Lumen Solstice Harbour Bramble Cairn Dune Ember Fell Glade
    Hollow Isla Juniper Kiln Loam Mesa Nimbus Orla Pilgrim Quarry Ridge Sorrel Thicket Umbra Veld Wharf
    Yarrow Zephyr Åre Élan Höhe
"""

ALL = ("web", "app", "store", "phone")
CAMPAIGNS: tuple[tuple[str, str, str, int, int, str | None, tuple[str, ...]], ...] = (
    ("Winter Clearance", "WINTER", "01-06", 24, 20, None, ALL),
    ("Sleep Well", "SLEEP", "02-10", 14, 15, "Bedroom", ALL),
    ("Spring Trails", "TRAIL", "03-18", 21, 10, "Hiking", ALL),
    ("Garden Start", "GARDEN", "04-08", 24, 12, "Garden", ALL),
    ("App Week", "APP", "05-14", 7, 10, None, ("app",)),
    ("Camping Season", "CAMP", "06-09", 28, 15, "Camping", ("web", "app", "store")),
    ("Summer Sale", "SUMMER", "07-14", 24, 20, None, ALL),
    ("Back to School", "SCHOOL", "08-18", 21, 15, "Kids", ALL),
    ("Ride On", "RIDE", "09-10", 14, 10, "Cycling", ("web", "app")),
    ("Black Week", "BLACK", "11-20", 9, 25, None, ("web", "app")),
    ("Advent", "ADVENT", "12-01", 18, 10, "Home", ALL),
)
"""Name, code, earliest start (month and day), days, percent off, category, channels."""
