import { Injectable } from '@nestjs/common';
import { KeyReserve } from './key-reserve.ts';

const keysWanted = 64;
/** AWS admits five new keys per second and account by default. */
const keysPerRunMax = 20;

/** Makes KMS keys ahead of need, so that a burst of registrations does not wait for them. */
@Injectable()
export class RefillKeyReserveUseCase {
  private readonly reserve: KeyReserve;

  constructor(reserve: KeyReserve) {
    this.reserve = reserve;
  }

  /** Answers how many keys were made. */
  async execute(): Promise<number> {
    const missing = Math.min(await this.reserve.missing(keysWanted), keysPerRunMax);
    for (let made = 0; made < missing; made += 1) await this.reserve.add();
    return missing;
  }
}
