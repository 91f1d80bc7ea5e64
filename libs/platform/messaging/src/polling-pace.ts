const pauseMsMin = 50;
const pauseMsMax = 200;
const growth = 1.5;

/** How long a poller waits: short after work, longer each time it finds none. */
export class PollingPace {
  private pauseMs = pauseMsMin;
  private wake: (() => void) | undefined;
  private isPoked = false;

  found(rows: number): void {
    this.pauseMs = rows > 0 ? pauseMsMin : Math.min(pauseMsMax, this.pauseMs * growth);
  }

  /** Ends the present or the next pause at once. */
  poke(): void {
    this.isPoked = true;
    this.wake?.();
  }

  async pause(atLeastMs = 0): Promise<void> {
    if (!this.isPoked) {
      await new Promise<void>((resolve) => {
        const timer = setTimeout(resolve, Math.max(this.pauseMs, atLeastMs));
        this.wake = () => {
          clearTimeout(timer);
          resolve();
        };
      });
    }
    this.wake = undefined;
    this.isPoked = false;
  }
}
