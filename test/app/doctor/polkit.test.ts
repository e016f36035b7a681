import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { findPolkitRules } from '../../../src/app/doctor/polkit.ts';
import { createGate } from '../../../src/domain/gate.ts';
import { createSlowFiles } from '../../../src/host/slow/slow-files.ts';
import { tempFolder } from '../../fakes/temp-folder.ts';

const RULE = 'if (action.id == "org.freedesktop.systemd1.manage-units") return polkit.Result.YES;';

describe('findPolkitRules', () => {
  it('finds rules about units, and says where it could not look', async () => {
    const etc = tempFolder({
      '10-other.rules': 'polkit.addRule();',
      '50-fettle.rules': RULE,
      '50-fettle.rules.bak': RULE,
    });
    const folders = [etc, '/nonexistent', join(etc, '10-other.rules')];
    expect(await findPolkitRules(createSlowFiles(createGate(2)), folders)).toEqual({
      files: [join(etc, '50-fettle.rules')],
      hidden: [join(etc, '10-other.rules')],
    });
  });
});
