import type { SessionId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { SessionStore } from './session-store.ts';

@Injectable()
export class SignOutUseCase {
  constructor(private readonly sessions: SessionStore) {}

  async execute(session: SessionId): Promise<void> {
    await this.sessions.end(session, 'signed-out');
  }
}
