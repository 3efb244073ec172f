import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { PlazaProcess } from '../plaza-process.js';
import { compared, gathering } from './gathering.js';

let plaza: PlazaProcess;
beforeAll(async () => {
  plaza = await PlazaProcess.start('embedded', { PLAZA_ARGON2_MEMORY_KIB: '1024' });
});
afterAll(() => plaza.remove());

describe('eight who talk while lines are cut, Plaza is killed and a bucket moves', () => {
  it('hear everything that was acknowledged, once and in order, and know what is unread', async () => {
    expect(await gathering(plaza, { clients: 8, messages: 120, cuts: 6, kills: 1, say: () => {} })).toEqual([]);
  });

  it.each([
    ['lost', [1, 3]],
    ['doubled', [1, 2, 2, 3]],
    ['out of order', [2, 1, 3]],
  ])('would be told of a message that is %s', (_what, came) => {
    const person = { handle: 'anna' } as Parameters<typeof compared>[0][number]['person'];
    const said = [1, 2, 3].map((seq) => ({ conversationId: 'c', seq, clientMessageId: String(seq) }));
    const anna = { person, said, heard: new Map([['c', came]]) };
    expect(compared([anna], [{ id: 'c', members: [anna] }])).toHaveLength(1);
  });
});
