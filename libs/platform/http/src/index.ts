export {
  Access,
  AccessGuard,
  accessRuleOf,
  bearerToken,
  judgeAccess,
  judgeRestriction,
  RequiresResidence,
  Residence,
  residenceHeader,
  servesRestricted,
  ServesRestricted,
} from './access.ts';
export type { AccessKind, AccessRule } from './access.ts';
export { BorderClient, HttpBorderClient } from './calls/border-client.ts';
export type { BorderCall } from './calls/border-client.ts';
export {
  CellClient,
  MutualTlsCellClient,
  PeerRefusedError,
  PeerUnreachableError,
} from './calls/cell-client.ts';
export type { CellCall, TlsIdentity } from './calls/cell-client.ts';
export { AnswersConditionally } from './conditional.ts';
export { isNotModified, strongEtag, weakEtag } from './etag.ts';
export { HomeCellGuard } from './home-cell.ts';
export type { HomeCellQuestion } from './home-cell.ts';
export { bodyBytesMax, createHttpApp } from './http-app.ts';
export type { HttpAppOptions } from './http-app.ts';
export { FrameworkLog } from './framework-log.ts';
export { openApiDocument } from './openapi.ts';
export { CursorCodec, cutPage, pageLimitDefault, pageLimitMax, pageOf, pageQuery } from './page.ts';
export { CurrentPrincipal, OptionalPrincipal, TokenVerifier } from './principal.ts';
export type {
  GuestCartPrincipal,
  Principal,
  ShopperPrincipal,
  StaffPrincipal,
} from './principal.ts';
export { problemContentType, toProblem } from './problem.ts';
export { sendProblem } from './problem-filter.ts';
export type { ProblemSink } from './problem-filter.ts';
export { RateLimit, RateLimiter, RateLimitGuard } from './rate-limit.ts';
export type { RateLimitRule, RateLimitVerdict } from './rate-limit.ts';
export { requestOf } from './request.ts';
export type { GraphqlContext, Home } from './request.ts';
export { createZodDto, validationFailed, ZodResponse } from './zod.ts';
