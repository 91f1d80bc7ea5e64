import type { ErasureRequestId } from '@entrepot/kernel';
import { ErasureStore } from '@entrepot/privacy';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { ErasureScene } from './erasure-scene.ts';

let scene: ErasureScene;
beforeAll(async () => {
  scene = await ErasureScene.open();
});
afterAll(() => scene.end());

describe('requests under way', () => {
  it('are those that can be brought on, and apart from them those that wait for a key to end', async () => {
    const waiting = await scene.askAndApprove((await scene.newShopper()).accountId);
    await scene.eraseAllButTheBytes(waiting);
    const [first, second] = [
      await scene.askAndApprove((await scene.newShopper()).accountId),
      await scene.askAndApprove((await scene.newShopper()).accountId),
    ].toSorted() as ErasureRequestId[];
    const requests = scene.worker.get(ErasureStore, { strict: false });
    const page = { rowsMax: 10, after: undefined };
    expect(await requests.underWay({ ...page, awaitsKeyEnd: true })).toEqual([waiting]);
    const moving = { ...page, awaitsKeyEnd: false };
    expect(await requests.underWay(moving)).toEqual([first, second]);
    expect(await requests.underWay({ ...moving, rowsMax: 1 })).toEqual([first]);
    expect(await requests.underWay({ ...moving, after: first })).toEqual([second]);
    expect(await requests.underWay({ ...moving, after: second })).toEqual([]);
  });
});
