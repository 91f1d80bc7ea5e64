import { DomainError, type StaffId } from '@entrepot/kernel';
import { ShopDatabase, type Transaction } from '@entrepot/platform-database';
import { Injectable } from '@nestjs/common';
import type { Transition } from '../../domain/commands.ts';
import { AvailabilityBoard } from '../availability-board.ts';
import { WarehouseBooks } from '../warehouse/warehouse-books.ts';
import {
  RecoveryCases,
  type CaseDecision,
  type CaseKind,
  type CaseStanding,
  type RecoveryCase,
} from './recovery-cases.ts';

const decisionsOf: Readonly<Record<CaseKind, readonly CaseDecision[]>> = {
  AT_RISK_UNITS: ['counted'],
  SUSPENDED_UNITS: ['counted'],
  OWED_UNITS: ['settled'],
  FORGOTTEN_SALE: ['kept', 'cancelled', 'substituted', 'back-ordered'],
};

export interface CasePage {
  readonly cases: readonly RecoveryCase[];
  /** Place after which the next page begins. */
  readonly next: number | undefined;
}

/**
 * Lists what recoveries left for people, and writes down what one of them decided. A case of units is closed only when
 * the books no longer hold any in doubt; a sale that is cancelled gives its units back in the same commit.
 */
@Injectable()
export class DecideCase {
  constructor(
    private readonly database: ShopDatabase,
    private readonly cases: RecoveryCases,
    private readonly books: WarehouseBooks,
    private readonly board: AvailabilityBoard,
  ) {}

  async page(of: {
    readonly isDecided: boolean;
    readonly after: number | undefined;
    readonly limit: number;
  }): Promise<CasePage> {
    const found = await this.cases.page({ ...of, limit: of.limit + 1 });
    const cases = found.slice(0, of.limit);
    return { cases, next: found.length > of.limit ? cases.at(-1)?.seq : undefined };
  }

  /**
   * The same decision again changes nothing.
   * @throws DomainError NOT_FOUND, RECOVERY_CASE_DECIDED, RECOVERY_DECISION_UNFIT with its field,
   * RECOVERY_CASE_UNSETTLED while units are in doubt or owed, STOCK_NOT_ACTIVE
   */
  async execute(
    by: StaffId,
    { seq, decision }: { readonly seq: number; readonly decision: CaseDecision },
  ): Promise<RecoveryCase> {
    let cancelled: readonly Transition[] = [];
    const decided = await this.database.unitOfWork(async (tx) => {
      const found = await this.cases.lock(tx, seq);
      if (found === undefined) throw new DomainError('NOT_FOUND', 'there is no such case');
      if (found.decision === decision) return found;
      if (found.decision !== null) {
        throw new DomainError('RECOVERY_CASE_DECIDED', 'the case was decided otherwise');
      }
      assertFits(found.kind, decision);
      const standing = await this.cases.standingOf(tx, found);
      assertSettled(found.kind, standing);
      if (decision === 'cancelled') cancelled = [await this.cancel(tx, standing)];
      await this.cases.decide(tx, seq, { decision, by });
      const written = await this.cases.find(tx, seq);
      if (written === undefined) throw new TypeError('a case has gone');
      return written;
    });
    this.board.takeDown(cancelled);
    return decided;
  }

  private async cancel(tx: Transaction, { reservation }: CaseStanding): Promise<Transition> {
    if (reservation === undefined) throw new TypeError('a forgotten sale has no reservation');
    const { id, pool, order, quantity } = reservation;
    const command = { kind: 'cancel', reservation: id, pool, order, quantity } as const;
    const [verdict] = await this.books.apply(tx, [command]);
    if (verdict?.outcome === 'CANCELLED') return command;
    if (verdict?.outcome === 'NOT_ACTIVE') {
      throw new DomainError('STOCK_NOT_ACTIVE', 'this cell changes no stock at the moment');
    }
    throw unfit('the parcel has left; what comes back is a return');
  }
}

function assertFits(kind: CaseKind, decision: CaseDecision): void {
  if (!decisionsOf[kind].includes(decision)) {
    throw unfit(`one of ${decisionsOf[kind].join(', ')}`);
  }
}

const unfit = (message: string): DomainError =>
  new DomainError('RECOVERY_DECISION_UNFIT', 'this decision does not settle the case', {
    fieldProblems: [{ path: 'decision', code: 'RECOVERY_DECISION_UNFIT', message }],
  });

function assertSettled(kind: CaseKind, { suspense, deficit }: CaseStanding): void {
  const left = kind === 'FORGOTTEN_SALE' ? 0 : kind === 'OWED_UNITS' ? deficit : suspense;
  if (left === 0) return;
  throw new DomainError(
    'RECOVERY_CASE_UNSETTLED',
    'units of the article are still in doubt or owed',
    {
      details: { units: left },
    },
  );
}
