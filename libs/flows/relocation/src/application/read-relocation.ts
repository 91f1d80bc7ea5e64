import { DomainError } from '@entrepot/kernel';
import type { RelocationId, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import type { Departure } from '../domain/relocation.ts';
import { Departures } from './departures.ts';

/** How far a move is. Somebody else's is not there. */
@Injectable()
export class ReadRelocation {
  readonly #departures: Departures;

  constructor(departures: Departures) {
    this.#departures = departures;
  }

  /** Throws NOT_FOUND. */
  async execute(id: RelocationId, subject: SubjectId): Promise<Departure> {
    const departure = await this.#departures.find(id, subject);
    if (departure === undefined) throw new DomainError('NOT_FOUND', 'there is no such relocation');
    return departure;
  }
}
