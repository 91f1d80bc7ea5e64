import { Personal } from '@entrepot/kernel';
import { hash, verify } from '@node-rs/argon2';
import { Injectable } from '@nestjs/common';
import { PasswordHasher } from '../application/password-hasher.ts';

/** OWASP's minimum for argon2id: 19 MiB, two passes, one lane. */
const cost = { memoryCost: 19_456, timeCost: 2, parallelism: 1 } as const;

/** argon2id (RFC 9106), computed off the event loop. */
@Injectable()
export class Argon2PasswordHasher extends PasswordHasher {
  private decoy: Promise<string> | undefined;

  override async hash(password: string): Promise<Personal<string>> {
    return new Personal(await hash(normalised(password), cost));
  }

  override async verify(known: Personal<string> | undefined, password: string): Promise<boolean> {
    this.decoy ??= hash('no password is this one', cost);
    const isRight = await verify(known?.reveal() ?? (await this.decoy), normalised(password));
    return known !== undefined && isRight;
  }
}

/** One form per password, however the keyboard composed it (RFC 8265). */
const normalised = (password: string): string => password.normalize('NFC');
