import { Injectable } from '@nestjs/common';
import { LoginCheck } from './login-check.ts';
import type { Credentials } from './login-check.ts';
import type { SessionGrant } from './session-tokens.ts';
import { StaffStore } from './staff-store.ts';
import { StartSession } from './start-session.ts';

@Injectable()
export class SignInStaffUseCase {
  constructor(
    private readonly loginCheck: LoginCheck,
    private readonly staff: StaffStore,
    private readonly startSession: StartSession,
  ) {}

  async execute(credentials: Credentials): Promise<SessionGrant> {
    const { member } = await this.loginCheck.execute(
      { audience: 'staff', ...credentials },
      (subject) => this.staff.findCredentials(subject),
    );
    return this.startSession.execute(member.subject, { kind: 'staff', id: member.id });
  }
}
