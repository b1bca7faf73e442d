"""The trees of reasons (why a contact happened), categories (what a ticket is about) and the
reasons for not being ready, in three languages. A dot separates a code from its parent's."""

from __future__ import annotations

Entry = tuple[str, str, str, str]

# The regulated types of complaint, see the country pack; with `complaint.` before it the code is
# `complaint_type` too.
COMPLAINTS: tuple[Entry, ...] = (
    ("interruption", "Interruption of supply", "Interrupção do fornecimento",
     "Перерыв в электроснабжении"),
    ("voltage", "Voltage level", "Variação de tensão", "Уровень напряжения"),
    ("electrical_damage", "Electrical damage", "Danos elétricos", "Повреждение оборудования"),
    ("tariff", "Tariff", "Tarifa", "Тариф"),
    ("bill", "Bill", "Fatura", "Счёт"),
    ("bill_delivery", "Delivery of bill", "Apresentação e entrega de fatura", "Доставка счёта"),
    ("reading_error", "Reading error", "Erro de leitura", "Ошибка показаний"),
    ("availability_cost", "Availability cost", "Custo de disponibilidade",
     "Плата за доступность"),
    ("consumption_variation", "Variation of consumption", "Variação de consumo",
     "Колебание потребления"),
    ("irregularity_charge", "Charge for irregularity", "Cobrança por irregularidade",
     "Начисление за нарушение"),
    ("deadline", "Missed deadline", "Prazos", "Нарушение срока"),
    ("wrongful_cut", "Wrongful disconnection", "Suspensão indevida", "Неправомерное отключение"),
    ("service", "Service", "Atendimento", "Обслуживание"),
    ("registration", "Registration", "Cadastro", "Регистрационные данные"),
    ("internal_installation", "Internal installation", "Instalação interna",
     "Внутренняя проводка"),
)  # fmt: skip


def _under(parent: str, entries: tuple[Entry, ...]) -> tuple[Entry, ...]:
    return tuple((f"{parent}.{code}", *names) for code, *names in entries)  # type: ignore[misc]


REASONS: tuple[Entry, ...] = (
    ("outage", "Outage", "Falta de energia", "Отключение"),
    *_under("outage", (
        ("reported", "Outage reported", "Falta informada", "Сообщили об отключении"),
        ("known", "Known outage, told the forecast", "Falta conhecida, previsão informada",
         "Известная авария, назван срок"),
        ("life_support", "Life support without supply", "Suporte à vida sem energia",
         "Аппарат жизнеобеспечения без питания"),
        ("flicker", "Flicker or low voltage", "Oscilação ou tensão baixa",
         "Мигание или низкое напряжение"),
        ("danger", "Cable down, danger", "Cabo caído, perigo", "Упавший провод, опасность"),
        ("planned", "Planned interruption", "Desligamento programado", "Плановое отключение"),
    )),
    ("outage.reported.crew_sent", "Crew sent", "Equipe enviada", "Бригада отправлена"),
    ("outage.reported.inside", "Fault inside the house", "Defeito interno", "Неисправность в доме"),
    ("outage.reported.back", "Supply is back", "Energia voltou", "Питание восстановлено"),
    ("bill", "Bill and payment", "Fatura e pagamento", "Счета и оплата"),
    *_under("bill", (
        ("high", "Higher than average", "Acima da média", "Выше среднего"),
        ("copy", "Second copy", "Segunda via", "Копия счёта"),
        ("not_booked", "Payment not booked", "Pagamento não baixado", "Платёж не учтён"),
        ("instalments", "Payment by instalments", "Parcelamento", "Рассрочка"),
        ("due_day", "Change of due day", "Mudança de vencimento", "Смена дня оплаты"),
        ("social_tariff", "Social tariff", "Tarifa social", "Социальный тариф"),
        ("by_mail", "Bill by e-mail", "Fatura por e-mail", "Счёт по эл. почте"),
    )),
    ("reconnection", "Reconnection", "Religação", "Повторное подключение"),
    *_under("reconnection", (
        ("paid", "After payment", "Após pagamento", "После оплаты"),
        ("urgent", "Urgent", "De urgência", "Срочное"),
        ("wrongful", "Wrongly cut", "Corte indevido", "Отключили по ошибке"),
    )),
    ("move", "Move", "Mudança", "Переезд"),
    *_under("move", (
        ("in", "New connection", "Ligação nova", "Новое подключение"),
        ("out", "End of contract", "Encerramento contratual", "Расторжение договора"),
        ("owner", "Transfer to a new holder", "Troca de titularidade", "Смена владельца"),
    )),
    ("load", "Load and connection", "Carga e conexão", "Мощность и подключение"),
    *_under("load", (
        ("more", "Load increase", "Aumento de carga", "Увеличение мощности"),
        ("less", "Load reduction", "Redução de carga", "Уменьшение мощности"),
        ("demand", "Change of contracted demand", "Alteração de demanda",
         "Изменение договорной мощности"),
        ("solar", "Own generation", "Microgeração", "Собственная генерация"),
    )),
    ("meter", "Meter", "Medidor", "Счётчик"),
    *_under("meter", (
        ("reading", "Reading", "Leitura", "Показания"),
        ("replace", "Replacement", "Substituição", "Замена"),
        ("inspect", "Inspection", "Aferição", "Проверка"),
    )),
    ("data", "Master data", "Cadastro", "Данные клиента"),
    *_under("data", (
        ("contact", "Telephone, e-mail, address", "Telefone, e-mail, endereço",
         "Телефон, почта, адрес"),
        ("life_support", "Register life support", "Cadastrar suporte à vida",
         "Учесть аппарат жизнеобеспечения"),
        ("privacy", "Privacy request", "Pedido de titular (LGPD)", "Запрос о данных"),
    )),
    ("status", "Status of a request", "Andamento de solicitação", "Ход заявки"),
    *_under("status", (
        ("ticket", "Ticket", "Chamado", "Заявка"),
        ("order", "Service order", "Ordem de serviço", "Наряд"),
    )),
    ("complaint", "Complaint", "Reclamação", "Жалоба"),
    *_under("complaint", COMPLAINTS),
    ("other", "Other", "Outros", "Прочее"),
    *_under("other", (
        ("info", "General information", "Informação geral", "Общая справка"),
        ("praise", "Praise", "Elogio", "Благодарность"),
        ("street_light", "Street light", "Iluminação pública", "Уличное освещение"),
        ("wrong_number", "Wrong number", "Engano", "Ошиблись номером"),
        ("dropped", "Call dropped", "Ligação caiu", "Звонок прервался"),
        ("silent", "Nobody spoke", "Ligação muda", "Молчание"),
    )),
)  # fmt: skip

CATEGORIES: tuple[Entry, ...] = (
    ("outage", "Outage", "Falta de energia", "Отключение"),
    *_under("outage", (
        ("feeder", "Feeder", "Alimentador", "Фидер"),
        ("single", "Single unit", "Unidade isolada", "Один потребитель"),
        ("danger", "Danger", "Perigo", "Опасность"),
    )),
    ("quality", "Supply quality", "Qualidade", "Качество питания"),
    *_under("quality", (
        ("voltage", "Voltage", "Tensão", "Напряжение"),
        ("damage", "Damaged appliance", "Aparelho danificado", "Повреждённый прибор"),
    )),
    ("billing", "Billing", "Faturamento", "Расчёты"),
    *_under("billing", (
        ("amount", "Amount", "Valor", "Сумма"),
        ("reading", "Reading", "Leitura", "Показания"),
        ("delivery", "Delivery", "Entrega", "Доставка"),
        ("payment", "Payment", "Pagamento", "Оплата"),
    )),
    ("contract", "Contract", "Contrato", "Договор"),
    *_under("contract", (
        ("transfer", "Transfer of holder", "Troca de titularidade", "Смена владельца"),
        ("connection", "Connection", "Ligação", "Подключение"),
        ("termination", "Termination", "Encerramento", "Расторжение"),
        ("load", "Load and demand", "Carga e demanda", "Мощность"),
    )),
    ("meter", "Meter", "Medidor", "Счётчик"),
    *_under("meter", (
        ("replace", "Replacement", "Substituição", "Замена"),
        ("inspect", "Inspection", "Aferição", "Проверка"),
    )),
    ("disconnection", "Disconnection", "Suspensão", "Отключение за долги"),
    *_under("disconnection", (
        ("reconnect", "Reconnection", "Religação", "Повторное подключение"),
        ("wrongful", "Wrongful cut", "Corte indevido", "Неправомерное отключение"),
    )),
    ("registration", "Registration", "Cadastro", "Регистрация"),
    *_under("registration", (
        ("data", "Data of the account", "Dados da conta", "Данные клиента"),
        ("life_support", "Life support", "Suporte à vida", "Жизнеобеспечение"),
    )),
    ("service", "Service", "Atendimento", "Обслуживание"),
    ("complaint", "Regulated complaint", "Reclamação regulada", "Регулируемая жалоба"),
    *_under("complaint", COMPLAINTS),
)  # fmt: skip

NOT_READY: tuple[Entry, ...] = (
    ("break", "Break", "Pausa", "Перерыв"),
    ("lunch", "Lunch", "Almoço", "Обед"),
    ("training", "Training", "Treinamento", "Обучение"),
    ("meeting", "Meeting", "Reunião", "Совещание"),
    ("coaching", "Coaching", "Feedback", "Разбор звонков"),
    ("back_office", "Back office", "Retaguarda", "Работа с документами"),
    ("restroom", "Restroom", "Banheiro", "Туалет"),
    ("system", "System trouble", "Problema de sistema", "Неполадки системы"),
)

LISTS: dict[str, tuple[Entry, ...]] = {
    "reason": REASONS,
    "category": CATEGORIES,
    "not_ready": NOT_READY,
}
