import { erasureCertificateBody } from '@entrepot/contracts/api/erasure-certificate';
import type { ErasureCertificateView } from '@entrepot/contracts/api/erasure-certificate';
import type {
  CreatedErasureRequestView,
  ErasureRequestDetailView,
  ErasureRequestView,
} from '@entrepot/contracts/api/privacy';
import { deadlineOf, isErased } from '@entrepot/privacy';
import type {
  ErasureEventRecord,
  ErasureRequest,
  GivenEvidence,
  PlanFacts,
} from '@entrepot/privacy';
import { createPublicKey } from 'node:crypto';
import type { SignedCertificate } from '../application/read-certificate.ts';
import type { EvidencedErasure } from '../application/read-erasures.ts';
import type { VerifiedErasure } from '../application/take-in-erasure.ts';
import type { ErasurePlan } from '../domain/assess.ts';
import { staffActionsFor } from '../domain/transition.ts';

const instantOf = (at: Date | undefined): string | null => at?.toISOString() ?? null;

export const erasureRequestViewOf = (request: ErasureRequest): ErasureRequestView => ({
  id: request.id,
  status: request.status,
  isErased: isErased(request),
  allowedActions: staffActionsFor(request),
  requestedBy: request.requestedBy?.staffId ?? null,
  identity: request.identity ?? null,
  approvedBy: request.approval?.staffId ?? null,
  planDigest: request.plan?.digest ?? null,
  requestedAt: request.requestedAt.toISOString(),
  dueAt: deadlineOf(request).toISOString(),
  isExtended: request.extendedTo !== undefined,
  confirmedAt: instantOf(request.confirmation?.at),
  approvedAt: instantOf(request.approval?.at),
  coolingOffUntil: instantOf(request.coolingOffUntil),
  fencedAt: instantOf(request.fencedAt),
  drainedAt: instantOf(request.drainedAt),
  keyUnusableAt: instantOf(request.keyUnusableAt),
  purgedAt: instantOf(request.purgedAt),
  keyDestroyedAt: instantOf(request.keyDestroyedAt),
  closedAt: instantOf(request.closedAt),
  resumesTo: request.resumesTo ?? null,
  failure: request.failure ?? null,
});

/** The link goes to the person: an officer has the one half of the secret only. */
export const createdErasureViewOf = ({
  request,
  copy,
}: VerifiedErasure): CreatedErasureRequestView => ({
  ...erasureRequestViewOf(request),
  copy: copy === undefined ? null : { exportId: copy.id, passphrase: copy.passphrase },
});

export const erasureDetailViewOf = ({
  request,
  steps,
  events,
  evidence,
}: EvidencedErasure): ErasureRequestDetailView => ({
  ...erasureRequestViewOf(request),
  plan: request.plan === undefined ? null : planViewOf(request.plan),
  steps: steps.map(({ leftReason, ...step }) => ({ ...step, leftReason: leftReason ?? null })),
  evidence: evidence.map(evidenceViewOf),
  events: events.map(eventViewOf),
});

const evidenceViewOf = (of: GivenEvidence): ErasureRequestDetailView['evidence'][number] => ({
  ...{ part: of.part, login: of.login, tried: of.tried, found: of.found },
  ...(of.part === 'key-trial'
    ? { outcome: of.outcome, statement: null }
    : {
        outcome: of.found === 0 ? ('clean' as const) : ('found' as const),
        statement: of.statement,
      }),
  at: of.givenAt.toISOString(),
});

const eventViewOf = (event: ErasureEventRecord): ErasureRequestDetailView['events'][number] => ({
  seq: event.seq,
  action: event.action,
  actor: event.actor,
  detail: event.detail ?? null,
  at: event.at.toISOString(),
  prevHash: event.prevHash ?? null,
  hash: event.hash,
});

/** Everything but whom it is about. */
function planViewOf({ text }: PlanFacts): ErasureRequestDetailView['plan'] {
  const { country, assessedOn, steps, entries } = JSON.parse(text) as ErasurePlan;
  return {
    ...{ country, assessedOn, steps: [...steps] },
    entries: entries.map((entry) => ({
      ...entry,
      stores: [...entry.stores],
      fields: [...entry.fields],
    })),
  };
}

export const certificateViewOf = ({
  body,
  signature: { keyArn, publicKey, signature },
}: SignedCertificate): ErasureCertificateView => ({
  certificate: erasureCertificateBody.parse(JSON.parse(body)),
  signature: {
    ...{ alg: 'ES256', keyArn, value: signature.toString('base64url') },
    publicKey: createPublicKey({ key: publicKey, format: 'der', type: 'spki' })
      .export({ type: 'spki', format: 'pem' })
      .toString(),
  },
});
