import { CatalogLookup, GuestCartTokens } from '@entrepot/carts';
import type { GuestCartToken } from '@entrepot/carts';
import { DomainError } from '@entrepot/kernel';
import { TokenVerifier } from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';

/** A worker goes on with orders, whose prices are pinned; it prices no cart. */
export class WorkerCatalog extends CatalogLookup {
  offersOf(): Promise<never> {
    return Promise.reject(new TypeError('a worker prices no carts'));
  }
}

/** A worker opens no carts. */
export class WorkerGuests extends GuestCartTokens {
  issue(): Promise<GuestCartToken> {
    return Promise.reject(new TypeError('a worker opens no carts'));
  }
}

/** A worker lets nobody in. */
export class WorkerTokens extends TokenVerifier {
  verify(): Promise<Principal> {
    return Promise.reject(new DomainError('UNAUTHENTICATED', 'a worker lets nobody in'));
  }
}
