import { DomainError } from '@entrepot/kernel';
import { TokenVerifier } from '@entrepot/platform-http';
import type { Principal } from '@entrepot/platform-http';

/** Of a cell without anyone who issues tokens: none is valid. */
export class NoTokens extends TokenVerifier {
  verify(): Promise<Principal> {
    return Promise.reject(new DomainError('UNAUTHENTICATED', 'this cell issues no tokens'));
  }
}
