import { LegalHolds } from '@entrepot/privacy';
import type { LegalHold } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';

const listedMax = 100;

@Injectable()
export class ListHolds {
  private readonly holds: LegalHolds;

  constructor(holds: LegalHolds) {
    this.holds = holds;
  }

  /** The newest ones, released ones too. */
  execute(): Promise<LegalHold[]> {
    return this.holds.list(listedMax);
  }
}
