import { X509Certificate } from 'node:crypto';
import type { TLSSocket } from 'node:tls';
import { DomainError } from '@entrepot/kernel';
import type { CellId } from '@entrepot/kernel';
import type { CellDirectory } from '@entrepot/platform-config';
import { inspectCellCall } from '@entrepot/platform-egress';
import type { TlsIdentity } from '@entrepot/platform-http';
import type { FastifyInstance, FastifyRequest } from 'fastify';
import type { ProcessContext } from '../process-context.ts';
import { borderServer } from './border-server.ts';
import type { BorderRoute } from './border-server.ts';

/** What a peer may ask: the caller is the cell whose certificate it showed. */
export type CellRoute = BorderRoute<CellId> & { readonly path: `/cell/v1/${string}` };

/** /cell/v1 for other cells: mutual TLS, each certificate pinned and good for its own cell only. */
export function cellServer(
  context: ProcessContext,
  identity: TlsIdentity,
  routes: readonly CellRoute[],
): FastifyInstance {
  const peers = pinnedPeers(context.directory, context.cell.id);
  return borderServer<CellId>({
    log: context.log,
    routes,
    identify: (request) => peerOf(request, peers),
    inspect: inspectCellCall,
    tls: {
      key: identity.key,
      cert: identity.certificate,
      ca: peers.map(({ certificate }) => certificate.toString()),
      requestCert: true,
      rejectUnauthorized: true,
      minVersion: 'TLSv1.3',
    },
  });
}

interface PinnedPeer {
  readonly cell: CellId;
  readonly certificate: X509Certificate;
}

const pinnedPeers = (directory: CellDirectory, own: CellId): PinnedPeer[] =>
  directory.peersOf(own).map((peer) => ({
    cell: peer.id,
    certificate: new X509Certificate(peer.cellCertificatePem),
  }));

/** The one cell whose pinned certificate the caller showed. */
function peerOf(request: FastifyRequest, peers: readonly PinnedPeer[]): CellId {
  const shown = (request.raw.socket as TLSSocket).getPeerX509Certificate();
  const peer = peers.find(({ certificate }) => shown?.raw.equals(certificate.raw) === true);
  if (peer === undefined) throw new DomainError('UNAUTHENTICATED', 'no pinned certificate');
  return peer.cell;
}
