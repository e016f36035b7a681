import { describe, expect, it } from 'vitest';
import { parsePowerMode } from '../../../src/sources/jetson/power-mode.ts';

const CONFIGURATION = '< POWER_MODEL ID=0 NAME=MAXN >\n  <POWER_MODEL ID=13 NAME=MODE_10W_X>\n';

describe('parsePowerMode', () => {
  it.each([
    ['pmode:0000\n', { id: '0', name: 'MAXN' }],
    ['pmode:0013', { id: '13', name: 'MODE_10W_X' }],
    ['pmode:0000 fmode:quiet\n', { id: '0', name: 'MAXN' }],
    ['fmode:quiet\npmode: 0013\n', { id: '13', name: 'MODE_10W_X' }],
    ['pmode:0007\n', { id: '7', name: '' }],
    ['', undefined],
    ['pmode:\n', undefined],
    ['xpmode:0001\n', undefined],
  ])('%j is %j', (status, mode) => {
    expect(parsePowerMode(status, CONFIGURATION)).toEqual(mode);
  });

  it('has no name without a configuration', () => {
    expect(parsePowerMode('pmode:0000\n', '')).toEqual({ id: '0', name: '' });
  });
});
