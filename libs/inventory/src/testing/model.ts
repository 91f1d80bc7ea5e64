export { emptyBalances } from '../domain/accounts.ts';
export type { Account } from '../domain/accounts.ts';
export {
  conservationVector,
  digestOfVector,
  isSignedByOneOf,
  noVector,
  signVector,
  textOfVector,
} from '../application/auditing/conservation-vector.ts';
export type {
  ConservationVector,
  PoolTotals,
} from '../application/auditing/conservation-vector.ts';
export { isCanaryOrder } from '../domain/canary.ts';
export { channelOf, emptyStock } from '../domain/cell-stock.ts';
export type { CellStock } from '../domain/cell-stock.ts';
export type { Command, DocumentId, Outcome, Verdict } from '../domain/commands.ts';
export { decide } from '../domain/escrow.ts';
export { beginRecovery, endRecovery, hearEpoch } from '../domain/recovery.ts';
export { findBreaches, findGlobalBreaches } from '../domain/invariants.ts';
export type { PoolId } from '../domain/pool.ts';
export { terminalStates, transitions } from '../domain/reservation.ts';
export type { ReservationId, ReservationState, TransitionKind } from '../domain/reservation.ts';
export { escrowProtocol, newWorld, thePool } from './escrow-world.ts';
export type { GrantMessage, Protocol, World } from './escrow-world.ts';
export { mutants } from './mutants.ts';
export { homeCell, orderOf, uuidOf } from './stock-commands.ts';
