import { createParamDecorator } from '@nestjs/common';
import type { AccountId, CartId, SessionId, StaffId, SubjectId } from '@entrepot/kernel';
import { DomainError } from '@entrepot/kernel';
import { requestOf } from './request.ts';

export interface ShopperPrincipal {
  readonly kind: 'shopper';
  readonly sessionId: SessionId;
  readonly subjectId: SubjectId;
  readonly accountId: AccountId;
  /** Their data are stored and not used (GDPR Article 18). */
  readonly isRestricted: boolean;
}

export interface StaffPrincipal {
  readonly kind: 'staff';
  readonly sessionId: SessionId;
  readonly staffId: StaffId;
  readonly roles: readonly string[];
  /** Their data are stored and not used (GDPR Article 18). */
  readonly isRestricted: boolean;
}

export interface GuestCartPrincipal {
  readonly kind: 'guest-cart';
  readonly cartId: CartId;
}

/** Who a request speaks for. */
export type Principal = ShopperPrincipal | StaffPrincipal | GuestCartPrincipal;

/**
 * Reads an access token of this cell. Throws `DomainError('UNAUTHENTICATED')` for anything that is
 * not a live token issued here: expired, of another type, ended, or of a fenced subject.
 */
export abstract class TokenVerifier {
  abstract verify(token: string): Promise<Principal>;
}

/**
 * The principal of the request; only on handlers whose access asks for one. On a public handler use
 * `OptionalPrincipal`.
 */
export const CurrentPrincipal = createParamDecorator((_data: unknown, context): Principal => {
  const principal = requestOf(context).principal;
  if (principal === undefined) throw new DomainError('UNAUTHENTICATED', 'no principal');
  return principal;
});

/** The principal of a public handler's request, undefined where no token was sent. */
export const OptionalPrincipal = createParamDecorator(
  (_data: unknown, context): Principal | undefined => requestOf(context).principal,
);
