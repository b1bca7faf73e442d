"""Invented people and companies: names, birthdays, e-mail addresses.

Portuguese names by custom (given names, mother's surname, father's surname), some Russian ones
in Cyrillic, some with particles, apostrophes and characters that trip careless programs.
"""

from __future__ import annotations

from datetime import date

from agent_desktop.demo.chance import evenly, faces

_WOMEN = (
    "Ana", "Beatriz", "Camila", "Daniela", "Eduarda", "Fernanda", "Gabriela", "Helena", "Isabela",
    "Juliana", "Karina", "Larissa", "Mariana", "Natália", "Olívia", "Patrícia", "Renata",
    "Simone", "Tatiana", "Vanessa", "Yasmin", "Aparecida", "Benedita", "Conceição", "Dulce",
    "Eunice", "Francisca", "Glória", "Inês", "Joana", "Luíza", "Márcia", "Neusa", "Rosângela",
    "Sônia", "Terezinha", "Vera Lúcia", "Maria Eduarda", "Ana Cláudia", "Zélia",
)  # fmt: skip
_MEN = (
    "Antônio", "Bernardo", "Caio", "Diego", "Eduardo", "Felipe", "Gustavo", "Henrique", "Igor",
    "João", "Leonardo", "Marcelo", "Nelson", "Otávio", "Paulo", "Rafael", "Sérgio", "Thiago",
    "Vinícius", "Wagner", "José", "Benedito", "Cícero", "Damião", "Edson", "Francisco",
    "Geraldo", "Hélio", "Ivan", "Jorge", "Luís", "Mário", "Nilton", "Osvaldo", "Raimundo",
    "Sebastião", "Tadeu", "Valdir", "João Pedro", "Kauã",
)  # fmt: skip
_GIVEN = evenly(_WOMEN + _MEN)
_MIDDLE = evenly((
    "", "", "", "", "Alves", "Araújo", "Azevedo", "Barros", "Batista", "Borges", "Cardoso",
    "Carvalho", "Castro", "Correia", "da Conceição", "da Cruz", "de Jesus", "de Lima",
    "de Moura", "de Sá", "Dias", "do Carmo", "dos Anjos", "Duarte", "Esteves", "Farias",
    "Freitas", "Garcia", "Gomes", "Gonçalves", "Guimarães", "Leal", "Lopes", "Macedo",
    "Machado", "Magalhães", "Martins", "Mendes", "Monteiro", "Moreira",
))  # fmt: skip
_FAMILY = evenly((
    "Nascimento", "Neves", "Nogueira", "Oliveira", "Pacheco", "Paiva", "Peixoto", "Pereira",
    "Pinheiro", "Pires", "Queiroz", "Ramos", "Rezende", "Ribeiro", "Rocha", "Rodrigues",
    "Salgado", "Sampaio", "Santana", "Santos", "Siqueira", "Soares", "Souza", "Tavares",
    "Teixeira", "Toledo", "Valente", "Vasconcelos", "Vieira", "Xavier", "Zanetti", "Yamada",
    "Kowalski", "D'Ávila", "Müller", "Haddad", "Brandão", "Falcão", "Leitão Júnior",
    "Muniz Filho", "Simões Neto", "Sant'Anna", "Camargo", "Bittencourt", "Albuquerque",
    "Travassos", "Menezes", "Prado",
))  # fmt: skip
_RUSSIAN_WOMEN = evenly((
    "Анна", "Елена", "Ирина", "Марина", "Наталья", "Ольга", "Светлана", "Татьяна", "Юлия",
    "Алёна", "Екатерина", "Людмила",
))  # fmt: skip
_RUSSIAN_MEN = evenly((
    "Алексей", "Андрей", "Борис", "Виктор", "Дмитрий", "Иван", "Михаил", "Николай", "Павел",
    "Сергей", "Фёдор", "Юрий",
))  # fmt: skip
_RUSSIAN_FAMILY = evenly((
    "Абрамов", "Белов", "Волков", "Громов", "Егоров", "Жуков", "Зайцев", "Киселёв", "Лебедев",
    "Морозов", "Орлов", "Рябов", "Соловьёв", "Тихонов", "Фёдоров", "Щукин",
))  # fmt: skip
_TRADES = evenly((
    "Padaria", "Mercado", "Oficina", "Farmácia", "Transportes", "Metalúrgica", "Confecções",
    "Clínica", "Colégio", "Restaurante", "Papelaria", "Construtora", "Laticínios", "Gráfica",
    "Auto Posto", "Pet Shop", "Academia", "Hotel", "Cerâmica", "Marcenaria",
))  # fmt: skip
_SIGNS = evenly((
    "Aurora", "Bom Jesus", "Central", "Cruzeiro", "do Vale", "Dois Irmãos", "Esperança",
    "Flor do Campo", "Itororó", "Lua Nova", "Nova Era", "Ouro Verde", "Planalto", "Primavera",
    "Rio Claro", "Santa Fé", "São Jorge", "Sol Nascente", "Três Marias", "União", "Vitória",
    "Maré & Filhos", "J. M. Pinto", "7 Irmãos",
))  # fmt: skip
_FORMS = faces([(130, "Ltda"), (40, "ME"), (30, "S.A."), (36, "Eireli"), (20, "Comércio Ltda")])
_PUBLIC = evenly((
    "Prefeitura Municipal", "Escola Estadual", "Posto de Saúde", "Câmara Municipal",
    "Biblioteca Municipal", "Delegacia Seccional",
))  # fmt: skip
_DOMAINS = evenly(("correio.example", "posta.example", "caixa.example", "mensagem.example"))
_ASCII = str.maketrans("áâãàçéêíóôõúüÁÉÍÓÚ", "aaaaceeiooouuAEIOU", "'.& ")

_FIRST_BIRTHDAY = 701_631  # 1922-01-01
_BIRTHDAYS = 30_500  # youngest born in 2005


def person_name(d: bytes, at: int) -> str:
    """A Brazilian name from three bytes of dice."""
    middle = _MIDDLE[d[at + 1]]
    given, family = _GIVEN[d[at]], _FAMILY[d[at + 2]]
    return f"{given} {middle} {family}" if middle else f"{given} {family}"


def russian_name(d: bytes, at: int) -> str:
    """A Russian name in Cyrillic from three bytes of dice."""
    if d[at] < 128:
        return f"{_RUSSIAN_WOMEN[d[at + 1]]} {_RUSSIAN_FAMILY[d[at + 2]]}а"
    return f"{_RUSSIAN_MEN[d[at + 1]]} {_RUSSIAN_FAMILY[d[at + 2]]}"


def company_name(d: bytes, at: int) -> str:
    """The name of a firm from three bytes of dice."""
    return f"{_TRADES[d[at]]} {_SIGNS[d[at + 1]]} {_FORMS[d[at + 2]]}"


def public_name(d: bytes, at: int, city: str) -> str:
    """The name of a public office."""
    return f"{_PUBLIC[d[at]]} de {city}"


def birth_ordinal(d: bytes) -> int:
    """The ordinal of the day a person was born on: 1922 to 2005."""
    return _FIRST_BIRTHDAY + (d[15] << 8 | d[16]) % _BIRTHDAYS


def birth_iso(d: bytes) -> str:
    """The birthday as YYYY-MM-DD."""
    return date.fromordinal(birth_ordinal(d)).isoformat()


def email(d: bytes, at: int, index: int) -> str:
    """A mail address in a domain that cannot exist (RFC 2606); every fifth has none."""
    if d[at + 3] < 51:
        return ""
    local = f"{_GIVEN[d[at]]}.{_FAMILY[d[at + 2]]}".translate(_ASCII).lower()
    return f"{local}{index}@{_DOMAINS[d[at + 3]]}"
