import type { Account } from '@entrepot/identity';
import { DomainError, newCellId } from '@entrepot/kernel';
import type { CountryCode, ErasureRequestId, RelocationId, SubjectId } from '@entrepot/kernel';
import type { ErasureRequest } from '@entrepot/privacy';
import { Arrivals } from '../src/application/arrivals.ts';
import { BeginRelocation } from '../src/application/begin-relocation.ts';
import { CompleteRelocation } from '../src/application/complete-relocation.ts';
import { Departures } from '../src/application/departures.ts';
import type { NewDeparture } from '../src/application/departures.ts';
import { OldAccount } from '../src/application/old-account.ts';
import type { ForgottenAccount } from '../src/application/old-account.ts';
import { ReadRelocation } from '../src/application/read-relocation.ts';
import { TakeInRelocation } from '../src/application/take-in-relocation.ts';
import { WithdrawPacket } from '../src/application/withdraw-packet.ts';
import { WithdrawRelocation } from '../src/application/withdraw-relocation.ts';
import type { Departure } from '../src/domain/relocation.ts';
import type { CarriedAddress } from '../src/domain/relocation-content.ts';
import { TwoHomes } from './two-homes.ts';

class InMemoryDepartures extends Departures {
  readonly rows = new Map<RelocationId, Departure>();

  override open(fresh: NewDeparture): Promise<void> {
    for (const row of this.rows.values()) {
      if (row.subject !== fresh.subject || row.status !== 'issued') continue;
      this.rows.set(row.id, { ...row, status: 'voided' });
    }
    const nothing = { completedAt: undefined, erasureRequest: undefined };
    this.rows.set(fresh.id, { ...fresh, status: 'issued', ...nothing });
    return Promise.resolve();
  }

  override find(id: RelocationId, subject: SubjectId): Promise<Departure | undefined> {
    const row = this.rows.get(id);
    return Promise.resolve(row?.subject === subject ? row : undefined);
  }

  override withdraw(id: RelocationId): Promise<boolean> {
    const row = this.rows.get(id);
    if (row?.status !== 'issued') return Promise.resolve(false);
    this.rows.set(id, { ...row, status: 'withdrawn' });
    return Promise.resolve(true);
  }

  override complete(
    id: RelocationId,
    { request, at }: { request: ErasureRequestId; at: Date },
  ): Promise<boolean> {
    const row = this.rows.get(id);
    if (row?.status !== 'issued') return Promise.resolve(false);
    const ended = { completedAt: at, erasureRequest: request };
    this.rows.set(id, { ...row, status: 'completed', ...ended });
    return Promise.resolve(true);
  }
}

class InMemoryArrivals extends Arrivals {
  readonly marks = new Set<RelocationId>();

  override mark({ id }: { id: RelocationId }): Promise<void> {
    if (this.marks.has(id)) return Promise.reject(new DomainError('RELOCATION_PACKET_USED', id));
    this.marks.add(id);
    return Promise.resolve();
  }

  override unmark(id: RelocationId): Promise<void> {
    this.marks.delete(id);
    return Promise.resolve();
  }
}

class ForgottenAccounts extends OldAccount {
  readonly asked: ErasureRequestId[] = [];
  readonly open = new Set<ErasureRequestId>();
  /** What happens between the erasure that began and the move that is noted as ended. */
  meanwhile: () => Promise<unknown> = () => Promise.resolve();

  override async forget(): Promise<ForgottenAccount> {
    const [known] = this.open;
    const id = known ?? newCellId('erasureRequest', 'in-1' as Departure['to']);
    this.asked.push(id);
    this.open.add(id);
    await this.meanwhile();
    return { request: id, copy: undefined };
  }

  override isBeingForgotten(): Promise<boolean> {
    return Promise.resolve(this.open.size > 0);
  }

  override keep(request: ErasureRequestId): Promise<void> {
    this.open.delete(request);
    return Promise.resolve();
  }
}

/** Both ends of a move over stores in memory; the packets and receipts are real ones. */
export class MoveInMemory {
  readonly departures = new InMemoryDepartures();
  readonly arrivals = new InMemoryArrivals();
  readonly forgotten = new ForgottenAccounts();
  /** By e-mail address, at the new home. */
  readonly accounts = new Map<string, { password: string; account: Account }>();
  readonly book: CarriedAddress[] = [];
  /** What the old home has of the person. */
  readonly kept: CarriedAddress[] = [];
  readonly email = 'asha@people.example';
  readonly presence = {
    ...{ subject: 'sub_in-1_x' as SubjectId, session: newCellId('session', this.homes.cells.home) },
  };
  /** The open request of whoever has an account at the new home. */
  leaving: ErasureRequest['status'] | undefined;
  /** Thrown by the next address that is added. */
  fault: Error | undefined;

  private constructor(readonly homes: TwoHomes) {}

  static async open(): Promise<MoveInMemory> {
    return new MoveInMemory(await TwoHomes.open());
  }

  get begin(): BeginRelocation {
    const { cells, clock, old } = this.homes;
    const id = newCellId('account', cells.home);
    return new BeginRelocation({
      ...{ cell: cells.home, directory: cells.directory, clock, packets: old.packets },
      departures: this.departures,
      presence: { execute: () => Promise.resolve() },
      accounts: { execute: (subject) => Promise.resolve(this.#account(subject, id)) },
      addresses: {
        execute: () =>
          Promise.resolve(this.kept.map((of) => ({ ...of, id: newCellId('address', cells.home) }))),
      },
    });
  }

  get takeIn(): TakeInRelocation {
    const { cells, clock } = this.homes;
    const { packets, receipts } = this.homes.new;
    return new TakeInRelocation({
      ...{ cell: cells.other, directory: cells.directory, clock, packets, receipts },
      arrivals: this.arrivals,
      erasures: { findOpenOf: () => Promise.resolve(this.#open()) },
      signUp: { execute: (of) => Promise.resolve().then(() => this.#register(of)) },
      addressBook: {
        list: {
          execute: () =>
            Promise.resolve(
              this.book.map((of) => ({ ...of, id: newCellId('address', cells.other) })),
            ),
        },
        add: {
          execute: (_, address) => {
            const { fault } = this;
            this.fault = undefined;
            if (fault !== undefined) return Promise.reject(fault);
            this.book.push(address);
            return Promise.resolve({ ...address, id: newCellId('address', cells.other) });
          },
        },
      },
    });
  }

  get withdraw(): WithdrawRelocation {
    const read = new ReadRelocation(this.departures);
    return new WithdrawRelocation(read, this.departures, this.forgotten, this.homes.clock);
  }

  get spend(): WithdrawPacket {
    return new WithdrawPacket(this.homes.new.packets, this.arrivals, this.homes.clock);
  }

  get complete(): CompleteRelocation {
    const { clock, old } = this.homes;
    const read = new ReadRelocation(this.departures);
    return new CompleteRelocation(old.receipts, read, this.departures, this.forgotten, clock);
  }

  #open(): ErasureRequest | undefined {
    return this.leaving && ({ status: this.leaving } as ErasureRequest);
  }

  #register({ email, password }: { email: string; password: string }): Account {
    const known = this.accounts.get(email);
    if (known !== undefined && known.password !== password) {
      throw new DomainError('ACCOUNT_EXISTS', 'the address has an account');
    }
    const { other } = this.homes.cells;
    const account =
      known?.account ??
      this.#account(newCellId('subject', other), newCellId('account', other), 'DE');
    this.accounts.set(email, { password, account });
    return account;
  }

  #account(subject: SubjectId, id: Account['id'], residence = 'IN'): Account {
    return {
      ...{ id, subject, email: this.email, fullName: 'Asha Rao', language: 'en', version: 1 },
      ...{ residence: residence as CountryCode, createdAt: this.homes.clock.now() },
    };
  }
}
