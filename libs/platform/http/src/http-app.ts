import type { Server } from 'node:http';
import type { DynamicModule, Type } from '@nestjs/common';
import { NestFactory, Reflector } from '@nestjs/core';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import { newTraceId } from '@entrepot/platform-telemetry';
import type { Log, Metrics } from '@entrepot/platform-telemetry';
import type { FastifyInstance } from 'fastify';
import { residenceHeader } from './access.ts';
import { drainTooLargeBodies } from './drain-body.ts';
import { HouseAdapter } from './house-adapter.ts';
import { FrameworkLog } from './framework-log.ts';
import type { HomeCellGuard } from './home-cell.ts';
import { jsonBodyParser } from './json-body.ts';
import { serveOpenApi } from './openapi.ts';
import { answerBesideRouter, answerNoRequest } from './outside-router.ts';
import { ProblemFilter, sendProblem } from './problem-filter.ts';
import { addRequestHooks } from './request-hooks.ts';
import { StaffPlaces } from './staff-places.ts';
import type { StaffPlacesOptions } from './staff-places.ts';
import { ContractPipe, ZodSerializerInterceptor } from './zod.ts';

export const bodyBytesMax = 1024 * 1024;
/** How long a client may take to send a whole request. */
const requestTimeoutMs = 20_000;
/** How long an idle connection is kept. */
const keepAliveTimeoutMs = 30_000;
const headerBytesMax = 16 * 1024;
const pathParameterCharactersMax = 200;
/** How long a browser may keep the answer to a CORS preflight. */
const preflightSeconds = 600;

export interface HttpAppOptions {
  readonly module: Type | DynamicModule;
  readonly home: HomeCellGuard;
  readonly log: Log;
  readonly metrics: Metrics;
  /** Exact origins that browsers may call from. */
  readonly corsOrigins: readonly string[];
  /** Addresses and CIDR ranges whose X-Forwarded-For says who called; none unless said. */
  readonly trustedProxies?: readonly string[];
  /** Those of a process in production unless said. */
  readonly staffPlaces?: StaffPlacesOptions;
  /** Serve /openapi.json and /docs. */
  readonly explorers: boolean;
}

/** A Nest application on Fastify with the house's rules on; not yet listening. */
export async function createHttpApp(options: HttpAppOptions): Promise<NestFastifyApplication> {
  const { log, trustedProxies = [] } = options;
  const adapter = new HouseAdapter(log, {
    bodyLimit: bodyBytesMax,
    requestTimeout: requestTimeoutMs,
    keepAliveTimeout: keepAliveTimeoutMs,
    genReqId: newTraceId,
    requestIdHeader: false,
    frameworkErrors: (error, request, reply) => {
      sendProblem(error, { request, reply, log });
    },
    clientErrorHandler: answerNoRequest(log),
    trustProxy: trustedProxies.length > 0 && [...trustedProxies],
    // the request hooks answer a missing Host, with a problem
    http: { maxHeaderSize: headerBytesMax, requireHostHeader: false },
    routerOptions: { maxParamLength: pathParameterCharactersMax },
  });
  const server: FastifyInstance = adapter.getInstance();
  answerBesideRouter(adapter.getHttpServer<Server>(), log);
  addRequestHooks(server, options);
  drainTooLargeBodies(server);
  adapter.useBodyParser(
    'application/json',
    false,
    { bodyLimit: bodyBytesMax },
    jsonBodyParser(server),
  );
  const app = await NestFactory.create<NestFastifyApplication>(options.module, adapter, {
    logger: new FrameworkLog(log),
    abortOnError: false,
    forceCloseConnections: false,
  });
  app.useGlobalPipes(new ContractPipe());
  app.useGlobalFilters(new ProblemFilter(log));
  app.useGlobalInterceptors(
    new StaffPlaces(options.staffPlaces),
    new ZodSerializerInterceptor(app.get(Reflector)),
  );
  restrictBrowsers(app, options.corsOrigins);
  if (options.explorers) serveOpenApi(app, server);
  return app;
}

function restrictBrowsers(app: NestFastifyApplication, origins: readonly string[]): void {
  app.enableCors({
    origin: [...origins],
    methods: ['GET', 'POST', 'PATCH', 'PUT', 'DELETE'],
    allowedHeaders: [
      'authorization',
      'content-type',
      'idempotency-key',
      'if-match',
      'if-none-match',
      residenceHeader,
    ],
    exposedHeaders: ['etag', 'idempotent-replayed', 'location', 'retry-after'],
    credentials: false,
    maxAge: preflightSeconds,
    // so that the request hooks see every OPTIONS: they answer preflights and refuse the others
    strictPreflight: false,
    preflightContinue: true,
  });
  app.useSecurityHeaders({
    contentSecurityPolicy: {
      useDefaults: false,
      directives: { defaultSrc: "'none'", frameAncestors: "'none'" },
    },
    crossOriginResourcePolicy: { policy: 'same-site' },
  });
}
