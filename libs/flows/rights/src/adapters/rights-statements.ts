import { statement } from '@entrepot/platform-database';

const columns = `e.request_id AS "id", e.subject_id AS "subject", e.status,
  r.requested_by AS "staff", r.purpose, r.requested_at AS "requestedAt", r.due_at AS "dueAt",
  r.extended_to AS "extendedTo", e.expires_at AS "expiresAt", e.made_at AS "madeAt",
  e.downloaded_at AS "downloadedAt"`;
const joined = 'rights.export e JOIN rights.request r ON r.request_id = e.request_id';

export const insertRequest = statement(
  'rights.insert_request',
  `INSERT INTO rights.request (request_id, subject_id, kind, requested_by, purpose, requested_at, due_at)
   VALUES ($1, $2, $3, $4, $5, $6, $7)`,
);
export const answerRequest = statement(
  'rights.answer_request',
  `UPDATE rights.request SET answered_at = greatest(requested_at, $2)
   WHERE request_id = $1 AND answered_at IS NULL`,
);
const listed = `request_id AS "id", kind, requested_by AS "staff", purpose, requested_at AS "requestedAt",
  due_at AS "dueAt", extended_to AS "extendedTo", answered_at AS "answeredAt", told_at AS "toldAt"`;
const due = 'coalesce(extended_to, due_at)';
/** Behind a place of the queue: what is open by when it is due, then what was answered, the last first. */
export const pageOfRequests = statement(
  'rights.page_of_requests',
  `WITH open AS (
     SELECT * FROM rights.request
     WHERE answered_at IS NULL AND NOT $1::boolean AND (${due}, request_id) > ($2::timestamptz, $3)
     ORDER BY ${due}, request_id LIMIT $4),
   answered AS (
     SELECT * FROM rights.request
     WHERE answered_at IS NOT NULL AND (NOT $1 OR (answered_at, request_id) < ($2, $3))
     ORDER BY answered_at DESC, request_id DESC LIMIT $4)
   SELECT ${listed} FROM (SELECT * FROM open UNION ALL SELECT * FROM answered) found
   ORDER BY answered_at IS NOT NULL, CASE WHEN answered_at IS NULL THEN ${due} END,
     CASE WHEN answered_at IS NULL THEN request_id END, answered_at DESC, request_id DESC LIMIT $4`,
);
export const findRequest = statement(
  'rights.find_request',
  `SELECT ${listed} FROM rights.request WHERE request_id = $1`,
);
const isUntoldCorrection = `kind = 'rectification' AND answered_at IS NOT NULL AND told_at IS NULL`;
export const findUntoldCorrections = statement(
  'rights.find_untold_corrections',
  `SELECT request_id AS "requestId", subject_id AS "subject"
   FROM rights.request JOIN privacy.active_subject USING (subject_id)
   WHERE ${isUntoldCorrection} AND request_id > coalesce($1, '') ORDER BY request_id LIMIT $2`,
);
export const noteCorrectionTold = statement(
  'rights.note_correction_told',
  `UPDATE rights.request SET told_at = greatest(answered_at, $2)
   WHERE request_id = $1 AND ${isUntoldCorrection}`,
);
export const findUntoldOfSubject = statement(
  'rights.find_untold_of_subject',
  `SELECT request_id AS "requestId" FROM rights.request WHERE subject_id = $1 AND ${isUntoldCorrection}`,
);
export const insertExport = statement(
  'rights.insert_export',
  `INSERT INTO rights.export (request_id, subject_id, passphrase, link, token_hash, expires_at)
   VALUES ($1, $2, $3, $4, $5, $6)`,
);
export const findExport = statement(
  'rights.find_export',
  `SELECT ${columns} FROM ${joined} WHERE e.request_id = $1 AND e.subject_id = $2
     AND r.requested_by IS NULL`,
);
export const findOrderedExport = statement(
  'rights.find_ordered_export',
  `SELECT ${columns} FROM ${joined} WHERE e.request_id = $1 AND r.requested_by = $2`,
);
export const listExports = statement(
  'rights.list_exports',
  `SELECT ${columns} FROM ${joined} WHERE e.subject_id = $1 ORDER BY r.requested_at, e.request_id`,
);
/** The attempt after the last one fails it; what could not be made is open until somebody answers. */
export const takeUpExport = statement(
  'rights.take_up_export',
  `UPDATE rights.export e
   SET attempts = e.attempts + 1,
     status = CASE WHEN e.attempts < $2 THEN e.status ELSE 'failed' END,
     passphrase = CASE WHEN e.attempts < $2 THEN e.passphrase END,
     link = CASE WHEN e.attempts < $2 THEN e.link END
   FROM rights.request r
   WHERE e.request_id = $1 AND e.status = 'requested' AND r.request_id = e.request_id
   RETURNING e.request_id AS "id", e.subject_id AS "subject", e.status, e.passphrase,
     r.requested_by AS "staff", r.purpose`,
);
export const keepArchive = statement(
  'rights.keep_archive',
  `WITH kept AS (
     UPDATE rights.export
     SET status = 'ready', archive = $2, passphrase = NULL, made_at = now(),
       expires_at = now() + make_interval(hours => 24 * $3)
     WHERE request_id = $1 AND status = 'requested' RETURNING request_id)
   UPDATE rights.request r SET answered_at = greatest(r.requested_at, now())
   FROM kept WHERE r.request_id = kept.request_id`,
);
export const findReady = statement(
  'rights.find_ready_export',
  `SELECT e.request_id AS "id", e.subject_id AS "subject", e.archive
   FROM rights.export e JOIN privacy.active_subject USING (subject_id)
   WHERE e.token_hash = $1 AND e.status = 'ready' AND e.expires_at > now()`,
);
export const redeemExport = statement(
  'rights.redeem_export',
  `UPDATE rights.export SET status = 'downloaded', archive = NULL, link = NULL, downloaded_at = now()
   WHERE token_hash = $1 AND status = 'ready' AND expires_at > now()`,
);
export const findWaiting = statement(
  'rights.find_waiting_exports',
  `SELECT e.request_id AS "id" FROM ${joined} JOIN privacy.active_subject a ON a.subject_id = e.subject_id
   WHERE e.status = 'requested' ORDER BY e.attempts, r.requested_at LIMIT $1`,
);
const isUntold = `e.status = 'ready' AND e.link IS NOT NULL AND e.expires_at > now()`;
export const findUntoldExport = statement(
  'rights.find_untold_export',
  `SELECT e.request_id AS "id", e.subject_id AS "subject", e.link, e.expires_at AS "expiresAt"
   FROM rights.export e JOIN privacy.active_subject USING (subject_id)
   WHERE e.request_id = $1 AND ${isUntold}`,
);
export const findUntoldExports = statement(
  'rights.find_untold_exports',
  `SELECT e.request_id AS "id" FROM rights.export e JOIN privacy.active_subject USING (subject_id)
   WHERE ${isUntold} AND e.request_id > coalesce($1, '') ORDER BY e.request_id LIMIT $2`,
);
export const noteExportTold = statement(
  'rights.note_export_told',
  'UPDATE rights.export SET link = NULL WHERE request_id = $1',
);
export const expireExports = statement(
  'rights.expire_exports',
  `UPDATE rights.export SET status = 'expired', archive = NULL, passphrase = NULL, link = NULL
   WHERE request_id IN (
     SELECT request_id FROM rights.export
     WHERE status IN ('requested', 'ready') AND expires_at <= now()
     ORDER BY expires_at LIMIT $1 FOR UPDATE SKIP LOCKED)`,
);
export const listRequests = statement(
  'rights.list_requests',
  `SELECT request_id AS "id", kind, requested_by IS NOT NULL AS "isAskedByStaff", purpose,
     requested_at AS "requestedAt", due_at AS "dueAt", answered_at AS "answeredAt"
   FROM rights.request WHERE subject_id = $1 ORDER BY requested_at, request_id`,
);
export const deleteExportsOfSubject = statement(
  'rights.delete_exports_of_subject',
  'DELETE FROM rights.export WHERE subject_id = $1',
);
export const deleteGrievancesOfSubject = statement(
  'rights.delete_grievances_of_subject',
  'DELETE FROM rights.grievance WHERE subject_id = $1',
);
export const deleteNomineesOfSubject = statement(
  'rights.delete_nominees_of_subject',
  'DELETE FROM rights.nominee WHERE subject_id = $1',
);
export const deleteRequestsOfSubject = statement(
  'rights.delete_requests_of_subject',
  'DELETE FROM rights.request WHERE subject_id = $1',
);
/** Erasures have the same clock and the same officers. */
export const findOpenRequests = statement(
  'rights.find_open_requests',
  `SELECT kind, requested_at AS "requestedAt", due_at AS "dueAt", extended_to AS "extendedTo"
   FROM rights.request WHERE answered_at IS NULL
   UNION ALL
   SELECT 'erasure', requested_at, due_at, extended_to
   FROM privacy.erasure_request WHERE closed_at IS NULL`,
);
