import { ofTheProtocol } from '@entrepot/platform-egress';
import type { SentFields } from '@entrepot/platform-egress';

/** All that a processor is told by a request in this shape; `identity` is what it knows the person by. */
export const requestFields = (identity: string): SentFields => ({
  [identity]: ['member subject_identities[].identity_value'],
  [ofTheProtocol]: [
    ...['POST /opendsr/v1/requests', 'GET /opendsr/v1/requests/{}'],
    ...['member regulation', 'member subject_request_id', 'member subject_request_type'],
    ...['member submitted_time', 'member api_version'],
    ...['member subject_identities[].identity_type', 'member subject_identities[].identity_format'],
    ...['header host', 'header connection', 'header content-length', 'header content-type'],
    ...['header accept', 'header x-opendsr-controller-signature'],
  ],
});
