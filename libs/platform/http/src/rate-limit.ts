import { Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { DomainError } from '@entrepot/kernel';
import type { FastifyRequest } from 'fastify';
import { requestOf } from './request.ts';

/** At most `limit` requests of one caller in `windowSeconds`, counted under `name`. */
export interface RateLimitRule {
  readonly name: string;
  /** `person` and `session` are of who is signed in; without a sign-in the address counts. */
  readonly per: 'address' | 'session' | 'person';
  readonly limit: number;
  readonly windowSeconds: number;
}

export interface RateLimitVerdict {
  readonly isAllowed: boolean;
  readonly retryAfterSeconds: number;
}

/**
 * Counts requests. `caller` is an address, a session id or a subject: an implementation may keep it only as a
 * keyed hash under a key that lives in memory, for no longer than the window.
 */
export abstract class RateLimiter {
  abstract take(rule: RateLimitRule, caller: string): Promise<RateLimitVerdict>;
}

const rateLimitKey = 'entrepot:rate-limit';

/** Limits how often one caller may use a handler; several rules may be given. */
export const RateLimit = (...rules: readonly RateLimitRule[]) => SetMetadata(rateLimitKey, rules);

/** Holds a request against the rules of its handler, after the access guard. */
@Injectable()
export class RateLimitGuard implements CanActivate {
  private readonly reflector: Reflector;
  private readonly limiter: RateLimiter;

  constructor(reflector: Reflector, limiter: RateLimiter) {
    this.reflector = reflector;
    this.limiter = limiter;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rules =
      this.reflector.get<readonly RateLimitRule[] | undefined>(
        rateLimitKey,
        context.getHandler(),
      ) ?? [];
    const request = requestOf(context);
    for (const rule of rules) {
      const verdict = await this.limiter.take(rule, callerOf(request, rule));
      if (!verdict.isAllowed) {
        throw new DomainError('RATE_LIMITED', `more than ${rule.limit} under ${rule.name}`, {
          details: { retryAfterSeconds: verdict.retryAfterSeconds },
        });
      }
    }
    return true;
  }
}

function callerOf(request: FastifyRequest, rule: RateLimitRule): string {
  const { principal } = request;
  if (rule.per === 'address' || principal === undefined) return request.ip;
  if (principal.kind === 'guest-cart') return principal.cartId;
  if (rule.per === 'session') return principal.sessionId;
  return principal.kind === 'shopper' ? principal.subjectId : principal.staffId;
}
