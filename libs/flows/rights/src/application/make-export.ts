import { PeopleRegister } from '@entrepot/identity';
import { Clock } from '@entrepot/kernel';
import type { PersonalDataExtract, PrivacyRequestId, SubjectId } from '@entrepot/kernel';
import { PersonalDataOwners } from '@entrepot/privacy';
import { Injectable } from '@nestjs/common';
import { exportFiles, plainSections } from '../domain/export-files.ts';
import type { ExportFacts } from '../domain/export-files.ts';
import { ArchiveSealer } from './archive-sealer.ts';
import { ExportStore } from './export-store.ts';
import type { ExportToMake } from './export-store.ts';
import { RightsSettings } from './rights-settings.ts';

export interface MakeExportParts {
  readonly exports: ExportStore;
  readonly owners: PersonalDataOwners;
  readonly people: PeopleRegister;
  readonly sealer: ArchiveSealer;
  readonly settings: RightsSettings;
  readonly clock: Clock;
}

/**
 * Makes a copy: asks every owner of personal data that the process holds, so that no domain can be forgotten,
 * and keeps what they hand out where only the person can open it. Doing it twice keeps one.
 */
@Injectable()
export class MakeExport {
  readonly #parts: MakeExportParts;

  constructor(parts: MakeExportParts) {
    this.#parts = parts;
  }

  async execute(id: PrivacyRequestId): Promise<void> {
    const { exports, sealer } = this.#parts;
    const wanted = await exports.takeUp(id);
    if (wanted === undefined) return;
    const files = exportFiles(await this.#factsOf(wanted));
    await exports.keep(wanted, await sealer.seal(files, wanted.passphrase));
  }

  async #factsOf({ id, subject, order }: ExportToMake): Promise<ExportFacts> {
    const { people, settings, clock } = this.#parts;
    const { cell, countries, law, peopleLaw, recipients } = settings;
    const country = (await people.residenceOf(subject)) ?? countries[0];
    if (country === undefined) throw new TypeError('this cell serves no country');
    const sections = plainSections(await this.#extractsOf(subject));
    return {
      ...{ exportId: id, cell, country, madeAt: clock.now(), order },
      ...{ law, peopleLaw, recipients, sections },
    };
  }

  async #extractsOf(subject: SubjectId): Promise<PersonalDataExtract[]> {
    const extracts: PersonalDataExtract[] = [];
    for (const owner of this.#parts.owners.all())
      extracts.push(...(await owner.exportFor(subject)));
    return extracts;
  }
}
