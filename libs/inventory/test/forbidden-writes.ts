/** Books of one pool with something in every account, and a row in every other table that has a guard. */
export const seedSql = `
INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
VALUES ('blr/mug', 'mug', 'blr', 'in-1'), ('blr/cup', 'cup', 'blr', 'in-1');
INSERT INTO inventory.escrow (pool_id, minted, applied, free, held, sold, shipped, granted, written_off,
  safety, quarantine, suspense, transferred, dispatched, documents, credits)
VALUES ('blr/mug', 100, 20, 50, 5, 5, 10, 20, 5, 10, 5, 5, 5, 7, 8, 9);
INSERT INTO inventory.quota_channel (pool_id, peer, granted_total, applied_total, peer_acked_total, grants)
VALUES ('blr/mug', 'eu-1', 20, 20, 15, 3);
INSERT INTO inventory.reservation (reservation_id, pool_id, order_id, quantity, state, expires_at, held_at, changed_at)
SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'blr/mug', 'ord_in-1_' || repeat('0', 26), 5,
  state, now(), now(), now()
FROM (VALUES (1, 'HELD'), (2, 'CONFIRMED'), (3, 'RELEASED')) AS of (n, state);
INSERT INTO inventory.stock_document (document_id, pool_id, kind, quantity, recorded_at)
VALUES ('00000000-0000-4000-8000-000000000001', 'blr/mug', 'clear', 1, now());
INSERT INTO inventory.escrow_journal (pool_id, movement, quantity, reference, recorded_at)
VALUES ('blr/mug', 'RESERVE', 1, 'a reservation', now());
INSERT INTO inventory.stock_refusal (pool_id, quantity, available, started_at, ended_at)
VALUES ('blr/mug', 2, 1, now(), now());
INSERT INTO inventory.warehouse_act (document_id, warehouse, kind, staff_id, lines)
VALUES ('00000000-0000-4000-8000-000000000001', 'blr', 'clearing', 'stf_in-1_' || repeat('0', 26), '[1]');
INSERT INTO inventory.cell_epoch (cell, epoch) VALUES ('in-1', 3)
ON CONFLICT (cell) DO UPDATE SET epoch = 3;
INSERT INTO inventory.peer_epoch (peer, epoch) VALUES ('eu-1', 3);
INSERT INTO inventory.recovery (epoch, starts_after, mends_epoch, mends_after, ended_at)
VALUES (3, 5, 1, 4, NULL), (2, 5, 1, 4, now());
UPDATE inventory.witness_relay SET told_place = 5, fencing_token = 5;
INSERT INTO inventory.audit_scan (scan) VALUES ('whole');
INSERT INTO inventory.lost_cell (declaration_id, peer, fence, proposed_by, approved_by, approved_at, closed_below, returned_at)
SELECT ('00000000-0000-4000-8000-00000000000' || n)::uuid, 'eu-' || n, 'destroyed', 'stf_in-1_' || repeat('0', 26),
  CASE WHEN n > 1 THEN 'stf_in-1_' || repeat('1', 26) END, CASE WHEN n > 1 THEN now() END,
  CASE WHEN n > 1 THEN 4 END, CASE WHEN n > 2 THEN now() END
FROM generate_series(1, 3) AS n;
INSERT INTO inventory.lost_cell_claim (declaration_id, pool_id, quantity, applied_then)
VALUES ('00000000-0000-4000-8000-000000000001', 'blr/mug', 3, NULL),
  ('00000000-0000-4000-8000-000000000002', 'blr/mug', 3, 2);
INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity, decision, decided_by, decided_at)
VALUES (3, 'OWED_UNITS', 'blr/mug', 'blr/mug', 2, NULL, NULL, NULL),
  (2, 'OWED_UNITS', 'blr/mug', 'blr/mug', 2, 'settled', 'stf_in-1_' || repeat('0', 26), now());
`;

const proposed = '00000000-0000-4000-8000-000000000001';
const declared = `declaration_id = '00000000-0000-4000-8000-000000000002'`;
const held = `reservation_id = '00000000-0000-4000-8000-000000000001'`;
const sold = `reservation_id = '00000000-0000-4000-8000-000000000002'`;
const ended = `reservation_id = '00000000-0000-4000-8000-000000000003'`;

/** Another stripe of the pool, of which only what is named is not zero. */
const stripe = (units: Readonly<Record<string, number>>): string =>
  `INSERT INTO inventory.escrow (pool_id, stripe, ${Object.keys(units).join(', ')})
   VALUES ('blr/mug', 1, ${Object.values(units).join(', ')})`;
const channel = (totals: Readonly<Record<string, number>>): string =>
  `INSERT INTO inventory.quota_channel (pool_id, peer, ${Object.keys(totals).join(', ')})
   VALUES ('blr/cup', 'eu-1', ${Object.values(totals).join(', ')})`;
const reservation = (of: { quantity?: number; state?: string; order?: string }): string =>
  `INSERT INTO inventory.reservation
     (reservation_id, pool_id, order_id, quantity, state, expires_at, held_at, changed_at)
   VALUES (gen_random_uuid(), 'blr/mug', '${of.order ?? `ord_in-1_${'0'.repeat(26)}`}',
     ${of.quantity ?? 1}, '${of.state ?? 'HELD'}', now(), now(), now())`;
const document = (kind: string, quantity: number, place = 'NULL', position = 'NULL'): string =>
  `INSERT INTO inventory.stock_document
     (document_id, pool_id, kind, quantity, place, position, recorded_at)
   VALUES (gen_random_uuid(), 'blr/mug', '${kind}', ${quantity}, ${place}, ${position}, now())`;
const entry = (movement: string, quantity: number): string =>
  `INSERT INTO inventory.escrow_journal (pool_id, movement, quantity, reference, recorded_at)
   VALUES ('blr/mug', '${movement}', ${quantity}, 'a reservation', now())`;
const refusal = (quantity: number, available: number, ended = 'now()'): string =>
  `INSERT INTO inventory.stock_refusal (pool_id, quantity, available, started_at, ended_at)
   VALUES ('blr/mug', ${quantity}, ${available}, now(), ${ended})`;
const pool = (id: string, sku: string, warehouse: string, home = 'in-1'): string =>
  `INSERT INTO inventory.stock_pool (pool_id, sku, warehouse, home_cell)
   VALUES ('${id}', '${sku}', '${warehouse}', '${home}')`;
const act = (of: { warehouse?: string; kind?: string; staff?: string; lines?: string }): string =>
  `INSERT INTO inventory.warehouse_act (document_id, warehouse, kind, staff_id, lines)
   VALUES (gen_random_uuid(), '${of.warehouse ?? 'blr'}', '${of.kind ?? 'count'}',
     '${of.staff ?? `stf_in-1_${'0'.repeat(26)}`}', ${of.lines ?? `'[1]'`})`;
const recovery = (values: string): string =>
  `INSERT INTO inventory.recovery (epoch, mends_epoch, starts_after, mends_after) VALUES (${values})`;
const scan = (values: string): string =>
  `INSERT INTO inventory.audit_scan (scan, low, candidate, reached, round) VALUES (${values})`;
const report = (values: string): string =>
  `INSERT INTO inventory.peer_report (pool_id, peer, free, granted_total, heard_at)
   VALUES (${values}, now())`;
const operator = (digit: string): string => `'stf_in-1_${digit.repeat(26)}'`;
const lost = (of: {
  peer?: string;
  fence?: string;
  by?: string;
  approved?: string;
  returned?: string;
}): string =>
  `INSERT INTO inventory.lost_cell (declaration_id, peer, fence, proposed_by, approved_by,
     approved_at, closed_below, returned_at)
   VALUES (gen_random_uuid(), '${of.peer ?? 'eu-9'}', '${of.fence ?? 'destroyed'}',
     ${of.by ?? operator('0')}, ${of.approved ?? 'NULL, NULL, NULL'}, ${of.returned ?? 'NULL'})`;
const claim = (quantity: number, applied = 'NULL'): string =>
  `INSERT INTO inventory.lost_cell_claim (declaration_id, pool_id, quantity, applied_then)
   VALUES ('${proposed}', 'blr/cup', ${quantity}, ${applied})`;
const openCase = (kind: string, quantity: number, decided = 'NULL, NULL, NULL'): string =>
  `INSERT INTO inventory.recovery_case (epoch, kind, pool_id, reference, quantity, decision,
     decided_by, decided_at)
   VALUES (9, '${kind}', 'blr/cup', 'blr/cup', ${quantity}, ${decided})`;
const update = (table: string, change: string, which = 'true'): string =>
  `UPDATE inventory.${table} SET ${change} WHERE ${which}`;

/** Writes that a CHECK has to refuse, by its name, each for one reason only. */
export const checkedWrites: Readonly<Record<string, readonly string[]>> = {
  stock_pool_is_named_by_its_parts: [pool('blr/mug-2', 'mug-3', 'blr')],
  stock_pool_warehouse_is_plain: [pool('B!/mug', 'mug', 'B!')],
  stock_pool_sku_is_plain: [pool('blr/ mug', ' mug', 'blr')],
  stock_pool_home_is_a_cell: [pool('blr/jug', 'jug', 'blr', 'nowhere')],
  escrow_is_not_negative: [
    stripe({ minted: -1, applied: 1 }),
    stripe({ applied: -1, minted: 1 }),
    stripe({ free: -1, held: 1 }),
    ...['held', 'sold', 'shipped', 'safety', 'quarantine', 'suspense'].map((account) =>
      stripe({ [account]: -1, free: 1 }),
    ),
    ...['granted', 'written_off', 'transferred'].map((account) =>
      stripe({ [account]: -1, free: 1 }),
    ),
    stripe({ deficit: -1, minted: 1 }),
    ...['credits', 'dispatched', 'documents'].map((count) => stripe({ [count]: -1 })),
  ],
  escrow_balances: [stripe({ minted: 5, free: 4 }), update('escrow', 'free = free + 1')],
  escrow_sells_nothing_while_it_owes: [stripe({ deficit: 2, free: 2 })],
  escrow_stripe_is_not_negative: [
    `INSERT INTO inventory.escrow (pool_id, stripe) VALUES ('blr/mug', -1)`,
  ],
  quota_channel_totals_are_in_order: [
    channel({ peer_acked_total: -1 }),
    channel({ peer_acked_total: 2, granted_total: 1 }),
    channel({ applied_total: -1 }),
    channel({ grants: -1 }),
  ],
  quota_channel_peer_is_a_cell: [
    `INSERT INTO inventory.quota_channel (pool_id, peer) VALUES ('blr/cup', 'nobody')`,
  ],
  reservation_holds_something: [reservation({ quantity: 0 })],
  reservation_state_is_known: [reservation({ state: 'LOST' })],
  reservation_order_is_an_id: [reservation({ order: 'an order' })],
  stock_document_kind_is_known: [document('gift', 1)],
  stock_document_says_how_many: [document('clear', 0), document('count', -1, 'NULL', '1')],
  stock_document_says_where: [
    document('mint', 1),
    document('mint', 1, `'SHELF'`),
    document('clear', 1, `'FREE'`),
  ],
  stock_document_says_when: [
    document('count', 1),
    document('count', 1, 'NULL', '-1'),
    document('clear', 1, 'NULL', '1'),
  ],
  escrow_journal_moves_something: [entry('RESERVE', 0)],
  escrow_journal_movement_is_known: [entry('LEND', 1)],
  stock_refusal_is_a_shortage: [refusal(1, -1), refusal(2, 2)],
  stock_refusal_took_time: [refusal(2, 1, `now() - interval '1 s'`)],
  cell_epoch_state_is_known: [update('cell_epoch', `state = 'ASLEEP'`)],
  cell_epoch_is_positive: [`INSERT INTO inventory.cell_epoch (cell, epoch) VALUES ('eu-1', 0)`],
  peer_epoch_is_positive: [`INSERT INTO inventory.peer_epoch (peer, epoch) VALUES ('eu-2', 0)`],
  peer_epoch_peer_is_a_cell: [
    `INSERT INTO inventory.peer_epoch (peer, epoch) VALUES ('nobody', 1)`,
  ],
  recovery_raises_the_epoch: [recovery('9, 0, 5, 4'), recovery('9, 9, 5, 4')],
  recovery_places_are_in_order: [recovery('9, 1, 5, -1'), recovery('9, 1, 2, 3')],
  warehouse_act_warehouse_is_plain: [act({ warehouse: 'B!' })],
  warehouse_act_kind_is_known: [act({ kind: 'gift' })],
  warehouse_act_staff_form: [act({ staff: 'somebody' })],
  warehouse_act_has_lines: [
    act({ lines: `'{}'` }),
    act({ lines: `'[]'` }),
    act({ lines: `(SELECT jsonb_agg(n) FROM generate_series(1, 1001) AS n)` }),
  ],
  audit_scan_is_known: [scan(`'side', 0, 0, 0, 1`)],
  audit_scan_marks_are_in_order: [
    scan(`'tip', -1, 0, 0, 1`),
    scan(`'tip', 2, 1, 3, 1`),
    scan(`'tip', 0, 2, 1, 1`),
    scan(`'tip', 0, 0, 0, 0`),
  ],
  audit_finding_fault_is_known: [
    `INSERT INTO inventory.audit_finding (scan, pool_id, fault, figures)
     VALUES ('whole', 'blr/mug', 'ODD', '{}')`,
  ],
  conservation_vector_number_is_positive: [
    `INSERT INTO inventory.conservation_vector (number, body, digest, taken_at)
     VALUES (0, '', repeat('0', 64), now())`,
  ],
  conservation_vector_digest_form: [
    `INSERT INTO inventory.conservation_vector (number, body, digest, taken_at)
     VALUES (1, '', 'a digest', now())`,
  ],
  lost_cell_peer_is_a_cell: [lost({ peer: 'nobody' })],
  lost_cell_fence_is_known: [lost({ fence: 'a promise' })],
  lost_cell_staff_form: [lost({ by: `'somebody'` }), lost({ approved: `'somebody', now(), 4` })],
  lost_cell_four_eyes: [lost({ approved: `${operator('0')}, now(), 4` })],
  lost_cell_is_approved_whole: [
    lost({ approved: `${operator('1')}, NULL, NULL` }),
    lost({ approved: `${operator('1')}, now(), NULL` }),
    lost({ approved: `NULL, NULL, 4` }),
  ],
  lost_cell_returns_after_approval: [lost({ returned: 'now()' })],
  lost_cell_claim_takes_something: [claim(0), claim(1, '-1')],
  recovery_case_kind_is_known: [openCase('ODD', 1)],
  recovery_case_is_about_units: [openCase('OWED_UNITS', 0)],
  recovery_case_decision_fits: [
    ['FORGOTTEN_SALE', 'settled'],
    ['OWED_UNITS', 'counted'],
    ['AT_RISK_UNITS', 'kept'],
  ].map(([kind = '', decision]) => openCase(kind, 1, `'${decision}', ${operator('0')}, now()`)),
  recovery_case_is_decided_whole: [
    openCase('OWED_UNITS', 1, `'settled', NULL, NULL`),
    openCase('OWED_UNITS', 1, `NULL, ${operator('0')}, now()`),
  ],
  recovery_case_staff_form: [openCase('OWED_UNITS', 1, `'settled', 'somebody', now()`)],
  peer_report_pool_is_a_pool: [report(`'mug', 'eu-1', 0, 0`)],
  peer_report_peer_is_a_cell: [report(`'blr/mug', 'nobody', 0, 0`)],
  peer_report_is_not_negative: [
    report(`'blr/mug', 'eu-1', -1, 0`),
    report(`'blr/mug', 'eu-1', 0, -1`),
  ],
  witness_relay_has_one_row: [`INSERT INTO inventory.witness_relay (only_row) VALUES (false)`],
  witness_relay_is_not_negative: [
    `INSERT INTO inventory.witness_relay (only_row, told_place) VALUES (true, -1)`,
    `INSERT INTO inventory.witness_relay (only_row, fencing_token) VALUES (true, -1)`,
  ],
};

/** Writes that a trigger has to refuse, by its table and name. The rows stay such as every CHECK allows. */
export const finalWrites: Readonly<Record<string, readonly string[]>> = {
  'quota_channel.totals_only_rise': [
    ...['granted_total', 'applied_total', 'peer_acked_total', 'grants'].map((total) =>
      update('quota_channel', `${total} = ${total} - 1`),
    ),
    update('quota_channel', `pool_id = 'blr/cup'`),
    update('quota_channel', `peer = 'eu-2'`),
  ],
  'quota_channel.channel_stays': ['DELETE FROM inventory.quota_channel'],
  'escrow.counters_only_rise': [
    ...['minted', 'applied'].map((source) =>
      update('escrow', `${source} = ${source} - 1, free = free - 1`),
    ),
    ...['granted', 'written_off', 'transferred', 'shipped'].map((end) =>
      update('escrow', `${end} = ${end} - 1, free = free + 1`),
    ),
    ...['dispatched', 'documents', 'credits'].map((count) =>
      update('escrow', `${count} = ${count} - 1`),
    ),
    update('escrow', `pool_id = 'blr/cup'`),
    update('escrow', 'stripe = 1'),
  ],
  'escrow.balance_stays': ['DELETE FROM inventory.escrow'],
  'reservation.one_ending': [
    update('reservation', `state = 'CONFIRMED', pool_id = 'blr/cup'`, held),
    update('reservation', `state = 'CONFIRMED', order_id = 'ord_eu-1_${'0'.repeat(26)}'`, held),
    update('reservation', `state = 'CONFIRMED', quantity = 4`, held),
    update('reservation', `state = 'CONFIRMED', expires_at = now() + interval '1 h'`, held),
    update('reservation', `changed_at = now() + interval '1 h'`, held),
    update('reservation', `state = 'RELEASED'`, sold),
    update('reservation', `state = 'HELD'`, sold),
    update('reservation', `state = 'HELD'`, ended),
    update('reservation', `state = 'CANCELLED'`, ended),
  ],
  'reservation.reservation_stays': ['DELETE FROM inventory.reservation'],
  'escrow_journal.history_stays': [
    update('escrow_journal', 'quantity = 2'),
    'DELETE FROM inventory.escrow_journal',
  ],
  'escrow_journal.history_is_not_emptied': ['TRUNCATE inventory.escrow_journal'],
  'stock_document.document_stays': [
    update('stock_document', 'quantity = 2'),
    'DELETE FROM inventory.stock_document',
  ],
  'stock_refusal.refusal_stays': [
    update('stock_refusal', 'quantity = 3'),
    'DELETE FROM inventory.stock_refusal',
  ],
  'cell_epoch.epoch_only_rises': [
    update('cell_epoch', 'epoch = epoch - 1'),
    update('cell_epoch', `cell = 'eu-9'`),
  ],
  'peer_epoch.heard_epoch_only_rises': [
    update('peer_epoch', 'epoch = epoch - 1'),
    update('peer_epoch', `peer = 'eu-9'`),
  ],
  'peer_epoch.heard_epoch_stays': ['DELETE FROM inventory.peer_epoch'],
  'recovery.recovery_is_ended_once': [
    update('recovery', 'ended_at = now()', 'epoch = 2'),
    ...['epoch = 9', 'starts_after = 6', 'mends_epoch = 2', 'mends_after = 3'].map((change) =>
      update('recovery', change, 'epoch = 3'),
    ),
  ],
  'recovery.recovery_stays': ['DELETE FROM inventory.recovery'],
  'lost_cell.lost_cell_is_approved_once': [
    ...[
      'declaration_id = gen_random_uuid()',
      `peer = 'eu-9'`,
      `fence = 'power-off'`,
      `proposed_by = ${operator('2')}`,
      `proposed_at = now() + interval '1 h'`,
    ].map((change) => update('lost_cell', change, `declaration_id = '${proposed}'`)),
    ...[
      `approved_by = ${operator('2')}`,
      `approved_at = now() + interval '1 h'`,
      'closed_below = 5',
      'approved_by = NULL, approved_at = NULL, closed_below = NULL',
    ].map((change) => update('lost_cell', change, declared)),
    update('lost_cell', 'returned_at = NULL', 'returned_at IS NOT NULL'),
  ],
  'lost_cell.lost_cell_stays': ['DELETE FROM inventory.lost_cell'],
  'lost_cell_claim.claim_is_fixed_once': [
    update('lost_cell_claim', 'applied_then = 3', declared),
    ...['declaration_id = gen_random_uuid()', `pool_id = 'blr/cup'`, 'quantity = 4'].map((change) =>
      update('lost_cell_claim', change, `declaration_id = '${proposed}'`),
    ),
  ],
  'lost_cell_claim.claim_stays': ['DELETE FROM inventory.lost_cell_claim'],
  'recovery_case.case_is_decided_once': [
    update('recovery_case', 'decided_at = now()', 'epoch = 2'),
    ...['seq = 99', `kind = 'AT_RISK_UNITS'`, `pool_id = 'blr/cup'`, `reference = 'blr/cup'`]
      .concat(['quantity = 3', 'epoch = 4'])
      .map((change) => update('recovery_case', change, 'epoch = 3')),
  ],
  'recovery_case.case_stays': ['DELETE FROM inventory.recovery_case'],
  'warehouse_act.act_stays': [
    update('warehouse_act', `kind = 'count'`),
    'DELETE FROM inventory.warehouse_act',
  ],
  'warehouse_act.acts_are_not_emptied': ['TRUNCATE inventory.warehouse_act'],
  'witness_relay.told_place_only_rises': [
    update('witness_relay', 'told_place = told_place - 1'),
    update('witness_relay', 'fencing_token = fencing_token - 1'),
  ],
};
