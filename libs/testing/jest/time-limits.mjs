import { jest } from '@jest/globals';

// the first suite of a run waits for its services; the limit only ends what hangs
jest.setTimeout(120_000);
