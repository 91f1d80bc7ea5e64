import type { CartId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { TokenSigner } from './token-signer.ts';
import type { IssuedToken } from './token-signer.ts';

/** A token for one guest cart and nothing else. */
@Injectable()
export class IssueGuestCartToken {
  constructor(private readonly signer: TokenSigner) {}

  execute(cartId: CartId): Promise<IssuedToken> {
    return this.signer.sign('guest-cart', cartId);
  }
}
