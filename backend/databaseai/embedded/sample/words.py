"""Names of people and companies, by language."""

GIVEN = {
    "de": """
        Anna Lena Katharina Jürgen Klaus Björn Sabine Petra Jonas Lukas Felix Mia Greta Thomas Uwe Heike
        Jörg Käthe Matthias Sebastian Hannah Moritz Emil Frieda
    """,
    "en": """
        Oliver Emma Jack Olivia Harry Amelia George Isla Noah Ava Liam Sophie Connor Niamh Aoife Sean
        Grace Ruby Ethan Chloe Megan Owen Zoë Declan
    """,
    "es": """
        Lucía Martín María José Sofía Hugo Carmen Álvaro Paula Javier Elena Íñigo Marta Diego Inés
        Andrés
    """,
    "fr": """
        Camille Léa Chloé Manon Hugo Jules Théo Inès Zoé François Hélène Benoît Élodie Gaëlle Mathis
        Noémie Raphaël Céline Loïc Maëlle
    """,
    "it": """
        Giulia Francesco Sofia Alessandro Martina Lorenzo Chiara Matteo Niccolò Elena Davide Beatrice
    """,
    "nl": """
        Daan Emma Sem Julia Lucas Tess Levi Sanne Bram Fleur Thijs Anouk Joost Mieke Pieter Lieke
    """,
    "pl": """
        Zofia Jakub Hanna Antoni Julia Łukasz Małgorzata Paweł Agnieszka Stanisław Wojciech Kasia
        Grażyna Michał
    """,
    "sv": """
        Astrid Lars Elsa Erik Maja Nils Saga Oskar Alva Björn Åsa Sven Ingrid Göran Linnéa Håkan
    """,
}
"""Language to given names."""

FAMILY = {
    "de": """
        Müller Schmidt Schneider Fischer Weber Wagner Becker Schulz Hoffmann Koch Bauer Richter Klein
        Wolf Schröder Neumann Schwarz Krüger Hofmann Lange Krause Lehmann Köhler Böhm
    """,
    "en": """
        Smith Jones Taylor Brown Williams Wilson Johnson Davies Patel Wright Walker O'Connor O'Brien
        Murphy Kelly Byrne Hughes Clarke D'Arcy Ahmed Singh Campbell Stewart Fraser
    """,
    "es": """
        García Fernández González Rodríguez López Martínez Sánchez Pérez Gómez Núñez Muñoz Ibáñez Ortega
        Castaño Vidal Serrano
    """,
    "fr": """
        Martin Bernard Dubois Thomas Robert Richard Petit Durand Leroy Moreau Lefèvre Girard Mercier
        D'Aubigné Faure Gauthier Bélanger Chevalier Françoise Noël
    """,
    "it": """
        Rossi Russo Ferrari Esposito Bianchi Romano Colombo D'Angelo Ricci Marino Greco Dell'Orto
    """,
    "nl": """
        de_Jong Jansen de_Vries van_den_Berg Bakker van_Dijk Visser Smit Meijer de_Boer Mulder Peters
        Hendriks van_'t_Hof Dekker Brouwer
    """,
    "pl": """
        Nowak Kowalski Wiśniewski Wójcik Kowalczyk Kamiński Lewandowski Zieliński Szymański Woźniak
        Dąbrowski Jabłoński Król Łukaszewski
    """,
    "sv": """
        Andersson Johansson Karlsson Nilsson Eriksson Larsson Olsson Persson Svensson Gustafsson
        Lindström Åkesson Öberg Sjögren Lindqvist Nyström
    """,
}
"""Language to family names; `_` stands for a space inside one."""

COMPANY_FIRST = """
    Alder Amber Anchor Birch Bluestone Cedar Clover Copper Coral Delta Eagle Elm Falcon Fern Granite
    Harbour Hazel Heron Juniper Kestrel Larch Lark Linden Maple Meadow Mill North Oak Orchard Osprey
    Pine Poplar River Rowan Sage Slate Spruce Stone Swift Thistle Tide Vale Violet Willow Wren
"""
COMPANY_SECOND = {
    "Hospitality": ("Hotels", "Guesthouses", "Kitchens", "Inns"),
    "Construction": ("Builders", "Timber", "Works", "Joinery"),
    "Education": ("School", "Academy", "Kindergarten", "College"),
    "Events": ("Events", "Festivals", "Weddings", "Stages"),
    "Real estate": ("Estates", "Homes", "Lettings", "Living"),
    "Outdoor guiding": ("Expeditions", "Trails", "Guides", "Adventures"),
    "Offices": ("Consulting", "Studio", "Software", "Partners"),
}
"""Industry to the second word of a company's name."""

COMPANY_FORM = {
    "AT": "GmbH",
    "BE": "SA",
    "DE": "GmbH",
    "ES": "S.L.",
    "FR": "SARL",
    "GB": "Ltd",
    "IE": "Ltd",
    "IT": "S.r.l.",
    "NL": "B.V.",
    "PL": "Sp. z o.o.",
    "SE": "AB",
    "US": "LLC",
    "PT": "Lda",
    "VN": "JSC",
}
