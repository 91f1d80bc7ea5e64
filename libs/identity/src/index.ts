export { IdentityModule } from './identity.module.ts';
export type { IdentityApiOptions } from './identity.module.ts';
export { IdentityPersonalData } from './adapters/identity-personal-data.ts';
export type { RedisRateLimiterOptions } from './adapters/redis-rate-limiter.ts';
export { IssueGuestCartToken } from './application/issue-guest-cart-token.ts';
export { SeedPeopleUseCase } from './application/seed-people.ts';
export type { People } from './application/seed-people.ts';
export { staffRoles } from './domain/account.ts';
export type { StaffRole } from './domain/account.ts';
