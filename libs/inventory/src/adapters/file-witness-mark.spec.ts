import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { FileWitnessMark, WitnessMarkBrokenError } from './file-witness-mark.ts';

const incarnation = '7387120031337-1';
let folder: string;
let path: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'entrepot-mark-'));
  path = join(folder, 'cell', 'highest.json');
});
afterEach(() => rmSync(folder, { recursive: true }));

describe('the file of the highest place', () => {
  it('says nothing before anything was told', async () => {
    expect(await new FileWitnessMark(path).read()).toBeUndefined();
  });

  it('rises by epoch and then by place, never falls, and leaves nothing beside it', async () => {
    const mark = new FileWitnessMark(path);
    await mark.raise({ epoch: 1, place: 7, incarnation });
    await mark.raise({ epoch: 1, place: 3, incarnation });
    expect(await mark.read()).toEqual({ epoch: 1, place: 7 });
    await mark.raise({ epoch: 2, place: 3, incarnation });
    await mark.raise({ epoch: 1, place: 9, incarnation });
    expect(await mark.read()).toEqual({ epoch: 2, place: 3 });
    expect(readdirSync(join(folder, 'cell'))).toEqual(['highest.json']);
    expect(JSON.parse(readFileSync(path, 'utf8'))).toEqual({ epoch: 2, place: 3, incarnation });
  });

  it('knows of an epoch that was noted, by several at once, above all that was told', async () => {
    const marks = [new FileWitnessMark(path), new FileWitnessMark(path)];
    await Promise.all(marks.map((mark) => mark.noteEpoch(10)));
    const [mark] = marks;
    expect(await mark?.read()).toEqual({ epoch: 10, place: 0 });
    await mark?.raise({ epoch: 9, place: 7, incarnation });
    expect(await mark?.read()).toEqual({ epoch: 10, place: 0 });
    await mark?.raise({ epoch: 10, place: 3, incarnation });
    await mark?.noteEpoch(2);
    expect(await mark?.read()).toEqual({ epoch: 10, place: 3 });
  });

  it('is whole whoever else writes it at the same time', async () => {
    const marks = Array.from({ length: 8 }, () => new FileWitnessMark(path));
    for (let turn = 1; turn <= 10; turn += 1) {
      await Promise.all(
        marks.map((mark, at) => mark.raise({ epoch: turn, place: 10 ** at, incarnation })),
      );
      expect(await new FileWitnessMark(path).read()).toMatchObject({ epoch: turn });
    }
    expect(readdirSync(join(folder, 'cell'))).toEqual(['highest.json']);
  });

  it.each(['', '{"epoch":1}', '{"epoch":0,"place":1,"incarnation":"7-1"}', 'null'])(
    'is not guessed at where it reads %j',
    async (text) => {
      const mark = new FileWitnessMark(path);
      await mark.raise({ epoch: 1, place: 7, incarnation });
      writeFileSync(path, text);
      await expect(mark.read()).rejects.toThrow(WitnessMarkBrokenError);
      await expect(mark.raise({ epoch: 9, place: 9, incarnation })).rejects.toThrow(path);
    },
  );
});
