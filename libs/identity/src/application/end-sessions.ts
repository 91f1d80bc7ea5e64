import type { SubjectId } from '@entrepot/kernel';
import { Injectable } from '@nestjs/common';
import { SessionStore } from './session-store.ts';

/** Signs a person out everywhere, at once: every request asks for its session. */
@Injectable()
export class EndSessions {
  private readonly sessions: SessionStore;

  constructor(sessions: SessionStore) {
    this.sessions = sessions;
  }

  /** Answers how many sessions were live. */
  execute(subject: SubjectId): Promise<number> {
    return this.sessions.endAllOf(subject, 'erased');
  }
}
