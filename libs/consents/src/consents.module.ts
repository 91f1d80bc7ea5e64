import { Module } from '@nestjs/common';
import type { DynamicModule } from '@nestjs/common';
import { ConsentsPersonalData } from './adapters/consents-personal-data.ts';
import { PgConsentLedger } from './adapters/pg-consent-ledger.ts';
import { PgMarketingPermission } from './adapters/pg-marketing-permission.ts';
import { PgSuppressionList } from './adapters/pg-suppression-list.ts';
import { ConsentLedger } from './application/consent-ledger.ts';
import { ConsentTexts } from './application/consent-texts.ts';
import { DecideConsent } from './application/decide-consent.ts';
import { MarketingPermission } from './application/marketing-permission.ts';
import { ReadConsents } from './application/read-consents.ts';
import { SuppressionList } from './application/suppression-list.ts';
import type { ConsentText } from './domain/consent-text.ts';

/** Consents and objections. Needs ShopDatabase, provided globally. */
@Module({})
export class ConsentsModule {
  static over(texts: readonly ConsentText[]): DynamicModule {
    return {
      module: ConsentsModule,
      providers: [
        { provide: ConsentTexts, useValue: new ConsentTexts(texts) },
        { provide: ConsentLedger, useClass: PgConsentLedger },
        { provide: SuppressionList, useClass: PgSuppressionList },
        { provide: MarketingPermission, useClass: PgMarketingPermission },
        ...[DecideConsent, ReadConsents, ConsentsPersonalData],
      ],
      exports: [
        ...[ConsentLedger, SuppressionList, MarketingPermission],
        ...[DecideConsent, ReadConsents, ConsentsPersonalData],
      ],
    };
  }
}
