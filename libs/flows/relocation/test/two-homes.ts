import { twoCells } from '@entrepot/identity/testing';
import type { TwoCells } from '@entrepot/identity/testing';
import { Clock, newCellId } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import type { KeyObject } from 'node:crypto';
import { CellSignatures } from '../src/adapters/cell-signatures.ts';
import type { CellSigningKey } from '../src/adapters/cell-signatures.ts';
import { JosePackets, OpeningKey } from '../src/adapters/jose-packets.ts';
import { JoseReceipts } from '../src/adapters/jose-receipts.ts';
import type { PacketFacts } from '../src/application/packets.ts';
import { packetLifetimeMs } from '../src/domain/relocation.ts';

/** A key that lies in memory, where the real one comes from the KMS each time. */
class KeyInMemory extends OpeningKey {
  constructor(
    readonly kid: string,
    private readonly held: KeyObject,
  ) {
    super();
  }

  override key(): Promise<KeyObject> {
    return Promise.resolve(this.held);
  }
}

/** Stands where a spec puts it. */
export class StandingClock extends Clock {
  constructor(private at: Date) {
    super();
  }

  override now(): Date {
    return this.at;
  }

  move(ms: number): void {
    this.at = new Date(this.at.getTime() + ms);
  }
}

interface Home {
  readonly packets: JosePackets;
  readonly receipts: JoseReceipts;
  readonly signatures: CellSignatures;
}

const found = <T>(value: T | undefined): T => {
  if (value === undefined) throw new RangeError('the cell has no such key');
  return value;
};

/** Both ends of a move, with one clock. */
export class TwoHomes {
  readonly clock = new StandingClock(new Date('2026-11-28T12:00:00Z'));

  private constructor(readonly cells: TwoCells) {}

  static async open(): Promise<TwoHomes> {
    return new TwoHomes(await twoCells());
  }

  get old(): Home {
    return this.home(this.cells.home);
  }

  get new(): Home {
    return this.home(this.cells.other);
  }

  /** A home; with another cell's signing key where somebody poses as it. */
  home(cell: CellId, key: CellSigningKey = found(this.cells.keys.get(cell))): Home {
    const { directory } = this.cells;
    const { clock } = this;
    const signatures = new CellSignatures({ cell, clock, directory, key });
    const opening = this.cells.openingKeys.get(cell);
    const openingKey = opening && new KeyInMemory(opening.kid, opening.key);
    return {
      ...{ signatures, packets: new JosePackets({ signatures, directory, openingKey }) },
      receipts: new JoseReceipts(signatures),
    };
  }

  signingKeyOf(cell: CellId): CellSigningKey {
    return found(this.cells.keys.get(cell));
  }

  facts(change: Partial<PacketFacts> = {}): PacketFacts {
    const issuedAt = this.clock.now();
    const { home: from, other: to } = this.cells;
    return {
      ...{ id: newCellId('relocation', from), from, to, issuedAt },
      expiresAt: new Date(issuedAt.getTime() + packetLifetimeMs),
      ...change,
    };
  }
}
