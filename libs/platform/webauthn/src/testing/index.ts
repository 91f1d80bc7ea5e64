export { SoftwareAuthenticator } from './software-authenticator.ts';
export type { StoredAuthenticator } from './software-authenticator.ts';
