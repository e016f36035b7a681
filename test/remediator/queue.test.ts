import { describe, expect, it } from 'vitest';
import { createQueue } from '../../src/remediator/queue.ts';
import { waitFor } from '../lab/wait.ts';

describe('a queue', () => {
  it('does one piece after the other, in order', async () => {
    const told: string[] = [];
    const queue = createQueue<string>(async (item) => {
      told.push(`${item} begins`);
      await new Promise((resolve) => setImmediate(resolve));
      told.push(`${item} ends`);
    });
    queue.push('a');
    queue.push('b');
    expect(queue.length).toBe(2);
    await waitFor('the queue is empty', () => (queue.length === 0 ? true : undefined));
    expect(told).toEqual(['a begins', 'a ends', 'b begins', 'b ends']);
  });

  it('works on after it was empty', async () => {
    const told: string[] = [];
    const queue = createQueue<string>(async (item) => void told.push(item));
    queue.push('a');
    await waitFor('the queue is empty', () => (queue.length === 0 ? true : undefined));
    queue.push('b');
    await waitFor('b is done', () => (told.includes('b') ? true : undefined));
  });

  it('tells the piece at work to stop, and begins no other', async () => {
    const told: string[] = [];
    const queue = createQueue<string>(async (item, signal) => {
      await new Promise((resolve) => signal.addEventListener('abort', resolve));
      told.push(item);
    });
    queue.push('a');
    queue.push('b');
    await queue.stop();
    expect(told).toEqual(['a']);
  });
});
