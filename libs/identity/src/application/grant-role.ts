import { DomainError, newCellId } from '@entrepot/kernel';
import type { RoleGrantId, StaffId } from '@entrepot/kernel';
import type { AssertionJson, AssertionOptions } from '@entrepot/platform-webauthn';
import { Injectable } from '@nestjs/common';
import type { StaffRole } from '../domain/account.ts';
import { IdentitySettings } from './identity-settings.ts';
import { roleGrantChallenge } from './passkey-challenges.ts';
import { PeopleRegister } from './people-register.ts';
import { RoleGrantStore } from './role-grant-store.ts';
import type { RoleGrant } from './role-grant-store.ts';
import { StaffAssertions } from './staff-assertions.ts';
import { StaffStore } from './staff-store.ts';

interface GrantParts {
  readonly grants: RoleGrantStore;
  readonly people: PeopleRegister;
  readonly staff: StaffStore;
  readonly assertions: StaffAssertions;
  readonly settings: IdentitySettings;
}

/** A role is proposed by one and confirmed by another, neither of them the one who gets it. */
@Injectable()
export class GrantRole {
  private readonly parts: GrantParts;

  constructor(
    grants: RoleGrantStore,
    people: PeopleRegister,
    staff: StaffStore,
    assertions: StaffAssertions,
    settings: IdentitySettings,
  ) {
    this.parts = { grants, people, staff, assertions, settings };
  }

  /** Throws NOT_FOUND, ROLE_GRANT_NEEDS_ANOTHER_PERSON and ROLE_GRANT_OPEN. */
  async propose(by: StaffId, to: string, role: StaffRole): Promise<RoleGrant> {
    const proposedBy = await this.personOf(by);
    const subject = await this.parts.staff.findSubject(to);
    if (subject === undefined)
      throw new DomainError('NOT_FOUND', 'nobody on the staff has this id');
    if (subject === proposedBy.person) throw needsAnother();
    const grant: RoleGrant = {
      id: newCellId('roleGrant', this.parts.settings.cell),
      to: { staffId: to as StaffId, person: subject },
      ...{ role, proposedBy, isConfirmed: false },
    };
    if (await this.parts.grants.insert(grant)) return grant;
    throw new DomainError('ROLE_GRANT_OPEN', 'this role is proposed already');
  }

  /** What the browser needs to confirm. Throws like `confirm`. */
  async options(id: RoleGrantId, by: StaffId): Promise<AssertionOptions> {
    const { grant } = await this.openGrant(id, by);
    return this.parts.assertions.options(by, challengeOf(grant));
  }

  /** Throws NOT_FOUND, ROLE_GRANT_NEEDS_ANOTHER_PERSON, ROLE_GRANT_OPEN and what an assertion throws. */
  async confirm(id: RoleGrantId, by: StaffId, assertion: AssertionJson): Promise<RoleGrant> {
    const { grant, person } = await this.openGrant(id, by);
    const { digest } = await this.parts.assertions.check(by, challengeOf(grant), assertion);
    const confirming = { staffId: by, person, assertionDigest: digest };
    const outcome = await this.parts.grants.confirm(id, confirming);
    if (outcome === 'confirmed') return { ...grant, isConfirmed: true };
    if (outcome === 'taken') throw notFound();
    throw new DomainError('ASSERTION_REPLAYED', 'the assertion confirmed something before');
  }

  private async openGrant(id: RoleGrantId, by: StaffId) {
    const { person } = await this.personOf(by);
    const grant = await this.parts.grants.find(id);
    if (grant === undefined || grant.isConfirmed) throw notFound();
    if ([grant.to.person, grant.proposedBy.person].includes(person)) throw needsAnother();
    return { grant, person };
  }

  private async personOf(staffId: StaffId) {
    return { staffId, person: await this.parts.people.personBehind(staffId) };
  }
}

const challengeOf = ({ id, to, role }: RoleGrant): string =>
  roleGrantChallenge(id, { staffId: to.staffId, role });
const notFound = () => new DomainError('NOT_FOUND', 'no role is proposed under this id');
const needsAnother = () =>
  new DomainError('ROLE_GRANT_NEEDS_ANOTHER_PERSON', 'a role needs three persons');
