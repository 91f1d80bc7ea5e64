import { readFileSync } from 'node:fs';
import type { NodeFetch } from '@entrepot/client/node';
import { SoftwareAuthenticator } from '@entrepot/platform-webauthn/testing';
import type { StoredAuthenticator } from '@entrepot/platform-webauthn/testing';
import type { DescribedCell } from '@entrepot/stack';
import type { ShopFloor } from '../src/shop-floor.ts';

const role = 'privacy-officer';

/** What an officer is answered. */
interface Answer {
  readonly status: number;
  readonly body: Record<string, unknown>;
}

interface Desk {
  readonly token: string;
  readonly passkey: SoftwareAuthenticator;
}

/** The two privacy officers of a cell, each at a desk with a passkey. */
export class Officers {
  private constructor(
    private readonly node: NodeFetch,
    private readonly home: DescribedCell,
    private readonly desks: readonly Desk[],
  ) {}

  static async signIn(floor: ShopFloor, node: NodeFetch, home: DescribedCell): Promise<Officers> {
    const desks = [0, 1].map(async (person) => {
      const token = await floor.staffToken(home, role, person);
      const file = floor.member(home, role, person).passkeyFile;
      const stored = JSON.parse(readFileSync(file, 'utf8')) as StoredAuthenticator;
      return { token, passkey: SoftwareAuthenticator.from(stored, home.origin) };
    });
    return new Officers(node, home, await Promise.all(desks));
  }

  async call(number: 1 | 2, path: string, body?: object): Promise<Answer> {
    const { token } = this.#desk(number);
    const answer = await this.node.fetch(`${this.home.origin}/admin/v1/erasure-requests${path}`, {
      method: body === undefined ? 'GET' : 'POST',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as Record<string, unknown> };
  }

  /** Signs the plan as it stands: `confirmation` by whoever asks, `approval` by the other one. */
  async sign(number: 1 | 2, id: string, as: 'confirmation' | 'approval'): Promise<Answer> {
    const { planDigest } = (await this.call(number, `/${id}`)).body;
    const options = await this.call(number, `/${id}/${as}/options`, {});
    if (options.status !== 200) return options;
    const assertion = this.#desk(number).passkey.get(options.body as never);
    return this.call(number, `/${id}/${as}`, { planDigest, assertion });
  }

  #desk(number: 1 | 2): Desk {
    const desk = this.desks[number - 1];
    if (desk === undefined) throw new RangeError('there are two officers');
    return desk;
  }
}
