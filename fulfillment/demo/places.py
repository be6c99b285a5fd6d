"""Real cities with their postal codes, and telephone numbers that nobody answers.

Numbers come from ranges reserved for fiction where a country has them. A `#` in a number becomes
a digit, `{}` in a street a house number.
"""

from __future__ import annotations

from typing import NamedTuple


class City(NamedTuple):
    name: str
    state: str
    postal_code: str
    phone: str


class Country(NamedTuple):
    locale: str
    streets: tuple[str, ...]
    resellers: tuple[str, ...]
    trades: tuple[str, ...]
    cities: tuple[City, ...]


#: ISO code -> what resellers and other companies there look like; `{0}` is a family name, `{1}` a
#: city.
COUNTRIES: dict[str, Country] = {
    "DE": Country(
        "de_DE",
        (
            "Hauptstraße {}",
            "Bahnhofstraße {}",
            "Gartenweg {}",
            "Am Güterbahnhof {}",
            "Schützenstraße {}",
            "Lindenallee {}",
            "Straße der Einheit {}",
        ),
        (
            "{0} Systemhaus GmbH",
            "IT-Service {0} KG",
            "{0} & Partner Datentechnik GmbH",
            "Netzwerkhaus {1} GmbH",
        ),
        (
            "{0} & Söhne Maschinenbau GmbH & Co. KG",
            "Steuerberatung {0} PartG mbB",
            "Autohaus {0} e.K.",
            "Stadtwerke {1} AöR",
            "{0} Logistik SE",
            "Gesellschaft für Verfahrenstechnik und industrielle Anlagenplanung {0} mbH & Co. KGaA",
        ),
        (
            City("Hamburg", "Hamburg", "20095", "+4940 66969###"),
            City("Berlin", "Berlin", "10117", "+4930 23125###"),
            City("Köln", "Nordrhein-Westfalen", "50667", "+49221 4710###"),
            City("Frankfurt am Main", "Hessen", "60311", "+4969 90009###"),
            City("München", "Bayern", "80331", "+4989 99998###"),
            City("Kiel", "Schleswig-Holstein", "24103", "+49431 55501##"),
            City("Nürnberg", "Bayern", "90402", "+49911 55501##"),
            City("Görlitz", "Sachsen", "02826", "+493581 5550##"),
        ),
    ),
    "FR": Country(
        "fr_FR",
        (
            "{} rue de la République",
            "{} avenue Jean Jaurès",
            "{} place de l'Église",
            "{} bis, rue du Général-Leclerc",
            "{} chemin des Écoliers",
        ),
        ("{0} Informatique SARL", "{0} Réseaux et Télécoms SAS", "Infogérance {0} & Associés"),
        (
            "Société {0} et Fils",
            "Cabinet {0} & Associés",
            "Boulangerie {0}",
            "Groupe {0} SAS",
            "Établissements {0}",
        ),
        (
            City("Paris", "Île-de-France", "75011", "+33 1 99 00 ## ##"),
            City("Nantes", "Pays de la Loire", "44000", "+33 2 61 91 ## ##"),
            City("Strasbourg", "Grand Est", "67000", "+33 3 53 01 ## ##"),
            City("Lyon", "Auvergne-Rhône-Alpes", "69003", "+33 4 65 71 ## ##"),
            City("Bordeaux", "Nouvelle-Aquitaine", "33000", "+33 5 36 49 ## ##"),
            City("Besançon", "Bourgogne-Franche-Comté", "25000", "+33 3 53 01 ## ##"),
        ),
    ),
    "GB": Country(
        "en_GB",
        ("{} High Street", "{} Station Road", "Unit {}, Victoria Works", "{} Church Lane"),
        ("{0} Computing Ltd", "{0}-Whitfield Managed Services Ltd", "{0} IT Solutions Ltd"),
        (
            "{0} & Daughters Ltd",
            "{0} Shipping plc",
            "The {1} Tea Company Ltd",
            "{0} LLP",
        ),
        (
            City("London", "England", "EC1A 1BB", "+44 20 7946 0###"),
            City("Leeds", "England", "LS1 4AP", "+44 113 496 0###"),
            City("Manchester", "England", "M1 1AE", "+44 161 496 0###"),
            City("Edinburgh", "Scotland", "EH1 1YZ", "+44 131 496 0###"),
            City("Bristol", "England", "BS1 4DJ", "+44 117 496 0###"),
            City("Cardiff", "Wales", "CF10 1EP", "+44 29 2018 0###"),
        ),
    ),
    "US": Country(
        "en_US",
        ("{} Main Street", "{} E Hwy 290", "{} Market Street, Suite 400", "{} Oak Avenue"),
        ("{0} Networks Inc.", "{0} Managed IT LLC", "{1} Data Systems Inc."),
        (
            "{0} and Sons",
            "{0} Dental Group",
            "{1} Freight LLC",
            "{0}, {0} & O'Brien LLP",
        ),
        (
            City("Austin", "TX", "78701", "+1 512 555 01##"),
            City("Seattle", "WA", "98101", "+1 206 555 01##"),
            City("Boston", "MA", "02108", "+1 617 555 01##"),
            City("Chicago", "IL", "60601", "+1 312 555 01##"),
            City("Denver", "CO", "80202", "+1 303 555 01##"),
            City("Atlanta", "GA", "30303", "+1 404 555 01##"),
        ),
    ),
    "ES": Country(
        "es_ES",
        ("Calle Mayor {}", "Avenida de la Constitución {}", "Plaza de España {}", "Rambla Nova {}"),
        ("{0} Sistemas S.L.", "Informática {0} S.A.", "Soluciones {0} e Hijos S.L."),
        (
            "Hermanos {0} S.A.",
            "Gestoría {0}",
            "Bodegas {0} e Hijos S.L.",
            "Clínica Dental {0}",
        ),
        (
            City("Madrid", "Madrid", "28013", "+34 91 012 3###"),
            City("Barcelona", "Barcelona", "08010", "+34 93 012 3###"),
            City("Sevilla", "Sevilla", "41001", "+34 95 501 2###"),
            City("A Coruña", "A Coruña", "15001", "+34 98 101 2###"),
            City("Málaga", "Málaga", "29001", "+34 95 201 2###"),
        ),
    ),
    "TR": Country(
        "tr_TR",
        ("Atatürk Caddesi No: {}", "İstiklal Caddesi No: {}", "Cumhuriyet Bulvarı No: {}"),
        ("{0} Bilişim A.Ş.", "İleri {0} Yazılım A.Ş.", "{0} Teknoloji Ltd. Şti."),
        (
            "{0} Tekstil Sanayi ve Ticaret Ltd. Şti.",
            "Özgür {0} Nakliyat",
            "{1} Çelik Döküm Sanayi A.Ş.",
        ),
        (
            City("İstanbul", "İstanbul", "34110", "+90 212 555 ## ##"),
            City("Ankara", "Ankara", "06420", "+90 312 555 ## ##"),
            City("İzmir", "İzmir", "35210", "+90 232 555 ## ##"),
            City("Eskişehir", "Eskişehir", "26010", "+90 222 555 ## ##"),
        ),
    ),
    "SE": Country(
        "sv_SE",
        ("Drottninggatan {}", "Storgatan {}", "Kungsportsavenyn {}", "Östra Hamngatan {}"),
        ("{0} Data AB", "{0} IT-Partner AB"),
        (
            "{0} & Åkerlund Bygg AB",
            "Fastighets AB {0}",
            "{1} Sjöfart AB",
            "{0} Kök & Bad AB",
        ),
        (
            City("Stockholm", "Stockholms län", "111 51", "+46 8 465 004 ##"),
            City("Göteborg", "Västra Götalands län", "411 36", "+46 31 390 06 ##"),
            City("Malmö", "Skåne län", "211 34", "+46 40 628 04 ##"),
            City("Umeå", "Västerbottens län", "903 26", "+46 90 555 01 ##"),
        ),
    ),
    "JP": Country(
        "ja_JP",
        ("丸の内1丁目{}番", "本町2丁目{}番", "中央3丁目{}番"),
        ("{0}システム株式会社", "株式会社{0}情報サービス", "{1}データサービス株式会社"),
        (
            "株式会社{0}製作所",
            "有限会社{0}商店",
        ),
        (
            City("千代田区", "東京都", "100-0005", "+81 3 5550 ####"),
            City("大阪市中央区", "大阪府", "541-0053", "+81 6 6555 ####"),
            City("札幌市中央区", "北海道", "060-0042", "+81 11 555 ####"),
            City("福岡市中央区", "福岡県", "810-0001", "+81 92 555 ####"),
        ),
    ),
    "NL": Country(
        "nl_NL",
        ("Keizersgracht {}", "Stationsplein {}", "Coolsingel {}", "Oude Markt {}"),
        ("{0} Automatisering B.V.", "{0} ICT Diensten B.V."),
        ("Gebroeders {0} B.V.", "{0} Scheepswerven N.V."),
        (
            City("Amsterdam", "Noord-Holland", "1015 CJ", "+31 20 555 01##"),
            City("Rotterdam", "Zuid-Holland", "3012 AC", "+31 10 555 01##"),
            City("Utrecht", "Utrecht", "3511 CE", "+31 30 555 01##"),
        ),
    ),
    "PL": Country(
        "pl_PL",
        ("ul. Piotrkowska {}", "ul. Świętojańska {}", "al. Niepodległości {}"),
        ("{0} Usługi Informatyczne Sp. z o.o.", "{0} Systemy Sp. z o.o."),
        ("Zakłady {0} S.A.", "Kancelaria {0} i Wspólnicy"),
        (
            City("Warszawa", "Mazowieckie", "00-001", "+48 22 555 01 ##"),
            City("Łódź", "Łódzkie", "90-001", "+48 42 555 01 ##"),
            City("Kraków", "Małopolskie", "31-042", "+48 12 555 01 ##"),
            City("Gdańsk", "Pomorskie", "80-831", "+48 58 555 01 ##"),
        ),
    ),
}
