import type { DynamicModule } from '@nestjs/common';
import { askedErasureViewOf, AskOwnErasure, WithdrawOwnErasure } from '@entrepot/flow-erasure';
import type { ErasureOptions } from '@entrepot/flow-erasure';
import { OldAccount } from '@entrepot/flow-relocation';
import type { RelocationApiOptions } from '@entrepot/flow-relocation';
import type { RightsOptions } from '@entrepot/flow-rights';
import type { ErasureRequestId } from '@entrepot/kernel';
import { InventoryModule } from '@entrepot/inventory';
import { InvoiceSettings } from '@entrepot/invoices';
import type {
  ApiConfig,
  ErasureConfig,
  KmsConfig,
  SubjectKeysConfig,
} from '@entrepot/platform-config';
import { calendarDayOf, dayIn, ErasureStore, invoiceCohortOf, isoDate } from '@entrepot/privacy';
import type { PrivacyOptions } from '@entrepot/privacy';
import type { ProcessContext } from './process-context.ts';

export const inventoryOf = (
  { cell, directory }: ProcessContext,
  { tellsDemand = false }: { readonly tellsDemand?: boolean } = {},
): DynamicModule => InventoryModule.forCell({ cell: cell.id, directory, tellsDemand });

export const privacyOptionsOf = (
  { cell, region, egress }: ProcessContext,
  { kms, subjectKeys }: { readonly kms: KmsConfig; readonly subjectKeys: SubjectKeysConfig },
): PrivacyOptions => ({
  cell: cell.id,
  region: region.region,
  kms: { ...kms, awsRegion: region.awsRegion, agents: egress.agents },
  subjectKeys,
  statutory: {
    countries: cell.countries,
    timeZone: region.timeZone,
    law: region.retentionLaw,
  },
});

/** What is issued is kept as long as the region's law of retention says. */
export const invoiceSettingsOf = ({ cell, region }: ProcessContext): InvoiceSettings =>
  new InvoiceSettings({
    cell: cell.id,
    countries: cell.countries,
    law: region.invoiceLaw,
    dayOf: (at) => isoDate(dayIn(region.timeZone, at)),
    cohortOf: (country, day) => {
      const at = { country, day: calendarDayOf(day) };
      const cohort = invoiceCohortOf(region.retentionLaw, at);
      return cohort?.endsOn === undefined
        ? undefined
        : { name: cohort.name, endsOn: cohort.endsOn };
    },
  });

export const erasureOptionsOf = (
  { cell, region }: ProcessContext,
  { coolingOffHours, evidence }: ErasureConfig,
): ErasureOptions => ({
  cell: cell.id,
  countries: cell.countries,
  timeZone: region.timeZone,
  law: region.retentionLaw,
  ...{ coolingOffHours, evidence },
});

export const rightsOptionsOf = ({ cell, region }: ProcessContext): RightsOptions => ({
  cell: cell.id,
  origin: cell.origin,
  countries: cell.countries,
  timeZone: region.timeZone,
  law: region.retentionLaw,
  peopleLaw: region.peopleLaw,
  recipients: region.processors,
  consentTexts: region.consentTexts,
});

/** Who has moved away is forgotten by the flow that forgets whoever asks. */
export const relocationOptionsOf = (
  { cell, region, egress }: ProcessContext,
  { tokenKey, relocation, kms }: Pick<ApiConfig, 'tokenKey' | 'relocation' | 'kms'>,
  erasure: DynamicModule,
): RelocationApiOptions => ({
  cell: cell.id,
  tokenKeyFile: tokenKey.file,
  sealingKeyFile: relocation.sealingKeyFile,
  kms: { ...kms, awsRegion: region.awsRegion, agents: egress.agents },
  imports: [erasure],
  oldAccount: {
    provide: OldAccount,
    useFactory: (
      ask: AskOwnErasure,
      withdraw: WithdrawOwnErasure,
      requests: ErasureStore,
    ): OldAccount => ({
      forget: async (presence) => {
        const { id, copy } = askedErasureViewOf(await ask.execute(presence, 'RELOCATED'));
        return { request: id as ErasureRequestId, copy: copy ?? undefined };
      },
      isBeingForgotten: async (subject) => {
        const open = await requests.findOpenOf(subject);
        return open !== undefined && open.status !== 'identity_pending';
      },
      keep: async (request, subject) => {
        await withdraw.execute(request, subject);
      },
    }),
    inject: [AskOwnErasure, WithdrawOwnErasure, ErasureStore],
  },
});
