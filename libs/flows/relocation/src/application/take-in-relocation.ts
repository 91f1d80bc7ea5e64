import type { AddAddressUseCase, ListAddressesUseCase, SignUpShopper } from '@entrepot/identity';
import type { Account } from '@entrepot/identity';
import { DomainError } from '@entrepot/kernel';
import type { CellId, CountryCode, SubjectId, Clock } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import type { ErasureStore } from '@entrepot/privacy';
import { isSameAddress } from '../domain/relocation-content.ts';
import type { CarriedAddress, RelocationContent } from '../domain/relocation-content.ts';
import type { Arrivals } from './arrivals.ts';
import type { Packets, ReadPacket } from './packets.ts';
import type { Receipts } from './receipts.ts';

export interface TakeInRelocationParts {
  readonly cell: CellId;
  readonly packets: Packets;
  readonly arrivals: Arrivals;
  readonly receipts: Receipts;
  readonly signUp: Pick<SignUpShopper, 'execute'>;
  readonly addressBook: {
    readonly list: Pick<ListAddressesUseCase, 'execute'>;
    readonly add: Pick<AddAddressUseCase, 'execute'>;
  };
  readonly erasures: Pick<ErasureStore, 'findOpenOf'>;
  readonly directory: CellDirectory;
  readonly clock: Clock;
}

export interface Arriving {
  readonly packet: string;
  /** Of the new account. */
  readonly password: string;
  readonly residence: CountryCode;
  /** Of age, where the law of the residence asks; undefined where nothing was said. */
  readonly ageDeclaration?: 'adult' | 'minor' | undefined;
}

export interface TakenIn {
  readonly account: Account;
  readonly receipt: string;
}

/** Makes the account of somebody who comes with a packet, as a sign-up would; a packet makes one. */
export class TakeInRelocation {
  readonly #parts: TakeInRelocationParts;

  constructor(parts: TakeInRelocationParts) {
    this.#parts = parts;
  }

  /**
   * Throws what `Packets` throws, RELOCATION_PACKET_USED, RESIDENCE_DIFFERS, DELIVERY_COUNTRY_NOT_SERVED,
   * ACCOUNT_EXISTS, AGE_DECLARATION_REQUIRED, MINOR_NOT_SERVED, RATE_LIMITED and ERASURE_OPEN. Whatever is refused
   * costs no packet.
   */
  async execute(arriving: Arriving): Promise<TakenIn> {
    const { packets, arrivals, receipts, clock } = this.#parts;
    const packet = await packets.read(arriving.packet);
    await arrivals.mark(packet, clock.now());
    try {
      const account = await this.#makeAccount(packet, arriving);
      return { account, receipt: await receipts.write(packet) };
    } catch (error) {
      await arrivals.unmark(packet.id);
      throw error;
    }
  }

  async #makeAccount(packet: ReadPacket, arriving: Arriving): Promise<Account> {
    const { password, residence, ageDeclaration } = arriving;
    const content = await this.#parts.packets.open(packet);
    this.#refuseElsewhere(content, residence);
    const said = { password, residence, ageDeclaration };
    const account = await this.#parts.signUp.execute({ ...content.account, ...said });
    await this.#refuseLeaving(account.subject);
    await this.#addMissing(account.subject, content.addresses);
    return account;
  }

  /** Before anything is stored. */
  #refuseElsewhere(content: RelocationContent, residence: CountryCode): void {
    if (content.residence !== residence) {
      throw new DomainError('RESIDENCE_DIFFERS', 'the packet is for another country of residence');
    }
    const { cell, directory } = this.#parts;
    const served: readonly string[] = directory.get(cell).countries;
    if (content.addresses.some(({ country }) => !served.includes(country))) {
      throw new DomainError(
        'DELIVERY_COUNTRY_NOT_SERVED',
        'no delivery to an address of the packet',
      );
    }
  }

  /** Who comes back while they are being forgotten here would end with no account: the old home believes the receipt. */
  async #refuseLeaving(subject: SubjectId): Promise<void> {
    const open = await this.#parts.erasures.findOpenOf(subject);
    // of somebody who has not shown yet that it is they who ask, nothing comes by itself
    if (open === undefined || open.status === 'identity_pending') return;
    throw new DomainError('ERASURE_OPEN', 'the account at the new home is being forgotten');
  }

  /** An earlier attempt, or an account that was there already, may have some of them. */
  async #addMissing(subject: SubjectId, carried: readonly CarriedAddress[]): Promise<void> {
    const { list, add } = this.#parts.addressBook;
    const known: CarriedAddress[] = await list.execute(subject);
    for (const address of carried) {
      if (known.some((other) => isSameAddress(address, other))) continue;
      await add.execute(subject, address);
      known.push(address);
    }
  }
}
