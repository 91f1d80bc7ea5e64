export {
  idPrefixes,
  isCellId,
  isCountryCode,
  isIdOf,
  isRegionCode,
  newCellId,
  newGlobalId,
  parseId,
  randomLocalPart,
  regionOf,
} from './ids.ts';
export type {
  AccountId,
  AddressId,
  Branded,
  CartId,
  CategoryId,
  CellId,
  CountryCode,
  ErasureRequestId,
  RoleGrantId,
  EventId,
  IdKind,
  InvoiceId,
  LegalHoldId,
  OrderId,
  ParsedId,
  PaymentId,
  NomineeId,
  PrivacyRequestId,
  RelocationId,
  ProductId,
  RegionCode,
  RetainedFieldId,
  SalesChannelId,
  SessionId,
  Sku,
  StaffId,
  SubjectId,
  VariantId,
  WarehouseId,
} from './ids.ts';
export { Clock, SystemClock } from './clock.ts';
export { DomainError, OutcomeUnknownError } from './domain-error.ts';
export type { ErrorDetails, FieldProblem } from './domain-error.ts';
export { amountMinorMax, divideHalfUp, isCurrencyCode, Money, taxIncluded } from './money.ts';
export type { CurrencyCode } from './money.ts';
export { Personal, PersonalValueError } from './personal.ts';
export type { Public } from './personal.ts';
export { PersonalDataOwner } from './personal-data-owner.ts';
export type { ErasureOutcome, PersonalDataExtract } from './personal-data-owner.ts';
export {
  applyEdits,
  cartEditsAheadMax,
  cartLinesMax,
  cartReplicasMax,
  cartSkusMax,
  emptyCart,
  lineQuantityMax,
  linesOf,
  mergeCarts,
  opToSet,
  quantityOf,
  rawQuantityOf,
  slotsOf,
} from './crdt/cart.ts';
export type { CartEdit, CartOp, CartState, LineSlot, ReplicaProgress } from './crdt/cart.ts';
export {
  addToSet,
  elementsOf,
  isInSet,
  mergeSets,
  observedAdds,
  removeFromSet,
} from './crdt/or-set.ts';
export type { ElementDots, OrSet } from './crdt/or-set.ts';
export {
  changeCounter,
  counterValue,
  counterValueSince,
  emptyCounter,
  mergeCounters,
} from './crdt/pn-counter.ts';
export type { CounterSlot, PnCounter } from './crdt/pn-counter.ts';
export { isReplicaId } from './crdt/replica.ts';
export type { Dot, ReplicaId, VersionVector } from './crdt/replica.ts';
