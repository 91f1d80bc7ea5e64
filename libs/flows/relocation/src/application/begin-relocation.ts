import type { ListAddressesUseCase, ProvePresence, ReadAccountUseCase } from '@entrepot/identity';
import type { Presence } from '@entrepot/identity';
import { DomainError, newCellId } from '@entrepot/kernel';
import type { CellId, CountryCode, Clock } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import type { CellEntry } from '@entrepot/platform-config';
import { packetLifetimeMs } from '../domain/relocation.ts';
import type { Departure } from '../domain/relocation.ts';
import { contentOf } from '../domain/relocation-content.ts';
import type { Departures } from './departures.ts';
import type { Packets } from './packets.ts';

export interface BeginRelocationParts {
  readonly cell: CellId;
  readonly presence: Pick<ProvePresence, 'execute'>;
  readonly accounts: Pick<ReadAccountUseCase, 'execute'>;
  readonly addresses: Pick<ListAddressesUseCase, 'execute'>;
  readonly directory: CellDirectory;
  readonly packets: Packets;
  readonly departures: Departures;
  readonly clock: Clock;
}

export interface BegunRelocation {
  readonly departure: Departure;
  readonly packet: string;
}

/** Hands a shopper what is theirs to take to another cell. Nothing ends here: the account stays as it is. */
export class BeginRelocation {
  readonly #parts: BeginRelocationParts;

  constructor(parts: BeginRelocationParts) {
    this.#parts = parts;
  }

  /**
   * Throws REAUTHENTICATION_REQUIRED, RATE_LIMITED, COUNTRY_NOT_SERVED, RELOCATION_AT_HOME, RELOCATION_CLOSED and what
   * `Departures.open` throws.
   */
  async execute(presence: Presence, country: CountryCode): Promise<BegunRelocation> {
    const { cell, packets, departures, clock } = this.#parts;
    const to = this.#newHomeIn(country);
    await this.#parts.presence.execute(presence);
    const { subject } = presence;
    const issuedAt = clock.now();
    const departure: Departure = {
      ...{ id: newCellId('relocation', cell), subject, to: to.id, status: 'issued', issuedAt },
      expiresAt: new Date(issuedAt.getTime() + packetLifetimeMs),
      ...{ completedAt: undefined, erasureRequest: undefined },
    };
    const content = contentOf({
      account: await this.#parts.accounts.execute(subject),
      addresses: await this.#parts.addresses.execute(subject),
      ...{ residence: country, countries: to.countries },
    });
    const packet = await packets.write({ ...departure, from: cell }, content);
    // last: whoever is refused keeps the packet they have
    await departures.open(departure);
    return { departure, packet };
  }

  #newHomeIn(country: CountryCode): CellEntry {
    const { cell, directory } = this.#parts;
    const to = directory.cellFor(country);
    if (to === undefined) throw new DomainError('COUNTRY_NOT_SERVED', `${country} is not served`);
    if (to.id === cell) throw new DomainError('RELOCATION_AT_HOME', `${country} is served here`);
    return to;
  }
}
