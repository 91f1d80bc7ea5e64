import { SoftwareAuthenticator } from '@entrepot/platform-webauthn/testing';
import type { StoredAuthenticator } from '@entrepot/platform-webauthn/testing';

import type { DemoShopper, DemoStaff } from '../stack-description.ts';
import type { CellTopology } from '../topology.ts';
import type { StackContext } from './stack-context.ts';

export interface DemoPeople {
  readonly shoppers: readonly DemoShopper[];
  readonly staff: readonly DemoStaff[];
}

/** Two privacy officers and two operators, since nobody approves what they asked for themselves. */
const staffRoles: Readonly<Record<string, readonly string[]>> = {
  merchandiser: ['merchandiser'],
  warehouse: ['warehouse'],
  support: ['support'],
  'privacy-officer-1': ['privacy-officer'],
  'privacy-officer-2': ['privacy-officer'],
  'tax-officer': ['tax-officer'],
  'operator-1': ['operator'],
  'operator-2': ['operator'],
};

const names: Readonly<Record<string, { readonly fullName: string; readonly language: string }>> = {
  in: { fullName: 'Asha Rao', language: 'hi' },
  eu: { fullName: 'Anna Weber', language: 'de' },
};

/** The demonstration people of a cell; their passwords and passkeys are random and the same at every start. */
export function demoPeopleOf({ secrets }: StackContext, cell: CellTopology): DemoPeople {
  const passwordOf = (login: string) => secrets.password(`${cell.id}/demo/${login}`);
  const [country = ''] = cell.countries;
  const email = `shopper@${cell.id}.example`;
  return {
    shoppers: [{ cell: cell.id, email, password: passwordOf('shopper'), country }],
    staff: Object.entries(staffRoles).map(([login, roles]) => ({
      cell: cell.id,
      login: `${login}@${cell.id}.example`,
      password: passwordOf(login),
      roles,
      passkeyFile: secrets.pathOf(passkeyName(cell, login)),
    })),
  };
}

const passkeyName = ({ id }: CellTopology, login: string): string =>
  `${id}/demo/passkeys/${login}.json`;

/** The public half of a demonstration passkey; its private key is drawn when it is first asked for. */
function passkeyOf({ secrets }: StackContext, cell: CellTopology, email: string) {
  const login = email.slice(0, email.indexOf('@'));
  const stored = secrets.orMake(passkeyName(cell, login), () =>
    JSON.stringify(SoftwareAuthenticator.newStored()),
  );
  const half = SoftwareAuthenticator.publicHalfOf(JSON.parse(stored) as StoredAuthenticator);
  return { credentialId: half.credentialId, publicKey: half.publicKey.toString('base64url') };
}

/** Writes the people where the cell's worker reads them; answers the file. */
export function writeDemoPeople(context: StackContext, cell: CellTopology): string {
  const { shoppers, staff } = demoPeopleOf(context, cell);
  const { fullName, language } = names[cell.region] ?? { fullName: 'Demo Shopper', language: 'en' };
  const file = `${cell.id}/demo/people.json`;
  const people = {
    shoppers: shoppers.map(({ email, password, country }) => ({
      email,
      password,
      fullName,
      language,
      residence: country,
    })),
    staff: staff.map(({ login, password, roles }) => ({
      email: login,
      password,
      fullName: `${roles.join(', ')} of ${cell.id}`,
      roles,
      passkey: passkeyOf(context, cell, login),
    })),
  };
  context.secrets.write(file, `${JSON.stringify(people, undefined, 2)}\n`);
  return context.secrets.pathOf(file);
}
