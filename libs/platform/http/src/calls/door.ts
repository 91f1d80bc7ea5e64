export { BorderClient, HttpBorderClient } from './border-client.ts';
export type { BorderCall } from './border-client.ts';
export {
  CellClient,
  MutualTlsCellClient,
  PeerRefusedError,
  PeerUnreachableError,
} from './cell-client.ts';
export type { CellCall, TlsIdentity } from './cell-client.ts';
