import type { PrivacyRequestDetailView, PrivacyRequestView } from '@entrepot/contracts/api/rights';
import { deadlineOf } from '@entrepot/privacy';
import type { NoticeProgress } from '@entrepot/privacy';
import type { RequestDetail, UrgentRequest } from '../application/read-requests.ts';

export const privacyRequestViewOf = (of: UrgentRequest): PrivacyRequestView => ({
  ...{ id: of.id, kind: of.kind, urgency: of.urgency ?? null },
  ...{ requestedBy: of.order?.staff ?? null, purpose: of.order?.purpose ?? null },
  requestedAt: of.requestedAt.toISOString(),
  dueAt: deadlineOf(of).toISOString(),
  isExtended: of.extendedTo !== undefined,
  answeredAt: of.answeredAt?.toISOString() ?? null,
  toldAt: of.toldAt?.toISOString() ?? null,
});

export const privacyRequestDetailViewOf = ({
  request,
  recipients,
}: RequestDetail): PrivacyRequestDetailView => ({
  ...privacyRequestViewOf(request),
  recipients: recipients.map(recipientViewOf),
});

const recipientViewOf = (of: NoticeProgress): PrivacyRequestDetailView['recipients'][number] => ({
  ...{ processor: of.processor, state: of.state, attempt: of.attempt, tries: of.tries },
  ...{ identities: of.identities, preparedAt: of.preparedAt.toISOString() },
  dueAt: of.dueAt.toISOString(),
  completedAt: of.completedAt?.toISOString() ?? null,
  answerDigest: of.proof?.answerDigest ?? null,
  signerDigest: of.proof?.signerDigest ?? null,
});
