import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createGrowingBuffer } from '../../../src/host/net/growing-buffer.ts';

describe('a growing buffer', () => {
  it('holds what came, in its order', () => {
    fc.assert(
      fc.property(fc.array(fc.uint8Array({ maxLength: 5000 })), (parts) => {
        const buffer = createGrowingBuffer();
        for (const part of parts) buffer.add(part);
        expect(buffer.bytes().equals(Buffer.concat(parts))).toBe(true);
        expect(buffer.length).toBe(buffer.bytes().length);
      }),
    );
  });

  it('keeps no part, but one piece of memory of at most twice the size', () => {
    const buffer = createGrowingBuffer();
    const part = Buffer.from('x');
    for (let count = 0; count < 100_000; count += 1) buffer.add(part);
    part.write('y');
    expect(buffer.bytes().includes('y')).toBe(false);
    expect(buffer.bytes().buffer.byteLength).toBeLessThanOrEqual(200_000);
  });

  it('leaves as it is what it has handed out', () => {
    const buffer = createGrowingBuffer();
    buffer.add(Buffer.from('ab'));
    const before = buffer.bytes();
    buffer.add(Buffer.alloc(10_000, 'c'));
    expect(before.toString()).toBe('ab');
  });
});
