"""Everyday English that schemas are written in: short forms, words of one meaning, nationalities.

General knowledge of the language, never of a database: an entry is here because it is true everywhere.
"""

ABBREVIATIONS = {
    "abbrev": "abbreviation", "acc": "account", "acct": "account", "addr": "address", "amt": "amount",
    "avail": "available", "avg": "average", "bal": "balance", "bday": "birth", "bldg": "building",
    "cat": "category", "cd": "code", "cnt": "count", "cntry": "country", "co": "company",
    "comp": "company", "cont": "continent", "cust": "customer", "decl": "declaration",
    "dept": "department", "desc": "description", "dest": "destination", "dist": "district",
    "dob": "birth", "doc": "document", "dt": "date", "edu": "education", "emp": "employee",
    "exp": "expense", "ext": "extension", "fname": "first", "fac": "faculty", "gov": "government",
    "govt": "government", "hosp": "hospital", "hr": "hour", "inv": "invoice", "lang": "language",
    "lat": "latitude", "lname": "last", "loc": "location", "lng": "longitude", "lon": "longitude",
    "max": "maximum", "mgr": "manager", "min": "minimum", "mth": "month", "nbr": "number",
    "num": "number", "no": "number", "org": "organization", "ord": "order", "pct": "percent",
    "perf": "performance", "pmt": "payment", "pop": "population", "pos": "position", "prod": "product",
    "qty": "quantity", "rcpt": "receipt", "rec": "record", "ref": "reference", "reg": "region",
    "sal": "salary", "sched": "schedule", "src": "source", "stat": "status", "stu": "student",
    "subj": "subject", "tel": "telephone", "tot": "total", "trans": "transaction", "txn": "transaction",
    "univ": "university", "veh": "vehicle", "vol": "volume", "wh": "warehouse", "wt": "weight",
    "yr": "year",
}  # fmt: skip
"""A word of a name, and what it is short for."""

RINGS = tuple(
    frozenset(line.split())
    for line in """
    abbreviation acronym
    age old older oldest young younger youngest
    airport airfield
    amount sum total
    author writer
    birth born birthday
    boss manager supervisor
    branch store shop
    car vehicle automobile auto
    city town
    client customer buyer shopper purchaser
    company firm business corporation
    cost price expensive cheap cheapest charge fee
    country nation
    course class lesson
    date when
    death died dead
    dead died
    department division
    destination arrive arriving arrival
    doctor physician
    dog puppy
    employee staff worker personnel
    entry row record
    film movie
    first given
    gender sex male female men women
    height tall taller tallest
    hire hired hiring recruit
    invoice bill billing
    item article product good
    kind type category
    last family surname
    length long longer longest
    live living residence reside address
    location place located where
    maker manufacturer producer
    name named called title
    order purchase bought buy
    pay salary wage earn earning paid
    payment paid pay
    person people who
    phone telephone cell mobile
    photo picture image
    player athlete
    professor teacher instructor faculty
    pupil student
    return refund
    revenue sales turnover
    score point grade mark
    sell sold sale selling
    ship vessel boat
    shipment parcel delivery package
    size large larger largest big bigger biggest small smallest area
    song track
    source depart departing departure leave leaving
    speak spoken language
    spend spent amount total
    spouse husband wife
    start begin began beginning
    end ended finish finished
    stadium arena
    stock inventory
    team club
    temporary acting
    theatre theater
    visit attend attended
    visitor guest
    win winner won
    lose loser lost
    weight weigh heavy heavier heaviest light lighter lightest
    year annual yearly
    """.strip().splitlines()
)
"""Words that a question and a schema use for the same thing."""

NATIONS = """
afghan afghanistan|albanian albania|american america,united states,usa,us|argentine argentina
argentinian argentina|australian australia|austrian austria|belgian belgium|brazilian brazil
british united kingdom,great britain,uk,gb,britain|bulgarian bulgaria|canadian canada|chilean chile
chinese china|colombian colombia|croatian croatia|cuban cuba|czech czechia,czech republic|danish denmark
dutch netherlands,the netherlands,holland|egyptian egypt|english england|estonian estonia
finnish finland|french france|german germany|greek greece|hungarian hungary|icelandic iceland
indian india|indonesian indonesia|iranian iran|iraqi iraq|irish ireland|israeli israel|italian italy
jamaican jamaica|japanese japan|kenyan kenya|korean korea,south korea|latvian latvia
lithuanian lithuania|malaysian malaysia|mexican mexico|moroccan morocco|nigerian nigeria
norwegian norway|pakistani pakistan|peruvian peru|philippine philippines|filipino philippines
polish poland|portuguese portugal|romanian romania|russian russia,russian federation|saudi saudi arabia
scottish scotland|serbian serbia|singaporean singapore|slovak slovakia|slovenian slovenia|spanish spain
swedish sweden|swiss switzerland|thai thailand|turkish turkey,turkiye|ukrainian ukraine
vietnamese vietnam|welsh wales|african africa|asian asia|european europe|antarctic antarctica
"""
DEMONYMS = {
    words[0]: tuple(words[1].split(","))
    for entry in NATIONS.replace("\n", "|").split("|")
    if len(words := entry.split(" ", 1)) > 1
}
"""`french` -> france. Nobody stores the adjective of a country as often as its name."""
COUNTRIES = (
    ("united states", "united states of america", "usa", "us", "america"),
    ("united kingdom", "great britain", "uk", "gb", "britain"),
    ("czech republic", "czechia"),
    ("netherlands", "the netherlands", "holland"),
    ("russia", "russian federation"),
    ("south korea", "korea", "republic of korea"),
)
"""Countries of several names."""
