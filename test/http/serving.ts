import type { Express } from 'express';
import { onTestFinished } from 'vitest';
import { listen } from '../../src/http/listener.ts';

/** Where an application can be asked while the running test lasts, as in `http://127.0.0.1:41234`. */
export async function serving(app: Express): Promise<string> {
  const listener = await listen(app, { host: '127.0.0.1', port: 0 });
  onTestFinished(() => listener.close());
  return `http://${listener.address}`;
}
