export { AnswerSigner, PinnedSigner } from './answer-signature.ts';
export type { SignatureFault, SignedAnswer } from './answer-signature.ts';
export { isSignedCall, signCall } from './controller-signature.ts';
export type { AskedCall } from './controller-signature.ts';
export {
  controllerHeader,
  domainHeader,
  requestReceipt,
  requestsPath,
  requestState,
  requestStatus,
  signatureHeader,
  subjectRequest,
} from './protocol.ts';
export type { RequestStatus, SubjectIdentity, SubjectRequest } from './protocol.ts';
export { requestFields } from './sent-fields.ts';
