import type { SessionView } from '@entrepot/contracts/api/identity';

/** An access token is replaced this long before it ends, so that none ends on its way. */
const renewBeforeMs = 30_000;

/** The access token of a session, renewed when it is about to end. */
export class LivingToken {
  private session: SessionView;
  private goodUntil: number;
  private renewal: Promise<void> | undefined;

  constructor(
    session: SessionView,
    private readonly refresh: (refreshToken: string) => Promise<SessionView>,
  ) {
    this.session = session;
    this.goodUntil = endOf(session);
  }

  /** Calls that come while it is renewed share the renewal: a refresh token is good once. */
  async current(): Promise<string> {
    if (performance.now() > this.goodUntil) {
      this.renewal ??= this.renew().finally(() => (this.renewal = undefined));
      await this.renewal;
    }
    return this.session.accessToken;
  }

  private async renew(): Promise<void> {
    const { refreshToken } = this.session;
    if (refreshToken === undefined) throw new TypeError('the session has no refresh token');
    const next = await this.refresh(refreshToken);
    this.session = next;
    this.goodUntil = endOf(next);
  }
}

const endOf = ({ expiresInSeconds }: SessionView): number =>
  performance.now() + expiresInSeconds * 1_000 - renewBeforeMs;
