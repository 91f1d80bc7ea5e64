import { Global, Module } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError, Money, newCellId } from '@entrepot/kernel';
import type {
  CartId,
  CellId,
  CurrencyCode,
  SalesChannelId,
  SessionId,
  Sku,
  SubjectId,
} from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase } from '@entrepot/platform-database';
import { AccessGuard, createHttpApp, HomeCellGuard, TokenVerifier } from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { CartSettings, CartsModule, CatalogLookup, GuestCartTokens } from '../src/index.ts';
import type { GuestCartToken, Offer } from '../src/index.ts';

const cell = 'in-1' as CellId;
const otherCell = { id: 'eu-1', origin: 'http://eu-1.localhost:1' };
const cells = {
  cellFor: (country: string) =>
    country === 'IN' ? { id: cell } : country === 'DE' ? otherCell : undefined,
  find: () => undefined,
} as unknown as CellDirectory;

/** `shopper <subject>` and `cart <cart>` stand for tokens; what a real one is worth is identity's business. */
class WordTokens extends TokenVerifier implements GuestCartTokens {
  async issue(cartId: CartId): Promise<GuestCartToken> {
    return { token: `cart.${cartId}`, expiresAt: new Date(0) };
  }

  async verify(token: string): Promise<Principal> {
    const [kind, id = ''] = token.split('.');
    if (kind === 'cart') return { kind: 'guest-cart', cartId: id as CartId };
    if (kind !== 'shopper') throw new DomainError('UNAUTHENTICATED', 'unknown');
    return {
      kind,
      subjectId: id as SubjectId,
      sessionId: 'ses_in-1_one' as SessionId,
      accountId: newCellId('account', cell),
      isRestricted: false,
    };
  }
}

class OneProduct extends CatalogLookup {
  async offersOf(_channel: SalesChannelId, skus: readonly Sku[]): Promise<Map<Sku, Offer>> {
    const unitPrice = Money.of(250_00, 'INR' as CurrencyCode);
    const sold = skus.filter((sku) => sku === 'SOAP');
    return new Map(sold.map((sku) => [sku, { sku, unitPrice, priceVersion: 3 }]));
  }
}

/** The carts' own endpoints over a database that somebody else owns. */
export async function openCarts(database: ShopDatabase): Promise<NestFastifyApplication> {
  const tokens = new WordTokens();
  const settings = new CartSettings(cell, ['web' as SalesChannelId]);
  const outside = [
    { provide: ShopDatabase, useValue: database },
    { provide: TokenVerifier, useValue: tokens },
    { provide: GuestCartTokens, useValue: tokens },
    { provide: CatalogLookup, useClass: OneProduct },
    { provide: CartSettings, useValue: settings },
  ];

  @Global()
  @Module({ providers: outside, exports: outside.map(({ provide }) => provide) })
  class Outside {}

  @Module({
    imports: [Outside, CartsModule],
    providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
  })
  class Surface {}

  const app = await createHttpApp({
    module: Surface,
    home: new HomeCellGuard(cell, cells),
    log: new Log({ level: 'error', bound: {} }),
    metrics: new Metrics({ cell, process: 'api' }),
    corsOrigins: [],
    explorers: true,
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return app;
}
