import { ErasureStore } from '@entrepot/privacy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErasureScene } from './erasure-scene.ts';

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
});
afterAll(() => scene.end());

describe('a sweep that takes up only so many requests', () => {
  it('takes those that can be brought on before those that wait for a key to end', async () => {
    const waiting = await scene.askAndApprove((await scene.newShopper()).accountId);
    await scene.eraseAllButTheBytes(waiting);
    const fresh = await scene.askAndApprove((await scene.newShopper()).accountId);
    const requests = scene.worker.get(ErasureStore, { strict: false });
    expect(await requests.underWay(1)).toEqual([fresh]);
    expect(await requests.underWay(2)).toEqual([fresh, waiting]);
  });
});
