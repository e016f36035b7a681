import { chmodSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { readTokenEvidence } from '../../../src/app/doctor/secrets.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

describe('readTokenEvidence', () => {
  it('tells who may read it, and nothing of what is in it', async () => {
    const file = join(tempFolder({ token: 'TOP-SECRET' }), 'token');
    chmodSync(file, 0o644);
    expect(await readTokenEvidence(file)).toEqual({ isWorldReadable: true });
    chmodSync(file, 0o600);
    expect(await readTokenEvidence(file)).toEqual({ isWorldReadable: false });
  });

  it('tells that there is none, or nothing in it', async () => {
    const file = join(tempFolder(), 'token');
    expect(await readTokenEvidence(file)).toMatchObject({ problem: expect.stringContaining('no token') });
    writeFileSync(file, '\n');
    expect(await readTokenEvidence(file)).toMatchObject({ problem: expect.stringContaining('no token') });
  });
});
