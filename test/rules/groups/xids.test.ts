import { describe, expect, it } from 'vitest';
import { CRITICAL_XIDS } from '../../../src/domain/kernel-log.ts';
import { CRITICAL_TIER, PROGRAM_TIER, WARNING_TIER } from '../../../src/rules/groups/gpu/xids.ts';

const ALL = [...CRITICAL_TIER, ...WARNING_TIER, ...PROGRAM_TIER];

describe('the tiers of Xids', () => {
  it('have none in common, so that one Xid never alerts twice', () => {
    expect(new Set(ALL).size).toBe(ALL.length);
  });

  it('have every critical Xid of the exporter, which are counted from 0 on, but 154, which may say that all is well', () => {
    expect([...CRITICAL_TIER, '154'].sort()).toEqual(CRITICAL_XIDS.map(String).sort());
  });

  it('leave out what only follows another Xid, or informs', () => {
    for (const xid of ['43', '45', '78', '121', '137']) expect(ALL).not.toContain(xid);
  });
});
