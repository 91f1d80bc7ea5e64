import { applyDecorators, createParamDecorator, Injectable, SetMetadata } from '@nestjs/common';
import type { CanActivate, ExecutionContext } from '@nestjs/common';
import { Reflector } from '@nestjs/core';
import { RouteConfig } from '@nestjs/platform-fastify';
import { ApiBearerAuth, ApiHeader } from '@nestjs/swagger';
import { DomainError } from '@entrepot/kernel';
import { TokenVerifier } from './principal.ts';
import type { Principal } from './principal.ts';
import { requestOf } from './request.ts';

/**
 * Who may call a handler. `public`: anyone; a token that is sent must still be good. `cart`: a
 * shopper or the holder of a guest-cart token. `staff`: staff with at least one of the roles.
 */
export type AccessKind = 'public' | 'shopper' | 'cart' | 'staff';

export interface AccessRule {
  readonly kind: AccessKind;
  readonly roles: readonly string[];
}

const accessKey = 'entrepot:access';
const restrictedKey = 'entrepot:serves-restricted';
const residenceKey = 'entrepot:residence';

/** Declares who may call a handler; every handler must say so. */
export function Access(kind: AccessKind, roles: readonly string[] = []): MethodDecorator {
  if (kind !== 'staff' && roles.length > 0) throw new TypeError('only staff access takes roles');
  const rule: AccessRule = { kind, roles };
  const mark = SetMetadata(accessKey, rule);
  return kind === 'public' ? mark : applyDecorators(mark, ApiBearerAuth());
}

/** The rule a handler declared; undefined where it declared none. */
export const accessRuleOf = (handler: object): AccessRule | undefined =>
  Reflect.getMetadata(accessKey, handler) as AccessRule | undefined;

/**
 * The handler serves people whose data are restricted as well: what they have a right to while their data are
 * stored and not used. Every other handler refuses them, also one that needs no token.
 */
export const ServesRestricted = (): MethodDecorator => SetMetadata(restrictedKey, true);

/** Whether a handler is marked so. */
export const servesRestricted = (handler: object): boolean =>
  Reflect.getMetadata(restrictedKey, handler) === true;

export const residenceHeader = 'entrepot-residence';

/**
 * The handler needs the header Entrepot-Residence. REST judges it before the body is read; GraphQL
 * shares one route, so there a missing header is refused once the operation is known.
 */
export const RequiresResidence = (): MethodDecorator =>
  applyDecorators(
    RouteConfig({ requiresResidence: true }),
    SetMetadata(residenceKey, true),
    ApiHeader({
      name: 'Entrepot-Residence',
      required: true,
      description: 'Country of residence, ISO 3166-1 alpha-2',
      schema: { type: 'string', pattern: '^[A-Z]{2}$' },
    }),
  );

/** The country that the header Entrepot-Residence names; only on handlers with `RequiresResidence`. */
export const Residence = createParamDecorator(
  (_data: unknown, context): string => requestOf(context).headers[residenceHeader] as string,
);

/** Verifies the bearer token where there is one and holds it against the handler's access rule. */
@Injectable()
export class AccessGuard implements CanActivate {
  private readonly reflector: Reflector;
  private readonly tokens: TokenVerifier;

  constructor(reflector: Reflector, tokens: TokenVerifier) {
    this.reflector = reflector;
    this.tokens = tokens;
  }

  async canActivate(context: ExecutionContext): Promise<boolean> {
    const rule = this.reflector.get<AccessRule | undefined>(accessKey, context.getHandler());
    if (rule === undefined) throw new Error(`${context.getHandler().name} declares no access`);
    const request = requestOf(context);
    if (
      this.reflector.get<boolean | undefined>(residenceKey, context.getHandler()) === true &&
      request.headers[residenceHeader] === undefined
    ) {
      throw new DomainError('RESIDENCE_REQUIRED', 'this needs the header Entrepot-Residence');
    }
    const token = bearerToken(request.headers.authorization);
    if (token !== undefined) request.principal ??= await this.tokens.verify(token);
    judgeAccess(rule, request.principal);
    judgeRestriction(servesRestricted(context.getHandler()), request.principal);
    return true;
  }
}

/** Throws UNAUTHENTICATED or FORBIDDEN unless the principal satisfies the rule. */
export function judgeAccess(rule: AccessRule, principal: Principal | undefined): void {
  if (rule.kind === 'public') return;
  if (principal === undefined) {
    throw new DomainError('UNAUTHENTICATED', 'this needs an access token');
  }
  if (!isKindAllowed(rule.kind, principal)) {
    throw new DomainError('UNAUTHENTICATED', 'a token of this type is not accepted here');
  }
  if (principal.kind !== 'staff' || rule.roles.length === 0) return;
  if (!rule.roles.some((role) => principal.roles.includes(role))) {
    throw new DomainError('FORBIDDEN', `this needs one of the roles ${rule.roles.join(', ')}`);
  }
}

/** Throws ACCOUNT_RESTRICTED for somebody whose data are restricted, where the handler is not for them. */
export function judgeRestriction(isServed: boolean, principal: Principal | undefined): void {
  if (isServed || principal === undefined || principal.kind === 'guest-cart') return;
  if (!principal.isRestricted) return;
  throw new DomainError('ACCOUNT_RESTRICTED', 'the data of this account are not used');
}

function isKindAllowed(kind: Exclude<AccessKind, 'public'>, principal: Principal): boolean {
  if (kind === 'cart') return principal.kind === 'shopper' || principal.kind === 'guest-cart';
  return principal.kind === kind;
}

/**
 * The token of an `Authorization: Bearer` header (RFC 6750); undefined without the header. Any
 * other scheme or form is refused: credentials that are sent are never ignored.
 */
export function bearerToken(header: string | undefined): string | undefined {
  if (header === undefined) return undefined;
  const match = /^Bearer ([A-Za-z0-9._~+/-]+=*)$/i.exec(header);
  if (match?.[1] === undefined) {
    throw new DomainError('UNAUTHENTICATED', 'the Authorization header is not a bearer token');
  }
  return match[1];
}
