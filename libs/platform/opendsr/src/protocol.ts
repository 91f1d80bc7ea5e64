import { z } from 'zod';

/**
 * Requests of data subjects between a controller and its processors, in the shape of OpenDSR
 * (github.com/opengdpr/OpenDSR, specification 1.0): how they are asked, and the signed answers.
 */
export const requestsPath = '/opendsr/v1/requests';
export const discoveryPath = '/opendsr/v1/discovery';
export const certificatePath = '/opendsr/v1/certificate.pem';

export const domainHeader = 'x-opendsr-processor-domain';
export const signatureHeader = 'x-opendsr-signature';
/** Ours: the specification leaves to the processor how a controller is known. */
export const controllerHeader = 'x-opendsr-controller-signature';

const reference = z.uuidv4();

export const subjectIdentity = z.strictObject({
  identity_type: z.enum(['controller_customer_id', 'email']),
  identity_value: z.string().min(1).max(320),
  identity_format: z.literal('raw'),
});
export type SubjectIdentity = z.infer<typeof subjectIdentity>;

const identitiesMax = 10_000;

export const subjectRequest = z.strictObject({
  regulation: z.enum(['gdpr', 'dpdp']),
  subject_request_id: reference,
  /** The specification knows access, portability and erasure; rectification is ours (Article 19). */
  subject_request_type: z.enum(['erasure', 'rectification']),
  submitted_time: z.iso.datetime(),
  subject_identities: z.array(subjectIdentity).min(1).max(identitiesMax),
  api_version: z.literal('1.0'),
});
export type SubjectRequest = z.infer<typeof subjectRequest>;

export const requestStatus = z.enum(['pending', 'in_progress', 'completed', 'cancelled']);
export type RequestStatus = z.infer<typeof requestStatus>;

/** To a request that was taken. It repeats the request, so it is never stored. */
export const requestReceipt = z.strictObject({
  controller_id: z.string(),
  expected_completion_time: z.iso.datetime(),
  received_time: z.iso.datetime(),
  encoded_request: z.base64(),
  subject_request_id: reference,
});
export type RequestReceipt = z.infer<typeof requestReceipt>;

/** To a question about a request: nothing of the person in it. */
export const requestState = z.strictObject({
  controller_id: z.string(),
  expected_completion_time: z.iso.datetime(),
  subject_request_id: reference,
  request_status: requestStatus,
  api_version: z.literal('1.0'),
});
export type RequestState = z.infer<typeof requestState>;
