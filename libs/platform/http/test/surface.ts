import { Body, Controller, Get, Module, Param, Post, Query } from '@nestjs/common';
import { APP_GUARD } from '@nestjs/core';
import { Args, Field, Int, Mutation, ObjectType, Query as Read, Resolver } from '@nestjs/graphql';
import type { NestFastifyApplication } from '@nestjs/platform-fastify';
import type { AccountId, SessionId, StaffId, SubjectId } from '@entrepot/kernel';
import { DomainError, OutcomeUnknownError } from '@entrepot/kernel';
import { Log, Metrics } from '@entrepot/platform-telemetry';
import { z } from 'zod';
import {
  Access,
  AccessGuard,
  createHttpApp,
  createZodDto,
  CurrentPrincipal,
  HomeCellGuard,
  pageQuery,
  RateLimit,
  RateLimiter,
  RateLimitGuard,
  RequiresResidence,
  TokenVerifier,
  ZodResponse,
} from '../src/index.ts';
import { graphqlLimits, graphqlModule } from '../src/graphql/door.ts';
import type { GraphqlLimits } from '../src/graphql/door.ts';
import type { Principal, RateLimitVerdict } from '../src/index.ts';
import type { StaffPlacesOptions } from '../src/staff-places.ts';
import { india } from './two-cells.ts';
import type { TwoCells } from './two-cells.ts';

export const shopper: Principal = {
  kind: 'shopper',
  sessionId: 'ses_in-1_one' as SessionId,
  subjectId: 'sub_in-1_one' as SubjectId,
  accountId: 'acc_in-1_one' as AccountId,
  isRestricted: false,
};
const merchandiser: Principal = {
  kind: 'staff',
  sessionId: 'ses_in-1_two' as SessionId,
  staffId: 'stf_in-1_two' as StaffId,
  roles: ['merchandiser'],
  isRestricted: false,
};

/** Knows two words instead of tokens; what a real token is worth is identity's business. */
class WordVerifier extends TokenVerifier {
  verify(token: string): Promise<Principal> {
    if (token === 'shopper') return Promise.resolve(shopper);
    if (token === 'merchandiser') return Promise.resolve(merchandiser);
    return Promise.reject(new DomainError('UNAUTHENTICATED', 'unknown'));
  }
}

class TwiceLimiter extends RateLimiter {
  private readonly counts = new Map<string, number>();

  take(rule: { name: string; limit: number }, caller: string): Promise<RateLimitVerdict> {
    const key = `${rule.name} ${caller}`;
    const count = (this.counts.get(key) ?? 0) + 1;
    this.counts.set(key, count);
    return Promise.resolve({ isAllowed: count <= rule.limit, retryAfterSeconds: 7 });
  }
}

class ThingDto extends createZodDto(
  z.strictObject({ name: z.string().min(2), count: z.int().min(1).max(10) }),
) {}
class LabelDto extends createZodDto(z.strictObject({ label: z.string().nullable() })) {}
class ListDto extends createZodDto(z.strictObject({ ...pageQuery })) {}

@Controller('v1/things')
class ThingsController {
  @Get()
  @Access('public')
  list(@Query() query: ListDto): { limit: number } {
    return { limit: query.limit };
  }

  @Post()
  @Access('public')
  @RequiresResidence()
  create(@Body() body: ThingDto): ThingDto {
    return body;
  }

  @Get('mine')
  @Access('shopper')
  mine(@CurrentPrincipal() principal: Principal): { kind: string } {
    return { kind: principal.kind };
  }

  @Get('prices')
  @Access('staff', ['pricing'])
  prices(): { ok: true } {
    return { ok: true };
  }

  @Get('label')
  @Access('public')
  @ZodResponse({ status: 200, type: LabelDto })
  label(): LabelDto {
    return { label: null };
  }

  @Get('limited')
  @Access('public')
  @RateLimit({ name: 'limited', per: 'address', limit: 2, windowSeconds: 60 })
  limited(): { ok: true } {
    return { ok: true };
  }

  @Get('broken/:how')
  @Access('public')
  broken(@Param('how') how: string): never {
    if (how === 'unknown') throw new OutcomeUnknownError('the store did not say');
    if (how === 'uncatalogued') throw new DomainError('NO_SUCH_CODE', 'not in the catalog');
    throw new Error('secret: asha@example.in');
  }
}

@Controller('admin/v1/things')
class StaffThingsController {
  private readonly answers: (() => void)[] = [];

  /** Answers when told to. */
  @Get()
  @Access('staff', ['merchandiser'])
  slow(): Promise<{ ok: true }> {
    return new Promise((resolve) => this.answers.push(() => resolve({ ok: true })));
  }

  get atWork(): number {
    return this.answers.length;
  }

  answerOne(): void {
    this.answers.shift()?.();
  }
}

@ObjectType()
class Thing {
  @Field(() => Int)
  readonly number: number = 0;

  @Field(() => [Thing])
  readonly things: Thing[] = [];
}

const thingsOf = (count: number): Thing[] =>
  Array.from({ length: count }, (_, number) => ({ number, things: [] }));

@Resolver(() => Thing)
class ThingsResolver {
  @Read(() => [Thing])
  @Access('public')
  things(@Args('count', { type: () => Int }) count: number): Thing[] {
    return thingsOf(count);
  }

  @Read(() => Thing)
  @Access('shopper')
  mine(): Thing {
    return { number: 1, things: [] };
  }

  @Mutation(() => Thing)
  @Access('public')
  @RequiresResidence()
  make(): Thing {
    return { number: 1, things: [] };
  }

  @Read(() => Thing)
  @Access('public')
  broken(): Thing {
    throw new Error('secret: asha@example.in');
  }
}

export interface SurfaceOptions {
  readonly explorers?: boolean;
  readonly limits?: Partial<GraphqlLimits>;
  readonly trustedProxies?: readonly string[];
  readonly staffPlaces?: StaffPlacesOptions;
}

export interface Surface {
  readonly app: NestFastifyApplication;
  readonly staffThings: Pick<StaffThingsController, 'atWork' | 'answerOne'>;
  /** Everything that was logged so far. */
  logged(): string;
}

/** A small application that has one of everything, as cell in-1 serves it. */
export async function openSurface(cells: TwoCells, options: SurfaceOptions = {}): Promise<Surface> {
  const lines: string[] = [];
  const bound = { cell: india, process: 'api' } as const;
  const log = new Log({
    level: 'debug',
    bound,
    destination: { write: (line: string) => void lines.push(line) },
  });
  const explorers = options.explorers ?? true;

  @Module({
    imports: [graphqlModule({ explorers, log, limits: { ...graphqlLimits, ...options.limits } })],
    controllers: [ThingsController, StaffThingsController],
    providers: [
      ThingsResolver,
      { provide: TokenVerifier, useClass: WordVerifier },
      { provide: RateLimiter, useClass: TwiceLimiter },
      { provide: APP_GUARD, useClass: AccessGuard },
      { provide: APP_GUARD, useClass: RateLimitGuard },
    ],
  })
  class SurfaceModule {}

  const app = await createHttpApp({
    module: SurfaceModule,
    home: new HomeCellGuard(india, cells.directory),
    log,
    metrics: new Metrics(bound),
    corsOrigins: ['http://in-1.localhost:8080'],
    explorers,
    ...(options.trustedProxies && { trustedProxies: options.trustedProxies }),
    ...(options.staffPlaces && { staffPlaces: options.staffPlaces }),
  });
  await app.init();
  await app.getHttpAdapter().getInstance().ready();
  return { app, staffThings: app.get(StaffThingsController), logged: () => lines.join('') };
}
