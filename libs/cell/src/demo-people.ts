import { readFileSync } from 'node:fs';
import { SeedPeopleUseCase, staffRoles } from '@entrepot/identity';
import type { CountryCode } from '@entrepot/kernel';
import type { DemoConfig } from '@entrepot/platform-config';
import type { INestApplicationContext } from '@nestjs/common';
import { z } from 'zod';
import type { ProcessContext } from './process-context.ts';

const person = { email: z.email(), password: z.string().min(1), fullName: z.string().min(1) };
/** The public half of a passkey whose private key lies in a file of the stack. */
const passkey = z
  .strictObject({ credentialId: z.string(), publicKey: z.string() })
  .transform(({ credentialId, publicKey }) => ({
    ...{ credentialId, publicKey: Buffer.from(publicKey, 'base64url'), counter: 0 },
  }));
const demoPeople = z.strictObject({
  shoppers: z.array(
    z.strictObject({
      ...person,
      language: z.string(),
      residence: z.string().transform((country) => country as CountryCode),
    }),
  ),
  staff: z.array(
    z.strictObject({ ...person, roles: z.array(z.enum(staffRoles)), passkey: passkey.optional() }),
  ),
});

/** Adds the people of the file that the stack wrote; whoever is there already stays as they are. */
export async function addDemoPeople(
  app: INestApplicationContext,
  { config }: ProcessContext,
  { peopleFile }: DemoConfig,
): Promise<void> {
  if (peopleFile === undefined) return;
  const people = demoPeople.parse(JSON.parse(readFileSync(peopleFile, 'utf8')));
  await app.get(SeedPeopleUseCase, { strict: false }).execute(config.profile, people);
}
