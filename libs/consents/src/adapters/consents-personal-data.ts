import { PersonalDataOwner } from '@entrepot/kernel';
import type { ErasureOutcome, PersonalDataExtract, SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { ConsentLedger } from '../application/consent-ledger.ts';

const table = 'consents.entry';

/**
 * What a person consented to: shown whole on request, deleted at erasure. The list of those who objected
 * names nobody and stays.
 */
@Injectable()
export class ConsentsPersonalData extends PersonalDataOwner {
  override readonly tables = [table];
  readonly #ledger: ConsentLedger;

  constructor(ledger: ConsentLedger) {
    super();
    this.#ledger = ledger;
  }

  override async exportFor(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const decisions = await this.#ledger.history(subject);
    const records = decisions.map(({ purpose, isGranted, textVersion, textHash, ...of }) => ({
      ...{ purpose, isGranted, decidedAt: of.decidedAt, textVersion },
      textSha256: textHash.toString('hex'),
      ...{ locale: of.locale, surface: of.surface },
      decidedBy: of.actor === 'subject' ? 'you' : 'staff',
    }));
    return [{ section: 'consents', records }];
  }

  override async erase(subject: SubjectId): Promise<ErasureOutcome[]> {
    const deleted = await this.#ledger.deleteAllOf(subject);
    return [{ store: table, matched: deleted, deleted, left: 0 }];
  }
}
