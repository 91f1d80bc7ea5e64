import { DomainError } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import type { OnModuleInit } from '@nestjs/common';
import { HttpAdapterHost } from '@nestjs/core';
import type { FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';
import { TakeWebhookUseCase } from '../application/take-webhook.ts';

const webhookBodyBytesMax = 256 * 1024;
const retryAfterSeconds = 5;

/**
 * `POST /v1/payment-webhooks`, for the provider alone. It stands beside the controllers because a
 * signature is over bytes: in this scope, and in no other, bodies are kept as they came.
 */
@Injectable()
export class PaymentWebhookRoute implements OnModuleInit {
  constructor(
    private readonly adapter: HttpAdapterHost,
    private readonly takeWebhook: TakeWebhookUseCase,
  ) {}

  onModuleInit(): void {
    const server = this.adapter.httpAdapter.getInstance<FastifyInstance>();
    void server.register(async (scope) => {
      scope.removeAllContentTypeParsers();
      scope.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) =>
        done(null, body),
      );
      scope.post('/v1/payment-webhooks', { bodyLimit: webhookBodyBytesMax }, (request, reply) =>
        this.take(request, reply),
      );
    });
  }

  private async take(request: FastifyRequest, reply: FastifyReply): Promise<FastifyReply> {
    const body = Buffer.isBuffer(request.body) ? request.body : Buffer.alloc(0);
    try {
      await this.takeWebhook.execute({ body, headers: request.headers });
      return await reply.code(200).send({ received: true });
    } catch (error) {
      // the provider sends it again after anything but 2xx; it learns nothing else from us
      const status = error instanceof DomainError ? 400 : 503;
      return reply.code(status).header('retry-after', String(retryAfterSeconds)).send();
    }
  }
}
