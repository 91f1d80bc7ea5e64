import { statement } from '@entrepot/platform-database';

const columns = `relocation_id AS "id", subject_id AS "subject", to_cell AS "to", status,
  issued_at AS "issuedAt", expires_at AS "expiresAt", completed_at AS "completedAt",
  erasure_request_id AS "erasureRequest"`;

export const voidOpenDeparture = statement(
  'relocation.void_open_departure',
  `UPDATE relocation.departure SET status = 'voided' WHERE subject_id = $1 AND status = 'issued'`,
);
export const withdrawDeparture = statement(
  'relocation.withdraw_departure',
  `UPDATE relocation.departure SET status = 'withdrawn' WHERE relocation_id = $1 AND status = 'issued'`,
);
export const insertDeparture = statement(
  'relocation.insert_departure',
  `INSERT INTO relocation.departure (relocation_id, subject_id, to_cell, issued_at, expires_at)
   VALUES ($1, $2, $3, $4, $5)`,
);
export const findDeparture = statement(
  'relocation.find_departure',
  `SELECT ${columns} FROM relocation.departure WHERE relocation_id = $1 AND subject_id = $2`,
);
export const completeDeparture = statement(
  'relocation.complete_departure',
  `UPDATE relocation.departure
   SET status = 'completed', completed_at = greatest(issued_at, $3), erasure_request_id = $2
   WHERE relocation_id = $1 AND status = 'issued'`,
);
export const listDepartures = statement(
  'relocation.list_departures',
  `SELECT relocation_id AS "id", to_cell AS "toCell", status, issued_at AS "issuedAt",
     completed_at AS "completedAt"
   FROM relocation.departure WHERE subject_id = $1 ORDER BY issued_at, relocation_id`,
);
export const deleteDepartures = statement(
  'relocation.delete_departures',
  'DELETE FROM relocation.departure WHERE subject_id = $1',
);
export const markArrival = statement(
  'relocation.mark_arrival',
  `INSERT INTO relocation.arrival (packet_id, from_cell, taken_at, expires_at)
   VALUES ($1, $2, $3, $4) ON CONFLICT (packet_id) DO NOTHING`,
);
export const unmarkArrival = statement(
  'relocation.unmark_arrival',
  'DELETE FROM relocation.arrival WHERE packet_id = $1',
);
export const forgetOldArrivals = statement(
  'relocation.forget_old_arrivals',
  `DELETE FROM relocation.arrival WHERE packet_id IN (
     SELECT packet_id FROM relocation.arrival WHERE expires_at < $1 LIMIT 100)`,
);
