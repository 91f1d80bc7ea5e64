import type { ErasureRequestId } from '@entrepot/kernel';
import { extensionOf, isApprovedByTwo, isFourEyed } from '@entrepot/privacy';
import type {
  ErasureApproval,
  ErasureRequest,
  ErasureStatus,
  IdentityMethod,
  PlanFacts,
} from '@entrepot/privacy';
import { isAllowedIn, ruleOf, staffActionsIn } from './transition-table.ts';
import type { ErasureAction, StaffAction } from './transition-table.ts';

/** Events that carry nothing but when they happened. */
type PlainAction = Exclude<
  ErasureAction,
  | 'verify-identity'
  | 'mark-duplicate'
  | 'assess'
  | 'confirm'
  | 'approve'
  | 'approve-in-part'
  | 'cool-off'
  | 'extend'
  | 'fail'
>;

/** One of the two officers signs the plan: whoever asks confirms it, somebody else approves it. */
export interface SigningEvent {
  readonly action: 'confirm' | 'approve';
  readonly at: Date;
  readonly approval: ErasureApproval;
}

/** What happens to a request. `approve` leads to `approved` or `partial`, as the plan has it. */
export type ErasureEvent =
  | { readonly action: PlainAction; readonly at: Date }
  | { readonly action: 'verify-identity'; readonly at: Date; readonly method: IdentityMethod }
  | { readonly action: 'mark-duplicate'; readonly at: Date; readonly of: ErasureRequestId }
  | { readonly action: 'assess'; readonly at: Date; readonly plan: PlanFacts }
  | SigningEvent
  | { readonly action: 'cool-off'; readonly at: Date; readonly until: Date }
  | { readonly action: 'extend'; readonly at: Date; readonly timeZone: string }
  | {
      readonly action: 'fail';
      readonly at: Date;
      readonly step: string;
      readonly code: string;
    };

export type TransitionRefusal =
  | 'ERASURE_NEEDS_ANOTHER_PERSON'
  | 'ERASURE_NOT_WAITING'
  | 'ERASURE_NOT_CONFIRMED'
  | 'ERASURE_APPROVAL_REPLAYED'
  | 'ERASURE_PLAN_CHANGED'
  | 'ERASURE_STATE_FORBIDS'
  | 'ERASURE_COOLING_OFF'
  | 'ERASURE_NOT_EXTENDABLE';

export type Transition =
  { readonly request: ErasureRequest } | { readonly refusal: TransitionRefusal };

/** What becomes of a request by an event, or why nothing does. Pure: the event carries its instant. */
export function transition(request: ErasureRequest, event: ErasureEvent): Transition {
  const refusal = refusalOf(request, event);
  if (refusal !== undefined) return { refusal };
  const action = actionOf(request, event);
  const status = statusAfter(request, action);
  const next = { ...request, ...marksOf(request, event), status, version: request.version + 1 };
  return { request: { ...next, ...resumptionOf(request, action) } };
}

/** The row of the table that an event is. */
function actionOf({ plan }: ErasureRequest, { action }: ErasureEvent): ErasureAction {
  return action === 'approve' && plan?.keepsSomething === true ? 'approve-in-part' : action;
}

function statusAfter({ status, resumesTo }: ErasureRequest, action: ErasureAction): ErasureStatus {
  const { to } = ruleOf(action);
  if (to === 'same') return status;
  return to === 'resumed' ? (resumesTo ?? status) : to;
}

function resumptionOf(
  { status, resumesTo }: ErasureRequest,
  action: ErasureAction,
): Pick<ErasureRequest, 'resumesTo'> & Partial<Pick<ErasureRequest, 'failure'>> {
  if (action === 'hold' || action === 'fail') return { resumesTo: status };
  if (action === 'extend') return { resumesTo };
  return { resumesTo: undefined, ...(action === 'retry' && { failure: undefined }) };
}

function refusalOf(request: ErasureRequest, event: ErasureEvent): TransitionRefusal | undefined {
  if (event.action === 'confirm') return confirmationRefusalOf(request, event.approval);
  if (event.action === 'approve') return approvalRefusalOf(request, event.approval);
  if (!isAllowedIn(request.status, event.action)) return 'ERASURE_STATE_FORBIDS';
  if (event.action === 'extend') {
    const extension = extensionOf(request, event.at, event.timeZone);
    return extension === undefined ? 'ERASURE_NOT_EXTENDABLE' : undefined;
  }
  const isWayBack = waysBack.has(event.action) && request.committedAt !== undefined;
  if (isWayBack) return 'ERASURE_STATE_FORBIDS';
  return doors.has(event.action) ? doorRefusalOf(request, event) : undefined;
}

/** On the way through these there is no return at the end. */
const doors: ReadonlySet<ErasureAction> = new Set([
  ...(['cool-off', 'commit', 'fence', 'end-key'] as const),
]);
/** None of these is taken once a request is committed. */
const waysBack: ReadonlySet<ErasureAction> = new Set(['assess', 'hold', 'withdraw']);

/** Before each door both persons are looked at again. */
function doorRefusalOf(
  request: ErasureRequest,
  { action, at }: ErasureEvent,
): TransitionRefusal | undefined {
  if (!isApprovedByTwo(request)) return 'ERASURE_NEEDS_ANOTHER_PERSON';
  if (action === 'fence' && request.committedAt === undefined) return 'ERASURE_STATE_FORBIDS';
  if (action !== 'commit') return undefined;
  if (request.committedAt !== undefined) return 'ERASURE_STATE_FORBIDS';
  const isCooled = request.coolingOffUntil !== undefined && at >= request.coolingOffUntil;
  return isCooled ? undefined : 'ERASURE_COOLING_OFF';
}

/** First the state, then who, then what: nobody learns by an error what they may not approve anyway. */
function approvalRefusalOf(
  request: ErasureRequest,
  approval: ErasureApproval,
): TransitionRefusal | undefined {
  const isAnother = request.requestedBy === undefined || isFourEyed({ ...request, approval });
  if (!isAnother || request.subject === approval.person) return 'ERASURE_NEEDS_ANOTHER_PERSON';
  if (request.approval?.staffId === approval.staffId) return 'ERASURE_APPROVAL_REPLAYED';
  if (!isAllowedIn(request.status, 'approve')) return 'ERASURE_NOT_WAITING';
  if (request.confirmation === undefined) return 'ERASURE_NOT_CONFIRMED';
  return approval.planDigest === request.plan?.digest ? undefined : 'ERASURE_PLAN_CHANGED';
}

/** Only whoever asked confirms; what the person asked for, the officer who takes it up. */
function confirmationRefusalOf(
  { status, subject, requestedBy, confirmation, plan }: ErasureRequest,
  { staffId, person, planDigest }: ErasureApproval,
): TransitionRefusal | undefined {
  const isTheirs = requestedBy === undefined || requestedBy.staffId === staffId;
  if (!isTheirs || subject === person) return 'ERASURE_NEEDS_ANOTHER_PERSON';
  if (confirmation !== undefined) return 'ERASURE_APPROVAL_REPLAYED';
  if (!isAllowedIn(status, 'confirm')) return 'ERASURE_NOT_WAITING';
  return planDigest === plan?.digest ? undefined : 'ERASURE_PLAN_CHANGED';
}

/** What an event leaves on the request beside its state. */
function marksOf(request: ErasureRequest, event: ErasureEvent): Partial<ErasureRequest> {
  if (event.action === 'verify-identity') return { identity: event.method };
  if (event.action === 'mark-duplicate') return { duplicateOf: event.of, closedAt: event.at };
  if (event.action === 'assess') {
    const unsigned = { confirmation: undefined, approval: undefined };
    return { plan: event.plan, ...unsigned, coolingOffUntil: undefined };
  }
  if (event.action === 'confirm' || event.action === 'approve') return signatureMarkOf(event);
  if (event.action === 'cool-off') return { coolingOffUntil: event.until };
  if (event.action === 'extend') {
    return { extendedTo: extensionOf(request, event.at, event.timeZone) };
  }
  if (event.action === 'fail') return { failure: { step: event.step, code: event.code } };
  return instantsOf(event.action, event.at);
}

function signatureMarkOf({ action, approval }: SigningEvent): Partial<ErasureRequest> {
  if (action === 'approve') return { approval };
  const { staffId, person, planDigest, at } = approval;
  return { requestedBy: { staffId, person }, confirmation: { planDigest, at } };
}

function instantsOf(action: PlainAction, at: Date): Partial<ErasureRequest> {
  const instants: Partial<Record<PlainAction, Partial<ErasureRequest>>> = {
    commit: { committedAt: at },
    fence: { fencedAt: at },
    drain: { drainedAt: at },
    'end-key': { keyUnusableAt: at },
    purge: { purgedAt: at },
    'confirm-destroyed': { keyDestroyedAt: at },
    close: { closedAt: at },
    reject: { closedAt: at },
    withdraw: { closedAt: at },
  };
  return instants[action] ?? {};
}

/** What an officer may do to a request now; who they are is asked at the time. */
export const staffActionsFor = ({
  status,
  committedAt,
  extendedTo,
  confirmation,
}: ErasureRequest): StaffAction[] =>
  staffActionsIn(status).filter(
    (action) =>
      !(waysBack.has(action) && committedAt !== undefined) &&
      !(action === 'confirm' && confirmation !== undefined) &&
      !(action === 'approve' && confirmation === undefined) &&
      !(action === 'extend' && extendedTo !== undefined),
  );
