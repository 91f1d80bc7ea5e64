import { createHash } from 'node:crypto';
import { erasureCertificateBody } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureCertificateBody } from '@entrepot/contracts/api/erasure-certificate';
import type { CellId } from '@entrepot/kernel';
import type { KeyFate, RecipientNotice } from '@entrepot/privacy';
import type { ErasurePlan } from '../domain/assess.ts';
import { notRunOf, verificationOf } from '../domain/verification.ts';
import { objectionStore } from './count-objection.ts';
import type { ErasureDetail } from './read-erasures.ts';

/** Details of events that tell what a step did not do. */
const notDoneDetails: ReadonlySet<string> = new Set([
  'PERSON_NOT_ASKED_ANEW',
  'COPY_NOT_OFFERED',
  'NO_RECIPIENT_CONNECTED',
]);

export interface CertifiedErasure extends ErasureDetail {
  readonly cell: CellId;
  readonly fate: KeyFate;
  readonly notices: readonly RecipientNotice[];
}

/** The certificate of an erasure. Throws where something that it has to say is not known. */
export function certificateOf(erasure: CertifiedErasure): ErasureCertificateBody {
  const { request, events, steps, fate, cell, notices } = erasure;
  const { plan: facts, approval } = request;
  const last = events.at(-1);
  if (facts === undefined || approval === undefined || last === undefined) {
    throw new TypeError('only an approved erasure is certified');
  }
  const plan = JSON.parse(facts.text) as ErasurePlan;
  const verification = verificationOf(steps);
  const hasRun = (name: string) =>
    verification.some(({ part, result }) => part === name && result !== 'not_run');
  // an operator may have looked after the step was done: what counts is the record as it is now
  const notRun = notRunOf(hasRun('store-scan'), hasRun('restore-drill'));
  return erasureCertificateBody.parse({
    format: 'entrepot-erasure-certificate/1',
    ...{ requestId: request.id, cell, country: plan.country },
    claims: {
      unusable: { since: fate.unusableAt?.toISOString() },
      destroyed: { at: fate.destroyedAt?.toISOString() },
    },
    approval: { persons: 2, planDigest: facts.digest, at: approval.at.toISOString() },
    stores: steps.map(({ leftReason, ...step }) => ({ ...step, leftReason: leftReason ?? null })),
    retained: plan.entries
      .filter(({ leaves }) => leaves !== 'nothing')
      .map(({ category, leaves, law, until }) => ({ category, leaves, law, until })),
    suppressions: steps.flatMap(({ store, left }) =>
      store === objectionStore && left > 0
        ? [{ list: 'direct_marketing', entries: left, keptAs: 'keyed_digest' }]
        : [],
    ),
    recipients: notices.map(recipientOf),
    verification,
    notDone: [
      ...events.flatMap(({ detail }) =>
        detail !== undefined && notDoneDetails.has(detail) ? [detail] : [],
      ),
      ...(notRun === undefined ? [] : [notRun]),
    ],
    evidence: { events: events.length, chainHead: last.hash },
  });
}

/** Throws where a processor has not proven what it did: such a request is not certified. */
function recipientOf(notice: RecipientNotice): ErasureCertificateBody['recipients'][number] {
  const { processor, identities, attempt, completedAt, proof } = notice;
  if (completedAt === undefined || proof === undefined) {
    throw new TypeError(`${processor} has not proven that it erased`);
  }
  return {
    ...{ processor, identities, attempts: attempt },
    acknowledgedAt: completedAt.toISOString(),
    answerDigest: createHash('sha256').update(proof.answer).digest('hex'),
    signerDigest: proof.signerDigest,
  };
}
