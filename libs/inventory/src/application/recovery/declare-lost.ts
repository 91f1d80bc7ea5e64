import { DomainError, type CellId, type StaffId } from '@entrepot/kernel';
import { canonicalJson, type IdempotencyKey } from '@entrepot/platform-idempotency';
import { Injectable } from '@nestjs/common';
import { v5 } from 'uuid';
import { StockMap } from '../stock-map.ts';
import {
  LostCells,
  type Declared,
  type Fence,
  type LostCell,
  type LostClaim,
} from './lost-cells.ts';

const listedMax = 200;
const declarationNamespace = '6d1f1f0e-5f0b-5a55-9d0c-2f6b8f3a7c11';

/** What the first person says. */
export interface Proposal {
  readonly peer: string;
  readonly fence: Fence;
  readonly claims: readonly LostClaim[];
}

const refusals: Readonly<Record<Exclude<Declared, 'DECLARED'>, readonly [string, string]>> = {
  UNKNOWN: ['NOT_FOUND', 'nothing was proposed under this id'],
  SAME_PERSON: ['LOST_CELL_NEEDS_ANOTHER_PERSON', 'whoever proposed it may not approve it'],
  DECLARED_BEFORE: ['LOST_CELL_DECLARED', 'the cell was declared lost by others'],
  LAPSED: ['LOST_CELL_LAPSED', 'it was proposed more than an hour ago'],
  TOO_MANY: ['LOST_CLAIM_TOO_HIGH', 'the lost cell has fewer units of this one'],
};

/**
 * Two persons say that another cell is lost, after they have fenced it from outside: a cell that is only cut off cannot
 * know that it is taken for dead, and goes on to sell. This cell then recovers without hearing it, and what it takes
 * back from it lies in SUSPENSE until it was counted.
 */
@Injectable()
export class DeclareLost {
  constructor(
    private readonly map: StockMap,
    private readonly cells: LostCells,
  ) {}

  /**
   * The key names the declaration: sent again, what was said first is answered.
   * @throws DomainError LOST_CELL_UNKNOWN, IDEMPOTENCY_KEY_REUSED, LOST_CLAIM_TOO_HIGH with the claims at fault, which is
   * looked at once more when it is approved
   */
  async propose(proposedBy: StaffId, key: IdempotencyKey, said: Proposal): Promise<LostCell> {
    const { fence, claims } = said;
    const peer = this.map.peers.find((cell) => cell === said.peer);
    if (peer === undefined) {
      throw new DomainError('LOST_CELL_UNKNOWN', 'there is no such other cell', {
        fieldProblems: [{ path: 'cell', code: 'LOST_CELL_UNKNOWN', message: 'another cell' }],
      });
    }
    const declaration = v5(`${proposedBy} ${key}`, declarationNamespace);
    const before = await this.cells.find(declaration);
    if (before === undefined) {
      await this.assertGiven(peer, claims);
      await this.cells.propose({ declaration, peer, fence, proposedBy, claims });
    }
    const found = before ?? (await this.find(declaration));
    if (contentOf(found) === contentOf({ peer, fence, claims })) return found;
    throw new DomainError('IDEMPOTENCY_KEY_REUSED', 'the key named another declaration');
  }

  /**
   * @throws DomainError NOT_FOUND, LOST_CELL_NEEDS_ANOTHER_PERSON, LOST_CELL_DECLARED, LOST_CELL_LAPSED,
   * LOST_CLAIM_TOO_HIGH
   */
  async approve(approver: StaffId, declaration: string): Promise<LostCell> {
    const declared = await this.cells.approve(declaration, approver);
    if (declared === 'DECLARED') return this.find(declaration);
    throw new DomainError(...refusals[declared]);
  }

  list(): Promise<LostCell[]> {
    return this.cells.list(listedMax);
  }

  private async assertGiven(peer: CellId, claims: readonly LostClaim[]): Promise<void> {
    const tooHigh = new Set(await this.cells.findTooHigh(peer, claims));
    if (tooHigh.size === 0) return;
    const [code, reason] = refusals.TOO_MANY;
    throw new DomainError(code, reason, {
      fieldProblems: claims.flatMap(({ pool }, at) =>
        tooHigh.has(pool) ? [{ path: `claims/${at}/quantity`, code, message: 'fewer' }] : [],
      ),
    });
  }

  private async find(declaration: string): Promise<LostCell> {
    const found = await this.cells.find(declaration);
    if (found === undefined) throw new TypeError('a declaration has gone');
    return found;
  }
}

const contentOf = ({ peer, fence, claims }: Proposal): string =>
  canonicalJson({
    peer,
    fence,
    claims: claims.map(({ pool, quantity }) => `${pool} ${quantity}`).toSorted(),
  });
