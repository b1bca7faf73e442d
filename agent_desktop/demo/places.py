"""Where the customers of Luz do Planalto live: cities, streets, postcodes, feeders.

The cities exist, what stands in them is invented. An address belongs to (account, unit).
"""

from __future__ import annotations

from dataclasses import dataclass

from agent_desktop.demo.chance import evenly, faces


@dataclass(frozen=True, slots=True)
class City:
    """A supplied city: area code, the first three digits of postcodes, feeders by its code."""

    name: str
    code: str
    area_code: str
    postcode: str


@dataclass(frozen=True, slots=True)
class PostalAddress:
    """An address as the account and unit tables have it."""

    street: str
    house: str
    complement: str
    district: str
    city: City
    postcode: str
    rural: bool


OSASCO = City("Osasco", "OSA", "11", "060")
BARUERI = City("Barueri", "BAR", "11", "064")
SOROCABA = City("Sorocaba", "SOR", "15", "180")
CAMPINAS = City("Campinas", "CAM", "19", "130")

_CITIES = faces([
    (28, OSASCO),
    (22, BARUERI),
    (20, City("Carapicuíba", "CAR", "11", "063")),
    (18, City("Cotia", "COT", "11", "067")),
    (14, City("Itapevi", "ITP", "11", "066")),
    (10, City("Jandira", "JAN", "11", "066")),
    (12, City("Santana de Parnaíba", "SPA", "11", "065")),
    (14, City("Embu das Artes", "EMB", "11", "068")),
    (20, SOROCABA),
    (8, City("Votorantim", "VOT", "15", "181")),
    (9, City("Itu", "ITU", "11", "133")),
    (26, CAMPINAS),
    (10, City("Americana", "AME", "19", "134")),
    (12, City("Piracicaba", "PIR", "19", "134")),
    (10, City("Limeira", "LIM", "19", "134")),
    (12, City("Jundiaí", "JUN", "11", "132")),
    (8, City("São Carlos", "SCA", "16", "135")),
    (9, City("Araraquara", "ARA", "16", "148")),
])  # fmt: skip
_STREETS = evenly((
    "R. das Palmeiras", "R. dos Ipês", "R. das Hortênsias", "R. dos Jequitibás", "R. do Sabiá",
    "R. Tiradentes", "R. Sete de Setembro", "R. XV de Novembro", "R. Primeiro de Maio",
    "Av. Brasil", "Av. São João", "Av. das Nações", "Av. do Planalto", "Av. da Estação",
    "R. São Bento", "R. Santa Rita", "R. Santo Antônio", "R. São Benedito", "R. Boa Vista",
    "R. da Consolação", "R. da Independência", "R. da Liberdade", "R. das Flores",
    "R. dos Lírios", "R. das Orquídeas", "R. das Laranjeiras", "R. dos Cedros", "R. Rio Branco",
    "R. Rio Negro", "R. Amazonas", "R. Bahia", "R. Ceará", "R. Minas Gerais", "R. Goiás",
    "R. Paraná", "R. do Comércio", "R. da Paz", "R. Bela Vista", "Trav. do Rosário",
    "Trav. das Andorinhas", "Al. dos Anjos", "Al. das Araucárias", "Pça. da Matriz",
    "Pça. da Bandeira", "R. Nossa Sra. Aparecida", "R. Cel. Almeida", "R. Dr. Moraes",
    "R. Prof. Queiroz", "R. Maestro Vieira", "R. Vereador Pacheco",
))  # fmt: skip
_ROADS = evenly((
    "Estr. do Ribeirão", "Estr. da Boa Esperança", "Estr. do Capim Fino", "Estr. Velha de Itu",
    "Sítio Santa Luzia", "Sítio Três Irmãos", "Fazenda Água Branca", "Chácara São José",
))  # fmt: skip
_DISTRICTS = evenly((
    "Centro", "Vila Nova", "Jardim das Flores", "Jardim Europa", "Vila São José", "Bela Vista",
    "Parque Industrial", "Jardim Planalto", "Vila Operária", "Santo Antônio", "Bom Retiro",
    "Alto da Serra", "Jardim América", "Vila Esperança", "Parque dos Ipês", "Cidade Nova",
))  # fmt: skip
_COMPLEMENTS = faces([
    (150, ""), (12, "casa 2"), (10, "fundos"), (12, "apto 12"), (12, "apto 34 bl. B"),
    (12, "apto 101"), (10, "apto 72"), (8, "sobreloja"), (8, "sala 5"), (6, "loja A"),
    (6, "cj. 41"), (4, "km 7"), (6, "casa 1"),
])  # fmt: skip

#: The feeder of the known outage: exactly this many units hang on it.
OUTAGE_FEEDER = "OSA-12"
OUTAGE_CUSTOMERS = 214


def in_outage(index: int) -> bool:
    """True if the first unit of the account hangs on the feeder of the known outage."""
    return index % 9 == 0 and index < 9 * OUTAGE_CUSTOMERS


def city_of(index: int, d: bytes) -> City:
    """The city of an account; its telephone numbers have this area code."""
    return OSASCO if in_outage(index) else _CITIES[d[20]]


def address_of(index: int, d: bytes, n: int = 0) -> PostalAddress:
    """The address of the account's `n`th unit; the first is the account's own."""
    at = 21 + 6 * (n % 5)
    city = city_of(index, d)
    rural = d[at + 5] < 22 and not in_outage(index)
    return PostalAddress(
        (_ROADS if rural else _STREETS)[d[at]],
        "s/n" if rural and d[at + 1] < 128 else str(1 + d[at + 1] * 8 + d[at + 2] % 8),
        _COMPLEMENTS[d[at + 3]],
        "Zona rural" if rural else _DISTRICTS[d[at + 4]],
        city,
        f"{city.postcode}{d[at + 4] % 100:02d}-{d[at] % 64 * 10 + d[at + 1] % 10:03d}",
        rural,
    )


def feeder_of(index: int, d: bytes, n: int) -> str:
    """The feeder a unit hangs on; nobody but the chosen ones hangs on that of the outage."""
    if n == 0 and in_outage(index):
        return OUTAGE_FEEDER
    number = 1 + (d[52 + n % 5] % 24)
    code = city_of(index, d).code
    return f"{code}-{11 if code == 'OSA' and number == 12 else number:02d}"
