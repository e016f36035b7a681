import { createServer } from 'node:http';

/** What the fake says to a question: Prometheus's envelope. */
export type Answer =
  | { readonly status: 'success'; readonly data: unknown }
  | { readonly status: 'error'; readonly error: string };

/** A running fake and the questions it has been asked so far. */
export interface FakePrometheus {
  readonly url: string;
  readonly asked: readonly { readonly path: string; readonly parameters: URLSearchParams }[];
  readonly close: () => Promise<void>;
}

/** An answer with data of any shape. */
export function success(data: unknown): Answer {
  return { status: 'success', data };
}

/** One series for each value, as an instant query gives them. */
export function vector(...values: readonly string[]): Answer {
  const metric = { __name__: 'm', unit: 'a' };
  return success({ resultType: 'vector', result: values.map((value) => ({ metric, value: [1, value] })) });
}

/** One series for each value, as a range query gives them. */
export function matrix(...values: readonly string[]): Answer {
  const metric = { unit: 'a' };
  return success({ resultType: 'matrix', result: values.map((value) => ({ metric, values: [[1, value]] })) });
}

/** Serves Prometheus's HTTP API on a free port of the loopback address, answering as `answer` says. */
export async function startFakePrometheus(
  answer: (path: string, parameters: URLSearchParams) => Answer,
): Promise<FakePrometheus> {
  const asked: { readonly path: string; readonly parameters: URLSearchParams }[] = [];
  const server = createServer((request, response) => {
    const url = new URL(request.url ?? '/', 'http://fake');
    asked.push({ path: url.pathname, parameters: url.searchParams });
    const reply = answer(url.pathname, url.searchParams);
    response.writeHead(reply.status === 'error' ? 400 : 200).end(JSON.stringify(reply));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the fake Prometheus has no port');
  const close = () => new Promise<void>((resolve) => server.close(() => resolve()));
  return { url: `http://127.0.0.1:${address.port}`, asked, close };
}
