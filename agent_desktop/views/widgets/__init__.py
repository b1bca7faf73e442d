"""The vocabulary of widgets. Import from the module that a class stands in.

Everything shown is plain text; tones and roles are enums of `views.theme`; every control has an
object name (`name=`) and an accessible name. A widget never fetches: it shows frozen values.

text           Text(text, role, tone, *, wrap, elide, selectable, tabular, name): the only label.
               .say(text) .set_tone(tone) .set_role(role)
shapes         IconLabel(name, tone, size) · Pill(text, tone, icon) .set(...) · PillText(text, tone,
               icon) · Count .set_number(n | None) · Avatar(name, tone, size, icon_name=, square=)
               · Hairline(standing=) · KeyCap(key) · Lamp(LampState, text, tip)
button         Button(text, Kind.PRIMARY|DEFAULT|SOFT|GHOST|DANGER|TEXT, icon_name=, key=, name=,
               small=) .set_words .set_look .set_tip .set_off(why) .set_on() · IconButton(icon,
               tip, key=, name=); both emit `clicked`
field          Field(label, name=, required=, read_only=, placeholder=, lines=, choices=): .value()
               .set_value(v) .show_error(text) .show_conflict(text) .set_choices(pairs); signals
               edited(str) left() keep_mine() take_theirs() · NoteEdit(lines=) · SearchField(hint,
               name=) moved(int) taken() · MaskedValue(masked, name=) .reveal(v) reveal_requested()
record_form    RecordForm(name=, columns=): .add(key, Field, span=) .field(key) .values()
               .set_values({}) .show_errors({key: words}); signals edited(key, value) left(key)
block          Block(key, title, icon, add=, menu=, flush=): .body (layout) .set_count(n)
               .start_loading() .show_ready() .show_empty(title, text, action)
               .show_error(title, text) .show_masked(text) .show_waiting(n) .set_folded(b)
               .head_layout(); signals add_requested() retry_requested() fold_changed(bool)
               · Panel: a bare surface
columns        Columns(left=300, right=320): .above .left .middle .right (layouts) .show_block(w)
page_head      PageHead(name=): .set_identity(title, subject=, under=, avatar=, icon_name=, tone=)
               .set_pills(PillTexts, below=) .add_state(widget) .second (layout) .add_button(b)
               .set_menu(QMenu) .set_tabs(Tabs) .show_tab(key); signal tab_chosen(key)
               · Tab(key, title, count)
alert_row      AlertRow .show_alerts(tuple[AlertText(code, title, text, tone, icon, verb)]);
               signal verb_chosen(code)
rows           RowsTable(columns, name=, most_rows=, header=): .set_rows(tuple[Row(key, cells,
               tip)]) .marked() .mark(key); signals row_opened(key) row_marked(key)
               · Column(key, title, width, align) · cells: str | Link | Styled | PillText | SlaDue
               | LampCell
sla_clock      SlaClock(SlaDue(due_at, started_at, paused)) .set_due(...)
lifecycle_bar  LifecycleBar .show_steps(tuple[Step(key, title, StepState, note, allowed, why)]);
               signal step_chosen(key)
timeline       Timeline .show_entries(tuple[Entry(title, when, text, icon, tone, key)]); signal
               entry_chosen(key)
fact_rows      FactRows(label_width=) .set_facts([Fact(label, value, tone, icon, key, verb,
               verb_icon)]); signal verb_chosen(key)
type_ahead     TypeAhead(hint, name=) .set_nodes([Node(code, text, parent)]) .code() .set_code(c);
               signal chosen(code)
ticker         Ticking: a widget told each second while visible (`second_passed`); now(), site_now()
"""
