import { passkeyAssertionOptions } from '@entrepot/contracts/api/staff';
import type {
  PasskeyAssertion,
  PasskeyAssertionOptions,
  passkeyCredential,
} from '@entrepot/contracts/api/staff';
import type {
  AssertionJson,
  AssertionOptions,
  RegistrationJson,
} from '@entrepot/platform-webauthn';
import type { z } from 'zod';

/** Of what a browser sends, what is verified. */
export const assertionIn = ({ id, rawId, type, response }: PasskeyAssertion): AssertionJson => ({
  ...{ id, rawId, type, clientExtensionResults: {} },
  response: {
    clientDataJSON: response.clientDataJSON,
    authenticatorData: response.authenticatorData,
    signature: response.signature,
  },
});

export const credentialIn = ({
  id,
  rawId,
  type,
  response: { clientDataJSON, attestationObject },
}: z.infer<typeof passkeyCredential>): RegistrationJson => ({
  ...{ id, rawId, type, clientExtensionResults: {} },
  response: { clientDataJSON, attestationObject },
});

export const assertionOptionsViewOf = (options: AssertionOptions): PasskeyAssertionOptions =>
  passkeyAssertionOptions.parse(options);
