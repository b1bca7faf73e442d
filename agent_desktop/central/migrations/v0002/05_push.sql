-- The intents of this version, and the version itself: desks that know another one fetch anew.

create or replace function crm.apply(kind text, p jsonb) returns jsonb
language plpgsql set search_path = '' as $$
begin
  case kind
    when 'interaction.begin' then perform crm.interaction_begin(p);
    when 'interaction.change' then perform crm.interaction_change(p);
    when 'interaction.finish' then perform crm.interaction_finish(p);
    when 'interaction.move' then perform crm.interaction_move(p);
    when 'interaction.call' then perform crm.interaction_call(p);
    when 'call.seen' then perform crm.call_seen(p);
    when 'call.asked' then perform crm.call_asked(p);
    when 'agent.state' then perform crm.agent_state(p);
    when 'verification.log' then perform crm.verification_log(p);
    when 'account.create' then perform crm.account_create(p);
    when 'account.change' then return crm.account_change(p);
    when 'phone.add' then perform crm.phone_add(p);
    when 'phone.consent' then perform crm.phone_consent(p);
    when 'ticket.create' then perform crm.ticket_create(p);
    when 'ticket.change' then return crm.ticket_change(p);
    when 'ticket.note' then perform crm.ticket_note(p);
    when 'ticket.escalate' then perform crm.ticket_escalate(p);
    when 'ticket.resolve' then perform crm.ticket_resolve(p);
    when 'order.create' then perform crm.order_create(p);
    when 'order.item_add' then perform crm.order_item_add(p);
    when 'order.move' then perform crm.order_move(p);
    else perform crm.refuse('unknown_kind');
  end case;
  return '{"state": "accepted"}';
end
$$;

update crm.site set schema_version = 2;
