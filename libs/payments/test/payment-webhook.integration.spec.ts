import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { Body, Controller, Global, Module, Post } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { DomainError } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { ShopDatabase, statement } from '@entrepot/platform-database';
import {
  Access,
  AccessGuard,
  createHttpApp,
  HomeCellGuard,
  TokenVerifier,
} from '@entrepot/platform-http';
import { Outbox } from '@entrepot/platform-messaging';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { testDatabase } from '@entrepot/testing';
import type { TestDatabase } from '@entrepot/testing';
import type { GatewayEvent, WebhookRequest } from '../src/application/payment-gateway.ts';
import { PaymentGateway, PaymentWebhooksModule } from '../src/index.ts';
import { ScriptedGateway } from './scripted-gateway.ts';

const cell = 'in-1' as CellId;
/** Nothing here asks where a shopper lives. */
const noCells = { cellFor: () => undefined, find: () => undefined } as unknown as CellDirectory;
const seenEvents = statement(
  'payment_webhook_test.events',
  'SELECT event_id FROM payments.provider_event',
);

/** Signed means: the very bytes, spaces included. */
class BytesGateway extends ScriptedGateway {
  override readWebhook({ body, headers }: WebhookRequest): GatewayEvent {
    if (headers['x-signature'] !== body.toString('hex')) {
      throw new DomainError('WEBHOOK_REFUSED', 'not signed');
    }
    const { id } = JSON.parse(body.toString('utf8')) as { id: string };
    const nothing = { paymentId: undefined, amount: undefined, state: undefined };
    return { eventId: id, type: 'balance.available', ...nothing };
  }
}

@Controller('v1/echo')
class EchoController {
  @Post()
  @Access('public')
  echo(@Body() body: unknown): unknown {
    return { isBytes: Buffer.isBuffer(body), body };
  }
}

describe('the address for webhooks', () => {
  let shop: TestDatabase<'shop'>;
  let database: ShopDatabase;
  let app: NestFastifyApplication;

  beforeAll(async () => {
    shop = await testDatabase('shop');
    database = shop.open('api');
    const outside = [
      { provide: ShopDatabase, useValue: database },
      { provide: Outbox, useValue: new Outbox(cell) },
      { provide: PaymentGateway, useClass: BytesGateway },
      { provide: TokenVerifier, useValue: { verify: () => Promise.reject(new Error('unused')) } },
    ];

    @Global()
    @Module({ providers: outside, exports: outside.map(({ provide }) => provide) })
    class Outside {}

    @Module({
      imports: [Outside, PaymentWebhooksModule],
      controllers: [EchoController],
      providers: [{ provide: APP_GUARD, useClass: AccessGuard }],
    })
    class Surface {}

    app = await createHttpApp({
      module: Surface,
      home: new HomeCellGuard(cell, noCells),
      log: new Log({ level: 'error', bound: {} }),
      metrics: new Metrics({ cell, process: 'api' }),
      corsOrigins: [],
      explorers: false,
    });
    await app.init();
    await app.getHttpAdapter().getInstance().ready();
  });
  afterAll(async () => {
    await app.close();
    await shop.drop();
  });

  const send = (text: string, signature: string) =>
    app.inject({
      method: 'POST',
      url: '/v1/payment-webhooks',
      headers: { 'content-type': 'application/json', 'x-signature': signature },
      payload: text,
    });

  it('hands on the bytes as they came and keeps the event once', async () => {
    const text = '{ "id" :  "evt_1" }\n';
    const signature = Buffer.from(text).toString('hex');
    expect((await send(text, signature)).statusCode).toBe(200);
    expect((await send(text, signature)).statusCode).toBe(200);
    expect(await database.query(seenEvents)).toEqual([{ event_id: 'evt_1' }]);
  });

  it('refuses what is not signed, and keeps nothing of it', async () => {
    const answer = await send('{"id":"evt_2"}', 'ff');
    expect({ status: answer.statusCode, body: answer.body }).toEqual({ status: 400, body: '' });
    expect(await database.query(seenEvents)).toHaveLength(1);
  });

  it('leaves the bodies of all other routes parsed', async () => {
    const answer = await app.inject({ method: 'POST', url: '/v1/echo', payload: { a: 1 } });
    expect(answer.json()).toEqual({ isBytes: false, body: { a: 1 } });
  });
});
